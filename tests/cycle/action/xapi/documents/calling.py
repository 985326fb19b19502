"""A learning app that calls the resources of xAPI over HTTP."""

import base64
import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.models import LearningApp
from tests.cast import APP_SECRET, HINATA, key

VERSION = "X-Experience-API-Version"
AGENT = {"account": {"homePage": "https://idp.hinata.example/", "name": "s0001"}}
OTHER_AGENT = {"mbox": "mailto:aoi@hinata.example"}
ACTIVITY = "https://drill.example/question/3"
REGISTRATION = "018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e7f"

STATE, ACTIVITY_PROFILE, AGENT_PROFILE = (
    "activities/state",
    "activities/profile",
    "agents/profile",
)
#: Resource -> the parameters that name one document of it.
PLACES: dict[str, dict[str, Any]] = {
    STATE: {"activityId": ACTIVITY, "agent": AGENT, "stateId": "bookmark"},
    ACTIVITY_PROFILE: {"activityId": ACTIVITY, "profileId": "bookmark"},
    AGENT_PROFILE: {"agent": AGENT, "profileId": "bookmark"},
}
RESOURCES = tuple(PLACES)
PROFILES = (ACTIVITY_PROFILE, AGENT_PROFILE)
ID_NAMES = {STATE: "stateId", ACTIVITY_PROFILE: "profileId", AGENT_PROFILE: "profileId"}
NEW = {"If-None-Match": "*"}


def basic(access_key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{access_key}:{secret}".encode()).decode()


def add_app(
    app: Flask, name: str, *, district_id: UUID = HINATA, **columns: Any
) -> tuple[str, str]:
    """One more learning app, and its credential."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        row = LearningApp(
            id=key(f"app {name}"),
            district_id=district_id,
            title=name,
            access_key=name,
            secret_hash=sha256(APP_SECRET.encode()).digest(),
            **columns,
        )
        scope.session.add(row)
        audit.record(scope, "app:added", row.id)
    # The test before may have had one of this name.
    known_apps.forget(row.id)
    return name, APP_SECRET


class CallingApp:
    """Sends requests; a value of None leaves a parameter or a header out."""

    def __init__(
        self, app: Flask, credential: tuple[str, str] = ("drill", APP_SECRET), version="1.0.3"
    ) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": basic(*credential), VERSION: version}

    def ask(
        self,
        method: str,
        resource: str,
        body: Any = None,
        *,
        query: dict[str, Any] | str | None = None,
        headers: dict[str, str | None] | None = None,
        content_type: str | None = "application/json",
    ):
        wanted = {**self._headers, **(headers or {})}
        if body is None:
            content_type = None
        elif not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        return self._client.open(
            f"/xapi/{resource}",
            method=method,
            query_string=query if isinstance(query, str) else address(query or {}),
            data=body,
            headers={name: value for name, value in wanted.items() if value is not None},
            content_type=content_type,
        )

    def at(self, method: str, resource: str, body: Any = None, *, headers=None, **changed: Any):
        """The same about the document that stands in PLACES, with parameters changed."""
        content_type = changed.pop("content_type", "application/json")
        return self.ask(
            method,
            resource,
            body,
            query={**PLACES[resource], **changed},
            headers=headers,
            content_type=content_type,
        )


def address(query: dict[str, Any]) -> str:
    """Parameters as a query string, objects as JSON."""
    return urlencode(
        {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in query.items()
            if value is not None
        }
    )
