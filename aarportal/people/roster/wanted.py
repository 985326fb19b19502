"""The rows of a roster file as columns of our tables, pure."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import count
from typing import Any
from uuid import UUID

from aarportal.core.errors import InvalidError
from aarportal.core.scratch import Scratch, Table
from aarportal.people.roster import names
from aarportal.people.roster.changes import ACTIVE, Values, Wanted
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)

#: Kinds of rows that others point at.
_POINTED_AT = ("schools", "courses", "classes", "users")

AnyRow = OrgRow | AcademicSessionRow | CourseRow | ClassRow | UserRow | RoleRow | EnrollmentRow


class WantedRows:
    """What a file wants to stand, kind by kind; each kind after those it points at.

    Attributes:
        set_aside: Roles that no school and no board holds; the portal knows people by places.
        school_codes: Code -> name of each new school: what its people type when they sign in.
    """

    def __init__(
        self,
        bundle: Bundle,
        district: Values,
        school: Values | None,
        codes: "Codes",
        scratch: Scratch,
    ) -> None:
        """Say which district, and of which school alone, the file may speak."""
        self._ids: dict[str, Table] = {kind: scratch.table(1) for kind in _POINTED_AT}
        self.set_aside = 0
        self.school_codes: dict[str, str] = {}
        self._bundle = bundle
        self._district = district
        self._school = school
        self._codes = codes

    def of(self, kind: str) -> Iterable[Wanted]:
        """The rows of a kind.

        Raises:
            InvalidError: If one is of another school, and the file may speak of one alone.
        """
        rows: Iterable[Wanted] = getattr(self, f"_{kind}")()
        return rows

    def remember(self, kind: str, row: Values) -> None:
        """By which name a row is known; whoever plans tells it of each."""
        known = self._ids.get(kind)
        # Of two schools' classes of one name, the one that goes on is meant.
        if known is not None and (row["status"] == ACTIVE or row["sourced_id"] not in known):
            known[row["sourced_id"]] = (row["id"].bytes,)

    def _find(self, kind: str, sourced_id: str) -> UUID | None:
        found = self._ids[kind].get(sourced_id)
        return UUID(bytes=found[0]) if found else None

    def _of(self, kind: str, sourced_id: str) -> UUID:
        found = self._find(kind, sourced_id)
        if found is None:
            raise InvalidError("orgs", "another_school")
        return found

    def _schools(self) -> Iterable[Wanted]:
        school = self._school
        for org in self._bundle.orgs:
            if org.type != "school":
                continue
            if school is not None and org.sourced_id != school["sourced_id"]:
                raise InvalidError("orgs", "another_school")
            yield _wanted(
                org,
                district_id=self._district["id"],
                code=self._code_of(org),
                name=org.name,
                identifier=org.identifier,
            )

    def _code_of(self, org: OrgRow) -> str:
        """What people type stays as it is once a school has one."""
        chosen = self._codes.chosen.get(org.sourced_id)
        if chosen:
            return chosen
        code = self._codes.give(org.identifier, org.sourced_id)
        self.school_codes[code] = org.name
        return code

    def _academic_sessions(self) -> Iterable[Wanted]:
        for row in self._bundle.academic_sessions:
            yield _wanted(
                row,
                district_id=self._district["id"],
                title=row.title,
                type=row.type,
                starts_on=row.starts_on,
                ends_before=row.ends_before,
                school_year=row.school_year,
                parent_sourced_id=row.parent_sourced_id,
            )

    def _courses(self) -> Iterable[Wanted]:
        for row in self._bundle.courses:
            yield _wanted(
                row,
                district_id=self._district["id"],
                title=row.title,
                school_year_sourced_id=row.school_year_sourced_id,
                org_sourced_id=row.org_sourced_id,
                course_code=row.course_code,
                grades=list(row.grades),
                subjects=list(row.subjects),
                subject_codes=list(row.subject_codes),
            )

    def _classes(self) -> Iterable[Wanted]:
        for row in self._bundle.classes:
            yield _wanted(
                row,
                school_id=self._of("schools", row.school_sourced_id),
                title=row.title,
                class_type=row.class_type,
                class_code=row.class_code,
                location=row.location,
                grades=list(row.grades),
                periods=list(row.periods),
                subjects=list(row.subjects),
                subject_codes=list(row.subject_codes),
                course_id=self._of("courses", row.course_sourced_id),
                term_sourced_ids=list(row.term_sourced_ids),
                special_needs=bool(row.special_needs),
            )

    def _users(self) -> Iterable[Wanted]:
        for row in self._bundle.users:
            yield _wanted(row, district_id=self._district["id"], **_person(row))

    def _roles(self) -> Iterable[Wanted]:
        district = self._district["sourced_id"]
        for row in self._bundle.roles:
            school_id = self._find("schools", row.org_sourced_id)
            if school_id is not None:
                yield self._role(row, school_id=school_id)
            elif row.org_sourced_id != district or self._school is not None:
                self.set_aside += 1

    def _district_roles(self) -> Iterable[Wanted]:
        district = self._district["sourced_id"]
        for row in self._bundle.roles:
            if row.org_sourced_id == district:
                yield self._role(row, district_id=self._district["id"])

    def _role(self, row: RoleRow, **owner: UUID) -> Wanted:
        return _wanted(
            row,
            **owner,
            user_id=self._of("users", row.user_sourced_id),
            role=row.role,
            role_type=row.role_type,
            starts_on=row.starts_on,
            ends_before=row.ends_before,
        )

    def _enrollments(self) -> Iterable[Wanted]:
        for row in self._bundle.enrollments:
            yield _wanted(
                row,
                school_id=self._of("schools", row.school_sourced_id),
                class_id=self._of("classes", row.class_sourced_id),
                user_id=self._of("users", row.user_sourced_id),
                role=row.role,
                primary=bool(row.primary),
                starts_on=row.starts_on,
                ends_before=row.ends_before,
                public=row.public_flg,
                attendance_no=row.shusseki_no,
            )


def _wanted(row: AnyRow, **values: Any) -> Wanted:
    return Wanted(
        {"sourced_id": row.sourced_id, "extra": dict(row.extra), **values},
        row.status == "tobedeleted",
        row.modified_at,
    )


class Codes:
    """Gives out what people type when they sign in; nobody else's code is given twice.

    Attributes:
        chosen: sourcedId -> code of schools that have one.
    """

    def __init__(self, taken: Iterable[str], chosen: Mapping[str, str], seed: str) -> None:
        """Say which codes are taken; the seed makes codes of two districts differ."""
        self.chosen = chosen
        self._taken = set(taken)
        self._seed = seed

    def give(self, identifier: str, sourced_id: str) -> str:
        """The official code if the file brings one that is free, else a short one."""
        code = identifier
        tries = count()
        while not code or code in self._taken:
            name = f"{self._seed} {sourced_id} {next(tries)}"
            code = blake2b(name.encode(), digest_size=4).hexdigest()
        self._taken.add(code)
        return code


def _person(row: UserRow) -> Values:
    """People are shown under the names they are called by (preferred), else those of the file."""
    name = names.FullName(
        family=row.preferred_family_name or row.family_name,
        given=row.preferred_given_name or row.given_name,
        middle=row.preferred_middle_name or row.middle_name,
        kana_family=row.kana_preferred_family_name or row.kana_family_name,
        kana_given=row.kana_preferred_given_name or row.kana_given_name,
        kana_middle=row.kana_preferred_middle_name or row.kana_middle_name,
    )
    return {
        "username": row.username,
        "master_identifier": row.user_master_identifier,
        "enabled": row.enabled_user,
        "family_name": name.family,
        "given_name": name.given,
        "middle_name": name.middle,
        "kana_family_name": name.kana_family,
        "kana_given_name": name.kana_given,
        "kana_middle_name": name.kana_middle,
        "search_text": name.search_text(row.username),
        "sort_key": name.sort_key(),
        "identifier": row.identifier,
        "user_ids": list(row.user_ids),
        "primary_org_sourced_id": row.primary_org_sourced_id,
        "grade": row.grades[0] if row.grades else "",
        "home_class_sourced_id": row.home_class_sourced_id,
    }
