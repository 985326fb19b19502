"""Requests that a sending vendor can paste into a shell, pure.

Every one of them works as it stands once `SECRET` is set; the tests run them all.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from urllib.parse import quote
from uuid import UUID

from aarportal.cycle.action import vocabulary

VERSION = "X-Experience-API-Version: 1.0.3"
_ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_QUESTION = "http://adlnet.gov/expapi/activities/question"
_BOUNDARY = "part"
#: A learner whom nobody knows, and a home page of nobody's.
HOME_PAGE = "https://accounts.vendor.example/"
LEARNER = {"account": {"homePage": HOME_PAGE, "name": "00000000-0000-4000-8000-000000000000"}}
_DRAWING = "わり算の図"


@dataclass(frozen=True)
class Place:
    """Where the requests go.

    Attributes:
        root: The address of the portal, without a slash at its end.
        access_key: The key of the app.
        moment: When the work was done, as ISO 8601.
        new_id: Gives an id that no statement has yet.
    """

    root: str
    access_key: str
    moment: str
    new_id: Callable[[], UUID]

    @classmethod
    def anywhere(cls, root: str = "") -> "Place":
        """A place for a file that everybody reads, the same in every run.

        Args:
            root: The address of the portal, where it is known.
        """
        numbers = count(1)
        return cls(
            root.rstrip("/") or "https://portal.example",
            "KEY",
            "2026-04-10T10:15:30+09:00",
            lambda: UUID(f"00000000-0000-4000-8000-{next(numbers):012}"),
        )


@dataclass(frozen=True)
class Example:
    """A request.

    Attributes:
        key: Its name.
        command: For a POSIX shell.
        status: The HTTP status of the answer.
    """

    key: str
    command: str
    status: int


def examples(place: Place) -> dict[str, Example]:
    """Every request by its name, in the order in which they work one after the other."""
    one, first, second, drawing = (str(place.new_id()) for _ in range(4))
    statements = f"{place.root}/xapi/statements"
    state = f"{place.root}/xapi/activities/state?{_state_query()}"
    answer = _answer(one, place)
    void = {
        "actor": LEARNER,
        "verb": {"id": _VOIDED},
        "object": {"objectType": "StatementRef", "id": one},
    }
    made = (
        Example("about", f"curl -sS {place.root}/xapi/about", 200),
        Example("one", _post(place, statements, _json(answer)), 200),
        Example(
            "batch",
            _post(place, statements, _json([_answer(first, place), _finished(second, place)])),
            200,
        ),
        Example("again", _post(place, statements, _json(answer)), 200),
        Example("attachment", _with_attachment(place, statements, _drawn(drawing, place)), 200),
        Example(
            "put_state",
            _ask(place, state, "-X PUT", "-H 'If-None-Match: *'", _AS_JSON, body='{"page": 12}'),
            204,
        ),
        Example("get_state", _ask(place, state), 200),
        Example("delete_state", _ask(place, state, "-X DELETE"), 204),
        Example("void", _post(place, statements, _json(void)), 200),
        Example("get_voided", _ask(place, f"{statements}?voidedStatementId={one}"), 200),
        Example(
            "query",
            _ask(
                place,
                statements,
                "-G",
                f"--data-urlencode 'agent={json.dumps(LEARNER)}'",
                f"--data-urlencode 'verb={_ANSWERED}'",
                "--data-urlencode 'limit=10'",
            ),
            200,
        ),
        Example("caliper", _caliper(place), 200),
    )
    return {each.key: each for each in made}


_AS_JSON = "-H 'Content-Type: application/json'"


def _ask(place: Place, address: str, *options: str, body: str = "") -> str:
    lines = [
        f'curl -sS -u "{place.access_key}:$SECRET"',
        f"-H '{VERSION}'",
        *options,
        *([f"--data-binary '{body}'"] if body else []),
        f"'{address}'",
    ]
    return " \\\n  ".join(lines)


def _post(place: Place, address: str, body: str) -> str:
    return f"{_ask(place, address, _AS_JSON, '--data-binary @-')} <<'JSON'\n{body}\nJSON"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _answer(id_: str, place: Place) -> dict[str, object]:
    return {
        "id": id_,
        "actor": LEARNER,
        "verb": {"id": _ANSWERED, "display": {"ja": "解答した"}},
        "object": {
            "id": "https://app.vendor.example/division/3/question/7",
            "definition": {
                "type": _QUESTION,
                "name": {"ja": "わり算の筆算 7"},
                "extensions": {
                    vocabulary.SUBJECT: ["算数"],
                    vocabulary.UNIT: ["わり算の筆算"],
                },
            },
        },
        "result": {"success": True, "response": "12", "duration": "PT45S"},
        "context": {
            "contextActivities": {
                "parent": [{"id": "https://app.vendor.example/division/3"}],
            },
        },
        "timestamp": place.moment,
    }


def _finished(id_: str, place: Place) -> dict[str, object]:
    return {
        "id": id_,
        "actor": LEARNER,
        "verb": {"id": _COMPLETED},
        "object": {
            "id": "https://app.vendor.example/division/3",
            "definition": {"name": {"ja": "わり算の筆算"}},
        },
        "result": {"score": {"raw": 8, "min": 0, "max": 10}, "duration": "PT9M30S"},
        "timestamp": place.moment,
    }


def _drawn(id_: str, place: Place) -> dict[str, object]:
    data = _DRAWING.encode()
    attachment = {
        "usageType": "https://app.vendor.example/usage/drawing",
        "display": {"ja": "図"},
        "contentType": "text/plain; charset=utf-8",
        "length": len(data),
        "sha2": sha256(data).hexdigest(),
    }
    return {**_answer(id_, place), "attachments": [attachment]}


def _with_attachment(place: Place, address: str, statement: dict[str, object]) -> str:
    head = _ask(
        place,
        address,
        f"-H 'Content-Type: multipart/mixed; boundary={_BOUNDARY}'",
        "--data-binary @-",
    )
    digest = sha256(_DRAWING.encode()).hexdigest()
    return "\n".join(
        (
            f"{head} <<'PARTS'",
            f"--{_BOUNDARY}",
            "Content-Type: application/json",
            "",
            _json(statement),
            f"--{_BOUNDARY}",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: binary",
            f"X-Experience-API-Hash: {digest}",
            "",
            _DRAWING,
            f"--{_BOUNDARY}--",
            "PARTS",
        )
    )


def _state_query() -> str:
    activity = quote("https://app.vendor.example/division/3", safe="")
    agent = quote(json.dumps(LEARNER), safe="")
    return f"activityId={activity}&agent={agent}&stateId=bookmark"


def _caliper(place: Place) -> str:
    learner = LEARNER["account"]["name"]
    event = {
        "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "id": f"urn:uuid:{place.new_id()}",
        "type": "AssessmentItemEvent",
        "actor": {"id": f"{HOME_PAGE}user/{learner}", "type": "Person"},
        "action": "Completed",
        "object": {
            "id": "https://app.vendor.example/division/3/question/8",
            "type": "AssessmentItem",
            "name": "わり算の筆算 8",
        },
        "eventTime": place.moment,
    }
    envelope = {
        "sensor": "https://app.vendor.example/sensors/1",
        "sendTime": place.moment,
        "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "data": [event],
    }
    lines = (
        f'curl -sS -H "Authorization: Bearer {place.access_key}.$SECRET"',
        _AS_JSON,
        "--data-binary @-",
        f"'{place.root}/caliper' <<'JSON'",
    )
    head = " \\\n  ".join(lines)
    return f"{head}\n{_json(envelope)}\nJSON"
