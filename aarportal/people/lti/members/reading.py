"""Members of a course as a platform lists them, pure.

Source: 1EdTech LTI Names and Role Provisioning Services 2.0, sections 2 and 3.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import msgspec

from aarportal.people.lti.claims import LONGEST, origin_of

MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_NEXT = re.compile(r"<([^<>]*)>\s*;[^,]*\brel=\"?next\"?", re.IGNORECASE)
#: Ends of role names -> the role of the roster; whoever has none of them is left out.
_TEACHERS, _STUDENTS = ("#Instructor", "Instructor"), ("#Learner", "#Student", "Learner")


class MembersError(Exception):
    """A list of members that cannot be taken.

    Attributes:
        rule: Why; a key.
    """

    def __init__(self, rule: str) -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Member:
    """Somebody of a course.

    Attributes:
        names: Kind of `claims.KNOWN_BY` -> what the list says of it.
        role: `student` or `teacher`.
    """

    subject: str
    role: str
    names: dict[str, str]
    family_name: str
    given_name: str


def members(body: bytes) -> list[Member]:
    """The active members on one page of a list.

    Raises:
        MembersError: If it is no such page.
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MembersError("not_json") from error
    listed = found.get("members") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise MembersError("not_json")
    read = (_member(each) for each in listed if each.get("status", "Active") == "Active")
    return [each for each in read if each is not None]


def next_page(link: str, address: str) -> str:
    """Where the next page is; empty if this is the last.

    Args:
        link: The header of this page.
        address: Of this page.

    Raises:
        MembersError: If it leads to another system.
    """
    found = _NEXT.search(link)
    if found is None:
        return ""
    there = str(urljoin(address, found[1]))
    if origin_of(there) != origin_of(address):
        raise MembersError("elsewhere")
    return there


def _member(each: dict[str, Any]) -> Member | None:
    subject, roles = _text(each, "user_id"), each.get("roles")
    if not subject or not isinstance(roles, list):
        return None
    named = [role for role in roles if isinstance(role, str)]
    is_teacher = any(role.endswith(_TEACHERS) for role in named)
    if not is_teacher and not any(role.endswith(_STUDENTS) for role in named):
        return None
    return Member(
        subject,
        "teacher" if is_teacher else "student",
        {
            "identifier": subject,
            "sourced_id": _text(each, "lis_person_sourcedid"),
            "email": _text(each, "email"),
        },
        _text(each, "family_name"),
        _text(each, "given_name"),
    )


def _text(each: dict[str, Any], name: str) -> str:
    value = each.get(name)
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST:
        return ""
    return value.strip()
