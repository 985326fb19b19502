"""Somebody who is no pupil has forgotten the password: they are given one to begin with."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock, submissions
from aarportal.core.errors import NotAllowedError, NotFoundError, NotProvedError
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import helping, passwords, ways
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.giving import operations
from aarportal.people.accounts.helping import Post
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.roles import ROLES
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.tries.operations import PER_ACCOUNT
from aarportal.people.roster.models import DistrictRole, User, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    CODES,
    HEAD,
    HINATA,
    IWA,
    KEN,
    KIKUCHI,
    MORI,
    NURSE,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    SECONDARY,
    SYSTEM,
    YUKARI,
    scope_of,
)
from tests.people.accounts import devices
from tests.people.accounts.locks.test_operations_locks import guess, refusal

pytestmark = pytest.mark.both_databases
SECRET = "secret"
CHOSEN = "四つ葉のクローバーと雨の日"
BOARD = replace(scope_of(IWA), other_school_ids=frozenset({PRIMARY, SECONDARY}))


def give(helper, member):
    scope = BOARD if helper is IWA else scope_of(helper)
    return operations.to_person(scope, member.id, SECRET)


def comes_in(member, password=PASSWORD):
    draft = accounts.SignInDraft(CODES[member.school_id], member.login_id, password, "10.0.0.1")
    return accounts.sign_in(draft, SECRET)


def account_of(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.get(Account, member.id)


@pytest.mark.parametrize(
    ("helper", "member"),
    [
        (OKA, YUKARI),
        (HEAD, CHIBA),
        (HEAD, NURSE),
        (IWA, OKA),
        (IWA, HEAD),
        (IWA, MORI),
    ],
    ids=lambda it: it.name,
)
def test_it_opens_the_account_and_ends_what_was_open(in_app, everybody, helper, member):
    token = comes_in(member)
    guess(member=member)
    person, password = give(helper, member)
    assert person.id == member.id
    assert accounts.who(token) is None
    assert refusal(member=member) == "sign_in"
    assert comes_in(member, password)
    assert account_of(member).must_change
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        told = select(AuditEntry).where(AuditEntry.verb == "password:given")
        [entry] = scope.session.scalars(told)
        assert (entry.actor_id, entry.object_id) == (helper.id, str(member.id))
        # What was given stands nowhere.
        assert password not in repr([vars(it) for it in scope.session.scalars(select(AuditEntry))])
    assert give(helper, member)[1] != password


def test_the_tries_of_before_keep_nobody_waiting(in_app, everybody):
    for _ in range(PER_ACCOUNT.tries - 1):
        refusal(member=CHIBA, password="wrong")
    _person, password = give(HEAD, CHIBA)
    for _ in range(PER_ACCOUNT.tries - 1):
        assert refusal(member=CHIBA, password="typed wrongly") == "sign_in"
    assert comes_in(CHIBA, password)


def test_the_device_for_codes_stays(in_app, everybody):
    """Or one password, given on the phone, would open what needs two proofs."""
    devices.set_up(CHIBA)
    give(HEAD, CHIBA)
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert factors.is_enrolled(scope, CHIBA.id)


@pytest.mark.parametrize(
    ("helper", "member"),
    [(OKA, OKA), (OKA, AOI), (OKA, IWA), (OKA, MORI), (HEAD, AOI), (HEAD, HEAD), (IWA, IWA),
     (IWA, AOI), (IWA, SATO), (SATO, CHIBA), (HEAD, MORI), (HEAD, OKA),
     # With a device of their own they would have more than is theirs.
     (OKA, CHIBA), (OKA, HEAD), (OKA, NURSE), (OKA, KIKUCHI), (OKA, SYSTEM), (HEAD, SYSTEM),
     (IWA, SYSTEM)],
    ids=lambda it: it.name,
)  # fmt: skip
def test_nobody_gives_more_than_they_have(in_app, everybody, helper, member):
    before = account_of(member).password_hash
    with pytest.raises((NotFoundError, NotAllowedError)):
        give(helper, member)
    assert account_of(member).password_hash == before


def becomes(member, role, school_id=PRIMARY, **more):
    with unit_of_work(SystemScope("test")) as scope:
        given = {
            "user_id": member.id,
            "sourced_id": f"{role} {school_id}",
            "role_type": "secondary",
        }
        if role == Role.DISTRICT_ADMINISTRATOR:
            scope.session.add(DistrictRole(**given, **more, district_id=HINATA, role=role))
        else:
            scope.session.add(UserRole(**given, **more, school_id=school_id, role=role))
        audit.record(scope, "test", member.id)


@pytest.mark.parametrize("helper", [OKA, HEAD], ids=lambda it: it.name)
@pytest.mark.parametrize("days", [-1, 20])
@pytest.mark.parametrize("member", [MORI, KEN], ids=lambda it: it.name)
def test_whoever_is_of_two_schools_is_the_boards_to_help(in_app, everybody, helper, days, member):
    """A school's own roster can say of everybody in the district that they are there, too."""
    becomes(member, "guardian", starts_on=clock.today() + timedelta(days=days))
    with pytest.raises((NotFoundError, NotAllowedError)):
        give(helper, member)
    assert comes_in(member)
    if member is MORI:
        _person, password = give(IWA, member)
        assert comes_in(member, password)
    else:
        with pytest.raises(NotFoundError):
            give(IWA, member)


