"""What a statement was found to be becomes a learning record: linked, summed up and written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.scope import AppScope
from aarportal.cycle.action.connectors import Record
from aarportal.cycle.action.intake import linking, store
from aarportal.cycle.action.intake.answers import answer_key
from aarportal.cycle.action.intake.linking import KnownUnit
from aarportal.cycle.action.intake.matching import Learner
from aarportal.cycle.action.intake.store import Answer
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.action.operations import book, record_values
from aarportal.cycle.action.rollups import Entry, Group
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as laps
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.operations import Lap
from aarportal.cycle.loop.states import OPEN_CYCLE, CycleEvent, RecordState
from aarportal.cycle.loop.store import AnyLap, LapRow
from aarportal.cycle.units.catalogue import store as catalogue
from aarportal.cycle.units.catalogue.choosing import CatalogueIndex
from aarportal.cycle.units.curriculum import store as curriculum

#: Laps opened longer before a record than this are looked at only while they are open.
_LOOK_BACK = timedelta(days=1)
_A_DAY = timedelta(days=1)


@dataclass
class Found:
    """One statement on its way to a record."""

    id: UUID
    record: Record
    connector: str
    learner: Learner
    day: date
    subject: str = ""
    """Empty for unknown."""
    code: str = ""
    """学習指導要領コード; empty for none."""
    unit: KnownUnit | None = None
    cycle: AnyLap | None = None


def keep(scope: AppScope, found: list[Found], now: datetime, disputed: Mapping[UUID, UUID]) -> None:
    """Link, sum up and write the records of a batch.

    Args:
        scope: The app that sent them.
        found: In any order.
        now: When they were received.
        disputed: Record -> the student who doubted it before it was read again.
    """
    found.sort(key=lambda each: (each.record.ended_at, each.id))
    _find_units(scope, found)
    _tell_retries(scope, found)
    known = _known_laps(scope, found)
    before = [_mark(lap) for lap in known]
    opened = _find_cycles(scope, found, known)
    entries = [_entry(each, scope.actor_id) for each in found]
    book(scope, entries, _by_id([*known, *opened]))
    rows = [
        {
            **record_values(entry),
            "connector": each.connector,
            "unit_code": each.code,
            "title": each.record.title,
            "activity_id": each.record.object_id,
            "unit_title": each.record.unit_title or "",
            "verb": each.record.verb,
            "question_id": each.record.question_id,
            "attempt_id": each.record.attempt_id,
            "answer_key": answer_key(each.record.question_id, each.record.attempt_id),
            "started_at": each.record.started_at,
            "self_reported": False,
            "state": _state(each, disputed),
            "received_at": now,
            "link_id": each.learner.link_id,
            "merge_id": each.learner.merge_id,
        }
        for each, entry in zip(found, entries, strict=True)
    ]
    changed = [lap for lap, mark in zip(known, before, strict=True) if _mark(lap) != mark]
    loop.write(scope, changed)
    append(scope, LearningRecord, rows)


def _find_units(scope: AppScope, found: list[Found]) -> None:
    """Say what each record is about: what a catalogue says goes before the app's own words."""
    class_ids = {class_id for each in found for class_id in each.learner.place.class_ids}
    by_class = store.units(scope, class_ids)
    said = CatalogueIndex.of(
        catalogue.entries_about(
            scope,
            scope.actor_id,
            {each.record.object_id for each in found},
            {each.record.unit_title for each in found if each.record.unit_title},
        )
    )
    titles: list[str] = []
    for each in found:
        record = each.record
        title = record.unit_title or ""
        each.subject, each.code = record.subject or "", record.unit_code or ""
        school_id = each.learner.place.school_id
        choice = said.find(scope.actor_id, school_id, record.object_id, title)
        if choice is not None:
            each.subject, each.code = choice.subject or each.subject, choice.code or each.code
            title = choice.unit_title or title
        titles.append(title)
    _subjects_of_codes(scope, [each for each in found if each.code and not each.subject])
    for each, title in zip(found, titles, strict=True):
        units = [unit for key in each.learner.place.class_ids for unit in by_class[key]]
        each.unit = linking.unit_of(units, each.day, each.subject, each.code, title)
        if each.unit is not None:
            each.subject = each.unit.subject


def _subjects_of_codes(scope: AppScope, found: Sequence[Found]) -> None:
    """Take the subject from the course of study where nothing else says it."""
    subjects = curriculum.subjects_of(scope, {each.code for each in found}) if found else {}
    for each in found:
        each.subject = subjects.get(each.code, "")


