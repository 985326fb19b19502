"""The rosters that the office of Hinata primary brings, as real zips, and what becomes of them."""

from collections.abc import Callable, Iterable

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer, operations, store
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.imports.operations import Brought
from aarportal.people.roster.oneroster.dialects import JP_K12
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CODES,
    DOI,
    HANA,
    OKA,
    PRIMARY,
    SCIENCE_4_2,
    Member,
    scope_of,
)
from tests.people.roster.oneroster.bundles import Cells, guid, make_bundle

HERE = (AOI, BEN, HANA, CHIBA, DOI, OKA)
TITLES = {CLASS_4_2: "4年2組", SCIENCE_4_2: "4年2組 理科", CLASS_1_1: "1年1組"}
#: What the roster calls them.
_ROLES = {"administrator": "siteAdministrator"}


def person(member: Member, **cells: str) -> Cells:
    """A row of users.csv."""
    return {
        "sourcedId": str(member.id),
        "enabledUser": "true",
        "username": f"{member.name}@hinata.example",
        "givenName": member.given_name,
        "familyName": member.family_name,
        "userMasterIdentifier": str(member.id),
        "preferredGivenName": member.given_name,
        "preferredFamilyName": member.family_name,
        "metadata.jp.kanaFamilyName": member.kana[0],
        "metadata.jp.kanaGivenName": member.kana[1],
        "grades": member.grade,
        **cells,
    }


def role(member: Member, **cells: str) -> Cells:
    """A row of roles.csv."""
    word = member.role.value
    return {
        "sourcedId": guid(f"role {member.name}"),
        "userSourcedId": str(member.id),
        "roleType": "primary",
        "role": _ROLES.get(word, word),
        "orgSourcedId": str(PRIMARY),
        **cells,
    }


def seat(member: Member, class_id: object, **cells: str) -> Cells:
    """A row of enrollments.csv."""
    return {
        "sourcedId": guid(f"{member.name} in {class_id}"),
        "classSourcedId": str(class_id),
        "schoolSourcedId": str(PRIMARY),
        "userSourcedId": str(member.id),
        "role": member.role.value,
        "primary": "true" if member.role.value == "teacher" else "false",
        "metadata.jp.shussekiNo": str(member.attendance_no or ""),
        **cells,
    }


def child(name: str, number: int = 30) -> Member:
    """Somebody whom nobody knows yet, of class 4-2."""
    return Member(
        name, AOI.district_id, PRIMARY, AOI.role, "P4", "新田", name, ("にった", "しん"),
        (CLASS_4_2,), number,
    )  # fmt: skip


def files(members: Iterable[Member] = HERE) -> dict[str, list[Cells]]:
    """The rows of the school's files."""
    members = tuple(members)
    year = guid("year 2026")
    district = {"sourcedId": "131234", "name": "district 131234", "type": "district"}
    school = {"sourcedId": str(PRIMARY), "name": "ひなた小学校", "type": "school"}
    return {
        "orgs": [
            {**district, "identifier": "131234"},
            {**school, "identifier": "", "parentSourcedId": "131234"},
        ],
        "academicSessions": [
            {
                "sourcedId": year, "title": "2026年度", "type": "schoolYear", "schoolYear": "2026",
                "startDate": "2026-04-01", "endDate": "2027-03-31",
            }
        ],
        "courses": [
            {
                "sourcedId": guid(f"course {title}"), "title": f"2026年度{title}",
                "orgSourcedId": str(PRIMARY), "schoolYearSourcedId": year,
            }
            for title in TITLES.values()
        ],
        "classes": [
            {
                "sourcedId": str(class_id), "title": title, "schoolSourcedId": str(PRIMARY),
                "courseSourcedId": guid(f"course {title}"), "termSourcedIds": year,
                "classType": "scheduled" if class_id == SCIENCE_4_2 else "homeroom",
            }
            for class_id, title in TITLES.items()
        ],
        "users": [person(member) for member in members],
        "roles": [role(member) for member in members],
        "enrollments": [
            seat(member, class_id) for member in members for class_id in member.classes
        ],
    }  # fmt: skip


def roster(
    members: Iterable[Member] = HERE, change: Callable[[dict[str, list[Cells]]], object] = len
) -> bytes:
    """The school's roster with these people as a zip, changed as asked."""
    rows = files(members)
    change(rows)
    return make_bundle(JP_K12, **rows)


def brought(content: bytes, *, by: Member = OKA, name: str = "名簿.zip"):
    """A roster as the office brings it, looked through; its id. Run in an app."""
    with unit_of_work(scope_of(by)) as scope:
        import_id = operations.bring(scope, Brought(name), content).id
    importer.here().files.put(import_id, content)
    importer.here().worker.wake()
    return import_id


def confirmed(import_id, *, by: Member = OKA, sure: bool = False):
    """The same, confirmed and written."""
    with unit_of_work(scope_of(by)) as scope:
        operations.confirm(scope, store.roster_import(scope, import_id), sure=sure)
    importer.here().worker.wake()
    return import_id


def taken_back(import_id, *, by: Member = OKA):
    """The same, taken back if that is possible."""
    with unit_of_work(scope_of(by)) as scope:
        operations.ask_back(scope, store.roster_import(scope, import_id))
    importer.here().worker.wake()
    return import_id


def seen(import_id) -> RosterImport:
    """The import as it stands."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.get(RosterImport, import_id)


def standing_school() -> None:
    """Let the roster of the office's own system stand, so that only what changes is new."""
    done = seen(confirmed(brought(roster())))
    assert done.state == "done", (done.state, done.findings["problems"], done.trouble)


assert CODES[PRIMARY] == "hinata-e"
