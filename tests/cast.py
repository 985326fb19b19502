"""The standing cast: two schools of one district, and a stranger from another district.

Hinata primary, class 4-2: Aoi (no. 1) and Ben (no. 2), Ms Chiba their homeroom teacher, Mr Doi who
teaches them science. Class 1-1: Hana, who reads hiragana only. Hinata lower secondary, class J2-1:
Ken, and Ms Mori. Mr Oka is the administrator of the primary school. In another district: Gen, the
stranger, and Ms Sato, the administrator of his school.

MORE of the first district come on stage only with `enter_more`: the health room, the head, the
board, a counsellor, Aoi's mother, who runs the system, and who leads the fourth grade.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.ownership import Relation
from aarportal.core.permissions import APP_GRANTS, Role
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.units.models import Unit
from aarportal.people.accounts.models import Account
from aarportal.people.relations.models import HeldRelation
from aarportal.people.roster.models import (
    Class,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.names import FullName

_NAMES = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
PASSWORD = "ひまわり-2026"
#: The cheapest hash there is: the cost is written in it, so the product's own cost is untouched.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
IDENTITY_PROVIDER = "https://idp.hinata.example/"
APP_SECRET = "a-machine-secret-that-is-long-enough"


def key(name: str) -> UUID:
    """The id of whatever is called `name`, the same in every run."""
    return uuid5(_NAMES, name)


HINATA, MINATO = key("district hinata"), key("district minato")
PRIMARY, SECONDARY, ELSEWHERE = key("primary"), key("secondary"), key("elsewhere")
CLASS_4_2, CLASS_1_1, CLASS_J2_1 = key("4-2"), key("1-1"), key("J2-1")
SCIENCE_4_2, CLASS_ELSEWHERE = key("science 4-2"), key("elsewhere 5-1")
UNIT_DIVISION, UNIT_WATER, UNIT_ADDING, UNIT_EQUATIONS = (
    key("unit division"),
    key("unit water"),
    key("unit adding"),
    key("unit equations"),
)
APP_DRILL = key("app drill")


@dataclass(frozen=True)
class Member:
    """One of the cast."""

    name: str
    district_id: UUID
    school_id: UUID
    role: Role
    grade: str
    family_name: str
    given_name: str
    kana: tuple[str, str]
    classes: tuple[UUID, ...]
    attendance_no: int | None = None

    @property
    def id(self) -> UUID:
        return key(self.name)

    @property
    def login_id(self) -> str:
        return self.name


AOI = Member(
    "aoi",
    HINATA,
    PRIMARY,
    Role.STUDENT,
    "P4",
    "髙﨑",
    "葵",
    ("たかさき", "あおい"),
    (CLASS_4_2, SCIENCE_4_2),
    1,
)
BEN = Member(
    "ben",
    HINATA,
    PRIMARY,
    Role.STUDENT,
    "P4",
    "𠮷田",
    "勉",
    ("よしだ", "べん"),
    (CLASS_4_2, SCIENCE_4_2),
    2,
)
HANA = Member(
    "hana", HINATA, PRIMARY, Role.STUDENT, "P1", "山本", "花", ("やまもと", "はな"), (CLASS_1_1,), 1
)
KEN = Member(
    "ken", HINATA, SECONDARY, Role.STUDENT, "J2", "濵田", "健", ("はまだ", "けん"), (CLASS_J2_1,), 1
)
CHIBA = Member(
    "chiba", HINATA, PRIMARY, Role.TEACHER, "", "千葉", "さくら", ("ちば", "さくら"), (CLASS_4_2,)
)
DOI = Member(
    "doi", HINATA, PRIMARY, Role.TEACHER, "", "土井", "実", ("どい", "みのる"), (SCIENCE_4_2,)
)
MORI = Member(
    "mori", HINATA, SECONDARY, Role.TEACHER, "", "森", "緑", ("もり", "みどり"), (CLASS_J2_1,)
)
OKA = Member("oka", HINATA, PRIMARY, Role.ADMINISTRATOR, "", "岡", "学", ("おか", "まなぶ"), ())
SATO = Member(
    "sato", MINATO, ELSEWHERE, Role.ADMINISTRATOR, "", "佐藤", "光", ("さとう", "ひかる"), ()
)
GEN = Member(
    "gen",
    MINATO,
    ELSEWHERE,
    Role.STUDENT,
    "P5",
    "源",
    "元",
    ("みなもと", "げん"),
    (CLASS_ELSEWHERE,),
    1,
)
EVERYBODY = (AOI, BEN, HANA, KEN, CHIBA, DOI, MORI, OKA, GEN, SATO)

NURSE = Member("nurse", HINATA, PRIMARY, Role.NURSE, "", "保", "健", ("ほ", "けん"), ())
HEAD = Member("head", HINATA, PRIMARY, Role.PRINCIPAL, "", "校", "長", ("こう", "ちょう"), ())
IWA = Member(
    "iwa", HINATA, NOTHING, Role.DISTRICT_ADMINISTRATOR, "", "岩", "渉", ("いわ", "わたる"), ()
)
KIKUCHI = Member(
    "kikuchi", HINATA, PRIMARY, Role.COUNSELOR, "", "菊池", "聡", ("きくち", "さとし"), ()
)
YUKARI = Member(
    "yukari", HINATA, PRIMARY, Role.GUARDIAN, "", "髙﨑", "ゆかり", ("たかさき", "ゆかり"), ()
)
SYSTEM = Member(
    "system", HINATA, PRIMARY, Role.SYSTEM_ADMINISTRATOR, "", "式", "守", ("しき", "まもる"), ()
)
GOTO = Member("goto", HINATA, PRIMARY, Role.TEACHER, "", "後藤", "静", ("ごとう", "しずか"), ())
MORE = (NURSE, HEAD, IWA, KIKUCHI, YUKARI, SYSTEM, GOTO)
#: What a roster calls those for whom OneRoster has another word.
_ROSTER_WORDS = {Role.NURSE: "ext:nurse"}

CODES = {PRIMARY: "hinata-e", SECONDARY: "hinata-j", ELSEWHERE: "minato-e"}
#: What the board of education of the first district types.
CODES[NOTHING] = "131234"


def scope_of(member: Member) -> Scope:
    """The scope that signing in gives this member."""
    students: dict[Relation, frozenset[UUID] | None]
    if member.role is Role.STUDENT:
        students = {Relation.SELF: frozenset({member.id})}
    elif member.role is Role.ADMINISTRATOR:
        students = {Relation.RECORDS: None}
    elif member.role is Role.NURSE:
        students = {Relation.HEALTH: None}
    elif member.role is Role.PRINCIPAL:
        students = dict.fromkeys((Relation.RECORDS, Relation.HEALTH, Relation.LEADS))
    elif member.role is not Role.TEACHER:
        students = {}
    else:
        pupils = [m for m in EVERYBODY if m.role is Role.STUDENT]
        homerooms = set(member.classes) - {SCIENCE_4_2}
        students = {
            Relation.HOMEROOM: frozenset(m.id for m in pupils if homerooms & set(m.classes)),
            Relation.TEACHES: frozenset(
                m.id for m in pupils if set(member.classes) & set(m.classes)
            ),
        }
    return Scope(
        member.id, member.district_id, member.school_id, member.role, students, member.classes
    )


DRILL_SCOPE = AppScope(APP_DRILL, HINATA, frozenset({PRIMARY, SECONDARY}), APP_GRANTS)


def enter(scope: SystemScope) -> None:
    """Put the cast on stage: rows in the order their foreign keys need."""
    session = scope.session
    for district, code in ((HINATA, "131234"), (MINATO, "139999")):
        session.add(District(id=district, code=code, name=f"district {code}", sourced_id=code))
    session.flush()
    for school, district, name in (
        (PRIMARY, HINATA, "ひなた小学校"),
        (SECONDARY, HINATA, "ひなた中学校"),
        (ELSEWHERE, MINATO, "みなと小学校"),
    ):
        session.add(
            School(
                id=school,
                district_id=district,
                sourced_id=str(school),
                code=CODES[school],
                name=name,
            )
        )
    session.flush()
    for class_id, school, title, kind, grade in (
        (CLASS_4_2, PRIMARY, "4年2組", "homeroom", "P4"),
        (SCIENCE_4_2, PRIMARY, "4年2組 理科", "scheduled", "P4"),
        (CLASS_1_1, PRIMARY, "1年1組", "homeroom", "P1"),
        (CLASS_J2_1, SECONDARY, "2年1組", "homeroom", "J2"),
        (CLASS_ELSEWHERE, ELSEWHERE, "5年1組", "homeroom", "P5"),
    ):
        session.add(
            Class(
                school_id=school,
                id=class_id,
                sourced_id=str(class_id),
                title=title,
                class_type=kind,
                grades=[grade],
            )
        )
    _enter_people(session, EVERYBODY)
    for unit, class_id, school, subject, title in (
        (UNIT_DIVISION, CLASS_4_2, PRIMARY, "sansu", "わり{算|ざん}の{筆算|ひっさん}"),
        (UNIT_WATER, CLASS_4_2, PRIMARY, "rika", "{水|みず}のすがた"),
        (UNIT_ADDING, CLASS_1_1, PRIMARY, "sansu", "たしざん"),
        (UNIT_EQUATIONS, CLASS_J2_1, SECONDARY, "sugaku", "{連立方程式|れんりつほうていしき}"),
    ):
        session.add(
            Unit(
                school_id=school,
                id=unit,
                class_id=class_id,
                subject=subject,
                title=title,
                starts_on=date(2020, 4, 1),
                ends_before=date(2099, 4, 1),
            )
        )
    from hashlib import sha256

    session.add(
        LearningApp(
            id=APP_DRILL,
            district_id=HINATA,
            title="ドリルパーク",
            home_pages=[IDENTITY_PROVIDER],
            access_key="drill",
            secret_hash=sha256(APP_SECRET.encode()).digest(),
        )
    )
    audit.record(scope, "cast:entered", "cast")


def enter_more(scope: SystemScope) -> None:
    """Put on stage whom few tests need."""
    _enter_people(scope.session, MORE)
    scope.session.flush()
    hold(scope, YUKARI, "guardian", student_id=AOI.id)
    hold(scope, GOTO, "leads_grade", grade="P4")
    hold(scope, KIKUCHI, "case", student_id=BEN.id, reason="ようすを見る")
    audit.record(scope, "cast:entered", "more")


def hold(scope: SystemScope, member: Member, kind: str, **values: object) -> HeldRelation:
    """Let somebody hold a relation, for a hundred years if no days are said."""
    row = HeldRelation(
        **{
            "school_id": PRIMARY,
            "holder_id": member.id,
            "kind": kind,
            "starts_on": date(2020, 4, 1),
            "ends_before": date(2099, 4, 1),
            "given_by": OKA.id,
            "given_at": clock.now(),
            **values,
        }
    )
    scope.session.add(row)
    return row


def _enter_people(session: Session, members: tuple[Member, ...]) -> None:
    for member in members:
        name = FullName(member.family_name, member.given_name, "", *member.kana)
        session.add(
            User(
                id=member.id,
                district_id=member.district_id,
                sourced_id=str(member.id),
                username=f"{member.name}@hinata.example",
                master_identifier=str(member.id),
                family_name=member.family_name,
                given_name=member.given_name,
                kana_family_name=member.kana[0],
                kana_given_name=member.kana[1],
                search_text=name.search_text(f"{member.name}@hinata.example"),
                sort_key=name.sort_key(),
                grade=member.grade,
            )
        )
    session.flush()
    for member in members:
        session.add(
            Account(
                user_id=member.id,
                district_id=member.district_id,
                login_id=member.login_id,
                password_hash=PASSWORD_HASH,
            )
        )
        post = {
            "id": key(f"role {member.name}"),
            "sourced_id": f"role {member.name}",
            "user_id": member.id,
            "role": _ROSTER_WORDS.get(member.role, member.role.value),
            "role_type": "primary",
        }
        if member.school_id == NOTHING:
            session.add(DistrictRole(district_id=member.district_id, **post))
        else:
            session.add(UserRole(school_id=member.school_id, **post))
        for class_id in member.classes:
            name = f"{member.name} in {class_id}"
            session.add(
                Enrollment(
                    school_id=member.school_id,
                    id=key(name),
                    sourced_id=name,
                    class_id=class_id,
                    user_id=member.id,
                    role=member.role.value,
                    attendance_no=member.attendance_no,
                    primary=member.role is Role.TEACHER,
                )
            )
