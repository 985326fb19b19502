"""Rows of a roster made to fit a dialect, or what is missing for it, pure and row by row.

What stands in the portal may have come in another dialect: with terms where the Japanese profile
knows years only, with roles that it has no word for, without the readings that it requires.
Nothing is invented. What a dialect cannot say is left out; what it requires and nobody told is a
`Shortfall`. Whatever is left holds together: each row points at rows that are there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from aarportal.people.roster.oneroster.dialects import JAPANESE_GRADES, Dialect
from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)

#: Rows named with a shortfall; the others are counted.
_EXAMPLES = 5
_FIRST_MONTH = 4


@dataclass
class Shortfall:
    """Something that the dialect requires and the roster does not have.

    Attributes:
        rule: `master_identifier`, `kana`, `grade`, `course`, `term` or `file`.
        count: How many rows lack it.
        examples: What some of them are called; the name of the file for `file`.
    """

    rule: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


def school_year_of(day: date) -> int:
    """The 年度 in which a day lies."""
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


class Fitting:
    """Makes the files of one bundle fit, each after those it points at."""

    def __init__(self, dialect: Dialect, *, without: frozenset[str] = frozenset()) -> None:
        """Nothing is kept yet.

        Args:
            dialect: What the rows have to fit.
            without: sourcedIds of people who are left out.
        """
        self._dialect = dialect
        self._is_japanese = dialect.is_japanese
        self._without = without
        self._shortfalls: dict[str, Shortfall] = {}
        self._kept: dict[str, set[str]] = {ORGS: set(), COURSES: set(), USERS: set()}
        self._district = ""
        #: sourcedId of a session -> that of the one that stands for it.
        self._sessions: dict[str, str] = {}
        self._homes: dict[str, str] = {}
        """Class -> its school."""
        self._seen: dict[str, set[str]] = {ROLES: set(), ENROLLMENTS: set()}
        self._primary: set[tuple[str, str]] = set()
        self._with_primary: set[str] = set()
        self._without_grade: dict[str, str] = {}
        self._allowed = {
            (file, column.name): (frozenset(column.values), column.extensible)
            for file, columns in dialect.files.items()
            for column in columns
            if column.values
        }
        self._fits: Mapping[str, Callable[[Any], Any]] = {
            ORGS: self._org,
            COURSES: self._course,
            CLASSES: self._class,
            USERS: self._user,
            ROLES: self._role,
            ENROLLMENTS: self._enrollment,
        }

    @property
    def shortfalls(self) -> tuple[Shortfall, ...]:
        """What was missing in the rows that have been asked for so far."""
        return tuple(self._shortfalls.values())

    def missing_files(self, written: Iterable[str]) -> tuple[Shortfall, ...]:
        """Files that the dialect requires and that have no rows."""
        there = frozenset(written)
        return tuple(
            Shortfall("file", 1, [file])
            for file in self._dialect.required_files
            if file not in there
        )

    def rows(self, rows: Mapping[str, Iterable[Any]]) -> dict[str, Iterable[Any]]:
        """The rows that fit, by file; ask for the files in the order of `CARRIED`."""
        return {file: self._fitting(file, found) for file, found in rows.items()}

    def _fitting(self, file: str, rows: Iterable[Any]) -> Iterator[Any]:
        if file == ACADEMIC_SESSIONS:
            yield from self._academic_sessions(rows)
            return
        fit = self._fits[file]
        for row in rows:
            fitted = fit(row)
            if fitted is not None:
                yield fitted

    def _lacks(self, rule: str, name: str) -> None:
        shortfall = self._shortfalls.setdefault(rule, Shortfall(rule))
        shortfall.count += 1
        if len(shortfall.examples) < _EXAMPLES:
            shortfall.examples.append(name)

    def _may_say(self, file: str, column: str, word: str) -> bool:
        values, extensible = self._allowed[file, column]
        return word in values or (extensible and word.startswith("ext:"))

    def _org(self, row: OrgRow) -> OrgRow | None:
        if row.sourced_id in self._kept[ORGS] or not self._may_say(ORGS, "type", row.type):
            return None
        self._kept[ORGS].add(row.sourced_id)
        if row.type == "district":
            self._district = row.sourced_id
            return replace(row, parent_sourced_id="") if self._is_japanese else row
        return row

    # --- years ------------------------------------------------------------------------------------

    def _academic_sessions(self, rows: Iterable[AcademicSessionRow]) -> Iterator[Any]:
        """There are few of them, and a term may stand before its year."""
        every = {row.sourced_id: row for row in rows}
        years: dict[int, str] = {}
        for row in every.values():
            if row.type == "schoolYear" or not self._is_japanese:
                years.setdefault(school_year_of(row.starts_on), row.sourced_id)
                self._sessions[row.sourced_id] = row.sourced_id
        for row in every.values():
            if row.sourced_id not in self._sessions:
                year = _year_above(row, every) or years.get(school_year_of(row.starts_on))
                if year:
                    self._sessions[row.sourced_id] = year
            else:
                yield self._session(row, every)

    def _session(
        self, row: AcademicSessionRow, every: Mapping[str, AcademicSessionRow]
    ) -> AcademicSessionRow:
        if not self._is_japanese:
            parent = row.parent_sourced_id if row.parent_sourced_id in every else ""
            return replace(row, parent_sourced_id=parent)
        year = school_year_of(row.starts_on)
        return replace(
            row,
            title=f"{year}年度",
            starts_on=date(year, _FIRST_MONTH, 1),
            ends_before=date(year + 1, _FIRST_MONTH, 1),
            school_year=year,
            parent_sourced_id=self._sessions.get(row.parent_sourced_id, ""),
        )

    # --- what is taught ---------------------------------------------------------------------------

    def _course(self, row: CourseRow) -> CourseRow | None:
        if row.sourced_id in self._kept[COURSES]:
            return None
        self._kept[COURSES].add(row.sourced_id)
        org = row.org_sourced_id
        return replace(
            row,
            # A course of a school that is not in the bundle is, for whoever reads it, the board's.
            org_sourced_id=org if org in self._kept[ORGS] else self._district,
            school_year_sourced_id=self._year_of(row.school_year_sourced_id),
            grades=self._grades(row.grades),
            course_code="" if self._is_japanese else row.course_code,
        )

    def _year_of(self, session: str) -> str:
        return self._sessions.get(session, "")

    def _grades(self, grades: tuple[str, ...]) -> tuple[str, ...]:
        if not self._is_japanese:
            return grades
        return tuple(grade for grade in grades if grade in JAPANESE_GRADES)

    def _class(self, row: ClassRow) -> ClassRow | None:
        if row.sourced_id in self._homes or row.school_sourced_id not in self._kept[ORGS]:
            return None
        if not self._may_say(CLASSES, "classType", row.class_type):
            return None
        terms = [self._sessions[term] for term in row.term_sourced_ids if term in self._sessions]
        if row.course_sourced_id not in self._kept[COURSES]:
            self._lacks("course", row.title)
        if not terms:
            self._lacks("term", row.title)
        self._homes[row.sourced_id] = row.school_sourced_id
        return replace(
            row, term_sourced_ids=tuple(dict.fromkeys(terms)), grades=self._grades(row.grades)
        )

    # --- people -----------------------------------------------------------------------------------

    def _user(self, row: UserRow) -> UserRow | None:
        if row.sourced_id in self._without or row.sourced_id in self._kept[USERS]:
            return None
        if self._is_japanese and not row.enabled_user:
            # The profile lists those who are there; `enabledUser` is true in each line.
            return None
        self._kept[USERS].add(row.sourced_id)
        org, home = row.primary_org_sourced_id, row.home_class_sourced_id
        row = replace(
            row,
            primary_org_sourced_id=org if org in self._kept[ORGS] else "",
            home_class=home if home in self._homes else "",
            grades=self._grades(row.grades),
        )
        return self._japanese_user(row) if self._is_japanese else row

    def _japanese_user(self, row: UserRow) -> UserRow:
        name = f"{row.family_name} {row.given_name}"
        if not row.user_master_identifier:
            self._lacks("master_identifier", name)
        if not (row.kana_family_name and row.kana_given_name):
            self._lacks("kana", name)
        if not row.grades:
            self._without_grade[row.sourced_id] = name
        return replace(
            row,
            preferred_given_name=row.preferred_given_name or row.given_name,
            preferred_middle_name=row.preferred_middle_name or row.middle_name,
            preferred_family_name=row.preferred_family_name or row.family_name,
        )

    def _role(self, row: RoleRow) -> RoleRow | None:
        user, org = row.user_sourced_id, row.org_sourced_id
        if user not in self._kept[USERS] or org not in self._kept[ORGS]:
            return None
        if row.sourced_id in self._seen[ROLES] or not self._may_say(ROLES, "role", row.role):
            return None
        if row.role_type == "primary" and (user, org) in self._primary:
            # The one that holds comes first; this one has ended.
            return None
        self._seen[ROLES].add(row.sourced_id)
        if row.role == "student" and user in self._without_grade:
            self._lacks("grade", self._without_grade.pop(user))
        if row.role_type == "primary":
            self._primary.add((user, org))
            self._with_primary.add(user)
        elif self._is_japanese and user not in self._with_primary:
            # The primary one is at a school that is not in the bundle.
            self._primary.add((user, org))
            self._with_primary.add(user)
            return replace(row, role_type="primary")
        return row

    def _enrollment(self, row: EnrollmentRow) -> EnrollmentRow | None:
        if self._homes.get(row.class_sourced_id) != row.school_sourced_id:
            return None
        if row.user_sourced_id not in self._kept[USERS]:
            return None
        if row.sourced_id in self._seen[ENROLLMENTS]:
            return None
        if not self._may_say(ENROLLMENTS, "role", row.role):
            return None
        self._seen[ENROLLMENTS].add(row.sourced_id)
        if not self._is_japanese:
            return row
        return replace(row, primary=bool(row.primary) and row.role != "student")


def _year_above(row: AcademicSessionRow, every: Mapping[str, AcademicSessionRow]) -> str:
    """The school year among the parents; empty if there is none."""
    seen: set[str] = set()
    above = every.get(row.parent_sourced_id)
    while above is not None and above.sourced_id not in seen:
        if above.type == "schoolYear":
            return above.sourced_id
        seen.add(above.sourced_id)
        above = every.get(above.parent_sourced_id)
    return ""
