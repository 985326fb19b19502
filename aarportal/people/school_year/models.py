"""Terms, lesson times, timetables, and what was imported of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import SchoolOwned, SchoolRow


class Term(SchoolOwned, Base):
    """A part of a school year (学期); each ends where the next begins, the last on 31 March."""

    __tablename__ = "terms"

    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_before: Mapped[date]
    school_year: Mapped[int]
    """The year in which its April lies (年度)."""
    title: Mapped[str]


class BellSchedule(SchoolRow, Base):
    """The lesson times of a day (日課)."""

    __tablename__ = "bell_schedules"

    title: Mapped[str]
    is_usual: Mapped[bool] = mapped_column(default=False)
    """Whether they hold on every day for which no others are said; one of a school at most."""
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    """ISO weekdays on which they hold."""
    times: Mapped[list[Any]] = mapped_column(JSON)
    """[time of day as HH:MM, minutes] of the first lesson, the second, and so on."""


class Timetable(SchoolRow, Base):
    """The week of a class from a day on, until a later one of the same class begins."""

    __tablename__ = "timetables"
    __table_args__ = (
        UniqueConstraint("school_id", "class_id", "starts_on"),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )

    class_id: Mapped[UUID]
    starts_on: Mapped[date]


class TimetableLesson(SchoolOwned, Base):
    """What a class has in one lesson of its week."""

    __tablename__ = "timetable_lessons"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "timetable_id"], ["timetables.school_id", "timetables.id"]
        ),
    )

    timetable_id: Mapped[UUID] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    """ISO: 1 is Monday."""
    period: Mapped[int] = mapped_column(primary_key=True)
    """1 is the first lesson of the day."""
    subject: Mapped[str]
    """Key of `core.subjects`."""
    teacher_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class YearImport(SchoolRow, Base):
    """A table of a calendar or of timetables that somebody brought, and what it changed."""

    __tablename__ = "year_imports"
    __table_args__ = (Index(None, "school_id", "made_at"),)

    kind: Mapped[str]
    """`calendar` or `timetable`."""
    starts_on: Mapped[date]
    """The first day of the school year, or the day from which the timetables hold."""
    replaces: Mapped[bool] = mapped_column(default=False)
    """Whether days of the year that the table does not name become ordinary."""
    file_name: Mapped[str]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file, until it is taken or let go."""
    encoding: Mapped[str]
    """One of `core.tables.sheets.ENCODINGS`."""
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> name of its column."""
    state: Mapped[str]
    """`brought`, `taken` or `undone`."""
    changes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What was changed: [key, before, after] each, with None where there was or is nothing."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
