"""Results of MEXCBT, the ministry's system for tests, forwarded by a 学習eポータル.

MEXCBT sends no statements here; a portal passes on what came to its own store, and the rules of the
fields are not public. What is known are the shape of the Japan xAPI assessment profile, examples
with the platform `MEXCBT` and its extensions, and that questions come in two types:

- type 1: one `answered`, with response, success and points;
- type 2: one `answered` for the whole question (type `…/activities/question`), with its points and
  duration and without a response, and one `answered` for each part of it, with response and
  success, whose parent is the question. All of them carry the same time.

So the whole question of type 2 counts no item, only its parts do; and where parts and whole come
together, the whole brings the time. If a portal leaves out the parts, nothing is counted: rather
that than everything twice. What nobody marked yet counts as an item and as no attempt.

Source: ICT CONNECT 21, interoperability model for 学習eポータル (as cited in public examples), and
Japan xAPI Assessment Profile v1.0.0, 4.3.2.
"""

from msgspec import UNSET
from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import (
    basic_record,
    grouped_attempt,
    with_answer,
    with_score,
)
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, activities_around

_PLATFORM = mark("MEXCBT")
_DELIVERY = "https://mexcbt.mext.go.jp/deliveryId"
_WHOLE_QUESTION = "http://adlnet.gov/expapi/activities/question"


def _reads(signs: Signs) -> bool:
    """Its platform, or the delivery that its tests belong to."""
    return signs.about_activity and (signs.platform == _PLATFORM or _DELIVERY in signs.extensions)


def _record(statement: Statement) -> Record | None:
    """A test that begins or ends, an answer, or a page of it."""
    activity = statement.object
    assert isinstance(activity, Activity)
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    if attempt_id := grouped_attempt(statement):
        record = replace(record, attempt_id=attempt_id)
    if record.verb != "answered" or _is_whole(statement, activity):
        return with_score(record, statement)
    answer = with_answer(record, statement, activity.id)
    is_part = bool(activities_around(statement, "parent")) and answer.duration_seconds is None
    return answer.without_time() if is_part else answer


def _is_whole(statement: Statement, activity: Activity) -> bool:
    """Whether it is a question of type 2, whose parts come as answers of their own."""
    definition, result = activity.definition, statement.result
    if not definition or definition.type != _WHOLE_QUESTION:
        return False
    return result is None or result.response is UNSET


CONNECTOR = Connector(
    "mexcbt",
    mark("MEXCBT"),
    2,
    _reads,
    _record,
    LookedFor(extensions=frozenset({_DELIVERY}), platforms=frozenset({_PLATFORM})),
)
