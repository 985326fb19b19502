"""Tools for learning together that follow the Japan xAPI group learning support profile.

Making something on a slide, opening a discussion, answering in it and sending a stamp are learning;
opening the tool alone is not. The words that somebody wrote are no title: a comment is known by the
discussion that it stands in.

Source: ICT CONNECT 21, Japan xAPI Group Learning Support Tool Profile v1.0.0 (2026-04-01).
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import basic_record, kind_of, name
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, activities_around

_PROFILE = "https://w3id.org/japan-xapi/profiles/group"


def _reads(signs: Signs) -> bool:
    """The profile as category, under its old name too, or its tool."""
    return signs.about_activity and (signs.kind == "tool" or _PROFILE in signs.categories)


def _record(statement: Statement) -> Record | None:
    """One thing done in the group."""
    activity = statement.object
    assert isinstance(activity, Activity)
    if kind_of(activity) in vocabulary.NOT_ACTED_ON:
        return None
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    if record.title:
        return record
    groupings = activities_around(statement, "grouping")
    names = (name(statement, each) for each in groupings if kind_of(each) != "course")
    return replace(record, title=next(filter(None, names), ""))


CONNECTOR = Connector(
    "japan_group",
    mark("Japanese tools for learning together"),
    1,
    _reads,
    _record,
    LookedFor((_PROFILE,)),
)
