"""The sheet of looking ahead in a browser without JavaScript, and handing it in."""

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import store
from aarportal.cycle.anticipation.models import (
    Goal,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.loop.models import Adjustment
from tests.backstage import backstage, stage
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    HANA,
    KEN,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
)
from tests.cycle.anticipation.backstage import (
    MAX_QUERIES,
    WHOLE,
    enter_adjustment,
    enter_cards,
    enter_laps,
    fields,
    reading,
    rows,
    shown_step,
)
from tests.cycle.anticipation.goals import CARD, CARD_WORDS

__all__ = ["stage"]


@pytest.mark.parametrize("member", [AOI, HANA, KEN], ids=lambda member: member.name)
def test_the_sheet_opens_with_the_first_step(browser, queries, member):
    enter_adjustment(member=member)
    reader = browser(member)
    with queries() as seen:
        page = reader.get("/goal")
    assert page.status == 200
    assert shown_step(page) == "1"
    assert len(seen) <= MAX_QUERIES


def test_the_sheet_costs_no_more_with_a_full_history(browser, queries):
    enter_cards()
    enter_laps(*range(1, 15))
    enter_adjustment()
    reader = browser(AOI)
    reader.post("/goal", {**WHOLE, "idem": "1"})
    reader.post("/goal", {**WHOLE, "go": "2"})
    with queries() as seen:
        assert reader.get("/goal?step=2").status == 200
    assert len(seen) <= MAX_QUERIES


@pytest.mark.parametrize(
    ("member", "steps"), [(HANA, 2), (AOI, 4), (KEN, 4)], ids=["grade 1", "grade 4", "grade 8"]
)
def test_little_readers_have_two_steps_and_the_others_four(browser, member, steps):
    page = browser(member).get("/goal?step=9")
    assert len(page.html.select("fieldset[data-step]")) == steps
    assert shown_step(page) == str(steps)
    assert len(page.html.select("ol.path > li")) == steps


#: What each band finds on the sheet (pedagogy A.1).
BAND_FIELDS = {
    "text": (False, True, True),
    "criterion_target": (False, True, True),
    "strategies": (False, True, True),
    "obstacle": (False, True, True),
    "obstacle_own": (False, False, True),
    "predicted": (False, True, True),
    "confidence": (False, False, True),
    "card": (True, True, True),
    "criterion": (True, True, True),
    "reach": (False, True, True),
}


@pytest.mark.parametrize("name", BAND_FIELDS)
def test_each_band_is_asked_what_it_can_answer(browser, name):
    found = tuple(
        bool(browser(member).get("/goal").html.select(f'[name="{name}"]'))
        for member in (HANA, AOI, KEN)
    )
    assert found == BAND_FIELDS[name]


def test_a_pupil_with_the_help_of_a_lower_band_gets_its_sheet(browser):
    reading(AOI, band="L")
    assert len(browser(AOI).get("/goal").html.select("fieldset[data-step]")) == 2


def test_grade_one_reads_hiragana_and_grade_eight_other_words(browser):
    enter_adjustment(member=HANA)
    page = browser(HANA).get("/goal")
    main = page.one("main").get_text()
    assert not [char for char in main if "\u4e00" <= char <= "\u9fff"]
    assert page.says("えに かく")
    ways = browser(KEN).get("/goal?step=3").html
    assert "図・表・グラフで整理" in ways.get_text().replace("\n", "")


def test_the_sheet_is_complete_in_english(browser):
    reading(AOI, language="en")
    enter_adjustment()
    enter_laps(4, 8)
    for step in range(1, 5):
        main = browser(AOI).get(f"/goal?step={step}").one("main").get_text()
        own = main.replace("わり算の筆算", "").replace("水のすがた", "")
        assert not [char for char in own if "\u3040" <= char <= "\u9fff"], own


@pytest.mark.parametrize("member", [HANA, AOI, KEN], ids=lambda member: member.name)
def test_words_on_buttons_are_short(browser, member):
    page = browser(member).get("/goal")
    for button in page.html.select("fieldset[data-step] .btn"):
        for reading_aid in button.select("rt"):
            reading_aid.decompose()
        assert len(button.get_text(strip=True)) <= 30


