"""Signing in, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, TooManyTriesError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations
from aarportal.people.accounts.models import SignInSession, SignInThrottle
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.tries.operations import PER_ACCOUNT
from aarportal.people.roster.models import DistrictRole, User, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CODES,
    DOI,
    ELSEWHERE,
    HINATA,
    KEN,
    PASSWORD,
    PRIMARY,
    SECONDARY,
)

SECRET = "secret"


def draft(member=AOI, code=None, password=PASSWORD, address="10.0.0.1"):
    return SignInDraft(code or CODES[member.school_id], member.login_id, password, address)


@pytest.mark.parametrize("member", [AOI, KEN, CHIBA, DOI], ids=lambda m: m.name)
def test_the_session_opens_just_this_persons_scope(in_app, member):
    token = operations.sign_in(draft(member), SECRET)
    scope, known = operations.who(token)
    assert known.user.id == scope.actor_id == member.id
    assert (scope.district_id, scope.school_id, scope.role) == (
        HINATA,
        member.school_id,
        member.role,
    )
    assert set(scope.class_ids) == set(member.classes)


def test_a_teacher_sees_the_students_of_her_classes(in_app):
    scope, _ = operations.who(operations.sign_in(draft(CHIBA), SECRET))
    assert scope.students[Relation.HOMEROOM] == {AOI.id, BEN.id}
    scope, _ = operations.who(operations.sign_in(draft(DOI), SECRET))
    assert scope.students[Relation.HOMEROOM] == frozenset()
    assert scope.students[Relation.TEACHES] == {AOI.id, BEN.id}


def test_the_code_of_the_district_opens_the_same_door(in_app):
    scope, _ = operations.who(operations.sign_in(draft(AOI, code="131234"), SECRET))
    assert scope.school_id == PRIMARY


def change_role(member, **values):
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(
            update(UserRole).where(UserRole.user_id == member.id).values(**values)
        )
        audit.record(scope, "test", member.id)


@pytest.mark.parametrize("code", [CODES[PRIMARY], "131234"])
def test_a_school_makes_nobody_the_board_of_the_district(in_app, code):
    change_role(CHIBA, role="districtAdministrator")
    with pytest.raises(InvalidError):
        operations.sign_in(draft(CHIBA, code=code), SECRET)


@pytest.mark.parametrize(
    ("role", "comes_in"), [("districtAdministrator", True), ("administrator", False)]
)
def test_whoever_comes_from_the_board_alone_speaks_for_it(in_app, role, comes_in):
    change_role(CHIBA, ends_before=clock.today())
    with unit_of_work(SystemScope("test")) as scope:
        held = {"district_id": HINATA, "sourced_id": "x", "user_id": CHIBA.id}
        scope.session.add(DistrictRole(**held, role=role, role_type="primary"))
        audit.record(scope, "test", CHIBA.id)
    if not comes_in:
        with pytest.raises(InvalidError):
            operations.sign_in(draft(CHIBA, code="131234"), SECRET)
        return
    scope, _ = operations.who(operations.sign_in(draft(CHIBA, code="131234"), SECRET))
    assert scope.role is Role.DISTRICT_ADMINISTRATOR
    assert scope.school_ids >= {PRIMARY, SECONDARY}


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda m: m.name)
def test_a_role_that_is_over_opens_no_door_and_closes_the_open_one(in_app, member):
    token = operations.sign_in(draft(member), SECRET)
    change_role(member, ends_before=clock.today() + timedelta(1))
    assert operations.who(token) is not None
    change_role(member, ends_before=clock.today())
    assert operations.who(token) is None
    with pytest.raises(InvalidError):
        operations.sign_in(draft(member), SECRET)


def add_role(row_class, name, **values):
    with unit_of_work(SystemScope("test")) as scope:
        given = {"sourced_id": name, "user_id": CHIBA.id, "role_type": "secondary"}
        scope.session.add(row_class(**given, **values))
        audit.record(scope, "test", CHIBA.id)


def test_whoever_is_not_the_office_any_more_keeps_no_session_of_the_office_open(in_app):
    change_role(CHIBA, role="siteAdministrator")
    add_role(UserRole, "teaches too", school_id=PRIMARY, role="teacher")
    token = operations.sign_in(draft(CHIBA), SECRET)
    assert operations.who(token)[0].role is Role.ADMINISTRATOR
    with unit_of_work(SystemScope("test")) as scope:
        office = UserRole.role == "siteAdministrator"
        scope.session.execute(update(UserRole).where(office).values(ends_before=clock.today()))
        audit.record(scope, "test", CHIBA.id)
    assert operations.who(token) is None
    scope, _ = operations.who(operations.sign_in(draft(CHIBA), SECRET))
    assert scope.role is Role.TEACHER


def test_another_word_of_the_roster_for_the_same_role_closes_no_session(in_app):
    change_role(CHIBA, role="administrator")
    token = operations.sign_in(draft(CHIBA), SECRET)
    change_role(CHIBA, role="siteAdministrator")
    assert operations.who(token)[0].role is Role.ADMINISTRATOR


def test_whoever_does_not_speak_for_the_board_any_more_is_out(in_app):
    change_role(CHIBA, ends_before=clock.today())
    for role in ("districtAdministrator", "systemAdministrator"):
        add_role(DistrictRole, role, district_id=HINATA, role=role)
    token = operations.sign_in(draft(CHIBA, code="131234"), SECRET)
    assert operations.who(token)[0].role is Role.DISTRICT_ADMINISTRATOR
    with unit_of_work(SystemScope("test")) as scope:
        speaks = DistrictRole.role == "districtAdministrator"
        scope.session.execute(update(DistrictRole).where(speaks).values(ends_before=clock.today()))
        audit.record(scope, "test", CHIBA.id)
    assert operations.who(token) is None


def test_whoever_moved_inside_the_district_lands_where_they_are_now(in_app):
    """The district's code names no school: the role that has begun last says which."""
    change_role(AOI, starts_on=clock.today() - timedelta(300))
    with unit_of_work(SystemScope("test")) as scope:
        for days, school_id in ((-3, SECONDARY), (5, ELSEWHERE)):
            scope.session.add(
                UserRole(
                    school_id=school_id, sourced_id=f"moved{days}", user_id=AOI.id, role="student",
                    role_type="primary", starts_on=clock.today() + timedelta(days),
                )
            )  # fmt: skip
        audit.record(scope, "test", AOI.id)
    scope, _ = operations.who(operations.sign_in(draft(AOI, code="131234"), SECRET))
    assert scope.school_id == SECONDARY


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"code": "nowhere"},
        {"code": CODES[SECONDARY]},
        {"code": "139999"},
    ],
    ids=["password", "code", "another school", "another district"],
)
def test_what_does_not_fit_together_is_refused_without_saying_which(in_app, wrong):
    with pytest.raises(InvalidError) as refused:
        operations.sign_in(draft(**wrong), SECRET)
    assert refused.value.rule == "sign_in"
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert not scope.session.scalars(select(SignInSession)).all()


