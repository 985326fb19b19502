"""A drill app and its statements, for tests of the intake: said, sent, and looked at afterwards."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.activity_time import Event, contributions
from aarportal.cycle.action.intake.operations import ingest
from aarportal.cycle.action.models import DayRollup, LearningRecord, StoredStatement
from aarportal.cycle.action.rollups import COUNTS
from aarportal.cycle.action.xapi.statements import Statement, decode_batch
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import AOI, DRILL_SCOPE, HINATA, PRIMARY, SECONDARY, Member, key

#: Half past ten on a Friday at school; the tests' today.
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
MINUTE = timedelta(minutes=1)
APP_READER = key("app reader")
READER_SCOPE = AppScope(APP_READER, HINATA, frozenset({PRIMARY, SECONDARY}))
ADL = "http://adlnet.gov/expapi/verbs/"
JAPAN = "https://w3id.org/japan-xapi/extensions/"
CODE = "8260243111100000"
OTHER_CODE = "8260243211100000"


def account(name: object) -> dict:
    return {"account": {"homePage": "https://idp.hinata.example/", "name": str(name)}}


def said(
    who: Member | dict = AOI,
    at: datetime = NOW,
    *,
    question: object = 1,
    subject: str = "算数",
    code: str = "",
    right: bool | None = True,
    attempt: str = "",
    seconds: int | None = None,
    verb: str = "answered",
    id_: UUID | None = None,
) -> dict:
    """A statement about the answer to a question."""
    extensions = {JAPAN + "subject": [subject]} if subject else {}
    if code:
        extensions[JAPAN + "course-of-study-code"] = [code]
    result = {} if right is None else {"success": right}
    if seconds is not None:
        result["duration"] = f"PT{seconds}S"
    return {
        "id": str(id_ or uuid4()),
        "actor": account(who.id) if isinstance(who, Member) else who,
        "verb": {"id": ADL + verb},
        "object": {
            "id": f"https://drill.example/question/{question}",
            "definition": {"name": {"ja": f"もんだい {question}"}, "extensions": extensions},
        },
        "result": result,
        "context": {"registration": attempt} if attempt else {},
        "timestamp": at.isoformat(),
    }


def decoded(statements: list[dict]) -> list[Statement]:
    """Statements as they come out of a request."""
    return decode_batch(json.dumps(statements).encode(), clock.now())


def send(*statements: dict, scope: AppScope = DRILL_SCOPE) -> list[UUID]:
    """Bring statements in one batch, in a unit of work of their own."""
    with unit_of_work(scope) as opened:
        return ingest(opened, decoded(list(statements)))


def rows(model, *conditions):
    """Every row of a table, read with the system's eyes."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(model).where(*conditions)))


def one(model, *conditions):
    [row] = rows(model, *conditions)
    return row


def given_ids() -> dict[UUID, UUID]:
    """Our own id of each statement in the log -> its id in xAPI."""
    return {row.id: row.given_id for row in rows(StoredStatement)}


def own_id(given_id: UUID | str) -> UUID:
    """Our own id of a statement in the log, by its id in xAPI."""
    return one(StoredStatement, StoredStatement.given_id == UUID(str(given_id))).id


def write(act) -> None:
    """Prepare the stage with the system's hands."""
    with unit_of_work(SystemScope("test")) as scope:
        act(scope.session)
        audit.record(scope, "stage:prepared", "test")


def sums() -> dict[str, object]:
    """Everything that is summed up, by key."""
    columns = [attribute.key for attribute in DayRollup.__mapper__.column_attrs]
    return {
        "days": sorted(
            tuple(str(getattr(row, name)) for name in columns) for row in rows(DayRollup)
        ),
        "laps": {row.id: [getattr(row, name) for name in COUNTS] for row in rows(LearningCycle)},
        "time": {row.id: row.active_seconds for row in rows(LearningRecord)},
    }


def by_definition(records: list[LearningRecord]) -> dict[UUID, int]:
    """The time of each record, counted from nothing but the records."""
    groups: dict[tuple, list[LearningRecord]] = defaultdict(list)
    for record in records:
        groups[record.student_id, record.day, record.app_id].append(record)
    time = {}
    for members in groups.values():
        events = [Event(each.ended_at, each.id, each.own_duration) for each in members]
        time |= {
            each.id: seconds for each, seconds in zip(members, contributions(events), strict=True)
        }
    return time


def facts_of(records: list[LearningRecord]) -> dict[UUID, list[int]]:
    """What the linked records say about each lap, counted by hand."""
    facts: dict[UUID, list[int]] = {}
    for record in records:
        if record.cycle_id:
            found = facts.setdefault(record.cycle_id, [0] * len(COUNTS))
            for place, name in enumerate(COUNTS):
                found[place] += 1 if name == "records" else getattr(record, name)
    return facts
