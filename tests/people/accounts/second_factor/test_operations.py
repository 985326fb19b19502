"""Second factors on both databases: what is taken, how often, and by whom."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import LargeBinary, select, text, type_coerce, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.errors import (
    InvalidError,
    NotAllowedError,
    NotFoundError,
    NotProvedError,
    StateError,
    TooManyTriesError,
)
from aarportal.core.ownership import is_grave
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts.operations import Entrance
from aarportal.people.accounts.proofs import FRESH_FOR
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.proving.operations import ProofDraft
from aarportal.people.accounts.second_factor import operations, totp
from aarportal.people.accounts.second_factor.commands import remove_second_factor
from aarportal.people.accounts.second_factor.models import RecoveryCode, SecondFactor
from tests.cast import AOI, CHIBA, CODES, DOI, MORI, OKA, PASSWORD, SATO, scope_of
from tests.people.accounts import devices
from tests.people.accounts.devices import SECRET

HALF_A_MINUTE = timedelta(seconds=30)


def signed_in(member=CHIBA) -> str:
    return devices.signed_in(member)


def enrolled(member=CHIBA) -> tuple[str, list[str]]:
    """As `set_up`; the step is over."""
    made = devices.set_up(member)
    clock.shift(2 * HALF_A_MINUTE)
    return made


def standing(member=CHIBA):
    return operations.standing(scope_of(member), "a token of nobody")


def session_of(token):
    return accounts.who(token)[1].session


def test_a_device_counts_once_it_has_made_its_first_code(in_app):
    scope, token = scope_of(CHIBA), signed_in()
    operations.begin(scope, token)
    secret = operations.standing(scope, token).secret
    code = totp.code_at(secret, clock.now())
    assert not operations.takes(CHIBA.id, code)
    with pytest.raises(InvalidError):
        operations.confirm(scope, token, "000000" if code != "000000" else "000001")
    assert len(operations.confirm(scope, token, code)) == 10
    found = operations.standing(scope, token)
    assert found.since
    assert found.codes_left == 10
    assert found.secret == "", "nobody sees the secret of a device again"
    with pytest.raises(StateError):
        operations.begin(scope, token)


def test_a_device_is_confirmed_where_it_was_begun_and_within_minutes(in_app):
    """Who knew the password for a moment leaves no secret behind for the owner to confirm."""
    scope, stranger, owner = scope_of(CHIBA), signed_in(), signed_in()
    operations.begin(scope, stranger)
    secret = operations.standing(scope, stranger).secret
    assert operations.standing(scope, owner).secret == ""
    with pytest.raises(InvalidError) as refused:
        operations.confirm(scope, owner, totp.code_at(secret, clock.now()))
    assert refused.value.rule == "over"
    operations.begin(scope, owner)
    assert operations.standing(scope, stranger).secret == ""
    own = operations.standing(scope, owner).secret
    assert own != secret
    clock.shift(FRESH_FOR + timedelta(seconds=1))
    assert operations.standing(scope, owner).secret == ""
    with pytest.raises(InvalidError) as refused:
        operations.confirm(scope, owner, totp.code_at(own, clock.now()))
    assert refused.value.rule == "over"
    assert standing().since is None


def test_a_device_stays_that_of_its_session_when_the_token_changes(in_app):
    scope, token = scope_of(CHIBA), signed_in()
    operations.begin(scope, token)
    after = proving.prove(token, ProofDraft(PASSWORD), SECRET)
    secret = operations.standing(scope, after).secret
    assert len(operations.confirm(scope, after, totp.code_at(secret, clock.now()))) == 10


def test_neither_the_secret_nor_the_codes_can_be_read_in_the_database(in_app):
    secret, codes = enrolled()
    with db.engine.connect() as connection:
        sealed = connection.execute(text("select secret from second_factors")).scalar_one()
        hashes = connection.execute(text("select code_hash from recovery_codes")).scalars().all()
    assert secret.encode() not in bytes(sealed)
    assert all(each.startswith("$argon2id$") for each in hashes)
    assert not [1 for each in hashes for code in codes if code in each]


def test_a_code_is_taken_once_by_whoever_types_it(in_app):
    secret, _ = enrolled()
    code = totp.code_at(secret, clock.now())
    assert operations.takes(CHIBA.id, code)
    assert not operations.takes(CHIBA.id, code)
    assert not operations.takes(DOI.id, code)
    clock.shift(4 * HALF_A_MINUTE)
    assert operations.takes(CHIBA.id, f" {totp.code_at(secret, clock.now())} ")


def test_two_at_once_with_one_code_are_one(app):
    with app.app_context():
        secret, codes = enrolled()

    together = threading.Barrier(4)

    def try_it(typed):
        with app.app_context():
            together.wait(timeout=60)
            return operations.takes(CHIBA.id, typed)

    for typed in (totp.code_at(secret, clock.now()), codes[4]):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(try_it, [typed] * 4)) == 1


def test_a_code_on_paper_opens_once_and_new_ones_replace_all(in_app):
    _, codes = enrolled()
    assert operations.takes(CHIBA.id, codes[0].upper())
    assert not operations.takes(CHIBA.id, codes[0])
    assert standing().codes_left == 9
    fresh = operations.renew_codes(scope_of(CHIBA))
    assert not operations.takes(CHIBA.id, codes[1])
    assert operations.takes(CHIBA.id, fresh[1])
    assert not operations.takes(DOI.id, fresh[2])


def guess(token, *codes):
    for code in codes:
        with pytest.raises(InvalidError):
            proving.prove(token, ProofDraft(code=code), SECRET)


def test_guessing_is_over_after_five_tries_and_begins_again_later(in_app):
    secret, codes = enrolled()
    token = signed_in()
    guess(token, "000000", "111111", "222222", "01-aaaa-bbbb-cccc")
    with pytest.raises(InvalidError):
        proving.prove(token, ProofDraft(password="guessed"), SECRET)
    for right in (ProofDraft(code=totp.code_at(secret, clock.now())), ProofDraft(PASSWORD)):
        with pytest.raises(TooManyTriesError):
            proving.prove(token, right, SECRET)
    clock.shift(timedelta(minutes=17))
    assert proving.prove(token, ProofDraft(code=codes[0]), SECRET)


def test_a_password_that_is_known_gives_no_more_tries_at_the_codes(in_app):
    _, codes = enrolled()
    token = signed_in()
    guess(token, "000000", "111111", "222222", "333333")
    token = proving.prove(token, ProofDraft(PASSWORD), SECRET)
    assert proving.check_password(CHIBA.id, PASSWORD, SECRET)
    guess(token, "444444")
    with pytest.raises(TooManyTriesError):
        proving.prove(token, ProofDraft(code="555555"), SECRET)
    clock.shift(timedelta(minutes=17))
    guess(token, "000000", "111111", "222222", "333333")
    token = proving.prove(token, ProofDraft(code=codes[0]), SECRET)
    guess(token, "000000", "111111", "222222", "333333", "444444")


def test_where_no_device_is_a_password_begins_the_count_anew(in_app):
    token = signed_in()
    for _ in range(3):
        guess(token, "000000", "111111", "222222", "333333")
        token = proving.prove(token, ProofDraft(PASSWORD), SECRET)


def test_a_day_of_guessing_is_no_more_than_thirty_codes(in_app):
    _, codes = enrolled()
    token = signed_in()
    for round_no in range(6):
        clock.shift(timedelta(minutes=17 * (round_no + 1)))
        guess(token, "000000", "111111", "222222", "333333", "444444")
    clock.shift(timedelta(minutes=17 * 7))
    with pytest.raises(TooManyTriesError) as waits:
        proving.prove(token, ProofDraft(code=codes[0]), SECRET)
    assert waits.value.retry_after_seconds > 20 * 60 * 60


def test_guesses_made_at_once_are_no_more_than_those_made_one_after_the_other(app, monkeypatch):
    """No code is compared before each of them is let through or sent away."""
    with app.app_context():
        enrolled()
        token = signed_in()
    compared, everybody = [], threading.Barrier(8, timeout=60)
    takes = operations.takes

    def together(user_id, typed):
        compared.append(typed)
        everybody.wait()
        return takes(user_id, typed)

    monkeypatch.setattr(operations, "takes", together)

    def try_it(code):
        with app.app_context():
            try:
                proving.prove(token, ProofDraft(code=code), SECRET)
            except InvalidError:
                return
            except TooManyTriesError:
                everybody.wait()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_it, [f"{number}" * 6 for number in range(8)]))
    assert len(compared) == 5


def test_a_proof_gives_the_session_another_token(in_app):
    secret, _ = enrolled()
    before = signed_in()
    assert session_of(before).strong_at is None
    after = proving.prove(before, ProofDraft(code=totp.code_at(secret, clock.now())), SECRET)
    assert accounts.who(before) is None
    assert session_of(after).strong_at is not None
    clock.shift(timedelta(minutes=5))
    last = proving.prove(after, ProofDraft(PASSWORD), SECRET)
    row = session_of(last)
    assert row.proved_at > row.strong_at, "a password is one way, and takes no other away"


def test_a_password_alone_is_no_second_proof(in_app):
    enrolled()
    token = proving.prove(signed_in(), ProofDraft(PASSWORD), SECRET)
    assert session_of(token).strong_at is None


def test_an_identity_providers_second_factor_counts_the_same(in_app):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = accounts_store.applicant(scope, CODES[CHIBA.school_id], "chiba", clock.today())
    token = accounts.let_in(found, Entrance("oidc", is_strong=True))
    assert session_of(token).strong_at is not None
    means = proving.means(token)
    assert not means.password, "whoever came another way proves nothing by a password of ours"
    with pytest.raises(InvalidError):
        proving.prove(token, ProofDraft(PASSWORD), SECRET)


def test_a_password_alone_gives_no_codes_and_changes_no_device(in_app):
    _, codes = enrolled()
    weak, token = replace(scope_of(CHIBA), is_strong=False), signed_in()
    for act in (operations.renew_codes, operations.remove_own):
        with pytest.raises(NotProvedError):
            act(weak)
    with pytest.raises(StateError):
        operations.begin(weak, token)
    with pytest.raises(StateError):
        operations.confirm(weak, token, "000000")
    assert operations.takes(CHIBA.id, codes[0]), "they are those of before"


def test_ones_own_device_goes_after_a_strong_proof(in_app):
    enrolled()
    operations.remove_own(scope_of(CHIBA))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.get(SecondFactor, CHIBA.id) is None
        assert not scope.session.scalars(select(RecoveryCode)).all()


def test_the_office_takes_away_what_staff_have_lost_and_says_so(in_app):
    enrolled()
    with pytest.raises(NotFoundError):
        operations.remove_of(scope_of(SATO), CHIBA.id)
    enrolled(MORI)
    with pytest.raises(NotFoundError):
        operations.remove_of(scope_of(OKA), MORI.id)
    enrolled(OKA)
    with pytest.raises(NotAllowedError):
        operations.remove_of(scope_of(OKA), OKA.id)
    token = signed_in(CHIBA)
    operations.remove_of(scope_of(OKA), CHIBA.id)
    assert accounts.who(token) is None, "whoever found the device may be in with it"
    assert standing().since is None
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        trace = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "second_factor:removed")
        ).one()
        assert (trace.actor_kind, trace.actor_id) == ("person", OKA.id)
        assert trace.object_id == str(CHIBA.id)


def test_a_lost_key_shuts_nobody_out_who_has_the_paper(in_app):
    secret, codes = enrolled()
    with unit_of_work(SystemScope("test")) as scope:
        device = type_coerce(b"\x01from another installation", LargeBinary)
        scope.session.execute(update(SecondFactor).values(secret=device))
        audit.record(scope, "test", "")
    assert not operations.takes(CHIBA.id, totp.code_at(secret, clock.now()))
    assert operations.takes(CHIBA.id, codes[0])


def test_whoever_runs_the_portal_is_the_last_way_back_in(app):
    with app.app_context():
        enrolled(OKA)
    run = CliRunner().invoke
    refused = run(remove_second_factor, ["--place", "hinata-e", "nobody"], obj=lambda: app)
    assert refused.exit_code == 1
    done = run(remove_second_factor, ["--place", "hinata-e", "oka"], obj=lambda: app)
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert standing(OKA).since is None


def test_nobodys_scope_reads_a_device(in_app):
    enrolled()
    for member in (CHIBA, OKA, AOI):
        with unit_of_work(scope_of(member), read_only=True) as scope:
            assert not scope.session.scalars(select(SecondFactor)).all()
            assert not scope.session.scalars(select(RecoveryCode)).all()


def test_a_weak_scope_reads_no_table_of_the_grave_ones(in_app):
    """Whatever a route asks for: the guard itself refuses."""
    grave = [m.class_ for m in SecondFactor.registry.mappers if is_grave(m.class_)]
    assert len(grave) >= 5
    weak = Scope(CHIBA.id, CHIBA.district_id, CHIBA.school_id, CHIBA.role, is_strong=False)
    for row_class in grave:
        for question in (select(row_class), select(row_class.student_id).subquery().select()):
            with pytest.raises(NotProvedError), unit_of_work(weak, read_only=True) as scope:
                scope.session.execute(question)
            with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
                scope.session.execute(question)
