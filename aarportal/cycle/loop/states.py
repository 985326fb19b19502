"""The state machines of a learning cycle and of what hangs on it, as pure transitions.

Each machine is a table (state, event) -> state. What is not in the table cannot happen:
`core.machines.step` raises. Guards that need more than the state (days, amounts, dates) are pure
functions beside the tables, and every limit counts school days.

Source: the project's pedagogy text, section A.3 (1-6 and 8).
"""

from enum import StrEnum

from aarportal.core.machines import Table

#: A cycle without an event for this many school days rests; an adjustment lapses.
REST_AFTER_SCHOOL_DAYS = 10


class CycleState(StrEnum):
    """States of a LearningCycle; `none` is before it exists."""

    NONE = "none"
    ANTICIPATING = "anticipating"
    ACTING = "acting"
    REFLECTING = "reflecting"
    CLOSED_OPEN_ADJUST = "closed_open_adjust"
    CLOSED_CARRIED = "closed_carried"
    CLOSED = "closed"
    PAUSED = "paused"
    CLOSED_UNREVIEWED = "closed_unreviewed"


class CycleEvent(StrEnum):
    """What moves a LearningCycle."""

    GOAL_CONFIRMED = "goal_confirmed"
    PLAN_CREATED = "plan_created"
    RECORD_ARRIVED = "record_arrived"
    STARTED = "started"
    MID_CHECKED = "mid_checked"
    GOAL_REVISED = "goal_revised"
    PLAN_MOVED = "plan_moved"
    REFLECTION_BEGUN = "reflection_begun"
    REFLECTION_SUBMITTED = "reflection_submitted"
    ADJUSTMENT_LINKED = "adjustment_linked"
    DAYS_PASSED = "days_passed"
    TERM_ENDED = "term_ended"
    """The school year is over, or the student has left the school."""
    REOPENED = "reopened"
    """The year was said to be over by mistake."""


_C, _E = CycleState, CycleEvent

CYCLE: Table[CycleState, CycleEvent] = {
    (_C.NONE, _E.GOAL_CONFIRMED): _C.ANTICIPATING,
    (_C.NONE, _E.PLAN_CREATED): _C.ANTICIPATING,
    (_C.NONE, _E.RECORD_ARRIVED): _C.ACTING,
    (_C.ANTICIPATING, _E.RECORD_ARRIVED): _C.ACTING,
    (_C.ANTICIPATING, _E.STARTED): _C.ACTING,
    (_C.ANTICIPATING, _E.GOAL_REVISED): _C.ANTICIPATING,
    (_C.ANTICIPATING, _E.PLAN_CREATED): _C.ANTICIPATING,
    (_C.ANTICIPATING, _E.PLAN_MOVED): _C.ANTICIPATING,
    (_C.ANTICIPATING, _E.DAYS_PASSED): _C.PAUSED,
    # A goal may come after the first records: the lap began with doing.
    (_C.ACTING, _E.GOAL_CONFIRMED): _C.ACTING,
    (_C.ACTING, _E.RECORD_ARRIVED): _C.ACTING,
    (_C.ACTING, _E.STARTED): _C.ACTING,
    (_C.ACTING, _E.PLAN_CREATED): _C.ACTING,
    (_C.ACTING, _E.MID_CHECKED): _C.ACTING,
    (_C.ACTING, _E.GOAL_REVISED): _C.ACTING,
    (_C.ACTING, _E.PLAN_MOVED): _C.ACTING,
    (_C.ACTING, _E.REFLECTION_BEGUN): _C.REFLECTING,
    (_C.ACTING, _E.DAYS_PASSED): _C.PAUSED,
    # Records keep arriving while a student reflects; they change the facts, not the phase.
    (_C.REFLECTING, _E.RECORD_ARRIVED): _C.REFLECTING,
    (_C.REFLECTING, _E.REFLECTION_BEGUN): _C.REFLECTING,
    (_C.REFLECTING, _E.REFLECTION_SUBMITTED): _C.CLOSED_OPEN_ADJUST,
    (_C.CLOSED_OPEN_ADJUST, _E.ADJUSTMENT_LINKED): _C.CLOSED_CARRIED,
    (_C.CLOSED_OPEN_ADJUST, _E.DAYS_PASSED): _C.CLOSED,
    (_C.PAUSED, _E.GOAL_CONFIRMED): _C.ACTING,
    (_C.PAUSED, _E.PLAN_CREATED): _C.ACTING,
    (_C.PAUSED, _E.RECORD_ARRIVED): _C.ACTING,
    (_C.PAUSED, _E.STARTED): _C.ACTING,
    (_C.PAUSED, _E.MID_CHECKED): _C.ACTING,
    (_C.PAUSED, _E.GOAL_REVISED): _C.ACTING,
    (_C.PAUSED, _E.PLAN_MOVED): _C.ACTING,
    (_C.PAUSED, _E.REFLECTION_BEGUN): _C.ACTING,
    **{
        (state, _E.TERM_ENDED): _C.CLOSED_UNREVIEWED
        for state in (_C.ANTICIPATING, _C.ACTING, _C.REFLECTING, _C.PAUSED)
    },
    # Wherever it was, it can be gone on with from a rest.
    (_C.CLOSED_UNREVIEWED, _E.REOPENED): _C.PAUSED,
}

