"""The rows of a bundle as plain frozen values, under OneRoster's names in snake_case.

A blank cell is the empty string, the empty tuple or None. Dates are read as `starts_on` and
`ends_before` (exclusive). `extra` holds the cells of `metadata.*` columns that are not known here,
by the name of the column and exactly as they were given; blank ones are left out. `status` and
`modified_at` are blank in a bulk file; in a delta file `status` is active or tobedeleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Extra = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrgRow:
    """A row of orgs.csv; in Japanese files `identifier` is the 学校コード or 教育委員会コード."""

    sourced_id: str
    name: str
    type: str
    identifier: str = ""
    parent_sourced_id: str = ""
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AcademicSessionRow:
    """A row of academicSessions.csv.

    Attributes:
        ends_before: Exclusive; the 31 March of a Japanese file has become 1 April.
        school_year: As given: base OneRoster names the year in which it ends, Japan the year in
            which it begins (年度).
    """

    sourced_id: str
    title: str
    type: str
    starts_on: date
    ends_before: date
    school_year: int
    parent_sourced_id: str = ""
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A row of courses.csv."""

    sourced_id: str
    title: str
    org_sourced_id: str
    school_year_sourced_id: str = ""
    course_code: str = ""
    grades: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    subject_codes: tuple[str, ...] = ()
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A row of classes.csv; `class_type` homeroom is the 学級 of a Japanese school."""

    sourced_id: str
    title: str
    course_sourced_id: str
    class_type: str
    school_sourced_id: str
    term_sourced_ids: tuple[str, ...]
    grades: tuple[str, ...] = ()
    class_code: str = ""
    location: str = ""
    subjects: tuple[str, ...] = ()
    subject_codes: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    special_needs: bool | None = None
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserRow:
    """A row of users.csv, without what the portal does not need.

    Attributes:
        user_master_identifier: 利用者識別子, which stays with a person for life.
        home_class: As given: the sourcedId of a class, or its title.
        home_class_sourced_id: The class that `home_class` means; empty when that is not certain.
    """

    sourced_id: str
    enabled_user: bool
    username: str
    given_name: str
    family_name: str
    middle_name: str = ""
    user_ids: tuple[str, ...] = ()
    identifier: str = ""
    grades: tuple[str, ...] = ()
    user_master_identifier: str = ""
    preferred_given_name: str = ""
    preferred_middle_name: str = ""
    preferred_family_name: str = ""
    primary_org_sourced_id: str = ""
    kana_given_name: str = ""
    kana_family_name: str = ""
    kana_middle_name: str = ""
    kana_preferred_given_name: str = ""
    kana_preferred_family_name: str = ""
    kana_preferred_middle_name: str = ""
    home_class: str = ""
    home_class_sourced_id: str = ""
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A row of roles.csv: what a person is at an org."""

    sourced_id: str
    user_sourced_id: str
    role_type: str
    role: str
    org_sourced_id: str
    starts_on: date | None = None
    ends_before: date | None = None
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """A row of enrollments.csv; `shusseki_no` is the 出席番号 of a pupil in the class."""

    sourced_id: str
    class_sourced_id: str
    school_sourced_id: str
    user_sourced_id: str
    role: str
    primary: bool | None = None
    starts_on: date | None = None
    ends_before: date | None = None
    shusseki_no: int | None = None
    public_flg: bool | None = None
    extra: Extra = field(default_factory=dict, hash=False)
    status: str = ""
    modified_at: datetime | None = None
