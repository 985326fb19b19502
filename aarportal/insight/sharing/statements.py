"""What students do here as xAPI statements that other systems understand, pure.

The shapes are those of the Digital Agency's study on self-regulated learning, within the common
rules of the Japanese profiles; docs/srl-statements.md goes through them field by field.

Source: Digital Agency, 令和6年度 スタディログの活用に関する調査研究, annex (2025-03-27), 4.2.1 to
4.4.2 and 5.1; ICT CONNECT 21, Japan xAPI Profiles, core v1.0.0 (2026-04-01).
"""

from datetime import datetime
from uuid import UUID

import msgspec

from aarportal.core.words import mark
from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.reflection.prompts import NEXT_STEPS
from aarportal.insight.sharing.frame import (
    ADL,
    GOAL,
    JAPAN,
    JAPANESE,
    STREAMS,
    TASK,
    TINCAN,
    Json,
    Portal,
    activity,
    context_of,
    core,
    end_of,
    given,
    learned,
    moment,
    named,
    plain,
    recipe,
    verb,
    way,
)
from aarportal.insight.sharing.laps import (
    GoalReflected,
    GoalSet,
    Lap,
    MessageSent,
    ProgressNoted,
    Said,
    TasksOrdered,
    WayForeseen,
    WayReflected,
)
from aarportal.insight.sharing.revisions import New, Withdrawal

#: What a statement says it was made by; see `Version.assumed`.
_VERSION = "1.0.0"
_ATTEMPT = TINCAN + "extension/attempt-id"
_GOALS = TINCAN + "recipe/srl/task-goal-management/0.1"
_PLANNING = TINCAN + "recipe/srl/Planning/0.1"
#: `SelfRating.value` goes from 0 to this.
_BEST = 3

_REFLECTION = mark("The pupil's reflection")
_EXPECTED = mark("%(correct)s of %(items)s")
_AMOUNTS = {
    "items": mark("%(n)s questions"),
    "pages": mark("%(n)s pages"),
    "minutes": mark("%(n)s minutes"),
    "times": mark("%(n)s times"),
}
_ANSWERS = {
    "smooth": mark("Smoothly"),
    "ok": mark("As usual"),
    "stuck": mark("I am stuck"),
    "ask": mark("I am stuck · I want to ask"),
}
_STAMPS = {
    "read": mark("I read it"),
    "task": mark("You understood this far"),
    "process": mark("That way worked"),
    "regulation": mark("A clear next step"),
    "question": mark("Why do you think so?"),
}


def statement(portal: Portal, new: New) -> bytes:
    """One thing that was said, as JSON."""
    parts = _parts(portal, new.said)
    context = parts["context"]
    before = new.former or new.about
    if before is not None:
        context["statement"] = {"objectType": "StatementRef", "id": str(before)}
    at = new.said.changed_at if new.version > 1 else new.said.at
    return _encoded({"id": str(new.id), **parts, "timestamp": moment(at), "version": _VERSION})


def withdrawal(portal: Portal, app_id: UUID, it: Withdrawal, at: datetime) -> bytes:
    """A statement that takes another one back, as JSON.

    Args:
        portal: Who publishes.
        app_id: Under which name; a student who is gone cannot be named any more.
        it: Which one.
        at: When.
    """
    return _encoded(
        {
            "id": str(it.id),
            "actor": {
                "objectType": "Agent",
                "account": {"homePage": portal.base, "name": str(app_id)},
            },
            "verb": verb(ADL + "verbs/voided", "voided"),
            "object": {"objectType": "StatementRef", "id": str(it.target.statement_id)},
            "timestamp": moment(at),
            "version": _VERSION,
        }
    )


def _parts(portal: Portal, said: Said) -> Json:
    """Actor, verb, object, result and context."""
    lap, content = said.lap, said.content
    actor = portal.person(lap.student_name)
    match content:
        case GoalSet():
            parts = _goal_set(portal, said, content)
        case TasksOrdered():
            parts = _tasks_ordered(portal, lap, content)
        case WayForeseen():
            parts = _way_foreseen(portal, lap, content)
        case ProgressNoted():
            parts = _progress_noted(portal, lap, content)
        case GoalReflected():
            parts = _goal_reflected(portal, lap, content)
        case WayReflected():
            parts = _way_reflected(portal, lap, content)
        case MessageSent():
            return _message_sent(portal, lap, content)
    parts["context"] = context_of(portal, lap) | parts.get("context", {})
    return {"actor": actor, **parts}


# --- looking ahead --------------------------------------------------------------------------------


def _goal_set(portal: Portal, said: Said, content: GoalSet) -> Json:
    lap = said.lap
    own = content.author.startswith("pupil")
    extensions: Json = {}
    if content.criterion is not None:
        type_, target, text = content.criterion
        extensions[portal.extension("activity", "criterion")] = given(
            {"type": type_, "target": target, "text": text}
        )
    return {
        "verb": verb(TINCAN + "verb/defined", "defined"),
        "object": activity(portal, lap, GOAL, said.source_id, extensions),
        "result": {"response": content.text if own else plain(content.text)},
        "context": {
            "contextActivities": {"category": [recipe(_GOALS)]},
            "extensions": core(portal, lap) | {JAPAN + "due-date": end_of(content.due_on)},
        },
    }


