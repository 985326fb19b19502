"""What an import would do to a district, pure: a bundle against the roster that stands.

The seam for later: a page of differences shows a plan before anything is written, a delta file
makes a plan of fewer rows, and an undo is a plan turned round.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import count
from types import MappingProxyType
from uuid import UUID

from aarportal.core.errors import InvalidError
from aarportal.people.roster import names
from aarportal.people.roster.changes import Changes, Retire, Values, compare
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.oneroster.columns import ENROLLMENTS, ROLES, USERS
from aarportal.people.roster.oneroster.rows import OrgRow, UserRow

#: Kinds of rows in the order in which they are written: none points at a later one.
KINDS = (
    "schools",
    "academic_sessions",
    "courses",
    "classes",
    "users",
    "roles",
    "district_roles",
    "enrollments",
)

_DISTRICT_CODE = re.compile(r"[0-4][0-9]{5}")


@dataclass(frozen=True)
class Standing:
    """The roster of a district before an import.

    Attributes:
        district: Columns of the district; None when its first file comes.
        codes: Codes of schools and districts in the whole installation: people type them.
        rows: Kind -> columns of each row of the district.
    """

    district: Values | None
    codes: frozenset[str]
    rows: Mapping[str, Sequence[Values]]


@dataclass(frozen=True)
class Plan:
    """All that an import changes.

    Attributes:
        district: New or changed columns of the district with its id; only the id if none.
        is_new_district: Whether the district is made.
        changes: Kind -> its changes, in the order of `KINDS`.
        set_aside: Roles that no school holds; the portal knows people by their schools.
    """

    district: Values
    is_new_district: bool
    changes: Mapping[str, Changes]
    set_aside: int


def plan(bundle: Bundle, standing: Standing, *, today: date, make_id: Callable[[], UUID]) -> Plan:
    """Compare a bulk bundle, which is the reference, with the roster that stands.

    Users who are not listed any more are disabled, roles and enrollments end; a kind whose file
    is absent was not updated and stays as it is.

    Args:
        bundle: Rows without a problem, as `read_bundle` returns them.
        standing: The roster of the bundle's district.
        today: The school day on which the import takes effect.
        make_id: Makes the ids of new rows.

    Raises:
        InvalidError: If the bundle names no district, several, or one that stands under another
            教育委員会コード.
    """
    org = district_org(bundle)
    codes = _Codes(standing.codes, org.sourced_id)
    district = _district(org, standing.district, codes, make_id)
    planning = _Planning(bundle, standing, district["id"], today, make_id)
    planning.compare_all(codes)
    return Plan(
        district,
        standing.district is None,
        MappingProxyType(planning.changes),
        planning.set_aside,
    )


def district_org(bundle: Bundle) -> OrgRow:
    """The one district that a bundle speaks of.

    Raises:
        InvalidError: If it speaks of none, or of several.
    """
    rows = [org for org in bundle.orgs if org.type == "district"]
    if len(rows) != 1:
        raise InvalidError("orgs", "several_districts" if rows else "no_district")
    return rows[0]


class _Codes:
    """Gives out what people type when they sign in; nobody else's code is given twice."""

    def __init__(self, taken: Iterable[str], seed: str) -> None:
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


def _district(
    org: OrgRow, standing: Values | None, codes: _Codes, make_id: Callable[[], UUID]
) -> Values:
    if standing is None:
        code = codes.give(org.identifier, org.sourced_id)
        return {"id": make_id(), "sourced_id": org.sourced_id, "code": code, "name": org.name}
    both = (standing["code"], org.identifier)
    # Systems that count their orgs from 1 call every district alike. Taking such a file for the
    # next one of the district that stands would disable all of its people.
    if both[0] != both[1] and all(_DISTRICT_CODE.fullmatch(code) for code in both):
        raise InvalidError("orgs", "another_district")
    if standing["name"] == org.name:
        return {"id": standing["id"]}
    return {"id": standing["id"], "name": org.name}


