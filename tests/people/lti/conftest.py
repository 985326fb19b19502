"""A platform, entered by the board's office of the cast, in whose people the portal believes."""

from dataclasses import replace

import pytest

from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import keysets
from aarportal.people.lti.registering import operations
from aarportal.people.lti.registering.operations import PlatformDraft
from tests.cast import AOI, OKA, scope_of
from tests.people.lti.platform import CLIENT_ID, DEPLOYMENT, serving


@pytest.fixture
def private(app):
    """An installation whose platforms are on its own machine."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, private_platforms=True)
    with app.app_context():
        keysets.here().forget()
    yield app
    app.config["SETTINGS"] = before


def draft(address: str, **other) -> PlatformDraft:
    values = {
        "title": "ひなた学習ポータル",
        "issuer": address,
        "client_id": CLIENT_ID,
        "auth_url": f"{address}/auth",
        "token_url": f"{address}/token",
        "jwks_url": f"{address}/jwks",
        "deployments": (DEPLOYMENT,),
        "known_by": "identifier",
    }
    return PlatformDraft(**{**values, **other})


@pytest.fixture
def platform(private):
    """A platform that runs and is entered; Aoi is at it."""
    with serving() as running:
        running.user_id = str(AOI.id)
        with private.app_context(), unit_of_work(scope_of(OKA)) as scope:
            running.id = operations.add(scope, draft(running.address), private=True).id
        yield running
