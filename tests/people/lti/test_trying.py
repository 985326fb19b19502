"""Nobody fills the table of launches: whoever begins too many has to wait, a school does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti.models import LtiLogin
from aarportal.people.lti.trying import operations
from tests.pages import Page, check
from tests.people.lti.platform import PORTAL, launched

FEW = 3


@pytest.fixture
def few(monkeypatch):
    """So few launches of an address that a test can make them."""
    limit = operations.Limit("lti", FEW, timedelta(minutes=5))
    monkeypatch.setattr(operations, "PER_ADDRESS", limit)


def begin(browser, platform):
    address = platform.link().removeprefix(PORTAL)
    return browser.client.get(address, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})


def logins(app):
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        return len(scope.session.scalars(select(LtiLogin)).all())


def test_whoever_begins_many_launches_and_ends_none_has_to_wait(browser, platform, private, few):
    somebody = browser()
    assert [begin(somebody, platform).status_code for _ in range(FEW)] == [302] * FEW
    refused = begin(somebody, platform)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 300
    assert logins(private) == FEW
    # Others are not held up by that, and it is over after a while.
    assert launched(browser(), platform).status == 303
    clock.shift(timedelta(minutes=6))
    assert begin(somebody, platform).status_code == 302


def test_a_whole_school_comes_in_from_one_address(browser, platform, few):
    for _ in range(3 * FEW):
        assert launched(browser(), platform).status == 303


def test_launches_and_tickets_that_are_guessed_are_counted(browser, few):
    somebody = browser()
    sent = [
        somebody.client.post("/lti/launch", data={"id_token": "x", "state": "y"}),
        somebody.client.post("/lti/launch", data={"error": "login_required"}),
        somebody.client.post("/lti/enter", data={"ticket": "z"}, headers={"Origin": PORTAL}),
    ]
    assert [each.status_code for each in sent] == [400] * FEW
    for path in ("/lti/launch", "/lti/enter"):
        page = check(Page(somebody.client.post(path, data={}, headers={"Origin": PORTAL})))
        assert page.status == 429