@pytest.mark.parametrize(
    ("member", "role", "school_id"),
    [(IWA, "student", PRIMARY), (MORI, "student", PRIMARY), (AOI, "teacher", PRIMARY),
     (AOI, "guardian", SECONDARY), (AOI, Role.DISTRICT_ADMINISTRATOR, None)],
    ids=lambda it: getattr(it, "name", it),
)  # fmt: skip
def test_whoever_is_more_than_a_pupil_gets_none_as_a_pupil(
    in_app, everybody, member, role, school_id
):
    becomes(member, role, school_id)
    with pytest.raises(NotFoundError):
        operations.to_pupil(scope_of(OKA), member.id, SECRET)
    assert comes_in(member)


def test_who_became_somebody_elses_while_it_was_made_is_not_changed(in_app, everybody, monkeypatch):
    hashing = passwords.hash_password

    def meanwhile(password):
        becomes(CHIBA, Role.DISTRICT_ADMINISTRATOR)
        return hashing(password)

    monkeypatch.setattr(passwords, "hash_password", meanwhile)
    with pytest.raises(NotAllowedError):
        give(HEAD, CHIBA)
    assert comes_in(CHIBA)


@pytest.mark.parametrize(
    "changed",
    [update(User).values(enabled=False), update(UserRole).values(ends_before=clock.today())],
    ids=["not enabled", "left"],
)
def test_to_whom_nothing_opens_none_is_given(in_app, everybody, changed):
    with unit_of_work(SystemScope("test")) as scope:
        mine = User.id if changed.table.name == "users" else UserRole.user_id
        scope.session.execute(changed.where(mine == CHIBA.id))
        audit.record(scope, "test", CHIBA.id)
    for helper in (HEAD, IWA):
        with pytest.raises(NotFoundError):
            give(helper, CHIBA)
    assert operations.standing(BOARD, CHIBA.id) == operations.NOBODY


def test_where_people_come_in_by_a_provider_those_alone_get_one_who_mend_it(
    in_app, everybody, monkeypatch
):
    monkeypatch.setattr(ways, "are_passwords_off", lambda *_: True)
    with pytest.raises(NotFoundError):
        give(HEAD, CHIBA)
    assert operations.standing(scope_of(HEAD), CHIBA.id) == operations.NOBODY
    assert give(IWA, OKA)


def test_one_proof_is_not_enough(in_app, everybody):
    with pytest.raises(NotProvedError):
        operations.to_person(replace(scope_of(HEAD), is_strong=False), CHIBA.id, SECRET)
    assert comes_in(CHIBA)


@pytest.mark.parametrize("role", ROLES)
def test_of_whatever_somebody_is_elsewhere_no_school_gives_it(role):
    for helper in (Role.ADMINISTRATOR, Role.PRINCIPAL):
        for elsewhere in (SECONDARY, UUID(int=0)):
            posts = [Post(PRIMARY, "guardian"), Post(elsewhere, role)]
            assert not helping.may_give(helper, PRIMARY, posts)
    assert not helping.may_give(Role.PRINCIPAL, PRIMARY, [])


# --- over HTTP ------------------------------------------------------------------------------------


def test_the_head_gives_it_on_the_page_of_how_they_come_in(everybody, browser):
    head = browser(HEAD)
    page = head.get(f"/people/{CHIBA.id}/sign-ins")
    assert page.html.select('a[href="/people"][aria-current="page"]'), "it stands among the people"
    form = page.one(f'form[action="/people/{CHIBA.id}/sign-ins/password"]')
    fields = {"idem": form.select_one("[name=idem]")["value"]}
    shown = head.post(form["action"], fields)
    password = shown.one("code.secret").text
    assert shown.says(CHIBA.login_id)
    assert shown.response.headers["Cache-Control"] == "no-store"
    # Loaded again, it gives no other one, shows none, and says so.
    again = head.post(form["action"], fields)
    assert (again.status, again.location) == (303, f"/people/{CHIBA.id}/sign-ins")
    assert head.follow(again).says("もう一度")
    assert head.get(f"/people/{CHIBA.id}/history").says("はじめのパスワード")
    chiba = browser()
    chiba.post("/sign-in", {
        "code": CODES[PRIMARY], "login_id": CHIBA.login_id, "password": password,
    })  # fmt: skip
    assert chiba.get("/class").location == "/password"
    chosen = chiba.post("/password", {"new": CHOSEN, "again": CHOSEN})
    assert chosen.status == 303, chosen.text
    with everybody.app_context():
        assert comes_in(CHIBA, CHOSEN)


def test_of_two_taps_at_once_one_gives_it(everybody, browser, monkeypatch):
    head, chiba = browser(HEAD), browser(CHIBA)
    of_ben = {"idem": "a tap", "class": str(CLASS_4_2)}
    assert chiba.post(f"/sign-ins/pupils/{BEN.id}/password", of_ben).status == 200
    address, fields = f"/people/{CHIBA.id}/sign-ins/password", {"idem": "another tap"}
    password = head.post(address, fields).one("code.secret").text
    # The second one does not see yet that the first was there.
    monkeypatch.setattr(submissions, "earlier_answer", lambda *_: None)
    assert head.post(address, fields).status == 303
    with everybody.app_context():
        assert comes_in(CHIBA, password)


@pytest.mark.parametrize("member", [CHIBA, HEAD], ids=lambda it: it.name)
def test_the_office_is_told_who_gives_it(everybody, browser, member):
    page = browser(OKA).get(f"/people/{member.id}/sign-ins")
    assert page.says("校長")
    assert not page.html.select('form[action$="/sign-ins/password"]')


def test_nobody_offers_it_for_pupils_or_for_oneself(everybody, browser):
    oka = browser(OKA)
    for member in (AOI, OKA):
        page = oka.get(f"/people/{member.id}/sign-ins")
        assert page.status == 200
        assert not page.html.select('form[action$="/sign-ins/password"]')
        assert oka.post(f"/people/{member.id}/sign-ins/password").status in {403, 404}
