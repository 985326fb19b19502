"""Moodle, by its plug-in logstore_xapi.

The plug-in makes a statement of an event of Moodle's log, and names the event in an extension.
Moodle's modules tell what a student did; of its core only looking at a course is learning, while
enrolments, badges, messages between people, and completions that Moodle works out for itself are
not. What a teacher gave or graded is told with the student as actor: `scored`, `received`.

The answers of a quiz arrive when the whole is handed in, all at that moment. So they bring no time;
the end of the attempt does.

Source: xAPI-vle/moodle-logstore_xapi (its transformers and their tests).
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    context_extension,
    identifier,
    kind_of,
    name,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, activities_around

_INFO = "http://lrs.learninglocker.net/define/extensions/info"
_SITES = ("http://moodle.org", "https://moodle.org")
_PLATFORM = mark("Moodle")
_CORE_EVENT = "\\core\\event\\"
_CORE_LEARNING = frozenset(
    {"course_viewed", "course_information_viewed", "course_resources_list_viewed"}
)
#: By which of the things around it an activity is known, if not by its own name.
_KNOWN_BY = {"question": "assessment", "reply": "discussion"}


def _reads(signs: Signs) -> bool:
    """The plug-in's extension, which other programs copied, and Moodle's name beside it."""
    return _INFO in signs.extensions and (
        signs.platform == _PLATFORM or not signs.categories.isdisjoint(_SITES)
    )


def _record(statement: Statement) -> Record | None:
    """What a student did in a course."""
    activity = statement.object
    if not isinstance(activity, Activity) or not _is_learning(_event(statement)):
        return None
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    around = [*activities_around(statement, "grouping"), *activities_around(statement, "other")]
    attempts = (each.id for each in around if kind_of(each) == "attempt")
    record = replace(
        record,
        title=_title(statement, activity, around) or record.title,
        attempt_id=identifier(next(attempts, record.attempt_id)),
    )
    if record.verb == "answered":
        return with_answer(record, statement, activity.id).without_time()
    return with_score(record, statement)


def _title(statement: Statement, activity: Activity, around: list[Activity]) -> str:
    """The quiz of a question and the discussion of a post: their own names are whole texts."""
    wanted = _KNOWN_BY.get(kind_of(activity) or "")
    # The nearest stands last, after the site and the course.
    names = (name(statement, each) for each in reversed(around) if kind_of(each) == wanted)
    return next(filter(None, names), "") if wanted else ""


def _event(statement: Statement) -> str:
    """The name of the event in Moodle's log; empty when the plug-in is too old to say it."""
    info = context_extension(statement, _INFO)
    event = info.get("event_name") if isinstance(info, dict) else None
    return event if isinstance(event, str) else ""


def _is_learning(event: str) -> bool:
    return not event.startswith(_CORE_EVENT) or (event.removeprefix(_CORE_EVENT) in _CORE_LEARNING)


CONNECTOR = Connector(
    "moodle_logstore",
    mark("Moodle"),
    2,
    _reads,
    _record,
    LookedFor(categories=_SITES, extensions=frozenset({_INFO}), platforms=frozenset({_PLATFORM})),
)
