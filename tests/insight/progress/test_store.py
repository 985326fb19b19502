"""A pupil's history as the charts get it, read from the rows of real days."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.charts.history import Band, FirstAttempts, Verdict
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import LearningCycle
from aarportal.insight.progress import store
from aarportal.people.attendance.models import AbsentDay, CalendarDay
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    HANA,
    PRIMARY,
    SECONDARY,
    UNIT_DIVISION,
    UNIT_WATER,
    key,
    scope_of,
)
from tests.cycle.action.days import TODAY, by_hand, enter, record, set_clock
from tests.cycle.reflection.laps import enter_carried, enter_lap, read_by_teacher, submit

A_DAY = 24 * 60
OTHER_APP = key("an app of another district")


@pytest.fixture(autouse=True)
def friday(in_app):
    """Half past ten on Friday, 20 November 2026."""
    set_clock()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def history(member=AOI, *, eyes=None, grade=4):
    with unit_of_work(scope_of(eyes or member), read_only=True) as scope:
        return store.learning_history(scope, member.id, grade, TODAY)


def add(*rows) -> None:
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add_all(rows)
        audit.record(scope, "test:added", "rows")


def change(model, **values) -> None:
    with unit_of_work(SystemScope("test")) as scope:
        for row in scope.session.scalars(select(model)):
            for name, value in values.items():
                setattr(row, name, value)
        audit.record(scope, "test:changed", "rows")


# --- days ---------------------------------------------------------------------------------------


def test_records_of_one_unit_and_app_are_one_line_of_the_day():
    enter(
        record(9), record(6, first_attempt_correct=0), record(3, first_attempt_items=0,
        first_attempt_correct=0, retry_items=1, retry_correct=1),
    )  # fmt: skip
    [day] = history().days
    assert (day.on, day.subject, day.unit_id) == (TODAY, "sansu", str(UNIT_DIVISION))
    assert (day.app, day.sessions) == ("ドリルパーク", 1)
    assert (day.items, day.first_attempt_items, day.first_attempt_correct) == (3, 2, 1)
    assert (day.retry_items, day.retry_correct) == (1, 1)
    assert day.active_seconds > 0
    assert history().apps == ("ドリルパーク",)


def test_another_unit_another_day_and_paper_stand_by_themselves():
    enter(
        record(9), record(6, unit_id=UNIT_WATER, subject="rika"), record(5 + A_DAY),
        record(4, unit_id=None, subject=""), by_hand(3),
    )  # fmt: skip
    found = {(day.on, day.subject, day.unit_id, day.app) for day in history().days}
    assert found == {
        (ago(1), "sansu", str(UNIT_DIVISION), "ドリルパーク"),
        (TODAY, "sansu", str(UNIT_DIVISION), "ドリルパーク"),
        (TODAY, "rika", str(UNIT_WATER), "ドリルパーク"),
        (TODAY, "", None, "ドリルパーク"),
        (TODAY, "sansu", str(UNIT_DIVISION), ""),
    }


def test_sixty_days_are_looked_back_on():
    enter(*(record(5 + A_DAY * days) for days in (59, 60, 61)))
    assert [day.on for day in history().days] == [ago(60), ago(59)]


def test_what_was_taken_back_is_no_part_of_it():
    enter(record(9, state="voided"))
    assert history().days == ()
    assert history().units == ()


def open_or_not(days_ago: int, kind: str, school_id=PRIMARY) -> CalendarDay:
    return CalendarDay(school_id=school_id, day=ago(days_ago), kind=kind)


def off(member, days_ago: int, kind: str = "absent") -> AbsentDay:
    return AbsentDay(school_id=PRIMARY, student_id=member.id, day=ago(days_ago), kind=kind)


#: Rows of the calendar and of absence -> is it a school day, and does it count for her?
DAYS = {
    "an ordinary Thursday": ([], 1, True, False),
    "a Sunday": ([], 5, False, False),
    "a holiday": ([lambda: open_or_not(1, "closed")], 1, False, False),
    "a day of sports": ([lambda: open_or_not(1, "event")], 1, True, True),
    "an open Saturday": ([lambda: open_or_not(6, "open")], 6, True, False),
    "the holiday of another school": (
        [lambda: open_or_not(1, "closed", SECONDARY)], 1, True, False,
    ),
    "she was absent": (
        [lambda: off(AOI, 1)], 1, True, True,
    ),
    "she was excused": (
        [lambda: off(AOI, 1, "excused")], 1, True, True,
    ),
    "somebody else was absent": (
        [lambda: off(BEN, 1)], 1, True, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "days_ago", "school", "away"), DAYS.values(), ids=DAYS)
def test_days_off_count_neither_for_nor_against(rows, days_ago, school, away):
    add(*(make() for make in rows))
    found = history()
    assert (ago(days_ago) in found.school_days) is school
    assert (ago(days_ago) in found.away_days) is away


# --- goals and laps -----------------------------------------------------------------------------


def test_a_goal_comes_with_the_rating_and_the_fact():
    submit(enter_lap(days_ago=2), rating=3)
    submit(enter_lap(days_ago=1, criterion=("can_do", None)), rating=0)
    enter_lap()
    found = [(g.opened_on, g.rating, g.criterion_met) for g in history().goals]
    assert found == [(ago(2), 3, True), (ago(1), 0, None), (TODAY, None, None)]
    assert {(g.subject, g.unit_title) for g in history().goals} == {
        ("sansu", "わり{算|ざん}の{筆算|ひっさん}")
    }


def test_a_lap_without_a_goal_has_no_goal_to_reach():
    submit(enter_lap(goal=None), rating=2)
    found = history()
    assert found.goals == ()
    assert [lap.goal_set for lap in found.cycles] == [False]


def test_a_goal_that_was_taken_back_does_not_count():
    enter_lap()
    change(Goal, state="withdrawn")
    found = history()
    assert found.goals == ()
    assert [lap.goal_set for lap in found.cycles] == [False]


def test_of_a_goal_set_anew_the_new_one_counts():
    cycle_id = enter_lap()
    change(Goal, state="withdrawn")
    add(
        Goal(
            school_id=PRIMARY, student_id=AOI.id, cycle_id=cycle_id, text="あたらしい",
            author="pupil", due_on=TODAY, confirmed_at=clock.now(), state="active",
            difficulty_ratio=0.5,
        )
    )  # fmt: skip
    [goal] = history().goals
    assert goal.difficulty_ratio == 0.5


def test_a_lap_says_how_far_it_got():
    enter_lap(days_ago=4, acted_first_at=None, state="anticipating")
    enter_lap(days_ago=3)
    submit(enter_lap(days_ago=2))
    found = [
        (lap.opened_on, lap.goal_set, lap.acted, lap.reflected, lap.adjustment_proposed)
        for lap in history().cycles
    ]
    assert found == [
        (ago(4), True, False, False, False),
        (ago(3), True, True, False, False),
        (ago(2), True, True, True, True),
    ]


@pytest.mark.parametrize("verdict", ["worked", "no_change", "cannot_say"])
def test_an_adjustment_is_told_with_the_lap_it_came_from(verdict):
    cycle_id = enter_lap()
    enter_carried(cycle_id)
    before, today = history().cycles
    assert (before.adjustment_proposed, before.adjustment_adopted) == (True, True)
    assert before.verdict is None
    assert not today.adjustment_proposed
    submit(cycle_id, verdict=verdict)
    before, today = history().cycles
    assert before.verdict == Verdict(verdict)
    assert (today.adjustment_proposed, today.adjustment_adopted) == (True, False)
    assert today.verdict is None


def test_a_reading_teacher_changes_nothing():
    reflection_id = submit(enter_lap())
    before = history()
    read_by_teacher(reflection_id)
    assert history() == before


def test_only_the_last_laps_are_looked_at():
    add(
        *(
            LearningCycle(
                school_id=PRIMARY, student_id=AOI.id, class_id=CLASS_4_2, subject="sansu",
                state="closed", state_since=at, opened_at=at, updated_at=at, opened_on=at.date(),
            )
            for at in (clock.now() - timedelta(days=n) for n in range(store.LAPS + 3))
        )
    )  # fmt: skip
    found = [lap.opened_on for lap in history().cycles]
    assert found == [ago(n) for n in reversed(range(store.LAPS))]


# --- units --------------------------------------------------------------------------------------


def test_first_answers_of_a_unit_are_added_up_day_by_day():
    enter(
        record(9), record(6, first_attempt_correct=0), record(5 + A_DAY),
        record(4, unit_id=UNIT_WATER, subject="rika"),
        record(3, unit_id=UNIT_WATER, subject="rika", app_id=OTHER_APP),
    )  # fmt: skip
    found = {unit.unit_id: unit for unit in history().units}
    assert found[str(UNIT_DIVISION)].attempts == (
        FirstAttempts(ago(1), 1, 1),
        FirstAttempts(TODAY, 2, 1),
    )
    assert found[str(UNIT_WATER)].attempts == (FirstAttempts(TODAY, 2, 2),)
    assert found[str(UNIT_WATER)].title == "{水|みず}のすがた"


def test_a_unit_without_a_first_answer_is_not_on_the_map():
    enter(by_hand(9), record(6, first_attempt_items=0, first_attempt_correct=0, retry_items=1))
    assert history().units == ()


# --- whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "band"),
    [(1, "L"), (2, "L"), (3, "M"), (4, "M"), (5, "U"), (6, "U"), (7, "U"), (9, "U")],
)
def test_the_grade_decides_how_the_charts_speak(grade, band):
    found = history(grade=grade)
    assert (found.grade, found.band) == (grade, Band(band))


def fill(member) -> None:
    enter(record(9, member), record(6 + A_DAY, member), record(3, member, unit_id=UNIT_WATER))
    submit(enter_lap(member, days_ago=1), member, rating=1)
    enter_carried(enter_lap(member), member)
    add(off(member, 3))


def test_nothing_of_another_pupil_is_in_it():
    fill(AOI)
    before = history()
    fill(BEN)
    assert history() == before


@pytest.mark.parametrize("eyes", [BEN, HANA], ids=lambda member: member.name)
def test_another_pupil_sees_nothing_of_it(eyes):
    fill(AOI)
    found = history(AOI, eyes=eyes)
    assert (found.days, found.goals, found.cycles, found.units) == ((), (), (), ())
    assert ago(3) not in found.away_days


def test_the_homeroom_teacher_sees_the_same_as_the_pupil():
    fill(AOI)
    assert history(AOI, eyes=CHIBA) == history()


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_it_takes_nine_questions_whatever_the_amount(queries, full):
    if full:
        enter(*(record(9 + A_DAY * n, unit_id=UNIT_WATER if n % 2 else UNIT_DIVISION)
                for n in range(30)))  # fmt: skip
        for n in range(6):
            submit(enter_lap(days_ago=n))
    with queries() as seen:
        history()
    assert len(seen) <= 9, seen
