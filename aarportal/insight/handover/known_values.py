"""Which keys and numbers the fields of an export may have, pure: a page knows words for these.

What is in no row here, such as a child's own words, may be anything. Only a new version of the
format may bring a new key: a package that has one comes from a later version or means harm.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from aarportal.cycle.action.disputes import operations as disputes
from aarportal.cycle.action.disputes.store import UPHELD, VOIDED
from aarportal.cycle.action.operations import MID_ANSWERS
from aarportal.cycle.anticipation import choices
from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.drafts.operations import FORMS
from aarportal.cycle.loop.states import (
    AdjustmentState,
    CycleState,
    FeedbackState,
    GoalState,
    PlanState,
    RecordState,
    ReflectionState,
)
from aarportal.cycle.reflection import operations as reflection
from aarportal.cycle.reflection import prompts
from aarportal.cycle.units.subjects import SUBJECTS

_NONE = ("",)
_SUBJECTS = (*_NONE, *SUBJECTS)
#: Kind -> field -> what it, or each of its items, may be; nothing where it may be null.
KNOWN: Mapping[str, Mapping[str, Collection[Any]]] = {
    "units": {"subject": _SUBJECTS},
    "laps": {
        "subject": _SUBJECTS,
        "kind": ("today", "week", "unit"),
        "state": tuple(state for state in CycleState if state is not CycleState.NONE),
        "mid": (*_NONE, *MID_ANSWERS),
        "prompt_stage": prompts.STAGES,
    },
    "goals": {
        "level": ("today", "week", "unit", "long"),
        "author": ("pupil", "pupil_from_card", "card", "class", "teacher"),
        "reach": (*_NONE, *choices.REACHES),
        "amount_unit": choices.AMOUNT_UNITS,
        "strategies": tuple(STRATEGIES),
        "state": tuple(GoalState),
    },
    "goal_versions": {"strategies": tuple(STRATEGIES), "reason": choices.REASONS},
    "criteria": {
        "type": choices.CRITERION_TYPES,
        "source": ("pupil", "teacher", "rubric"),
    },
    "if_thens": {"state": ("active", "used", "unused")},
    "plans": {"slot": choices.SLOTS, "state": tuple(PlanState)},
    "predictions": {
        "confidence": choices.CONFIDENCE,
        "state": ("open", "resolved", "void"),
    },
    "reflections": {
        "state": tuple(ReflectionState),
        "prompt_id": (*_NONE, *prompts.PROMPTS, prompts.FREE),
    },
    "reflection_versions": {"rating": reflection.RATINGS},
    "ratings": {"value": reflection.RATINGS},
    "attributions": {
        "direction": ("went_well", "was_hard"),
        "factors": tuple(prompts.FACTORS),
    },
    "feedback": {
        "kind": reflection.FEEDBACK_KINDS,
        "state": tuple(FeedbackState),
        "reply": (*_NONE, *reflection.REPLIES),
    },
    "adjustments": {
        "kind": ("keep", "change"),
        "what": tuple(prompts.NEXT_STEPS),
        "state": tuple(AdjustmentState),
        "verdict": (*_NONE, *reflection.VERDICTS),
    },
    "records": {"subject": _SUBJECTS, "state": tuple(RecordState)},
    "doubts": {
        "reason": (*_NONE, *disputes.REASONS),
        "decision": (*_NONE, VOIDED, UPHELD),
    },
    "letters": {"term": (1, 2, 3)},
    "drafts": {"form": tuple(sorted(FORMS))},
}


class Evidence(msgspec.Struct):
    """What stands beside a letter."""

    cycle: UUID
    on: date
    subject: str
    words: str
    readings: bool
