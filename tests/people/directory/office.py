"""A district as an office knows it: last year's class, leavers, newcomers, and the board."""

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    DistrictRole,
    Enrollment,
    User,
    UserRole,
)
from aarportal.people.roster.names import FullName
from tests.cast import CLASS_4_2, HINATA, IWA, OKA, PASSWORD_HASH, PRIMARY, SECONDARY, key

#: A Friday in the school year 2026.
TODAY = date(2026, 11, 20)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC)
THIS_YEAR, LAST_YEAR = 2026, 2025
CLASS_3_2 = key("3-2 of last year")
BOARD_CODE = "131234"
BOARD = Scope(IWA.id, HINATA, NOTHING, Role.DISTRICT_ADMINISTRATOR,
              other_school_ids=frozenset({PRIMARY, SECONDARY}))  # fmt: skip
PRINCIPAL = replace(OKA, role=Role.PRINCIPAL)

LEFT = date(2026, 7, 21)
COMES = date(2026, 12, 1)
APRIL, NEXT_APRIL = date(2026, 4, 1), date(2027, 4, 1)
LAST_APRIL = date(2025, 4, 1)


def write(change) -> None:
    """Do something as the system, with a trace."""
    with unit_of_work(SystemScope("test")) as scope:
        change(scope.session)
        audit.record(scope, "stage:prepared", "test")


def add_person(session, name: str, called: FullName, *, grade: str = "", **columns) -> UUID:
    user = User(
        id=key(name),
        district_id=HINATA,
        sourced_id=name,
        username=columns.pop("username", f"{name}@hinata.example"),
        family_name=called.family,
        given_name=called.given,
        middle_name=called.middle,
        kana_family_name=called.kana_family,
        kana_given_name=called.kana_given,
        kana_middle_name=called.kana_middle,
        search_text=called.search_text(name),
        sort_key=called.sort_key(),
        grade=grade,
        **columns,
    )
    session.add(user)
    session.flush()
    return user.id


def add_role(session, person: UUID, school: UUID, role: str, *days: date | None) -> None:
    starts_on, ends_before = (*days, None, None)[:2]
    session.add(
        UserRole(
            school_id=school,
            sourced_id=f"role {person} {school} {role} {starts_on}",
            user_id=person,
            role=role,
            role_type="primary",
            starts_on=starts_on,
            ends_before=ends_before,
        )
    )


def add_seat(session, person: UUID, class_id: UUID, number: int | None, *days, **columns) -> None:
    starts_on, ends_before = (*days, None, None)[:2]
    session.add(
        Enrollment(
            school_id=columns.pop("school_id", PRIMARY),
            sourced_id=f"seat {person} {class_id} {starts_on}",
            class_id=class_id,
            user_id=person,
            role=columns.pop("role", "student"),
            attendance_no=number,
            starts_on=starts_on,
            ends_before=ends_before,
            **columns,
        )
    )


def add_year(session, year: int) -> str:
    name = f"year {year}"
    session.add(
        AcademicSession(
            district_id=HINATA,
            sourced_id=name,
            title=f"{year}年度",
            type="schoolYear",
            starts_on=date(year, 4, 1),
            ends_before=date(year + 1, 4, 1),
            school_year=year,
        )
    )
    return name


def settle(session) -> None:
    """Two school years: Aoi was in 3-2, Nao left in July, Rio comes soon; Iwa is the board."""
    for year in (LAST_YEAR, THIS_YEAR):
        add_year(session, year)
    session.get_one(Class, (PRIMARY, CLASS_4_2)).term_sourced_ids = [f"year {THIS_YEAR}"]
    session.add(
        Class(
            school_id=PRIMARY,
            id=CLASS_3_2,
            sourced_id="3-2",
            title="3年2組",
            class_type="homeroom",
            grades=["P3"],
            term_sourced_ids=[f"year {LAST_YEAR}"],
        )
    )
    session.flush()
    add_seat(session, key("aoi"), CLASS_3_2, 7, LAST_APRIL, APRIL)
    nao = add_person(session, "nao", FullName("斎藤", "直", "", "さいとう", "なお"), grade="P4")
    add_role(session, nao, PRIMARY, "student", LAST_APRIL, LEFT)
    add_seat(session, nao, CLASS_4_2, 3, APRIL, LEFT)
    add_role(session, nao, SECONDARY, "student", LEFT, NEXT_APRIL)
    rio = add_person(session, "rio", FullName("Łukasz", "Rio", "José"), grade="P4")
    add_role(session, rio, PRIMARY, "student", COMES, NEXT_APRIL)
    add_seat(session, rio, CLASS_4_2, None, COMES, NEXT_APRIL)
    to_the_board(session)


def to_the_board(session) -> None:
    """Iwa is the board of education."""
    iwa = add_person(session, "iwa", FullName("岩", "渉", "", "いわ", "わたる"))
    session.add(
        DistrictRole(
            district_id=HINATA,
            sourced_id="iwa",
            user_id=iwa,
            role="districtAdministrator",
            role_type="primary",
        )
    )
    session.add(
        Account(user_id=iwa, district_id=HINATA, login_id="iwa", password_hash=PASSWORD_HASH)
    )


def at(path: str, **query) -> str:
    return f"{path}?{urlencode(query)}"


def listed(page) -> list[str]:
    return [" ".join(a.get_text("").split()) for a in page.html.select("table.people th a")]


def text_of(element) -> str:
    return " ".join(element.get_text(" ").split())
