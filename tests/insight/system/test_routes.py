"""The page of whoever runs the installation: numbers, and nobody's name or word."""

from pathlib import Path

import pytest

from tests.cast import (
    AOI,
    CHIBA,
    EVERYBODY,
    HEAD,
    IWA,
    KIKUCHI,
    MORE,
    NURSE,
    OKA,
    SYSTEM,
    YUKARI,
)
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell


def newest():
    """The number of the last migration."""
    folder = Path(__file__).parents[3] / "migrations" / "versions"
    return max(path.name for path in folder.glob("[0-9]*.py")).partition("_")[0]


@pytest.fixture(autouse=True)
def stage(everybody):
    set_clock(MOMENT)
    with everybody.app_context():
        tell(Told(member=AOI, goal="ひみつの めあて", text="ひみつの ことば"))


def test_whoever_runs_the_system_reads_numbers_and_no_name(browser):
    browser(AOI), browser(CHIBA)
    me = browser(SYSTEM)
    page = me.follow(me.get("/"))
    counts = {
        row.th.get_text(): row.td.get_text()
        for row in page.html.select("[aria-labelledby=rows] tbody tr")
    }
    assert counts["reflections"] == "1"
    assert counts["users"] == str(len(EVERYBODY) + len(MORE))
    assert page.says(newest())
    main = "".join(it.get_text() for it in page.html.select("main > :not(.notices)"))
    for member in (*EVERYBODY, *MORE):
        for word in (member.family_name, str(member.id)):
            assert word not in main, word
    assert "ひみつ" not in page.text


@pytest.mark.parametrize(
    "member", [AOI, CHIBA, OKA, HEAD, NURSE, KIKUCHI, YUKARI, IWA], ids=lambda m: m.name
)
def test_the_page_is_for_nobody_else(browser, member):
    assert browser(member).get("/system").status == 403


def test_whoever_runs_the_system_opens_no_page_of_the_school(browser):
    me = browser(SYSTEM)
    for url in (
        "/class", "/reading", "/people", f"/people/{AOI.id}", f"/people/{AOI.id}/history",
        "/classes", "/rosters", "/relations", "/health", "/family", "/cases", "/goal",
        "/reflections", "/progress", "/apps", "/school-records", "/school-data",
    ):  # fmt: skip
        assert me.get(url).status in {403, 404}, url
