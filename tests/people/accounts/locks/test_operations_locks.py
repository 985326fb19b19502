"""Accounts that rest after many tries, and who opens them; on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    TooManyTriesError,
)
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import passwords
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts.giving import operations as giving
from aarportal.people.accounts.locks import operations, store
from aarportal.people.accounts.locks.commands import open_sign_in
from aarportal.people.accounts.models import Account, SignInSession
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.own_password import operations as own_password
from aarportal.people.accounts.own_password.operations import Asked, PasswordDraft
from aarportal.people.accounts.tries.operations import (
    PER_ACCOUNT,
    PER_ADDRESS,
    TRIES_PER_DAY,
    rests_until,
)
from aarportal.people.roster.models import DistrictRole, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CODES,
    DOI,
    HANA,
    HEAD,
    HINATA,
    IWA,
    KEN,
    MINATO,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    SECONDARY,
    scope_of,
)

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


DISTRICTS_CODE = "131234"
HERE, NEXT_DOOR = CODES[PRIMARY], CODES[SECONDARY]


def test_tries_with_the_districts_code_count_for_the_same_account(in_app):
    guess(TRIES_PER_DAY - 1)
    assert refusal(password="wrong", code=DISTRICTS_CODE) == "resting"
    assert refusal() == "resting"


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda m: m.name)
def test_nobody_learns_whether_there_is_such_an_account(in_app, member):
    known = [*guess(TRIES_PER_DAY + 2, member=member)]
    unknown = [*guess(TRIES_PER_DAY + 2, member=member, login_id="nobody")]
    assert known == unknown


@pytest.mark.parametrize(
    "codes",
    [(HERE, DISTRICTS_CODE), (NEXT_DOOR, HERE), (HERE, NEXT_DOOR), (DISTRICTS_CODE, NEXT_DOOR)],
    ids=" then ".join,
)
def test_nobody_learns_it_with_two_codes_either(in_app, codes):
    """The code of the district and those of its schools stand on paper."""

    def answers(login_id):
        first, second = codes
        said = [
            *guess(TRIES_PER_DAY - 1, code=first, login_id=login_id),
            *guess(1, code=second, login_id=login_id),
        ]
        return said, *(refusal(password="wrong", code=it, login_id=login_id) for it in codes)

    assert answers(AOI.login_id) == answers("nobody")


def test_a_lock_by_the_code_of_the_school_next_door_is_seen_and_opened_by_the_childs_teacher(
    in_app,
):
    guess(code=NEXT_DOOR)
    assert refusal() == "resting"
    with unit_of_work(scope_of(CHIBA)) as scope:
        assert [it.user_id for it in store.locked_pupils(scope)] == [AOI.id]
        operations.open_to_pupil(scope, AOI.id)
    assert accounts.sign_in(draft(), SECRET)


def test_tries_with_several_codes_do_not_add_up_to_more_than_six_in_five_minutes(in_app):
    for code in (HERE, DISTRICTS_CODE, NEXT_DOOR) * 2:
        refusal(password="wrong", code=code)
    with pytest.raises(TooManyTriesError):
        accounts.sign_in(draft(), SECRET)


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


def knock_until_it_rests(**typed):
    """As `guess`, and a few times more; nobody waits after the last try."""
    guess(TRIES_PER_DAY - PER_ACCOUNT.tries, **typed)
    rules = [refusal(password="wrong", **typed) for _ in range(2 * PER_ACCOUNT.tries)]
    assert rules[PER_ACCOUNT.tries - 1 :] == ["resting"] * (PER_ACCOUNT.tries + 1)


def test_the_child_beside_the_teacher_comes_in_at_once(in_app):
    knock_until_it_rests()
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.open_to_pupil(scope, AOI.id)
    assert accounts.sign_in(draft(), SECRET)


@pytest.mark.parametrize("before", [0, 11], ids=["who has to wait", "near the lock"])
def test_the_child_with_a_new_start_password_comes_in_at_once(in_app, before):
    guess(before)
    for _ in range(PER_ACCOUNT.tries):
        refusal(password="wrong")
    password = giving.to_pupil(scope_of(CHIBA), AOI.id, SECRET)
    assert refusal(password="typed wrongly") == "sign_in"
    assert accounts.sign_in(draft(password=password), SECRET)


def test_while_a_login_id_rests_its_address_still_waits_some_day(in_app):
    guess()
    for _ in range(PER_ADDRESS.tries):
        refusal(password="wrong")
    with pytest.raises(TooManyTriesError):
        accounts.sign_in(draft(BEN), SECRET)


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


def has_lock(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return store.is_locked(scope, member.id)


def lock(*members):
    """Many tried to come in as these."""
    with unit_of_work(SystemScope("test")) as scope:
        for member in members:
            code = CODES[member.school_id]
            found = accounts_store.applicant(scope, code, member.login_id, clock.today())
            operations.lock(scope, found, rests_until(clock.now()))


@pytest.fixture
def two_of_the_board(everybody):
    """Ms Chiba is at the board, too; it is where she tried to come in."""
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(delete(UserRole).where(UserRole.user_id == CHIBA.id))
        held = {"district_id": HINATA, "sourced_id": "x", "user_id": CHIBA.id}
        scope.session.add(DistrictRole(**held, role="districtAdministrator", role_type="primary"))
        audit.record(scope, "test", CHIBA.id)
    at_the_board = replace(CHIBA, school_id=NOTHING, role=Role.DISTRICT_ADMINISTRATOR)
    lock(IWA, at_the_board)


def board():
    students = frozenset({PRIMARY, SECONDARY})
    return replace(scope_of(IWA), other_school_ids=students)


def test_the_board_opens_for_the_others_of_the_board_and_not_for_itself(two_of_the_board):
    with pytest.raises(NotAllowedError):
        operations.open_to_person(board(), IWA.id)
    assert has_lock(IWA)
    for _ in range(2):
        operations.open_to_person(board(), CHIBA.id)
    assert not has_lock(CHIBA)
    assert "account:unlocked" in verbs(CHIBA)


def test_the_board_opens_for_a_school_whose_whole_office_is_locked_out(everybody):
    lock(OKA, HEAD, MORI)
    for member in (OKA, HEAD, MORI):
        operations.open_to_person(board(), member.id)
        assert not has_lock(member)


def test_nobody_opens_for_themselves_for_the_board_or_elsewhere(two_of_the_board):
    lock(OKA, MORI)
    with pytest.raises(NotAllowedError):
        operations.open_to_person(scope_of(OKA), OKA.id)
    for member in (IWA, CHIBA, MORI):
        with pytest.raises((NotFoundError, NotAllowedError)):
            operations.open_to_person(scope_of(OKA), member.id)
        with pytest.raises(NotFoundError):
            operations.open_to_person(scope_of(SATO), member.id)
        assert has_lock(member)
    with pytest.raises(NotFoundError):
        operations.open_to_person(replace(board(), district_id=MINATO), OKA.id)
    assert has_lock(OKA)


@pytest.mark.parametrize("member", [IWA, AOI], ids=lambda m: m.name)
def test_whoever_runs_the_portal_opens_for_whom_nobody_is_left(everybody, member):
    knock_until_it_rests(member=member)
    code, run = CODES[member.school_id], CliRunner().invoke
    refused = run(open_sign_in, ["--place", code, "nobody"], obj=lambda: everybody)
    assert refused.exit_code == 1
    assert has_lock(member)
    done = run(open_sign_in, ["--place", code, member.login_id], obj=lambda: everybody)
    assert done.exit_code == 0, done.output
    assert accounts.sign_in(draft(member), SECRET)


# --- what was checked, and what is there when it counts -------------------------------------------


def meanwhile(monkeypatch, act):
    """Somebody does something else, right after a password was compared."""
    compare = passwords.matches

    def matches(password, password_hash):
        fits = compare(password, password_hash)
        monkeypatch.setattr(passwords, "matches", compare)
        act()
        return fits

    monkeypatch.setattr(passwords, "matches", matches)


def give():
    giving.to_pupil(scope_of(CHIBA), AOI.id, SECRET)


def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing(in_app, monkeypatch):
    meanwhile(monkeypatch, give)
    assert refusal() == "sign_in"
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert not scope.session.scalars(select(SignInSession)).all()


def test_the_start_password_of_the_teacher_counts_and_not_the_one_chosen_meanwhile(
    in_app, monkeypatch
):
    given, token = [], accounts.sign_in(draft(), SECRET)

    def give():
        given.append(giving.to_pupil(scope_of(CHIBA), AOI.id, SECRET))

    meanwhile(monkeypatch, give)
    chosen = PasswordDraft(PASSWORD, "ねこと やまと うみ")
    with pytest.raises(ConflictError):
        own_password.change_own(scope_of(AOI), chosen, Asked(token, False, SECRET))
    assert refusal(password=chosen.new) == "sign_in"
    assert accounts.sign_in(draft(password=given[0]), SECRET)


def must_change(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.get(Account, member.id).must_change


@pytest.mark.parametrize("helper", [CHIBA, OKA], ids=lambda m: m.name)
def test_a_start_password_opens_the_account_and_ends_what_was_open(in_app, helper):
    token = accounts.sign_in(draft(), SECRET)
    guess()
    password = giving.to_pupil(scope_of(helper), AOI.id, SECRET)
    assert accounts.who(token) is None
    assert refusal() == "sign_in"
    assert accounts.sign_in(draft(password=password), SECRET)
    assert must_change(AOI)
    assert "password:given" in verbs(AOI)
    assert password != giving.to_pupil(scope_of(helper), AOI.id, SECRET)


@pytest.mark.parametrize(
    ("helper", "member"),
    [(CHIBA, HANA), (CHIBA, CHIBA), (DOI, AOI), (MORI, AOI), (OKA, CHIBA), (OKA, KEN), (SATO, AOI),
     (BEN, AOI), (AOI, AOI)],
    ids=lambda m: m.name,
)  # fmt: skip
def test_start_passwords_are_for_pupils_of_ones_own_alone(in_app, helper, member):
    with pytest.raises(NotFoundError):
        giving.to_pupil(scope_of(helper), member.id, SECRET)
    assert accounts.sign_in(draft(member), SECRET)


def test_an_own_password_ends_every_other_session(in_app):
    here, elsewhere = accounts.sign_in(draft(), SECRET), accounts.sign_in(draft(), SECRET)
    chosen = PasswordDraft(PASSWORD, "ねこと やまと うみ")
    here = own_password.change_own(scope_of(AOI), chosen, Asked(here, False, SECRET))
    assert accounts.who(here)
    assert accounts.who(elsewhere) is None
    assert refusal() == "sign_in"
    assert accounts.sign_in(draft(password=chosen.new), SECRET)
