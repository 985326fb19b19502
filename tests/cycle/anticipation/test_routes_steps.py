"""The sheet step by step without JavaScript, and what it does not take."""

import pytest

from aarportal.cycle.anticipation.models import (
    Goal,
    Prediction,
)
from aarportal.cycle.loop.models import Adjustment
from tests.backstage import stage
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    KEN,
    UNIT_ADDING,
    UNIT_EQUATIONS,
    UNIT_WATER,
)
from tests.cycle.anticipation.backstage import (
    WHOLE,
    enter_adjustment,
    enter_cards,
    fields,
    rows,
    shown_step,
)
from tests.cycle.anticipation.goals import ADJUSTMENT, CARD

__all__ = ["stage"]


def test_the_steps_keep_everything_on_the_way(browser):
    enter_adjustment()
    reader = browser(AOI)
    page = reader.get("/goal")
    for step, chosen in (
        (
            "2",
            {
                "unit": str(UNIT_WATER),
                "text": "水の\nすがた",
                "carry": "change",
                "carry_words": "色で",
            },
        ),
        ("3", {"reach": "teach", "amount": "5"}),
        ("4", {"strategies": ["link", "ask"], "when": "tomorrow"}),
        ("3", {"predicted": "4"}),
        ("4", {}),
    ):
        turned = reader.post("/goal", fields(page, **chosen, go=step))
        page = reader.get(turned.location)
        assert shown_step(page) == step
    assert not rows(Goal)
    assert reader.post("/goal", fields(page, go="start")).status == 303
    (goal,), (guess,) = rows(Goal), rows(Prediction)
    assert (goal.text, goal.reach, goal.amount_planned) == ("水の\nすがた", "teach", 5)
    assert goal.strategies == ["link", "ask"]
    assert (guess.predicted_correct, guess.of_items) == (4, 5)
    assert rows(Adjustment)[0].to_value == "色で"


def test_turning_back_in_the_browser_and_on_again_keeps_the_later_choice(browser):
    reader = browser(AOI)
    first = reader.get("/goal")
    reader.post("/goal", fields(first, text="まえの", go="2"))
    turned = reader.post("/goal", fields(first, text="あとの", go="2"))
    assert reader.get(turned.location).one("textarea").get_text(strip=True) == "あとの"


def test_the_draft_is_gone_when_the_goal_is_set(browser):
    reader = browser(AOI)
    page = reader.get(reader.post("/goal", {**WHOLE, "go": "2"}).location)
    assert page.one("textarea").get_text(strip=True) == WHOLE["text"]
    reader.post("/goal", fields(page, go="start"))
    assert reader.get("/goal").one("textarea").get_text(strip=True) == ""


def test_what_the_script_saved_comes_back_on_any_device(browser):
    url = browser(AOI).get("/goal").one("form[data-draft]")["data-draft-url"]
    sent = {"rev": "0", "unit": str(UNIT_WATER), "text": "うちで 書いた", "strategies": ["ask"]}
    assert browser(AOI).post(url, sent, headers={"X-Draft": "1"}).status == 200
    page = browser(AOI).get("/goal")
    assert page.one("form[data-draft]")["data-rev"] == "1"
    assert page.one("textarea").get_text(strip=True) == "うちで 書いた"
    assert page.one("input[name=unit][checked]")["value"] == str(UNIT_WATER)
    assert page.one("input[name=strategies][checked]")["value"] == "ask"


def test_nobody_else_sees_what_was_begun(browser):
    browser(AOI).post("/goal", {**WHOLE, "go": "2"})
    assert WHOLE["text"] not in browser(BEN).get("/goal").text
    assert browser(CHIBA).post("/goal", {**WHOLE, "go": "2"}).status == 403


WRONG = [
    ({"text": "", "card": ""}, "text", "1"),
    ({"text": "あ" * 61}, "text", "1"),
    ({"amount": "たくさん"}, "amount", "2"),
    ({"amount": "0"}, "amount", "2"),
    ({"criterion": "count", "criterion_target": ""}, "criterion_target", "2"),
    ({"criterion": "count:x"}, "criterion_target", "2"),
    ({"criterion": "magic"}, "criterion", "2"),
    ({"reach": "<b>"}, "reach", "2"),
    ({"strategies": ["recall", "ask", "rest"]}, "strategies", "3"),
    ({"strategies": ["magic"]}, "strategies", "3"),
    ({"when": "never"}, "when", "3"),
    ({"response": "あ" * 41}, "response", "3"),
    ({"predicted": "9"}, "predicted", "4"),
    ({"predicted": "-1"}, "predicted", "4"),
]


@pytest.mark.parametrize(("change", "field", "step"), WRONG)
def test_what_cannot_be_taken_is_shown_at_its_place_with_everything_kept(
    browser, change, field, step
):
    criterion = {"criterion_target": "7"} if "criterion" not in change else {}
    sent = {**WHOLE, **criterion, "criterion": WHOLE["criterion"], **change}
    if change.get("criterion") == "count:x":
        sent["criterion_target"] = ""
    page = browser(AOI).post("/goal", sent)
    assert page.status == 422
    assert shown_step(page) == step
    link = page.one("section.errors a")
    assert link["href"] == f"#{field}"
    assert page.html.select(f'[id="{field}"]'), "the summary leads nowhere"
    assert page.one("textarea").get_text(strip=True) == sent["text"]
    kept = {f["value"] for f in page.html.select("input[name=when][checked]")}
    assert kept <= {sent["when"]}
    assert not rows(Goal)


def test_how_sure_one_is_has_three_steps(browser):
    sent = {**WHOLE, "unit": str(UNIT_EQUATIONS), "confidence": "7"}
    page = browser(KEN).post("/goal", sent)
    assert (page.status, shown_step(page)) == (422, "4")
    assert page.html.select(page.one("section.errors a")["href"])


@pytest.mark.parametrize(
    "unit", [UNIT_EQUATIONS, UNIT_ADDING], ids=["another school", "another class"]
)
def test_a_unit_of_others_is_refused_and_nothing_changes(browser, unit):
    page = browser(AOI).post("/goal", {**WHOLE, "unit": str(unit)})
    assert page.status == 422
    assert page.one("section.errors a")["href"] == "#unit"
    assert not rows(Goal)


@pytest.mark.parametrize("unit", ["", "x", "' or 1=1", "00000000-0000-0000-0000-000000000000"])
def test_no_unit_is_no_goal(browser, unit):
    assert browser(AOI).post("/goal", {**WHOLE, "unit": unit}).status == 422
    assert not rows(Goal)


def test_a_card_of_another_unit_counts_as_none(browser):
    enter_cards()
    sent = {"unit": str(UNIT_WATER), "card": CARD.hex, "text": "", "go": "start"}
    assert browser(AOI).post("/goal", sent).status == 422
    assert not rows(Goal)


@pytest.mark.parametrize(("adjustment", "status"), [(str(ADJUSTMENT), 404), ("x", 422)])
def test_a_change_of_somebody_else_is_not_there(browser, adjustment, status):
    enter_adjustment(member=BEN)
    sent = {**WHOLE, "carry": "use", "adjustment": adjustment}
    assert browser(AOI).post("/goal", sent).status == status
    assert not rows(Goal)


def test_a_stale_token_changes_nothing(browser):
    reader = browser(AOI)
    answer = reader.client.post("/goal", data={**WHOLE, "csrf_token": "of last week"})
    assert answer.status_code == 400
    assert not rows(Goal)
