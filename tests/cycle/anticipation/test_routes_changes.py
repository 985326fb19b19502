"""Changing a goal, taking it back, and saying what became of plans."""

from datetime import timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import store
from aarportal.cycle.anticipation.choices import PredictionDraft
from aarportal.cycle.anticipation.models import (
    Goal,
    PlanSession,
)
from tests.backstage import backstage, stage
from tests.cast import (
    AOI,
    BEN,
    UNIT_DIVISION,
)
from tests.cycle.anticipation.backstage import (
    MAX_QUERIES,
    enter_cards,
    fields,
    goal_of,
    rows,
)
from tests.cycle.anticipation.goals import CARD, draft

__all__ = ["stage"]


def test_a_goal_is_changed_with_a_reason(browser, queries):
    goal = goal_of(amount=20, strategies=("ask",))
    reader = browser(AOI)
    url = f"/goals/{goal.id}/revise"
    with queries() as seen:
        page = reader.get(url)
    assert len(seen) <= MAX_QUERIES
    assert page.one("textarea").get_text(strip=True) == goal.text
    assert page.one("input[name=amount]")["value"] == "20"
    assert page.one("input[name=strategies][checked]")["value"] == "ask"
    sent = {"text": "ひっ算 5問", "amount": "5", "reason": "too_big", "idem": "k"}
    assert reader.post(url, sent).location == "/"
    (after,) = rows(Goal)
    assert (after.text, after.amount_planned, after.version) == ("ひっ算 5問", 5, 2)


def test_the_words_of_a_card_are_changed_without_its_marks_of_reading(browser):
    enter_cards()
    reader = browser(AOI)
    page = reader.get("/goal")
    reader.post("/goal", fields(page, unit=str(UNIT_DIVISION), card=CARD.hex, go="start"))
    (goal,) = rows(Goal)
    page = reader.get(f"/goals/{goal.id}/revise")
    assert page.one("textarea").get_text(strip=True) == "2けたでわる筆算ができる"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": ""}, "reason"), ({"text": ""}, "text"), ({"amount": "x"}, "amount")],
)
def test_a_change_that_cannot_be_taken_keeps_the_words(browser, change, field):
    goal = goal_of()
    sent = {"text": "ひっ算 5問", "amount": "5", "reason": "too_big", **change}
    page = browser(AOI).post(f"/goals/{goal.id}/revise", sent)
    assert page.status == 422
    assert page.one("section.errors a")["href"] == f"#{field}"
    assert page.html.select(f"#{field}")
    assert rows(Goal)[0].version == 1


def test_a_goal_is_taken_back_and_room_is_made_for_another(browser):
    goal = goal_of()
    reader = browser(AOI)
    sent = reader.post(f"/goals/{goal.id}/withdraw", {"reason": "mistake"})
    assert reader.follow(sent).one("form[data-wizard]")
    assert rows(Goal)[0].state == "withdrawn"
    assert reader.get(f"/goals/{goal.id}/revise").status == 409
    assert reader.post(f"/goals/{goal.id}/withdraw", {}).status == 409


@pytest.mark.parametrize("path", ["revise", "withdraw"])
def test_the_goal_of_a_classmate_is_not_there(browser, path):
    goal = goal_of(BEN)
    reader = browser(AOI)
    assert reader.get(f"/goals/{goal.id}/revise").status == 404
    assert reader.post(f"/goals/{goal.id}/{path}", {"reason": "mistake", "text": "x"}).status == 404
    assert rows(Goal, BEN)[0].text == goal.text


def plan_of(state="planned", days=0, member=AOI):
    goal_of(member, when="home", amount=8, prediction=PredictionDraft(3))
    return changed_plan(state, days)


@backstage
def changed_plan(state, days):
    with unit_of_work(SystemScope("test")) as scope:
        (plan,) = scope.session.scalars(store.select(PlanSession))
        plan.state = state
        plan.planned_on += timedelta(days=days)
        audit.record(scope, "test:planned", plan.id)
        return plan


def test_plans_stand_in_a_list_with_what_can_be_done(browser, queries):
    plan_of()
    reader = browser(AOI)
    with queries() as seen:
        page = reader.get("/plans")
    assert len(seen) <= MAX_QUERIES
    assert page.says(draft().text)
    assert page.html.select("form[action$=move]")
    assert not page.html.select("form[action$=done]")


def test_without_a_plan_the_list_leads_to_the_goal(browser):
    assert browser(AOI).get("/plans").html.select('a[href="/goal"]')


def test_a_plan_that_waits_is_announced_on_the_sheet(browser):
    plan_of("open_past", -3)
    assert browser(AOI).get("/goal").html.select('a[href="/plans"]')


@pytest.mark.parametrize(
    ("path", "sent", "state"),
    [("done", {"what": "done"}, "done_self"), ("done", {"what": "drop"}, "dropped"),
     ("move", {}, "planned")],
)  # fmt: skip
def test_the_student_says_what_became_of_a_plan(browser, path, sent, state):
    plan = plan_of("open_past", -3)
    reader = browser(AOI)
    # The day of now: the tests may have begun before midnight.
    sent = sent or {"planned_on": clock.today().isoformat()}
    assert reader.follow(reader.post(f"/plans/{plan.id}/{path}", sent)).status == 200
    (after,) = rows(PlanSession)
    assert after.state == state
    assert after.moved_count == (1 if path == "move" else 0)


@pytest.mark.parametrize("day", ["", "soon", "1999-01-01", "2999-01-01"])
def test_a_plan_is_not_moved_to_a_day_that_cannot_be_meant(browser, day):
    plan = plan_of()
    page = browser(AOI).post(f"/plans/{plan.id}/move", {"planned_on": day})
    assert page.status == 422
    assert page.one("section.errors")
    assert rows(PlanSession)[0].moved_count == 0


@pytest.mark.parametrize("path", ["move", "done"])
def test_the_plan_of_a_classmate_is_not_there(browser, path):
    plan = plan_of("open_past", -3, member=BEN)
    sent = {"planned_on": clock.today().isoformat()}
    assert browser(AOI).post(f"/plans/{plan.id}/{path}", sent).status == 404
    assert rows(PlanSession)[0].state == "open_past"
