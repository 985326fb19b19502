"""Aoi changes schools in the middle of a lap, and comes back: everybody at their real pages."""

from datetime import timedelta

import pytest

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.anticipation.arrivals import operations as arrivals
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.people.accounts import entering
from tests.backstage import backstage, stage
from tests.cast import (
    AOI,
    CHIBA,
    CLASS_4_2,
    CLASS_J2_1,
    MORI,
    OKA,
    PRIMARY,
    SECONDARY,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
)
from tests.cycle.reflection import laps
from tests.cycle.reflection.backstage import in_english, sheet
from tests.drill import HEADERS, answered
from tests.over_time import move_school
from tests.power import cut_after

__all__ = ["stage"]

rows, the = backstage(laps.rows), backstage(laps.the)
moves = backstage(move_school)
GOAL, WORDS, BEGUN = "ひっ算を 6問 とく", "図を かいたら わかった", "きょうは とちゅう"


def set_goal(reader, unit, text, **more):
    page = reader.post("/goal", {"unit": str(unit), "text": text, "go": "start", **more})
    assert page.status == 303, page.text
    return page


def close_lap(reader, cycle_id, **more):
    reader.post(f"/cycles/{cycle_id}/reflect/begin")
    fields = {"rating": "2", "next_what": "method", "next_way": "picture", "text": WORDS, **more}
    page = reader.post(sheet(cycle_id), fields)
    assert page.status == 303, page.text


def send_late(browser, when, number):
    """The drill tells later what Aoi did at `when`."""
    body = {**answered(AOI.id, number), "timestamp": when.isoformat()}
    sent = browser().client.post("/xapi/statements", json=body, headers=HEADERS)
    assert sent.status_code == 200, sent.text


@pytest.fixture
def half_done(browser):
    """At the old school: one closed lap with a decision, one open one, two drafts."""
    in_english(AOI)
    reader = browser(AOI)
    set_goal(reader, UNIT_DIVISION, GOAL)
    first = the(LearningCycle)
    close_lap(reader, first.id)
    set_goal(reader, UNIT_WATER, "水の 図を かく", when="tomorrow")
    second = next(lap for lap in rows(LearningCycle) if lap.id != first.id)
    reader.post(f"/cycles/{second.id}/start")
    reader.post(f"/cycles/{second.id}/reflect/begin")
    reader.post(f"/drafts/reflection/{second.id}", {"text": BEGUN, "rating": "1", "rev": "0"})
    draft = {"text": "つぎの めあて", "unit": str(UNIT_WATER), "rev": "0"}
    reader.post("/drafts/goal/new", draft)
    return reader, first.id, second.id


def test_the_child_takes_everything_along(browser, half_done):
    old_window, first, second = half_done
    aoi = moves(AOI, SECONDARY, CLASS_J2_1)
    assert old_window.get("/").location.startswith("/sign-in")
    reader = browser(aoi)

    home = reader.get("/")
    assert home.status == 200
    assert home.says("You closed ring 1")
    assert home.says("Draw a picture")
    assert not home.html.select('form[action$="/reflect/begin"]')
    assert the(LearningCycle, id=second).state == "closed_unreviewed"

    written = reader.get("/reflections")
    assert written.says(WORDS)
    assert written.says(BEGUN)
    assert written.says("This is what you had begun to write.")
    one = reader.get(written.html.select(".entries a")[0]["href"])
    assert one.says(WORDS)
    assert not one.html.select('form[action$="/revise"]')
    assert reader.get("/progress").status == 200
    assert reader.get(f"/records?cycle={first}").status == 200

    goal = reader.get("/goal")
    assert "つぎの めあて" in goal.one("textarea[name=text]").get_text()
    waiting = the(Adjustment, school_id=SECONDARY)
    assert (waiting.state, waiting.from_cycle_id) == ("proposed", None)
    set_goal(reader, UNIT_EQUATIONS, "れんりつ", carry="use", adjustment=str(waiting.id))
    third = the(LearningCycle, school_id=SECONDARY)
    before = the(LearningCycle, id=first)
    assert (before.state, before.next_cycle_id) == ("closed_carried", third.id)
    assert third.prev_cycle_id == first
    taken = the(Adjustment, id=waiting.id)
    assert (taken.state, taken.to_cycle_id, taken.decided_in) == ("in_effect", third.id, first)
    close_lap(reader, third.id, verdict="worked")
    assert the(Adjustment, id=waiting.id).verdict == "worked"
    assert reader.get("/").says("You closed ring 2")
    assert not rows(Draft, form="goal")


