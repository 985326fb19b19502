"""Looking back: rate, find a reason, decide what to change; and the teacher's answer to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.action import operations as action
from aarportal.cycle.anticipation import operations as anticipation
from aarportal.cycle.anticipation import store as goals
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.operations import AdjustmentDraft
from aarportal.cycle.loop.states import (
    FEEDBACK,
    OPEN_CYCLE,
    REFLECTION,
    AdjustmentState,
    CycleEvent,
    CycleState,
    FeedbackEvent,
    FeedbackState,
    ReflectionEvent,
    ReflectionState,
)
from aarportal.cycle.reflection import prompts, store
from aarportal.cycle.reflection.facts import Facts, criterion_met
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)

_MAX_TEXT = {"L": 200, "M": 200, "U": 400}
MAX_FEEDBACK = 120
FEEDBACK_KINDS = ("read", "task", "process", "regulation", "question")
REPLIES = ("will_try", "question", "thanks")
RATINGS = (0, 1, 2, 3)
VERDICTS = ("worked", "no_change", "cannot_say")
MAX_FACTORS = 2
MAX_NEXT_TEXT = 60


@dataclass(frozen=True)
class ReflectionDraft:
    """A reflection as the student hands it in; only the rating and the next step are asked for."""

    cycle_id: UUID
    rating: int
    next_what: str
    next_value: str = ""
    direction: str = ""
    factors: tuple[str, ...] = ()
    text: str = ""
    prompt_id: str = ""
    verdict: str = ""
    lang: str = "ja"
    band: str = "M"


@dataclass(frozen=True)
class FeedbackDraft:
    """A teacher's answer to one reflection."""

    reflection_id: UUID
    kind: str
    text: str = ""


def facts_of(cycle: LearningCycle) -> Facts:
    """The facts that stand beside a rating."""
    return Facts(
        items=cycle.items,
        first_attempt_items=cycle.first_attempt_items,
        first_attempt_correct=cycle.first_attempt_correct,
        retry_items=cycle.retry_items,
        retry_correct=cycle.retry_correct,
        active_seconds=cycle.active_seconds,
        records=cycle.records,
    )


def max_text(band: str) -> int:
    """How many characters a reflection may have."""
    return _MAX_TEXT.get(band, _MAX_TEXT["M"])


def begin(scope: Scope, cycle: LearningCycle) -> None:
    """Turn to looking back; plans that the work has answered by now are settled first.

    Raises:
        StateError: If the lap is closed already.
    """
    action.settle_plans(scope)
    if cycle.state == CycleState.REFLECTING:
        return
    if cycle.state in {CycleState.ANTICIPATING, CycleState.PAUSED}:
        loop.move(scope, cycle, CycleEvent.STARTED)
    loop.move(scope, cycle, CycleEvent.REFLECTION_BEGUN)
    audit.record(scope, "reflection:begun", cycle.id, student_id=cycle.student_id)


def submit(scope: Scope, draft: ReflectionDraft) -> Reflection:
    """Hand a reflection in, or change it while no teacher has read it; this closes the lap.

    Raises:
        InvalidError: If a value is not one of those offered, or a text is too long.
        NotFoundError: If the lap is not the student's.
        StateError: If the teacher has read it (then it is revised and not changed), or the lap was
            closed without it, or is of a school before.
    """
    _check(draft)
    cycle = cycles.cycle(scope, draft.cycle_id)
    _only_the_writer(scope, cycle.student_id)
    loop.check_is_here(scope, cycle.school_id)
    row = store.reflection_of(scope, cycle.id)
    if row is None:
        row, done = _new(scope, cycle), "reflection:submitted"
    else:
        row.state = step(REFLECTION, ReflectionState(row.state), ReflectionEvent.EDIT)
        done = "reflection:changed"
    row.text, row.prompt_id, row.lang = draft.text, draft.prompt_id, draft.lang
    _judge(scope, cycle, draft)
    _rate(scope, cycle, draft)
    _attribute(scope, row, draft)
    _propose(scope, cycle, draft)
    loop.touch(cycle)
    audit.record(scope, done, row.id, student_id=cycle.student_id)
    return row


def prompt_stage(scope: Scope, cycle: LearningCycle) -> int:
    """How much help the prompts of this lap give, 1 (most) to 4; settled when it is handed in."""
    if cycle.state in OPEN_CYCLE:
        laps = store.finished_laps(scope, cycle.student_id, cycle.subject)
        return prompts.stage_after(laps)
    return cycle.prompt_stage


