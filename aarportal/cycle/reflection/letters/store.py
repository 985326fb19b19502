"""Questions about letters, what can be shown beside one, and what a new teacher is handed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.anticipation.store import STANDING_GOAL
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import AdjustmentState
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.reflection.letters.terms import Term, term_of
from aarportal.cycle.reflection.models import Reflection
from aarportal.people.roster.models import User
from aarportal.people.school_year import store as school_year

#: Laps that are offered, the latest of the term: three are chosen, and more would be a list.
OFFERED = 12
#: Whose words a goal is made of may carry readings.
_OWN_WORDS = frozenset({"pupil", "pupil_from_card"})


def this_term(scope: Scope) -> Term:
    """The term of today, as the student's school has planned it."""
    today = clock.today()
    return term_of(today, school_year.terms_of_year(scope, clock.school_year_of(today)))


@dataclass(frozen=True)
class Evidence:
    """A lap that a student may show beside a letter."""

    cycle_id: UUID
    on: date
    subject: str
    words: str
    """What the student wrote when looking back, else the goal."""
    has_readings: bool = False
    """Whether the words are those of a card, which may carry readings."""

    def as_kept(self) -> dict[str, Any]:
        """The values that stand beside a letter."""
        return {
            "cycle": self.cycle_id.hex,
            "on": self.on.isoformat(),
            "subject": self.subject,
            "words": self.words,
            "readings": self.has_readings,
        }

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> "Evidence":
        """What stands beside a letter."""
        return cls(
            UUID(kept["cycle"]),
            date.fromisoformat(kept["on"]),
            kept["subject"],
            kept["words"],
            kept["readings"],
        )


@dataclass(frozen=True)
class HandedOn:
    """What a teacher of this year sees of what was before it."""

    student: User
    letters: Sequence[TermLetter]
    decisions: Sequence[Adjustment]


def letter(scope: Scope, term: Term) -> TermLetter | None:
    """The student's own letter of a term, be it of a school before."""
    return scope.session.scalar(
        select(TermLetter)
        .where(
            TermLetter.student_id == scope.actor_id,
            TermLetter.year == term.year,
            TermLetter.term == term.number,
        )
        .order_by(TermLetter.school_id != scope.school_id)
        .limit(1)
    )


def letter_before(scope: Scope, term: Term) -> TermLetter | None:
    """The last letter that the student wrote to the self of now."""
    return scope.session.scalar(
        select(TermLetter)
        .where(
            TermLetter.student_id == scope.actor_id,
            (TermLetter.year < term.year)
            | ((TermLetter.year == term.year) & (TermLetter.term < term.number)),
        )
        .order_by(
            TermLetter.year.desc(), TermLetter.term.desc(), TermLetter.school_id != scope.school_id
        )
        .limit(1)
    )


def evidence(scope: Scope, term: Term) -> list[Evidence]:
    """Laps of the term that the student looked back on, the latest first."""
    rows = scope.session.execute(
        select(LearningCycle, Reflection.text, Goal.text, Goal.author)
        .join(Reflection, cycles.of_lap(Reflection))
        .outerjoin(Goal, STANDING_GOAL)
        .where(LearningCycle.student_id == scope.actor_id, LearningCycle.opened_on >= term.begins)
        .order_by(LearningCycle.opened_at.desc(), Goal.confirmed_at.desc())
        .limit(OFFERED)
    )
    found: dict[UUID, Evidence] = {}
    for cycle, text, goal, author in rows:
        has_readings = not text and author not in _OWN_WORDS
        found.setdefault(
            cycle.id,
            Evidence(cycle.id, cycle.opened_on, cycle.subject, text or goal or "", has_readings),
        )
    # What was shown before stays on offer, however many laps there are by now.
    written = letter(scope, term)
    for each in map(Evidence.of_kept, written.evidence if written else ()):
        found.setdefault(each.cycle_id, each)
    return list(found.values())


def handed_on(scope: Scope, student_id: UUID) -> HandedOn:
    """A student's letters, and what they decided before this school year and still mean to try.

    Raises:
        NotFoundError: If it is nobody of theirs.
    """
    visible = scope.visible(TermLetter.readers)
    student = scope.session.get(User, student_id)
    if student is None or (visible is not None and student_id not in visible):
        raise NotFoundError("User")
    letters = scope.session.scalars(
        select(TermLetter)
        .where(TermLetter.student_id == student_id)
        .order_by(TermLetter.year.desc(), TermLetter.term.desc())
    ).all()
    begins = scope.since or clock.school_year_begins_on(clock.school_year_of(clock.today()))
    decisions = scope.session.scalars(
        select(Adjustment)
        .where(
            Adjustment.student_id == student_id,
            Adjustment.state == AdjustmentState.PROPOSED,
            Adjustment.proposed_at < clock.day_bounds(begins)[0],
        )
        .order_by(Adjustment.proposed_at.desc())
    ).all()
    return HandedOn(student, letters, decisions)
