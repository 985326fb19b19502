"""The teacher of the simulation: reads after school, stamps, and writes to six a day; pure."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from aarportal.demo.days import SchoolTime, at
from aarportal.demo.laps import Answer, Lap, accuracy, id_at
from aarportal.demo.sentences import feedback_words, revised
from aarportal.demo.simulation import Learner

#: A written line a day for as many pupils.
_WRITTEN_A_DAY = 6
_STAMPED = 0.4
#: How often there is no time to read, but not in the last days before today.
_BUSY_DAYS = 0.2
_NO_EXCUSE_DAYS = 3
_KINDS = ("task", "process", "process", "regulation", "regulation", "question")
_REPLIES = ("will_try", "will_try", "thanks", "thanks", "question")
#: Share of first attempts from which a low rating is too modest.
_MOSTLY_RIGHT = 0.75
_READS_FROM = time(15, 50)
#: How many of yesterday's reflections wait for the teacher beside those of today.
_LEFT_UNREAD = 18


def read_and_answer(rng: Random, learners: Sequence[Learner], days: SchoolTime) -> None:
    """Go through the reflections of a class day by day."""
    by_day: dict[date, list[Lap]] = defaultdict(list)
    for learner in learners:
        for lap in learner.laps:
            if lap.look_back:
                by_day[lap.look_back.at.date()].append(lap)
    last_words: dict[str, int] = {}
    waiting: list[Lap] = []
    for index, day in enumerate(days.lessons):
        waiting += sorted(by_day[day], key=lambda lap: lap.pupil.number)
        is_yesterday = day == days.lessons[-1]
        is_busy = rng.random() < _BUSY_DAYS
        if is_busy and index < len(days.lessons) - _NO_EXCUSE_DAYS:
            continue
        read = waiting
        if is_yesterday:
            guides = [lap for lap in waiting if lap.pupil.is_guide]
            others = [lap for lap in waiting if not lap.pupil.is_guide]
            read = guides + others[: max(len(others) - _LEFT_UNREAD, 0)]
        following = days.lessons[index + 1] if index + 1 < len(days.lessons) else None
        written = _who_gets_words(read, last_words, guide=is_yesterday or index % 3 == 0)
        last_words |= dict.fromkeys((lap.pupil.sourced_id for lap in written), index)
        _read(rng, read, at(day, _READS_FROM), {lap.id for lap in written})
        waiting = []
        _take_notice(rng, read, following, days)


def _who_gets_words(laps: Sequence[Lap], last_words: dict[str, int], *, guide: bool) -> list[Lap]:
    """Those who waited longest; whether the guide is among them is no chance."""
    turn = sorted(
        (lap for lap in laps if not lap.pupil.is_guide),
        key=lambda lap: (last_words.get(lap.pupil.sourced_id, -1), lap.pupil.number),
    )
    guides = [lap for lap in laps if lap.pupil.is_guide and guide]
    return guides + turn[: _WRITTEN_A_DAY - len(guides)]


def _read(rng: Random, laps: Sequence[Lap], starts: datetime, written: set[UUID]) -> None:
    moment = starts
    for lap in laps:
        look_back = lap.look_back
        assert look_back is not None, "only laps that were looked back on are read"
        moment += timedelta(seconds=rng.randint(6, 20))
        look_back.read_at = moment
        gets_words = lap.id in written
        if not gets_words and rng.random() > _STAMPED:
            continue
        moment += timedelta(seconds=rng.randint(25, 50) if gets_words else 2)
        kind = rng.choice(_KINDS) if gets_words or rng.random() < 0.5 else "read"
        text = ""
        if gets_words:
            about = _what_the_facts_show(lap, kind)
            text = feedback_words(rng, about, lap.unit, lap.pupil.band, lap.way)
        look_back.answer = Answer(id_at(rng, moment), moment, kind, text)


def _what_the_facts_show(lap: Lap, kind: str) -> str:
    """A more fitting line than one of the level alone, where the facts give one."""
    look_back = lap.look_back
    if kind == "regulation" and lap.adopts:
        return "carried"
    if kind == "question" and look_back and look_back.rating <= 1:
        right = accuracy(lap.facts_until(look_back.at))
        if right is not None and right >= _MOSTLY_RIGHT:
            return "too_modest"
    return kind


def _take_notice(
    rng: Random, laps: Sequence[Lap], following: date | None, days: SchoolTime
) -> None:
    """Pupils open what the teacher wrote on the next day; yesterday's waits for them today."""
    if following is None or following >= days.today:
        return
    for lap in laps:
        answer = lap.look_back.answer if lap.look_back else None
        if answer is None or rng.random() < 0.15:
            continue
        answer.seen_at = at(following, time(8, 40)) + timedelta(seconds=rng.randint(0, 1500))
        if answer.text and rng.random() < 0.5:
            answer.reply = rng.choice(_REPLIES)
        answer.is_acknowledged = rng.random() < 0.5
        if answer.kind == "question" and answer.text and rng.random() < 0.3:
            before = lap.look_back.text if lap.look_back else ""
            answer.revised_text = revised(before, lap.pupil.band)
