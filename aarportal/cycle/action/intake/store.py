"""What the intake asks the database: once a batch, never once a statement."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from aarportal.core.scope import AppScope
from aarportal.cycle.action.intake.linking import KnownUnit
from aarportal.cycle.action.intake.matching import Candidate, Place
from aarportal.cycle.action.models import LearningRecord, StoredStatement
from aarportal.cycle.units.models import Unit
from aarportal.people.roster.models import Class, Enrollment, User

# The questions are made once: putting one together costs as much as asking it.

_STORED = select(StoredStatement.id, StoredStatement.fingerprint).where(
    StoredStatement.district_id == bindparam("district_id"),
    StoredStatement.id.in_(bindparam("ids", expanding=True)),
)


def stored_fingerprints(scope: AppScope, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Statements that are stored already: id -> fingerprint."""
    if not ids:
        return {}
    rows = scope.session.execute(_STORED, {"district_id": scope.district_id, "ids": list(ids)})
    return dict(rows.tuples().all())


def _called(identifier: str) -> Select[tuple[UUID]]:
    person = aliased(User)
    return select(person.id).where(
        person.district_id == bindparam("district_id"),
        getattr(person, identifier).in_(bindparam("names", expanding=True)),
    )


# One question for each identifier: for an OR of them SQLite would read the whole district.
_CANDIDATES = (
    select(User.id, User.master_identifier, User.username, User.sourced_id)
    .where(
        User.id.in_(
            union_all(_called("master_identifier"), _called("username"), _called("sourced_id"))
        )
    )
    .order_by(User.id)
    .with_for_update(key_share=True)
)


def candidates(scope: AppScope, names: Collection[str]) -> list[Candidate]:
    """People of the district whom an app may mean by one of these names.

    Their rows are locked (PostgreSQL; SQLite has one writer anyway), in one order for everybody:
    two batches about the same students take turns, and sums are never written over each other.
    """
    rows = scope.session.execute(
        _CANDIDATES, {"district_id": scope.district_id, "names": list(names)}
    )
    return [Candidate(*row) for row in rows]


_PLACES = (
    select(Enrollment.user_id, Class.school_id, Class.id)
    .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
    .where(
        Enrollment.user_id.in_(bindparam("user_ids", expanding=True)),
        Enrollment.role == "student",
        or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= bindparam("day")),
        or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > bindparam("day")),
    )
    .order_by(Class.class_type, Class.title)
)


def places(scope: AppScope, user_ids: Collection[UUID], day: date) -> dict[UUID, list[Place]]:
    """Where these people are students on `day`, one place a school."""
    rows = scope.session.execute(_PLACES, {"user_ids": list(user_ids), "day": day})
    seats: dict[UUID, dict[UUID, list[UUID]]] = {}
    for user_id, school_id, class_id in rows:
        seats.setdefault(user_id, {}).setdefault(school_id, []).append(class_id)
    return {
        user_id: [Place(school, ids[0], tuple(ids)) for school, ids in by_school.items()]
        for user_id, by_school in seats.items()
    }


_UNITS = select(
    Unit.id, Unit.class_id, Unit.subject, Unit.code, Unit.starts_on, Unit.ends_before
).where(Unit.class_id.in_(bindparam("class_ids", expanding=True)))


def units(scope: AppScope, class_ids: Collection[UUID]) -> dict[UUID, list[KnownUnit]]:
    """Every unit of these classes, by class."""
    found: dict[UUID, list[KnownUnit]] = {class_id: [] for class_id in class_ids}
    for row in scope.session.execute(_UNITS, {"class_ids": list(class_ids)}):
        found[row[1]].append(KnownUnit(*row))
    return found


_ANSWERED = select(
    LearningRecord.student_id,
    LearningRecord.question_id,
    LearningRecord.attempt_id,
    LearningRecord.day,
).where(
    LearningRecord.student_id.in_(bindparam("student_ids", expanding=True)),
    LearningRecord.day >= bindparam("first"),
    LearningRecord.question_id.in_(bindparam("question_ids", expanding=True)),
    LearningRecord.question_id != "",  # the index has only rows with a question
)


def answered_before(
    scope: AppScope, student_ids: Collection[UUID], question_ids: Collection[str], first: date
) -> Iterable[tuple[UUID, str, str, date]]:
    """Earlier answers of these students to these questions: student, question, attempt, day."""
    return scope.session.execute(
        _ANSWERED,
        {
            "student_ids": list(student_ids),
            "question_ids": list(question_ids),
            "first": first,
        },
    ).tuples()
