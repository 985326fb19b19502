"""What a kind of table is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.core.ownership import Classification, Relation
from aarportal.core.permissions import Role

#: A school year begins on this day of April.
_FIRST = (4, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table of a kind may have.

    Attributes:
        key: Under which it is kept.
        label: What it holds, to be translated.
        called: How school-office systems call it, the most telling first, parted by spaces.
        is_needed: Whether nothing can be read without it.
    """

    key: str
    label: str
    called: str
    is_needed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its usual names."""
        return tuple(self.called.split())


@dataclass(frozen=True, slots=True)
class Choice:
    """What a table does not say itself, and somebody has to.

    Attributes:
        key: Under which it is kept.
        label: What is asked, to be translated.
        options: (value, words to be translated); the first is what is usual.
    """

    key: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a row says for one row of a table of the database.

    Attributes:
        table: Its name.
        key: Its key besides school and student.
        values: Its other columns; None if there must be no such row.
    """

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row says.

    Attributes:
        first_on: First day that it is about.
        ends_before: The day after the last.
        facts: What of it is kept.
        place: What tells it from other rows of the same student, for people: a day, a subject.
        said: What it says, in short, for people.
    """

    first_on: date
    ends_before: date
    facts: tuple[Fact, ...]
    place: str
    said: str = ""


def on_a_day(day: date, facts: tuple[Fact, ...], *, place: str = "", said: str = "") -> Reading:
    """What a row says about one day."""
    return Reading(day, day + timedelta(days=1), facts, place or day.isoformat(), said)


def over_a_year(year: int, facts: tuple[Fact, ...], *, place: str = "", said: str = "") -> Reading:
    """What a row says about one school year."""
    return Reading(date(year, *_FIRST), date(year + 1, *_FIRST), facts, place or str(year), said)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table.

    Attributes:
        key: The name of the kind's file.
        label: Its name for people, to be translated.
        about: One sentence about what is in it and what becomes of it, to be translated.
        classification: The gravest of what it brings.
        readers: Who reads what it brings.
        brought_by: Who may bring such a table.
        tables: Names of the tables of the database that it writes.
        columns: Those that a table may have, besides those that say whose a row is.
        choices: What the table does not say itself.
        read: What a row says; None where its cells say what is wrong.
        order: Its place in lists.
    """

    key: str
    label: str
    about: str
    classification: Classification
    readers: frozenset[Relation]
    brought_by: frozenset[Role]
    tables: tuple[str, ...]
    columns: tuple[Column, ...]
    read: Callable[[Cells], Reading | None]
    choices: tuple[Choice, ...] = ()
    order: int = field(default=0, kw_only=True)


#: Who brings what the school reports. What is sealed is brought by whoever reads it: pages of an
#: import show cells of its file.
OFFICE = frozenset({Role.ADMINISTRATOR, Role.PRINCIPAL})
HEALTH_ROOM = frozenset({Role.NURSE, Role.PRINCIPAL})