@dataclass
class _Planning:
    """The comparison of one bundle, kind by kind."""

    bundle: Bundle
    standing: Standing
    district_id: UUID
    today: date
    make_id: Callable[[], UUID]

    def __post_init__(self) -> None:
        self.changes: dict[str, Changes] = {}
        self.set_aside = 0

    def compare_all(self, codes: _Codes) -> None:
        """Compare in the order of the references."""
        self._compare("schools", self._schools(codes), "district_id")
        self._compare("academic_sessions", self._academic_sessions(), "district_id")
        self._compare("courses", self._courses(), "district_id")
        self._compare("classes", self._classes(), "school_id")
        self._compare("users", self._users(), "district_id", self._retire(USERS, _disable))
        self._compare("roles", self._roles(), "school_id", self._retire(ROLES, self._end))
        self._compare(
            "district_roles", self._district_roles(), "district_id", self._retire(ROLES, self._end)
        )
        self._compare(
            "enrollments", self._enrollments(), "school_id", self._retire(ENROLLMENTS, self._end)
        )

    def _compare(
        self, kind: str, wanted: Iterable[Values], owner: str, retire: Retire | None = None
    ) -> None:
        rows = self.standing.rows[kind]
        self.changes[kind] = compare(wanted, rows, owner=owner, make_id=self.make_id, retire=retire)

    def _retire(self, file: str, retire: Retire) -> Retire | None:
        return retire if file in self.bundle.files else None

    def _end(self, row: Values) -> Values | None:
        """What began ends today; what was to begin later never does."""
        end = max(self.today, row["starts_on"] or self.today)
        over = row["ends_before"] is not None and row["ends_before"] <= end
        return None if over else {"ends_before": end}

    def _schools(self, codes: _Codes) -> Iterable[Values]:
        chosen = {row["sourced_id"]: row["code"] for row in self.standing.rows["schools"]}
        for org in self.bundle.orgs:
            if org.type != "school":
                continue
            # What people type stays as it is once a school has one.
            code = chosen.get(org.sourced_id) or codes.give(org.identifier, org.sourced_id)
            yield {
                "district_id": self.district_id,
                "sourced_id": org.sourced_id,
                "code": code,
                "name": org.name,
                "identifier": org.identifier,
                "extra": dict(org.extra),
            }

    def _academic_sessions(self) -> Iterable[Values]:
        for row in self.bundle.academic_sessions:
            yield {
                "district_id": self.district_id,
                "sourced_id": row.sourced_id,
                "title": row.title,
                "type": row.type,
                "starts_on": row.starts_on,
                "ends_before": row.ends_before,
                "school_year": row.school_year,
                "parent_sourced_id": row.parent_sourced_id,
                "extra": dict(row.extra),
            }

    def _courses(self) -> Iterable[Values]:
        for row in self.bundle.courses:
            yield {
                "district_id": self.district_id,
                "sourced_id": row.sourced_id,
                "title": row.title,
                "school_year_sourced_id": row.school_year_sourced_id,
                "org_sourced_id": row.org_sourced_id,
                "course_code": row.course_code,
                "grades": list(row.grades),
                "subjects": list(row.subjects),
                "subject_codes": list(row.subject_codes),
                "extra": dict(row.extra),
            }

    def _classes(self) -> Iterable[Values]:
        schools, courses = self.changes["schools"].ids, self.changes["courses"].ids
        for row in self.bundle.classes:
            yield {
                "school_id": schools[row.school_sourced_id],
                "sourced_id": row.sourced_id,
                "title": row.title,
                "class_type": row.class_type,
                "class_code": row.class_code,
                "location": row.location,
                "grades": list(row.grades),
                "periods": list(row.periods),
                "subjects": list(row.subjects),
                "subject_codes": list(row.subject_codes),
                "course_id": courses[row.course_sourced_id],
                "term_sourced_ids": list(row.term_sourced_ids),
                "special_needs": bool(row.special_needs),
                "extra": dict(row.extra),
            }

    def _users(self) -> Iterable[Values]:
        for row in self.bundle.users:
            yield {"district_id": self.district_id, **_person(row)}

    def _roles(self) -> Iterable[Values]:
        schools, users = self.changes["schools"].ids, self.changes["users"].ids
        for row in self.bundle.roles:
            if row.org_sourced_id not in schools:
                self.set_aside += 1
                continue
            yield {
                "school_id": schools[row.org_sourced_id],
                "sourced_id": row.sourced_id,
                "user_id": users[row.user_sourced_id],
                "role": row.role,
                "role_type": row.role_type,
                "starts_on": row.starts_on,
                "ends_before": row.ends_before,
                "extra": dict(row.extra),
            }

    def _district_roles(self) -> Iterable[Values]:
        users, district = self.changes["users"].ids, district_org(self.bundle).sourced_id
        for row in self.bundle.roles:
            if row.org_sourced_id == district:
                self.set_aside -= 1
                yield {
                    "district_id": self.district_id,
                    "sourced_id": row.sourced_id,
                    "user_id": users[row.user_sourced_id],
                    "role": row.role,
                    "role_type": row.role_type,
                    "starts_on": row.starts_on,
                    "ends_before": row.ends_before,
                    "extra": dict(row.extra),
                }

    def _enrollments(self) -> Iterable[Values]:
        schools, users = self.changes["schools"].ids, self.changes["users"].ids
        classes = self.changes["classes"].ids
        for row in self.bundle.enrollments:
            yield {
                "school_id": schools[row.school_sourced_id],
                "sourced_id": row.sourced_id,
                "class_id": classes[row.class_sourced_id],
                "user_id": users[row.user_sourced_id],
                "role": row.role,
                "primary": bool(row.primary),
                "starts_on": row.starts_on,
                "ends_before": row.ends_before,
                "public": row.public_flg,
                "attendance_no": row.shusseki_no,
                "extra": dict(row.extra),
            }


def _disable(row: Values) -> Values | None:
    return {"enabled": False} if row["enabled"] else None


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
        "sourced_id": row.sourced_id,
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
        "extra": dict(row.extra),
    }
