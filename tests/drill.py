"""A learning app that sends what children answered, over HTTP."""

import base64
import http.client
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from tests import cast

#: How long a server may take to read its inbox, on a busy machine.
PATIENCE_SECONDS = 60
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"drill:{cast.APP_SECRET}".encode()).decode(),
    "X-Experience-API-Version": "1.0.3",
    "Content-Type": "application/json",
}


def answered(learner_id: UUID, number: int) -> dict:
    """One child answered question `number` of arithmetic, just now."""
    return {
        "id": str(uuid4()),
        "actor": {
            "account": {"homePage": "https://idp.hinata.example/", "name": str(learner_id)},
        },
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {
            "id": f"https://drill.example/question/{number}",
            "definition": {
                "extensions": {"https://w3id.org/japan-xapi/extensions/subject": ["算数"]}
            },
        },
        "result": {"success": number % 2 == 0},
        "timestamp": datetime.now(UTC).isoformat(),
    }


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def post(connection: http.client.HTTPConnection, statements: list[dict]) -> tuple[int, bytes]:
    connection.request("POST", "/xapi/statements", json.dumps(statements), HEADERS)
    answer = connection.getresponse()
    return answer.status, answer.read()


def wait_until_read(left: Callable[[], int]) -> None:
    """Until the server has made records of everything it took.

    Args:
        left: How many entries stand in its inbox.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while left():
        assert time.monotonic() < until, "the inbox is not read"
        time.sleep(0.1)
