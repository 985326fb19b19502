"""Which plan is carried out by which day's work."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.ids import NOTHING, new_id
from aarportal.cycle.anticipation.plans.matching import (
    UNSETTLED,
    DayWork,
    Planned,
    settle,
    settle_by_work,
)
from aarportal.cycle.loop.states import PLAN, PlanEvent, PlanState

UNIT, OTHER = new_id(), new_id()
DAY = date(2026, 6, 10)
E, S = PlanEvent, PlanState


def after(days: int) -> date:
    return DAY + timedelta(days=days)


PLANNED = Planned(new_id(), DAY, "sansu", UNIT, 8, S.PLANNED, after(-3))
WORK = DayWork(DAY, "sansu", UNIT, 8)


def became(plan: Planned, works, today=DAY, absent=()):
    return settle([plan], works, today, absent).get(plan.id)


@pytest.mark.parametrize(
    ("work", "event"),
    [
        ({}, E.RECORD_ENOUGH),
        ({"items": 4}, E.RECORD_ENOUGH),
        ({"items": 3}, E.RECORD_SOME),
        ({"items": 0}, E.RECORD_SOME),
        ({"day": after(1)}, E.RECORD_ENOUGH),
        ({"day": after(-1)}, E.RECORD_ENOUGH),
        ({"day": after(2)}, None),
        ({"day": after(-2)}, None),
        ({"unit_id": OTHER}, None),
        ({"unit_id": OTHER, "subject": "rika"}, None),
        ({"unit_id": NOTHING}, E.RECORD_ENOUGH),
        ({"unit_id": None}, E.RECORD_ENOUGH),
        ({"unit_id": None, "subject": "rika"}, None),
        ({"subject": "rika"}, E.RECORD_ENOUGH),
    ],
)
def test_work_of_the_same_unit_within_a_day_answers_a_plan(work, event):
    assert became(PLANNED, [replace(WORK, **work)], after(1)) == event


@pytest.mark.parametrize(
    ("state", "today", "event"),
    [
        (S.PLANNED, 0, None), (S.PLANNED, 1, None), (S.PLANNED, 2, E.DAY_PASSED),
        (S.OPEN_PAST, 5, None), (S.PARTLY, 5, None), (S.DONE, 5, None), (S.DROPPED, 5, None),
        (S.DONE_SELF, 5, None), (S.EXCUSED, 5, None),
    ],
)  # fmt: skip
def test_a_plan_without_work_waits_for_a_word_after_the_next_day(state, today, event):
    assert became(replace(PLANNED, state=state), [], after(today)) == event


@pytest.mark.parametrize(
    ("state", "event"),
    [(S.PLANNED, E.ABSENT), (S.OPEN_PAST, E.ABSENT), (S.PARTLY, None), (S.DONE, None)],
)
def test_a_day_away_excuses_its_plans(state, event):
    assert became(replace(PLANNED, state=state), [], after(9), {DAY}) == event


def test_work_counts_even_on_a_day_away():
    assert became(PLANNED, [WORK], DAY, {DAY}) == E.RECORD_ENOUGH


def test_a_record_that_comes_late_still_counts():
    assert became(replace(PLANNED, state=S.OPEN_PAST), [WORK], after(7)) == E.RECORD_ENOUGH


def test_a_plan_of_tomorrow_waits_for_tomorrow():
    assert became(replace(PLANNED, day=after(1)), [WORK], DAY) is None


def test_work_before_the_lap_was_opened_does_not_count():
    plan = replace(PLANNED, opened_on=DAY)
    assert became(plan, [replace(WORK, day=after(-1))], after(1)) is None


def test_work_without_items_answers_a_plan_without_an_amount():
    plan = replace(PLANNED, amount=None)
    assert became(plan, [replace(WORK, items=0)]) == E.RECORD_ENOUGH


def test_the_work_of_several_units_of_the_subject_adds_up_where_the_unit_is_unknown():
    plan = replace(PLANNED, unit_id=None, amount=8)
    works = [replace(WORK, items=2), replace(WORK, unit_id=OTHER, items=2)]
    assert became(plan, works[:1]) == E.RECORD_SOME
    assert became(plan, works) == E.RECORD_ENOUGH


def test_one_days_work_does_not_answer_two_days_plans():
    tomorrow = replace(PLANNED, id=new_id(), day=after(1))
    events = settle([tomorrow, PLANNED], [WORK], after(1))
    assert events == {PLANNED.id: E.RECORD_ENOUGH}


def test_what_is_left_of_a_day_goes_to_its_neighbour():
    tomorrow = replace(PLANNED, id=new_id(), day=after(1))
    events = settle([tomorrow, PLANNED], [replace(WORK, items=16)], after(1))
    assert events == {PLANNED.id: E.RECORD_ENOUGH, tomorrow.id: E.RECORD_ENOUGH}


def test_a_plan_that_is_done_has_used_its_work_up():
    done = replace(PLANNED, id=new_id(), state=S.DONE)
    assert settle([PLANNED, done], [WORK], DAY) == {}


def test_one_days_work_proves_what_was_done_and_never_what_was_not():
    old = replace(PLANNED, id=new_id(), day=after(-5), opened_on=after(-9))
    assert settle_by_work([old, PLANNED], [WORK], DAY) == {PLANNED.id: E.RECORD_ENOUGH}
    assert settle([old, PLANNED], [WORK], DAY)[old.id] == E.DAY_PASSED


planned = st.builds(
    Planned,
    id=st.uuids(),
    day=st.integers(-5, 5).map(after),
    subject=st.just("sansu"),
    unit_id=st.sampled_from([UNIT, OTHER, None]),
    amount=st.one_of(st.none(), st.integers(1, 20)),
    state=st.sampled_from(list(S)),
    opened_on=st.integers(-7, 0).map(after),
)
day_works = st.builds(
    DayWork,
    day=st.integers(-6, 6).map(after),
    subject=st.just("sansu"),
    unit_id=st.sampled_from([UNIT, OTHER, NOTHING]),
    items=st.integers(0, 30),
)


@given(st.lists(planned, max_size=6, unique_by=lambda p: p.id), st.lists(day_works, max_size=6),
       st.sets(st.integers(-5, 5).map(after)))  # fmt: skip
def test_settling_only_takes_legal_steps_and_is_at_rest_after_one_round(plans, works, absent):
    events = settle(plans, works, DAY, absent)
    moved = []
    for plan in plans:
        event = events.get(plan.id)
        if event is not None:
            assert plan.state in UNSETTLED
            assert plan.day <= DAY
            moved.append(replace(plan, state=PLAN[plan.state, event]))
        else:
            moved.append(plan)
    again = settle(moved, works, DAY, absent)
    assert not {E.DAY_PASSED, E.ABSENT} & set(again.values())


@pytest.mark.parametrize(
    ("changed", "works", "today", "event"),
    [
        ({}, [], after(2), E.ABSENT),
        ({}, [], after(1), None),
        ({}, [], DAY, None),
        ({"is_at_school": False}, [], after(2), E.DAY_PASSED),
        ({"day": after(1)}, [], after(3), E.DAY_PASSED),
        ({}, [WORK], after(2), E.RECORD_ENOUGH),
        ({"state": S.OPEN_PAST}, [], after(2), None),
    ],
    ids=["no school", "the day after", "the day", "at home", "a school day", "done", "asked"],
)
def test_a_plan_at_school_needs_a_day_with_lessons(changed, works, today, event):
    plan = replace(replace(PLANNED, is_at_school=True), **changed)
    assert settle([plan], works, today, (), {DAY}).get(plan.id) == event
