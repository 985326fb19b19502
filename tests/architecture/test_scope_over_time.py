"""The session guard over the years: teachers see this school year, a student every one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core import unit_of_work as guard
from aarportal.core.database import Base
from aarportal.core.errors import NotFoundError, UnscopedError
from aarportal.core.ownership import Relation, StudentOwned
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal, IfThen, SuccessCriterion
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.models import Attribution
from aarportal.people.roster.models import UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    CLASS_J2_1,
    DRILL_SCOPE,
    OKA,
    PRIMARY,
    SECONDARY,
    key,
    scope_of,
)
from tests.over_time import a_lap, lived_rows

pytestmark = pytest.mark.both_databases

SINCE = date(2026, 4, 1)
#: The last moment of one school year and the first of the next one, in Japan.
LAST, FIRST = (clock.day_bounds(SINCE)[0] + timedelta(seconds=n) for n in (-1, 0))
TEACHER = replace(scope_of(CHIBA), since=SINCE)


@pytest.fixture
def years(in_app):
    """Aoi and Ben each have a row of every kind from the last moment before and the first after."""
    with unit_of_work(SystemScope("years")) as scope:
        for member in (AOI, BEN):
            for name, at in (("old", LAST), ("new", FIRST)):
                lived_rows(scope, member, name, at)
        audit.record(scope, "rows:made", "")


def tables():
    return [
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, StudentOwned) and mapper.class_.__tablename__ in COVERED
    ]


COVERED = {
    "learning_cycles", "adjustments", "goals", "goal_versions", "success_criteria", "if_thens",
    "plan_sessions", "predictions", "self_ratings", "reflections", "reflection_versions",
    "attributions", "teacher_feedback", "record_disputes", "learning_records", "day_rollups",
    "absent_days", "portal_statements", "drafts", "term_letters",
}  # fmt: skip


def seen(scope, row_class):
    """How many rows of each student exist."""
    counts = {}
    other = aliased(row_class)
    for student_id in scope.session.scalars(select(row_class.student_id)):
        counts[student_id] = counts.get(student_id, 0) + 1
    by_alias = sorted(scope.session.scalars(select(other.student_id)))
    assert by_alias == sorted(key for key, n in counts.items() for _ in range(n))
    return counts


def test_a_teacher_sees_this_year_and_the_student_every_year(years):
    for row_class in tables():
        secret = Relation.HOMEROOM not in row_class.readers
        with unit_of_work(TEACHER, read_only=True) as scope:
            expected = {} if secret else {AOI.id: 1, BEN.id: 1}
            assert seen(scope, row_class) == expected, row_class
        with unit_of_work(scope_of(AOI), read_only=True) as scope:
            assert seen(scope, row_class) == {AOI.id: 2}, row_class


def test_every_table_of_that_kind_was_tried(app):
    theirs = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, StudentOwned)
        and mapper.class_.__module__.startswith("aarportal.cycle")
    }
    assert theirs <= COVERED


def test_parts_are_left_out_with_their_whole_however_they_are_asked_for(years):
    with unit_of_work(TEACHER, read_only=True) as scope:
        joined = (
            select(SuccessCriterion.student_id)
            .select_from(Goal)
            .outerjoin(
                SuccessCriterion,
                (SuccessCriterion.school_id == Goal.school_id)
                & (SuccessCriterion.goal_id == Goal.id),
            )
        )
        assert sorted(scope.session.scalars(joined)) == sorted([AOI.id, BEN.id])
        sub = select(IfThen.student_id).subquery()
        assert len(scope.session.scalars(select(sub.c.student_id)).all()) == 2
        assert scope.session.get(Attribution, (PRIMARY, key("reason old aoi"))) is None
        assert scope.session.get(Attribution, (PRIMARY, key("reason new aoi"))) is not None


def test_last_years_rows_cannot_be_changed_by_this_years_teacher(years):
    with unit_of_work(TEACHER) as scope:
        changed = scope.session.execute(update(LearningCycle).values(mid="ok"))
        assert changed.rowcount == 2
        audit.record(scope, "cycle:changed", "this year's")
    with unit_of_work(TEACHER, read_only=True) as scope, pytest.raises(NotFoundError):
        scope.one(LearningCycle, key("old aoi"))


@pytest.mark.parametrize(
    ("state", "is_seen"), [("proposed", True), ("in_effect", False), ("lapsed", False)]
)
def test_what_a_child_still_means_to_try_goes_on_to_the_next_teacher(years, state, is_seen):
    with unit_of_work(SystemScope("change of mind")) as scope:
        scope.session.execute(
            update(Adjustment).where(Adjustment.id == key("adjustment old aoi")).values(state=state)
        )
        audit.record(scope, "adjustment:moved", "")
    with unit_of_work(TEACHER, read_only=True) as scope:
        found = scope.session.get(Adjustment, (PRIMARY, key("adjustment old aoi")))
        assert (found is not None) == is_seen


def test_office_and_apps_are_not_held_to_a_year(years):
    for reader in (scope_of(OKA), DRILL_SCOPE):
        with unit_of_work(reader, read_only=True) as scope:
            assert seen(scope, LearningCycle) == {AOI.id: 2, BEN.id: 2}


def test_a_table_that_does_not_say_when_is_not_shown(years, monkeypatch):
    monkeypatch.setattr(LearningCycle, "dated_by", None)
    monkeypatch.setattr(guard, "criteria_in", lambda _sight: {})
    with unit_of_work(TEACHER, read_only=True) as scope, pytest.raises(UnscopedError):
        scope.session.scalars(select(LearningCycle)).all()


def end_role(member, ends_before, *, then_at=None, starts_on=None):
    """Take a student's role away, and maybe give another at another school."""
    with unit_of_work(SystemScope("roster")) as scope:
        scope.session.execute(
            update(UserRole).where(UserRole.user_id == member.id).values(ends_before=ends_before)
        )
        if then_at:
            name = f"role {member.name} at {then_at}"
            scope.session.add(
                UserRole(
                    school_id=then_at,
                    id=key(name),
                    sourced_id=name,
                    user_id=member.id,
                    role="student",
                    role_type="primary",
                    starts_on=starts_on,
                )
            )
        audit.record(scope, "roster:changed", "")