def revise(scope: Scope, reflection_id: UUID, text: str, band: str) -> Reflection:
    """Write a reflection anew after the teacher has read it; the earlier version is kept.

    Raises:
        InvalidError: If the text is empty or too long.
        StateError: If nobody has read it yet: then it is still open to be changed. Or if it is of
            a school before.
    """
    row = store.reflection(scope, reflection_id)
    _only_the_writer(scope, row.student_id)
    loop.check_is_here(scope, row.school_id)
    _check_text(text, band)
    if not text.strip():
        raise InvalidError("text", "required")
    after = step(REFLECTION, ReflectionState(row.state), ReflectionEvent.REVISE)
    rating = store.rating_of(scope, row.cycle_id)
    scope.session.add(
        ReflectionVersion(
            school_id=row.school_id,
            student_id=row.student_id,
            reflection_id=row.id,
            version=row.version,
            text=row.text,
            rating=rating.value if rating else None,
            replaced_at=clock.now(),
        )
    )
    row.state, row.text, row.version = after, text, row.version + 1
    row.submitted_at = clock.now()
    loop.touch(cycles.cycle(scope, row.cycle_id))
    audit.record(scope, "reflection:revised", row.id, student_id=row.student_id)
    return row


def acknowledge(scope: Scope, reflection_id: UUID) -> Reflection:
    """読んだ: the student has read the answer."""
    row = store.reflection(scope, reflection_id)
    _only_the_writer(scope, row.student_id)
    row.state = step(REFLECTION, ReflectionState(row.state), ReflectionEvent.ACKNOWLEDGE)
    for answer in store.feedback_of(scope, [row.id])[row.id]:
        if answer.state == FeedbackState.SENT:
            _see(answer)
    audit.record(scope, "reflection:acknowledged", row.id, student_id=row.student_id)
    return row


def reply(scope: Scope, feedback_id: UUID, chip: str) -> TeacherFeedback:
    """Answer the teacher with a chip: やってみる, しつもん or ありがとう.

    Raises:
        InvalidError: If there is no such chip.
        StateError: If it was answered before.
    """
    if chip not in REPLIES:
        raise InvalidError("reply", "choice")
    answer = store.feedback(scope, feedback_id)
    _only_the_writer(scope, answer.student_id)
    if answer.state == FeedbackState.SENT:
        _see(answer)
    answer.state = step(FEEDBACK, FeedbackState(answer.state), FeedbackEvent.REPLY)
    answer.reply = chip
    row = store.reflection(scope, answer.reflection_id)
    if row.state == ReflectionState.RESPONDED:
        row.state = step(REFLECTION, ReflectionState.RESPONDED, ReflectionEvent.ACKNOWLEDGE)
    loop.touch(cycles.cycle(scope, row.cycle_id))
    audit.record(scope, "feedback:answered", answer.id, student_id=answer.student_id)
    return answer


def open_by_teacher(scope: Scope, reflections: Iterable[Reflection]) -> None:
    """A teacher reads these reflections; their writers may then revise them, with versions kept.

    Raises:
        NotFoundError: If one is of a student about whom the person only reads.
    """
    now = clock.now()
    for row in reflections:
        if not can_answer(scope, row.student_id):
            raise NotFoundError("Reflection")
        before = row.state
        row.state = step(REFLECTION, ReflectionState(row.state), ReflectionEvent.OPEN)
        if row.state != before:
            row.read_at = now
            audit.record(scope, "reflection:read", row.id, student_id=row.student_id)


def give_feedback(scope: Scope, draft: FeedbackDraft) -> TeacherFeedback:
    """Answer a reflection with a stamp and maybe a line.

    Raises:
        InvalidError: If there is no such stamp, or the line is too long.
        NotFoundError: If the reflection is not of one of the teacher's students.
    """
    if draft.kind not in FEEDBACK_KINDS:
        raise InvalidError("kind", "choice")
    if len(draft.text) > MAX_FEEDBACK:
        raise InvalidError("text", "too_long")
    row = store.reflection(scope, draft.reflection_id)
    open_by_teacher(scope, [row])
    if row.state != ReflectionState.DONE:
        row.state = step(REFLECTION, ReflectionState(row.state), ReflectionEvent.RESPOND)
    answer = TeacherFeedback(
        school_id=row.school_id,
        student_id=row.student_id,
        reflection_id=row.id,
        teacher_id=scope.actor_id,
        kind=draft.kind,
        text=draft.text.strip(),
        state=step(FEEDBACK, FeedbackState.DRAFT, FeedbackEvent.SEND),
        sent_at=clock.now(),
    )
    scope.session.add(answer)
    loop.touch(cycles.cycle(scope, row.cycle_id))
    audit.record(scope, "feedback:given", row.id, student_id=row.student_id)
    return answer


