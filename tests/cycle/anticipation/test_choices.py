"""What may be chosen, and whose words they are."""

from dataclasses import replace

import pytest

from aarportal.core.errors import InvalidError
from aarportal.core.ids import new_id
from aarportal.cycle.anticipation.choices import (
    Card,
    CriterionDraft,
    GoalChange,
    GoalDraft,
    IfThenDraft,
    PredictionDraft,
    check_change,
    check_goal,
    items_of,
    revised_author,
    same,
    words_of,
)

CARD = Card("c", "わり{算|ざん}の_{筆算|ひっさん}が_できる")
OTHER = "{図|ず}に_かく"
GOAL = GoalDraft(new_id(), "ひっ算をする")
BAD = [
    ({"text": ""}, "text", "required"),
    ({"text": " \n "}, "text", "required"),
    ({"text": "あ" * 61}, "text", "too_long"),
    ({"reach": "fly"}, "reach", "unknown"),
    ({"when": "yesterday"}, "when", "unknown"),
    ({"amount": 0}, "amount", "range"),
    ({"amount": 201}, "amount", "range"),
    ({"amount": 3, "amount_unit": "litres"}, "amount_unit", "unknown"),
    ({"strategies": ("recall", "space", "ask")}, "strategies", "too_many"),
    ({"strategies": ("magic",)}, "strategies", "unknown"),
    ({"strategies": ("ask", "ask")}, "strategies", "unknown"),
    ({"criterion": CriterionDraft("feeling")}, "criterion", "unknown"),
    ({"criterion": CriterionDraft("count")}, "criterion_target", "range"),
    ({"criterion": CriterionDraft("count", 201)}, "criterion_target", "range"),
    ({"criterion": CriterionDraft("accuracy", 101)}, "criterion_target", "range"),
    ({"criterion": CriterionDraft("can_do", None, "あ" * 41)}, "criterion_text", "too_long"),
    ({"if_then": IfThenDraft("あ" * 41, "x", "y")}, "cue", "too_long"),
    ({"if_then": IfThenDraft("", "あ" * 41, "y")}, "obstacle", "too_long"),
    ({"if_then": IfThenDraft("", "x", "あ" * 41)}, "response", "too_long"),
    ({"prediction": PredictionDraft(11)}, "predicted", "range"),
    ({"prediction": PredictionDraft(-1)}, "predicted", "range"),
    ({"prediction": PredictionDraft(1, 0)}, "of_items", "range"),
    ({"prediction": PredictionDraft(1, 201)}, "of_items", "range"),
    ({"prediction": PredictionDraft(1, 5, 4)}, "confidence", "unknown"),
    ({"adjustment_change": "あ" * 61}, "adjustment_change", "too_long"),
]
GOOD = [
    {},
    {"text": "あ" * 60},
    {"text": "", "card": CARD},
    {"amount": 200, "amount_unit": "minutes", "strategies": ("recall", "ask"), "when": "tomorrow"},
    {"criterion": CriterionDraft("accuracy", 100), "reach": "teach"},
    {"if_then": IfThenDraft("at_home", "not_clear", "look_back")},
    {"prediction": PredictionDraft(0, 1, 3)},
    {"prediction": PredictionDraft(12), "amount": 12},
]


@pytest.mark.parametrize(("change", "field", "rule"), BAD)
def test_what_no_goal_can_be_is_refused_by_name(change, field, rule):
    with pytest.raises(InvalidError) as error:
        check_goal(replace(GOAL, **change))
    assert (error.value.field, error.value.rule) == (field, rule)


@pytest.mark.parametrize("change", GOOD)
def test_everything_but_words_may_stay_empty(change):
    check_goal(replace(GOAL, **change))


@pytest.mark.parametrize(
    ("text", "card", "author", "words"),
    [
        ("", CARD, "card", CARD.text),
        ("わり算の筆算ができる", CARD, "card", CARD.text),
        ("わりざんの ひっさんが できる", CARD, "card", CARD.text),
        ("わり算の 筆算が　できる", CARD, "card", CARD.text),
        ("2けたの わり算が できる", CARD, "pupil_from_card", "2けたの わり算が できる"),
        ("まちがいを なくす", None, "pupil", "まちがいを なくす"),
        ("図にかく", None, "card", OTHER),
        ("ずに かく ", CARD, "card", OTHER),
        ("図に きれいに かく", None, "pupil", "図に きれいに かく"),
    ],
)
def test_words_that_only_repeat_a_card_are_the_cards(text, card, author, words):
    draft = replace(GOAL, text=text, card=card, offered=(CARD.text, OTHER))
    assert words_of(draft) == (words, author)


@pytest.mark.parametrize(
    ("author", "after", "revised"),
    [
        ("card", CARD.text, "card"),
        ("card", "わり算の筆算ができる", "card"),
        ("card", "べつのこと", "pupil_from_card"),
        ("pupil_from_card", "べつのこと", "pupil_from_card"),
        ("pupil", "べつのこと", "pupil"),
        ("teacher", "べつのこと", "pupil_from_card"),
    ],
)
def test_changing_a_cards_words_makes_them_the_students(author, after, revised):
    assert revised_author(author, CARD.text, after) == revised


@pytest.mark.parametrize(
    ("change", "items"),
    [
        ({}, 10),
        ({"criterion": CriterionDraft("count", 7)}, 7),
        ({"criterion": CriterionDraft("accuracy", 70)}, 10),
        ({"criterion": CriterionDraft("count", 7), "amount": 8}, 8),
        ({"amount": 20, "amount_unit": "minutes"}, 10),
        ({"amount": 8, "prediction": PredictionDraft(3, 5)}, 5),
    ],
)
def test_a_guess_speaks_of_the_number_that_is_planned(change, items):
    assert items_of(replace(GOAL, prediction=PredictionDraft(1))) == 10
    assert items_of(replace(GOAL, **{"prediction": PredictionDraft(1), **change})) == items


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (GoalChange("", "x"), "reason"),
        (GoalChange("bored", "x"), "reason"),
        (GoalChange("too_big", "  "), "text"),
        (GoalChange("too_big", "x", 300), "amount"),
    ],
)
def test_a_revision_needs_a_reason_and_words(change, field):
    with pytest.raises(InvalidError) as error:
        check_change(change)
    assert error.value.field == field


def test_a_moment_alone_is_no_plan():
    assert not IfThenDraft("at_home").is_begun
    assert IfThenDraft("", "not_clear").is_begun
    assert IfThenDraft("", "", "ask").is_begun


def test_words_are_compared_without_gaps_only():
    assert same("a b", "a_b")
    assert not same("", "a")
    assert not same("a", "ab")
