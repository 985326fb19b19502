"""Two portals: one opens the other as a learning app, with our own two sides of LTI."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from werkzeug.serving import make_server

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti.keys import operations as keys
from aarportal.people.lti.registering import operations as platforms
from tests import cast
from tests.cast import AOI, BEN, OKA, scope_of
from tests.conftest import make_settings
from tests.cycle.action.launching.conftest import kept
from tests.pages import Browser
from tests.people.lti.conftest import draft

TOOL = "http://localhost"


@contextmanager
def served(app):
    """The app on a port, for whoever wants to fetch its keys."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, public_url=f"http://127.0.0.1:{server.server_port}")
    try:
        yield app.config["SETTINGS"].public_url
    finally:
        app.config["SETTINGS"] = before
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def other(tmp_path):
    """Another portal, with the same people in its roster."""
    settings = make_settings(f"sqlite:///{tmp_path}/other.db", tmp_path)
    app = create_app(replace(settings, private_platforms=True), TESTING=True)
    migrate.upgrade(app)
    with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
        cast.enter(scope)
    yield app
    with app.app_context():
        db.engine.dispose()


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def opened(here: Browser, there: Browser, tool, root: str):
    """A pupil's browser goes from one portal to the other."""
    begun = here.get(f"/my-apps/{tool.id}")
    assert begun.location.startswith(f"{TOOL}/lti/login?"), begun.text
    asks = there.get(path_of(begun.location))
    assert asks.location.startswith(f"{root}/lti/authorize?"), asks.text
    page = here.get(path_of(asks.location))
    assert page.one("#send-on")["action"] == f"{TOOL}/lti/launch"
    fields = {each["name"]: each["value"] for each in page.html.select("#send-on input")}
    return there.client.post("/lti/launch", data=fields), fields


def test_a_pupil_goes_from_one_portal_to_the_other(app, other):
    with served(app) as root:
        tool = kept(
            app,
            login_url=f"{TOOL}/lti/login",
            launch_url=f"{TOOL}/goal?unit={cast.UNIT_WATER}",
            redirect_uris=(f"{TOOL}/lti/launch",),
            known_as="identifier",
        )
        entered = draft(
            root,
            client_id=tool.client_id,
            deployments=(tool.deployment_id,),
            auth_url=f"{root}/lti/authorize",
            jwks_url=f"{root}/lti/jwks",
            token_url="",
        )
        with other.app_context(), unit_of_work(scope_of(OKA)) as scope:
            platforms.add(scope, entered, private=True)
        for member in (AOI, BEN):
            there = Browser(other)
            answer, fields = opened(Browser(app).sign_in(member), there, tool, root)
            assert answer.status_code == 303, answer.get_data(as_text=True)
            assert answer.location == f"/goal?unit={cast.UNIT_WATER}"
            page = there.get(answer.location)
            assert page.status == 200
            assert there.client.post("/lti/launch", data=fields).status_code == 400
        # A change of keys while both run.
        with app.app_context():
            keys.rotate()
        clock.shift(timedelta(minutes=1))
        answer, _ = opened(Browser(app).sign_in(AOI), Browser(other), tool, root)
        assert answer.status_code == 303
