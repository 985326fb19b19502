"""A good statement to start from, and the ways to spoil it."""

import copy
import json
from datetime import UTC, datetime

from aarportal.cycle.action.xapi.statements import decode_batch

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ID = "018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e7f"
OTHER_ID = "b7c1f0de-55aa-4f0f-8d2e-0a1b2c3d4e5f"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SHA2 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PUPIL = {"account": {"homePage": "https://idp.hinata.example/", "name": "s0001"}}
MAIL = {"mbox": "mailto:aoi@hinata.example"}
GROUP = {"objectType": "Group", "member": [PUPIL, MAIL]}
QUIZ = {"id": "https://drill.example/quiz/7"}
ATTACHMENT = {
    "usageType": "https://drill.example/usage/drawing",
    "display": {"ja": "図"},
    "contentType": "image/png",
    "length": 12,
    "sha2": SHA2,
    "fileUrl": "https://drill.example/files/1.png",
}
REMOVE = object()


def statement(**parts) -> dict:
    whole = {
        "id": ID,
        "actor": {"objectType": "Agent", "name": "あおい", **PUPIL},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": "https://drill.example/question/3",
            "definition": {
                "name": {"ja-JP": "わり算 3"},
                "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                "interactionType": "numeric",
                "correctResponsesPattern": ["12"],
                "moreInfo": "https://drill.example/about",
            },
        },
        "result": {"score": {"scaled": 1, "raw": 5, "min": 0, "max": 5}, "duration": "PT23.5S"},
        "context": {"platform": "drill", "contextActivities": {"parent": QUIZ}},
        "timestamp": "2026-11-20T10:15:30.125+09:00",
    }
    whole.update(parts)
    return {name: part for name, part in whole.items() if part is not REMOVE}


def changed(path: str, value) -> dict:
    """The good statement with one property set, or removed."""
    whole = copy.deepcopy(statement())
    place = whole
    *before, last = path.split(".")
    for name in before:
        place = place.setdefault(name, {})
    if value is REMOVE:
        del place[last]
    else:
        place[last] = value
    return whole


def decode(body, **options):
    return decode_batch(json.dumps(body, ensure_ascii=False).encode(), NOW, **options)


def one(body):
    [found] = decode(body)
    return found


def sub(**parts) -> dict:
    inner = {"objectType": "SubStatement", "actor": MAIL, "verb": {"id": "https://v.example/did"}}
    return {**inner, "object": QUIZ, **parts}