def test_the_office_of_the_school_before_sees_a_student_no_more(years):
    today = clock.today()
    steps = (
        (None, None, True),  # two schools at once: 通級
        (today + timedelta(days=1), None, True),  # leaves tomorrow
        (today, today + timedelta(days=1), True),  # has left, and begins elsewhere tomorrow
        (today, today, False),
    )
    end_role(AOI, None, then_at=SECONDARY)
    for ends_before, starts_on, is_seen in steps:
        with unit_of_work(SystemScope("roster")) as scope:
            for school_id, values in (
                (PRIMARY, {"ends_before": ends_before}),
                (SECONDARY, {"starts_on": starts_on}),
            ):
                scope.session.execute(
                    update(UserRole)
                    .where(UserRole.user_id == AOI.id, UserRole.school_id == school_id)
                    .values(values)
                )
            audit.record(scope, "roster:changed", "")
        with unit_of_work(scope_of(OKA), read_only=True) as scope:
            assert (AOI.id in seen(scope, LearningCycle)) == is_seen, (ends_before, starts_on)
            # The roster in the same question does not narrow what the guard asks of it.
            both = select(LearningCycle.student_id).join(
                UserRole, UserRole.user_id == LearningCycle.student_id
            )
            assert (AOI.id in set(scope.session.scalars(both))) == is_seen
        with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
            assert AOI.id in seen(scope, LearningCycle)


def test_who_left_the_district_stays_with_the_school_where_they_were_last(years):
    """As whoever leaves the lower secondary school does, who was at a primary school before."""
    today = clock.today()
    end_role(AOI, today, then_at=SECONDARY)
    for before, is_seen in ((timedelta(days=300), True), (timedelta(days=0), False)):
        with unit_of_work(SystemScope("roster")) as scope:
            scope.session.execute(
                update(UserRole)
                .where(UserRole.user_id == AOI.id, UserRole.school_id == SECONDARY)
                .values(
                    starts_on=today - before - timedelta(days=300),
                    ends_before=today - before + timedelta(days=1),
                )
            )
            audit.record(scope, "roster:changed", "")
        with unit_of_work(scope_of(OKA), read_only=True) as scope:
            assert (AOI.id in seen(scope, LearningCycle)) == is_seen, before


def test_who_left_the_district_stays_in_the_offices_sight(years):
    end_role(AOI, clock.today())
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert AOI.id in seen(scope, LearningCycle)


def test_a_student_reads_the_school_before_and_writes_at_the_present_one(years):
    moved = replace(scope_of(AOI), school_id=SECONDARY, other_school_ids=frozenset({PRIMARY}))
    with unit_of_work(moved, read_only=True) as scope:
        assert seen(scope, LearningCycle) == {AOI.id: 2}
        assert scope.one(LearningCycle, key("old aoi")).school_id == PRIMARY
    with unit_of_work(moved) as scope:
        scope.one(LearningCycle, key("new aoi")).mid = "ok"
        scope.session.add(a_lap(AOI, "there", clock.now(), SECONDARY, CLASS_J2_1))
        audit.record(scope, "cycle:opened", "there")
    with pytest.raises(UnscopedError), unit_of_work(moved) as scope:
        scope.session.add(a_lap(AOI, "back there", clock.now(), PRIMARY, CLASS_4_2))
