"""Asking about data, taking it up, and answering."""

from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotAllowedError
from aarportal.core.machines import step
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover.packages import operations as packages
from aarportal.insight.purposes.register import kinds
from aarportal.insight.requests import store
from aarportal.insight.requests.models import DataRequest
from aarportal.insight.requests.states import (
    MAX_VALUE,
    MAX_WORDS,
    OWN_WORDS,
    REQUEST,
    RequestEvent,
    RequestKind,
    RequestState,
    due_on,
)

_ASKED_AS = {
    Role.STUDENT: "pupil",
    Role.GUARDIAN: "guardian",
    Role.ADMINISTRATOR: "in_person",
    Role.PRINCIPAL: "in_person",
}


@dataclass(frozen=True)
class RequestDraft:
    """What somebody asks; a correction says which data, what is wrong, and how it should be."""

    kind: RequestKind
    student_id: UUID
    data_kind: str = ""
    words: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class AnswerDraft:
    """What the office answers, and where it changed what, if it did."""

    is_done: bool
    answer: str
    changed_what: str = ""
    changed_from: str = ""
    changed_to: str = ""


def ask(scope: Scope, draft: RequestDraft) -> DataRequest:
    """Ask the school; what one asks already, and is not answered yet, is asked once.

    Raises:
        NotAllowedError: If the person asks for nobody.
        InvalidError: If the pupil is none of theirs, or the request says too little or too much.
    """
    if scope.role not in _ASKED_AS:
        raise NotAllowedError("requests")
    school_id = _school_of(scope, draft.student_id)
    _check(draft)
    data_kind = draft.data_kind if draft.kind is RequestKind.CORRECTION else ""
    asked_as = _ASKED_AS[scope.role]
    if store.standing(scope, draft.student_id, draft.kind, data_kind, asked_as):
        raise InvalidError("words", "standing")
    row = DataRequest(
        school_id=school_id,
        student_id=draft.student_id,
        kind=draft.kind.value,
        state=RequestState.ASKED.value,
        asked_as=asked_as,
        asked_by=scope.actor_id,
        asked_at=clock.now(),
        due_on=due_on(clock.today()),
        data_kind=data_kind,
        words=draft.words.strip(),
        wanted=draft.wanted.strip() if data_kind else "",
    )
    scope.session.add(row)
    scope.session.flush()
    detail = f"{row.kind} {data_kind}".strip()
    audit.record(scope, "data_request:asked", row.id, student_id=row.student_id, detail=detail)
    return row


def take_up(scope: Scope, request_id: UUID) -> DataRequest:
    """Begin to look after a request.

    Raises:
        NotFoundError: If the school has no such one.
        StateError: If somebody has begun already.
    """
    row = store.locked(scope, request_id)
    row.state = step(REQUEST, RequestState(row.state), RequestEvent.TAKEN_UP).value
    row.taken_by, row.taken_at = scope.actor_id, clock.now()
    audit.record(scope, "data_request:taken_up", row.id, student_id=row.student_id, detail=row.kind)
    return row


def finish(scope: Scope, request_id: UUID, draft: AnswerDraft) -> DataRequest:
    """Answer a request: done, or refused with the reason.

    A copy is the pupil's own export, which the pupil alone fetches; of a pupil who has left, the
    one that the office hands out. A correction is noted with what stood there and what stands there
    now; it changes nothing by itself.

    Raises:
        NotFoundError: If the school has no such one.
        StateError: If nobody has taken it up, or it is answered.
        InvalidError: If the answer is left out, or what was changed; or if the office would note a
            change of a pupil's own words.
    """
    row = store.locked(scope, request_id)
    event = RequestEvent.DONE if draft.is_done else RequestEvent.REFUSED
    state = step(REQUEST, RequestState(row.state), event)
    _check_answer(row, draft)
    row.state, row.answer = state.value, draft.answer.strip()
    row.answered_by, row.answered_at = scope.actor_id, clock.now()
    detail = f"{row.kind} {row.data_kind}".strip()
    if draft.is_done and _is_by_office(row):
        row.changed_what = draft.changed_what.strip()
        row.changed_from, row.changed_to = draft.changed_from.strip(), draft.changed_to.strip()
        # The values are sealed in the request: traces outlive the child's data, and the board
        # reads them.
        audit.record(
            scope, "data_request:corrected", row.id, student_id=row.student_id, detail=detail
        )
    if draft.is_done and row.kind == RequestKind.EXPORT:
        has_left = store.has_left(scope, row.student_id)
        make = packages.ask_for_leaver if has_left else packages.ask_for_student
        make(scope, row.student_id)
    audit.record(
        scope, f"data_request:{event.value}", row.id, student_id=row.student_id, detail=detail
    )
    return row


def counts(scope: Scope) -> list[store.Count]:
    """How many requests each school of a board's district has.

    Opens its unit of work itself: of requests a board reads no row.
    """
    with unit_of_work(SystemScope("numbers of requests", by=scope), read_only=True) as system:
        return store.counts(system, scope.district_id, clock.today())


def _school_of(scope: Scope, student_id: UUID) -> UUID:
    """The school that is asked about somebody.

    Raises:
        InvalidError: If the person may not ask about them.
    """
    today = clock.today()
    found = store.pupils(scope, today).get(student_id)
    if found is not None:
        return found[0]
    if student_id in {it.id for it in store.leavers(scope, today)}:
        return scope.school_id
    raise InvalidError("student_id", "choice")


def _check(draft: RequestDraft) -> None:
    for field, text in (("words", draft.words), ("wanted", draft.wanted)):
        if len(text) > MAX_WORDS:
            raise InvalidError(field, "length")
    if draft.kind is RequestKind.CORRECTION:
        if draft.data_kind not in {kind.key for kind in kinds()}:
            raise InvalidError("data_kind", "choice")
        if not draft.words.strip():
            raise InvalidError("words", "needed")


def _check_answer(row: DataRequest, draft: AnswerDraft) -> None:
    if not draft.answer.strip():
        raise InvalidError("answer", "needed")
    if len(draft.answer) > MAX_WORDS:
        raise InvalidError("answer", "length")
    changed = {
        "changed_what": draft.changed_what,
        "changed_from": draft.changed_from,
        "changed_to": draft.changed_to,
    }
    for field, text in changed.items():
        if len(text) > MAX_VALUE:
            raise InvalidError(field, "length")
        if draft.is_done and _is_by_office(row) and not text.strip():
            raise InvalidError(field, "needed")
        if text.strip() and row.data_kind in OWN_WORDS:
            raise InvalidError(field, "own_words")


def _is_by_office(row: DataRequest) -> bool:
    """Whether it is a correction that the office makes, and not the pupil."""
    return row.kind == RequestKind.CORRECTION and row.data_kind not in OWN_WORDS