@backstage
def end_units():
    with unit_of_work(SystemScope("test")) as scope:
        for unit in scope.session.scalars(store.select(store.Unit)):
            unit.ends_before = clock.today()
        audit.record(scope, "test:ended", "units")


def test_a_class_without_a_unit_says_so_calmly(browser):
    end_units()
    page = browser(AOI).get("/goal")
    assert page.status == 200
    assert not page.html.select("form[data-wizard]")


def test_a_teacher_has_no_sheet(browser):
    assert browser(CHIBA).get("/goal").status == 403


@pytest.mark.parametrize("asked", [str(UNIT_WATER), str(UNIT_DIVISION)])
def test_a_link_can_ask_for_a_unit(browser, asked):
    page = browser(AOI).get(f"/goal?unit={asked}")
    assert page.one("input[name=unit][checked]")["value"] == asked


@pytest.mark.parametrize("asked", ["", "x", str(UNIT_EQUATIONS), str(UNIT_ADDING)])
def test_a_link_to_a_unit_of_others_asks_for_nothing(browser, asked):
    page = browser(AOI).get(f"/goal?unit={asked}&step=x")
    assert page.one("input[name=unit][checked]")["value"] in {str(UNIT_WATER), str(UNIT_DIVISION)}


def test_every_unit_offers_three_cards_and_shows_those_of_the_chosen_one(browser):
    enter_cards()
    page = browser(AOI).get(f"/goal?unit={UNIT_DIVISION}")
    groups = page.html.select(".pick[data-show-when]")
    assert [len(group.select("input[name=card]")) for group in groups] == [3, 3]
    (shown,) = [group for group in groups if not group.has_attr("hidden")]
    assert shown["data-show-when"] == f"unit={UNIT_DIVISION}"
    assert shown.select("input")[0]["value"] == CARD.hex


def test_the_usual_amount_is_the_own_one(browser):
    enter_laps(4, 8)
    enter_laps(90, 90, member=BEN)
    page = browser(AOI).get(f"/goal?unit={UNIT_DIVISION}&step=2")
    assert page.says("だいたい 6") or page.says("だいたい6")
    assert not page.says("90")


def test_two_taps_are_enough(browser):
    enter_cards()
    reader = browser(AOI)
    page = reader.get("/goal")
    sent = reader.post("/goal", fields(page, unit=str(UNIT_DIVISION), card=CARD.hex, go="start"))
    assert (sent.status, sent.location) == (303, "/")
    (goal,) = rows(Goal)
    assert (goal.text, goal.author, goal.card_id) == (CARD_WORDS, "card", CARD)
    assert (goal.amount_planned, goal.strategies, goal.state) == (None, [], "active")
    (criterion,) = rows(SuccessCriterion)
    assert (criterion.type, criterion.target, criterion.source) == ("can_do", None, "teacher")
    assert not rows(PlanSession) + rows(IfThen) + rows(Prediction)


def test_a_built_in_card_is_enough_where_the_teacher_offers_none(browser):
    reader = browser(HANA)
    page = reader.get("/goal")
    card = page.html.select("input[name=card]")[0]["value"]
    assert reader.post("/goal", fields(page, card=card, go="start")).status == 303
    (goal,) = rows(Goal)
    assert goal.author == "card"
    assert "たしざん" in goal.text


def test_a_whole_sheet_is_kept_as_it_was_filled_in(browser):
    reader = browser(AOI)
    assert reader.post("/goal", WHOLE).status == 303
    (goal,), (criterion,), (plan,), (if_then,), (guess,) = (
        rows(model) for model in (Goal, SuccessCriterion, PlanSession, IfThen, Prediction)
    )
    assert (goal.text, goal.author, goal.reach) == (WHOLE["text"], "pupil", "self")
    assert (goal.amount_planned, goal.strategies) == (8, ["recall", "ask"])
    assert (criterion.type, criterion.target) == ("count", 7)
    assert (plan.slot, plan.planned_amount) == ("home", 8)
    assert (if_then.cue, if_then.obstacle, if_then.response) == (
        "at_home",
        "not_clear",
        "look_back",
    )
    assert (guess.predicted_correct, guess.of_items, guess.confidence) == (6, 8, None)