def test_after_six_tries_the_account_waits_and_nobody_else(in_app):
    for _ in range(PER_ACCOUNT.tries):
        with pytest.raises(InvalidError):
            operations.sign_in(draft(password="wrong"), SECRET)
    with pytest.raises(TooManyTriesError) as waits:
        operations.sign_in(draft(), SECRET)
    assert 0 < waits.value.retry_after_seconds <= 301
    assert operations.sign_in(draft(BEN), SECRET)
    clock.shift(PER_ACCOUNT.window + timedelta(seconds=1))
    assert operations.sign_in(draft(), SECRET)


def test_the_throttle_keeps_neither_names_nor_addresses(in_app):
    with pytest.raises(InvalidError):
        operations.sign_in(draft(password="wrong", address="192.0.2.7"), SECRET)
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        keys = scope.session.scalars(select(SignInThrottle.key)).all()
    assert len(keys) == 3
    assert not [key for key in keys if "aoi" in key or "192" in key]


def test_a_session_ends_by_going_out_by_time_and_by_leaving_the_roster(in_app):
    tokens = [operations.sign_in(draft(), SECRET) for _ in range(3)]
    operations.sign_out(tokens[0])
    assert operations.who(tokens[0]) is None
    assert operations.who(tokens[1])
    clock.shift(operations.SESSION_LENGTH + timedelta(minutes=1))
    assert operations.who(tokens[1]) is None
    clock.shift(timedelta(0))
    with unit_of_work(SystemScope("leaves")) as scope:
        from aarportal.audit import operations as audit

        scope.session.get(User, AOI.id).enabled = False
        audit.record(scope, "user:left", AOI.id)
    assert operations.who(tokens[2]) is None
    with pytest.raises(InvalidError):
        operations.sign_in(draft(), SECRET)


def test_a_token_is_not_kept_in_the_clear(in_app):
    token = operations.sign_in(draft(), SECRET)
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        row = scope.session.scalars(select(SignInSession)).one()
    assert token.encode() not in row.token_hash
    assert row.role == Role.STUDENT
