"""Questions of somebody who doubts a number: the records behind it, and what was doubted so far."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.action.models import LearningRecord, RecordDispute, StoredStatement
from aarportal.cycle.action.timeline import Line, Selection, lines
from aarportal.cycle.loop.states import COUNTED_RECORD, RecordState
from aarportal.people.roster.models import Enrollment, User

#: How many decided disputes a teacher looks back on.
LAST_DECIDED = 20
VOIDED, UPHELD = "voided", "upheld"


@dataclass(frozen=True)
class Case:
    """A dispute and everything one needs to decide it."""

    dispute: RecordDispute
    line: Line[Any]  # of learning records; mypy checks the bound before it knows their columns
    family_name: str
    given_name: str
    attendance_no: int | None

    @property
    def name(self) -> str:
        """Family name, thin space, given name."""
        return f"{self.family_name}\u2009{self.given_name}"

    @property
    def made_on(self) -> date:
        """The day at school on which the student doubted it."""
        return clock.school_day_of(self.dispute.made_at)

    @property
    def decided_on(self) -> date | None:
        """The day at school on which a teacher decided."""
        return clock.school_day_of(self.dispute.decided_at) if self.dispute.decided_at else None


def dispute(scope: Scope, dispute_id: UUID) -> RecordDispute:
    """One visible dispute.

    Raises:
        NotFoundError: If there is none, or it is about somebody else's student.
    """
    return scope.one(RecordDispute, dispute_id)


def student(scope: Scope, student_id: UUID) -> User:
    """A student whose records this person may read.

    Raises:
        NotFoundError: If it is nobody of theirs.
    """
    visible = scope.visible(LearningRecord.readers)
    row = scope.session.get(User, student_id)
    if row is None or (visible is not None and student_id not in visible):
        raise NotFoundError(User.__name__)
    return row


def records_behind(
    scope: Scope, student_id: UUID, selection: Selection
) -> tuple[list[LearningRecord], list[LearningRecord]]:
    """The selected records of a student, in order: those that count, and those taken back."""
    rows = scope.session.scalars(
        select(LearningRecord)
        .where(LearningRecord.student_id == student_id, *_conditions(selection))
        .order_by(LearningRecord.day, LearningRecord.ended_at, LearningRecord.id)
    ).all()
    counted = [row for row in rows if row.state in COUNTED_RECORD]
    return counted, [row for row in rows if row.state == RecordState.VOIDED]


def _conditions(selection: Selection) -> Iterable[ColumnElement[bool]]:
    if selection.days:
        yield LearningRecord.day.in_(selection.days)
    if selection.first_on:
        yield LearningRecord.day >= selection.first_on
    if selection.last_on:
        yield LearningRecord.day <= selection.last_on
    if selection.without:
        yield LearningRecord.day.not_in(selection.without)
    if selection.subject:
        yield LearningRecord.subject == selection.subject
    if selection.unit_id:
        yield LearningRecord.unit_id == selection.unit_id
    if selection.cycle_id:
        yield LearningRecord.cycle_id == selection.cycle_id


def mended(
    scope: Scope,
    doubted: Sequence[RecordDispute],
    counted: Sequence[LearningRecord],
    gone: Sequence[LearningRecord],
) -> list[LearningRecord]:
    """Of records that count no more, those that the student had doubted, in order.

    Args:
        scope: Whose eyes it is seen with.
        doubted: Everything the student has doubted.
        counted: Records that count.
        gone: Records that count no more, in the same order.
    """
    taken_out = [each for each in doubted if each.decision == VOIDED]
    if not (gone and taken_out):
        return []
    every = sorted([*counted, *gone], key=lambda row: (row.day, row.ended_at, row.id))
    ids = {
        row.id
        for each in taken_out
        for row in _members(each, _same_day(each, every), taken_out, RecordState.VOIDED)
    }
    ids -= taken_back_by_app(scope, ids)
    return [row for row in gone if row.id in ids]


def _same_day(
    dispute: RecordDispute, records: Sequence[LearningRecord]
) -> Sequence[LearningRecord]:
    days = {row.day for row in records if row.id == dispute.record_id}
    return [row for row in records if row.day in days]


def disputes_of(scope: Scope, student_id: UUID) -> Sequence[RecordDispute]:
    """Everything this student has doubted, in order."""
    return scope.session.scalars(
        select(RecordDispute)
        .where(RecordDispute.student_id == student_id)
        .order_by(RecordDispute.made_at)
    ).all()


def first_records(scope: Scope, disputes: Sequence[RecordDispute]) -> dict[UUID, LearningRecord]:
    """The first record of the line of each of these disputes, by its id."""
    if not disputes:
        return {}
    wanted = [each.record_id for each in disputes]
    rows = scope.session.scalars(select(LearningRecord).where(LearningRecord.id.in_(wanted)))
    return {row.id: row for row in rows}


_UNSEEN = (
    select(RecordDispute)
    .where(
        RecordDispute.student_id == bindparam("student_id"),
        RecordDispute.decided_at.is_not(None),
        RecordDispute.seen_at.is_(None),
    )
    .order_by(RecordDispute.decided_at)
)


def unseen(scope: Scope, student_id: UUID) -> Sequence[RecordDispute]:
    """What teachers have decided and the student has not seen yet, in order."""
    return scope.session.scalars(_UNSEEN, {"student_id": student_id}).all()


_COUNT_OPEN = (
    select(func.count())
    .select_from(RecordDispute)
    .join(
        LearningRecord,
        and_(
            LearningRecord.school_id == RecordDispute.school_id,
            LearningRecord.id == RecordDispute.record_id,
            LearningRecord.student_id == RecordDispute.student_id,
        ),
    )
    .where(RecordDispute.decided_at.is_(None), LearningRecord.state == RecordState.DISPUTED)
)


def count_open(scope: Scope) -> int:
    """How many lines wait for a decision of this person."""
    return scope.session.scalar(_COUNT_OPEN) or 0


def cases(scope: Scope) -> tuple[list[Case], list[Case]]:
    """What waits for this person's decision, the oldest first, and what was decided last."""
    waiting = scope.session.scalars(
        select(RecordDispute)
        .where(RecordDispute.decided_at.is_(None))
        .order_by(RecordDispute.made_at)
    ).all()
    decided = scope.session.scalars(
        select(RecordDispute)
        .where(RecordDispute.decided_at.is_not(None))
        .order_by(RecordDispute.decided_at.desc())
        .limit(LAST_DECIDED)
    ).all()
    found = _cases(scope, [*waiting, *decided])
    return (
        [case for case in found if case.dispute.decided_at is None],
        [case for case in found if case.dispute.decided_at is not None],
    )


