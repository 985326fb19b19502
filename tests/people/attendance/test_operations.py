"""Marking who is away, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance import operations, store
from tests.cast import AOI, BEN, CHIBA, DOI, GEN, HANA, scope_of

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def away(day=FRIDAY, reader=CHIBA):
    with unit_of_work(scope_of(reader), read_only=True) as scope:
        return store.absent_on(scope, [AOI.id, BEN.id, HANA.id], day)


def mark(member, day=FRIDAY, **more):
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.mark_absent(scope, member.id, day, **more)


def clear(member, day=FRIDAY):
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.mark_present(scope, member.id, day)


def test_somebody_is_away_on_one_day(in_app):
    mark(AOI)
    assert away() == {AOI.id: "absent"}
    assert away(MONDAY) == {}


def test_noting_it_twice_changes_nothing_and_the_later_reason_counts(in_app):
    mark(AOI)
    mark(AOI, kind="excused")
    assert away() == {AOI.id: "excused"}


def test_the_note_can_be_taken_back_and_taking_it_back_twice_changes_nothing(in_app):
    mark(AOI)
    clear(AOI)
    clear(AOI)
    assert away() == {}


def test_every_mark_leaves_a_trace(in_app):
    mark(AOI)
    clear(AOI)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        entries = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.student_id == AOI.id)
        ).all()
    assert [(it.verb, it.actor_id) for it in entries] == [
        ("attendance:marked", CHIBA.id), ("attendance:cleared", CHIBA.id),
    ]  # fmt: skip


@pytest.mark.parametrize("stranger", [HANA, GEN], ids=lambda m: m.name)
def test_nobody_out_of_sight_can_be_marked(in_app, stranger):
    with pytest.raises(NotFoundError), unit_of_work(scope_of(CHIBA)) as scope:
        operations.mark_absent(scope, stranger.id, FRIDAY)
    assert away(reader=CHIBA) == {}


@pytest.mark.parametrize(
    ("reader", "seen"),
    [(AOI, True), (DOI, True), (BEN, False), (HANA, False)],
    ids=["the pupil", "a teacher", "a classmate", "a pupil of another class"],
)
def test_who_sees_that_somebody_was_away(in_app, reader, seen):
    mark(AOI)
    assert bool(away(reader=reader)) is seen
