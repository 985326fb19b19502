"""What an import means for people, pure: a plan as an office reads it, and what looks wrong in it.

Rows say that an enrollment ends; an office wants to know who leaves class 3-2, and to be asked
when many of the class would.
"""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from aarportal.people.roster.changes import Outcome, Values

#: From which share on a loss is asked about, and from how many people on.
_CLASS_SHARE, _CLASS_LEAST = 0.3, 3
_DISTRICT_SHARE, _DISTRICT_LEAST = 0.25, 20
_RENAMED_SHARE, _RENAMED_LEAST = 0.05, 5


class Fate(StrEnum):
    """What becomes of a person."""

    NEW = "new"
    RETURNS = "returns"
    LEAVES = "leaves"
    MOVES = "moves"
    """To another homeroom class."""
    RENAMED = "renamed"


@dataclass(frozen=True)
class PersonChange:
    """One thing that becomes of one person.

    Attributes:
        fate: What.
        user_id: The person.
        name: As the person is called afterwards.
        before: The former homeroom class, or the former name; empty for none.
        after: The homeroom class afterwards, or the new name; empty for none.
    """

    fate: Fate
    user_id: UUID
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Doubt:
    """Something that is more often a mistake in the file than meant.

    Attributes:
        rule: `class_empties`, `school_empties`, `many_leave` or `many_renamed`.
        what: The class with its school, or the school; empty for the district.
        count: How many people it is about.
        of: Out of how many.
    """

    rule: str
    what: str
    count: int
    of: int


@dataclass(frozen=True)
class Difference:
    """What an import means.

    Attributes:
        people: Changes in the order of `Fate`, each kind by class and name.
        doubts: What has to be confirmed.
    """

    people: tuple[PersonChange, ...]
    doubts: tuple[Doubt, ...]

    def of(self, fate: Fate) -> list[PersonChange]:
        """The changes of one kind."""
        return [each for each in self.people if each.fate == fate]


class _Seat(NamedTuple):
    """A homeroom class and its school."""

    school_id: UUID
    class_id: UUID


class _Known(NamedTuple):
    """A person at one time."""

    name: str
    is_there: bool


@dataclass
class _Rosters:
    """People and seats at one time."""

    people: dict[UUID, _Known] = field(default_factory=dict)
    seats: dict[UUID, tuple[date, _Seat]] = field(default_factory=dict)
    """By person: the homeroom class that begins last, and when; only of people who are there."""

    def see_person(self, row: Values) -> None:
        """Take a person in."""
        self.people[row["id"]] = _Known(_name(row), row["enabled"])

    def see_enrollment(self, row: Values, homerooms: Set[UUID], today: date) -> None:
        """Take a place in a class in; one that begins later counts.

        In March the file of April is handed in.
        """
        user_id, ends = row["user_id"], row["ends_before"]
        over = ends is not None and ends <= today
        if row["role"] != "student" or row["class_id"] not in homerooms or over:
            return
        known = self.people.get(user_id)
        if known is None or not known.is_there:
            return
        begins = row["starts_on"] or date.min
        if user_id not in self.seats or begins >= self.seats[user_id][0]:
            self.seats[user_id] = begins, _Seat(row["school_id"], row["class_id"])

    def seat(self, user_id: UUID) -> _Seat | None:
        """Where somebody sits."""
        found = self.seats.get(user_id)
        return found[1] if found else None


class Watch:
    """Sees the rows of a plan go by and keeps what a difference is made of."""

    def __init__(self, today: date) -> None:
        """Say from which school day on it takes effect."""
        self._today = today
        self._before, self._after = _Rosters(), _Rosters()
        self._schools: dict[UUID, str] = {}
        self._homerooms: dict[UUID, str] = {}
        self._listed: set[UUID] = set()
        """Classes that go on."""

    def see(self, kind: str, outcome: Outcome) -> None:
        """Take one row in."""
        row = outcome.will
        if kind == "schools":
            self._schools[row["id"]] = row["name"]
        elif kind == "classes" and row["class_type"] == "homeroom":
            self._homerooms[row["id"]] = row["title"]
            if row["status"] == "active":
                self._listed.add(row["id"])
        elif kind == "users":
            if outcome.was:
                self._before.see_person(outcome.was)
            self._after.see_person(row)
        elif kind == "enrollments":
            if outcome.was:
                self._before.see_enrollment(outcome.was, self._homerooms.keys(), self._today)
            self._after.see_enrollment(row, self._homerooms.keys(), self._today)

    def difference(self) -> Difference:
        """What it means for the people of the district, once every row went by."""
        people = sorted(
            self._people(),
            key=lambda each: (list(Fate).index(each.fate), each.after, each.before, each.name),
        )
        doubts = (*self._emptied_schools(), *self._emptied_classes(), *self._large_numbers(people))
        return Difference(tuple(people), doubts)

    def _title(self, seat: _Seat | None) -> str:
        if seat is None:
            return ""
        return f"{self._schools[seat.school_id]} {self._homerooms[seat.class_id]}"

    def _people(self) -> Iterable[PersonChange]:
        for id_, person in self._after.people.items():
            was = self._before.people.get(id_)
            here, there = self._before.seat(id_), self._after.seat(id_)
            seats = (self._title(here), self._title(there))
            if was is None:
                yield PersonChange(Fate.NEW, id_, person.name, *seats)
            elif person.is_there and not was.is_there:
                yield PersonChange(Fate.RETURNS, id_, person.name, *seats)
            elif was.is_there and not person.is_there:
                yield PersonChange(Fate.LEAVES, id_, person.name, *seats)
            elif here != there:
                yield PersonChange(Fate.MOVES, id_, person.name, *seats)
            if was is not None and was.name != person.name:
                yield PersonChange(Fate.RENAMED, id_, person.name, was.name, person.name)

    def _emptied_schools(self) -> Iterable[Doubt]:
        """Schools of which nobody is left."""
        were = Counter(seat.school_id for _, seat in self._before.seats.values())
        left = {seat.school_id for _, seat in self._after.seats.values()}
        for school_id, count in were.items():
            if school_id not in left:
                yield Doubt("school_empties", self._schools[school_id], count, count)

    def _emptied_classes(self) -> Iterable[Doubt]:
        """Classes that go on, and lose many who get no other class."""
        were = Counter(seat for _, seat in self._before.seats.values())
        after = self._after.seats
        gone = Counter(seat for id_, (_, seat) in self._before.seats.items() if id_ not in after)
        still = {seat.school_id for _, seat in after.values()}
        for seat, count in sorted(gone.items(), key=lambda each: self._title(each[0])):
            goes_on = seat.class_id in self._listed and seat.school_id in still
            if goes_on and count >= _CLASS_LEAST and count >= were[seat] * _CLASS_SHARE:
                yield Doubt("class_empties", self._title(seat), count, were[seat])

    def _large_numbers(self, people: Sequence[PersonChange]) -> Iterable[Doubt]:
        """More people leave, or change their names, than in any year."""
        there = sum(person.is_there for person in self._before.people.values())
        count = Counter(each.fate for each in people)
        for rule, fate, share, least in (
            ("many_leave", Fate.LEAVES, _DISTRICT_SHARE, _DISTRICT_LEAST),
            ("many_renamed", Fate.RENAMED, _RENAMED_SHARE, _RENAMED_LEAST),
        ):
            if count[fate] >= least and count[fate] >= there * share:
                yield Doubt(rule, "", count[fate], there)


def _name(row: Values) -> str:
    return " ".join(filter(None, (row["family_name"], row["middle_name"], row["given_name"])))