@pytest.mark.parametrize("mark", ["3", "5", "10"])
def test_little_readers_choose_a_number_with_one_tap(browser, mark):
    reader = browser(HANA)
    page = reader.get("/goal")
    card = page.html.select("input[name=card]")[0]["value"]
    reader.post("/goal", fields(page, card=card, criterion=f"count:{mark}", go="start"))
    (criterion,) = rows(SuccessCriterion)
    assert (criterion.type, criterion.target) == ("count", int(mark))


def test_own_words_of_upper_grades_go_into_the_if_then_plan(browser):
    own = {"obstacle_own": "眠くなったら", "response_own": "五分歩く", "confidence": "3"}
    browser(KEN).post("/goal", {**WHOLE, **own, "unit": str(UNIT_EQUATIONS)})
    (if_then,), (guess,) = rows(IfThen), rows(Prediction)
    assert (if_then.cue, if_then.obstacle, if_then.response) == (
        "at_home",
        "眠くなったら",
        "五分歩く",
    )
    assert guess.confidence == 3


def test_double_submit_gives_one_goal(browser):
    reader = browser(AOI)
    sent = {**WHOLE, "idem": "the key of the sheet"}
    first, second = reader.post("/goal", sent), reader.post("/goal", sent)
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    (goal,) = rows(Goal)
    assert goal.version == 1


@pytest.mark.parametrize(("amount", "words"), [("20", "多"), ("2", "少"), ("8", "きまりました")])
def test_a_goal_far_from_the_usual_is_set_with_a_word_on_it(browser, amount, words):
    enter_laps(8, 8)
    reader = browser(AOI)
    reader.post("/goal", {**WHOLE, "amount": amount, "predicted": ""})
    assert words in reader.get("/goal").one(".notices").get_text()
    assert rows(Goal)[0].amount_planned == int(amount)


def test_the_hint_on_the_amount_stands_on_the_sheet_and_blocks_nothing(browser):
    enter_laps(8, 8)
    reader = browser(AOI)
    turned = reader.post("/goal", {**WHOLE, "amount": "20", "go": "2"})
    page = reader.get(turned.location)
    assert page.one(".hint[role=status]").get_text(strip=True)


def test_the_last_change_is_taken_over_with_one_more_tap(browser):
    enter_adjustment()
    reader = browser(AOI)
    page = reader.get("/goal")
    assert page.one("[data-step='1'] section[data-kind=self] blockquote")
    reader.post("/goal", fields(page, text="図で 考える", carry="use", go="start"))
    (goal,) = rows(Goal)
    assert goal.strategies == ["picture"]
    (adjustment,) = rows(Adjustment)
    assert adjustment.to_cycle_id == goal.cycle_id
    assert not reader.get("/goal").html.select("section[data-kind=self]")


@pytest.mark.parametrize("carry", ["", "skip"])
def test_the_last_change_waits_when_it_is_not_taken(browser, carry):
    enter_adjustment()
    reader = browser(AOI)
    reader.post("/goal", fields(reader.get("/goal"), text="べつの", carry=carry, go="start"))
    assert reader.get("/goal").one("[data-step='1'] section[data-kind=self]")


def test_a_goal_of_today_is_named_and_a_new_one_takes_its_place(browser):
    reader = browser(AOI)
    reader.post("/goal", WHOLE)
    page = reader.get(f"/goal?unit={UNIT_DIVISION}")
    assert page.says(WHOLE["text"])
    reader.post("/goal", {**WHOLE, "text": "やっぱり 3問"})
    (goal,) = rows(Goal)
    assert (goal.text, goal.version) == ("やっぱり 3問", 2)
