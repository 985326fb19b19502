"""What an import means for people, pure: a plan as an office reads it, and what looks wrong in it.

Rows say that an enrollment ends; an office wants to know who leaves class 3-2, and to be asked
when many of the class would.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from aarportal.core.scratch import Pile, Scratch
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


_FATES = tuple(Fate)

#: Role of staff -> the rule of the doubt when a school would be without.
_STAFF = {
    "teacher": "no_teacher",
    "principal": "no_head",
    "administrator": "no_office",
    "siteAdministrator": "no_office",
    "ext:nurse": "no_nurse",
}


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
        rule: `class_empties`, `school_empties`, one of `_STAFF`, `many_leave` or `many_renamed`.
        what: The class with its school, or the school; empty for the district.
        count: How many people it is about.
        of: Out of how many.
    """

    rule: str
    what: str
    count: int
    of: int


class People:
    """What becomes of people, in the order of `Fate`, each kind by class and name.

    There may be more than the memory should hold; they can be gone through again and again.
    """

    def __init__(self, pile: Pile) -> None:
        """Say on which pile they lie, sorted."""
        self._pile = pile

    def __iter__(self) -> Iterator[PersonChange]:
        """All of them."""
        for fate, after, before, name, user_id in self._pile:
            yield PersonChange(_FATES[fate], UUID(bytes=user_id), name, before, after)


@dataclass(frozen=True)
class Difference:
    """What an import means.

    Attributes:
        people: What becomes of whom.
        counts: How many meet which fate.
        doubts: What has to be confirmed.
    """

    people: People
    counts: Mapping[Fate, int]
    doubts: tuple[Doubt, ...]

    def of(self, fate: Fate) -> Iterator[PersonChange]:
        """The changes of one kind."""
        return (each for each in self.people if each.fate is fate)


class _Seat(NamedTuple):
    """Where somebody is: a homeroom class and its school, of staff the school alone."""

    school_id: UUID
    class_id: UUID | None = None


class _Moment(NamedTuple):
    """A person before or after the import.

    Attributes:
        name: None for somebody whom nobody knew.
        is_there: 0 or 1.
        begins: When the seat begins that begins last, as an ordinal; None without one.
        seat: Its number; None without one.
    """

    name: str | None
    is_there: int
    begins: int | None = None
    seat: int | None = None


_NOBODY = _Moment(None, 0)
_WIDTH = len(_Moment._fields)


