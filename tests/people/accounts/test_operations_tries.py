"""Counting tries that do not succeed, where many are made at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from aarportal.core.errors import TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.tries.operations import Limit

FEW = Limit("test", 3, timedelta(minutes=5))
SECRET = "secret"


def a_try(name="a card"):
    return tries.tried(FEW, name, SECRET)


def counted(it):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        row = store.throttle(scope, it.key)
        return row.tries if row else 0


@pytest.fixture
def counted_once(app):
    """The row is there, so that nobody is the first."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        tries.count(scope, [a_try()])


def test_of_many_tries_at_once_no_more_begin_than_one_after_the_other(app, counted_once):
    def begins(_number):
        try:
            with app.app_context(), unit_of_work(SystemScope("test")) as scope:
                tries.begin(scope, [a_try()])
        except TooManyTriesError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(begins, range(6))) == FEW.tries - 1
    with app.app_context():
        assert counted(a_try()) == FEW.tries


def test_whom_one_limit_refuses_is_not_counted_under_another(in_app):
    other = a_try("another card")
    with unit_of_work(SystemScope("test")) as scope:
        tries.count(scope, [a_try()] * FEW.tries)
    with pytest.raises(TooManyTriesError), unit_of_work(SystemScope("test")) as scope:
        tries.begin(scope, [other, a_try()])
    assert counted(other) == 0
