"""Machines: learning apps that send what each child did, and systems that read the roster."""

import base64
import json
from datetime import UTC, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from flask import Flask

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.models import LearningApp
from aarportal.people.roster.rest.endpoints import SCOPES
from aarportal.people.roster.rest.models import RosterClient
from tests.access.filling import canary
from tests.access.people import CHILDREN
from tests.cast import APP_SECRET, HINATA, MINATO, PRIMARY, SECONDARY, Member, key

HOME = "https://idp.hinata.example/"
VERSION = {"X-Experience-API-Version": "1.0.3"}
STATES = "/xapi/activities/state"
ACTIVITIES, AGENTS = "/xapi/activities/profile", "/xapi/agents/profile"
ROSTER_CLIENT, ROSTER_SECRET = "reader-of-primary", "a-roster-secret-that-is-long-enough"
#: Who sends for whom: access key -> (district, schools it serves, whether it reads others').
APPS: dict[str, tuple[UUID, list[str] | None, bool]] = {
    "minato": (MINATO, None, False),
    "reader": (HINATA, [str(SECONDARY)], True),
}
#: A name that an app uses, and nobody's as far as anybody knows.
UNKNOWN = {"issuer": "https://drill.example/", "name": "s0001"}
KEY_OF = {HINATA: "drill", MINATO: "minato"}


def basic(name: str, secret: str) -> dict[str, str]:
    """A header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def account(child: Member) -> dict:
    return {"account": {"homePage": HOME, "name": str(child.id)}}


def statement_id(child: Member) -> UUID:
    """What the app calls the statement about a child."""
    return uuid5(child.id, "a statement")


def activity(child: Member) -> str:
    return f"https://drill.example/{canary('m', child)}"


def statement(child: Member) -> dict:
    at = clock.now() - timedelta(minutes=20)
    return {
        "id": str(statement_id(child)),
        "actor": account(child),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {
            "id": activity(child),
            "definition": {"name": {"ja-JP": canary("m", child)}},
        },
        "result": {"success": True, "response": canary("m", child)},
        "timestamp": at.astimezone(UTC).isoformat(),
    }


def document(child: Member) -> dict[str, str]:
    """The parameters that name what an app keeps for a child."""
    return {
        "activityId": activity(child), "stateId": "bookmark", "agent": json.dumps(account(child)),
    }  # fmt: skip


def send(app: Flask) -> None:
    """Add the other apps, and let each send about the children of its district."""
    digest = sha256(APP_SECRET.encode()).digest()
    with app.app_context(), unit_of_work(SystemScope("senders")) as scope:
        for name, (district_id, schools, reads) in APPS.items():
            row = scope.session.get(LearningApp, key(f"app {name}"))
            if row is None:
                row = LearningApp(
                    id=key(f"app {name}"), district_id=district_id, title=name, access_key=name,
                    secret_hash=digest, home_pages=[HOME],
                )  # fmt: skip
                scope.session.add(row)
            row.secret_hash, row.school_ids, row.may_read = digest, schools, reads
        scope.session.add(
            RosterClient(
                district_id=HINATA, school_id=PRIMARY, title="名簿を よむもの",
                client_id=ROSTER_CLIENT, secret_hash=sha256(ROSTER_SECRET.encode()).digest(),
                scopes=list(SCOPES), school_ids=[str(PRIMARY)],
            )
        )  # fmt: skip
        audit.record(scope, "world:made", "senders")
    known_apps.forget_all()
    for child in CHILDREN:
        headers = {**basic(KEY_OF[child.district_id], APP_SECRET), **VERSION}
        client = app.test_client()
        answer = client.post("/xapi/statements", json=[statement(child)], headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        for path, query in (
            (STATES, document(child)),
            (ACTIVITIES, {"activityId": activity(child), "profileId": "bookmark"}),
            (AGENTS, {"agent": json.dumps(account(child)), "profileId": "bookmark"}),
        ):
            answer = client.put(
                path, query_string=query, json={"page": canary("m", child)},
                headers={**headers, "If-None-Match": "*"},
            )  # fmt: skip
            assert answer.status_code == 204, answer.get_data(as_text=True)

    for district_id, name in KEY_OF.items():
        said = statement(next(child for child in CHILDREN if child.district_id == district_id))
        said["id"] = str(key(f"of nobody, by {name}"))
        said["actor"] = {"account": {"homePage": UNKNOWN["issuer"], "name": UNKNOWN["name"]}}
        headers = {**basic(name, APP_SECRET), **VERSION}
        answer = app.test_client().post("/xapi/statements", json=[said], headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)


def credential(app: Flask, machine: str) -> dict[str, str]:
    """The headers with which a machine asks."""
    if machine != "roster":
        return {**basic({"app": "drill"}.get(machine, machine), APP_SECRET), **VERSION}
    answer = app.test_client().post(
        "/ims/oneroster/token",
        data={"grant_type": "client_credentials"},
        headers=basic(ROSTER_CLIENT, ROSTER_SECRET),
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
