"""Systems that the roster is fetched from: the pages of the office."""

from dataclasses import replace

import pytest

from aarportal.people.roster.sources import puller
from tests.people.roster.oneroster.bundles import SCHOOL
from tests.people.roster.rest.service import SECOND, open_district, staff
from tests.people.roster.sources.other_system import BASE, running

PAGE = "/rosters/sources"


@pytest.fixture
def system(app, monkeypatch):
    open_district(app)
    settings = replace(app.config["SETTINGS"], private_roster_sources=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setattr(puller.of(app), "pause", lambda _seconds: None)
    with running() as other:
        yield other


def fields(system, **changes) -> dict[str, str]:
    return {
        "title": "校務支援システム",
        "base_url": f"{system.address}{BASE}",
        "token_url": f"{system.address}/token",
        "client_id": "us",
        "secret": "secret",
        "pull_hour": "4",
        **changes,
    }


def test_a_system_is_entered_asked_and_its_trouble_told(app, system):
    board = staff(app)
    page = board.follow(board.post(f"{PAGE}/new", fields(system, secret="wrong")))
    assert page.says("校務支援システム")
    assert page.says("HTTP 401")
    assert not page.html.select("a[href^='/rosters/0']")
    change = page.one("ol.entries a[href$='/change']")["href"]
    form = board.get(change)
    assert form.one("[name=base_url]")["value"] == f"{system.address}{BASE}"
    assert not form.one("[name=secret]").get("value")
    assert board.post(change, fields(system)).status == 303
    [ask] = [each["action"] for each in page.html.select("form") if each["action"].endswith("/ask")]
    # Another district than the one that is here: the difference says so, and nothing is written.
    page = board.follow(board.post(ask))
    assert not page.says("HTTP 401")
    assert len(page.html.select("ol.entries .btn[href^='/rosters/']")) >= 2


def test_a_school_that_asks_gets_its_own_roster_and_sees_only_its_systems(app, system):
    office = staff(app, SCHOOL)
    office.post(f"{PAGE}/new", fields(system))
    assert len(office.get(PAGE).html.select("ol.entries > li")) == 1
    assert not staff(app, SECOND).get(PAGE).html.select("ol.entries > li")
    assert len(staff(app).get(PAGE).html.select("ol.entries > li")) == 1


def test_it_is_paused_resumed_and_forgotten(app, system):
    board = staff(app)
    page = board.follow(board.post(f"{PAGE}/new", fields(system)))
    [pause] = [f["action"] for f in page.html.select("form") if f["action"].endswith("/pause")]
    page = board.follow(board.post(pause))
    [resume] = [f["action"] for f in page.html.select("form") if f["action"].endswith("/resume")]
    assert board.post(pause).status == 409
    page = board.follow(board.post(resume))
    [remove] = [f["action"] for f in page.html.select("form") if f["action"].endswith("/remove")]
    page = board.follow(board.post(remove))
    assert not page.html.select("ol.entries")
    assert board.post(remove).status == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("base_url", "sis.example"),
        ("token_url", "https://user@sis.example/"),
        ("client_id", ""),
        ("secret", ""),
        ("pull_hour", "24"),
    ],
)
def test_what_cannot_be_is_asked_again_with_what_was_typed(app, system, name, value):
    page = staff(app).post(f"{PAGE}/new", fields(system, **{name: value}))
    assert page.status == 422
    assert page.html.select(f"[data-errors] a[href='#{name}']"), page.one("[data-errors]")
    assert page.one("[name=title]").get("value", "") == (
        "" if name == "title" else "校務支援システム"
    )
    assert not page.one("[name=secret]").get("value"), "a secret is not sent back"


def test_a_private_address_is_not_asked_where_nobody_allowed_it(app, system, monkeypatch):
    settings = replace(app.config["SETTINGS"], private_roster_sources=False)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    board = staff(app)
    assert board.post(f"{PAGE}/new", fields(system)).status == 422
    https = {
        name: url.replace("http://", "https://")
        for name, url in fields(system).items()
        if name.endswith("_url")
    }
    page = board.follow(board.post(f"{PAGE}/new", fields(system, **https)))
    assert page.html.select(".tag[data-kind=quiet]")
    assert not system.asked
