"""Statements that the drill sends over HTTP, and a look at what is stored."""

import base64
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from tests.cast import APP_SECRET, IDENTITY_PROVIDER, Member

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
NOBODY = "nobody-knows-this-name"


def statement(who: Member | str, title: str = "わり算 3", **parts) -> dict:
    """A child answered a question just now."""
    name = who if isinstance(who, str) else str(who.id)
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": IDENTITY_PROVIDER, "name": name}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {
            "id": "https://drill.example/question/3",
            "definition": {
                "name": {"ja": title},
                "extensions": {"https://w3id.org/japan-xapi/extensions/subject": ["算数"]},
            },
        },
        "result": {"success": True, "duration": "PT1M30S"},
        "timestamp": datetime.now(UTC).isoformat(),
        **parts,
    }


def voiding(taken_back: dict) -> dict:
    return {
        "id": str(uuid4()),
        "actor": taken_back["actor"],
        "verb": {"id": VOIDED},
        "object": {"objectType": "StatementRef", "id": taken_back["id"]},
    }


def send(app: Flask, *statements: dict, key: str = "drill", secret: str = APP_SECRET) -> int:
    """Post them in one batch; answers with the status."""
    credential = base64.b64encode(f"{key}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {credential}", "X-Experience-API-Version": "1.0.3"}
    return app.test_client().post("/xapi/statements", json=statements, headers=headers).status_code


def rows(model, *conditions) -> list:
    """Every row of a table, read with the system's eyes; the app's context is open."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(model).where(*conditions)))
