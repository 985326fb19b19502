"""The sheet of looking back in a browser without JavaScript."""

from datetime import timedelta
from itertools import pairwise

import pytest

from aarportal.core import clock
from aarportal.cycle.reflection.models import Reflection
from tests.backstage import stage
from tests.cast import AOI, BEN, HANA, KEN, UNIT_WATER
from tests.cycle.reflection.backstage import (
    ENOUGH,
    MAX_QUERIES,
    WHOLE,
    chosen,
    enter_carried,
    enter_history,
    enter_lap,
    enter_stage,
    in_english,
    offered,
    rows,
    sheet,
    shown_step,
)
from tests.cycle.reflection.laps import NO_FACTS

__all__ = ["stage"]


@pytest.mark.parametrize("member", [HANA, AOI, KEN], ids=lambda member: member.name)
def test_the_sheet_opens_with_nothing_chosen(browser, member):
    page = browser(member).get(sheet(enter_lap(member)))
    assert page.status == 200
    assert shown_step(page) == "1"
    assert offered(page, "rating") == ["0", "1", "2", "3"]
    for name in ("rating", "direction", "factors", "next_what", "next_way"):
        assert chosen(page, name) == []


def test_beside_the_rating_stand_the_facts(browser):
    in_english(AOI)
    cycle_id = enter_lap(expects=7, strategies=("picture", "ask"))
    page = browser(AOI).get(sheet(cycle_id))
    step = page.one('fieldset[data-step="1"]').get_text(" ", strip=True)
    for fact in (
        "8 right of 10 at the first try", "2 of 2 right when tried again", "about 15 minutes",
        "At first you expected 7 of 10", "Draw a picture or a table", "70",
    ):  # fmt: skip
        assert fact in " ".join(step.split()), fact


def test_facts_are_the_pupils_own_and_not_the_neighbours(browser):
    enter_lap(BEN, items=99, first_attempt_items=99, first_attempt_correct=97)
    page = browser(AOI).get(sheet(enter_lap()))
    assert "97" not in page.one("main").get_text()
    assert "99" not in page.one("main").get_text()


def test_without_a_record_the_page_says_so_and_offers_paper(browser):
    cycle_id = enter_lap(**NO_FACTS)
    in_english(AOI)
    page = browser(AOI).get(sheet(cycle_id))
    assert page.says("No record has come yet.")
    assert page.html.select(f'a[href="/cycles/{cycle_id}/by-hand"]')


def test_with_records_there_is_no_talk_of_paper(browser):
    cycle_id = enter_lap()
    page = browser(AOI).get(sheet(cycle_id))
    assert not page.html.select(f'a[href="/cycles/{cycle_id}/by-hand"]')


@pytest.mark.parametrize(
    ("member", "minutes", "expectation", "factors", "next_steps", "ways", "letters"),
    [(HANA, False, False, 5, 4, 6, 200), (AOI, True, True, 8, 7, 14, 200),
     (KEN, True, True, 8, 7, 14, 400)],
    ids=["grade 1", "grade 4", "grade 8"],
)  # fmt: skip
def test_each_band_finds_its_own_sheet(
    browser, member, minutes, expectation, factors, next_steps, ways, letters
):
    enter_lap(member, days_ago=1)
    in_english(member)
    page = browser(member).get(sheet(enter_lap(member, expects=7)))
    assert page.says("about 15 minutes") is minutes
    assert page.says("At first you expected") is expectation
    assert len(offered(page, "factors")) == factors
    assert len(offered(page, "next_what")) == next_steps
    assert len(offered(page, "next_way")) == ways
    assert page.one("textarea[name=text]")["maxlength"] == str(letters)
    assert bool(page.html.select('[name="next_value"]')) is (member is not HANA)


def test_little_readers_see_the_signs_they_know(browser):
    page = browser(HANA).get(sheet(enter_lap(HANA)))
    signs = page.one("#rating").get_text()
    assert all(sign in signs for sign in "△○◎")
    assert "△" not in browser(AOI).get(sheet(enter_lap())).one("#rating").get_text()


def test_the_first_lesson_of_a_unit_asks_less(browser):
    page = browser(AOI).get(sheet(enter_lap()))
    assert len(page.html.select("fieldset[data-step]")) == 2
    assert offered(page, "factors") == []
    assert page.one('input[name="prompt_id"]')["value"] == "essence"