#: States in which a cycle still takes goals, records or a reflection.
OPEN_CYCLE = frozenset({_C.ANTICIPATING, _C.ACTING, _C.REFLECTING, _C.PAUSED})
CLOSED_CYCLE = frozenset(
    {_C.CLOSED_OPEN_ADJUST, _C.CLOSED_CARRIED, _C.CLOSED, _C.CLOSED_UNREVIEWED}
)


class GoalState(StrEnum):
    """States of a Goal."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    ACHIEVED_WITH_HELP = "achieved_with_help"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    WITHDRAWN = "withdrawn"
    UNREVIEWED = "unreviewed"
    ARCHIVED = "archived"


class GoalEvent(StrEnum):
    """What moves a Goal."""

    CONFIRM = "confirm"
    EDIT = "edit"
    RATE_3 = "rate_3"
    RATE_2 = "rate_2"
    RATE_1 = "rate_1"
    RATE_0 = "rate_0"
    WITHDRAW = "withdraw"
    DAY_ENDED = "day_ended"
    MONTH_PASSED = "month_passed"


_G, _F = GoalState, GoalEvent

_RATED: dict[GoalEvent, GoalState] = {
    _F.RATE_3: _G.ACHIEVED,
    _F.RATE_2: _G.ACHIEVED_WITH_HELP,
    _F.RATE_1: _G.PARTLY,
    _F.RATE_0: _G.NOT_YET,
}
#: A rating may be corrected until the teacher has read it, so rated goals take another rating;
#: a goal left unreviewed is offered once more the next day.
_RATEABLE = (_G.ACTIVE, _G.UNREVIEWED, *_RATED.values())

GOAL: Table[GoalState, GoalEvent] = {
    (_G.DRAFT, _F.CONFIRM): _G.ACTIVE,
    (_G.ACTIVE, _F.EDIT): _G.ACTIVE,
    (_G.ACTIVE, _F.WITHDRAW): _G.WITHDRAWN,
    (_G.ACTIVE, _F.DAY_ENDED): _G.UNREVIEWED,
    **{(state, event): to for state in _RATEABLE for event, to in _RATED.items()},
    **{
        (state, _F.MONTH_PASSED): _G.ARCHIVED
        for state in (*_RATED.values(), _G.WITHDRAWN, _G.UNREVIEWED)
    },
}


def rating_event(value: int) -> GoalEvent:
    """The event of rating a goal with 0 (まだ) to 3 (じぶんで)."""
    return GoalEvent(f"rate_{value}")


class PlanState(StrEnum):
    """States of a PlanSession."""

    PLANNED = "planned"
    DONE = "done"
    PARTLY = "partly"
    OPEN_PAST = "open_past"
    DONE_SELF = "done_self"
    DROPPED = "dropped"
    EXCUSED = "excused"


class PlanEvent(StrEnum):
    """What moves a PlanSession."""

    MOVE = "move"
    RECORD_ENOUGH = "record_enough"
    RECORD_SOME = "record_some"
    DAY_PASSED = "day_passed"
    DONE_ON_PAPER = "done_on_paper"
    DROP = "drop"
    ABSENT = "absent"


_P, _Q = PlanState, PlanEvent

PLAN: Table[PlanState, PlanEvent] = {
    (_P.PLANNED, _Q.MOVE): _P.PLANNED,
    (_P.PLANNED, _Q.RECORD_ENOUGH): _P.DONE,
    (_P.PLANNED, _Q.RECORD_SOME): _P.PARTLY,
    (_P.PLANNED, _Q.DAY_PASSED): _P.OPEN_PAST,
    (_P.PLANNED, _Q.ABSENT): _P.EXCUSED,
    (_P.PARTLY, _Q.RECORD_SOME): _P.PARTLY,
    (_P.PARTLY, _Q.RECORD_ENOUGH): _P.DONE,
    (_P.DONE, _Q.RECORD_ENOUGH): _P.DONE,
    (_P.OPEN_PAST, _Q.DONE_ON_PAPER): _P.DONE_SELF,
    (_P.OPEN_PAST, _Q.MOVE): _P.PLANNED,
    (_P.OPEN_PAST, _Q.DROP): _P.DROPPED,
    (_P.OPEN_PAST, _Q.ABSENT): _P.EXCUSED,
    # A record that reaches us the day after still counts (±1 day).
    (_P.OPEN_PAST, _Q.RECORD_ENOUGH): _P.DONE,
    (_P.OPEN_PAST, _Q.RECORD_SOME): _P.PARTLY,
}

#: This share of the planned amount makes a plan session done.
ENOUGH_SHARE = 0.5


def plan_event(done_amount: int, planned_amount: int | None) -> PlanEvent:
    """Whether what was done is enough of what was planned; without an amount anything is."""
    if planned_amount is None or done_amount >= ENOUGH_SHARE * planned_amount:
        return PlanEvent.RECORD_ENOUGH
    return PlanEvent.RECORD_SOME


class RecordState(StrEnum):
    """States of a learning record; `received` is before the checks."""

    RECEIVED = "received"
    QUARANTINED = "quarantined"
    VALID = "valid"
    LINKED = "linked"
    DISPUTED = "disputed"
    VOIDED = "voided"


class RecordEvent(StrEnum):
    """What moves a learning record."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    MATCH = "match"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    VOID = "void"
    RESTORE = "restore"


