"""Goals, plans and reflections of another portal for self-regulated learning.

They are not work on something, so they bring no time and no items and open no lap here. They are
lines of the day, so that student and teacher understand what was meant elsewhere: a goal by its
text, everything else by the name of what it is about. A forecast is for the homeroom teacher alone
in this house, so its words stay in the statement. Words to another person (5.1) are no record.

The profile lets each implementer put its own base URL before its verbs and extensions.

Source: Digital Agency, 令和6年度 スタディログの活用に関する調査研究, annex (2025-03-27), 4.2.1 to
4.4.2 and 5.1.
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    activity_extensions,
    basic_record,
    identifier,
    kind_of,
    name,
    response,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, activities_around

_RECIPES = "http://id.tincanapi.com/recipe/srl/"
_ATTEMPT = "http://id.tincanapi.com/extension/attempt-id"
#: (verb, kind of its object) -> the verb of the record: 4.2.1, 4.2.2, 4.2.4, 4.3.1, 4.4.1, 4.4.2.
_SHAPES = {
    ("goal_set", "goal"): "goal_set",
    ("edited", "task"): "planned",
    ("planned", "strategy"): "planned",
    ("reviewed", "strategy"): "reviewed",
    ("reflected", "goal"): "reflected",
    ("reflected", "strategy"): "reflected",
}


def _reads(signs: Signs) -> bool:
    """One of the profile's shapes or recipes, a reflection, or a message."""
    if not signs.about_activity:
        return signs.verb == "commented"
    return (
        (signs.verb, signs.kind) in _SHAPES
        or signs.verb == "reflected"
        or _RECIPES in signs.categories
    )


def _record(statement: Statement) -> Record | None:
    """A line of the day."""
    activity = statement.object
    if not isinstance(activity, Activity):
        return None
    record = basic_record(statement, activity)
    kind = kind_of(activity)
    verb = "reflected" if record.verb == "reflected" else _SHAPES.get((record.verb, kind or ""))
    if verb is None:
        return None
    attempt = activity_extensions(activity).get(_ATTEMPT)
    return replace(
        record,
        verb=verb,
        title=_title(statement, record.title, verb),
        attempt_id=identifier(attempt) if isinstance(attempt, str) else record.attempt_id,
    ).without_time()


def _title(statement: Statement, named: str, verb: str) -> str:
    """The words of a goal; of anything else the name, else what it names or says."""
    if verb == "goal_set":
        return response(statement) or named
    if named or verb == "reflected":
        return named or response(statement)
    names = (name(statement, each) for each in activities_around(statement, "other"))
    return next(filter(None, names), "")


CONNECTOR = Connector(
    "srl",
    mark("Goals and reflections of other portals"),
    1,
    _reads,
    _record,
    LookedFor((_RECIPES,)),
)
