"""Letting go of what was kept long enough; needs a unit of work of the system."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import CursorResult, Date, Integer, delete, select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.insight.maintenance.schedule import SCHEDULE, TAKEN_BACK_WITHIN, Period
from aarportal.people.roster.models import User

_PAST_THE_SESSION: dict[str, Any] = {"synchronize_session": False}


def let_go(scope: SystemScope, now: datetime) -> Counter[str]:
    """Delete every row whose time is over; how many of which table."""
    gone = Counter[str]()
    for each in SCHEDULE:
        gone[each.table] = _delete(scope, _class_of(each.table), each, now)
    gone["school_data_changes"] = _forget_what_stood_before(scope, now)
    told = ", ".join(f"{table} {count}" for table, count in gone.items() if count)
    audit.record(scope, "retention:applied", "schedule", detail=told)
    return gone


def _class_of(table: str) -> Any:
    """By its name: what is sealed from learning is not known here, but for how long it is kept."""
    return next(each.class_ for each in User.registry.mappers if each.class_.__tablename__ == table)


def _delete(scope: SystemScope, row_class: Any, period: Period, now: datetime) -> int:
    column = getattr(row_class, period.column)
    limit: date | int = period.before(now)
    if isinstance(column.type, Date):
        limit = period.before_day(now)
    elif isinstance(column.type, Integer):
        limit = clock.school_year_of(period.before_day(now))
    return _count(scope, delete(row_class).where(column < limit))


def _forget_what_stood_before(scope: SystemScope, now: datetime) -> int:
    """Such an import cannot be taken back any more: where its rows still stand, it is told so."""
    brought, changed = _class_of("school_data_imports"), _class_of("school_data_changes")
    old = select(brought.school_id, brought.id).where(
        brought.made_at < now - TAKEN_BACK_WITHIN, brought.changes > 0
    )
    count = 0
    for school_id, import_id in scope.session.execute(old).all():
        mine = (changed.school_id == school_id, changed.import_id == import_id)
        count += _count(scope, delete(changed).where(*mine))
        this = (brought.school_id == school_id, brought.id == import_id)
        _count(scope, update(brought).where(*this).values(changes=0))
    return count


def _count(scope: SystemScope, statement: Any) -> int:
    done = scope.session.execute(statement, execution_options=_PAST_THE_SESSION)
    assert isinstance(done, CursorResult)
    return done.rowcount
