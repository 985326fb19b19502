"""Rows of the roster as the JSON objects of OneRoster 1.2, pure.

What is blank is left out, as an optional property of the information model. Columns of the
Japanese profiles stand in `metadata` under their names in the files: `jp.kanaGivenName`.

Source: OneRoster 1.2 Information Model and Rostering Service (OpenAPI of 2022).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from aarportal.people.roster.rest.filters import Type

BASE = "/ims/oneroster/rostering/v1p2"
Json = dict[str, Any]

#: Kind of a reference -> the list in which the object stands.
_LISTS = {
    "academicSession": "academicSessions",
    "class": "classes",
    "course": "courses",
    "enrollment": "enrollments",
    "org": "orgs",
    "user": "users",
}
#: List -> name of one of its objects.
SINGULAR = {plural: singular for singular, plural in _LISTS.items()}

_OPENING = ("sourcedId", "status", "dateLastModified", "metadata")
#: List -> every property that its objects may have.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "academicSessions": (
        *_OPENING, "title", "startDate", "endDate", "type", "parent", "children", "schoolYear",
    ),
    "classes": (
        *_OPENING, "title", "classCode", "classType", "location", "grades", "subjects", "course",
        "school", "terms", "subjectCodes", "periods", "resources",
    ),
    "courses": (
        *_OPENING, "title", "schoolYear", "courseCode", "grades", "subjects", "org",
        "subjectCodes", "resources",
    ),
    "enrollments": (
        *_OPENING, "user", "class", "school", "role", "primary", "beginDate", "endDate",
    ),
    "orgs": (*_OPENING, "name", "type", "identifier", "parent", "children"),
    "users": (
        *_OPENING, "userMasterIdentifier", "username", "userIds", "enabledUser", "givenName",
        "familyName", "middleName", "preferredFirstName", "preferredMiddleName",
        "preferredLastName", "pronouns", "roles", "userProfiles", "primaryOrg", "identifier",
        "email", "sms", "phone", "agents", "grades", "password", "resources",
    ),
}  # fmt: skip
_OPENING_TYPES = {
    "sourcedId": Type.TEXT,
    "status": Type.TEXT,
    "dateLastModified": Type.MOMENT,
}
#: List -> what it can be filtered and ordered by.
TYPES: Mapping[str, Mapping[str, Type]] = {
    "academicSessions": _OPENING_TYPES
    | {
        "title": Type.TEXT,
        "type": Type.TEXT,
        "startDate": Type.DATE,
        "endDate": Type.DATE,
        "schoolYear": Type.TEXT,
        "parent.sourcedId": Type.TEXT,
    },
    "classes": _OPENING_TYPES
    | dict.fromkeys(
        ("title", "classCode", "classType", "location", "school.sourcedId", "course.sourcedId"),
        Type.TEXT,
    ),
    "courses": _OPENING_TYPES
    | dict.fromkeys(("title", "courseCode", "org.sourcedId", "schoolYear.sourcedId"), Type.TEXT),
    "enrollments": _OPENING_TYPES
    | dict.fromkeys(("role", "user.sourcedId", "class.sourcedId", "school.sourcedId"), Type.TEXT)
    | {"primary": Type.FLAG, "beginDate": Type.DATE, "endDate": Type.DATE},
    "orgs": _OPENING_TYPES
    | dict.fromkeys(("name", "type", "identifier", "parent.sourcedId"), Type.TEXT),
    "users": _OPENING_TYPES
    | {"enabledUser": Type.FLAG}
    | dict.fromkeys(
        (
            "username",
            "userMasterIdentifier",
            "givenName",
            "familyName",
            "middleName",
            "identifier",
            "grades",
            "primaryOrg.sourcedId",
            "metadata.jp.kanaGivenName",
            "metadata.jp.kanaFamilyName",
        ),
        Type.TEXT,
    ),
}

Ref = Callable[[str, str], Json]


def referrer(root: str) -> Ref:
    """Makes references to objects of this portal.

    Args:
        root: Address of the portal as others see it, without a slash at the end.
    """

    def refer(kind: str, sourced_id: str) -> Json:
        path = f"{BASE}/{_LISTS[kind]}/{quote(sourced_id, safe='')}"
        return {"href": f"{root}{path}", "sourcedId": sourced_id, "type": kind}

    return refer


def timestamp(moment: datetime) -> str:
    """A moment as OneRoster writes it: in UTC, with milliseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def flag(value: bool) -> str:  # noqa: FBT001 - it is the value of a property
    """A truth as OneRoster writes it."""
    return "true" if value else "false"


