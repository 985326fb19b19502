"""A Friday on which pupils learn: rows put in, looked at, and read in English."""

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from tests.cycle.action.days import enter, rows, set_clock


@pytest.fixture
def friday(app):
    """Half past ten on Friday, 20 November 2026; making the app sets the clock right again."""
    set_clock()


@pytest.fixture
def given(app):
    """Puts laps and records in; answers with their ids."""

    def act(*entered):
        with app.app_context():
            return enter(*entered)

    return act


@pytest.fixture
def the(app):
    """All rows of a table, whoever owns them."""

    def act(model):
        with app.app_context():
            return rows(model)

    return act


@pytest.fixture
def in_english(app):
    """Lets people read in English."""

    def act(*members):
        ids = [member.id for member in members]
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            for account in scope.session.scalars(select(Account).where(Account.user_id.in_(ids))):
                account.language = "en"
            audit.record(scope, "test:read", "cast")

    return act
