"""What would become of waiting statements if somebody said whose they are; pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from aarportal.cycle.action.intake import matching
from aarportal.cycle.action.intake.matching import Directory, Found, Merge, Seat
from aarportal.cycle.action.xapi.statements import ActorKey


@dataclass
class Foreseen:
    """Numbers of statements.

    Attributes:
        become: They become records of the child.
        out_of_class: Done on days on which the child was in no class of this school.
        out_of_span: Done before or after the time for which it is said.
        no_learning: They tell of nothing learned, whoever it was.
    """

    become: int = 0
    out_of_class: int = 0
    out_of_span: int = 0
    no_learning: int = 0


@dataclass(frozen=True)
class NameForeseen:
    """A waiting name, and the person whom the roster knows by it."""

    name: str
    count: int
    person_id: UUID


@dataclass
class RuleForeseen:
    """What the roster would know of the names that wait under a home page.

    Attributes:
        here: Names of students of this school, those with the most statements first.
        elsewhere: How many names of people who are no students of this school.
        unknown: How many names nobody, or more than one person, has.
        statements: How many statements wait under the names in `here`.
    """

    here: list[NameForeseen] = field(default_factory=list)
    elsewhere: int = 0
    unknown: int = 0
    statements: int = 0


@dataclass
class MergeForeseen:
    """By app, how many records would go over, and how many would wait.

    Attributes:
        going_over: They become records of the person who is kept.
        waiting: The person who is kept was in no class on their day.
    """

    going_over: Counter[UUID] = field(default_factory=Counter)
    waiting: Counter[UUID] = field(default_factory=Counter)


def foresee_link(
    moments: Iterable[tuple[datetime, str]],
    seats: Sequence[Seat],
    holds: Callable[[datetime], bool],
    day_of: Callable[[datetime], date],
) -> Foreseen:
    """What would become of the statements of a name.

    Args:
        moments: When each happened, and why it waits.
        seats: The child's.
        holds: Whether the link would hold at a moment.
        day_of: The day at school.
    """
    found = Foreseen()
    for moment, reason in moments:
        if reason == matching.NO_LEARNING:
            found.no_learning += 1
        elif not holds(moment):
            found.out_of_span += 1
        elif any(seat.is_taken(day_of(moment)) for seat in seats):
            found.become += 1
        else:
            found.out_of_class += 1
    return found


def foresee_rule(
    names: Iterable[tuple[str, int, datetime]],
    directory: Directory,
    issuer: str,
    merges: Mapping[UUID, Merge],
    here: Collection[UUID],
) -> RuleForeseen:
    """What would become of the names that wait under a home page.

    Args:
        names: Name, statements, and when the latest of them happened.
        directory: Everybody who is known by one of them, as if the rule held.
        issuer: The home page.
        merges: Person -> the merge by which everything of theirs is another person's.
        here: Students of this school.
    """
    found = RuleForeseen()
    for name, count, last_at in names:
        person = directory.find(ActorKey(issuer, name), last_at)
        if isinstance(person, str):
            found.unknown += 1
            continue
        merge = merges.get(person.person_id)
        person_id = merge.kept_id if merge else person.person_id
        if person_id in here:
            found.here.append(NameForeseen(name, count, person_id))
            found.statements += count
        else:
            found.elsewhere += 1
    return found


def foresee_merge(
    days: Iterable[tuple[UUID, date, int]],
    kept_id: UUID,
    merged_id: UUID,
    seats: Mapping[UUID, Sequence[Seat]],
) -> MergeForeseen:
    """What would become of the records of a person.

    Args:
        days: App, day, and how many records.
        kept_id: Whose they would be.
        merged_id: Whose they are.
        seats: Of both.
    """
    found = MergeForeseen()
    merges = {merged_id: Merge(merged_id, kept_id)}
    for app_id, day, count in days:
        whose = matching.learner(Found(merged_id), day, seats, merges)
        (found.waiting if isinstance(whose, str) else found.going_over)[app_id] += count
    return found