def opened(row: Any, last_modified: datetime, **metadata: str) -> Json:
    """What every object begins with."""
    own = {name.removeprefix("metadata."): value for name, value in row.extra.items()}
    both = own | {f"jp.{name}": value for name, value in metadata.items() if value}
    found = {
        "sourcedId": row.sourced_id,
        "status": row.status,
        "dateLastModified": timestamp(last_modified),
    }
    return {**found, "metadata": both} if both else found


def filled(**values: Any) -> Json:
    """Properties that say something."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def org(row: Any, kind: str, identifier: str, above: Json | None, below: Sequence[Json]) -> Json:
    """A district or a school."""
    return {
        **opened(row, row.last_modified),
        "name": row.name,
        "type": kind,
        **filled(identifier=identifier, parent=above, children=list(below)),
    }


def academic_session(row: Any, refer: Ref, children: Iterable[str]) -> Json:
    """A year, a term or a part of one."""
    parent = row.parent_sourced_id
    return {
        **opened(row, row.last_modified),
        "title": row.title,
        "startDate": row.starts_on.isoformat(),
        "endDate": row.ends_before.isoformat(),
        "type": row.type,
        "schoolYear": f"{row.school_year:04}",
        **filled(
            parent=refer("academicSession", parent) if parent else None,
            children=[refer("academicSession", child) for child in children],
        ),
    }


def course(row: Any, refer: Ref) -> Json:
    """A course of study."""
    year, board = row.school_year_sourced_id, row.org_sourced_id
    return {
        **opened(row, row.last_modified),
        "title": row.title,
        "courseCode": row.course_code,
        **filled(
            schoolYear=refer("academicSession", year) if year else None,
            grades=row.grades,
            subjects=row.subjects,
            org=refer("org", board) if board else None,
            subjectCodes=row.subject_codes,
        ),
    }


def klass(row: Any, refer: Ref, school: str, course_id: str) -> Json:
    """A class.

    Args:
        row: The class.
        refer: Makes references.
        school: sourcedId of its school.
        course_id: sourcedId of its course; empty if it has none.
    """
    return {
        **opened(row, row.last_modified, specialNeeds="true" if row.special_needs else ""),
        "title": row.title,
        **filled(
            classCode=row.class_code,
            classType=row.class_type,
            location=row.location,
            grades=row.grades,
            subjects=row.subjects,
            course=refer("course", course_id) if course_id else None,
        ),
        "school": refer("org", school),
        "terms": [refer("academicSession", term) for term in row.term_sourced_ids],
        **filled(subjectCodes=row.subject_codes, periods=row.periods),
    }


def enrollment(row: Any, refer: Ref, user_id: str, class_id: str, school: str) -> Json:
    """Somebody's place in a class; the ids are sourcedIds."""
    number = "" if row.attendance_no is None else str(row.attendance_no)
    public = "" if row.public is None else flag(row.public)
    return {
        **opened(row, row.last_modified, shussekiNo=number, publicFlg=public),
        "user": refer("user", user_id),
        "class": refer("class", class_id),
        "school": refer("org", school),
        "role": row.role,
        "primary": flag(row.primary),
        **filled(beginDate=_day(row.starts_on), endDate=_day(row.ends_before)),
    }


def role(row: Any, refer: Ref, org_id: str) -> Json:
    """What somebody is at an org."""
    return {
        "roleType": row.role_type,
        "role": row.role,
        "org": refer("org", org_id),
        **filled(beginDate=_day(row.starts_on), endDate=_day(row.ends_before)),
    }


def user(row: Any, refer: Ref, roles: Sequence[Json], last_modified: datetime) -> Json:
    """A person, with what they are; addresses, guardians and passwords are not held here."""
    metadata = {
        "kanaGivenName": row.kana_given_name,
        "kanaFamilyName": row.kana_family_name,
        "kanaMiddleName": row.kana_middle_name,
        "homeClass": row.home_class_sourced_id,
    }
    home = row.primary_org_sourced_id
    return {
        **opened(row, last_modified, **metadata),
        **filled(userMasterIdentifier=row.master_identifier, username=row.username),
        **filled(userIds=[_user_id(each) for each in row.user_ids]),
        "enabledUser": flag(row.enabled),
        "givenName": row.given_name,
        "familyName": row.family_name,
        **filled(middleName=row.middle_name),
        "roles": list(roles),
        **filled(
            primaryOrg=refer("org", home) if home else None,
            identifier=row.identifier,
            grades=[row.grade] if row.grade else [],
        ),
    }


def _user_id(text: str) -> Json:
    kind, _, identifier = text.strip("{}").partition(":")
    return {"type": kind, "identifier": identifier}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
