"""The learning apps of the demonstration: what happened becomes real xAPI statements, in batches.

Source: Japan xAPI assessment and e-book profiles v1.0.0, the xAPI video profile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from aarportal.cycle.action.vocabulary import COURSE_OF_STUDY_CODE, SUBJECT, UNIT
from aarportal.demo.curriculum import PlannedUnit, written
from aarportal.demo.laps import BOOK, DRILL, TEST, VIDEO, Happening, id_at

#: Statements in one request.
BATCH = 50

_ADL = "http://adlnet.gov/expapi/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"
_PROFILE = "https://w3id.org/japan-xapi/profiles/"
_IDENTITY_PROVIDER = "https://idp.wakaba.example/"

Json = dict[str, Any]


@dataclass(frozen=True)
class AppPlan:
    """A learning app: its title as students see it, where its things live, and its profile."""

    title: str
    home: str
    profile: str


APPS = {
    BOOK: AppPlan("デジタルきょうかしょ", "https://books.example/", _PROFILE + "ebook/v1.0.0"),
    VIDEO: AppPlan("まなびビデオ", "https://video.example/", "https://w3id.org/xapi/video"),
    DRILL: AppPlan("まなびドリル", "https://drill.example/", _PROFILE + "assessment/v1.0.0"),
    TEST: AppPlan("たしかめテスト", "https://test.example/", _PROFILE + "assessment/v1.0.0"),
}

_SUBJECT_NAMES = {
    "kokugo": "国語",
    "shakai": "社会",
    "sansu": "算数",
    "sugaku": "数学",
    "rika": "理科",
    "gaikokugo": "外国語",
    "eigo": "英語",
}
_VERBS = {
    "answered": _ADL + "verbs/answered",
    "completed": _ADL + "verbs/completed",
    "read": _STREAMS + "read",
}
_TYPES = {
    (DRILL, "answered"): _ADL + "activities/cmi.interaction",
    (DRILL, "completed"): _ADL + "activities/assessment",
    (TEST, "answered"): _ADL + "activities/cmi.interaction",
    (TEST, "completed"): _ADL + "activities/assessment",
    (BOOK, "read"): _STREAMS + "book",
    (VIDEO, "completed"): "https://w3id.org/xapi/video/activity-type/video",
}


@dataclass(frozen=True)
class Batch:
    """The body of one request of an app; `last` is the latest happening in it."""

    app: str
    body: bytes
    last: Happening


def nightly(rng: Random, happenings: Iterable[Happening]) -> Iterator[Batch]:
    """What the apps send after a day is over: app by app, pupil by pupil, each in order of time."""
    for app in APPS:
        mine = sorted((each for each in happenings if each.app == app), key=_by_pupil)
        for first in range(0, len(mine), BATCH):
            yield _batch(rng, mine[first : first + BATCH])


def live(rng: Random, happenings: Iterable[Happening]) -> Iterator[Batch]:
    """What the apps send while it happens, in the order of time.

    Each app sends when it has a full batch, so that no statement is much older than those of
    another app that go before it.
    """
    waiting: dict[str, list[Happening]] = {app: [] for app in APPS}
    for happening in sorted(happenings, key=_by_time):
        mine = waiting[happening.app]
        mine.append(happening)
        if len(mine) == BATCH:
            yield _batch(rng, mine)
            mine.clear()
    for mine in sorted(filter(None, waiting.values()), key=lambda mine: _by_time(mine[0])):
        yield _batch(rng, mine)


def statement(happening: Happening, statement_id: UUID) -> Json:
    """One happening as an xAPI 1.0.3 statement."""
    plan = APPS[happening.app]
    made: Json = {
        "id": str(statement_id),
        "actor": {
            "objectType": "Agent",
            "account": {
                "homePage": _IDENTITY_PROVIDER,
                "name": str(happening.pupil.master_identifier),
            },
        },
        "verb": {"id": _VERBS[happening.verb]},
        "object": _activity(happening.app, happening.verb, happening.unit, happening.question),
        "context": {
            "platform": plan.title,
            "language": "ja-JP",
            "contextActivities": {
                "grouping": [{"id": f"{plan.home}attempt/{happening.attempt}"}],
                "category": [{"id": plan.profile}],
            },
        },
        "timestamp": happening.at.isoformat(timespec="milliseconds"),
    }
    result = _result(happening)
    if result:
        made["result"] = result
    return made


def _batch(rng: Random, happenings: list[Happening]) -> Batch:
    body = msgspec.json.encode([statement(each, id_at(rng, each.at)) for each in happenings])
    return Batch(happenings[0].app, body, happenings[-1])


def _by_time(happening: Happening) -> tuple[datetime, str]:
    return happening.at, happening.pupil.sourced_id


def _by_pupil(happening: Happening) -> tuple[str, datetime]:
    return happening.pupil.sourced_id, happening.at


def _result(happening: Happening) -> Json:
    result: Json = {}
    if happening.is_correct is not None:
        result["success"] = happening.is_correct
        result["score"] = {"raw": int(happening.is_correct), "min": 0, "max": 1}
    if happening.score:
        right, count = happening.score
        result["score"] = {"raw": right, "min": 0, "max": count}
        result["completion"] = True
    if happening.seconds:
        result["duration"] = f"PT{happening.seconds}S"
    return result


@cache
def _activity(app: str, verb: str, unit: PlannedUnit, question: int) -> Json:
    title = written(unit.text.title)
    place = f"{unit.grade.lower()}/{unit.subject}/{unit.number + 1}"
    if question:
        path, name = f"question/{place}/{question}", f"{title} {question}"
    else:
        path, name = f"{app}/{place}", title
    return {
        "id": APPS[app].home + path,
        "definition": {
            "type": _TYPES[app, verb],
            "name": {"ja-JP": name},
            "extensions": {
                SUBJECT: [_SUBJECT_NAMES[unit.subject]],
                UNIT: [title],
                COURSE_OF_STUDY_CODE: [unit.code],
            },
        },
    }
