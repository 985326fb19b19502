"""Those of the world who are not in the standing cast, and what became of some places."""

from datetime import timedelta

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.cycle.units.models import Unit
from aarportal.people.accounts.models import Account
from aarportal.people.relations.models import HeldRelation
from aarportal.people.roster.models import Class, Enrollment, User, UserRole
from aarportal.people.roster.names import FullName
from tests.access.filling import canary
from tests.access.people import (
    CHILDREN,
    CLASS_5_1,
    CLASS_BEFORE,
    COVER,
    LEAVERS,
    MEI,
    NAO,
    NEWCOMERS,
)
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    CLASS_J2_1,
    DOI,
    ELSEWHERE,
    PASSWORD_HASH,
    PRIMARY,
    SCIENCE_4_2,
    SECONDARY,
    Member,
    hold,
    key,
)

YEAR = timedelta(days=365)


def come(scope: SystemScope) -> None:
    """Let them come, move and leave."""
    yesterday = clock.today() - timedelta(days=1)
    _classes(scope)
    for member in NEWCOMERS:
        _person(scope, member)
    scope.session.flush()
    for member in NEWCOMERS:
        _account(scope, member)
        if member in LEAVERS.values():
            _role(scope, member, member.school_id, ends_before=yesterday)
        elif member is NAO:
            _role(scope, member, PRIMARY, ends_before=yesterday)
            _role(scope, member, SECONDARY, starts_on=yesterday)
        else:
            _role(scope, member, member.school_id)
        for class_id in member.classes:
            _place(scope, member, member.school_id, class_id)
    for member in (MEI, NAO):
        _place(scope, member, PRIMARY, CLASS_4_2, ends_before=yesterday)
    _place(scope, NAO, SECONDARY, CLASS_J2_1)
    for member in (AOI, BEN, CHIBA, DOI):
        begun = clock.today() - 2 * YEAR
        _place(scope, member, PRIMARY, CLASS_BEFORE, starts_on=begun, ends_before=begun + YEAR)
    hold(scope, COVER, "cover", class_id=CLASS_4_2)
    scope.session.flush()
    for child in CHILDREN:
        _name(scope, child)
    for case in scope.session.scalars(select(HeldRelation).where(HeldRelation.kind == "case")):
        child = next(each for each in CHILDREN if each.id == case.student_id)
        case.reason = canary("g", child)
    audit.record(scope, "world:made", "people")


def login_of(member: Member) -> str:
    """What somebody types to come in; of a child it names the child, as everything does."""
    return canary("n", member) if member in CHILDREN else member.login_id


def address_of(member: Member) -> str:
    """What providers, platforms and rosters call somebody."""
    return f"{login_of(member)}@hinata.example"


def _name(scope: SystemScope, child: Member) -> None:
    """Call a child by its canary, in every way in which a page may name it."""
    row, word = scope.session.get(User, child.id), canary("n", child)
    account = scope.session.get(Account, child.id)
    assert row is not None
    assert account is not None
    account.login_id, row.username = login_of(child), address_of(child)
    row.given_name = row.middle_name = row.kana_given_name = row.kana_middle_name = word
    row.identifier, row.extra = word, {"metadata.preferred": word}
    name = FullName(row.family_name, word, word, row.kana_family_name, word, word)
    row.search_text, row.sort_key = name.search_text(row.username), name.sort_key()


def _classes(scope: SystemScope) -> None:
    for school_id, class_id, title, grade in (
        (PRIMARY, CLASS_5_1, "5年1組", "P5"),
        (PRIMARY, CLASS_BEFORE, "3年2組", "P3"),
    ):
        scope.session.add(
            Class(
                school_id=school_id, id=class_id, sourced_id=str(class_id), title=title,
                class_type="homeroom", grades=[grade],
            )
        )  # fmt: skip
    scope.session.flush()
    for school_id, class_id in (
        (PRIMARY, CLASS_5_1),
        (PRIMARY, CLASS_BEFORE),
        (PRIMARY, SCIENCE_4_2),
        (ELSEWHERE, CLASS_ELSEWHERE),
    ):
        scope.session.add(
            Unit(
                school_id=school_id, id=key(f"unit of {class_id}"), class_id=class_id,
                subject="sansu", title="たんげん", starts_on=clock.today() - YEAR,
                ends_before=clock.today() + YEAR,
            )
        )  # fmt: skip


def _person(scope: SystemScope, member: Member) -> None:
    scope.session.add(
        User(
            id=member.id, district_id=member.district_id, sourced_id=str(member.id),
            username=address_of(member), master_identifier=str(member.id),
            family_name=member.family_name, given_name=member.given_name,
            kana_family_name=member.kana[0], kana_given_name=member.kana[1], grade=member.grade,
        )
    )  # fmt: skip


def _account(scope: SystemScope, member: Member) -> None:
    scope.session.add(
        Account(
            user_id=member.id, district_id=member.district_id, login_id=login_of(member),
            password_hash=PASSWORD_HASH,
        )
    )  # fmt: skip


def _role(scope: SystemScope, member: Member, school_id, **days) -> None:
    named = {Role.NURSE: "ext:nurse"}.get(member.role, member.role.value)
    name = f"role {member.name} {school_id}"
    scope.session.add(
        UserRole(
            school_id=school_id, id=key(name), sourced_id=name, user_id=member.id, role=named,
            role_type="primary", **days,
        )
    )  # fmt: skip


def _place(scope: SystemScope, member: Member, school_id, class_id, **days) -> None:
    name = f"place {member.name} {class_id}"
    scope.session.add(
        Enrollment(
            school_id=school_id, id=key(name), sourced_id=name, class_id=class_id,
            user_id=member.id, role=member.role.value, attendance_no=member.attendance_no, **days,
        )
    )  # fmt: skip
