"""Whatever places people have over schools and years: who sees which row, at their real sign-in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal, SuccessCriterion
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.models import Attribution, Reflection
from aarportal.people.accounts import operations
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.roster.models import Enrollment, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    CODES,
    DOI,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SCIENCE_4_2,
    SECONDARY,
    key,
)
from tests.over_time import lived_rows

SCHOOL_OF = {
    CLASS_4_2: PRIMARY,
    SCIENCE_4_2: PRIMARY,
    CLASS_1_1: PRIMARY,
    CLASS_J2_1: SECONDARY,
}
PUPILS, TEACHERS = (AOI, BEN), (CHIBA, DOI, MORI)
DATED = {
    LearningCycle: "opened_at",
    Goal: "confirmed_at",
    Reflection: "submitted_at",
}
PARTS = (SuccessCriterion, Attribution)

#: Todays, with the turn of the year among them more often than chance would have it.
TODAYS = st.one_of(
    st.sampled_from([date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 20), date(2026, 10, 5)]),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
#: Days from today on.
BEGINS = st.sampled_from([-700, -370, -200, -30, -1, 0, 1, 40])
#: So many that most places overlap with others.
LENGTHS = st.sampled_from([1, 30, 200, 400, 1000, 1000])
CLASSES = st.sampled_from([CLASS_4_2, CLASS_4_2, CLASS_J2_1, CLASS_J2_1, SCIENCE_4_2, CLASS_1_1])
PLACES = st.tuples(st.sampled_from([*PUPILS, *TEACHERS]), CLASSES, BEGINS, LENGTHS)
LIVES = st.tuples(st.sampled_from(PUPILS), CLASSES, st.sampled_from([-500, -190, -25, -19, -1, 0]))


@pytest.fixture(autouse=True)
def clock_as_it_was():
    yield
    clock.shift(timedelta())


def seat(scope, number, place):
    """A place in a class for some days, and the role at the school that goes with it."""
    member, class_id, starts_on, length = place
    span = {
        "school_id": SCHOOL_OF[class_id],
        "user_id": member.id,
        "role": member.role.value,
        "starts_on": starts_on,
        "ends_before": starts_on + timedelta(days=length),
        "sourced_id": f"place {number}",
    }
    scope.session.add(Enrollment(**span, id=key(f"seat {number}"), class_id=class_id))
    scope.session.add(UserRole(**span, id=key(f"role {number}"), role_type="primary"))


def come_in(member, school_id):
    try:
        draft = SignInDraft(CODES[school_id], member.login_id, PASSWORD, f"{member.name}'s place")
        found = operations.who(operations.sign_in(draft, "secret"))
    except InvalidError:
        return None
    return found[0] if found else None


def all_rows(row_class):
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        return scope.session.scalars(select(row_class)).all()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PLACES, min_size=4, max_size=10), st.lists(LIVES, min_size=2, max_size=6), TODAYS)
def test_staff_see_their_pupils_this_year_and_a_child_every_own_row_once(
    database, places, lives, today
):
    database.reset()
    places = [(who, at, today + timedelta(days=n), length) for who, at, n, length in places]
    lives = [(who, at, today + timedelta(days=n)) for who, at, n in lives]
    noon = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
    clock.shift(noon - datetime.now(UTC))
    with database.app.app_context():
        with unit_of_work(SystemScope("town")) as scope:
            for row_class in (Enrollment, UserRole):
                scope.session.execute(
                    update(row_class)
                    .where(row_class.user_id.in_([it.id for it in (*PUPILS, *TEACHERS)]))
                    .values(ends_before=date(2020, 4, 1), starts_on=date(2019, 4, 1))
                )
            for number, place in enumerate(places):
                seat(scope, number, place)
            for number, (member, class_id, day) in enumerate(lives):
                at = datetime(day.year, day.month, day.day, 3, number, tzinfo=UTC)
                lived_rows(scope, member, f"{number}", at, SCHOOL_OF[class_id], class_id)
            audit.record(scope, "town:made", "")
        since = clock.school_year_begins_on(clock.school_year_of(today))
        for teacher in TEACHERS:
            for school_id in (PRIMARY, SECONDARY):
                look_as_teacher(teacher, school_id, places, today, since)
        for pupil in PUPILS:
            for school_id in (PRIMARY, SECONDARY):
                look_as_pupil(pupil, school_id, places)
        look_as_office(places, today)


def is_there(place, today):
    return place[2] <= today < place[2] + timedelta(days=place[3])


def look_as_teacher(teacher, school_id, places, today, since):
    seen_by = come_in(teacher, school_id)
    if seen_by is None:
        return
    mine = {
        place[1]
        for place in places
        if place[0] is teacher and is_there(place, today) and SCHOOL_OF[place[1]] == school_id
    }
    pupils = {
        place[0].id for place in places if place[0] in PUPILS and is_there(place, today)
        and place[1] in mine
    }  # fmt: skip
    begins, _ = clock.day_bounds(since)
    for row_class, column in DATED.items():
        truth = {
            row.id
            for row in all_rows(row_class)
            if row.school_id == school_id
            and row.student_id in pupils
            and getattr(row, column) >= begins
        }
        with unit_of_work(seen_by, read_only=True) as scope:
            seen = scope.session.scalars(select(row_class.id)).all()
        assert sorted(seen) == sorted(truth), row_class
    with unit_of_work(seen_by, read_only=True) as scope:
        goals = set(scope.session.scalars(select(Goal.id)))
        assert set(scope.session.scalars(select(SuccessCriterion.goal_id))) == goals


def look_as_pupil(pupil, school_id, places):
    """A school of which the child was never is no school to come in at."""
    seen_by = come_in(pupil, school_id)
    if seen_by is None:
        return
    schools = {SCHOOL_OF[place[1]] for place in places if place[0] is pupil} | {PRIMARY}
    for row_class in (*DATED, *PARTS):
        truth = [
            row.id
            for row in all_rows(row_class)
            if row.student_id == pupil.id and row.school_id in schools
        ]
        with unit_of_work(seen_by, read_only=True) as scope:
            seen = scope.session.scalars(select(row_class.id)).all()
        assert sorted(seen) == sorted(truth), row_class


def look_as_office(places, today):
    """Records of children who went on to the other school are that school's to look after."""
    seen_by = come_in(OKA, PRIMARY)
    assert seen_by is not None
    gone = set()
    for pupil in PUPILS:
        mine = [place for place in places if place[0] is pupil]
        stays = any(
            SCHOOL_OF[place[1]] == PRIMARY and place[2] + timedelta(days=place[3]) > today
            for place in mine
        )
        ends = [place[2] + timedelta(days=place[3]) for place in mine
                if SCHOOL_OF[place[1]] == PRIMARY]  # fmt: skip
        went = any(
            SCHOOL_OF[place[1]] == SECONDARY
            and place[2] <= today
            and place[2] + timedelta(days=place[3]) > max(ends, default=date(2020, 4, 1))
            for place in mine
        )
        if went and not stays:
            gone.add(pupil.id)
    truth = [
        row.id
        for row in all_rows(LearningCycle)
        if row.school_id == PRIMARY and row.student_id not in gone
    ]
    with unit_of_work(seen_by, read_only=True) as scope:
        assert sorted(scope.session.scalars(select(LearningCycle.id))) == sorted(truth)
        assert not scope.session.scalars(select(Adjustment.id)).all()
