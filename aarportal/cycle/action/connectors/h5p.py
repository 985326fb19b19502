"""H5P content, wherever it is embedded.

Source: H5P's xAPI statements (extensions `h5p-local-content-id` and `h5p-subContentId`, categories
`http://h5p.org/libraries/…`).
"""

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    activity_extensions,
    basic_record,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_LOCAL_ID = "http://h5p.org/x-api/h5p-local-content-id"
_PART_ID = "http://h5p.org/x-api/h5p-subContentId"
_LIBRARIES = "http://h5p.org/libraries/"


def _reads(signs: Signs) -> bool:
    """An activity that H5P numbered, or one of its libraries as category."""
    return signs.about_activity and (
        _LOCAL_ID in signs.extensions or _LIBRARIES in signs.categories
    )


def _record(statement: Statement) -> Record | None:
    """An attempt, a click, an answer, or the end of a whole with its points.

    A question set sends `answered` for each question and then `completed` for all of them: only
    the answers count items, the end has the points.
    """
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    if record.verb == "answered":
        return with_answer(record, statement, _question(activity))
    return with_score(record, statement)


def _question(activity: Activity) -> str:
    """The question's IRI; two parts of one content may share their activity's."""
    part = activity_extensions(activity).get(_PART_ID)
    if not isinstance(part, str) or part in activity.id:
        return activity.id
    return f"{activity.id}#{part}"


CONNECTOR = Connector(
    "h5p",
    mark("H5P"),
    2,
    _reads,
    _record,
    LookedFor(categories=(_LIBRARIES,), extensions=frozenset({_LOCAL_ID})),
)
