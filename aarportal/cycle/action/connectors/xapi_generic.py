"""Any xAPI statement: the fallback for apps that follow no profile we know."""

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    kind_of,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement


def _reads(_signs: Signs) -> bool:
    """Every statement."""
    return True


def _record(statement: Statement) -> Record | None:
    """Acting on an activity; not what is done to people, other statements, goals or settings."""
    activity = statement.object
    if not isinstance(activity, Activity) or kind_of(activity) in vocabulary.NOT_ACTED_ON:
        return None
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    if record.verb == "answered":
        return with_answer(record, statement, activity.id)
    return with_score(record, statement)


CONNECTOR = Connector("xapi_generic", mark("Any xAPI app"), 0, _reads, _record)
