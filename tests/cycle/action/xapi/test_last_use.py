"""The office sees when a system was last here, of one that only reads as well."""

from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import StoreBusyError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.commands import list_apps
from aarportal.cycle.action.models import LearningApp
from tests.cast import APP_SECRET, key
from tests.cycle.action.xapi.documents.calling import STATE, CallingApp, add_app
from tests.cycle.action.xapi.example import statement

pytestmark = pytest.mark.both_databases


@pytest.fixture
def board(app) -> CallingApp:
    """A system of the board that reads and never sends."""
    return CallingApp(app, add_app(app, "board", may_read=True, may_write=False))


def last_used(app, name="app board") -> datetime | None:
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.get_one(LearningApp, key(name)).last_used_at


def traces(app) -> int:
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        query = select(func.count(AuditEntry.id)).where(AuditEntry.verb == "app:noticed")
        return scope.session.scalar(query) or 0


def reads(system: CallingApp) -> None:
    assert system.ask("GET", "statements", query={"limit": 1}).status_code == 200


def listed(app) -> str:
    """What an operator reads of the system."""
    done = CliRunner().invoke(list_apps, [], obj=lambda: app)
    [line] = [each for each in done.output.splitlines() if each.endswith("  board")]
    return line


def test_a_system_that_only_reads_was_here(app, board):
    assert "never" in listed(app)
    reads(board)
    assert (clock.now() - last_used(app)).total_seconds() < 60
    assert clock.today().isoformat() in listed(app)


def test_it_is_written_once_a_minute_and_not_with_every_request(app, board, queries):
    reads(board)
    first = last_used(app)
    with queries() as seen:
        for _ in range(3):
            reads(board)
    assert not [each for each in seen if each.lstrip().upper().startswith(("UPDATE", "INSERT"))]
    # Another process does not know what this one wrote; the row does.
    known_apps.forget_all()
    reads(board)
    assert (last_used(app), traces(app)) == (first, 1)
    known_apps.forget_all()
    clock.shift(timedelta(minutes=2))
    reads(board)
    assert (last_used(app) - first, traces(app)) >= (timedelta(minutes=1), 2)


def test_what_sends_is_not_held_up_by_it(app):
    drill = CallingApp(app)
    assert drill.ask("POST", "statements", statement()).status_code == 200
    answer = drill.at("PUT", STATE, {"page": 3}, headers={"If-None-Match": "*"})
    assert answer.status_code == 204
    assert traces(app) == 0
    assert last_used(app, "app drill") is not None


def test_whoever_has_no_credential_was_not_here(app, board):
    stranger = CallingApp(app, ("board", APP_SECRET + "x"))
    assert stranger.ask("GET", "statements").status_code == 401
    assert (last_used(app), traces(app)) == (None, 0)


@pytest.mark.parametrize(
    "trouble",
    [OperationalError("UPDATE", {}, RuntimeError("database is locked")), StoreBusyError()],
    ids=["locked", "no turn"],
)
def test_a_read_is_answered_even_if_that_cannot_be_written(app, board, monkeypatch, trouble):
    def busy(*_):
        raise trouble

    monkeypatch.setattr("aarportal.cycle.action.apps.operations.note_use", busy)
    reads(board)
    assert last_used(app) is None