def _tell_retries(scope: AppScope, found: list[Found]) -> None:
    """A question answered before, in this attempt or on this day, is tried again."""
    asked = [each for each in found if each.record.question_id]
    if not asked:
        return
    ways = [_ways_to_find(each) for each in asked]
    seen = store.answered_before(scope, {answer for answers in ways for answer in answers})
    for each, answers in zip(asked, ways, strict=True):
        if not seen.isdisjoint(answers):
            each.record = each.record.as_retry()
        seen.add(answers[0])


def _ways_to_find(each: Found) -> list[Answer]:
    """Under what the same answer stands, or an earlier one of its attempt; its own first."""
    learner, record = each.learner, each.record
    key = answer_key(record.question_id, record.attempt_id)
    assert key is not None
    # An attempt may go on over midnight.
    days = (each.day, each.day - _A_DAY) if record.attempt_id else (each.day,)
    return [Answer(learner.student_id, day, key) for day in days]


def _known_laps(scope: AppScope, found: Sequence[Found]) -> list[LapRow]:
    """The laps of these students that the records may belong to."""
    students = {each.learner.student_id for each in found}
    first = min(each.record.ended_at for each in found) - _LOOK_BACK
    return laps.lap_rows(scope, students, first, max(each.day for each in found))


def _by_id(every: Iterable[AnyLap]) -> dict[UUID, AnyLap]:
    return {lap.id: lap for lap in every}


#: Whatever a record does to a lap shows in these.
_mark = attrgetter("updated_at", "state", "records", "active_seconds")


def _find_cycles(
    scope: AppScope, found: Sequence[Found], known: Iterable[LapRow]
) -> list[LearningCycle]:
    """Link records to laps; work of today that belongs to none opens one.

    Returns:
        The laps that were opened.
    """
    by_student: dict[UUID, list[AnyLap]] = {each.learner.student_id: [] for each in found}
    for lap in known:
        by_student[lap.student_id].append(lap)
    opened: list[LearningCycle] = []
    today = clock.today()
    for each in found:
        mine = by_student[each.learner.student_id]
        each.cycle = linking.cycle_of(
            # A child who has changed schools may have left a lap open at the one before.
            [lap for lap in mine if lap.school_id == each.learner.place.school_id],
            each.record.ended_at,
            each.day,
            each.subject,
            each.unit.id if each.unit else None,
        )
        if not each.record.is_acting:
            # Another system's goal, or one part of what is told as a whole, is no work of its own.
            continue
        if each.cycle is None and each.day == today and each.subject:
            new = _open_cycle(scope, each)
            each.cycle = new
            mine.append(new)
            opened.append(new)
        elif each.cycle is not None and each.cycle.state in OPEN_CYCLE:
            loop.move(scope, each.cycle, CycleEvent.RECORD_ARRIVED, at=each.record.ended_at)
    return opened


def _open_cycle(scope: AppScope, each: Found) -> LearningCycle:
    place, unit = each.learner.place, each.unit
    lap = Lap(
        student_id=each.learner.student_id,
        school_id=place.school_id,
        class_id=unit.class_id if unit else place.class_id,
        subject=each.subject,
        unit_id=unit.id if unit else None,
    )
    cycle = loop.open_cycle(scope, lap, CycleEvent.RECORD_ARRIVED, at=each.record.ended_at)
    audit.record(scope, "cycle:opened_by_record", cycle.id, student_id=cycle.student_id)
    return cycle


def _entry(each: Found, app_id: UUID) -> Entry:
    record = each.record
    return Entry(
        id=each.id,
        group=Group(each.learner.place.school_id, each.learner.student_id, each.day, app_id),
        subject=each.subject,
        unit_id=each.unit.id if each.unit else None,
        cycle_id=each.cycle.id if each.cycle else None,
        ended_at=record.ended_at,
        own_duration=record.duration_seconds,
        has_time=record.has_time,
        items=record.items,
        first_attempt_items=record.first_attempt_items,
        first_attempt_correct=record.first_attempt_correct,
        retry_items=record.retry_items,
        retry_correct=record.retry_correct,
    )


def _state(each: Found, disputed: Mapping[UUID, UUID]) -> RecordState:
    if disputed.get(each.id) == each.learner.student_id:
        return RecordState.DISPUTED
    return RecordState.LINKED if each.cycle else RecordState.VALID