def records_of(scope: Scope, dispute: RecordDispute) -> list[LearningRecord]:
    """The records that a dispute is about: doubted ones while it is open, then voided ones.

    What the app itself has voided is none of them: nobody else can decide about it.

    The line was doubted as one piece, so its records are those from its first one up to the first
    one of the next dispute that stands as this one does.
    """
    first = scope.session.get(LearningRecord, (dispute.school_id, dispute.record_id))
    if first is None or first.student_id != dispute.student_id:
        return []
    others = disputes_of(scope, dispute.student_id)
    day = _records_of_days(scope, {(first.student_id, first.day)})
    about = _members(dispute, day, others, _state_of(dispute))
    gone = taken_back_by_app(scope, [row.id for row in about])
    return [row for row in about if row.id not in gone]


def taken_back_by_app(scope: Scope, record_ids: Collection[UUID]) -> set[UUID]:
    """Records whose statement the app itself has voided."""
    rows = scope.session.scalars(
        select(StoredStatement.id).where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.id.in_(record_ids),
            StoredStatement.voided,
        )
    )
    return set(rows)


def statement(scope: Scope, statement_id: UUID) -> StoredStatement:
    """One visible statement of the log.

    Raises:
        NotFoundError: If there is none, or nothing was made of it that this person sees.
    """
    row = scope.session.scalar(
        select(StoredStatement).where(
            StoredStatement.district_id == scope.district_id, StoredStatement.id == statement_id
        )
    )
    if row is None:
        raise NotFoundError(StoredStatement.__name__)
    return row


