"""Connectors: how the statements of one kind of learning app become learning records.

One file a shape, found by its name. A file holds `CONNECTOR = Connector(key, label, reads, record)`
with its own name as the key, and brings samples under `tests/cycle/action/connectors/samples/`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.xapi.statement_model import Activity, Definition, Extensions
from aarportal.cycle.action.xapi.statements import Statement, activities_around, duration_seconds

#: A longer duration was measured across nights and says nothing about one sitting.
_LONGEST_SITTING_SECONDS = 24 * 60 * 60
_TITLE_LENGTH = 200
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class Record(Struct, frozen=True):
    """What one statement says about learning; what it does not say stays None, 0 or empty.

    One statement cannot know whether the student met the question before. So an answer counts as a
    first attempt here, unless the app itself says otherwise; the caller, who knows the other
    records, looks for an earlier answer with the same `question_id` and `attempt_id` (or, without
    an attempt, on the same day) and then takes `as_retry()`.

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

    def as_retry(self) -> "Record":
        """The same record as the work of somebody who met the question before."""
        return replace(
            self,
            first_attempt_items=0,
            first_attempt_correct=0,
            retry_items=self.retry_items + self.first_attempt_items,
            retry_correct=self.retry_correct + self.first_attempt_correct,
        )


@dataclass(frozen=True, slots=True)
class Connector:
    """How one shape of statement is read.

    Attributes:
        key: The name of the connector's file.
        label: Its name for people, in English.
        specificity: 0 for any statement, 1 for a profile that many apps share, 2 for one product;
            the highest that reads a statement gets it.
        reads: Whether a statement has this shape.
        record: The learning in it; None when it carries none, such as signing in.
    """

    key: str
    label: str
    specificity: int
    reads: Callable[[Statement], bool]
    record: Callable[[Statement], Record | None]


@cache
def discover() -> tuple[Connector, ...]:
    """Every connector of this folder, most specific first."""
    found: list[Connector] = [
        import_module(f"{__name__}.{module.name}").CONNECTOR for module in iter_modules(__path__)
    ]
    return tuple(sorted(found, key=lambda connector: (-connector.specificity, connector.key)))


def read(statement: Statement) -> tuple[Connector, Record | None]:
    """The first connector that reads a statement, and what it makes of it."""
    connector = next(each for each in discover() if each.reads(statement))
    return connector, connector.record(statement)


# --- what every shape says in the same place ----------------------------------------------------


def basic_record(statement: Statement, activity: Activity) -> Record:
    """Times, verb, title, subject and unit of a statement about an activity; no counts.

    The timestamp is taken as the end: apps send a statement when something is over.
    """
    verb = vocabulary.verb_key(statement.verb.id) or vocabulary.UNKNOWN_VERB
    result = statement.result
    duration = duration_seconds(result.duration) if result else None
    if duration is not None and duration > _LONGEST_SITTING_SECONDS:
        duration = None
    sources = core_sources(statement)
    codes = filter(
        vocabulary.is_course_of_study_code, _texts(sources, vocabulary.COURSE_OF_STUDY_CODE)
    )
    subjects = (vocabulary.subject_key(text) for text in _texts(sources, vocabulary.SUBJECT))
    units = (clean(text) for text in _texts(sources, vocabulary.UNIT))
    context = statement.context
    return Record(
        started_at=statement.timestamp - timedelta(seconds=duration or 0),
        ended_at=statement.timestamp,
        verb=verb,
        title=title(statement, activity),
        subject=next(filter(None, subjects), None),
        unit_code=next(codes, None),
        unit_title=next(filter(None, units), None),
        object_id=activity.id,
        attempt_id=(context.registration.lower() if context and context.registration else ""),
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
        question_id=question_id,
        items=1,
        first_attempt_items=marked,
        first_attempt_correct=int(correct or 0),
    )


def with_score(record: Record, statement: Statement) -> Record:
    """A record with the points of a whole attempt."""
    score = statement.result.score if statement.result else UNSET
    if not score:
        return record
    return replace(
        record,
        score_raw=None if score.raw is UNSET else score.raw,
        score_max=None if score.max is UNSET else score.max,
    )


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
    named = [activity, *activities_around(statement, "parent")]
    names = (_name(each.definition, statement) for each in named)
    return next(filter(None, names), "")


def _name(definition: Definition | UnsetType, statement: Statement) -> str:
    """A name in Japanese, else in the language of the statement, else in any."""
    names = definition.name if definition else UNSET
    if not names:
        return ""
    spoken = statement.context.language if statement.context else UNSET
    for tag in ("ja-JP", "ja", spoken):
        if tag and tag in names:
            return clean(names[tag])
    japanese = (name for tag, name in names.items() if tag.lower().startswith("ja-"))
    return clean(next(japanese, next(iter(names.values()))))


def clean(text: str) -> str:
    """Text from elsewhere as one line of at most 200 characters."""
    return _CONTROLS.sub(" ", text).strip()[:_TITLE_LENGTH]


def core_sources(statement: Statement) -> list[Extensions]:
    """Extension maps that hold the Japan core profile, nearest to the activity first.

    What neither the activity nor the context says is taken from what the activity is part of.
    """
    thing, context = statement.object, statement.context
    around = [*activities_around(statement, "parent"), *activities_around(statement, "grouping")]
    maps = [
        thing.definition.extensions if isinstance(thing, Activity) and thing.definition else UNSET,
        context.extensions if context else UNSET,
        *(each.definition.extensions for each in around if each.definition),
    ]
    return [each for each in maps if each and not vocabulary.CORE_EXTENSIONS.isdisjoint(each)]


def _texts(sources: Iterable[Extensions], iri: str) -> Iterator[str]:
    """The texts under one key.

    The profile wants an array of strings; its drafts and some apps send one string.
    """
    for extensions in sources:
        value: Any = extensions.get(iri)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield each


def kind_of(activity: Activity) -> str | None:
    """The kind of an activity, where it has a type that is listed."""
    definition = activity.definition
    return vocabulary.activity_kind(definition.type) if definition and definition.type else None


def has_category(statement: Statement, prefix: str) -> bool:
    """Whether a statement names a profile or recipe as its category."""
    return any(each.id.startswith(prefix) for each in activities_around(statement, "category"))
