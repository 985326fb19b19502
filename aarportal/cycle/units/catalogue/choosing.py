"""Which subject and unit an activity belongs to, by what catalogues say; pure.

It runs for every record: an index is made once for many of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from aarportal.core.ids import NOTHING

#: By what a line knows an activity: its very id, how its id begins, or the title of its unit.
KINDS = ("activity", "prefix", "title")


class Choice(NamedTuple):
    """What a line of a catalogue says.

    Attributes:
        subject: Key of the subject; empty for unknown.
        code: 学習指導要領コード; empty for none.
        unit_title: The unit as the school calls it, with its readings; empty for none.
    """

    subject: str
    code: str
    unit_title: str


class Entry(NamedTuple):
    """One line, as plain values."""

    app_id: UUID
    school_id: UUID
    """Which school keeps it; all zeros for the app's own catalogue."""
    kind: str
    value: str
    subject: str
    code: str
    unit_title: str


@dataclass
class _Table:
    """The lines about one app that one school keeps, or the app's own."""

    activities: dict[str, Choice] = field(default_factory=dict)
    prefixes: dict[str, Choice] = field(default_factory=dict)
    titles: dict[str, Choice] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    """How long the prefixes are, the longest first."""

    def find(self, activity_id: str, unit_title: str) -> Choice | None:
        found = self.activities.get(activity_id)
        if found is not None:
            return found
        for length in self.lengths:
            if (found := self.prefixes.get(activity_id[:length])) is not None:
                return found
        return self.titles.get(unit_title)


@dataclass(frozen=True)
class CatalogueIndex:
    """Every line of some catalogues, ready to be asked."""

    _tables: Mapping[tuple[UUID, UUID], _Table]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "CatalogueIndex":
        """Index these lines; one that is empty is about nothing."""
        tables: dict[tuple[UUID, UUID], _Table] = {}
        for entry in entries:
            if not entry.value:
                continue
            table = tables.setdefault((entry.app_id, entry.school_id), _Table())
            choice = Choice(entry.subject, entry.code, entry.unit_title)
            if entry.kind == "prefix":
                table.prefixes[entry.value] = choice
            elif entry.kind == "title":
                table.titles[entry.value] = choice
            else:
                table.activities[entry.value] = choice
        for table in tables.values():
            table.lengths = sorted({len(prefix) for prefix in table.prefixes}, reverse=True)
        return cls(tables)

    def __bool__(self) -> bool:
        """Whether there is any line at all."""
        return bool(self._tables)

    def find(
        self, app_id: UUID, school_id: UUID, activity_id: str, unit_title: str
    ) -> Choice | None:
        """What the lines say; None when they do not know the activity.

        The school's table goes before the app's own catalogue. In each, the very activity goes
        before the longest beginning, and that before the title of the unit.

        Args:
            app_id: Whose activity.
            school_id: The school of the student.
            activity_id: As records have it; empty when there is none.
            unit_title: As the app calls the unit; empty when it says none.
        """
        for keeper in (school_id, NOTHING):
            table = self._tables.get((app_id, keeper))
            if table is not None and (found := table.find(activity_id, unit_title)) is not None:
                return found
        return None
