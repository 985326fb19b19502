"""Handing a reflection in: all at once or step by step, in range or not, once or twice."""

import pytest

from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.models import Attribution, Reflection, SelfRating
from tests.backstage import stage
from tests.cast import AOI, BEN, CHIBA, GEN, KEN
from tests.cycle.reflection.backstage import (
    ENOUGH,
    WHOLE,
    chosen,
    enter_carried,
    enter_lap,
    in_english,
    rows,
    sheet,
    shown_step,
    the,
)

__all__ = ["stage"]


def test_two_taps_close_the_ring(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    in_english(AOI)
    page = reader.follow(reader.post(sheet(cycle_id), ENOUGH))
    assert page.says("The ring is closed.")
    assert page.says("Rings closed so far: 1")
    assert page.html.select('a[href="/goal"]')
    assert the(LearningCycle).state == "closed_open_adjust"
    assert the(SelfRating).value == 2


def test_everything_on_the_sheet_is_kept_and_shown(browser):
    enter_lap(days_ago=3)
    reader, cycle_id = browser(AOI), enter_lap()
    tried = enter_carried(cycle_id)
    page = reader.follow(reader.post(sheet(cycle_id), WHOLE))
    assert page.one(".pupil-text").get_text() == WHOLE["text"]
    assert the(Attribution).factors == ["time", "method"]
    assert the(Adjustment, id=tried).verdict == "worked"
    after = the(Adjustment, from_cycle_id=cycle_id)
    assert (after.what, after.to_value) == ("method", "picture")
    assert (the(Reflection).prompt_id, the(Reflection).lang) == ("change", "ja")


def test_own_words_for_a_way_come_before_its_name(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    reader.post(sheet(cycle_id), {**WHOLE, "next_value": "　横に 図を かく "})
    assert the(Adjustment).to_value == "横に 図を かく"


def test_a_way_counts_only_where_the_way_is_to_change(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    reader.post(sheet(cycle_id), {**WHOLE, "next_what": "time"})
    assert (the(Adjustment).what, the(Adjustment).to_value) == ("time", "")


@pytest.mark.parametrize(
    ("missing", "step", "said"),
    [("rating", "1", "Choose how far you came."),
     ("next_what", "3", "Choose what you try next.")],
)  # fmt: skip
def test_a_missing_choice_is_asked_for_and_everything_else_stands(browser, missing, step, said):
    enter_lap(days_ago=1)
    in_english(AOI)
    reader, cycle_id = browser(AOI), enter_lap()
    sent = {**WHOLE, "next_value": "つづき"}
    del sent[missing]
    page = reader.post(sheet(cycle_id), sent)
    assert page.status == 422
    assert shown_step(page) == step
    assert said in page.one("[data-errors]").get_text()
    assert said in page.one(f"#{missing}-error").get_text()
    assert page.one("textarea[name=text]").get_text().strip() == WHOLE["text"]
    assert sorted(chosen(page, "factors")) == ["method", "time"]
    assert chosen(page, "direction") == ["was_hard"]
    assert chosen(page, "next_way") == ["picture"]
    assert page.one('[name="next_value"]')["value"] == "つづき"
    if missing != "rating":
        assert chosen(page, "rating") == ["1"]
    assert not rows(Reflection)
    assert the(LearningCycle, id=cycle_id).state == "acting"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": "あ" * 201}, "text"), ({"next_value": "あ" * 61}, "next_value"),
     ({"factors": ["method", "time", "help"]}, "factors"), ({"factors": ["talent"]}, "factors"),
     ({"rating": "4"}, "rating"), ({"rating": "-1"}, "rating"), ({"rating": "best"}, "rating"),
     ({"next_what": "talent"}, "next_what"), ({"direction": "x"}, "direction"),
     ({"prompt_id": "x"}, "text")],
    ids=["long text", "long words", "three reasons", "talent", "rating 4", "rating -1", "no rating",
         "next talent", "direction", "prompt"],
)  # fmt: skip
def test_wrong_input_gets_its_page_back_with_a_word_beside_the_field(browser, wrong, field):
    enter_lap(days_ago=1)
    reader, cycle_id = browser(AOI), enter_lap()
    page = reader.post(sheet(cycle_id), {**WHOLE, **wrong})
    assert page.status == 422
    link = page.one("[data-errors] a")["href"]
    assert link == f"#{field}"
    assert page.one(link).find_parent("fieldset", attrs={"data-step": shown_step(page)})
    assert page.one(f"#{field}-error")
    assert not rows(Reflection)


def test_a_tap_too_many_hands_in_once(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    first = reader.post(sheet(cycle_id), ENOUGH)
    second = reader.post(sheet(cycle_id), {**ENOUGH, "rating": "0"})
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert the(SelfRating).value == 2
    assert len(rows(Adjustment)) == 1


def test_an_outbox_is_told_where_the_answer_lies_and_may_send_twice(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    first, again = (
        reader.post(sheet(cycle_id), ENOUGH, headers={"X-Outbox": "1"}).response for _ in range(2)
    )
    for answer in (first, again):
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Location" not in answer.headers
    assert first.headers["X-Location"] == again.headers["X-Location"]
    assert reader.get(first.headers["X-Location"]).status == 200
    assert len(rows(Reflection)) == 1


def test_an_outbox_that_sends_what_cannot_be_taken_gets_the_page_and_not_the_receipt(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    answer = reader.post(
        sheet(cycle_id), {**ENOUGH, "rating": ""}, headers={"X-Outbox": "1"}
    ).response
    assert answer.status_code == 422
    assert "X-Location" not in answer.headers
    assert not rows(Reflection)


def test_an_old_token_changes_nothing(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    answer = reader.client.post(sheet(cycle_id), data={**WHOLE, "csrf_token": "old"})
    assert answer.status_code == 400
    assert not rows(Reflection)
    # What was typed waits as a draft on the device and the server; the page loads again.
    assert reader.get(sheet(cycle_id)).status == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_lap_of_somebody_else_is_not_there(browser, method):
    cycle_id = enter_lap(BEN)
    for member in (AOI, KEN, GEN):
        reader = browser(member)
        page = (
            reader.get(sheet(cycle_id)) if method == "get" else reader.post(sheet(cycle_id), ENOUGH)
        )
        assert page.status == 404
    assert not rows(Reflection)


def test_teachers_and_strangers_have_no_sheet(browser):
    cycle_id = enter_lap()
    assert browser(CHIBA).get(sheet(cycle_id)).status == 403
    assert browser(CHIBA).post(sheet(cycle_id), ENOUGH).status == 403
    assert browser().get(sheet(cycle_id)).location.startswith("/sign-in")


def test_a_lap_that_was_closed_without_a_word_stays_closed(browser):
    cycle_id = enter_lap(state="closed_unreviewed")
    reader = browser(AOI)
    assert reader.get(sheet(cycle_id)).status == 409
    assert reader.post(sheet(cycle_id), ENOUGH).status == 409
    assert reader.post(sheet(cycle_id), {"go": "2"}).status == 409
    assert not rows(Reflection) + rows(Draft)


def test_beginning_from_home_leads_to_the_sheet(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    page = reader.post(f"/cycles/{cycle_id}/reflect/begin")
    assert page.location == sheet(cycle_id)
    assert the(LearningCycle).state == "reflecting"
    assert reader.get(f"/cycles/{cycle_id}/reflect/begin").status == 405


def test_looking_at_the_sheet_changes_nothing(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    before = the(LearningCycle).updated_at
    reader.get(sheet(cycle_id))
    assert the(LearningCycle).updated_at == before
    assert the(LearningCycle).state == "acting"


def test_step_by_step_without_a_script_nothing_is_lost(browser):
    enter_lap(days_ago=1)
    reader, cycle_id = browser(AOI), enter_lap()
    first = {"rating": "1", "text": "図を かいた", "go": "2", "idem": "a"}
    page = reader.post(sheet(cycle_id), first)
    assert page.status == 302
    page = reader.get(page.location)
    assert shown_step(page) == "2"
    assert chosen(page, "rating") == ["1"]
    second = {**first, "direction": "was_hard", "factors": ["time"], "go": "3", "idem": "a"}
    page = reader.get(reader.post(sheet(cycle_id), second).location)
    assert shown_step(page) == "3"
    page = reader.get(reader.post(sheet(cycle_id), {**second, "go": "1"}).location)
    assert shown_step(page) == "1"
    assert page.one("textarea").get_text().strip() == "図を かいた"
    assert chosen(page, "factors") == ["time"]
    done = reader.post(sheet(cycle_id), {**second, "next_what": "help", "go": "done"})
    assert done.status == 303
    assert the(Reflection).text == "図を かいた"
    assert not rows(Draft)


def test_what_was_begun_is_there_again_on_another_device(browser):
    cycle_id = enter_lap()
    browser(AOI).post(sheet(cycle_id), {"rating": "0", "text": "とちゅう", "go": "2"})
    page = browser(AOI).get(sheet(cycle_id))
    assert page.one("textarea").get_text().strip() == "とちゅう"
    assert page.one("form[data-draft]")["data-rev"] == "1"


def test_a_refused_sheet_goes_on_from_the_draft_that_stands(browser):
    cycle_id = enter_lap()
    reader = browser(AOI)
    reader.post(sheet(cycle_id), {"text": "とちゅう", "go": "2"})
    page = reader.post(sheet(cycle_id), {"text": "とちゅう", "idem": "a"})
    assert page.status == 422
    assert page.one("form[data-draft]")["data-rev"] == "1"


@pytest.mark.parametrize("step", ["0", "-3", "99", "two", ""])
def test_a_step_that_is_none_shows_one_that_is(browser, step):
    page = browser(AOI).get(f"{sheet(enter_lap())}?step={step}")
    assert page.status == 200
    assert shown_step(page) in {"1", "2"}


def test_the_sheet_carries_what_the_script_needs(browser):
    cycle_id = enter_lap()
    form = browser(AOI).get(sheet(cycle_id)).one("form[data-wizard]")
    assert form["data-draft"] == "reflection"
    assert form["data-draft-key"] == str(cycle_id)
    assert form["data-draft-url"] == f"/drafts/reflection/{cycle_id}"
    assert form.has_attr("data-outbox")
    assert form.select("input[name=idem]")[0]["value"]
    assert form.select("[data-saved]")
    assert form.select("[data-conflict]")