def _tasks_ordered(portal: Portal, lap: Lap, content: TasksOrdered) -> Json:
    sessions = [
        given({"on": day.isoformat(), "slot": slot, "items": items})
        for day, slot, items in content.sessions
    ]
    around = {"category": [recipe(_GOALS)], "other": learned(portal, lap)}
    if content.goal_id is not None:
        around["parent"] = [activity(portal, lap, GOAL, content.goal_id)]
    return {
        "verb": verb("http://curatr3.com/define/verb/edited", "edited"),
        "object": activity(
            portal, lap, TASK, lap.id,
            {portal.extension("activity", "sessions"): sessions},
        ),
        "context": {"contextActivities": around},
    }  # fmt: skip


def _way_foreseen(portal: Portal, lap: Lap, content: WayForeseen) -> Json:
    extensions: Json = {}
    if content.expected is not None:
        correct, items, confidence = content.expected
        words = portal.words(_EXPECTED, correct=correct, items=items)
        extensions[portal.extension("activity", "forecast")] = words
        extensions[portal.extension("activity", "prediction")] = given(
            {"correct": correct, "items": items, "confidence": confidence}
        )
    if content.amount is not None:
        number, unit = content.amount
        words = portal.words(_AMOUNTS[unit], n=number)
        extensions[portal.extension("activity", "learningpace")] = words
    if content.ways:
        words = named(portal, content.ways)[JAPANESE]
        extensions[portal.extension("activity", "learningform")] = words
        extensions[portal.extension("activity", "strategies")] = list(content.ways)
    return {
        "verb": verb(STREAMS + "schedule", "scheduled"),
        "object": way(portal, lap, extensions),
        "result": {"completion": True},
        "context": {"contextActivities": {"category": [recipe(_PLANNING)]}},
    }


# --- doing ----------------------------------------------------------------------------------------


def _progress_noted(portal: Portal, lap: Lap, content: ProgressNoted) -> Json:
    words = portal.words(_ANSWERS.get(content.answer, content.answer))
    return {
        "verb": verb(TINCAN + "verb/reviewed", "reviewed"),
        "object": way(portal, lap, {portal.extension("activity", "progress"): words}),
    }


# --- looking back ---------------------------------------------------------------------------------


def _goal_reflected(portal: Portal, lap: Lap, content: GoalReflected) -> Json:
    result: Json = {}
    if content.text.strip():
        result["response"] = content.text
    if content.rating is not None:
        result["score"] = {
            "scaled": round(content.rating / _BEST, 7),
            "raw": content.rating,
            "min": 0,
            "max": _BEST,
        }
    return {
        "verb": _reflected(portal),
        # Where a lap began with doing there is no goal, and the student looks back all the same.
        "object": activity(portal, lap, GOAL, content.goal_id or lap.id),
        **({"result": result} if result else {}),
        "context": {
            "language": JAPANESE if content.lang == "ja" else content.lang,
            "contextActivities": {"category": [recipe(_GOALS)]},
        },
    }


def _way_reflected(portal: Portal, lap: Lap, content: WayReflected) -> Json:
    extensions: Json = {_ATTEMPT: str(lap.id)}
    if content.rating is not None:
        extensions[portal.extension("activity", "achievement")] = content.rating
    if content.verdict:
        extensions[portal.extension("activity", "verdict")] = content.verdict
    result: Json = {}
    if content.next_step is not None:
        kind, what, value = content.next_step
        extensions[portal.extension("activity", "nextstep")] = given(
            {"kind": kind, "what": what, "value": value}
        )
        result["response"] = _next_words(portal, what, value)
    return {
        "verb": _reflected(portal),
        "object": way(portal, lap, extensions),
        **({"result": result} if result else {}),
        "context": {
            "contextActivities": {
                "category": [recipe(_PLANNING)],
                "other": learned(portal, lap),
            }
        },
    }


def _next_words(portal: Portal, what: str, value: str) -> str:
    """What the student means to keep or change, in words: `やりかた：図や表に かく`."""
    words = portal.words(NEXT_STEPS[what]) if what in NEXT_STEPS else what
    if not value:
        return words
    way = STRATEGIES.get(value)
    return f"{words}：{portal.words(way.upper_label) if way else value}"


def _message_sent(portal: Portal, lap: Lap, content: MessageSent) -> Json:
    stamp = portal.words(_STAMPS.get(content.level, content.level))
    return {
        "actor": portal.person(content.teacher_name),
        "verb": verb(ADL + "verbs/commented#assist", "commented"),
        "object": portal.person(lap.student_name),
        "result": {"response": content.text or stamp},
        # xAPI forbids a platform where the object is a person.
        "context": {
            "registration": str(lap.id),
            "language": JAPANESE,
            "extensions": core(portal, lap)
            | {
                portal.extension("context", "trigger"): portal.words(_REFLECTION),
                portal.extension("context", "responsetype"): stamp,
            },
        },
    }


def _reflected(portal: Portal) -> Json:
    return verb(portal.extension("verb", "reflected"), "reflected")


_encoded = msgspec.json.Encoder().encode