def record_of(scope: Scope, statement_id: UUID) -> LearningRecord | None:
    """The learning record that was made of a statement; None while it waits in quarantine."""
    return scope.session.scalar(select(LearningRecord).where(LearningRecord.id == statement_id))


def _state_of(dispute: RecordDispute) -> RecordState:
    return RecordState.VOIDED if dispute.decision == VOIDED else RecordState.DISPUTED


def _members(
    dispute: RecordDispute,
    records: Sequence[LearningRecord],
    others: Iterable[RecordDispute],
    state: RecordState,
) -> list[LearningRecord]:
    """Records in this state from the first one of a dispute up to the next dispute's."""
    borders = {
        other.record_id
        for other in others
        if other.id != dispute.id and other.decision == dispute.decision
    }
    found: list[LearningRecord] = []
    inside = False
    for row in records:
        if row.id == dispute.record_id:
            inside = True
        elif row.id in borders:
            inside = False
        if inside and row.student_id == dispute.student_id and row.state == state:
            found.append(row)
    return found


def _records_of_days(
    scope: Scope, student_days: Collection[tuple[UUID, date]]
) -> Sequence[LearningRecord]:
    """Every record of some students' days, whatever its state, in the order of lines."""
    if not student_days:
        return []
    return scope.session.scalars(
        select(LearningRecord)
        .where(
            or_(
                *(
                    and_(LearningRecord.student_id == student_id, LearningRecord.day == day)
                    for student_id, day in student_days
                )
            )
        )
        .order_by(
            LearningRecord.student_id,
            LearningRecord.day,
            LearningRecord.ended_at,
            LearningRecord.id,
        )
    ).all()


def _cases(scope: Scope, disputes: Sequence[RecordDispute]) -> list[Case]:
    """Disputes with their lines; those whose records went elsewhere meanwhile are left out."""
    if not disputes:
        return []
    firsts = first_records(scope, disputes)
    records = _records_of_days(scope, {(row.student_id, row.day) for row in firsts.values()})
    student_ids = {each.student_id for each in disputes}
    others = scope.session.scalars(
        select(RecordDispute).where(RecordDispute.student_id.in_(student_ids))
    ).all()
    names = _names(scope, student_ids)
    voided = [row.id for row in records if row.state == RecordState.VOIDED]
    gone = taken_back_by_app(scope, voided) if voided else set()
    found: list[Case] = []
    for each in disputes:
        first = firsts.get(each.record_id)
        if first is None or first.student_id != each.student_id:
            continue
        members = (
            _line_of(first, records)
            if each.decision == UPHELD
            else _members(each, records, others, _state_of(each))
        )
        members = [row for row in members if row.id not in gone]
        if members:
            found.append(Case(each, Line(members[0], members), *names[each.student_id]))
    return found


def _line_of(first: LearningRecord, records: Sequence[LearningRecord]) -> list[LearningRecord]:
    """The line in which a record stands now."""
    counted = [
        row
        for row in records
        if (row.student_id, row.day) == (first.student_id, first.day)
        and row.state in COUNTED_RECORD
    ]
    for line in lines(counted):
        if first in line.records:
            return line.records
    return []


def _names(scope: Scope, student_ids: Collection[UUID]) -> dict[UUID, tuple[str, str, int | None]]:
    """Family name, given name and number in class of these students."""
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name, Enrollment.attendance_no)
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.user_id == User.id,
                Enrollment.school_id == scope.school_id,
                Enrollment.class_id.in_(scope.class_ids),
            ),
        )
        .where(User.id.in_(student_ids))
        .order_by(Enrollment.attendance_no.is_not(None))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
