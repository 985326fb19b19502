"""JSON objects of OneRoster 1.2 -> rows as a file has them, pure.

Types are held to; what a portal has no use for (addresses, passwords) is not even looked at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct, field

from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)
from aarportal.people.roster.sources.troubles import PullError

#: In REST roles have no name of their own; in a file they need one that stays the same.
_ROLES = UUID("5d0c1f5e-7d0f-4c9e-9a50-0d6f5a1f3f0e")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,200}")
_BOOLEANS = {"true": True, "false": False, True: True, False: False, None: None}

Text = str | None
Texts = list[str] | None
Flag = str | bool | None


class Ref(Struct):
    """A reference to another object."""

    sourcedId: str  # noqa: N815 - the standard's word


class _Object(Struct, kw_only=True):
    sourcedId: str  # noqa: N815 - the standard's name
    status: str = "active"
    metadata: dict[str, Any] | None = None


class Org(_Object, kw_only=True):
    """A district, a school or a part of one."""

    name: str
    type: str
    identifier: Text = None
    parent: Ref | None = None


class AcademicSession(_Object, kw_only=True):
    """A year or a term."""

    title: str
    type: str
    startDate: str  # noqa: N815 - the standard's name
    endDate: str  # noqa: N815 - the standard's name
    schoolYear: str | int  # noqa: N815 - the standard's name
    parent: Ref | None = None


class Course(_Object, kw_only=True):
    """A course."""

    title: str
    courseCode: Text = None  # noqa: N815 - the standard's name
    schoolYear: Ref | None = None  # noqa: N815 - the standard's name
    grades: Texts = None
    subjects: Texts = None
    subjectCodes: Texts = None  # noqa: N815 - the standard's name
    org: Ref | None = None


class Class(_Object, kw_only=True):
    """A class."""

    title: str
    classType: str  # noqa: N815 - the standard's name
    school: Ref
    course: Ref | None = None
    terms: list[Ref] = field(default_factory=list)
    classCode: Text = None  # noqa: N815 - the standard's name
    location: Text = None
    grades: Texts = None
    subjects: Texts = None
    subjectCodes: Texts = None  # noqa: N815 - the standard's name
    periods: Texts = None


class UserId(Struct):
    """Somebody's name in another system."""

    type: str
    identifier: str


class Role(Struct):
    """What somebody is at an org."""

    roleType: str  # noqa: N815 - the standard's name
    role: str
    org: Ref
    beginDate: Text = None  # noqa: N815 - the standard's name
    endDate: Text = None  # noqa: N815 - the standard's name


class User(_Object, kw_only=True):
    """A person."""

    givenName: str  # noqa: N815 - the standard's name
    familyName: str  # noqa: N815 - the standard's name
    enabledUser: Flag = None  # noqa: N815 - the standard's name
    username: Text = None
    userMasterIdentifier: Text = None  # noqa: N815 - the standard's name
    userIds: list[UserId] | None = None  # noqa: N815 - the standard's name
    middleName: Text = None  # noqa: N815 - the standard's name
    preferredFirstName: Text = None  # noqa: N815 - the standard's name
    preferredMiddleName: Text = None  # noqa: N815 - the standard's name
    preferredLastName: Text = None  # noqa: N815 - the standard's name
    identifier: Text = None
    grades: Texts = None
    primaryOrg: Ref | None = None  # noqa: N815 - the standard's name
    roles: list[Role] = field(default_factory=list)


class Enrollment(_Object, kw_only=True):
    """A place in a class."""

    user: Ref
    role: str
    school: Ref
    class_: Ref = field(name="class")
    primary: Flag = None
    beginDate: Text = None  # noqa: N815 - the standard's name
    endDate: Text = None  # noqa: N815 - the standard's name


#: List -> how one of its objects is read, in the order in which they are asked for.
OBJECTS: Mapping[str, type[_Object]] = {
    "orgs": Org,
    "academicSessions": AcademicSession,
    "courses": Course,
    "classes": Class,
    "users": User,
    "enrollments": Enrollment,
}
_PAGES = {
    name: msgspec.defstruct("Page", [(name, list[kind])])  # type: ignore[valid-type] # made here
    for name, kind in OBJECTS.items()
}


