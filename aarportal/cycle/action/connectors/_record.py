"""The learning record, and what every shape of statement says in the same place."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.xapi.statement_model import (
    Activity,
    Definition,
    Extensions,
)
from aarportal.cycle.action.xapi.statements import (
    Statement,
    activities_around,
    as_list,
    duration_seconds,
)
from aarportal.cycle.units.curriculum.codes import is_code

#: A longer duration was measured across nights and says nothing about one sitting.
_LONGEST_SITTING_SECONDS = 24 * 60 * 60
_TITLE_LENGTH = 200
#: Identifiers stand in indexes, whose rows have a greatest size.
_IDENTIFIER_LENGTH = 250
# Beside the control characters, what ends a line or turns the direction of the text after it: a
# title stands among the words of a page.
_CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]+")
#: What somebody wrote stands in the name of these, and is nobody else's title.
_WORDS_OF_SOMEBODY = frozenset({"comment", "reply"})


class Record(Struct, frozen=True):
    """What one statement says about learning; what it does not say stays None, 0 or empty.

    One statement cannot know whether the student met the question before. So an answer counts as a
    first attempt here, unless the app itself says otherwise; the caller, who knows the other
    records, looks for an earlier answer with the same `question_id` and `attempt_id` (or, without
    an attempt, on the same day) and then takes `as_retry()`.

    Every text is one line without control characters, of at most 250 characters.

    Attributes:
        started_at: Aware UTC; `ended_at` less the duration, where there is one.
        ended_at: Aware UTC; when it happened.
        verb: Key of `action.vocabulary`; `other` for a verb that no table knows.
        title: What it was about, as the app calls it; may be empty.
        subject: Key such as `sansu`.
        unit_code: 学習指導要領コード.
        unit_title: Name of the unit, as the app calls it.
        object_id: IRI of the activity.
        question_id: IRI of the question; empty when it is no answer to one.
        attempt_id: Groups the records of one attempt; empty when the app does not say.
        duration_seconds: According to the app.
        items: Questions answered.
        first_attempt_items: Those of them that count as a first attempt and were marked.
        first_attempt_correct: Those of them that were right, with full marks.
        retry_items: Those that count as trying again and were marked.
        retry_correct: Those of them that were right.
        score_raw: Points of a whole attempt; points are not questions, so they count no items.
        score_max: Highest number of points.
        counts_time: Whether it is a sign of life, of which active time is made. If not, its
            `duration_seconds` is 0: the time belongs to another record, or it was no time of
            learning.
        has_time: Whether the time of day is known; if not, `ended_at` says the day and no more.
    """

    started_at: datetime
    ended_at: datetime
    verb: str
    title: str
    subject: str | None
    unit_code: str | None
    unit_title: str | None
    object_id: str
    question_id: str = ""
    attempt_id: str = ""
    duration_seconds: int | None = None
    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    score_raw: float | None = None
    score_max: float | None = None
    counts_time: bool = True
    has_time: bool = True

    @property
    def is_acting(self) -> bool:
        """Whether something was worked on; if not, it is a line of the day and opens no lap."""
        return self.counts_time or self.items > 0

    def as_retry(self) -> "Record":
        """The same record as the work of somebody who met the question before."""
        return replace(
            self,
            first_attempt_items=0,
            first_attempt_correct=0,
            retry_items=self.retry_items + self.first_attempt_items,
            retry_correct=self.retry_correct + self.first_attempt_correct,
        )

    def without_time(self) -> "Record":
        """The same record as one that brings no time."""
        return replace(self, started_at=self.ended_at, duration_seconds=0, counts_time=False)


def basic_record(statement: Statement, activity: Activity) -> Record:
    """Times, verb, title, subject and unit of a statement about an activity; no counts.

    The timestamp is taken as the end: apps send a statement when something is over.
    """
    result, context = statement.result, statement.context
    duration = duration_seconds(result.duration) if result else None
    if duration is not None and duration > _LONGEST_SITTING_SECONDS:
        duration = None
    subject, unit_code, unit_title = _core(statement)
    ended_at = statement.timestamp
    return Record(
        started_at=ended_at - timedelta(seconds=duration) if duration else ended_at,
        ended_at=ended_at,
        verb=vocabulary.verb_key(statement.verb.id) or vocabulary.UNKNOWN_VERB,
        title=title(statement, activity),
        subject=subject,
        unit_code=unit_code,
        unit_title=unit_title,
        object_id=identifier(activity.id),
        attempt_id=context.registration.lower() if context and context.registration else "",
        duration_seconds=duration,
    )


def with_duration(record: Record, duration: int | None) -> Record:
    """A record with what is known better of its duration than `result.duration` says."""
    return replace(
        record,
        started_at=record.ended_at - timedelta(seconds=duration or 0),
        duration_seconds=duration,
    )


def with_answer(record: Record, statement: Statement, question_id: str) -> Record:
    """A record as the answer to one question.

    Right means `success`, or full marks where the app gives points only; an answer that nobody
    marked counts as an item and as no attempt.
    """
    correct = is_correct(statement)
    marked = int(correct is not None)
    return replace(
        record,
        question_id=identifier(question_id),
        items=1,
        first_attempt_items=marked,
        first_attempt_correct=int(correct or 0),
    )


def with_score(record: Record, statement: Statement) -> Record:
    """A record with the points of a whole attempt; a share of them is of one point."""
    score = statement.result.score if statement.result else UNSET
    if not score:
        return record
    if score.raw is not UNSET:
        points, most = score.raw, None if score.max is UNSET else score.max
    elif score.scaled is not UNSET:
        points, most = score.scaled, 1.0
    else:
        return record
    return replace(record, score_raw=points, score_max=most)


def is_correct(statement: Statement) -> bool | None:
    """Whether an answer was right; None when it was not marked."""
    result = statement.result
    if result is None:
        return None
    if result.success is not UNSET:
        return result.success
    score = result.score
    if score is UNSET:
        return None
    if score.raw is not UNSET and score.max is not UNSET:
        lowest = 0 if score.min is UNSET else score.min
        return score.raw >= score.max if score.max > lowest else None
    return score.scaled >= 1 if score.scaled is not UNSET else None


def title(statement: Statement, activity: Activity) -> str:
    """The name of an activity, else of what it belongs to; the reader's language first."""
    if own := name(statement, activity):
        return own
    names = (name(statement, each) for each in activities_around(statement, "parent"))
    return next(filter(None, names), "")


