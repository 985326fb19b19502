"""Lesson times and timetables of a school, on both databases."""

from datetime import date, time

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance.lessons import Bell, Slot
from aarportal.people.roster.models import AcademicSession, Class, Enrollment
from aarportal.people.school_year import operations as year
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year.operations import DaysDraft
from aarportal.people.school_year.timetables import operations, store
from aarportal.people.school_year.timetables.operations import BellsDraft
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    DOI,
    HINATA,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    SCIENCE_4_2,
    key,
    scope_of,
)

pytestmark = pytest.mark.usefixtures("in_app")
APRIL, OCTOBER, FRIDAY = date(2026, 4, 1), date(2026, 10, 1), date(2026, 11, 20)
NINE, TEN = Bell(time(9), 45), Bell(time(9, 50), 45)
MUSIC, SCIENCE = Slot("ongaku", CHIBA.id), Slot("rika", DOI.id)


def told(act, *args, member=OKA, **more):
    with unit_of_work(scope_of(member)) as scope:
        return act(scope, *args, **more)


def add(title="通常日課", times=(NINE, TEN), **more):
    return told(operations.add_bells, BellsDraft(title, times, **more))


def bells(member=OKA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return year_store.bells(scope)


def set_week(slots, class_id=CLASS_4_2, starts_on=APRIL, member=OKA):
    return told(operations.set_timetable, class_id, starts_on, slots, member=member)


def weeks(class_id=CLASS_4_2, member=OKA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return [
            (it.starts_on, dict(it.slots))
            for it in year_store.timetables(scope, [class_id])[class_id]
        ]


# --- lesson times -------------------------------------------------------------------------------


def test_the_first_lesson_times_are_the_usual_ones_and_there_is_one_such(in_app):
    first = add()
    assert bells()[first].is_usual
    second = add("夏日課", is_usual=True)
    assert [key for key, it in bells().items() if it.is_usual] == [second]


def test_lesson_times_are_changed_and_forgotten(in_app):
    bells_id = add()
    told(
        operations.change_bells, bells_id, BellsDraft("水曜日課", (NINE,), weekdays=frozenset({3}))
    )
    assert (bells()[bells_id].times, bells()[bells_id].weekdays) == ((NINE,), {3})
    told(operations.remove_bells, bells_id)
    assert bells() == {}


def test_lesson_times_that_a_day_asks_for_are_not_forgotten(in_app):
    bells_id = add("短縮")
    told(year.plan_days, DaysDraft(FRIDAY, FRIDAY, "usual", "", bells_id))
    with pytest.raises(StateError):
        told(operations.remove_bells, bells_id)
    told(year.plan_days, DaysDraft(FRIDAY, FRIDAY, "usual"))
    told(operations.remove_bells, bells_id)


@pytest.mark.parametrize(
    ("draft", "field", "rule"),
    [
        (BellsDraft("", (NINE,)), "title", "length"),
        (BellsDraft("通常日課", (NINE,)), "title", "taken"),
        (BellsDraft("朝", ()), "starts_at_1", "needed"),
        (BellsDraft("朝", (NINE, Bell(time(9, 44), 45))), "starts_at_2", "overlap"),
        (BellsDraft("朝", (NINE, Bell(time(10), 4))), "minutes_2", "range"),
        (BellsDraft("夜", (Bell(time(23, 30), 45),)), "starts_at_1", "night"),
    ],
)
def test_lesson_times_that_cannot_be_are_refused(in_app, draft, field, rule):
    add()
    with pytest.raises(InvalidError) as refused:
        told(operations.add_bells, draft)
    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert len(bells()) == 1


def test_another_school_has_its_own_lesson_times(in_app):
    bells_id = add()
    assert bells(SATO) == {}
    with pytest.raises(NotFoundError):
        told(operations.remove_bells, bells_id, member=SATO)


# --- timetables ---------------------------------------------------------------------------------


def test_a_timetable_changes_in_october_and_its_lessons_are_told_with_their_times(in_app):
    add()
    set_week({(5, 1): MUSIC})
    assert set_week({(5, 1): SCIENCE, (5, 2): MUSIC}, starts_on=OCTOBER)
    assert [starts_on for starts_on, _slots in weeks()] == [APRIL, OCTOBER]
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        calendar = year_store.calendar(scope, APRIL, date(2027, 3, 31), [CLASS_4_2])
    assert [(it.slot, it.bell) for it in calendar.lessons_of(CLASS_4_2, FRIDAY)] == [
        (SCIENCE, NINE), (MUSIC, TEN),
    ]  # fmt: skip
    assert [it.slot for it in calendar.lessons_of(CLASS_4_2, date(2026, 9, 25))] == [MUSIC]


def test_shorter_lessons_of_a_chosen_day(in_app):
    add()
    short = add("短縮日課", (Bell(time(9), 40), Bell(time(9, 45), 40)))
    set_week({(5, 1): MUSIC, (5, 2): SCIENCE})
    told(year.plan_days, DaysDraft(FRIDAY, FRIDAY, "usual", "短縮授業", short))
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        calendar = year_store.calendar(scope, FRIDAY, FRIDAY, [CLASS_4_2])
    assert [it.bell.minutes for it in calendar.lessons_of(CLASS_4_2, FRIDAY)] == [40, 40]


def test_what_holds_anyway_is_not_written_again(in_app):
    set_week({(5, 1): MUSIC})
    assert not set_week({(5, 1): MUSIC}, starts_on=OCTOBER)
    assert [starts_on for starts_on, _slots in weeks()] == [APRIL]


def test_a_timetable_of_the_same_day_is_replaced_and_can_go(in_app):
    set_week({(5, 1): MUSIC, (5, 2): MUSIC})
    set_week({(1, 1): SCIENCE})
    assert weeks() == [(APRIL, {(1, 1): SCIENCE})]
    set_week({(2, 1): MUSIC}, starts_on=OCTOBER)
    told(operations.remove_timetable, CLASS_4_2, OCTOBER)
    assert weeks() == [(APRIL, {(1, 1): SCIENCE})]
    with pytest.raises(NotFoundError):
        told(operations.remove_timetable, CLASS_4_2, OCTOBER)


def test_every_change_leaves_a_trace(in_app):
    bells_id = add()
    set_week({(5, 1): MUSIC})
    told(operations.remove_timetable, CLASS_4_2, APRIL)
    told(operations.remove_bells, bells_id)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == OKA.id))
        assert [it.verb for it in found] == [
            "lesson_times:added", "timetable:set", "timetable:removed", "lesson_times:removed",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("slots", "field"),
    [
        ({(7, 1): MUSIC}, "subject_7_1"),
        ({(1, 9): MUSIC}, "subject_1_9"),
        ({(1, 1): Slot("cooking")}, "subject_1_1"),
        ({(1, 1): Slot("rika", MORI.id)}, "teacher_1_1"),
        ({(1, 1): Slot("rika", BEN.id)}, "teacher_1_1"),
    ],
    ids=["Sunday", "a ninth lesson", "no subject", "another school's teacher", "a pupil"],
)
def test_a_timetable_that_cannot_be_is_refused(in_app, slots, field):
    with pytest.raises(InvalidError) as refused:
        set_week(slots)
    assert refused.value.field == field
    assert weeks() == []


