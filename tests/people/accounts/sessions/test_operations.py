"""Sessions on both databases: those that are over leave, and their use is kept to the minute."""

from datetime import timedelta

from sqlalchemy import func, select

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.models import SessionTouch, SignInSession
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.sessions import operations
from tests.cast import AOI, CHIBA, CODES, PASSWORD


def signed_in(member):
    draft = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "10.0.0.1")
    return accounts.sign_in(draft, "secret")


def count(model):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalar(select(func.count()).select_from(model))


def test_coming_in_again_sweeps_ones_own(in_app):
    signed_in(CHIBA)
    clock.shift(timedelta(hours=11))
    signed_in(CHIBA)
    assert (count(SignInSession), count(SessionTouch)) == (1, 1)


def test_use_is_kept_to_the_minute(in_app):
    token = signed_in(CHIBA)
    row = accounts.who(token)[1]
    began = row.seen_at
    clock.shift(timedelta(seconds=30))
    operations.touch(row.session.id)
    assert accounts.who(token)[1].seen_at == began
    clock.shift(timedelta(seconds=90))
    operations.touch(row.session.id)
    assert accounts.who(token)[1].seen_at >= began + timedelta(seconds=90)
    assert accounts.who(signed_in(AOI))[1].seen_at is None, "of pupils nobody keeps that"


def test_a_use_of_a_session_that_is_gone_is_no_error(in_app):
    token = signed_in(CHIBA)
    row = accounts.who(token)[1].session
    accounts.sign_out(token)
    operations.touch(row.id)
    assert count(SessionTouch) == 0