def name(statement: Statement, activity: Activity) -> str:
    """A name in Japanese, else in the language of the statement, else in any; may be empty."""
    definition: Definition | UnsetType = activity.definition
    names = definition.name if definition else UNSET
    if not names or kind_of(activity) in _WORDS_OF_SOMEBODY:
        return ""
    spoken = statement.context.language if statement.context else UNSET
    for tag in ("ja-JP", "ja", spoken):
        if tag and tag in names:
            return clean(names[tag])
    japanese = (text for tag, text in names.items() if tag.lower().startswith("ja-"))
    return clean(next(japanese, next(iter(names.values()))))


def response(statement: Statement) -> str:
    """What the student wrote, as a title; may be empty."""
    return clean(statement.result.response or "") if statement.result else ""


def clean(text: str) -> str:
    """Text from elsewhere as one line of at most 200 characters."""
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    return text.strip()[:_TITLE_LENGTH].rstrip()


def identifier(text: str) -> str:
    """An IRI or another identifier as it stands in a record: equal for equal ones only.

    What is too long or holds control characters ends in its SHA-256.
    """
    if len(text) <= _IDENTIFIER_LENGTH and (text.isprintable() or not _CONTROLS.search(text)):
        return text
    return f"{_CONTROLS.sub('', text[:_TITLE_LENGTH])}#{sha256(text.encode()).hexdigest()[:32]}"


def kind_of(activity: Activity) -> str | None:
    """The kind of an activity, where it has a type that is listed."""
    definition = activity.definition
    return vocabulary.activity_kind(definition.type) if definition and definition.type else None


def grouped_attempt(statement: Statement) -> str:
    """What all statements of one attempt share in their grouping; courses group the same way."""
    groupings = activities_around(statement, "grouping")
    return next((identifier(each.id) for each in groupings if kind_of(each) != "course"), "")


def context_extension(statement: Statement, iri: str) -> Any:
    """A value among the extensions of the context, None without one."""
    extensions = statement.context.extensions if statement.context else UNSET
    return extensions.get(iri) if extensions else None


def result_extensions(statement: Statement) -> Extensions:
    """The extensions of the result, none if it has none."""
    return (statement.result.extensions or {}) if statement.result else {}


def activity_extensions(activity: Activity) -> Extensions:
    """The extensions of an activity, none if it has none."""
    return (activity.definition.extensions or {}) if activity.definition else {}


def outer(statement: Statement) -> list[Activity]:
    """What the object of a statement is part of, the nearest first."""
    around = statement.context.context_activities if statement.context else UNSET
    return [*as_list(around.parent), *as_list(around.grouping)] if around else []


def extension_maps(statement: Statement) -> list[Extensions]:
    """The extensions of the activity, of the context, and of what the activity is part of."""
    thing, context = statement.object, statement.context
    maps: list[Extensions] = []
    if isinstance(thing, Activity) and thing.definition and thing.definition.extensions:
        maps.append(thing.definition.extensions)
    if context is not None and context.extensions:
        maps.append(context.extensions)
    definitions = [each.definition for each in outer(statement) if each.definition]
    return maps + [each.extensions for each in definitions if each.extensions]


def _core(statement: Statement) -> tuple[str | None, str | None, str | None]:
    """Subject, 学習指導要領コード and unit (Japan core profile), nearest to the activity first.

    What neither the activity nor the context says is taken from what the activity is part of.
    """
    subject = code = unit = None
    for extensions in extension_maps(statement):
        if subject is None and (texts := _texts(extensions, vocabulary.SUBJECT)):
            subject = next(filter(None, map(vocabulary.subject_key, texts)), None)
        if code is None and (texts := _texts(extensions, vocabulary.COURSE_OF_STUDY_CODE)):
            code = next(filter(is_code, texts), None)
        if unit is None and (texts := _texts(extensions, vocabulary.UNIT)):
            unit = next(filter(None, map(clean, texts)), None)
    return subject, code, unit


def _texts(extensions: Extensions, iri: str) -> list[str]:
    """The texts under one key.

    The profile wants an array of strings; its drafts and some apps send one string.
    """
    value: Any = extensions.get(iri)
    if value is None:
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if type(each) is str]
