"""A launch follows what the office said: two persons who are one child, and former identifiers."""

import uuid

import pytest
from sqlalchemy import select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import SignInSession
from aarportal.people.identity import operations as identity
from aarportal.people.lti import store
from tests.cast import AOI, BEN, CHIBA, OKA, scope_of
from tests.people.lti.platform import launched


def merge(app, kept, merged):
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        return identity.merge(scope, kept.id, merged.id, confirmed=True).id


def part(app, merge_id):
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        identity.take_back_merge(scope, merge_id)


def who_came(app):
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(SignInSession.user_id).order_by(SignInSession.opened_at.desc())
        return scope.session.scalars(query).first()


@pytest.mark.parametrize("came_before", [False, True])
def test_a_merged_person_comes_in_as_whoever_stays(browser, platform, private, came_before):
    if came_before:
        assert launched(browser(), platform).status == 303
        assert who_came(private) == AOI.id
    merge_id = merge(private, kept=BEN, merged=AOI)
    assert launched(browser(), platform).status == 303
    assert who_came(private) == BEN.id
    # The other account of the child leads to the same person.
    platform.user_id = str(BEN.id)
    assert launched(browser(), platform).status == 303
    assert who_came(private) == BEN.id
    part(private, merge_id)
    platform.user_id = str(AOI.id)
    page = launched(browser(), platform)
    # Whom the account came to be bound to meanwhile, a person has to look at.
    assert page.status == (303 if came_before else 403)
    assert not came_before or who_came(private) == AOI.id


def test_a_former_identifier_means_the_person_still(browser, platform, private):
    later = str(uuid.uuid4())
    with private.app_context(), unit_of_work(scope_of(CHIBA)) as scope:
        identity.identify(scope, AOI.id, later)
    for known_as in (str(AOI.id), later):
        platform.user_id = known_as
        assert launched(browser(), platform).status == 303, known_as
        assert who_came(private) == AOI.id


def test_a_merge_is_followed_by_whatever_name(in_app):
    with unit_of_work(scope_of(OKA)) as scope:
        identity.merge(scope, BEN.id, AOI.id, confirmed=True)
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert store.who_stays(scope, AOI.id) == BEN.id
        assert store.in_roster(scope, AOI.district_id, "identifier", str(AOI.id)) == [BEN.id]
        assert store.in_roster(scope, AOI.district_id, "identifier", str(BEN.id)) == [BEN.id]
        assert store.in_roster(scope, AOI.district_id, "sourced_id", str(AOI.id)) == [BEN.id]
