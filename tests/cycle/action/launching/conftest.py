"""The drill app of the cast, which can be opened from the portal."""

from dataclasses import replace

import pytest

from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.launching.registering import operations
from aarportal.cycle.action.launching.registering.operations import ToolDraft
from tests.cast import APP_DRILL, OKA, scope_of

PORTAL = "https://portal.example"
LAUNCH = "https://drill.example/lti/launch"


def kept(app, **other):
    """Let the drill app be opened; how it is opened."""
    values = {
        "login_url": "https://drill.example/lti/login?place=hinata",
        "launch_url": "https://drill.example/start",
        "redirect_uris": (LAUNCH, "https://drill.example/lti/second"),
    }
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        return operations.keep(scope, APP_DRILL, ToolDraft(**{**values, **other}), private=True)


@pytest.fixture
def portal(app):
    """A portal with an address of its own."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, public_url=PORTAL)
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def tool(portal):
    return kept(portal)
