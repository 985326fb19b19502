"""The roster in the words of OneRoster 1.2: orgs, sessions, courses, classes, users, roles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import (
    DistrictRow,
    OfRoster,
    PlacesStudents,
    SchoolOwned,
    SchoolRow,
    Shared,
)

Extra = dict[str, Any]
_WHEN_AND_WHERE = ("ends_before", "starts_on", "school_id", "role")


class SourcedRow(OfRoster):
    """What every row of a roster has, whatever it is about."""

    sourced_id: Mapped[str] = mapped_column(sort_order=-5)
    """The name under which the sending system knows it."""
    status: Mapped[str] = mapped_column(default="active", sort_order=90)
    """`active`, or `tobedeleted` once nobody lists it any more; nothing is ever deleted for it."""
    last_modified: Mapped[datetime] = mapped_column(default=clock.now, sort_order=91)
    """When it was changed here, for systems that ask us."""
    sent_modified_at: Mapped[datetime | None] = mapped_column(sort_order=92)
    """dateLastModified of the delta that changed it last; None once a bulk file did."""
    extra: Mapped[Extra] = mapped_column(JSON, default=dict, sort_order=93)
    """Columns of the file that we do not know, as they came."""


class District(Shared, Base):
    """A 設置者: the legal owner of the data (a OneRoster org of type district)."""

    __tablename__ = "districts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    """教育委員会コード or another short code; people may type it when they sign in."""
    name: Mapped[str]
    sourced_id: Mapped[str]
    roster_version: Mapped[int] = mapped_column(default=0)
    """Grows with everything that is written into the roster of the district."""


class School(SourcedRow, DistrictRow, Base):
    """A OneRoster org of type school."""

    __tablename__ = "schools"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    code: Mapped[str] = mapped_column(unique=True)
    """What people type when they sign in: the 学校コード until the school chooses a shorter one."""
    name: Mapped[str]
    identifier: Mapped[str] = mapped_column(default="")
    """学校コード (13 characters)."""


class AcademicSession(SourcedRow, DistrictRow, Base):
    """A school year (年度)."""

    __tablename__ = "academic_sessions"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"),)

    title: Mapped[str]
    type: Mapped[str]
    starts_on: Mapped[date]
    ends_before: Mapped[date]
    """Exclusive, as in base OneRoster; Japanese files mean their 31 March inclusively."""
    school_year: Mapped[int]
    parent_sourced_id: Mapped[str] = mapped_column(default="")


class Course(SourcedRow, DistrictRow, Base):
    """A course of study that classes are held for."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"),)

    title: Mapped[str]
    school_year_sourced_id: Mapped[str] = mapped_column(default="")
    org_sourced_id: Mapped[str] = mapped_column(default="")
    course_code: Mapped[str] = mapped_column(default="")
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    subject_codes: Mapped[list[str]] = mapped_column(JSON, default=list)


class Class(SourcedRow, SchoolRow, Base):
    """A class: `homeroom` (学級) or `scheduled` (a taught group)."""

    __tablename__ = "classes"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
    )

    title: Mapped[str]
    class_type: Mapped[str]
    class_code: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    periods: Mapped[list[str]] = mapped_column(JSON, default=list)
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    subject_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id"))
    term_sourced_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    special_needs: Mapped[bool] = mapped_column(default=False)


class User(SourcedRow, DistrictRow, Base):
    """A person; of the district, because students change schools and teachers serve several."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("district_id", "sourced_id"),
        Index(None, "district_id", "username"),
        Index(None, "district_id", "master_identifier"),
        # Pages of a whole district are found in the index alone; rows are read of fifty people.
        Index(None, "district_id", "sort_key", "id", "grade"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    username: Mapped[str]
    master_identifier: Mapped[str] = mapped_column(default="")
    """userMasterIdentifier: the 利用者識別子 (UUID) that survives a change of school."""
    enabled: Mapped[bool] = mapped_column(default=True)
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    kana_family_name: Mapped[str] = mapped_column(default="")
    kana_given_name: Mapped[str] = mapped_column(default="")
    kana_middle_name: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    """Every way in which somebody may type the name (see roster.names)."""
    sort_key: Mapped[str] = mapped_column(default="")
    """Puts people in the order of the fifty sounds (see roster.names)."""
    identifier: Mapped[str] = mapped_column(default="")
    user_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    primary_org_sourced_id: Mapped[str] = mapped_column(default="")
    grade: Mapped[str] = mapped_column(default="")
    """P1-P6, J1-J3; empty for staff."""
    home_class_sourced_id: Mapped[str] = mapped_column(default="")


class DistrictRole(SourcedRow, DistrictRow, Base):
    """What a person is at the board of education (a OneRoster role at the district)."""

    __tablename__ = "district_roles"
    __table_args__ = (UniqueConstraint("district_id", "sourced_id"), Index(None, "user_id"))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    role_type: Mapped[str]
    starts_on: Mapped[date | None]
    ends_before: Mapped[date | None]


class UserRole(PlacesStudents, SourcedRow, SchoolOwned, Base):
    """What a person is at a school (OneRoster roles)."""

    __tablename__ = "user_roles"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        # All that is asked of a role of somebody, without a look at the row.
        # They are a handful, so the last change may stand before all that is asked of each.
        Index("ix_user_roles_of_user", "user_id", "last_modified", "status", *_WHEN_AND_WHERE),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    role_type: Mapped[str]
    starts_on: Mapped[date | None]
    ends_before: Mapped[date | None]


class Enrollment(SourcedRow, SchoolRow, Base):
    """A person's place in a class, for a time."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("school_id", "sourced_id"),
        Index(None, "school_id", "class_id", "role"),
        Index(None, "school_id", "user_id"),
        Index("ix_enrollments_of_user", "user_id", "status", *_WHEN_AND_WHERE),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )

    class_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    primary: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_before: Mapped[date | None]
    public: Mapped[bool | None]
    """publicFlg of the Japanese profiles."""
    attendance_no: Mapped[int | None]
    """出席番号, the order in which a class is always shown."""
