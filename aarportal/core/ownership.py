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
    COVERS = "covers"
    """Takes the class for a day or some days; writes only what such a day asks for."""
    GRADE = "grade"
    """Leads the grade (学年主任), and reads about its classes."""
    CASE = "case"
    """Looks after this one student for a time, for a reason that the head has written down."""
    GUARDS = "guards"
    """A parent or relative."""
    BROUGHT = "brought"
    """The work on an import of school data, about the students of its school; no person is that."""


#: By these somebody reads, and writes nothing but what a table says.
READ_ONLY = frozenset({Relation.COVERS, Relation.GRADE, Relation.CASE, Relation.GUARDS})


class Classification(StrEnum):
    """重要性分類 of the guideline on security of education data; the lower, the graver.

    Source: 教育情報セキュリティポリシーに関するガイドライン (令和7年3月).
    """

    II = "II"
    """Health, guidance, grades: what harms a child if it gets out."""
    III = "III"
    """Lists of attendance, learning records."""


class Shared:
    """The row belongs to the installation and holds nothing about a person.

    Everybody may read it, unless it is `SystemOnly` as well.
    """


class SystemOnly:
    """No person's scope may read these rows; only a `SystemScope` (and apps may add to them)."""


class OfficeOnly:
    """Of persons only an administrator reads these rows; of machines the district's own apps."""


class OfRoster:
    """Part of the roster: of all tables the only ones that a system which reads it can reach."""


class KnownToHolder:
    """The row says what somebody holds: of persons its holder reads it, and the school's office.

    Column: `holder_id`.
    """

    holder_id: Mapped[UUID]


class SeenWithRecords:
    """The row is seen by whoever sees a row made of it, and by the district's own apps.

    Attributes:
        seen_through: (table, column) of the rows that are made of it; the column holds its id.
    """

    seen_through: ClassVar[tuple[tuple[str, str], ...]]


class PlacesStudents:
    """The row says who is a student of which school and for how long: the guard asks it.

    Columns: `school_id`, `user_id`, `role`, `starts_on`, `ends_before`.
    """


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
    """The row is about one student; use one of the classes below, never this one.

    The student sees the rows of all years, teachers those of this one. Each table says when its
    rows are of: by `dated_by`, or by `part_of`.

    Attributes:
        readers: Who reads the table.
        written_by: Whose rows are also written by these, who otherwise only read (`READ_ONLY`).
        dated_by: The column (a date, a moment, or a 年度) that says when a row is of.
        part_of: (table, column): the row is of when the row is of whose id stands in the column.
        handed_on: (column, value): rows with this value go on to the next teacher, however old.
        stays_with_school: Whether the row goes on between the same people whatever year it is, and
            at the same school where the student goes on to another one.
    """

    readers: ClassVar[frozenset[Relation]]
    written_by: ClassVar[frozenset[Relation]] = frozenset()
    dated_by: ClassVar[str | None] = None
    part_of: ClassVar[tuple[str, str] | None] = None
    handed_on: ClassVar[tuple[str, str] | None] = None
    stays_with_school: ClassVar[bool] = False

    student_id: Mapped[UUID] = mapped_column(sort_order=-10)


_OWN_TEACHERS = frozenset({Relation.SELF, Relation.HOMEROOM, Relation.TEACHES})
_TEACHERS = _OWN_TEACHERS | {Relation.COVERS, Relation.GRADE, Relation.CASE}


class ReadByTeachers(StudentOwned):
    """Plans, ratings, reflections: those who teach the student, for whatever time, or lead."""

    readers = _TEACHERS


class ReadAtHome(ReadByTeachers):
    """Goals, and what to try next: the family reads them, too."""

    readers = _TEACHERS | {Relation.GUARDS}


class ReadByOwnTeachers(StudentOwned):
    """Doubts to be decided, letters to the next teacher: nobody who is there only for a time."""

    readers = _OWN_TEACHERS


class MeasuredByApps(StudentOwned):
    """Learning records and what is summed up from them: apps add, the same people read."""

    readers = _TEACHERS | {Relation.RECORDS}


class ReadByHealthRoom(StudentOwned):
    """Health: the homeroom teacher, the health room and the head; never the student's charts."""

    readers = frozenset({Relation.HOMEROOM, Relation.HEALTH})


class ReadByHead(StudentOwned):
    """What the school reports about a year: the homeroom teacher and the head."""

    readers = frozenset({Relation.HOMEROOM, Relation.LEADS})


class ReadOnPurpose(StudentOwned):
    """Grades: the same, and the student on a page that they open on purpose, nowhere else."""

    readers = frozenset({Relation.SELF, Relation.HOMEROOM, Relation.LEADS})


class KeptToTakeBack(StudentOwned):
    """What stood there before an import: nobody reads it, and taking the import back needs it."""

    readers = frozenset({Relation.BROUGHT})


class ReadByHomeroom(StudentOwned):
    """Predictions, attributions."""

    readers = frozenset({Relation.SELF, Relation.HOMEROOM, Relation.COVERS})


class ReadBySelf(StudentOwned):
    """Drafts and the like: unreadable for staff."""

    readers = frozenset({Relation.SELF})


class HelpedByTeachers(StudentOwned):
    """What keeps a student from coming in: every teacher of theirs and the office can help."""

    readers = frozenset({Relation.HOMEROOM, Relation.TEACHES, Relation.RECORDS})


class HandedOutByHomeroom(StudentOwned):
    """What the homeroom teacher or the office hands out to a student, such as a login card."""

    readers = frozenset({Relation.HOMEROOM, Relation.RECORDS})


class FromSchoolOffice:
    """The row says what a school-office system (校務系) says about a student.

    Attributes:
        classification: How grave it is if somebody reads it who may not.
    """

    classification: ClassVar[Classification]

    import_id: Mapped[UUID | None] = mapped_column(sort_order=90)
    """The import that wrote it last; None once somebody wrote it here by hand."""


def is_grave(row_class: type) -> bool:
    """Whether a table is of 重要性分類 II: what harms a child if it gets out."""
    return getattr(row_class, "classification", None) is Classification.II


class KeptByOffice(StudentOwned):
    """Papers about a student that the office keeps and the student sees, such as an own export."""

    readers = frozenset({Relation.SELF, Relation.RECORDS})


class AskedOfOffice(StudentOwned):
    """What a student or a guardian asks of the school's office, which answers.

    The school that was asked has to answer, wherever the student is by then; and whoever asked
    reads the answer, when the school year is another one, too.
    """

    readers = frozenset({Relation.SELF, Relation.GUARDS, Relation.RECORDS})
    written_by = frozenset({Relation.GUARDS})
    stays_with_school = True


class AuditRecord:
    """The row is itself a trace."""

    @property
    def is_of_change(self) -> bool:
        """Whether a change was made, and not only looked at something."""
        raise NotImplementedError


class AppendOnly:
    """Rows are added, never changed, and deleted only when the time to keep them is over."""


class Untraced:
    """Bookkeeping: changing such a row asks for no audit entry, and is none itself."""
