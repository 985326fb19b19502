"""Tasks (学習課題) in learning management systems that follow the Japan xAPI LMS profile.

A task is what a teacher tells students to do, or what students set themselves. Statements whose
actor is a student tell of the student: so `created` is a plan, a line of the day without time.
Not the student's are `shared` (handed out), `responded` (the teacher's feedback), `waived` (the
teacher lets somebody off) and `initialized`, which here means that the state was set back.

Source: ICT CONNECT 21, Japan xAPI LMS Profile v1.0.0 (2026-04-01); task handed out: the study-log
profile of the Digital Agency (令和6年度), 2.3.1.
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import basic_record, with_answer, with_score
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_PROFILE = "https://w3id.org/japan-xapi/profiles/lms"
_BY_OTHERS = frozenset({"initialized", "responded", "shared", "waived"})


def _reads(signs: Signs) -> bool:
    """A task, or the profile as category."""
    return signs.about_activity and (signs.kind == "assignment" or _PROFILE in signs.categories)


def _record(statement: Statement) -> Record | None:
    """What a student did with a task."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if record.verb in _BY_OTHERS or record.verb in vocabulary.NOT_LEARNING:
        return None
    if record.verb == "created":
        return replace(record, verb="planned").without_time()
    if record.verb == "answered":
        return with_answer(record, statement, activity.id)
    return with_score(record, statement)


CONNECTOR = Connector(
    "japan_lms", mark("Japanese learning platforms"), 1, _reads, _record, LookedFor((_PROFILE,))
)
