"""Conditions are kept from request to request: for exactly the same sight, and for no other."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import AppScope, RosterScope, Scope, SystemScope
from aarportal.core.unit_of_work import sight_of, unit_of_work
from aarportal.cycle.anticipation.models import Goal
from tests.cast import AOI, BEN, CHIBA, DRILL_SCOPE, HINATA, PRIMARY, SECONDARY, key, scope_of
from tests.over_time import lived_rows

#: Attribute of a scope -> another value of it than `SCOPES` have; a new one has to be said here.
OTHERS = {
    "actor_id": key("somebody"),
    "district_id": key("another district"),
    "school_id": SECONDARY,
    "school_ids": frozenset({SECONDARY}),
    "role": Role.NURSE,
    "students": {Relation.HOMEROOM: frozenset({AOI.id})},
    "class_ids": (key("a class"),),
    "other_school_ids": frozenset({SECONDARY}),
    "since": date(2026, 4, 1),
    "is_strong": False,
    "without": frozenset({Permission.PUBLIC}),
    "lent_class_ids": (key("a class"),),
    "viewer_id": key("somebody"),
    "homeroom_class_ids": (key("a class"),),
    "permissions": frozenset({Permission.PUBLIC}),
    "reads_others": True,
    "whole_district": True,
    "scopes": frozenset({"roster-core.readonly"}),
}
SCOPES: dict[type, Scope | AppScope] = {
    Scope: scope_of(CHIBA),
    AppScope: DRILL_SCOPE,
    RosterScope: RosterScope(CHIBA.id, HINATA, frozenset({PRIMARY})),
}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, it.name) for kind in SCOPES for it in fields(kind)]
)
def test_whatever_a_scope_says_belongs_to_its_sight(kind, name):
    scope = SCOPES[kind]
    other = replace(scope, **{name: OTHERS[name]})
    assert other != scope
    assert sight_of(other) != sight_of(scope)
    assert sight_of(replace(scope)) == sight_of(scope)


def test_a_machine_of_another_kind_has_another_sight():
    app = AppScope(CHIBA.id, HINATA, frozenset({PRIMARY}))
    assert sight_of(app) != sight_of(SCOPES[RosterScope])


def test_a_sight_is_of_a_day(app):
    before = sight_of(SCOPES[Scope])
    clock.shift(timedelta(days=1))
    assert sight_of(SCOPES[Scope]) != before


@pytest.mark.both_databases
def test_who_sees_fewer_students_than_a_moment_ago_sees_them_at_once(in_app):
    with unit_of_work(SystemScope("rows")) as scope:
        for member in (AOI, BEN):
            lived_rows(scope, member, "now", clock.now())
        audit.record(scope, "rows:made", "")

    def seen(*members):
        students = {Relation.HOMEROOM: frozenset(it.id for it in members)}
        with unit_of_work(replace(scope_of(CHIBA), students=students), read_only=True) as scope:
            return set(scope.session.scalars(select(Goal.student_id)))

    for members in ((AOI, BEN), (AOI,), (), (BEN,), (AOI, BEN), (AOI,)):
        assert seen(*members) == {it.id for it in members}
    # More sights than are kept, among them every one from before.
    for number in range(300):
        students = {Relation.HOMEROOM: frozenset({AOI.id, key(f"child {number}")})}
        with unit_of_work(replace(scope_of(CHIBA), students=students), read_only=True) as scope:
            assert set(scope.session.scalars(select(Goal.student_id))) == {AOI.id}
    assert seen(BEN) == {BEN.id}
