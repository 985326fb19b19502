"""Videos that follow the xAPI video profile, and other statements about videos.

What was played is told where the statement alone can tell it: `paused` and `completed` list the
segments of the whole registration in the order in which they were watched, so what such an
event adds is the last one, if it ends where the video stands now. These are seconds of the video;
who watches at double speed needs half of them, and the active time of a day counts no more of them
than passed since the event before.

All other time is left to the gaps between the events: after `seeked` and `terminated` the last
segment may have been counted by a pause before, and the duration of `completed` is that of all
sessions together.

Source: xAPI video profile v1.0, sections 2.3, 2.5 and 2.6.
"""

from typing import Any

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    context_extension,
    identifier,
    result_extensions,
    with_answer,
    with_duration,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_CATEGORY = "https://w3id.org/xapi/video"
_EXTENSION = "https://w3id.org/xapi/video/extensions/"
_SESSION = _EXTENSION + "session-id"
_TELL_SEGMENTS = frozenset({"paused", "completed"})
_TELL_NO_TIME = frozenset({"completed", "initialized", "played", "seeked", "terminated"})
_LONGEST_SECONDS = 24 * 60 * 60
#: Players round the ends of segments and the place where the video stands in different ways.
_SAME_PLACE_SECONDS = 1.0


def _reads(signs: Signs) -> bool:
    """The profile as category, its session, or a video."""
    return signs.about_activity and (
        signs.kind == "video" or _CATEGORY in signs.categories or _SESSION in signs.extensions
    )


def _record(statement: Statement) -> Record | None:
    """Watching; an attempt is a session, from opening the video to leaving it."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    session = context_extension(statement, _SESSION)
    if isinstance(session, str) and session:
        record = replace(record, attempt_id=identifier(session))
    played = _played(statement) if record.verb in _TELL_SEGMENTS else None
    if played is not None:
        record = with_duration(record, played)
    elif record.verb in _TELL_NO_TIME and record.duration_seconds is not None:
        record = with_duration(record, None)
    if record.verb == "answered":
        return with_answer(record, statement, activity.id)
    return with_score(record, statement)


def _played(statement: Statement) -> int | None:
    """Seconds of the segment that ends with this event; None if it does not say."""
    extensions = result_extensions(statement)
    segments, place = extensions.get(_EXTENSION + "played-segments"), _seconds(extensions)
    if not isinstance(segments, str) or place is None:
        return None
    start, _, end = segments.rpartition("[,]")[2].partition("[.]")
    began, ended = _number(start), _number(end)
    if began is None or ended is None or abs(ended - place) > _SAME_PLACE_SECONDS:
        return None
    return round(ended - began) if 0 < ended - began <= _LONGEST_SECONDS else None


def _seconds(extensions: dict[str, Any]) -> float | None:
    """Where the video stands."""
    return _number(extensions.get(_EXTENSION + "time"))


def _number(value: Any) -> float | None:
    """Seconds, as a number or in a text."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= _LONGEST_SECONDS else None


CONNECTOR = Connector(
    "video_profile",
    mark("Videos"),
    1,
    _reads,
    _record,
    LookedFor(categories=(_CATEGORY,), extensions=frozenset({_SESSION})),
)
