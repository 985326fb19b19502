"""Accounts that rest after many tries, and who opens them; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.locks import operations, store
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.own_password import operations as own_password
from aarportal.people.accounts.own_password.operations import PasswordDraft
from aarportal.people.accounts.tries.operations import TRIES_PER_DAY, rests_until
from tests.cast import AOI, BEN, CHIBA, CODES, DOI, HANA, KEN, MORI, OKA, PASSWORD, SATO, scope_of

SECRET = "secret"
FRIDAY_NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_friday(in_app):
    clock.shift(FRIDAY_NOON - datetime.now(UTC))


def later(**by):
    clock.shift(clock.now() + timedelta(**by) - datetime.now(UTC))


def draft(member=AOI, password=PASSWORD, code="", login_id=""):
    code = code or CODES[member.school_id]
    return SignInDraft(code, login_id or member.login_id, password, "10.0.0.1")


def refusal(**typed) -> str:
    with pytest.raises(InvalidError) as refused:
        accounts.sign_in(draft(**typed), SECRET)
    return refused.value.rule


def guess(times=TRIES_PER_DAY, **typed) -> list[str]:
    """Try other passwords, waiting whenever that is asked for."""
    rules = []
    while len(rules) < times:
        try:
            rules.append(refusal(password="wrong", **typed))
        except TooManyTriesError:
            later(minutes=6)
    later(minutes=6)
    return rules


def verbs(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        rows = scope.session.scalars(
            select(AuditEntry.verb).where(AuditEntry.object_id == str(member.id))
        )
        return set(rows)


def test_the_right_password_opens_no_account_that_rests(in_app):
    assert guess(TRIES_PER_DAY) == ["sign_in"] * (TRIES_PER_DAY - 1) + ["resting"]
    assert refusal() == "resting"
    assert accounts.sign_in(draft(BEN), SECRET)
    assert "account:locked" in verbs(AOI)


def test_one_try_fewer_lets_the_child_in_and_is_forgotten(in_app):
    guess(TRIES_PER_DAY - 1)
    assert accounts.sign_in(draft(), SECRET)
    assert guess(TRIES_PER_DAY - 1)[-1] == "sign_in"


def test_tries_with_the_districts_code_count_for_the_same_account(in_app):
    guess(TRIES_PER_DAY - 1)
    assert refusal(password="wrong", code="131234") == "resting"
    assert refusal() == "resting"


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda m: m.name)
def test_nobody_learns_whether_there_is_such_an_account(in_app, member):
    known = [*guess(TRIES_PER_DAY + 2, member=member)]
    unknown = [*guess(TRIES_PER_DAY + 2, member=member, login_id="nobody")]
    assert known == unknown


def test_it_opens_by_itself_on_the_next_school_day(in_app):
    guess()
    monday = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    clock.shift(monday - timedelta(minutes=1) - datetime.now(UTC))
    assert refusal() == "resting"
    clock.shift(monday - datetime.now(UTC))
    assert accounts.sign_in(draft(), SECRET)


def test_rests_end_when_a_school_day_begins():
    def at(day, hour):
        return datetime(2026, 11, day, hour, tzinfo=clock.SCHOOL_TIME)

    assert rests_until(at(19, 23)) == at(20, 0)
    for moment in (at(20, 0), at(21, 12), at(22, 23)):
        assert rests_until(moment) == at(23, 0)


@pytest.mark.parametrize("helper", [CHIBA, DOI, OKA], ids=lambda m: m.name)
def test_each_teacher_of_the_child_and_the_office_open_it(in_app, helper):
    guess()
    with unit_of_work(scope_of(helper), read_only=True) as scope:
        assert [it.user_id for it in store.locked_pupils(scope)] == [AOI.id]
    for _ in range(2):
        with unit_of_work(scope_of(helper)) as scope:
            operations.open_to_pupil(scope, AOI.id)
    assert accounts.sign_in(draft(), SECRET)
    assert "account:unlocked" in verbs(AOI)


@pytest.mark.parametrize("other", [MORI, SATO, BEN, AOI], ids=lambda m: m.name)
def test_nobody_else_sees_or_opens_it(in_app, other):
    guess()
    with unit_of_work(scope_of(other), read_only=True) as scope:
        assert not store.locked_pupils(scope)
    with pytest.raises(NotFoundError), unit_of_work(scope_of(other)) as scope:
        operations.open_to_pupil(scope, AOI.id)
    assert refusal() == "resting"


def test_of_staff_the_office_alone_opens_it(in_app):
    guess(member=CHIBA)
    for other in (DOI, MORI, SATO, AOI):
        with pytest.raises(NotFoundError), unit_of_work(scope_of(other)) as scope:
            operations.open_to_staff(scope, CHIBA.id)
        with unit_of_work(scope_of(other), read_only=True) as scope:
            assert not store.locked_staff(scope)
    assert refusal(member=CHIBA) == "resting"
    with unit_of_work(scope_of(OKA)) as scope:
        assert [it.user_id for it in store.locked_staff(scope)] == [CHIBA.id]
        operations.open_to_staff(scope, CHIBA.id)
    assert accounts.sign_in(draft(CHIBA), SECRET)


def must_change(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.get(Account, member.id).must_change


@pytest.mark.parametrize("helper", [CHIBA, OKA], ids=lambda m: m.name)
def test_a_start_password_opens_the_account_and_ends_what_was_open(in_app, helper):
    token = accounts.sign_in(draft(), SECRET)
    guess()
    password = operations.give_start_password(scope_of(helper), AOI.id)
    assert accounts.who(token) is None
    assert refusal() == "sign_in"
    assert accounts.sign_in(draft(password=password), SECRET)
    assert must_change(AOI)
    assert "password:given" in verbs(AOI)
    assert password != operations.give_start_password(scope_of(helper), AOI.id)


@pytest.mark.parametrize(
    ("helper", "member"),
    [(CHIBA, HANA), (CHIBA, CHIBA), (DOI, AOI), (MORI, AOI), (OKA, CHIBA), (OKA, KEN), (SATO, AOI),
     (BEN, AOI), (AOI, AOI)],
    ids=lambda m: m.name,
)  # fmt: skip
def test_start_passwords_are_for_pupils_of_ones_own_alone(in_app, helper, member):
    with pytest.raises(NotFoundError):
        operations.give_start_password(scope_of(helper), member.id)
    assert accounts.sign_in(draft(member), SECRET)


def test_an_own_password_ends_every_other_session(in_app):
    here, elsewhere = accounts.sign_in(draft(), SECRET), accounts.sign_in(draft(), SECRET)
    chosen = PasswordDraft(PASSWORD, "ねこと やまと うみ")
    here = own_password.change_own(scope_of(AOI), chosen, here)
    assert accounts.who(here)
    assert accounts.who(elsewhere) is None
    assert refusal() == "sign_in"
    assert accounts.sign_in(draft(password=chosen.new), SECRET)