def can_answer(scope: Scope, student_id: UUID) -> bool:
    """Whether the person answers what a student writes, and does not only read it."""
    mine = scope.writable(TeacherFeedback)
    return mine is None or student_id in mine


def _only_the_writer(scope: Scope, student_id: UUID) -> None:
    """Teachers read these rows too, but nobody speaks in a student's name."""
    if scope.actor_id != student_id:
        raise NotFoundError("Reflection")


def _new(scope: Scope, cycle: LearningCycle) -> Reflection:
    cycle.prompt_stage = prompt_stage(scope, cycle)
    begin(scope, cycle)
    loop.move(scope, cycle, CycleEvent.REFLECTION_SUBMITTED)
    row = Reflection(
        school_id=cycle.school_id,
        student_id=cycle.student_id,
        cycle_id=cycle.id,
        state=step(REFLECTION, ReflectionState.DRAFT, ReflectionEvent.SUBMIT),
        submitted_at=clock.now(),
    )
    scope.session.add(row)
    scope.session.flush()  # its id goes into the reasons
    return row


def _judge(scope: Scope, cycle: LearningCycle, draft: ReflectionDraft) -> None:
    tried = cycles.tried_in(scope, cycle.id)
    if tried is not None and draft.verdict and not tried.verdict:
        loop.judge(scope, tried, draft.verdict)


def _rate(scope: Scope, cycle: LearningCycle, draft: ReflectionDraft) -> None:
    goal = goals.goals_of(scope, [cycle.id]).get(cycle.id)
    criterion = goals.criterion_of(scope, goal.id) if goal else None
    met = criterion_met(criterion.type, criterion.target, facts_of(cycle)) if criterion else None
    row = store.rating_of(scope, cycle.id)
    if row is None:
        row = SelfRating(school_id=cycle.school_id, student_id=cycle.student_id, cycle_id=cycle.id)
        scope.session.add(row)
    row.criterion_id = criterion.id if criterion else None
    row.value, row.fact_met, row.made_at = draft.rating, met, clock.now()
    if goal is not None:
        _rate_goal(scope, goal, draft.rating)
    anticipation.resolve_prediction(scope, cycle)


def _rate_goal(scope: Scope, goal: Goal, value: int) -> None:
    """A goal that was taken back or put away meanwhile keeps its state."""
    try:
        anticipation.rate_goal(scope, goal, value)
    except StateError:
        return


def _attribute(scope: Scope, row: Reflection, draft: ReflectionDraft) -> None:
    standing = store.attribution_of(scope, row.id)
    if not draft.factors and not draft.direction:
        if standing is not None:
            scope.session.delete(standing)
        return
    if standing is None:
        standing = Attribution(
            school_id=row.school_id, student_id=row.student_id, reflection_id=row.id
        )
        scope.session.add(standing)
    standing.direction = draft.direction or ("went_well" if draft.rating >= 2 else "was_hard")
    standing.factors = list(draft.factors)


def _propose(scope: Scope, cycle: LearningCycle, draft: ReflectionDraft) -> None:
    """A next step that was carried into a goal already belongs to that goal: it stays."""
    standing = store.next_steps(scope, [cycle.id]).get(cycle.id)
    if standing is not None and standing.state != AdjustmentState.PROPOSED:
        return
    kind = "keep" if draft.next_what == "same" else "change"
    change = AdjustmentDraft(kind, draft.next_what, draft.next_value)
    loop.propose_adjustment(scope, cycle, change)


def _see(answer: TeacherFeedback) -> None:
    answer.state = step(FEEDBACK, FeedbackState(answer.state), FeedbackEvent.OPEN)
    answer.seen_at = clock.now()


def _check(draft: ReflectionDraft) -> None:
    if draft.rating not in RATINGS:
        raise InvalidError("rating", "required")
    if draft.next_what not in prompts.NEXT_STEPS:
        raise InvalidError("next_what", "required")
    if draft.prompt_id not in {"", prompts.FREE, *prompts.PROMPTS}:
        raise InvalidError("text", "choice")
    if draft.direction not in {"", "went_well", "was_hard"}:
        raise InvalidError("direction", "choice")
    if len(draft.factors) > MAX_FACTORS or not set(draft.factors) <= set(prompts.FACTORS):
        raise InvalidError("factors", "choice")
    if draft.verdict not in {"", *VERDICTS}:
        raise InvalidError("verdict", "choice")
    if len(draft.next_value) > MAX_NEXT_TEXT:
        raise InvalidError("next_value", "too_long")
    _check_text(draft.text, draft.band)


def _check_text(text: str, band: str) -> None:
    if len(text) > max_text(band):
        raise InvalidError("text", "too_long")
