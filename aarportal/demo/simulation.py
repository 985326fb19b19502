"""How the pupils of a class learn, day by day; pure, and the same for the same seed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from aarportal.cycle.anticipation.amounts import COMPARED_CYCLES
from aarportal.cycle.reflection import prompts
from aarportal.demo.curriculum import Curriculum, PlannedUnit
from aarportal.demo.days import LESSON_NOW, LESSON_STARTS, SHOWN_AT, SchoolTime, at
from aarportal.demo.laps import Happening, Lap, accuracy, id_at
from aarportal.demo.looking_ahead import Ahead, look_ahead
from aarportal.demo.looking_back import Before, look_back
from aarportal.demo.personas import Persona
from aarportal.demo.scene import Role, cast_scene
from aarportal.demo.school import Pupil
from aarportal.demo.working import Work, practise_at_home, work

#: Which subject of the class (0 is the main one) uses the portal in its lesson, by weekday.
_SUBJECT_BY_WEEKDAY = (0, 1, 0, 2, 0)
#: Counted back from today, one day in so many goes by without the portal: which one of them.
_QUIET_EVERY, _QUIET = 5, 3
_WORK_ENDS_MINUTE = 36
#: What the guides decided yesterday to try today: to draw a picture of the problem.
_GUIDE_WAY = "picture"
_MORNING = time(8, 25)
_EVENING = time(17, 30)
#: How long an adjustment is used by the pupils, in days with lessons; it lapses after ten days.
_OFFERED_LESSONS = 7
#: How often a lap that was not closed in its lesson is closed the next morning.
_CLOSED_NEXT_MORNING = 0.62


@dataclass
class Learner:
    """A pupil on the way through the history."""

    pupil: Pupil
    persona: Persona
    laps: list[Lap] = field(default_factory=list)
    loose: list[Happening] = field(default_factory=list)
    """Work that belongs to no lap: practice after one was closed, or without a goal."""
    absent: dict[date, str] = field(default_factory=dict)
    worked: set[tuple[str, str]] = field(default_factory=set)
    to_close: Lap | None = None
    """A lap that is looked back on the next morning."""
    stages: dict[str, int] = field(default_factory=dict)
    """Prompt stage by subject."""
    levels: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """REFLECT of the laps since the stage last changed, by subject."""

    def offered(self, lessons: Sequence[date]) -> Lap | None:
        """The lap whose adjustment waits to be used: the last one that proposed any."""
        last = next((lap for lap in reversed(self.laps) if lap.next), None)
        if last is None or last.next is None or last.next.adopted_by:
            return None
        return last if last.day in lessons[-_OFFERED_LESSONS:] else None

    def recent_items(self, subject: str) -> list[int]:
        """Items of the last laps of a subject that have any, the latest first."""
        found: list[int] = []
        for lap in reversed(self.laps):
            if lap.unit.subject == subject and lap.look_back:
                items = lap.facts_until(lap.look_back.at).items
                if items:
                    found.append(items)
                if len(found) == COMPARED_CYCLES:
                    break
        return found

    def prompt_stage(self, subject: str) -> int:
        """How much help the prompts of a subject give now, 1 (most) to 4."""
        return self.stages.get(subject, 1)

    def last_prompt(self) -> str:
        """The question that was asked last; empty for none."""
        backs = (lap.look_back for lap in reversed(self.laps) if lap.look_back)
        return next((back.prompt_id for back in backs), "")

    def fade(self, lap: Lap) -> None:
        """Let the prompts of the subject fade, or come back, after a lap was closed."""
        subject, back = lap.unit.subject, lap.look_back
        assert back is not None, "only closed laps count"
        earlier = [each.look_back.text for each in self.laps if each.look_back and each is not lap]
        done = prompts.Lap(
            rated=True, reason=bool(back.factors), evidence=lap.acted_at is not None,
            next_step=True, text=back.text, stage=lap.prompt_stage,
        )  # fmt: skip
        levels = self.levels[subject]
        levels.append(prompts.reflect_level(done, earlier[-3:]))
        stage = prompts.next_stage(lap.prompt_stage, levels)
        if stage != lap.prompt_stage:
            levels.clear()
        self.stages[subject] = stage


@dataclass(frozen=True)
class _Lesson:
    """One lesson of a class.

    Attributes:
        earlier: Days with lessons before this one.
        progress: Share of the history that is over.
    """

    unit: PlannedUnit
    day: date
    start: datetime
    earlier: Sequence[date]
    progress: float
    is_first: bool = False
    is_test: bool = False
    is_yesterday: bool = False

    def minute(self, number: float) -> datetime:
        """A moment of the lesson, to the second: apps send no finer times."""
        return self.start + timedelta(seconds=int(number * 60))

    def sitting(self, pupil: Pupil, skill: float, items: int, starts: datetime) -> Work:
        """Work in this lesson, until it is time to look back."""
        ends = self.minute(_WORK_ENDS_MINUTE)
        return Work(pupil, self.unit, starts, ends, min(items, 11), skill, is_test=self.is_test)


def simulate(rng: Random, learners: Sequence[Learner], units: Curriculum, days: SchoolTime) -> None:
    """Let a class learn through the history and into the lesson of today."""
    offset = sum(map(ord, learners[0].pupil.class_key))
    for index, day in enumerate(days.lessons):
        following = days.lessons[index + 1] if index + 1 < len(days.lessons) else days.today
        place = (day.weekday() + offset) % len(LESSON_STARTS)
        is_yesterday = index == len(days.lessons) - 1
        # What was decided yesterday shall fit the lesson of today.
        subject = 0 if is_yesterday else _SUBJECT_BY_WEEKDAY[day.weekday()]
        unit = units.open_unit(subject, day)
        lesson = _Lesson(
            unit=unit,
            day=day,
            start=at(day, LESSON_STARTS[place]),
            earlier=days.lessons[:index],
            progress=index / len(days.lessons),
            is_first=_days_of(days.lessons[:index], unit) < 2,
            is_yesterday=is_yesterday,
            is_test=following >= unit.ends_before - timedelta(days=2) and day > unit.starts_on,
        )
        is_quiet = (len(days.lessons) - index) % _QUIET_EVERY == _QUIET
        for learner in learners:
            _live_day(rng, learner, lesson, is_quiet=is_quiet)
    unit = units.open_unit(0, days.today)
    start = at(days.today, LESSON_STARTS[LESSON_NOW])
    lesson = _Lesson(unit, days.today, start, days.lessons, 1.0)
    roles = cast_scene(rng, [learner.pupil for learner in learners])
    for learner in learners:
        _live_today(rng, learner, lesson, roles[learner.pupil.sourced_id])


def _days_of(days: Sequence[date], unit: PlannedUnit) -> int:
    return sum(unit.starts_on <= day for day in days)


def _live_day(rng: Random, learner: Learner, lesson: _Lesson, *, is_quiet: bool) -> None:
    persona, pupil = learner.persona, learner.pupil
    if rng.random() < persona.absent:
        learner.absent[lesson.day] = "excused" if rng.random() < 0.2 else "absent"
        return
    _close_in_the_morning(rng, learner, lesson.day)
    if is_quiet or persona.is_pausing(lesson.progress):
        return
    skill = _skill(rng, learner, lesson)
    if rng.random() < persona.sets_goal:
        lap = _set_goal(rng, learner, lesson, lesson.minute(rng.uniform(2, 6)), skill)
        _work_in(rng, learner, lesson, lap, skill)
    else:
        sitting = lesson.sitting(pupil, skill, 6, lesson.minute(rng.uniform(4, 9)))
        happenings = work(rng, persona, sitting)
        if not happenings or rng.random() > persona.reflects:
            learner.loose += happenings
            return
        lap = Lap(
            id_at(rng, happenings[0].at), pupil, lesson.unit, lesson.day, happenings[0].at,
            learner.prompt_stage(lesson.unit.subject), happenings=happenings,
        )  # fmt: skip
        learner.laps.append(lap)
    _end_lesson(rng, learner, lesson, lap)
    if rng.random() < persona.at_home:
        sitting = lesson.sitting(pupil, skill, 0, lesson.start)
        practice = practise_at_home(rng, persona, sitting, at(lesson.day, _EVENING))
        (learner.loose if lap.look_back else lap.happenings).extend(practice)


def _live_today(rng: Random, learner: Learner, lesson: _Lesson, role: Role) -> None:
    if role is Role.ABSENT:
        learner.absent[lesson.day] = "absent"
        return
    _close_in_the_morning(rng, learner, lesson.day)
    skill = _skill(rng, learner, lesson)
    if role is Role.NO_GOAL:
        return
    if role is Role.RECORDS_ONLY:
        sitting = lesson.sitting(learner.pupil, skill, 5, lesson.minute(6))
        learner.loose += work(rng, learner.persona, sitting)
        return
    lap = _set_goal(rng, learner, lesson, lesson.minute(rng.uniform(1, 5)), skill)
    if role is Role.GOAL_ONLY:
        return
    planned = (lap.goal and lap.goal.amount) or 5
    is_done = role in {Role.DONE, Role.REFLECTED}
    items = planned if is_done else max(planned // 2, 2)
    sitting = lesson.sitting(learner.pupil, skill, items, lesson.minute(rng.uniform(6, 9)))
    ends = lesson.minute(33 if role is Role.REFLECTED else 38)
    lap.happenings = work(rng, learner.persona, replace(sitting, ends=ends))
    if role in {Role.STUCK, Role.ASKS}:
        lap.mid = {Role.STUCK: "stuck", Role.ASKS: "ask"}[role]
    if role is Role.REFLECTED:
        # Nobody has looked back later than the moment that the clock shows.
        last = at(lesson.day, SHOWN_AT) - timedelta(seconds=45)
        _look_back(rng, learner, lap, min(lesson.minute(rng.uniform(34, 39)), last))


def _skill(rng: Random, learner: Learner, lesson: _Lesson) -> float:
    persona = learner.persona
    skill = persona.skill + persona.growth * lesson.progress + rng.uniform(-0.08, 0.08)
    weeks = max((lesson.day - lesson.unit.starts_on).days, 0) / 7
    # A unit begins with what is new and hard.
    skill += min(weeks * 0.06, 0.18) - 0.12
    return min(max(skill, 0.15), 0.97)


def _set_goal(
    rng: Random, learner: Learner, lesson: _Lesson, moment: datetime, skill: float
) -> Lap:
    subject = lesson.unit.subject
    offered = learner.offered(lesson.earlier)
    carried = offered if offered and rng.random() < learner.persona.carries else None
    if learner.pupil.is_guide and lesson.progress > 0.9:
        carried = offered
    ahead = Ahead(
        learner.pupil.band, skill, learner.recent_items(subject), carried, lesson.is_first
    )
    goal = look_ahead(rng, learner.persona, lesson.unit, moment, ahead)
    lap = Lap(
        id_at(rng, moment), learner.pupil, lesson.unit, lesson.day, moment,
        learner.prompt_stage(subject), goal=goal, adopts=carried,
    )  # fmt: skip
    if carried and carried.next:
        carried.next.adopted_by = lap
    learner.laps.append(lap)
    return lap


def _work_in(rng: Random, learner: Learner, lesson: _Lesson, lap: Lap, skill: float) -> None:
    persona = learner.persona
    items = round(((lap.goal and lap.goal.amount) or 5) * persona.effort * rng.uniform(0.85, 1.1))
    if rng.random() < persona.on_paper:
        lap.paper_items, lap.paper_at = max(items, 2), lesson.minute(rng.uniform(25, 32))
    else:
        starts = lap.opened_at + timedelta(seconds=rng.randint(60, 240))
        skill += 0.05 if lap.adopts else 0.0
        lap.happenings = work(
            rng, persona, lesson.sitting(learner.pupil, skill, max(items, 2), starts)
        )
    if rng.random() < persona.asks:
        lap.mid = rng.choice(("stuck", "stuck", "ask"))
    elif rng.random() < 0.15:
        lap.mid = rng.choice(("smooth", "ok"))


def _end_lesson(rng: Random, learner: Learner, lesson: _Lesson, lap: Lap) -> None:
    if rng.random() < learner.persona.reflects and lap.acted_at:
        way = _GUIDE_WAY if learner.pupil.is_guide and lesson.is_yesterday else ""
        _look_back(rng, learner, lap, lesson.minute(rng.uniform(37, 44)), way)
    elif rng.random() < _CLOSED_NEXT_MORNING and lap.acted_at:
        learner.to_close = lap


def _close_in_the_morning(rng: Random, learner: Learner, day: date) -> None:
    """Look back on yesterday's lap before school begins, if one was left."""
    lap, learner.to_close = learner.to_close, None
    if lap:
        _look_back(rng, learner, lap, at(day, _MORNING) + timedelta(seconds=rng.randint(0, 840)))


def _look_back(
    rng: Random, learner: Learner, lap: Lap, moment: datetime, next_way: str = ""
) -> None:
    adopted = lap.adopts
    before = Before(
        accuracy=accuracy(adopted.facts_until(moment)) if adopted else None,
        worked=frozenset(learner.worked),
        prompt_id=learner.last_prompt(),
        is_first_lesson=not any(each.unit is lap.unit and each is not lap for each in learner.laps),
        next_way=next_way,
    )
    look_back(rng, learner.persona, lap, moment, before)
    learner.fade(lap)
    if adopted and adopted.next and adopted.next.verdict == "worked":
        learner.worked.add((adopted.next.what, adopted.next.to_value))