class Watch:
    """Sees the rows of a plan go by and keeps what a difference is made of.

    Of schools and classes it keeps the names in memory, of people nothing.
    """

    def __init__(self, today: date, scratch: Scratch) -> None:
        """Say from which school day on it takes effect, and where people are noted meanwhile."""
        self._today = today
        self._people = scratch.table(2 * _WIDTH)
        self._scratch = scratch
        self._schools: dict[UUID, str] = {}
        self._homerooms: dict[UUID, str] = {}
        self._listed: set[UUID] = set()
        """Classes that go on."""
        self._seats: dict[_Seat, int] = {}
        """Seats that somebody has, numbered."""
        self._staff: tuple[Counter[tuple[UUID, str]], ...] = (Counter(), Counter())
        """School and rule of `_STAFF` -> how many, before and after."""

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
            was = _person(outcome.was) if outcome.was else _NOBODY
            self._people[row["id"].bytes] = (*was, *_person(row))
        elif kind in {"roles", "enrollments"}:
            see = self._see_role if kind == "roles" else self._see_place
            if outcome.was:
                see(outcome.was, 0)
            see(row, 1)

    def _see_role(self, row: Values, half: int) -> None:
        """Note a role of staff, before (0) or after (1)."""
        rule = _STAFF.get(row["role"])
        if rule and self._sit(row, _Seat(row["school_id"]), half):
            self._staff[half][row["school_id"], rule] += 1

    def _see_place(self, row: Values, half: int) -> None:
        """Note a student's place in a class."""
        if row["role"] == "student" and row["class_id"] in self._homerooms:
            self._sit(row, _Seat(row["school_id"], row["class_id"]), half)

    def _sit(self, row: Values, seat: _Seat, half: int) -> bool:
        """Whether somebody is there with a seat that is not over; of several the last begun counts.

        One that begins later counts, too: in March the file of April is handed in.
        """
        seen = self._people.get(row["user_id"].bytes)
        over = row["ends_before"] is not None and row["ends_before"] <= self._today
        if seen is None or over:
            return False
        moments = list(_moments(seen))
        person = moments[half]
        if not person.is_there:
            return False
        begins = (row["starts_on"] or date.min).toordinal()
        if person.begins is None or begins >= person.begins:
            number = self._seats.setdefault(seat, len(self._seats))
            moments[half] = person._replace(begins=begins, seat=number)
            self._people[row["user_id"].bytes] = (*moments[0], *moments[1])
        return True

    def difference(self) -> Difference:
        """What it means for the people of the district, once every row went by."""
        seats = list(self._seats)
        titles = [self._title(seat) for seat in seats]
        pile, count = self._scratch.pile(sorted_by=4, width=5), _Count()
        for id_, seen in self._people.items():
            was, will = _moments(seen)
            count.see(was, will)
            before, after = (
                "" if moment.seat is None else titles[moment.seat] for moment in (was, will)
            )
            fate = _fate(was, will)
            if fate is not None:
                count.fates[fate] += 1
                pile.add(_FATES.index(fate), after, before, will.name, id_)
            if was.name not in {None, will.name}:
                count.fates[Fate.RENAMED] += 1
                renamed = _FATES.index(Fate.RENAMED)
                pile.add(renamed, will.name, was.name, will.name, id_)
        doubts = (
            *self._emptied_schools(count, seats),
            *self._emptied_classes(count, seats, titles),
            *self._without_staff(count, seats),
            *_large_numbers(count),
        )
        return Difference(People(pile), count.fates, doubts)

    def _title(self, seat: _Seat) -> str:
        class_title = self._homerooms[seat.class_id] if seat.class_id else ""
        return f"{self._schools[seat.school_id]} {class_title}".rstrip()

    def _without_staff(self, count: "_Count", seats: Sequence[_Seat]) -> Iterable[Doubt]:
        """Schools that go on, and would have nobody of a kind of staff."""
        still = _with_pupils(count, seats)
        were, are = self._staff
        for (school_id, rule), people in sorted(were.items(), key=lambda each: each[0][1]):
            if school_id in still and not are[school_id, rule]:
                yield Doubt(rule, self._schools[school_id], people, people)

    def _emptied_schools(self, count: "_Count", seats: Sequence[_Seat]) -> Iterable[Doubt]:
        """Schools of which no pupil is left."""
        were: Counter[UUID] = Counter()
        for seat, people in count.were.items():
            if seats[seat].class_id:
                were[seats[seat].school_id] += people
        still = _with_pupils(count, seats)
        for school_id, people in were.items():
            if school_id not in still:
                yield Doubt("school_empties", self._schools[school_id], people, people)

    def _emptied_classes(
        self, count: "_Count", seats: Sequence[_Seat], titles: Sequence[str]
    ) -> Iterable[Doubt]:
        """Classes that go on, and lose many who get no other class."""
        still = _with_pupils(count, seats)
        for seat, gone in sorted(count.gone.items(), key=lambda each: titles[each[0]]):
            goes_on = seats[seat].class_id in self._listed and seats[seat].school_id in still
            were = count.were[seat]
            if goes_on and gone >= _CLASS_LEAST and gone >= were * _CLASS_SHARE:
                yield Doubt("class_empties", titles[seat], gone, were)


class _Count:
    """How many there were, and what became of them; seats by their numbers."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.there = 0
        self.were: Counter[int] = Counter()
        self.gone: Counter[int] = Counter()
        self.are: set[int] = set()
        self.fates: Counter[Fate] = Counter()

    def see(self, was: _Moment, will: _Moment) -> None:
        """Take one person in."""
        self.there += was.is_there
        if will.seat is not None:
            self.are.add(will.seat)
        if was.seat is not None:
            self.were[was.seat] += 1
            if will.seat is None:
                self.gone[was.seat] += 1


def _with_pupils(count: _Count, seats: Sequence[_Seat]) -> set[UUID]:
    """Schools in which a pupil has a seat afterwards."""
    return {seats[seat].school_id for seat in count.are if seats[seat].class_id}


def _large_numbers(count: _Count) -> Iterable[Doubt]:
    """More people leave, or change their names, than in any year."""
    for rule, fate, share, least in (
        ("many_leave", Fate.LEAVES, _DISTRICT_SHARE, _DISTRICT_LEAST),
        ("many_renamed", Fate.RENAMED, _RENAMED_SHARE, _RENAMED_LEAST),
    ):
        people = count.fates[fate]
        if people >= least and people >= count.there * share:
            yield Doubt(rule, "", people, count.there)


def _fate(was: _Moment, will: _Moment) -> Fate | None:
    if was.name is None:
        return Fate.NEW
    if was.is_there != will.is_there:
        return Fate.RETURNS if will.is_there else Fate.LEAVES
    return Fate.MOVES if was.seat != will.seat else None


def _person(row: Values) -> _Moment:
    names = (row["family_name"], row["middle_name"], row["given_name"])
    return _Moment(" ".join(filter(None, names)), int(row["enabled"]))


def _moments(seen: tuple[Any, ...]) -> tuple[_Moment, _Moment]:
    return _Moment(*seen[:_WIDTH]), _Moment(*seen[_WIDTH:])