_R, _S = RecordState, RecordEvent

RECORD: Table[RecordState, RecordEvent] = {
    (_R.RECEIVED, _S.ACCEPT): _R.VALID,
    (_R.RECEIVED, _S.REFUSE): _R.QUARANTINED,
    (_R.QUARANTINED, _S.ACCEPT): _R.VALID,
    (_R.VALID, _S.MATCH): _R.LINKED,
    (_R.LINKED, _S.DISPUTE): _R.DISPUTED,
    (_R.VALID, _S.VOID): _R.VOIDED,
    (_R.LINKED, _S.VOID): _R.VOIDED,
    (_R.VOIDED, _S.RESTORE): _R.LINKED,
    (_R.DISPUTED, _S.VOID): _R.VOIDED,
    (_R.DISPUTED, _S.UPHOLD): _R.LINKED,
}

#: Records in these states count in every sum.
COUNTED_RECORD = frozenset({_R.VALID, _R.LINKED, _R.DISPUTED})


class ReflectionState(StrEnum):
    """States of a ReflectionEntry; drafts are rows of another table."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    READ = "read"
    RESPONDED = "responded"
    REVISED = "revised"
    DONE = "done"


class ReflectionEvent(StrEnum):
    """What moves a ReflectionEntry."""

    SUBMIT = "submit"
    EDIT = "edit"
    OPEN = "open"
    RESPOND = "respond"
    REVISE = "revise"
    ACKNOWLEDGE = "acknowledge"


_X, _Y = ReflectionState, ReflectionEvent

REFLECTION: Table[ReflectionState, ReflectionEvent] = {
    (_X.DRAFT, _Y.SUBMIT): _X.SUBMITTED,
    # Free editing lasts until a teacher has read it; afterwards versions are kept.
    (_X.SUBMITTED, _Y.EDIT): _X.SUBMITTED,
    (_X.SUBMITTED, _Y.OPEN): _X.READ,
    (_X.READ, _Y.OPEN): _X.READ,
    (_X.READ, _Y.RESPOND): _X.RESPONDED,
    (_X.READ, _Y.REVISE): _X.REVISED,
    (_X.RESPONDED, _Y.OPEN): _X.RESPONDED,
    (_X.RESPONDED, _Y.RESPOND): _X.RESPONDED,
    (_X.RESPONDED, _Y.REVISE): _X.REVISED,
    (_X.RESPONDED, _Y.ACKNOWLEDGE): _X.DONE,
    (_X.REVISED, _Y.OPEN): _X.READ,
    (_X.REVISED, _Y.EDIT): _X.REVISED,
    (_X.DONE, _Y.OPEN): _X.DONE,
    (_X.DONE, _Y.REVISE): _X.REVISED,
}


class AdjustmentState(StrEnum):
    """States of an Adjustment."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    IN_EFFECT = "in_effect"
    TRIED = "tried"
    WORKED = "worked"
    NO_CHANGE = "no_change"
    CANNOT_SAY = "cannot_say"
    SAVED = "saved"
    LAPSED = "lapsed"
    CARRIED = "carried"
    """It goes on as a row of the school that the student has gone to."""


