"""Rows of a table that somebody imported: each is a whole attempt, with the number of its items.

The counts are sums of many answers, so no answer of them has a question of its own.
"""

from typing import Any

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    context_extension,
    result_extensions,
    with_score,
)
from aarportal.cycle.action.translators.tables import (
    ATTEMPT_COUNT,
    CATEGORY,
    CORRECT,
    DAY_ONLY,
    ITEMS,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

#: Nobody answers more in one sitting; a column of something else may hold any number.
_MOST_ITEMS = 1_000_000


def _reads(signs: Signs) -> bool:
    """The category of every row."""
    return signs.about_activity and CATEGORY in signs.categories


def _record(statement: Statement) -> Record | None:
    """An attempt with its counts; where only points are known, with its points."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = _with_counts(with_score(basic_record(statement, activity), statement), statement)
    if context_extension(statement, DAY_ONLY) is not True:
        return record
    # The day says nothing about how far apart two pieces of work were, or whether they overlapped.
    if record.duration_seconds is None:
        record = record.without_time()
    return replace(record, has_time=False)


def _with_counts(record: Record, statement: Statement) -> Record:
    """A record with its items; of those that nobody marked it is not known which were right."""
    said = result_extensions(statement)
    items = _count(said.get(ITEMS))
    if items is None:
        return record
    correct = _count(said.get(CORRECT))
    counted = replace(record, items=items)
    if correct is None or correct > items:
        return counted
    counted = replace(counted, first_attempt_items=items, first_attempt_correct=correct)
    attempt = _count(said.get(ATTEMPT_COUNT))
    return counted.as_retry() if attempt is not None and attempt > 1 else counted


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_ITEMS else None


CONNECTOR = Connector(
    "table", mark("Imported tables"), 2, _reads, _record, LookedFor(categories=(CATEGORY,))
)
