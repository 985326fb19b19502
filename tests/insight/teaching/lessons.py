"""A lesson of class 4-2 as its teacher finds it: laps of any day, told in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    SelfRating,
    TeacherFeedback,
)
from tests.cast import AOI, CHIBA, CLASS_4_2, UNIT_DIVISION, Member, key

#: A Friday at 10:40 in the morning at school.
MOMENT = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)


def set_clock(moment: datetime = MOMENT) -> None:
    """Let it be `moment`, wherever and whenever the tests run."""
    clock.shift(clock._shift + (moment - clock.now()))


@dataclass(frozen=True)
class Told:
    """One lap. Without `text` nothing was handed in; `answers` are (kind, words, days ago)."""

    member: Member = AOI
    days_ago: int = 0
    minutes_ago: int = 10
    state: str = ""
    subject: str = "sansu"
    class_id: object = CLASS_4_2
    unit_id: object = UNIT_DIVISION
    goal: str | None = "ひっ算を まちがえずに する"
    planned: int | None = None
    strategies: tuple[str, ...] = ()
    predicted: int | None = None
    mid: str = ""
    records: int = 0
    items: int = 0
    correct: int = 0
    seconds: int = 0
    rating: int | None = None
    met: bool | None = None
    text: str | None = None
    next_what: str = ""
    next_words: str = ""
    factors: tuple[str, ...] = ()
    read_days_ago: int | None = None
    revised: bool = False
    answers: Sequence[tuple[str, str, int]] = ()

    @property
    def name(self) -> str:
        return f"{self.member.name} {self.days_ago} {self.minutes_ago} {self.subject}"

    @property
    def cycle_id(self):
        return key(f"lap of {self.name}")

    @property
    def reflection_id(self):
        return key(f"reflection of {self.name}")


def tell(*laps: Told) -> None:
    """Let these laps have happened."""
    with unit_of_work(SystemScope("test")) as scope:
        for rows in zip(*(list(_rows(lap)) for lap in laps), strict=True):
            scope.session.add_all([row for some in rows for row in some])
            scope.session.flush()  # rows that others point at come first
        audit.record(scope, "test:told", "laps", detail=str(len(laps)))


def _rows(lap: Told):
    """Rows of one lap, in groups, in the order that their foreign keys need."""
    at = clock.now() - timedelta(days=lap.days_ago, minutes=lap.minutes_ago)
    mine = {"school_id": lap.member.school_id, "student_id": lap.member.id}
    of_lap = {**mine, "cycle_id": lap.cycle_id}
    begun = lap.records > 0 or lap.text is not None
    state = lap.state or (
        "closed_open_adjust" if lap.text is not None else "acting" if begun else "anticipating"
    )
    yield [
        LearningCycle(
            **mine, id=lap.cycle_id, class_id=lap.class_id, subject=lap.subject,
            unit_id=lap.unit_id, state=state, state_since=at, opened_at=at,
            opened_on=clock.school_day_of(at), updated_at=at, mid=lap.mid,
            acted_first_at=at if begun else None, records=lap.records, items=lap.items,
            first_attempt_items=lap.items, first_attempt_correct=lap.correct,
            active_seconds=lap.seconds, goal_before=lap.goal is not None,
        )
    ]  # fmt: skip
    goal_id = key(f"goal of {lap.name}")
    yield [
        Goal(
            **of_lap, id=goal_id, text=lap.goal, author="pupil", due_on=clock.school_day_of(at),
            confirmed_at=at, state="active", amount_planned=lap.planned,
            strategies=list(lap.strategies),
        )
    ] if lap.goal else []  # fmt: skip
    criterion_id = key(f"criterion of {lap.name}")
    yield [
        SuccessCriterion(
            **mine, id=criterion_id, goal_id=goal_id, type="count", target=lap.planned,
            source="pupil",
        )
    ] if lap.goal and lap.planned else []  # fmt: skip
    yield [
        *(
            [Prediction(**of_lap, predicted_correct=lap.predicted, of_items=10, made_at=at,
                        state="open")]
            if lap.predicted is not None else []
        ),
        *(
            [SelfRating(**of_lap, value=lap.rating, fact_met=lap.met, made_at=at)]
            if lap.rating is not None else []
        ),
        *(
            [Adjustment(**mine, from_cycle_id=lap.cycle_id, kind="change", what=lap.next_what,
                        to_value=lap.next_words, state="proposed", proposed_at=at)]
            if lap.next_what else []
        ),
    ]  # fmt: skip
    yield [_written(lap, of_lap, at)] if lap.text is not None else []
    yield [
        *(
            [Attribution(**mine, reflection_id=lap.reflection_id, direction="went_well",
                         factors=list(lap.factors))]
            if lap.factors else []
        ),
        *(
            TeacherFeedback(
                **mine, id=key(f"answer {n} to {lap.name}"), reflection_id=lap.reflection_id,
                teacher_id=CHIBA.id, kind=kind, text=words, state="sent",
                sent_at=clock.now() - timedelta(days=days_ago, minutes=n + 1),
            )
            for n, (kind, words, days_ago) in enumerate(lap.answers)
        ),
    ]  # fmt: skip


def _written(lap: Told, of_lap: dict, at: datetime) -> Reflection:
    read_days_ago = lap.read_days_ago
    if read_days_ago is None and lap.answers:
        read_days_ago = lap.answers[-1][2]
    is_read = read_days_ago is not None
    state = (
        "revised"
        if lap.revised
        else "responded"
        if lap.answers
        else "read"
        if is_read
        else "submitted"
    )
    return Reflection(
        **of_lap, id=lap.reflection_id, text=lap.text, state=state, submitted_at=at,
        version=2 if lap.revised else 1,
        read_at=clock.now() - timedelta(days=read_days_ago, minutes=1) if is_read else None,
    )  # fmt: skip