class AdjustmentEvent(StrEnum):
    """What moves an Adjustment."""

    CHOOSE = "choose"
    TAKE_EFFECT = "take_effect"
    SESSION_DONE = "session_done"
    JUDGE_WORKED = "judge_worked"
    JUDGE_NO_CHANGE = "judge_no_change"
    JUDGE_CANNOT_SAY = "judge_cannot_say"
    WORKED_AGAIN = "worked_again"
    DAYS_PASSED = "days_passed"
    CARRY = "carry"


_A, _B = AdjustmentState, AdjustmentEvent

ADJUSTMENT: Table[AdjustmentState, AdjustmentEvent] = {
    (_A.PROPOSED, _B.CHOOSE): _A.ADOPTED,
    (_A.PROPOSED, _B.DAYS_PASSED): _A.LAPSED,
    (_A.PROPOSED, _B.CARRY): _A.CARRIED,
    (_A.ADOPTED, _B.TAKE_EFFECT): _A.IN_EFFECT,
    (_A.IN_EFFECT, _B.SESSION_DONE): _A.TRIED,
    (_A.TRIED, _B.SESSION_DONE): _A.TRIED,
    (_A.TRIED, _B.JUDGE_WORKED): _A.WORKED,
    (_A.TRIED, _B.JUDGE_NO_CHANGE): _A.NO_CHANGE,
    (_A.TRIED, _B.JUDGE_CANNOT_SAY): _A.CANNOT_SAY,
    (_A.WORKED, _B.WORKED_AGAIN): _A.SAVED,
}


class FeedbackState(StrEnum):
    """States of a TeacherFeedback."""

    DRAFT = "draft"
    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"


class FeedbackEvent(StrEnum):
    """What moves a TeacherFeedback."""

    SEND = "send"
    OPEN = "open"
    REPLY = "reply"


FEEDBACK: Table[FeedbackState, FeedbackEvent] = {
    (FeedbackState.DRAFT, FeedbackEvent.SEND): FeedbackState.SENT,
    (FeedbackState.SENT, FeedbackEvent.OPEN): FeedbackState.SEEN,
    (FeedbackState.SENT, FeedbackEvent.REPLY): FeedbackState.ANSWERED,
    (FeedbackState.SEEN, FeedbackEvent.OPEN): FeedbackState.SEEN,
    (FeedbackState.SEEN, FeedbackEvent.REPLY): FeedbackState.ANSWERED,
}