def test_what_was_tried_is_asked_about_even_then(browser):
    cycle_id = enter_lap(unit_id=UNIT_WATER)
    enter_carried(cycle_id)
    page = browser(AOI).get(sheet(cycle_id))
    assert len(page.html.select("fieldset[data-step]")) == 3
    assert offered(page, "verdict") == ["worked", "no_change", "cannot_say"]
    assert offered(page, "factors") == []


def test_nothing_is_asked_about_what_was_judged(browser):
    enter_lap(days_ago=1)
    cycle_id = enter_lap()
    enter_carried(cycle_id, verdict="worked", state="worked")
    assert offered(browser(AOI).get(sheet(cycle_id)), "verdict") == []


@pytest.mark.parametrize(
    ("stage_now", "seeds", "lenses", "reasons"),
    [(2, False, 1, True), (3, False, 6, True), (4, False, 1, False)],
)
def test_prompts_fade_stage_by_stage(browser, stage_now, seeds, lenses, reasons):
    enter_stage(stage_now)
    page = browser(AOI).get(sheet(enter_lap()))
    assert bool(page.html.select("[data-insert]")) is seeds
    assert len(offered(page, "prompt_id")) == lenses
    assert bool(offered(page, "factors")) is reasons
    assert offered(page, "next_what")


def test_the_blank_page_asks_no_question(browser):
    enter_stage(4)
    in_english(AOI)
    page = browser(AOI).get(sheet(enter_lap()))
    assert page.one('[name="prompt_id"]')["value"] == "free"
    assert page.one('label[for="text"]').get_text().startswith("One sentence")


@pytest.mark.parametrize(
    ("member", "question"),
    [(HANA, "What did you find out?"), (AOI, "What mattered most to you today?"),
     (KEN, "The most important thing today, in one sentence")],
    ids=["grade 1", "grade 4", "grade 8"],
)  # fmt: skip
def test_the_question_speaks_to_the_age_of_its_reader(browser, member, question):
    in_english(member)
    page = browser(member).get(sheet(enter_lap(member)))
    assert page.one('label[for="text"]').get_text().startswith(question)


def test_the_first_stage_has_seeds_for_a_sentence(browser):
    enter_lap(days_ago=1)
    page = browser(AOI).get(sheet(enter_lap()))
    assert len(page.html.select('[data-insert][aria-controls="text"]')) == 3


@pytest.mark.parametrize("expects", [None, 7])
def test_only_who_expected_something_is_asked_how_it_compared(browser, expects):
    enter_lap(days_ago=1)
    cycle_id = enter_lap(expects=expects)
    asked = set()
    for _ in range(6):
        asked.add(browser(AOI).get(sheet(cycle_id)).one('[name="prompt_id"]')["value"])
        clock.shift(clock._shift + timedelta(days=1))
    assert ("gap" in asked) is (expects is not None)


def test_two_days_running_ask_two_questions(browser):
    for back in (3, 2):
        enter_lap(days_ago=back)
    asked = []
    for _ in range(4):
        cycle_id = enter_lap()
        reader = browser(AOI)
        prompt = reader.get(sheet(cycle_id)).one('[name="prompt_id"]')["value"]
        asked.append(prompt)
        reader.post(sheet(cycle_id), {**ENOUGH, "prompt_id": prompt, "idem": str(cycle_id)})
        clock.shift(clock._shift + timedelta(days=1))
    assert all(one != other for one, other in pairwise(asked))


@pytest.mark.parametrize("which", ["sheet", "sheet again", "one", "all", "draft"])
def test_no_page_asks_the_database_more_than_twelve_times(browser, queries, which):
    enter_history()
    cycle_id = enter_lap(expects=7)
    enter_carried(cycle_id)
    reader = browser(AOI)
    if which == "sheet again":
        reader.post(sheet(cycle_id), WHOLE)
    if which == "draft":
        reader.post(sheet(cycle_id), {**WHOLE, "go": "2"})
    written = rows(Reflection)[0].id
    url = {"one": f"/reflections/{written}", "all": "/reflections"}.get(which, sheet(cycle_id))
    with queries() as seen:
        assert reader.get(url).status == 200
    assert len(seen) <= MAX_QUERIES, "\n".join(seen)
