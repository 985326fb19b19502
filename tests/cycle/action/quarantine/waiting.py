"""What waits, said and read, for tests of the quarantine."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import (
    DayRollup,
    InboxEntry,
    LearningRecord,
    QuarantinedStatement,
    Rereading,
)
from aarportal.cycle.action.rollups import COUNTS
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import OKA, scope_of
from tests.cycle.action.intake.stream import NOW, said, send

GAME = "https://game.example/"
OFFICE = scope_of(OKA)
DAY = timedelta(days=1)


def player(name: str = "kirin", page: str = GAME) -> dict:
    return {"account": {"homePage": page, "name": name}}


def play(name: str = "kirin", *, times: int = 1, days_ago: int = 0, page: str = GAME, **parts):
    """Statements of a nickname in a game, a minute after each other."""
    moment = NOW - days_ago * DAY
    return send(
        *(
            said(player(name, page), moment - timedelta(minutes=times - number), **parts)
            for number in range(times)
        )
    )


def read() -> None:
    digester.of(current_app).read_all()


def office(operation, *arguments, scope=OFFICE, **options):
    """Let the office do something, and have what it asks for read."""
    with unit_of_work(scope) as opened:
        result = operation(opened, *arguments, **options)
        id_ = getattr(result, "id", result)
    read()
    return id_


def everything() -> dict[str, object]:
    """Records, sums, laps and what waits, without the moments at which they were written."""

    def table(model, *but):
        names = [column.key for column in model.__mapper__.column_attrs if column.key not in but]
        with unit_of_work(SystemScope("test"), read_only=True) as scope:
            rows = scope.session.scalars(select(model)).all()
        return sorted(tuple(repr(getattr(row, name)) for name in names) for row in rows)

    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        laps = {
            row.id: [getattr(row, name) for name in COUNTS]
            for row in scope.session.scalars(select(LearningCycle))
        }
    return {
        "records": table(LearningRecord, "received_at"),
        "sums": table(DayRollup),
        "laps": laps,
        "waiting": table(QuarantinedStatement, "received_at"),
        "unread": table(InboxEntry),
        "asked": table(Rereading),
    }
