"""What the school reports about a student's year: days, grades, results of examinations."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import Classification, FromSchoolOffice, ReadByHead, ReadOnPurpose


class YearAttendance(FromSchoolOffice, ReadByHead, Base):
    """The days of a student's school year, as they go into 指導要録."""

    __tablename__ = "year_attendances"
    dated_by = "school_year"
    __table_args__ = (Index(None, "school_id", "import_id"),)
    classification = Classification.III

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    school_year: Mapped[int] = mapped_column(primary_key=True)
    lesson_days: Mapped[int | None]
    """授業日数."""
    excused_days: Mapped[int | None]
    """出席停止・忌引等の日数."""
    abroad_days: Mapped[int | None]
    """留学中の授業日数."""
    required_days: Mapped[int | None]
    """出席しなければならない日数: lessons - excused - abroad."""
    absent_days: Mapped[int | None]
    present_days: Mapped[int | None]
    """出席日数: required - absent."""
    late_days: Mapped[int | None]
    left_early_days: Mapped[int | None]
    remark: Mapped[str] = mapped_column(default="")


class Grade(FromSchoolOffice, ReadOnPurpose, Base):
    """One cell of a report: a student, a term, a subject, and a 観点 or the 評定."""

    __tablename__ = "school_grades"
    dated_by = "school_year"
    __table_args__ = (Index(None, "school_id", "import_id"),)
    classification = Classification.II

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    school_year: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    """`1` to `3`, or `year`."""
    subject: Mapped[str] = mapped_column(primary_key=True)
    """As the school calls it."""
    aspect: Mapped[str] = mapped_column(primary_key=True)
    """`knowledge`, `thinking`, `attitude`, `rating` or `remark`."""
    value: Mapped[str]


class ExaminationResult(FromSchoolOffice, ReadOnPurpose, Base):
    """What a student reached in an examination that another system held (MEXCBT, EduSurvey)."""

    __tablename__ = "examination_results"
    dated_by = "day"
    __table_args__ = (Index(None, "school_id", "import_id"),)
    classification = Classification.II

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, default="")
    score: Mapped[str] = mapped_column(default="")
    """Points, shares and levels are texts: nothing is ever calculated from them."""
    score_max: Mapped[str] = mapped_column(default="")
    correct: Mapped[str] = mapped_column(default="")
    items: Mapped[str] = mapped_column(default="")
    level: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
