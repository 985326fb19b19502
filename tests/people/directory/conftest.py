"""The pages of people and classes as an office and a board open them, in English."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.people.accounts.models import Account
from tests.cast import CODES, IWA, OKA
from tests.people.directory.office import BOARD_CODE, NOON, settle, write


@pytest.fixture
def settled_pages(app, monkeypatch):
    clock.shift(NOON - datetime.now(UTC))
    monkeypatch.setitem(CODES, IWA.school_id, BOARD_CODE)
    with app.app_context():
        write(settle)
        write(speak_english)


def speak_english(session):
    for account in session.scalars(select(Account)):
        account.language = "en"


@pytest.fixture
def do(app):
    def act(change):
        with app.app_context():
            write(change)

    return act


@pytest.fixture
def office(browser):
    return browser(OKA)


@pytest.fixture
def board(browser):
    return browser(IWA)
