"""What the tests of looking ahead have in common: earlier laps, cards, an ordinary draft."""

from datetime import timedelta

from sqlalchemy import inspect, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.choices import GoalDraft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.units.models import GoalCard
from tests.cast import AOI, CLASS_4_2, UNIT_DIVISION, key

CARD_WORDS = "2けたで_わる_{筆算|ひっさん}が_できる"
CARD, COUNT_CARD = key("card"), key("count card")
ADJUSTMENT = key("adjustment")


def draft(text="ひっ算を まちがえずに する", **more) -> GoalDraft:
    return GoalDraft(**{"unit_id": UNIT_DIVISION, "text": text, **more})


def kept_with(scope, model, goal_id) -> list:
    """What is kept beside a goal: earlier versions, if-then plans; in the order it was made."""
    found = select(model).where(model.goal_id == goal_id)
    return scope.session.scalars(found.order_by(*inspect(model).primary_key)).all()


def enter_cards(unit=UNIT_DIVISION, school=AOI.school_id) -> None:
    """Two cards of the teacher, one of them with a count."""
    with unit_of_work(SystemScope("test")) as scope:
        for position, (card, text, kind, target) in enumerate(
            [(CARD, CARD_WORDS, "can_do", None), (COUNT_CARD, "8{問|もん}_とく", "count", 8)]
        ):
            scope.session.add(
                GoalCard(
                    school_id=school, id=card, unit_id=unit, position=position, text=text,
                    criterion_type=kind, criterion_target=target,
                )
            )  # fmt: skip
        audit.record(scope, "test:entered", "cards")


def enter_laps(*items: int, member=AOI, subject="sansu", unit=UNIT_DIVISION, **more) -> None:
    """Closed laps of the last days with so many items, the latest last."""
    with unit_of_work(SystemScope("test")) as scope:
        for number, count in enumerate(items):
            at = clock.now() - timedelta(days=len(items) - number)
            scope.session.add(
                LearningCycle(
                    **{
                        "school_id": member.school_id, "student_id": member.id,
                        "class_id": member.classes[0], "subject": subject, "unit_id": unit,
                        "state": "closed", "state_since": at, "opened_at": at, "updated_at": at,
                        "opened_on": clock.school_day_of(at), "items": count, **more,
                    }
                )
            )  # fmt: skip
        audit.record(scope, "test:entered", "laps")


def enter_adjustment(member=AOI, days_ago=1, **chosen) -> None:
    """An adjustment that a lap of the last days handed on."""
    at = clock.now() - timedelta(days=days_ago)
    values = {"kind": "change", "what": "method", "to_value": "picture", **chosen}
    with unit_of_work(SystemScope("test")) as scope:
        before = LearningCycle(
            school_id=member.school_id, student_id=member.id, class_id=member.classes[0],
            subject="sansu", state="closed_open_adjust", state_since=at, opened_at=at,
            updated_at=at, opened_on=clock.school_day_of(at),
        )  # fmt: skip
        scope.session.add(before)
        scope.session.flush()
        scope.session.add(
            Adjustment(
                school_id=member.school_id, student_id=member.id, id=ADJUSTMENT,
                from_cycle_id=before.id, state="proposed", proposed_at=at, **values,
            )
        )  # fmt: skip
        audit.record(scope, "test:entered", "adjustment")


def todays_lap(scope, state="acting", **more):
    """A lap of today that the student's records opened."""
    now = clock.now()
    cycle = LearningCycle(
        **{
            "student_id": AOI.id, "class_id": CLASS_4_2, "subject": "sansu",
            "unit_id": UNIT_DIVISION, "state": state, "state_since": now, "opened_at": now,
            "opened_on": clock.today(), "updated_at": now, "acted_first_at": now, "items": 2,
            "goal_before": False, **more,
        }
    )  # fmt: skip
    scope.session.add(cycle)
    scope.session.flush()
    audit.record(scope, "test:opened", cycle.id)
    return cycle
