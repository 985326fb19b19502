"""What an import means for people, pure: a plan as an office reads it, and what looks wrong in it.

Rows say that an enrollment ends; an office wants to know who leaves class 3-2, and to be asked
when many of the class would.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from aarportal.people.roster.changes import Changes, Values
from aarportal.people.roster.planning import Plan, Standing

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
        name: As the person is called afterwards.
        before: The former homeroom class, or the former name; empty for none.
        after: The homeroom class afterwards, or the new name; empty for none.
    """

    fate: Fate
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


class _Rosters(NamedTuple):
    """People and seats at one time."""

    users: Mapping[UUID, Values]
    seats: Mapping[UUID, _Seat]
    """By person; only of people who are there."""


def difference(plan: Plan, standing: Standing, *, today: date) -> Difference:
    """Say what a plan means for the people of a district.

    Args:
        plan: What is to change.
        standing: The roster it was made for.
        today: The school day on which it takes effect.
    """
    classes = _after(standing.rows["classes"], plan.changes["classes"])
    homerooms = {id_ for id_, row in classes.items() if row["class_type"] == "homeroom"}
    users = {row["id"]: row for row in standing.rows["users"]}
    before = _Rosters(users, _seats(standing.rows["enrollments"], users, homerooms, today))
    users = _after(standing.rows["users"], plan.changes["users"])
    enrollments = _after(standing.rows["enrollments"], plan.changes["enrollments"]).values()
    after = _Rosters(users, _seats(enrollments, users, homerooms, today))
    schools = _after(standing.rows["schools"], plan.changes["schools"])
    titles = {
        seat: f"{schools[seat.school_id]['name']} {classes[seat.class_id]['title']}"
        for seat in {*before.seats.values(), *after.seats.values()}
    }
    people = sorted(
        _people(before, after, titles),
        key=lambda each: (list(Fate).index(each.fate), each.after, each.before, each.name),
    )
    listed = set(plan.changes["classes"].ids.values())
    doubts = [
        *_emptied_schools(before, after, schools),
        *_emptied_classes(before, after, titles, listed),
        *_large_numbers(before, people),
    ]
    return Difference(tuple(people), tuple(doubts))


def _after(standing: Sequence[Values], changes: Changes) -> dict[UUID, Values]:
    """Rows as they will be, by id."""
    rows = {row["id"]: row for row in standing}
    for row in (*changes.changed, *changes.left):
        rows[row["id"]] = {**rows[row["id"]], **row}
    return rows | {row["id"]: row for row in changes.new}


def _seats(
    enrollments: Iterable[Values], users: Mapping[UUID, Values], homerooms: set[UUID], today: date
) -> dict[UUID, _Seat]:
    """The homeroom class of each student; of several the one that begins last.

    One that begins later counts: in March the file of April is handed in.
    """
    found: dict[UUID, tuple[date, _Seat]] = {}
    for row in enrollments:
        user_id, ends = row["user_id"], row["ends_before"]
        over = ends is not None and ends <= today
        if row["role"] != "student" or row["class_id"] not in homerooms or over:
            continue
        if user_id not in users or not users[user_id]["enabled"]:
            continue
        begins = row["starts_on"] or date.min
        if user_id not in found or begins >= found[user_id][0]:
            found[user_id] = begins, _Seat(row["school_id"], row["class_id"])
    return {user_id: seat for user_id, (_, seat) in found.items()}


def _people(
    before: _Rosters, after: _Rosters, titles: Mapping[_Seat, str]
) -> Iterable[PersonChange]:
    for id_, row in after.users.items():
        was = before.users.get(id_)
        here, there = before.seats.get(id_), after.seats.get(id_)
        seats = (titles[here] if here else "", titles[there] if there else "")
        name = _name(row)
        if was is None:
            yield PersonChange(Fate.NEW, name, *seats)
        elif row["enabled"] and not was["enabled"]:
            yield PersonChange(Fate.RETURNS, name, *seats)
        elif was["enabled"] and not row["enabled"]:
            yield PersonChange(Fate.LEAVES, name, *seats)
        elif here != there:
            yield PersonChange(Fate.MOVES, name, *seats)
        if was is not None and _name(was) != name:
            yield PersonChange(Fate.RENAMED, name, _name(was), name)


def _name(row: Values) -> str:
    return " ".join(filter(None, (row["family_name"], row["middle_name"], row["given_name"])))


def _emptied_schools(
    before: _Rosters, after: _Rosters, schools: Mapping[UUID, Values]
) -> Iterable[Doubt]:
    """Schools of which nobody is left."""
    were = Counter(seat.school_id for seat in before.seats.values())
    left = {seat.school_id for seat in after.seats.values()}
    for school_id, count in were.items():
        if school_id not in left:
            yield Doubt("school_empties", schools[school_id]["name"], count, count)


def _emptied_classes(
    before: _Rosters, after: _Rosters, titles: Mapping[_Seat, str], listed: set[UUID]
) -> Iterable[Doubt]:
    """Classes that go on, and lose many who get no other class."""
    were = Counter(before.seats.values())
    gone = Counter(seat for id_, seat in before.seats.items() if id_ not in after.seats)
    still = {seat.school_id for seat in after.seats.values()}
    for seat, count in sorted(gone.items(), key=lambda each: titles[each[0]]):
        goes_on = seat.class_id in listed and seat.school_id in still
        if goes_on and count >= _CLASS_LEAST and count >= were[seat] * _CLASS_SHARE:
            yield Doubt("class_empties", titles[seat], count, were[seat])


def _large_numbers(before: _Rosters, people: Sequence[PersonChange]) -> Iterable[Doubt]:
    """More people leave, or change their names, than in any year."""
    there = sum(row["enabled"] for row in before.users.values())
    count = Counter(each.fate for each in people)
    for rule, fate, share, least in (
        ("many_leave", Fate.LEAVES, _DISTRICT_SHARE, _DISTRICT_LEAST),
        ("many_renamed", Fate.RENAMED, _RENAMED_SHARE, _RENAMED_LEAST),
    ):
        if count[fate] >= least and count[fate] >= there * share:
            yield Doubt(rule, "", count[fate], there)
