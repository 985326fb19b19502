"""Digital drills and tests that follow the Japan xAPI assessment profile.

Source: ICT CONNECT 21, Japan xAPI Assessment Profile v1.0.0 (2026-04-01), and the study-log
profile of the Digital Agency (令和6年度), whose `count` says how often an assessment was taken.
"""

from msgspec.structs import replace

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import (
    Connector,
    Record,
    basic_record,
    core_sources,
    has_category,
    kind_of,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, activities_around

_VERBS = frozenset({"attempted", "answered", "viewed", "completed"})
_PROFILES = (
    "https://w3id.org/japan-xapi/profiles/assessment",
    "https://w3id.org/japan-xapi/profiles/cbt",
)
_COUNT_ENDING = "/xapi/resultextension/count"
_NOT_BOOKS = frozenset({"assessment", "question", "page", None})


def _reads(statement: Statement) -> bool:
    """One of the profile's four verbs, with the profile as category or the core extensions."""
    activity = statement.object
    if (
        not isinstance(activity, Activity)
        or vocabulary.verb_key(statement.verb.id) not in _VERBS
        or kind_of(activity) not in _NOT_BOOKS
    ):
        return False
    return any(has_category(statement, profile) for profile in _PROFILES) or bool(
        core_sources(statement)
    )


def _record(statement: Statement) -> Record | None:
    """An attempt that begins or ends, an answer, or a look at a hint, result or explanation."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if attempt_id := _attempt(statement):
        record = replace(record, attempt_id=attempt_id)
    if record.verb == "answered":
        record = with_answer(record, statement, activity.id)
        return record.as_retry() if _taken_before(statement) else record
    return with_score(record, statement)


def _attempt(statement: Statement) -> str:
    """The IRI that all statements of one attempt share; courses are grouped the same way."""
    groupings = activities_around(statement, "grouping")
    return next((each.id for each in groupings if kind_of(each) != "course"), "")


def _taken_before(statement: Statement) -> bool:
    """Whether the app counts this as the second time or more."""
    extensions = statement.result.extensions if statement.result else None
    return any(
        iri.endswith(_COUNT_ENDING) and isinstance(count, int) and count > 1
        for iri, count in (extensions or {}).items()
    )


CONNECTOR = Connector("japan_assessment", "Japanese drills and tests", 1, _reads, _record)
