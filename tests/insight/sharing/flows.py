"""What pupils and a teacher do, through the operations of the house, and who reads it elsewhere."""

import json
from datetime import UTC, datetime
from uuid import UUID

from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.cycle.action.xapi.versions import Version
from aarportal.cycle.anticipation import operations as anticipation
from aarportal.cycle.anticipation.choices import (
    CriterionDraft,
    GoalChange,
    GoalDraft,
    PredictionDraft,
)
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.reflection import operations as reflection
from aarportal.cycle.reflection.operations import FeedbackDraft, ReflectionDraft
from tests.cast import AOI, CHIBA, UNIT_DIVISION, scope_of
from tests.cycle.action.xapi.documents.calling import CallingApp, add_app

BASE = "https://aarportal.invalid"
GOAL_TEXT = "ひっ算を まちがえずに 8問 とく"
REFLECTION_TEXT = "図を かいたら、どこで くりさがるかが 分かった。"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def set_goal(member=AOI, unit=UNIT_DIVISION, **more) -> UUID:
    """A whole look ahead: goal, criterion, amount, way, plan, prediction; the goal's id."""
    draft = GoalDraft(
        **{
            "unit_id": unit, "text": GOAL_TEXT, "amount": 10, "strategies": ("picture", "ask"),
            "criterion": CriterionDraft("count", 8), "when": "home",
            "prediction": PredictionDraft(7, None, 2), **more,
        }
    )  # fmt: skip
    with unit_of_work(scope_of(member)) as scope:
        return anticipation.set_goal(scope, draft).id


def revise_goal(goal_id: UUID, text: str, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        goal = anticipation.goal_to_change(scope, goal_id)
        change = GoalChange("too_big", text, 5, "items", ("picture",))
        anticipation.revise_goal(scope, goal, change)


def withdraw_goal(goal_id: UUID, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        goal = anticipation.goal_to_change(scope, goal_id)
        anticipation.withdraw_goal(scope, goal, "mistake")


def lap_of(goal_id: UUID, member=AOI) -> UUID:
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return anticipation.goal_to_change(scope, goal_id).cycle_id


def check_midway(lap_id: UUID, answer: str, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        action.check_midway(scope, cycles.cycle(scope, lap_id), answer)


def reflect(lap_id: UUID, member=AOI, **more) -> UUID:
    """Look back with everything that can be said, reasons too; the reflection's id."""
    draft = ReflectionDraft(
        **{
            "cycle_id": lap_id, "rating": 2, "next_what": "method", "next_value": "recall",
            "text": REFLECTION_TEXT, "prompt_id": "change", "direction": "was_hard",
            "factors": ("time", "condition"), **more,
        }
    )  # fmt: skip
    with unit_of_work(scope_of(member)) as scope:
        return reflection.submit(scope, draft).id


def revise_reflection(reflection_id: UUID, text: str, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        reflection.revise(scope, reflection_id, text, "M")


def give_feedback(reflection_id: UUID, kind="process", text="図が よく かけています。") -> None:
    with unit_of_work(scope_of(CHIBA)) as scope:
        reflection.give_feedback(scope, FeedbackDraft(reflection_id, kind, text))


def a_whole_lap(member=AOI) -> UUID:
    """Everything that can be said in a lap; the lap's id."""
    goal_id = set_goal(member)
    lap_id = lap_of(goal_id, member)
    check_midway(lap_id, "stuck", member)
    give_feedback(reflect(lap_id, member))
    return lap_id


class ReadingApp:
    """Another system with a credential of its own, over HTTP."""

    def __init__(self, app, name="reader", **columns) -> None:
        self.calling = CallingApp(app, add_app(app, name, **{"may_read": True, **columns}))

    def ask(self, **query) -> list[dict]:
        """Statements, the oldest first; every answer is one that xAPI 1.0.3 allows."""
        query = {name: value for name, value in query.items() if value is not None}
        answer = self.calling.ask("GET", "statements", query={"ascending": "true", **query})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found = answer.get_json()["statements"]
        decode_batch(json.dumps(found).encode(), datetime.now(UTC), version=Version.V1_0)
        return found

    def one(self, statement_id: str, parameter="statementId"):
        return self.calling.ask("GET", "statements", query={parameter: statement_id})


def shape(statement: dict) -> tuple[str, str]:
    """(verb, what is acted on) by the last words of their IRIs."""
    thing = statement["object"]
    type_ = thing.get("definition", {}).get("type", thing.get("objectType", ""))
    return statement["verb"]["id"].rpartition("/")[2], type_.rpartition("/")[2]


def by_shape(statements: list[dict]) -> dict[tuple[str, str], dict]:
    """The last statement of each shape."""
    return {shape(each): each for each in statements}
