"""A provider that runs, and a portal that knows it."""

import pytest

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.models import OidcProvider
from aarportal.people.accounts.oidc.operations import Portal
from tests.cast import HINATA, key
from tests.conftest import SECRET
from tests.people.accounts.oidc.provider import CLIENT_ID, CLIENT_SECRET, provided
from tests.server import free_port

PROVIDER, OTHER = key("provider of hinata"), key("another provider of hinata")


def back(provider_id) -> str:
    return f"/sign-in/oidc/{provider_id}/back"


@pytest.fixture(scope="session")
def running_provider(tmp_path_factory):
    """A whole provider, in a process of its own."""
    uris = [f"http://localhost{back(each)}" for each in (PROVIDER, OTHER)]
    log = tmp_path_factory.mktemp("provider") / "log"
    with provided(free_port(), uris, log) as provider:
        yield provider


@pytest.fixture
def asking(app):
    """The portal may ask the provider of this machine."""
    before = app.extensions["oidc"]
    made = Asking(private=True)
    app.extensions["oidc"] = Portal(SECRET, made)
    yield made
    app.extensions["oidc"] = before


def entered(issuer: str, provider_id=PROVIDER, **otherwise) -> None:
    """What the board of education entered; an app's context is open."""
    values = {
        "district_id": HINATA,
        "title": "ひなた市のアカウント",
        "kind": "any",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": Secret(CLIENT_SECRET),
        "claim": "preferred_username",
        "compared_with": "username",
    }
    with unit_of_work(SystemScope("providers")) as scope:
        scope.session.add(OidcProvider(id=provider_id, **(values | otherwise)))
        audit.record(scope, "oidc_provider:added", provider_id)


@pytest.fixture
def provider(app, asking, running_provider):
    """The running provider, entered for the district."""
    with app.app_context():
        entered(running_provider.issuer)
    return running_provider