def test_nothing_happens_before_the_child_comes_in_and_nothing_twice(browser, half_done):
    _, _, second = half_done
    aoi = moves(AOI, SECONDARY, CLASS_J2_1)
    assert the(LearningCycle, id=second).state == "reflecting"
    assert len(rows(Adjustment)) == 1
    for _ in range(3):
        assert browser(aoi).get("/").status == 200
    assert len(rows(Adjustment)) == 2
    assert len(rows(AuditEntry, verb="student:arrived")) == 1


def test_what_cannot_be_settled_keeps_no_child_out_and_is_settled_next_time(
    browser, half_done, monkeypatch, caplog
):
    """The database says no in the middle of it: nothing is half done, and others still act."""
    _, _, second = half_done
    aoi = moves(AOI, SECONDARY, CLASS_J2_1)
    others: list = []
    with monkeypatch.context() as patch:
        cut_after(patch, arrivals.loop, "carry_over", 0)
        patch.setitem(entering._ACTS, "another", others.append)
        assert browser(aoi).get("/").status == 200
    assert [scope.actor_id for scope in others] == [AOI.id]
    assert "could not be settled" in caplog.text
    assert the(LearningCycle, id=second).state == "reflecting"
    assert not rows(AuditEntry, verb="student:arrived")
    assert browser(aoi).get("/").status == 200
    assert the(LearningCycle, id=second).state == "closed_unreviewed"
    assert len(rows(AuditEntry, verb="student:arrived")) == 1


def test_who_is_to_move_later_has_left_nothing(browser, half_done):
    """Prepared in March: the new role is to begin in April."""
    _, _, second = half_done
    moves(AOI, SECONDARY, CLASS_J2_1, clock.today() + timedelta(days=3))
    assert browser(AOI).get("/").status == 200
    assert the(LearningCycle, id=second).state == "reflecting"


def test_the_old_school_sees_the_child_no_more_and_the_new_one_only_what_is_new(browser, half_done):
    chiba, oka = browser(CHIBA), browser(OKA)
    assert chiba.get(f"/class/students/{AOI.id}/records").status == 200
    aoi = moves(AOI, SECONDARY, CLASS_J2_1)
    reader = browser(aoi)
    reader.get("/")
    assert chiba.get(f"/class/students/{AOI.id}/records").status == 404
    desk = chiba.get(f"/reading?class_id={CLASS_4_2}")
    assert not desk.says(WORDS)
    assert oka.get("/").status in {200, 303}
    mori = browser(MORI)
    desk = mori.get(f"/reading?class_id={CLASS_J2_1}")
    assert desk.status == 200
    assert not desk.says(WORDS)
    page = mori.get(f"/class/students/{AOI.id}/records")
    assert page.status == 200
    assert not page.html.select("[data-records]")


def test_late_statements_go_where_the_work_was_done_and_the_child_sees_them(browser):
    in_english(AOI)
    yesterday = clock.now() - timedelta(days=1)
    reader = browser(AOI)
    set_goal(reader, UNIT_DIVISION, GOAL)
    aoi = moves(AOI, SECONDARY, CLASS_J2_1)
    send_late(browser, yesterday, 1)
    send_late(browser, clock.now(), 2)
    found = {row.day: row for row in rows(LearningRecord)}
    old, new = found[clock.school_day_of(yesterday)], found[clock.today()]
    assert (old.school_id, new.school_id) == (PRIMARY, SECONDARY)
    # The lap that was left open at the old school takes nothing of the new one.
    assert new.cycle_id == the(LearningCycle, school_id=SECONDARY).id
    reader = browser(aoi)
    for day in (old.day, new.day):
        page = reader.get(f"/records?day={day}")
        assert page.one("[data-sums]")["data-records"] == "1"
        assert bool(page.html.select(".doubt")) == (day == new.day)
    refused = reader.post(f"/records/{old.id}/dispute", {"reason": "not_mine", "idem": "x"})
    assert refused.status == 409


def test_who_comes_back_goes_on_at_the_old_school(browser, half_done):
    _, first, second = half_done
    there = moves(AOI, SECONDARY, CLASS_J2_1)
    reader = browser(there)
    set_goal(reader, UNIT_EQUATIONS, "れんりつ")
    third = the(LearningCycle, school_id=SECONDARY)
    assert len(rows(Adjustment, state="proposed")) == 1
    back = moves(there, PRIMARY, CLASS_4_2)
    reader = browser(back)
    assert the(LearningCycle, id=third.id).state == "closed_unreviewed"
    (waiting,) = rows(Adjustment, state="proposed")
    assert (waiting.school_id, waiting.decided_in) == (PRIMARY, first)
    assert len(rows(Adjustment, state="carried")) == 2
    set_goal(reader, UNIT_DIVISION, GOAL, carry="use", adjustment=str(waiting.id))
    assert the(LearningCycle, id=first).state == "closed_carried"
    assert reader.get("/reflections").says(WORDS)
    assert the(LearningCycle, id=second).state == "closed_unreviewed"
