"""Cases as those who are on them find them."""

import pytest
from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.models import UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    GEN,
    HANA,
    HEAD,
    IWA,
    KEN,
    KIKUCHI,
    NURSE,
    OKA,
    SYSTEM,
    YUKARI,
    hold,
)
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell

MAX_QUERIES = 10


@pytest.fixture(autouse=True)
def stage(everybody):
    set_clock(MOMENT)
    with everybody.app_context():
        tell(
            Told(member=BEN, goal="べんの めあて", text="むずかしい"),
            Told(member=AOI, text="できた"),
        )


def test_a_counsellor_goes_from_the_list_to_the_child(browser, queries):
    me = browser(KIKUCHI)
    page = me.follow(me.get("/"))
    assert page.says("𠮷田 勉") and page.says("ようすを見る")
    url = page.one("main h2 a")["href"]
    with queries() as seen:
        page = me.get(url)
    assert len(seen) <= MAX_QUERIES
    assert page.says("べんの めあて") and page.says("むずかしい")
    assert not page.html.select("main form, main a[href*=records]")


def test_the_case_of_a_child_who_left_is_not_there_any_more(browser, everybody):
    me = browser(KIKUCHI)
    assert me.get("/cases").says("ようすを見る")
    with everybody.app_context(), unit_of_work(SystemScope("left")) as scope:
        there = UserRole.user_id == BEN.id
        scope.session.execute(update(UserRole).where(there).values(ends_before=clock.today()))
        audit.record(scope, "test", BEN.id)
    page = me.get("/cases")
    assert page.html.select(".empty")
    assert "ようすを見る" not in page.text
    assert me.get(f"/cases/{BEN.id}").status == 404


@pytest.mark.parametrize("pupil", [AOI, HANA, KEN, GEN], ids=lambda m: m.name)
@pytest.mark.parametrize("member", [KIKUCHI, NURSE, HEAD, CHIBA], ids=lambda m: m.name)
def test_of_other_children_there_is_no_case(browser, member, pupil):
    assert browser(member).get(f"/cases/{pupil.id}").status == 404


@pytest.mark.parametrize("member", [AOI, OKA, YUKARI, SYSTEM, IWA], ids=lambda m: m.name)
def test_most_people_have_no_cases(browser, member):
    for url in ("/cases", f"/cases/{BEN.id}"):
        assert browser(member).get(url).status == 403


@pytest.mark.parametrize("member", [NURSE, HEAD], ids=lambda m: m.name)
def test_who_is_on_a_case_finds_it_in_the_menu(browser, everybody, member):
    window = browser(member)
    assert not window.get("/cases").html.select("nav.nav a[href='/cases']")
    assert window.get("/cases").says("You are on no case now.") or window.get("/cases").html.select(
        ".empty"
    )
    with everybody.app_context(), unit_of_work(SystemScope("case")) as scope:
        hold(scope, member, "case", student_id=HANA.id, reason="ようす")
        audit.record(scope, "test", HANA.id)
    page = window.get("/cases")
    assert page.html.select("nav.nav a[href='/cases']")
    assert page.says("山本 花")
