"""The roster in the words of OneRoster 1.2: orgs, sessions, courses, classes, users, roles.

Every row keeps the `sourced_id` under which the sending system knows it, and `extra`: columns of
the file that we do not know, as they came.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import DistrictRow, SchoolOwned, SchoolRow, Shared

Extra = dict[str, Any]


class District(Shared, Base):
    """A 設置者: the legal owner of the data (a OneRoster org of type district)."""

    __tablename__ = "districts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    """教育委員会コード or another short code; people may type it when they sign in."""
    name: Mapped[str]
    sourced_id: Mapped[str]


class School(DistrictRow, Base):
    """A OneRoster org of type school."""

    __tablename__ = "schools"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    sourced_id: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    """What people type when they sign in: the 学校コード until the school chooses a shorter one."""
    name: Mapped[str]
    identifier: Mapped[str] = mapped_column(default="")
    """学校コード (13 characters)."""
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class AcademicSession(DistrictRow, Base):
    """A school year (年度)."""

    __tablename__ = "academic_sessions"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"),)

    sourced_id: Mapped[str]
    title: Mapped[str]
    type: Mapped[str]
    starts_on: Mapped[date]
    ends_before: Mapped[date]
    """Exclusive, as in base OneRoster; Japanese files mean their 31 March inclusively."""
    school_year: Mapped[int]
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class Course(DistrictRow, Base):
    """A course of study that classes are held for."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"),)

    sourced_id: Mapped[str]
    title: Mapped[str]
    school_year_sourced_id: Mapped[str] = mapped_column(default="")
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    subject_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class Class(SchoolRow, Base):
    """A class: `homeroom` (学級) or `scheduled` (a taught group)."""

    __tablename__ = "classes"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
    )

    sourced_id: Mapped[str]
    title: Mapped[str]
    class_type: Mapped[str]
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    subject_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id"))
    term_sourced_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    special_needs: Mapped[bool] = mapped_column(default=False)
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class User(DistrictRow, Base):
    """A person; of the district, because students change schools and teachers serve several."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        Index(None, "district_id", "username"),
        Index(None, "district_id", "master_identifier"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    sourced_id: Mapped[str]
    username: Mapped[str]
    master_identifier: Mapped[str] = mapped_column(default="")
    """userMasterIdentifier: the 利用者識別子 (UUID) that survives a change of school."""
    enabled: Mapped[bool] = mapped_column(default=True)
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    kana_family_name: Mapped[str] = mapped_column(default="")
    kana_given_name: Mapped[str] = mapped_column(default="")
    grade: Mapped[str] = mapped_column(default="")
    """P1-P6, J1-J3; empty for staff."""
    home_class_sourced_id: Mapped[str] = mapped_column(default="")
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class UserRole(SchoolOwned, Base):
    """What a person is at a school (OneRoster roles)."""

    __tablename__ = "user_roles"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        Index(None, "user_id"),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    sourced_id: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    role_type: Mapped[str]
    starts_on: Mapped[date | None]
    ends_before: Mapped[date | None]
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)


class Enrollment(SchoolRow, Base):
    """A person's place in a class, for a time."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        Index(None, "school_id", "class_id", "role"),
        Index(None, "school_id", "user_id"),
        Index(None, "user_id"),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )

    sourced_id: Mapped[str]
    class_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    primary: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_before: Mapped[date | None]
    attendance_no: Mapped[int | None]
    """出席番号, the order in which a class is always shown."""
    extra: Mapped[Extra] = mapped_column(JSON, default=dict)
