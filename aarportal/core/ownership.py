"""Whose a row is, and who may see it: each table picks exactly one of these mixins.

The key of a school's row is `(school_id, id)`, and every foreign key between such rows carries
`school_id` too: a row of one school cannot point into another, and the tables can be spread over
several servers by school without a change.
"""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.ids import new_id


class Relation(StrEnum):
    """How somebody stands to a student."""

    SELF = "self"
    HOMEROOM = "homeroom"
    TEACHES = "teaches"
    HEALTH = "health"
    """The health room (養護教諭) and the head of the school."""
    LEADS = "leads"
    """The head of the school."""
    RECORDS = "records"
    """A learning app, about the students of the schools it serves."""


class Shared:
    """The row belongs to the installation and holds nothing about a person."""


class SystemOnly:
    """No person's scope may read these rows; only a `SystemScope` (and apps may add to them)."""


class OfficeOnly:
    """Of persons only an administrator reads these rows; of machines the district's own apps."""


class OfRoster:
    """Part of the roster: of all tables the only ones that a system which reads it can reach."""


class SeenWithRecords:
    """The row is seen by whoever sees a row made of it, and by the district's own apps.

    Attributes:
        seen_through: (table, column) of the rows that are made of it; the column holds its id.
    """

    seen_through: ClassVar[tuple[tuple[str, str], ...]]


class DistrictOwned:
    """The row belongs to a district (設置者), the legal owner of the data."""

    district_id: Mapped[UUID] = mapped_column(sort_order=-30)


class DistrictRow(DistrictOwned):
    """A district's row with its own id."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)


class SchoolOwned:
    """The row belongs to one school (a OneRoster org)."""

    # The order of the columns is the order of the key, and the school comes first in every key.
    school_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)


class SchoolRow(SchoolOwned):
    """A school's row with its own id, not about one student."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)


class StudentOwned(SchoolOwned):
    """The row is about one student; use one of the classes below, never this one."""

    readers: ClassVar[frozenset[Relation]]

    student_id: Mapped[UUID] = mapped_column(sort_order=-10)


class ReadByTeachers(StudentOwned):
    """Goals, plans, ratings, reflections."""

    readers = frozenset({Relation.SELF, Relation.HOMEROOM, Relation.TEACHES})


class MeasuredByApps(StudentOwned):
    """Learning records and what is summed up from them: apps add, the same people read."""

    readers = frozenset({Relation.SELF, Relation.HOMEROOM, Relation.TEACHES, Relation.RECORDS})


class ReadByHealthRoom(StudentOwned):
    """Health: the homeroom teacher, the health room and the head; never the student's charts."""

    readers = frozenset({Relation.HOMEROOM, Relation.HEALTH})


class ReadByHomeroom(StudentOwned):
    """Predictions, attributions, attendance."""

    readers = frozenset({Relation.SELF, Relation.HOMEROOM})


class ReadBySelf(StudentOwned):
    """Drafts and the like: unreadable for staff."""

    readers = frozenset({Relation.SELF})


class AuditRecord:
    """The row is itself a trace of a change."""


class Untraced:
    """Bookkeeping: changing such a row asks for no audit entry, and is none itself."""
