"""Questions about relations: what one opens today, and who holds which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.relations.kinds import HOLDERS, KINDS_OF, Kind
from aarportal.people.relations.models import HeldRelation
from aarportal.people.roster.grades import grade_number
from aarportal.people.roster.models import Class, Enrollment, User, UserRole

#: Days for which the list still shows what is over.
SHOWN_AFTERWARDS = timedelta(days=60)


@dataclass(frozen=True)
class Held:
    """What somebody's relations of today are about.

    Attributes:
        class_ids: Classes covered.
        grades: Grades led.
        students: Students on whose case the person is.
        wards: Students of whom the person is a guardian, with their schools.
        runs_health_room: Whether the person is the school nurse.
    """

    class_ids: tuple[UUID, ...] = ()
    grades: frozenset[str] = frozenset()
    students: frozenset[UUID] = frozenset()
    wards: tuple[tuple[UUID, UUID], ...] = ()
    runs_health_room: bool = False


@dataclass(frozen=True)
class Listed:
    """A line of the list of the office."""

    row: HeldRelation
    holder: str
    student: str
    class_title: str

    @property
    def last_on(self) -> date | None:
        """The last day; None for no end."""
        ends_before = self.row.ends_before
        return None if ends_before is None else ends_before - timedelta(days=1)

    def state(self, day: date) -> str:
        """`now`, `later` or `over`."""
        if self.row.ended_at or (self.last_on and self.last_on < day):
            return "over"
        return "later" if self.row.starts_on > day else "now"


# Asked with the pages of those who hold one, and made once.


def _is_on(row_class: type[UserRole]) -> ColumnElement[bool]:
    return and_(
        or_(row_class.starts_on.is_(None), row_class.starts_on <= bindparam("day")),
        or_(row_class.ends_before.is_(None), row_class.ends_before > bindparam("day")),
    )


#: That a relation opens something on `:day`.
HOLDS = and_(
    HeldRelation.ended_at.is_(None),
    HeldRelation.starts_on <= bindparam("day"),
    or_(HeldRelation.ends_before.is_(None), HeldRelation.ends_before > bindparam("day")),
)
_PUPIL, _ADULT = aliased(UserRole), aliased(UserRole)
_HELD = select(
    HeldRelation.kind,
    HeldRelation.school_id,
    HeldRelation.class_id,
    HeldRelation.grade,
    HeldRelation.student_id,
).where(
    HeldRelation.holder_id == bindparam("holder_id"),
    HeldRelation.kind.in_(bindparam("kinds", expanding=True)),
    HOLDS,
    # A child who has left is another school's to look after.
    or_(
        HeldRelation.student_id.is_(None),
        exists().where(
            _PUPIL.school_id == HeldRelation.school_id,
            _PUPIL.user_id == HeldRelation.student_id,
            _PUPIL.role == "student",
            _is_on(_PUPIL),
        ),
    ),
    # Of another school only children, and only while that school knows the person as family.
    or_(
        HeldRelation.school_id == bindparam("school_id"),
        exists().where(
            _ADULT.school_id == HeldRelation.school_id,
            _ADULT.user_id == HeldRelation.holder_id,
            _ADULT.role.in_(HOLDERS[Kind.GUARDIAN]),
            HeldRelation.kind == Kind.GUARDIAN,
            _is_on(_ADULT),
        ),
    ),
)


def held(scope: SystemScope, school_id: UUID, holder_id: UUID, role: Role, day: date) -> Held:
    """What somebody holds on a day who is signed in at a school in a role; one question."""
    kinds = KINDS_OF.get(role)
    if not kinds:
        return Held()
    wanted = {"holder_id": holder_id, "kinds": sorted(kinds), "day": day, "school_id": school_id}
    rows = scope.session.execute(_HELD, wanted).all()
    return Held(
        tuple({row.class_id: None for row in rows if row.kind == Kind.COVER}),
        frozenset(row.grade for row in rows if row.kind == Kind.LEADS_GRADE),
        frozenset(row.student_id for row in rows if row.kind == Kind.CASE),
        tuple((row.student_id, row.school_id) for row in rows if row.kind == Kind.GUARDIAN),
        any(row.kind == Kind.HEALTH_ROOM for row in rows),
    )


def listed(scope: Scope, day: date) -> list[Listed]:
    """Every relation of the school that stands, is to come, or ended lately; the last given first.

    One question, and one for the names.
    """
    since = day - SHOWN_AFTERWARDS
    rows = scope.session.scalars(
        select(HeldRelation)
        .where(
            or_(HeldRelation.ends_before.is_(None), HeldRelation.ends_before > since),
            or_(
                HeldRelation.ended_at.is_(None),
                HeldRelation.ended_at >= clock.day_bounds(since)[0],
            ),
        )
        .order_by(HeldRelation.given_at.desc(), HeldRelation.id)
    ).all()
    return named(scope, rows)


def named(scope: Scope, rows: Sequence[HeldRelation]) -> list[Listed]:
    """Relations with the names in them."""
    ids = {row.holder_id for row in rows} | {row.student_id for row in rows if row.student_id}
    names = _names(scope, ids)
    titles: dict[UUID | None, str] = {}
    if class_ids := {row.class_id for row in rows if row.class_id}:
        found = scope.session.execute(select(Class.id, Class.title).where(Class.id.in_(class_ids)))
        titles = dict(found.tuples().all())
    return [
        Listed(
            row,
            names.get(row.holder_id, ""),
            names.get(row.student_id, "") if row.student_id else "",
            titles.get(row.class_id, ""),
        )
        for row in rows
    ]


def _names(scope: Scope, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(User.id.in_(ids))
    )
    return {id_: f"{family}\u2009{given}" for id_, family, given in found}


def relation(scope: Scope, relation_id: UUID) -> HeldRelation:
    """A relation of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(HeldRelation, relation_id)


