"""Asking a platform for the members of a course, and what that would change in the roster.

Nothing is written into the roster: what comes is a file that somebody looks at and confirms. No
unit of work may be open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import store as platforms
from aarportal.people.lti.members import reading, store
from aarportal.people.lti.members.reading import MEDIA_TYPE, Member, MembersError
from aarportal.people.lti.members.writing import write_delta
from aarportal.people.lti.models import LtiPlatform
from aarportal.people.lti.services import operations as services
from aarportal.people.lti.services.operations import Asker, ServiceError
from aarportal.people.roster.imports import operations as imports
from aarportal.people.roster.imports.operations import Brought
from aarportal.people.roster.models import Class, Enrollment, User
from aarportal.people.roster.oneroster.columns import ENROLLMENTS, ROLES, USERS

NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_MOST_PAGES, _MOST_MEMBERS = 50, 2000
#: For ids of rows that the list has no names for; the same list makes the same ids.
_NAMES = UUID("8d1d5dd8-2f0b-4b57-9c5a-6f0b0f2f9d11")

Cells = dict[str, str]


@dataclass(frozen=True)
class Course:
    """A course that is asked about, and the class that it is here."""

    platform: LtiPlatform
    memberships_url: str
    group: Class
    context_row_id: UUID


def course(scope: Scope, context_id: UUID, class_id: UUID) -> Course:
    """What is to be asked.

    Raises:
        NotFoundError: If this office has no such course, or its school no such class.
    """
    with unit_of_work(scope, read_only=True):
        row = store.context(scope, context_id)
        platform = platforms.platform(scope, row.platform_id)
        group = scope.one(Class, class_id)
        return Course(platform, row.memberships_url, group, row.id)


def fetch(
    scope: Scope, asked: Course, wire: Asker, keep: Callable[[UUID, bytes], object]
) -> UUID | None:
    """Ask for the members, and bring what differs as a roster file; the id of its import.

    Args:
        scope: The office's.
        asked: What is asked about.
        wire: How.
        keep: Keeps the file of an import.

    Returns:
        None if nothing differs.

    Raises:
        WireError: If no answer comes.
        MembersError: If it is no list of members.
    """
    listed = _listed(asked, wire)
    found = _known(asked.platform, listed)
    with unit_of_work(scope):
        rows = _differences(scope, asked.group, listed, found)
        row = store.context(scope, asked.context_row_id)
        row.asked_at = clock.now()
        audit.record(scope, "lti_members:asked", row.id, detail=f"{len(listed)} members")
        if not any(rows.values()):
            return None
        data = write_delta(rows, clock.now(), asked.platform.title)
        name = f"{asked.platform.title} {asked.group.title} {clock.today():%Y-%m-%d}.zip"
        made = imports.bring(scope, Brought(name), data)
        row.last_import_id = made.id
        keep(made.id, data)
    return made.id


# --- asking ---------------------------------------------------------------------------------------


def _listed(asked: Course, wire: Asker) -> list[Member]:
    try:
        token = services.token(asked.platform, wire, NRPS_SCOPE)
    except ServiceError as error:
        raise MembersError(error.rule) from error
    headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE}
    found: list[Member] = []
    address = asked.memberships_url
    for _ in range(_MOST_PAGES):
        parts = urlsplit(address)
        bare = parts._replace(query="").geturl()
        reply = wire.ask("GET", bare, headers, query=parts.query)
        if reply.status != 200:
            raise MembersError("refused")
        found += reading.members(reply.body)
        if len(found) > _MOST_MEMBERS:
            raise MembersError("too_large")
        address = reading.next_page(reply.headers.get("link", ""), address)
        if not address:
            return list({each.subject: each for each in found}.values())
    raise MembersError("too_large")


def _known(platform: LtiPlatform, listed: Sequence[Member]) -> dict[str, list[UUID]]:
    """Subject -> people of the district who are meant: none, one, or several."""
    found: dict[str, list[UUID]] = {}
    with unit_of_work(SystemScope("members of a course"), read_only=True) as scope:
        for each in listed:
            bound = platforms.binding(scope, platform.id, each.subject)
            name = each.names.get(platform.known_by, "")
            found[each.subject] = (
                [platforms.who_stays(scope, bound.user_id)]
                if bound
                else platforms.in_roster(scope, platform.district_id, platform.known_by, name)
            )
    return found


# --- what differs ---------------------------------------------------------------------------------


def _differences(
    scope: Scope, group: Class, listed: Sequence[Member], known: Mapping[str, list[UUID]]
) -> dict[str, list[Cells]]:
    """Rows for whoever is new in the class, and for pupils whom the list does not name any more."""
    here = store.enrolled(scope, group.id, clock.today())
    places = {row.user_id for row, _ in here}
    school = store.school(scope).sourced_id
    people = store.users(scope, [ids[0] for ids in known.values() if len(ids) == 1])
    rows: dict[str, list[Cells]] = {USERS: [], ROLES: [], ENROLLMENTS: []}
    named: set[UUID] = set()
    for each in listed:
        ids = known[each.subject]
        named.update(ids)
        if len(ids) > 1 or (ids and ids[0] in places):
            continue
        if ids:
            who = people[ids[0]].sourced_id
        elif each.family_name and each.given_name:
            who = each.names["sourced_id"] or each.subject
            rows[USERS].append(_user(each, who, school, group))
            rows[ROLES].append(_role(each, who, school))
        else:
            continue  # without a name nobody could say who that is
        rows[ENROLLMENTS].append(_place(who, each.role, school, group))
    rows[ENROLLMENTS] += [
        _gone(row, user, school, group)
        for row, user in here
        if row.role == "student" and row.user_id not in named
    ]
    return rows


def _user(each: Member, who: str, school: str, group: Class) -> Cells:
    return {
        "sourcedId": who,
        "status": "active",
        "enabledUser": "true",
        "username": each.names["email"] or who,
        "givenName": each.given_name,
        "familyName": each.family_name,
        "grades": ",".join(group.grades) if each.role == "student" else "",
        "userMasterIdentifier": each.subject if _is_uuid(each.subject) else "",
        "primaryOrgSourcedId": school,
    }


def _role(each: Member, who: str, school: str) -> Cells:
    return {
        "sourcedId": str(uuid5(_NAMES, f"role {school} {who}")),
        "status": "active",
        "userSourcedId": who,
        "roleType": "primary",
        "role": each.role,
        "orgSourcedId": school,
    }


def _place(who: str, role: str, school: str, group: Class) -> Cells:
    return {
        "sourcedId": str(uuid5(_NAMES, f"place {school} {group.sourced_id} {who}")),
        "status": "active",
        "classSourcedId": group.sourced_id,
        "schoolSourcedId": school,
        "userSourcedId": who,
        "role": role,
        "primary": "false",
        "beginDate": clock.today().isoformat(),
    }


def _gone(row: Enrollment, user: User, school: str, group: Class) -> Cells:
    return {
        "sourcedId": row.sourced_id,
        "status": "tobedeleted",
        "classSourcedId": group.sourced_id,
        "schoolSourcedId": school,
        "userSourcedId": user.sourced_id,
        "role": row.role,
    }


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
