"""Those of a school whom the standing cast lacks, and pupils who are easily mixed up."""

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import Class, Enrollment, User, UserRole
from tests.cast import (
    AOI,
    BEN,
    CLASS_4_2,
    HINATA,
    PASSWORD_HASH,
    PRIMARY,
    SECONDARY,
    Member,
    key,
    scope_of,
)


def _pupil(name: str, family: str, given: str, kana: tuple[str, str], number: int) -> Member:
    return Member(
        name, HINATA, PRIMARY, Role.STUDENT, "P4", family, given, kana, (CLASS_4_2,), number
    )


#: Two children of one class with the same name.
TWIN_A = _pupil("twin_a", "双葉", "蓮", ("ふたば", "れん"), 3)
TWIN_B = _pupil("twin_b", "双葉", "蓮", ("ふたば", "れん"), 4)
#: Went to another school on 1 October 2026.
GONE = _pupil("gone", "転出", "済", ("てんしゅつ", "すみ"), 5)
LEFT_ON = date(2026, 10, 1)
#: Spelt with a variant of a character that CP932 does not have.
VARIANT = _pupil("variant", "辻\U000e0100", "和也", ("つじ", "かずや"), 6)
NUMBERS = {AOI: "20260401", BEN: "20260402", TWIN_A: "0031", TWIN_B: "0032", GONE: "0033"}


def appoint(*members: Member) -> None:
    """Let them work or learn here; everybody in the list of numbers gets theirs."""
    with unit_of_work(SystemScope("more people")) as scope:
        for member in members:
            _enter(scope, member)
        for member, number in NUMBERS.items():
            scope.session.execute(
                update(User).where(User.id == member.id).values(identifier=number)
            )
        audit.record(scope, "cast:entered", "more")


def _enter(scope, member: Member) -> None:
    scope.session.add(
        User(
            id=member.id, district_id=member.district_id, sourced_id=str(member.id),
            username=f"{member.name}@hinata.example", master_identifier=str(member.id),
            family_name=member.family_name, given_name=member.given_name,
            kana_family_name=member.kana[0], kana_given_name=member.kana[1], grade=member.grade,
        )
    )  # fmt: skip
    scope.session.flush()
    scope.session.add(
        Account(
            user_id=member.id, district_id=member.district_id, login_id=member.login_id,
            password_hash=PASSWORD_HASH,
        )
    )  # fmt: skip
    scope.session.add(
        UserRole(
            school_id=member.school_id, id=key(f"role {member.name}"),
            sourced_id=f"role {member.name}", user_id=member.id,
            role={Role.NURSE: "ext:nurse"}.get(member.role, member.role.value),
            role_type="primary",
        )
    )  # fmt: skip
    for class_id in member.classes:
        scope.session.add(
            Enrollment(
                school_id=member.school_id, id=key(f"{member.name} in {class_id}"),
                sourced_id=f"{member.name} in {class_id}", class_id=class_id, user_id=member.id,
                role=member.role.value, attendance_no=member.attendance_no,
                ends_before=LEFT_ON if member is GONE else None,
            )
        )  # fmt: skip


def moved(member: Member, day: date = LEFT_ON) -> None:
    """Let a pupil go on to the lower secondary school on a day."""
    with unit_of_work(SystemScope("moved")) as scope:
        for model in (UserRole, Enrollment):
            scope.session.execute(
                update(model).where(model.user_id == member.id).values(ends_before=day)
            )
        scope.session.add(
            UserRole(
                school_id=SECONDARY, sourced_id=f"role {member.name} there", user_id=member.id,
                role="student", role_type="primary", starts_on=day,
            )
        )  # fmt: skip
        audit.record(scope, "cast:moved", member.id)


def whole_school(size: int) -> list[Member]:
    """So many pupils more, thirty to a class."""
    pupils = []
    with unit_of_work(SystemScope("a school")) as scope:
        for number in range(size):
            class_id = key(f"class {number // 30}")
            if number % 30 == 0:
                scope.session.add(
                    Class(
                        school_id=PRIMARY, id=class_id, sourced_id=str(class_id),
                        title=f"5年{number // 30 + 1}組", class_type="homeroom", grades=["P5"],
                    )
                )  # fmt: skip
                scope.session.flush()
            pupil = _pupil(f"pupil{number}", "児童", "番", ("じどう", "ばん"), number % 30 + 1)
            member = replace(pupil, classes=(class_id,))
            pupils.append(member)
            _enter(scope, member)
        audit.record(scope, "cast:entered", "school")
    return pupils


def scope_for(member: Member) -> Scope:
    """The scope that signing in gives this member."""
    scope = scope_of(member)
    if member.role is Role.NURSE:
        return replace(scope, students={Relation.HEALTH: None})
    if member.role is Role.PRINCIPAL:
        sees = (Relation.RECORDS, Relation.HEALTH, Relation.LEADS)
        return replace(scope, students=dict.fromkeys(sees))
    return scope
