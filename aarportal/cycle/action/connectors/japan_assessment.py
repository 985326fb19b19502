"""Digital drills and tests that follow the Japan xAPI assessment profile.

Source: ICT CONNECT 21, Japan xAPI Assessment Profile v1.0.0 (2026-04-01), and the study-log
profile of the Digital Agency (令和6年度), whose `count` says how often an assessment was taken.
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    grouped_attempt,
    result_extensions,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_VERBS = frozenset({"attempted", "answered", "viewed", "completed"})
_PROFILES = (
    "https://w3id.org/japan-xapi/profiles/assessment",
    "https://w3id.org/japan-xapi/profiles/cbt",
)
_COUNT_ENDING = "/xapi/resultextension/count"
_NOT_BOOKS = frozenset({"assessment", "question", "page", None})


def _reads(signs: Signs) -> bool:
    """One of the profile's four verbs, with the profile as category or the core extensions.

    An answer that nobody marked yet must not name the profile, so the extensions have to do; they
    do not where the statement names another profile.
    """
    if not signs.about_activity or signs.verb not in _VERBS or signs.kind not in _NOT_BOOKS:
        return False
    if signs.categories:
        return not signs.categories.isdisjoint(_PROFILES)
    return not signs.extensions.isdisjoint(vocabulary.CORE_EXTENSIONS)


def _record(statement: Statement) -> Record | None:
    """An attempt that begins or ends, an answer, or a look at a hint, result or explanation."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if attempt_id := grouped_attempt(statement):
        record = replace(record, attempt_id=attempt_id)
    if record.verb == "answered":
        record = with_answer(record, statement, activity.id)
        return record.as_retry() if _taken_before(statement) else record
    return with_score(record, statement)


def _taken_before(statement: Statement) -> bool:
    """Whether the app counts this as the second time or more."""
    return any(
        iri.endswith(_COUNT_ENDING) and isinstance(count, int) and count > 1
        for iri, count in result_extensions(statement).items()
    )


CONNECTOR = Connector(
    "japan_assessment",
    mark("Japanese drills and tests"),
    1,
    _reads,
    _record,
    LookedFor(categories=_PROFILES, extensions=vocabulary.CORE_EXTENSIONS),
)
