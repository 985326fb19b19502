"""What must be true between rows beyond references, in every dialect and in Japanese ones."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
)
from aarportal.people.roster.oneroster.decisions import Decisions
from aarportal.people.roster.oneroster.home_classes import HomeClasses
from aarportal.people.roster.oneroster.keys import KeyTable
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.relations import Relations
from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)

_SCHOOL_CODE = re.compile(r"[A-H][12][0-4][0-9][123][0-9]{8}")
_DISTRICT_CODE = re.compile(r"[0-4][0-9]{5}")
_COURSE_TITLE = re.compile(r"[0-9]{4}年度")
_UUID4 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
#: What is remembered of a person's roles, a byte for each person.
_PRIMARY, _SECONDARY, _SEVERAL, _STUDENT = 1, 2, 4, 8


class Consistency:
    """Checks each row against those before it, and everything once more at the end.

    Rows that a delta takes away are not checked: what they point at may be gone with them.
    """

    def __init__(
        self,
        relations: Relations,
        homes: HomeClasses,
        decisions: Decisions,
        log: ProblemLog,
        *,
        is_japanese: bool,
    ) -> None:
        """Start before the first row."""
        self._relations = relations
        self._homes = homes
        self._decisions = decisions
        self._log = log
        self._is_japanese = is_japanese
        self._org_types: dict[str, str] = {}
        self._session_types: dict[str, str] = {}
        self._schools: dict[str, str] = {}
        self._district_line = 0
        self._usernames = KeyTable()
        self._master_identifiers = KeyTable()
        self._without_grade = KeyTable()
        self._primary_roles = KeyTable()
        self._primary_teachers = KeyTable()
        #: Everybody with a role -> their place in `_flags`.
        self._holders = KeyTable()
        self._flags = bytearray(1)
        self._secondary_lines = KeyTable()
        self._missed: set[str] = set()
        self._checks: dict[str, Callable[[int, Any], None]] = {
            ORGS: self._check_org,
            ACADEMIC_SESSIONS: self._check_academic_session,
            COURSES: self._check_course,
            CLASSES: self._check_class,
            USERS: self._check_user,
            ROLES: self._check_role,
            ENROLLMENTS: self._check_enrollment,
        }

    def check(self, file: str, line: int, row: object) -> None:
        """Check a row that stays; what is wrong goes to the log."""
        self._checks[file](line, row)

    def miss(self, file: str) -> None:
        """Say that a row of this file cannot be checked, so that others are not blamed for it."""
        self._missed.add(file)

    def close(self) -> None:
        """Check what only the last row can show."""
        if self._is_japanese:
            for user, line in self._without_grade.items():
                if self._flags[self._holders.number(user)] & _STUDENT:
                    self._log.add(USERS, line, "grades", "value_required")
        if not self._relations.knows_all(ROLES) or ROLES in self._missed:
            return
        if self._is_japanese:
            self._check_secondary_roles()
        for user, line in self._relations.lines(USERS):
            if not self._holders.number(user):
                self._log.add(USERS, line, "sourcedId", "user_without_role")

    def _check_secondary_roles(self) -> None:
        for user, line in self._secondary_lines.items():
            flags = self._flags[self._holders.number(user)]
            if flags & _PRIMARY:
                continue
            # Which of several roles were the primary one, nobody could say.
            if self._decisions.is_tolerant and not flags & _SEVERAL:
                self._log.repair(ROLES, line, "roleType", "role_alone")
                self._decisions.set(ROLES, line, "role_type", "primary")
            else:
                self._log.add(ROLES, line, "roleType", "role_secondary_alone")

    def _check_dates(
        self, file: str, line: int, starts_on: date | None, ends_before: date | None
    ) -> None:
        if starts_on and ends_before and ends_before < starts_on:
            self._log.add(file, line, "endDate", "date_order")

    def _check_org(self, line: int, row: OrgRow) -> None:
        self._org_types[row.sourced_id] = row.type
        if not self._is_japanese:
            return
        pattern = _SCHOOL_CODE
        if row.type == "district":
            pattern = _DISTRICT_CODE
            if row.parent_sourced_id:
                self._log.add(ORGS, line, "parentSourcedId", "jp_district_parent")
            if self._district_line:
                self._log.add(ORGS, line, "type", "jp_two_districts", str(self._district_line))
            self._district_line = self._district_line or line
        if not pattern.fullmatch(row.identifier):
            self._log.add(ORGS, line, "identifier", "jp_identifier", row.identifier)

    def _check_academic_session(self, line: int, row: AcademicSessionRow) -> None:
        file = ACADEMIC_SESSIONS
        self._session_types[row.sourced_id] = row.type
        self._check_dates(file, line, row.starts_on, row.ends_before)
        if self._is_japanese:
            year = row.school_year
            if row.title != f"{year}年度":
                self._log.add(file, line, "title", "jp_session_title", f"{year}年度")
            # Years are compared as numbers: 年度 9999 has no last day that `date` could hold.
            if (row.starts_on.year, row.starts_on.month, row.starts_on.day) != (year, 4, 1):
                self._log.add(file, line, "startDate", "jp_session_dates", f"{year:04}-04-01")
            end = row.ends_before
            if (end.year, end.month, end.day) != (year + 1, 4, 1):
                self._log.add(file, line, "endDate", "jp_session_dates", f"{year + 1:04}-03-31")

    def _check_course(self, line: int, row: CourseRow) -> None:
        kind = self._session_types.get(row.school_year_sourced_id, "schoolYear")
        if kind != "schoolYear":
            self._log.add(COURSES, line, "schoolYearSourcedId", "reference_type", kind)
        self._check_subjects(COURSES, line, row)
        if self._is_japanese:
            if row.course_code:
                self._log.add(COURSES, line, "courseCode", "jp_course_code", row.course_code)
            if not _COURSE_TITLE.match(row.title):
                self._log.add(COURSES, line, "title", "jp_course_title", row.title)

    def _check_subjects(self, file: str, line: int, row: CourseRow | ClassRow) -> None:
        both = row.subjects and row.subject_codes
        if both and len(row.subjects) != len(row.subject_codes):
            self._log.add(file, line, "subjectCodes", "list_lengths")

    def _check_school(self, file: str, line: int, org: str) -> None:
        kind = self._org_types.get(org, "school")
        if kind != "school":
            self._log.add(file, line, "schoolSourcedId", "reference_type", kind)

    def _check_class(self, line: int, row: ClassRow) -> None:
        self._schools[row.sourced_id] = row.school_sourced_id
        self._homes.add(row)
        self._check_school(CLASSES, line, row.school_sourced_id)
        self._check_subjects(CLASSES, line, row)

    def _check_user(self, line: int, row: UserRow) -> None:
        log = self._log
        first = self._usernames.setdefault(row.username, line)
        if first != line:
            log.add(USERS, line, "username", "username_twice", str(first))
        master = row.user_master_identifier
        if master:
            first = self._master_identifiers.setdefault(master.lower(), line)
            if first != line:
                log.add(USERS, line, "userMasterIdentifier", "master_identifier_twice", str(first))
            if self._is_japanese and not _UUID4.fullmatch(master):
                log.add(USERS, line, "userMasterIdentifier", "master_identifier_form")
        if not row.grades:
            self._without_grade.setdefault(row.sourced_id, line)
        if row.home_class:
            self._homes.find(line, row, log)

    def _check_role(self, line: int, row: RoleRow) -> None:
        user = row.user_sourced_id
        self._check_dates(ROLES, line, row.starts_on, row.ends_before)
        place = self._holders.setdefault(user, len(self._flags))
        if place == len(self._flags):
            self._flags.append(0)
        if row.role == "student":
            self._flags[place] |= _STUDENT
        if row.role_type == "primary":
            self._flags[place] |= _PRIMARY
            first = self._primary_roles.setdefault((user, row.org_sourced_id), line)
            if first != line:
                self._log.add(ROLES, line, "roleType", "role_primary_twice", str(first))
        else:
            self._flags[place] |= _SEVERAL if self._flags[place] & _SECONDARY else _SECONDARY
            self._secondary_lines.setdefault(user, line)

    def _check_enrollment(self, line: int, row: EnrollmentRow) -> None:
        file = ENROLLMENTS
        self._check_dates(file, line, row.starts_on, row.ends_before)
        self._check_school(file, line, row.school_sourced_id)
        school = self._schools.get(row.class_sourced_id, row.school_sourced_id)
        if school != row.school_sourced_id:
            self._log.add(file, line, "schoolSourcedId", "school_differs", school)
        if row.primary:
            if row.role == "student" and self._is_japanese:
                self._log.add(file, line, "primary", "primary_student")
            elif row.role == "teacher":
                first = self._primary_teachers.setdefault(row.class_sourced_id, line)
                if first != line:
                    self._log.add(file, line, "primary", "primary_twice", str(first))
