"""これは ちがう: a student doubts a line of the day, and a teacher decides."""

from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.action import operations as records
from aarportal.cycle.action import store as action
from aarportal.cycle.action.disputes import store
from aarportal.cycle.action.disputes.store import UPHELD, VOIDED
from aarportal.cycle.action.models import LearningRecord, RecordDispute
from aarportal.cycle.action.timeline import lines
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop.states import RECORD, RecordEvent, RecordState

#: Why a line may be wrong, as the student says it; empty when they leave it out.
REASONS = ("not_mine", "wrong_time", "wrong_count", "other")
MAX_EXPLANATION = 200


@dataclass(frozen=True)
class Decision:
    """A teacher's answer to a dispute."""

    decision: str
    """`voided`: the line was wrong and counts no more; `upheld`: it is right, and here is why."""
    explanation: str = ""


def dispute(scope: Scope, record_id: UUID, reason: str = "") -> LearningRecord:
    """これは ちがう: the student doubts a line of the day; it counts until a teacher decides.

    Args:
        scope: The student's.
        record_id: The first record of the line; the others of the line are doubted with it.
        reason: One of `REASONS`, or empty.

    Returns:
        That record.

    Raises:
        NotFoundError: If the record is not the student's.
        StateError: If it cannot be disputed any more, or is of a school before, where nobody could
            decide.
    """
    if reason and reason not in REASONS:
        raise InvalidError("reason", "choice")
    row = action.record(scope, record_id)
    loop.check_is_here(scope, row.school_id)
    action.lock_persons(scope, [row.student_id])
    scope.session.refresh(row)
    if row.self_reported:
        raise StateError("what a student said is theirs to say")
    if any(
        each.record_id == record_id and each.decision == UPHELD
        for each in store.disputes_of(scope, row.student_id)
    ):
        raise StateError("a teacher has explained this record")
    _doubt(scope, row)
    for line in lines(action.day_records(scope, row.student_id, row.day)):
        if line.first.id == row.id:
            for other in line.records[1:]:
                if other.state != RecordState.DISPUTED:
                    _doubt(scope, other)
    scope.session.add(
        RecordDispute(
            school_id=row.school_id,
            student_id=row.student_id,
            record_id=row.id,
            reason=reason,
            made_at=clock.now(),
        )
    )
    return row


def decide(scope: Scope, dispute_id: UUID, draft: Decision) -> RecordDispute:
    """Decide a dispute: the records of the line count no more, or they stay and it is said why.

    Args:
        scope: A teacher's of that student.
        dispute_id: Which.
        draft: The decision.

    Raises:
        InvalidError: If records stay without a word of why, or with too many words.
        NotFoundError: If it is about somebody else's student.
        StateError: If it was decided before, or nothing of the line is there any more.
    """
    if draft.decision not in {VOIDED, UPHELD}:
        raise InvalidError("decision", "choice")
    explanation = draft.explanation.strip()
    if draft.decision == UPHELD and not explanation:
        raise InvalidError("explanation", "required")
    if len(explanation) > MAX_EXPLANATION:
        raise InvalidError("explanation", "too long")
    row = _locked(scope, dispute_id)
    if row.decided_at is not None:
        raise StateError("this dispute was decided before")
    about = store.records_of(scope, row)
    if not about:
        raise StateError("nothing of this line waits for a decision")
    if draft.decision == VOIDED:
        records.take_out(scope, about)
    else:
        for each in about:
            each.state = step(RECORD, RecordState(each.state), RecordEvent.UPHOLD)
    row.decision, row.explanation = draft.decision, explanation
    row.decided_by, row.decided_at = scope.actor_id, clock.now()
    row.seen_at = None
    audit.record(scope, f"dispute:{draft.decision}", row.id, student_id=row.student_id)
    return row


def take_back(scope: Scope, dispute_id: UUID) -> RecordDispute:
    """Undo a confirmation: the records count again, and the dispute is open again.

    What the app itself voided meanwhile stays out.

    Args:
        scope: A teacher's of that student.
        dispute_id: Which.

    Raises:
        NotFoundError: If it is about somebody else's student.
        StateError: If its records were not taken out, or none of them can count again.
    """
    row = _locked(scope, dispute_id)
    if row.decision != VOIDED:
        raise StateError("nothing was taken out")
    about = store.records_of(scope, row)
    if not about:
        raise StateError("none of these records can count again")
    records.put_in_again(scope, about)
    for each in about:
        _doubt(scope, each)
    row.decision, row.explanation = "", ""
    row.decided_by = row.decided_at = row.seen_at = None
    audit.record(scope, "dispute:taken_back", row.id, student_id=row.student_id)
    return row


def acknowledge(scope: Scope, dispute_id: UUID) -> RecordDispute:
    """わかった: the student has seen what was decided.

    Raises:
        NotFoundError: If it is somebody else's.
        StateError: If nothing was decided yet.
    """
    row = store.dispute(scope, dispute_id)
    if row.decided_at is None:
        raise StateError("nothing was decided yet")
    if row.seen_at is None:
        row.seen_at = clock.now()
        audit.record(scope, "dispute:seen", row.id, student_id=row.student_id)
    return row


def open_statement(scope: Scope, statement_id: UUID) -> None:
    """Leave a trace that somebody reads a statement as the app sent it.

    Raises:
        NotFoundError: If nothing was made of it that this person sees.
    """
    row = store.statement(scope, statement_id)
    record = store.record_of(scope, statement_id)
    audit.record(
        scope, "statement:opened", row.id, student_id=record.student_id if record else None
    )


def _locked(scope: Scope, dispute_id: UUID) -> RecordDispute:
    """The dispute as it is once nobody else is deciding about this student."""
    row = store.dispute(scope, dispute_id)
    action.lock_persons(scope, [row.student_id])
    scope.session.refresh(row)
    return row


def _doubt(scope: Scope, row: LearningRecord) -> None:
    if row.state == RecordState.VALID:
        row.state = step(RECORD, RecordState.VALID, RecordEvent.MATCH)
    row.state = step(RECORD, RecordState(row.state), RecordEvent.DISPUTE)
    audit.record(scope, "record:disputed", row.id, student_id=row.student_id)
