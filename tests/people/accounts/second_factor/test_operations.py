"""Second factors on both databases: what is taken, how often, and by whom."""

from concurrent.futures import ThreadPoolExecutor
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
from aarportal.people.accounts.operations import Entrance, SignInDraft
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.proving.operations import ProofDraft
from aarportal.people.accounts.second_factor import operations, totp
from aarportal.people.accounts.second_factor.commands import remove_second_factor
from aarportal.people.accounts.second_factor.models import RecoveryCode, SecondFactor
from tests.cast import AOI, CHIBA, CODES, DOI, MORI, OKA, PASSWORD, SATO, scope_of

HALF_A_MINUTE = timedelta(seconds=30)


def enrolled(member=CHIBA) -> tuple[str, list[str]]:
    """The secret of the member's new device, and the codes on paper; the step is over."""
    scope = scope_of(member)
    operations.begin(scope)
    secret = operations.standing(scope).secret
    codes = operations.confirm(scope, totp.code_at(secret, clock.now()))
    clock.shift(2 * HALF_A_MINUTE)
    return secret, codes


def signed_in(member=CHIBA) -> str:
    draft = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "10.0.0.1")
    return accounts.sign_in(draft, "secret")


def session_of(token):
    return accounts.who(token)[1].session


def test_a_device_counts_once_it_has_made_its_first_code(in_app):
    scope = scope_of(CHIBA)
    operations.begin(scope)
    secret = operations.standing(scope).secret
    code = totp.code_at(secret, clock.now())
    assert not operations.takes(CHIBA.id, code)
    with pytest.raises(InvalidError):
        operations.confirm(scope, "000000" if code != "000000" else "000001")
    assert len(operations.confirm(scope, code)) == 10
    standing = operations.standing(scope)
    assert standing.since
    assert standing.codes_left == 10
    assert standing.secret == "", "nobody sees the secret of a device again"
    with pytest.raises(StateError):
        operations.begin(scope)


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

    def try_it(typed):
        with app.app_context():
            return operations.takes(CHIBA.id, typed)

    for typed in (totp.code_at(secret, clock.now()), codes[4]):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(try_it, [typed] * 4)) == 1


def test_a_code_on_paper_opens_once_and_new_ones_replace_all(in_app):
    _, codes = enrolled()
    assert operations.takes(CHIBA.id, codes[0].upper())
    assert not operations.takes(CHIBA.id, codes[0])
    assert operations.standing(scope_of(CHIBA)).codes_left == 9
    fresh = operations.renew_codes(scope_of(CHIBA))
    assert not operations.takes(CHIBA.id, codes[1])
    assert operations.takes(CHIBA.id, fresh[1])
    assert not operations.takes(DOI.id, fresh[2])


def test_guessing_is_over_after_five_tries_and_begins_again_later(in_app):
    secret, codes = enrolled()
    token = signed_in()
    for guess in ("000000", "111111", "222222", "01-aaaa-bbbb-cccc"):
        with pytest.raises(InvalidError):
            proving.prove(token, ProofDraft(code=guess))
    with pytest.raises(InvalidError):
        proving.prove(token, ProofDraft(password="guessed"))
    for right in (ProofDraft(code=totp.code_at(secret, clock.now())), ProofDraft(PASSWORD)):
        with pytest.raises(TooManyTriesError):
            proving.prove(token, right)
    clock.shift(timedelta(minutes=17))
    assert proving.prove(token, ProofDraft(code=codes[0]))


def test_a_proof_gives_the_session_another_token(in_app):
    secret, _ = enrolled()
    before = signed_in()
    assert session_of(before).strong_at is None
    after = proving.prove(before, ProofDraft(code=totp.code_at(secret, clock.now())))
    assert accounts.who(before) is None
    assert session_of(after).strong_at is not None
    clock.shift(timedelta(minutes=5))
    last = proving.prove(after, ProofDraft(PASSWORD))
    row = session_of(last)
    assert row.proved_at > row.strong_at, "a password is one way, and takes no other away"


def test_a_password_alone_is_no_second_proof(in_app):
    enrolled()
    token = proving.prove(signed_in(), ProofDraft(PASSWORD))
    assert session_of(token).strong_at is None


def test_an_identity_providers_second_factor_counts_the_same(in_app):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = accounts_store.applicant(scope, CODES[CHIBA.school_id], "chiba", clock.today())
    token = accounts.let_in(found, Entrance("oidc", is_strong=True))
    assert session_of(token).strong_at is not None
    means = proving.means(token)
    assert not means.password, "whoever came another way proves nothing by a password of ours"
    with pytest.raises(InvalidError):
        proving.prove(token, ProofDraft(PASSWORD))


def test_ones_own_device_goes_after_a_strong_proof_only(in_app):
    enrolled()
    weak = Scope(CHIBA.id, CHIBA.district_id, CHIBA.school_id, CHIBA.role, is_strong=False)
    with pytest.raises(NotAllowedError):
        operations.remove_own(weak)
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
    assert operations.standing(scope_of(CHIBA)).since is None
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
        assert operations.standing(scope_of(OKA)).since is None


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