def test_no_class_of_another_school_gets_a_timetable(in_app):
    for class_id, member in ((CLASS_J2_1, OKA), (CLASS_4_2, SATO)):
        with pytest.raises(NotFoundError):
            set_week({(1, 1): Slot("rika")}, class_id, member=member)


def test_somebody_in_two_classes_at_once_is_told(in_app):
    taught = {CLASS_4_2: {(1, 2): SCIENCE, (1, 3): MUSIC}, CLASS_1_1: {(1, 2): SCIENCE}}
    found = operations.clashes(taught, {CLASS_4_2, CLASS_1_1})
    assert found == [(1, 2, DOI.id, (CLASS_4_2, CLASS_1_1))]


GROUP = key("4-2 group")


@pytest.mark.parametrize(
    ("more", "subject", "is_told"),
    [
        ({}, "rika", False),
        ({}, "sansu", True),
        ({CLASS_1_1: SCIENCE}, "rika", True),
        ({GROUP: SCIENCE}, "rika", True),
    ],
    ids=["one lesson", "another subject", "two classes", "two parts"],
)
def test_a_class_and_a_part_of_it_are_one_lesson(in_app, more, subject, is_told):
    at_once = {CLASS_4_2: SCIENCE, SCIENCE_4_2: Slot(subject, DOI.id), **more}
    taught = {class_id: {(1, 2): slot} for class_id, slot in at_once.items()}
    assert bool(operations.clashes(taught, {CLASS_4_2, CLASS_1_1})) is is_told


def test_a_class_that_ends_in_march_has_lessons_until_then(in_app):
    """The office goes over to the new year in March: the roster says at once that it ends."""
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.get(Class, (PRIMARY, CLASS_4_2)).status = "tobedeleted"
        for seat in scope.session.scalars(select(Enrollment).filter_by(class_id=CLASS_4_2)):
            seat.ends_before = date(2027, 4, 1)
        audit.record(scope, "test", "classes")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert CLASS_4_2 in {it.id for it in store.classes(scope, date(2027, 3, 31))}
        assert CLASS_4_2 not in {it.id for it in store.classes(scope, date(2027, 4, 1))}


def test_classes_of_the_year_by_grade(in_app):
    """A class of a session that is over is not offered; those of one subject come last."""
    with unit_of_work(SystemScope("test")) as scope:
        for n, first in ((2025, date(2025, 4, 1)), (2026, APRIL)):
            scope.session.add(
                AcademicSession(
                    district_id=HINATA, sourced_id=f"year-{n}", title=f"{n}年度",
                    type="schoolYear", starts_on=first,
                    ends_before=date(n + 1, 4, 1), school_year=n,
                )
            )  # fmt: skip
        for title, session, status in (
            ("6年1組", "year-2025", "active"), ("2年1組", "year-2026", "active"),
            ("3年1組", "year-2026", "tobedeleted"),
        ):  # fmt: skip
            scope.session.add(
                Class(
                    school_id=PRIMARY, id=key(title), sourced_id=title, title=title,
                    class_type="homeroom", grades=[f"P{title[0]}"], term_sourced_ids=[session],
                    status=status,
                )
            )  # fmt: skip
        audit.record(scope, "test", "classes")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found = store.classes(scope, FRIDAY)
        homerooms = [it.title for it in found if store.is_homeroom(it)]
        assert homerooms == ["1年1組", "2年1組", "4年2組"]
        others = [it.id for it in found[len(homerooms) :]]
        assert SCIENCE_4_2 in others
        assert {it.id for it in store.teachers(scope, FRIDAY)} == {CHIBA.id, DOI.id}
