"""Activities of learning apps whose unit nobody has told yet, gathered by what they share; pure.

One answer is enough for all that belong together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from aarportal.cycle.units.catalogue.choosing import CatalogueIndex

#: Address of a site: a beginning that is no longer says nothing about a unit.
_SLASHES_OF_A_SITE = 3


@dataclass(frozen=True)
class Unknown:
    """What an app sent about one activity, of which the subject or the unit is not known.

    Attributes:
        title: Of one of the records.
        subject: Empty when unknown.
        records: How many.
        last_on: The latest day.
    """

    app_id: UUID
    unit_title: str
    activity_id: str
    subject: str
    title: str
    records: int
    last_on: date


@dataclass
class Offer:
    """One thing to be decided.

    Attributes:
        kind: How the line would know the activities (see `choosing.KINDS`).
        value: What the kind looks at.
        titles: What the activities are called, some of them.
        has_more_titles: Whether others are called otherwise.
        subjects: Those that are known already; `""` among them when some are not.
        records: How many.
        last_on: The latest day.
    """

    app_id: UUID
    kind: str
    value: str
    titles: list[str] = field(default_factory=list)
    has_more_titles: bool = False
    subjects: set[str] = field(default_factory=set)
    records: int = 0
    last_on: date = date.min

    @property
    def subject(self) -> str:
        """The subject, where it is known of all; else empty."""
        return next(iter(self.subjects)) if len(self.subjects) == 1 else ""

    def add(self, row: Unknown) -> None:
        """Let one more activity belong to it."""
        if row.title and row.title not in self.titles:
            if len(self.titles) < _SHOWN_TITLES:
                self.titles.append(row.title)
            else:
                self.has_more_titles = True
        self.subjects.add(row.subject)
        self.records += row.records
        self.last_on = max(self.last_on, row.last_on)


_SHOWN_TITLES = 3


def offers(rows: Iterable[Unknown], known: CatalogueIndex, school_id: UUID) -> Sequence[Offer]:
    """What is to be decided, unknown subjects first, the most records first.

    Activities of which a catalogue says something are decided already. Those that name a unit go by
    its title; those whose ids share everything but the last part go by that beginning.
    """
    open_rows = [row for row in rows if _is_open(row, known, school_id)]
    beside: dict[tuple[UUID, str], set[str]] = {}
    for row in open_rows:
        if not row.unit_title:
            beside.setdefault((row.app_id, beginning(row.activity_id)), set()).add(row.activity_id)
    found: dict[tuple[UUID, str, str], Offer] = {}
    for row in open_rows:
        start = beginning(row.activity_id)
        if row.unit_title:
            kind, value = "title", row.unit_title
        elif start and len(beside[row.app_id, start]) > 1:
            kind, value = "prefix", start
        else:
            kind, value = "activity", row.activity_id
        key = (row.app_id, kind, value)
        found.setdefault(key, Offer(*key)).add(row)
    return sorted(found.values(), key=lambda it: (bool(it.subject), -it.records, it.value))


def beginning(activity_id: str) -> str:
    """An id without its last part; empty when no more than a site would be left."""
    end = max(activity_id.rfind(mark) for mark in "/#?")
    start = activity_id[: end + 1]
    return start if start.count("/") > _SLASHES_OF_A_SITE or "#" in start or "?" in start else ""


def _is_open(row: Unknown, known: CatalogueIndex, school_id: UUID) -> bool:
    if not row.activity_id and not row.unit_title:
        return False  # There is nothing by which a line could know it.
    return known.find(row.app_id, school_id, row.activity_id, row.unit_title) is None
