"""What school office and teachers enter (accounts, calendar, units), and the laps in bulk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.cycle.units.models import GoalCard, Unit
from aarportal.demo.curriculum import Curriculum
from aarportal.demo.days import SchoolTime
from aarportal.demo.history import Place
from aarportal.demo.school import (
    DISTRICT_CODE,
    PASSWORD,
    SCHOOL_CODES,
    ClassPlan,
    Pupil,
    School,
    Teacher,
)
from aarportal.people.accounts.operations import open_account
from aarportal.people.accounts.passwords import hash_password
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.roster.models import Class, District, User
from aarportal.people.roster.models import School as SchoolOrg


@dataclass(frozen=True)
class Town:
    """Ids of what the roster import made.

    Attributes:
        schools: sourcedId -> school.
        classes: sourcedId -> class.
        users: sourcedId -> person.
    """

    district_id: UUID
    schools: dict[str, UUID]
    classes: dict[str, UUID]
    users: dict[str, UUID]


def find_town(scope: SystemScope) -> Town:
    """What the import made; people type short codes for the schools from now on."""
    district = scope.session.scalars(select(District).where(District.code == DISTRICT_CODE)).one()
    schools = scope.session.scalars(
        select(SchoolOrg).where(SchoolOrg.district_id == district.id)
    ).all()
    for school in schools:
        school.code = SCHOOL_CODES[school.sourced_id]
    audit.record(scope, "school:named", district.id)
    ids = [school.id for school in schools]
    classes = scope.session.execute(
        select(Class.sourced_id, Class.id).where(Class.school_id.in_(ids))
    )
    users = scope.session.execute(
        select(User.sourced_id, User.id).where(User.district_id == district.id)
    )
    return Town(
        district_id=district.id,
        schools={school.sourced_id: school.id for school in schools},
        classes=dict(classes.tuples().all()),
        users=dict(users.tuples().all()),
    )


def open_accounts(scope: SystemScope, town: Town, school: School) -> None:
    """A login for everybody.

    All of them carry the hash of the one password that the demonstration prints, made once: a slow
    hash each would take longer than everything else, and would hide what everybody may know.
    """
    password_hash = hash_password(PASSWORD)
    people: list[Pupil | Teacher] = [pupil for group in school.pupils.values() for pupil in group]
    for person in (*people, *school.teachers):
        key = person.sourced_id if isinstance(person, Pupil) else person.login_id
        open_account(scope, town.district_id, town.users[key], person.login_id, password_hash)


def enter_calendar(scope: SystemScope, town: Town, days: SchoolTime) -> None:
    """Holidays and events of both schools."""
    rows = [
        {"school_id": school_id, "day": day, "kind": kind, "title": title}
        for school_id in town.schools.values()
        for day, (kind, title) in days.special.items()
    ]
    scope.session.execute(insert(CalendarDay), rows)
    audit.record(scope, "calendar:set", town.district_id, detail=str(len(rows)))


def plan_units(
    scope: SystemScope, town: Town, school: School, plan: ClassPlan, units: Curriculum
) -> Place:
    """Write the units and goal cards of a class."""
    school_id, class_id = town.schools[plan.school], town.classes[plan.key]
    place = Place(
        school_id=school_id,
        class_id=class_id,
        teacher_id=town.users[_homeroom_teacher(school, plan)],
        users=town.users,
        units={},
        cards={},
    )
    for planned in units.units:
        unit = Unit(
            school_id=school_id,
            class_id=class_id,
            subject=planned.subject,
            title=planned.text.title,
            code=planned.code,
            starts_on=planned.starts_on,
            ends_before=planned.ends_before,
        )
        scope.session.add(unit)
        scope.session.flush()  # its id goes into its cards
        cards = [
            GoalCard(
                school_id=school_id,
                unit_id=unit.id,
                position=position,
                text=card.text,
                criterion_type=card.criterion_type,
                criterion_target=card.criterion_target,
            )
            for position, card in enumerate(planned.cards, start=1)
        ]
        scope.session.add_all(cards)
        scope.session.flush()
        place.units[planned.key] = unit.id
        place.cards[planned.key] = [card.id for card in cards]
    audit.record(scope, "unit:planned", class_id, detail=str(len(place.units)))
    return place


def enter_rows(
    scope: SystemScope, place: Place, rows: Mapping[type[Any], Iterable[dict[str, Any]]]
) -> None:
    """Write the laps of a class, table by table."""
    written = 0
    for table, values in rows.items():
        batch = list(values)
        if batch:
            # Without this, rows that differ in what is None go one by one.
            scope.session.execute(insert(table), batch, execution_options={"render_nulls": True})
        written += len(batch)
    audit.record(scope, "history:entered", place.class_id, detail=f"{written} rows")


def _homeroom_teacher(school: School, plan: ClassPlan) -> str:
    return next(teacher.login_id for teacher in school.teachers if teacher.homeroom == plan.key)
