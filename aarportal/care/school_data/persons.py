"""Which pupil a row means; pure. Never a guess between two children."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from aarportal.care.school_data.columns import PersonKind
from aarportal.core.tables.dates import plain
from aarportal.people.roster.names import search_key

UNKNOWN = "person_unknown"
SEVERAL = "person_several"

_TITLE = re.compile(r"(?:[小中]?(?:学校)?)?(?P<grade>[1-9])(?: ?年 ?|-)(?P<group>[^ ]+?)(?: ?組)?")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LOST = re.compile("[?〓�]+")
_GRADE = re.compile(r"(?:小|中|小学|中学|P|J)?(?:第)?(?P<grade>[1-9])(?: ?年生?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What a row says of its pupil.

    Attributes:
        identifier: Where it names one; empty with the rest filled.
        seat: The class.
        number: 出席番号.
        name: 氏名.
    """

    identifier: str = ""
    seat: str = ""
    number: int | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """The same for people."""
        number = "" if self.number is None else str(self.number)
        return self.identifier or " ".join(filter(None, (self.seat, number, self.name)))


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil in a class, for a span of days; both borders may be open.

    Attributes:
        title: Of the class.
    """

    title: str
    number: int | None
    starts_on: date | None
    ends_before: date | None

    def meets(self, first_on: date, ends_before: date) -> bool:
        """Whether the pupil sits there on a day of a span."""
        return (self.starts_on is None or self.starts_on < ends_before) and (
            self.ends_before is None or first_on < self.ends_before
        )


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil by what a table may say.

    Attributes:
        identifier: The one that the table uses.
        names: Keys of whole names; empty unless it names pupils by their seats.
    """

    id: UUID
    identifier: str
    names: frozenset[str]
    seats: tuple[Seat, ...]


def class_key(title: str) -> str:
    """A class so that two ways to write it are equal: 4年2組, ４－２."""
    text = plain(title).replace("‐", "-").replace("−", "-").replace("ー", "-")
    found = _TITLE.fullmatch(text)
    if found is None:
        return search_key(title)
    return f"{found['grade']}-{search_key(found['group'])}"


def class_of(grade: str, group: str) -> str:
    """The same from 学年 and 組."""
    found = _GRADE.fullmatch(plain(grade))
    return f"{found['grade'] if found else plain(grade)}-{search_key(group).removesuffix('組')}"


def name_key(name: str) -> str:
    """A name so that two ways to write it are equal.

    CP932 has no variation selectors (辻󠄀 of the roster is 辻 in a file of the school office), and
    what it lacks altogether is written as a sign that stands for anything (𠮷田 as ?田).
    """
    return _LOST.sub("〓", search_key(_SELECTORS.sub("", name)))


def whole_names(*names: Sequence[str]) -> frozenset[str]:
    """Keys of whole names of one person, each given as family, given and middle name."""
    found = set()
    for family, given, middle in names:
        orders: list[tuple[str, ...]] = [(family, given), (given, family)]
        if middle:
            orders += [(family, given, middle), (given, middle, family), (family, middle, given)]
        for order in orders:
            name = _SELECTORS.sub("", "".join(order))
            found |= {name_key(name), name_key("".join(map(_in_cp932, name)))}
    return frozenset(found - {""})


def _in_cp932(character: str) -> str:
    """A character as a file in CP932 has it; a lost one may fit no character that it does have."""
    return character if character.encode("cp932", "ignore") else "〓"


@dataclass
class Directory:
    """The pupils of a school, for one look-up each.

    Attributes:
        kind: By what the table names them.
    """

    kind: PersonKind
    _by_name: dict[object, list[Pupil]] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: PersonKind, pupils: Iterable[Pupil]) -> "Directory":
        """Index pupils by what the table names them by."""
        directory = cls(kind)
        for pupil in pupils:
            keys: set[object]
            if kind is PersonKind.SEAT:
                keys = {(class_key(seat.title), seat.number) for seat in pupil.seats}
            else:
                identifier = _identifier(pupil.identifier)
                keys = {identifier} if identifier else set()
            for key in keys:
                directory._by_name.setdefault(key, []).append(pupil)
        return directory

    def find(self, said: PersonSaid, first_on: date, ends_before: date) -> UUID | str:
        """The pupil that a row means, among those who were here in its days; or why nobody is."""
        if self.kind is PersonKind.SEAT:
            found = self._seated(said, first_on, ends_before)
        else:
            named = self._by_name.get(_identifier(said.identifier), ())
            found = {
                pupil.id
                for pupil in named
                if any(seat.meets(first_on, ends_before) for seat in pupil.seats)
            }
        if len(found) == 1:
            return found.pop()
        return SEVERAL if found else UNKNOWN

    def _seated(self, said: PersonSaid, first_on: date, ends_before: date) -> set[UUID]:
        """Class, number and name in the same seat, and not one of them less."""
        name = name_key(said.name)
        return {
            pupil.id
            for pupil in self._by_name.get((said.seat, said.number), ())
            if name in pupil.names
            and any(
                (class_key(seat.title), seat.number) == (said.seat, said.number)
                and seat.meets(first_on, ends_before)
                for seat in pupil.seats
            )
        }


def _identifier(text: str) -> str:
    """An identifier so that width and case do not matter; leading zeros do."""
    return plain(text).casefold()
