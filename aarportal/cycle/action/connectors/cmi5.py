"""Courses launched by cmi5: an LMS opens an assignable unit, which tells what was done in it.

Learning is what the unit says: that it was begun, finished, passed or not, and every other
statement of the session ("cmi5 allowed", such as the answers of a quiz). Only the frame is what the
LMS decides by itself, also at night: that a course is satisfied, that a unit may be skipped, or
that a session must have been abandoned.

The unit reports durations that reach back to its beginning, several times over: the active time of
a day counts such a duration as far as nothing else counted it. An attempt is a registration, which
lasts over all sessions: a question met in the first session is met again in the second.

Source: cmi5 specification (quartz), sections 7.1.3, 9.3, 9.5 and 9.6.
"""

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import basic_record, with_answer, with_score
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_DEFINED = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_BY_THE_LMS = frozenset({"abandoned", "satisfied", "waived"})


def _reads(signs: Signs) -> bool:
    """A statement that cmi5 defines, or one of its session that follows no other profile."""
    if _DEFINED in signs.categories:
        return True
    return _SESSION in signs.extensions and not signs.categories and signs.kind != "video"


def _record(statement: Statement) -> Record | None:
    """What the unit says; the points stand in passed and failed."""
    activity = statement.object
    if not isinstance(activity, Activity):
        return None
    record = basic_record(statement, activity)
    if record.verb in _BY_THE_LMS or record.verb in vocabulary.NOT_LEARNING:
        return None
    if record.verb == "answered":
        return with_answer(record, statement, activity.id)
    return with_score(record, statement)


CONNECTOR = Connector(
    "cmi5",
    mark("cmi5 courses"),
    1,
    _reads,
    _record,
    LookedFor(categories=(_DEFINED,), extensions=frozenset({_SESSION})),
)