def page(name: str, body: bytes) -> list[Any]:
    """The objects of one answer.

    Raises:
        PullError: If it is no JSON, or not as OneRoster says.
    """
    try:
        found = msgspec.json.decode(body, type=_PAGES[name])
    except msgspec.ValidationError as error:
        raise PullError("wrong_type", f"{name}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PullError("not_json", name) from error
    objects: list[Any] = getattr(found, name)
    return objects


def rows(name: str, each: Any) -> Iterator[Any]:
    """The rows that an object becomes: one, and those of a person's roles.

    Raises:
        PullError: If a value cannot be read.
    """
    try:
        yield _ROWS[name](each)
        if isinstance(each, User):
            yield from _roles(each)
    except (ValueError, KeyError) as error:
        raise PullError("wrong_value", f"{name} {each.sourcedId}") from error


def has_kana(each: Any) -> bool:
    """Whether it says something that only the Japanese profiles have a place for."""
    return isinstance(each, User) and bool(_meta(each, "kanaFamilyName"))


def _org(each: Org) -> OrgRow:
    identifier, parent = each.identifier or "", _id(each.parent)
    return OrgRow(each.sourcedId, each.name, each.type, identifier, parent, _extra(each))


def _academic_session(each: AcademicSession) -> AcademicSessionRow:
    ends = _day(each.endDate)
    if (ends.month, ends.day) == (3, 31):
        # The last day of a 年度 is meant, as in files.
        ends += timedelta(days=1)
    return AcademicSessionRow(
        each.sourcedId,
        each.title,
        each.type,
        _day(each.startDate),
        ends,
        int(each.schoolYear),
        _id(each.parent),
        _extra(each),
    )


def _course(each: Course) -> CourseRow:
    return CourseRow(
        each.sourcedId,
        each.title,
        _id(each.org),
        _id(each.schoolYear),
        each.courseCode or "",
        tuple(each.grades or ()),
        tuple(each.subjects or ()),
        tuple(each.subjectCodes or ()),
        _extra(each),
    )


def _class(each: Class) -> ClassRow:
    return ClassRow(
        sourced_id=each.sourcedId,
        title=each.title,
        course_sourced_id=_id(each.course),
        class_type=each.classType,
        school_sourced_id=each.school.sourcedId,
        term_sourced_ids=tuple(term.sourcedId for term in each.terms),
        grades=tuple(each.grades or ()),
        class_code=each.classCode or "",
        location=each.location or "",
        subjects=tuple(each.subjects or ()),
        subject_codes=tuple(each.subjectCodes or ()),
        periods=tuple(each.periods or ()),
        special_needs=_BOOLEANS[_meta(each, "specialNeeds") or None],
        extra=_extra(each),
    )


def _user(each: User) -> UserRow:
    return UserRow(
        sourced_id=each.sourcedId,
        enabled_user=_BOOLEANS[each.enabledUser] is not False,
        username=each.username or "",
        given_name=each.givenName,
        family_name=each.familyName,
        middle_name=each.middleName or "",
        user_ids=tuple(f"{{{one.type}:{one.identifier}}}" for one in each.userIds or ()),
        identifier=each.identifier or "",
        grades=tuple(each.grades or ()),
        user_master_identifier=each.userMasterIdentifier or "",
        preferred_given_name=each.preferredFirstName or each.givenName,
        preferred_middle_name=each.preferredMiddleName or "",
        preferred_family_name=each.preferredLastName or each.familyName,
        primary_org_sourced_id=_id(each.primaryOrg),
        kana_given_name=_meta(each, "kanaGivenName"),
        kana_family_name=_meta(each, "kanaFamilyName"),
        kana_middle_name=_meta(each, "kanaMiddleName"),
        home_class=_meta(each, "homeClass"),
        extra=_extra(each),
    )


def _roles(each: User) -> Iterator[RoleRow]:
    seen: dict[str, int] = {}
    for role in each.roles:
        name = f"{each.sourcedId} {role.org.sourcedId} {role.role}"
        seen[name] = seen.get(name, 0) + 1
        yield RoleRow(
            str(uuid5(_ROLES, f"{name} {seen[name]}")),
            each.sourcedId,
            role.roleType,
            role.role,
            role.org.sourcedId,
            _optional_day(role.beginDate),
            _optional_day(role.endDate),
        )


def _enrollment(each: Enrollment) -> EnrollmentRow:
    number = _meta(each, "shussekiNo") or _meta(each, "ShussekiNo")
    public = _meta(each, "publicFlg") or _meta(each, "PublicFlg")
    return EnrollmentRow(
        each.sourcedId,
        each.class_.sourcedId,
        each.school.sourcedId,
        each.user.sourcedId,
        each.role,
        bool(_BOOLEANS[each.primary]),
        _optional_day(each.beginDate),
        _optional_day(each.endDate),
        int(number) if number else None,
        _BOOLEANS[public or None],
        _extra(each),
    )


_ROWS: Mapping[str, Callable[[Any], Any]] = {
    "orgs": _org,
    "academicSessions": _academic_session,
    "courses": _course,
    "classes": _class,
    "users": _user,
    "enrollments": _enrollment,
}


def _id(ref: Ref | None) -> str:
    return ref.sourcedId if ref else ""


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _optional_day(text: Text) -> date | None:
    return _day(text) if text else None


def _meta(each: _Object, name: str) -> str:
    """A column of the Japanese profiles, under its name or in an object `jp`."""
    found = (each.metadata or {}).get(f"jp.{name}")
    if found is None:
        nested = (each.metadata or {}).get("jp")
        found = nested.get(name) if isinstance(nested, dict) else None
    return _said(found)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def _extra(each: _Object) -> dict[str, str]:
    """What only the other system knows; the reader of files refuses what is too personal."""
    return {
        f"metadata.{name}": said
        for name, value in (each.metadata or {}).items()
        if _KEY.fullmatch(name) and not name.startswith("jp.") and (said := _said(value))
    }
