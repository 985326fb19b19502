"""A teacher has forgotten the password: the office gives a new one to begin with."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core.errors import NotAllowedError, NotFoundError, NotProvedError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.locks import operations
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.tries.operations import PER_ACCOUNT
from tests.cast import (
    AOI,
    CHIBA,
    CODES,
    HEAD,
    IWA,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    SECONDARY,
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
    return operations.give_start_password_to_person(scope, member.id, SECRET)


def comes_in(member, password=PASSWORD):
    draft = accounts.SignInDraft(CODES[member.school_id], member.login_id, password, "10.0.0.1")
    return accounts.sign_in(draft, SECRET)


def account_of(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.get(Account, member.id)


@pytest.mark.parametrize(
    ("helper", "member"),
    [(OKA, CHIBA), (HEAD, CHIBA), (OKA, HEAD), (IWA, OKA), (IWA, MORI)],
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


def test_the_tries_of_before_keep_nobody_waiting(in_app):
    for _ in range(PER_ACCOUNT.tries - 1):
        refusal(member=CHIBA, password="wrong")
    _person, password = give(OKA, CHIBA)
    for _ in range(PER_ACCOUNT.tries - 1):
        assert refusal(member=CHIBA, password="typed wrongly") == "sign_in"
    assert comes_in(CHIBA, password)


def test_the_device_for_codes_stays(in_app):
    """Or one password, given on the phone, would open what needs two proofs."""
    devices.set_up(CHIBA)
    give(OKA, CHIBA)
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert factors.is_enrolled(scope, CHIBA.id)


@pytest.mark.parametrize(
    ("helper", "member"),
    [(OKA, OKA), (OKA, AOI), (OKA, IWA), (OKA, MORI), (HEAD, AOI), (IWA, IWA), (IWA, AOI),
     (IWA, SATO), (SATO, CHIBA)],
    ids=lambda it: it.name,
)  # fmt: skip
def test_not_to_oneself_not_to_pupils_and_not_elsewhere(in_app, everybody, helper, member):
    before = account_of(member).password_hash
    with pytest.raises((NotFoundError, NotAllowedError)):
        give(helper, member)
    assert account_of(member).password_hash == before


def test_one_proof_is_not_enough(in_app):
    with pytest.raises(NotProvedError):
        operations.give_start_password_to_person(
            replace(scope_of(OKA), is_strong=False), CHIBA.id, SECRET
        )
    assert comes_in(CHIBA)


def test_the_office_gives_it_on_the_page_of_how_they_come_in(everybody, browser):
    oka = browser(OKA)
    page = oka.get(f"/people/{CHIBA.id}/sign-ins")
    form = page.one(f'form[action="/people/{CHIBA.id}/sign-ins/password"]')
    fields = {"idem": form.select_one("[name=idem]")["value"]}
    shown = oka.post(form["action"], fields)
    password = shown.one("code.secret").text
    assert shown.says(CHIBA.login_id)
    assert shown.response.headers["Cache-Control"] == "no-store"
    # Loaded again, it gives no other one, and shows none.
    again = oka.post(form["action"], fields)
    assert (again.status, again.location) == (303, f"/people/{CHIBA.id}/sign-ins")
    chiba = browser()
    chiba.post("/sign-in", {
        "code": CODES[PRIMARY], "login_id": CHIBA.login_id, "password": password,
    })  # fmt: skip
    assert chiba.get("/class").location == "/password"
    chosen = chiba.post("/password", {"new": CHOSEN, "again": CHOSEN})
    assert chosen.status == 303, chosen.text
    with everybody.app_context():
        assert comes_in(CHIBA, CHOSEN)


def test_nobody_offers_it_for_pupils_or_for_oneself(everybody, browser):
    oka = browser(OKA)
    for member in (AOI, OKA):
        page = oka.get(f"/people/{member.id}/sign-ins")
        assert page.status == 200
        assert not page.html.select('form[action$="/sign-ins/password"]')
        assert oka.post(f"/people/{member.id}/sign-ins/password").status in {403, 404}
