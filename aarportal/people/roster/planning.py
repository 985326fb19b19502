"""What a roster file would do to a district or a school, pure: its rows against those that stand.

Changes come one by one, in the order in which they can be written, so that nobody has to hold all
of them: they are kept beside the import, shown as a difference, written, and taken back from there.
Nor is the roster held that stands, or who is in the file: a district may be of any size.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from aarportal.core.errors import InvalidError
from aarportal.core.scratch import Scratch
from aarportal.people.roster.changes import (
    Manner,
    Outcome,
    Retire,
    RowFate,
    StandingRows,
    Values,
    compare,
)
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
)
from aarportal.people.roster.oneroster.rows import OrgRow
from aarportal.people.roster.wanted import Codes, WantedRows

#: Kinds of rows in the order in which they are written: none points at a later one.
KINDS = (
    "districts",
    "schools",
    "academic_sessions",
    "courses",
    "classes",
    "users",
    "roles",
    "district_roles",
    "enrollments",
)
#: Kind -> the file its rows are in.
FILES: Mapping[str, str] = {
    "districts": ORGS,
    "schools": ORGS,
    "academic_sessions": ACADEMIC_SESSIONS,
    "courses": COURSES,
    "classes": CLASSES,
    "users": USERS,
    "roles": ROLES,
    "district_roles": ROLES,
    "enrollments": ENROLLMENTS,
}
_OF_A_SCHOOL = frozenset({"classes", "roles", "enrollments"})
#: Rows of the district that the schools of it have in common.
_SHARED = frozenset({"academic_sessions", "courses"})
_DISTRICT_CODE = re.compile(r"[0-4][0-9]{5}")


class Standing(Protocol):
    """The roster that stands, as far as a file may speak of it.

    Attributes:
        district: Columns of the district; None when its first file comes.
        school: Columns of the one school the file may speak of; None for a whole district.
        codes: Codes of schools and districts in the whole installation: people type them.
    """

    district: Values | None
    school: Values | None
    codes: frozenset[str]

    def rows(self, kind: str) -> StandingRows:
        """The rows of a kind."""
        ...

    def is_elsewhere_too(self, user_id: UUID) -> bool:
        """Whether a person has a role that is not over outside the school."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is made, changed or ended.

    Attributes:
        school_id: The other half of the key of a school's row.
        user_id: The person the row is or belongs to.
        before: Columns as they were; None for a new row.
        after: The same columns afterwards; of a new row all.
    """

    kind: str
    row_id: UUID
    school_id: UUID | None
    user_id: UUID | None
    before: Values | None
    after: Values


class Watcher(Protocol):
    """Sees what becomes of every row, changed or not."""

    def see(self, kind: str, outcome: Outcome) -> None:
        """Take one row in; kinds come in their order."""
        ...


@dataclass(frozen=True, slots=True)
class When:
    """When a file takes effect.

    Attributes:
        today: The school day: what ends, ends on it.
        now: The same as a moment; rows that change were modified then.
    """

    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Means:
    """What planning works with.

    Attributes:
        scratch: Where ids lie meanwhile.
        make_id: Makes the ids of new rows.
        watchers: See every row.
    """

    scratch: Scratch
    make_id: Callable[[], UUID]
    watchers: Collection[Watcher] = ()


def district_org(bundle: Bundle) -> OrgRow | None:
    """The one district that a bundle speaks of; None for a delta that says nothing of it.

    Raises:
        InvalidError: If it speaks of none where it has to, or of several.
    """
    rows = [org for org in bundle.orgs if org.type == "district"]
    if len(rows) > 1:
        raise InvalidError("orgs", "several_districts")
    if not rows and bundle.modes.get(ORGS) == "bulk":
        raise InvalidError("orgs", "no_district")
    return rows[0] if rows else None


class Planning:
    """The comparison of one file with the roster that stands; `changes` can be asked for once.

    A bulk file is the reference: users who are not listed any more are disabled, roles and
    enrollments end, other rows are only marked. A delta says of each row whether it is active or to
    be deleted, and nothing of others. A kind whose file is absent stays as it is.

    Attributes:
        fates: Kind -> how many of its rows meet which fate, as far as `changes` has come.
    """

    def __init__(self, bundle: Bundle, standing: Standing, when: When, means: Means) -> None:
        """Look at which district it is about.

        Args:
            bundle: Rows without a problem, as `read_bundle` returns them.
            standing: The roster of the bundle's district, or of one school.
            when: When it takes effect.
            means: What it works with.

        Raises:
            InvalidError: If the bundle names no district, several, or one that stands under
                another 教育委員会コード; for one school also if it speaks of another one.
        """
        self.fates: dict[str, Counter[RowFate]] = {kind: Counter() for kind in KINDS}
        self._bundle = bundle
        self._standing = standing
        self._when = when
        self._means = means
        self._gone = {"users": means.scratch.ids(), "classes": means.scratch.ids()}
        self._org = district_org(bundle)
        chosen = {row["sourced_id"]: row["code"] for row in standing.rows("schools").others(())}
        codes = Codes(standing.codes, chosen, self._org.sourced_id if self._org else "")
        self._district = self._of_district(codes)
        self._wanted = WantedRows(
            bundle, self._district.will, standing.school, codes, means.scratch
        )

    @property
    def district_id(self) -> UUID:
        """The district it is about."""
        district_id: UUID = self._district.will["id"]
        return district_id

    @property
    def set_aside(self) -> int:
        """Roles that no school and no board holds."""
        return self._wanted.set_aside

    @property
    def school_codes(self) -> Mapping[str, str]:
        """Code -> name of each new school: what its people type when they sign in."""
        return self._wanted.school_codes

    @property
    def is_new_district(self) -> bool:
        """Whether nobody knew the district before."""
        return self._district.was is None

    def changes(self) -> Iterator[Change]:
        """Every row that changes, in the order in which they can be written."""
        for kind in KINDS:
            yield from self._changes(kind)

    def _changes(self, kind: str) -> Iterator[Change]:
        outcomes = [self._district] if kind == "districts" else self._outcomes(kind)
        for one in outcomes:
            self.fates[kind][one.fate] += 1
            self._remember(kind, one)
            for watcher in self._means.watchers:
                watcher.see(kind, one)
            if one.after:
                yield Change(
                    kind,
                    one.will["id"],
                    one.will.get("school_id"),
                    one.will["id"] if kind == "users" else one.will.get("user_id"),
                    one.before,
                    one.after,
                )

    def _outcomes(self, kind: str) -> Iterable[Outcome]:
        mode = self._bundle.modes.get(FILES[kind])
        if kind in {"schools", "district_roles"} and self._standing.school is not None:
            # A school's office says nothing of other schools and of the board.
            mode = mode if kind == "schools" else None
        manner = Manner(
            owner="school_id" if kind in _OF_A_SCHOOL else "district_id",
            make_id=self._means.make_id,
            now=self._when.now,
            retire=self._retire(kind),
            leaves=self._leaves(kind, mode),
            # Many systems know no 利用者識別子; one that was registered here stays.
            keeps=frozenset({"master_identifier"}) if kind == "users" else frozenset(),
        )
        wanted = self._wanted.of(kind) if mode else ()
        outcomes = compare(wanted, self._standing.rows(kind), manner, self._means.scratch.ids())
        return map(self._within_school, outcomes) if kind in _SHARED else outcomes

    def _within_school(self, one: Outcome) -> Outcome:
        """A school changes no school year of the district, and no course of another school."""
        school, row = self._standing.school, one.was
        if school is None or row is None or not one.after:
            return one
        if row.get("org_sourced_id") == school["sourced_id"]:
            return one
        return Outcome(RowFate.KEPT, row, row, {}, {})

    def _remember(self, kind: str, one: Outcome) -> None:
        """Keep by which name a row is known, and who is gone."""
        if kind in self._gone and one.fate is RowFate.LEFT:
            self._gone[kind].add(one.will["id"])
        self._wanted.remember(kind, one.will)

    def _leaves(self, kind: str, mode: str | None) -> Callable[[Values], bool] | None:
        if mode == "bulk":
            return self._is_missed(kind)
        if kind in {"roles", "enrollments"}:
            # Whose person or class a delta ends, ends with it.
            return self._is_of_gone
        return None

    def _is_of_gone(self, row: Values) -> bool:
        return row["user_id"] in self._gone["users"] or row.get("class_id") in self._gone["classes"]

    def _is_missed(self, kind: str) -> Callable[[Values], bool]:
        """Whether a row that a bulk file does not list has ended."""
        school = self._standing.school
        if school is None:
            return lambda _row: True
        if kind == "users":
            return lambda row: not self._standing.is_elsewhere_too(row["id"])
        if kind == "courses":
            return lambda row: bool(row["org_sourced_id"] == school["sourced_id"])
        return lambda _row: kind in _OF_A_SCHOOL

    def _retire(self, kind: str) -> Retire | None:
        if kind == "users":
            return _disable
        return self._end if kind in {"roles", "district_roles", "enrollments"} else None

    def _end(self, row: Values) -> Values | None:
        """What began ends today; what was to begin later never does."""
        today = self._when.today
        end = max(today, row["starts_on"] or today)
        over = row["ends_before"] is not None and row["ends_before"] <= end
        return None if over else {"ends_before": end}

    def _of_district(self, codes: Codes) -> Outcome:
        org, standing = self._org, self._standing.district
        if standing is None:
            if org is None:
                raise InvalidError("orgs", "no_district")
            code = codes.give(org.identifier, org.sourced_id)
            row = {
                "id": self._means.make_id(),
                "sourced_id": org.sourced_id,
                "code": code,
                "name": org.name,
                "roster_version": 0,
            }
            return Outcome(RowFate.NEW, None, {**row, "status": "active"}, None, row)
        row = {**standing, "status": "active"}
        if org is None:
            return Outcome(RowFate.KEPT, row, row, {}, {})
        both = (standing["code"], org.identifier)
        # Systems that count their orgs from 1 call every district alike. Taking such a file for the
        # next one of the district that stands would disable all of its people.
        is_official = all(_DISTRICT_CODE.fullmatch(code) for code in both)
        if org.sourced_id != standing["sourced_id"] or (both[0] != both[1] and is_official):
            raise InvalidError("orgs", "another_district")
        if standing["name"] == org.name or self._standing.school is not None:
            return Outcome(RowFate.SAME, row, row, {}, {})
        before, after = {"name": standing["name"]}, {"name": org.name}
        return Outcome(RowFate.CHANGED, row, {**row, **after}, before, after)


def _disable(row: Values) -> Values | None:
    return {"enabled": False} if row["enabled"] else None