def standing(scope: Scope, wanted: HeldRelation) -> bool:
    """Whether the holder has the same already for a day that the two share."""
    query = select(HeldRelation.id).where(
        HeldRelation.holder_id == wanted.holder_id,
        HeldRelation.kind == wanted.kind,
        HeldRelation.grade == wanted.grade,
        HeldRelation.class_id.is_not_distinct_from(wanted.class_id),
        HeldRelation.student_id.is_not_distinct_from(wanted.student_id),
        HeldRelation.ended_at.is_(None),
        or_(HeldRelation.ends_before.is_(None), HeldRelation.ends_before > wanted.starts_on),
    )
    if wanted.ends_before is not None:
        query = query.where(HeldRelation.starts_on < wanted.ends_before)
    return scope.session.scalar(query.limit(1)) is not None


def cases(scope: Scope, day: date) -> list[Listed]:
    """The cases that the person is on today, those that end first before the others.

    Of a child who has left there is none any more: their case opens nothing, and nobody would be
    told that it was looked at.
    """
    seen = scope.visible(frozenset({Relation.CASE})) or frozenset()
    rows = scope.session.scalars(
        select(HeldRelation)
        .where(
            HeldRelation.holder_id == scope.actor_id,
            HeldRelation.kind == Kind.CASE.value,
            HeldRelation.student_id.in_(seen),
            HOLDS,
        )
        .order_by(HeldRelation.ends_before, HeldRelation.id),
        {"day": day},
    ).all()
    return named(scope, rows)


# --- whom and what a form offers ------------------------------------------------------------------


def holders(scope: Scope, kind: Kind, day: date) -> list[tuple[UUID, str]]:
    """Who of the school may hold a relation of a kind, in the order of the fifty sounds."""
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name, User.sort_key)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            UserRole.school_id == scope.school_id,
            UserRole.role.in_(HOLDERS[kind]),
            _is_on(UserRole),
            User.enabled.is_(True),
        )
        .order_by(User.sort_key, User.id)
        .distinct(),
        {"day": day},
    )
    return [(id_, f"{family}\u2009{given}") for id_, family, given, _key in rows]


def students(scope: Scope, day: date) -> Mapping[str, list[tuple[UUID, str]]]:
    """Title of a homeroom class -> its students of today by 出席番号."""
    rows = scope.session.execute(
        select(
            Class.title, User.id, Enrollment.attendance_no, User.family_name, User.given_name,
            User.grade,
        )
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .where(
            Enrollment.school_id == scope.school_id,
            Enrollment.role == "student",
            Class.class_type == "homeroom",
            or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= day),
            or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > day),
        )
    ).all()  # fmt: skip
    rows = sorted(rows, key=lambda it: (grade_number(it[5]), it[0], it[2] or 0, it[3], it[4]))
    found: dict[str, list[tuple[UUID, str]]] = {}
    for title, id_, number, family, given, _grade in rows:
        name = f"{number or '–'} {family}\u2009{given}"
        found.setdefault(title, []).append((id_, name))
    return found


def classes(scope: Scope, day: date) -> list[Class]:
    """Classes of the school in which somebody learns today, homeroom classes first."""
    here = select(Enrollment.class_id).where(
        Enrollment.school_id == scope.school_id,
        Enrollment.role == "student",
        or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= day),
        or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > day),
    )
    rows = scope.session.scalars(
        select(Class)
        .where(Class.school_id == scope.school_id, Class.id.in_(here))
        .order_by(Class.class_type, Class.title, Class.id)
    )
    return list(rows)


def grades(scope: Scope, day: date) -> list[str]:
    """Grades of the school's classes of today, the first grade first."""
    found = {grade for row in classes(scope, day) for grade in row.grades}
    return sorted(found, key=grade_number)
