"""What a day of learning holds, put into the store past the intake."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.action.operations import rebuild
from aarportal.cycle.action.store import schools
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import CycleState
from tests.cast import AOI, APP_DRILL, UNIT_DIVISION, Member

#: Half past ten on a Friday at school.
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
TODAY = NOW.date()
MINUTE = timedelta(minutes=1)


def set_clock() -> None:
    """Let it be half past ten."""
    clock.shift(NOW - datetime.now(UTC))


def lap(member: Member = AOI, **parts) -> LearningCycle:
    """A lap that is going on since an hour ago."""
    opened = parts.pop("opened_at", NOW - 60 * MINUTE)
    values = {
        "class_id": member.classes[0], "subject": "sansu", "unit_id": UNIT_DIVISION,
        "state": CycleState.ACTING, "state_since": opened, "updated_at": opened,
        "opened_on": clock.school_day_of(opened), **parts,
    }  # fmt: skip
    return LearningCycle(
        school_id=member.school_id, id=uuid4(), student_id=member.id, opened_at=opened, **values
    )


def record(minutes_ago: int = 5, member: Member = AOI, **parts) -> LearningRecord:
    """One answer in the drill."""
    ended = parts.pop("ended_at", NOW - minutes_ago * MINUTE)
    values = {
        "app_id": APP_DRILL, "connector": "xapi_generic", "cycle_id": None,
        "unit_id": UNIT_DIVISION, "subject": "sansu", "title": "もんだい", "verb": "answered",
        "started_at": ended, "active_seconds": 60, "own_duration": None, "items": 1,
        "first_attempt_items": 1, "first_attempt_correct": 1, "retry_items": 0,
        "retry_correct": 0, "self_reported": False, "state": "valid", "received_at": NOW, **parts,
    }  # fmt: skip
    return LearningRecord(
        school_id=member.school_id, id=uuid4(), student_id=member.id, ended_at=ended,
        day=clock.school_day_of(ended), **values,
    )  # fmt: skip


def by_hand(minutes_ago: int = 5, **parts) -> LearningRecord:
    """One thing done on paper."""
    values = {
        "app_id": NOTHING, "connector": "by_hand", "title": "けいさんドリル", "verb": "completed",
        "self_reported": True, "first_attempt_items": 0, "first_attempt_correct": 0,
        "state": "linked", **parts,
    }  # fmt: skip
    return record(minutes_ago, **values)


def enter(*rows) -> list[UUID]:
    """Put laps and records in, the laps first, and sum up; answers with their ids."""
    with unit_of_work(SystemScope("test")) as scope:
        for kind in (LearningCycle, LearningRecord):
            scope.session.add_all([row for row in rows if isinstance(row, kind)])
            scope.session.flush()
        audit.record(scope, "day:prepared", "test")
        for school_id, _ in schools(scope):
            rebuild(scope, school_id)
        return [row.id for row in rows]


def rows(model, *conditions) -> list:
    """Every row of a table, read with the system's eyes."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(model).where(*conditions)))
