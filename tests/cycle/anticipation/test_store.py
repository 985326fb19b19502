"""Questions about goals, on both databases."""

import pytest

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import operations, store
from aarportal.cycle.anticipation.choices import IfThenDraft, PredictionDraft
from aarportal.cycle.anticipation.models import IfThen
from tests.cast import (
    AOI,
    BEN,
    HANA,
    KEN,
    UNIT_DIVISION,
    UNIT_WATER,
    scope_of,
)
from tests.cycle.anticipation.goals import (
    CARD,
    COUNT_CARD,
    draft,
    enter_cards,
    enter_laps,
    kept_with,
)

pytestmark = pytest.mark.usefixtures("in_app")


def set_goals(*texts, member=AOI, unit=UNIT_DIVISION, **more):
    """One goal after the other, each rated as fully reached except the last."""
    with unit_of_work(scope_of(member)) as scope:
        for number, text in enumerate(texts):
            goal = operations.set_goal(scope, draft(text, unit_id=unit, **more))
            if number < len(texts) - 1:
                operations.rate_goal(scope, goal, 3)
        return goal


def test_the_last_goal_is_the_one_set_last_and_not_withdrawn():
    first = set_goals("ひとつめ")
    second = set_goals("ふたつめ", unit=UNIT_WATER)
    with unit_of_work(scope_of(AOI)) as scope:
        last, unit_id = store.last_goal_and_unit(scope, AOI.id)
        assert (last.id, unit_id) == (second.id, UNIT_WATER)
        operations.withdraw_goal(scope, store.goal(scope, second.id), "mistake")
        last, unit_id = store.last_goal_and_unit(scope, AOI.id)
        assert (last.id, unit_id) == (first.id, UNIT_DIVISION)


def test_nobody_has_a_last_goal_at_first():
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.last_goal_and_unit(scope, AOI.id) is None


@pytest.mark.parametrize("reader", [BEN, HANA, KEN], ids=lambda member: member.name)
def test_goals_are_out_of_sight_for_everybody_else(reader):
    goal = set_goals("ないしょ", prediction=PredictionDraft(3), if_then=IfThenDraft("", "x", "y"))
    with unit_of_work(scope_of(reader), read_only=True) as scope:
        assert store.goals_of(scope, [goal.cycle_id]) == {}
        assert store.last_goal_and_unit(scope, AOI.id) is None
        assert store.criteria_of(scope, [goal.id]) == {}
        assert kept_with(scope, IfThen, goal.id) == []
        assert store.predictions_of(scope, [goal.cycle_id]) == {}
        assert store.plans_of(scope, [goal.cycle_id]) == {goal.cycle_id: []}


def test_asking_about_nothing_costs_nothing(queries):
    with unit_of_work(scope_of(AOI), read_only=True) as scope, queries() as seen:
        for ask in (store.goals_of, store.criteria_of, store.predictions_of, store.plans_of):
            assert ask(scope, []) == {}
    assert not seen


def test_the_outlook_costs_as_much_with_many_laps_as_with_few(queries):
    enter_cards()
    set_goals("1")
    costs = []
    for history in ((), range(1, 20)):
        enter_laps(*history)
        with unit_of_work(scope_of(AOI), read_only=True) as scope, queries() as seen:
            store.outlook(scope, clock.today())
        costs.append(len(seen))
    assert costs == [6, 6]


def outlook(member=AOI):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return store.outlook(scope, clock.today())


def offer(unit=UNIT_DIVISION):
    return next(one for one in outlook().units if one.id == unit)


def test_a_pupil_is_offered_the_units_of_their_classes():
    assert {one.id for one in outlook().units} == {UNIT_DIVISION, UNIT_WATER}


def test_the_unit_used_last_is_offered_first():
    enter_laps(5, unit=UNIT_DIVISION)
    assert outlook().preferred == UNIT_DIVISION
    set_goals("みず", unit=UNIT_WATER)
    assert outlook().preferred == UNIT_WATER


def test_a_unit_offers_the_teachers_cards_and_the_own_last_goal():
    enter_cards()
    assert [card.card_id for card in offer().cards] == [CARD, COUNT_CARD]
    set_goals("この前の めあて", "いまの めあて")
    with unit_of_work(scope_of(AOI)) as scope:
        operations.rate_goal(scope, store.last_goal_and_unit(scope, AOI.id)[0], 3)
    assert [card.text for card in offer().cards][2:] == ["いまの めあて"]
    assert offer(UNIT_WATER).cards == ()


def test_the_goal_that_stands_is_no_card():
    set_goals("いまの めあて")
    assert offer().cards == ()
    assert offer().standing.text == "いまの めあて"
    assert offer(UNIT_WATER).standing is None


@pytest.mark.parametrize(
    ("laps", "usual"), [((), None), ((0, 0), None), ((8,), 8), ((90, 4, 6, 8, 10), 7)]
)
def test_the_usual_amount_is_the_own_median_of_the_subject(laps, usual):
    enter_laps(*laps)
    enter_laps(100, 100, member=BEN)
    enter_laps(50, subject="rika", unit=UNIT_WATER)
    assert offer().usual == usual
    assert offer(UNIT_WATER).usual == 50
