"""What was written: changing it, the teacher's answer, and all of it in a row."""

from uuid import uuid4

import pytest

from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment
from aarportal.cycle.reflection.models import (
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)
from tests.backstage import stage
from tests.cast import AOI, BEN, GEN, KEN, UNIT_DIVISION
from tests.cycle.reflection.backstage import (
    WHOLE,
    answer,
    chosen,
    enter_lap,
    in_english,
    read_by_teacher,
    rows,
    sheet,
    submit,
    the,
)

__all__ = ["stage"]


def test_until_it_is_read_the_sheet_opens_with_what_was_handed_in(browser):
    enter_lap(days_ago=1)
    reader, cycle_id = browser(AOI), enter_lap()
    reader.post(sheet(cycle_id), WHOLE)
    page = reader.get(sheet(cycle_id))
    assert chosen(page, "rating") == ["1"]
    assert page.one("textarea").get_text().strip() == WHOLE["text"]
    assert chosen(page, "direction") == ["was_hard"]
    assert chosen(page, "next_what") == ["method"]
    assert chosen(page, "next_way") == ["picture"]
    assert page.one('[name="next_value"]').get("value", "") == ""
    in_english(AOI)
    done = reader.follow(reader.post(sheet(cycle_id), {**WHOLE, "rating": "3", "idem": "2"}))
    assert done.says("Mended.")
    assert the(SelfRating).value == 3


def test_a_next_step_in_use_is_shown_and_not_asked_for(browser):
    reader, cycle_id = browser(AOI), enter_lap()
    reader.post(sheet(cycle_id), {**WHOLE, "next_what": "help"})
    goal = {"unit": str(UNIT_DIVISION), "text": "ひっ算", "carry": "use", "go": "start"}
    taken = the(Adjustment)
    assert reader.post("/goal", {**goal, "adjustment": str(taken.id), "idem": "g"}).status == 303
    page = reader.get(sheet(cycle_id))
    assert page.html.select('input[type=hidden][name="next_what"][value="help"]')
    assert not page.html.select('input[type=radio][name="next_what"]')


def test_a_read_reflection_is_shown_instead_of_the_sheet(browser):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="まえ")
    read_by_teacher(reflection_id)
    page = browser(AOI).get(sheet(cycle_id))
    assert page.location == f"/reflections/{reflection_id}"


def test_words_sent_after_the_teacher_read_are_offered_as_a_new_version(browser):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="まえ")
    reader = browser(AOI)
    read_by_teacher(reflection_id)
    page = reader.post(sheet(cycle_id), {**WHOLE, "text": "なおした ことば"})
    assert page.status == 409
    assert page.one("textarea[name=text]").get_text().strip() == "なおした ことば"
    assert page.one("details").has_attr("open")
    assert the(Reflection).text == "まえ"


def test_a_draft_begun_before_the_teacher_read_is_offered_too(browser):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="まえ")
    reader = browser(AOI)
    reader.post(sheet(cycle_id), {"text": "とちゅう", "go": "2"})
    read_by_teacher(reflection_id)
    page = reader.get(f"/reflections/{reflection_id}")
    assert page.one("textarea[name=text]").get_text().strip() == "とちゅう"
    reader.post(f"/reflections/{reflection_id}/revise", {"text": "とちゅうの つづき", "idem": "r"})
    assert the(Reflection).text == "とちゅうの つづき"
    assert not rows(Draft)


def test_the_teachers_word_is_answered_with_a_chip(browser):
    in_english(AOI)
    reflection_id = submit(enter_lap(), text="まえ")
    feedback_id = answer(reflection_id, text="図が よく かけています。")
    reader = browser(AOI)
    page = reader.get(f"/reflections/{reflection_id}")
    assert page.says("図が よく かけています。")
    form = page.one(f'form[action="/feedback/{feedback_id}/reply"]')
    chips = [button["value"] for button in form.select("button[name=reply]")]
    assert chips == ["will_try", "question", "thanks"]
    page = reader.follow(reader.post(form["action"], {"reply": "will_try", "idem": "f"}))
    assert page.says("You answered: I will try it")
    assert not page.html.select(f'form[action="/feedback/{feedback_id}/reply"]')
    assert the(Reflection).state == "done"


def test_a_chip_that_is_none_is_refused(browser):
    feedback_id = answer(submit(enter_lap()))
    assert browser(AOI).post(f"/feedback/{feedback_id}/reply", {"reply": "x"}).status == 422
    assert the(TeacherFeedback).state == "sent"


def test_reading_is_enough_of_an_answer(browser):
    reflection_id = submit(enter_lap())
    answer(reflection_id)
    reader = browser(AOI)
    page = reader.get(f"/reflections/{reflection_id}")
    form = page.one(f'form[action="/reflections/{reflection_id}/acknowledge"]')
    page = reader.follow(reader.post(form["action"]))
    assert not page.html.select('form[action$="/acknowledge"]')
    assert the(TeacherFeedback).state == "seen"


def test_writing_anew_keeps_what_was_there(browser):
    reflection_id = submit(enter_lap(), text="まえ")
    answer(reflection_id)
    reader = browser(AOI)
    url = f"/reflections/{reflection_id}"
    assert reader.get(url).one("textarea[name=text]").get_text().strip() == "まえ"
    page = reader.follow(reader.post(f"{url}/revise", {"text": "あたらしい", "idem": "r"}))
    assert page.one(".pupil-text").get_text() == "あたらしい"
    assert the(ReflectionVersion).text == "まえ"


@pytest.mark.parametrize("text", ["", "あ" * 201], ids=["empty", "long"])
def test_a_new_version_out_of_range_comes_back(browser, text):
    reflection_id = submit(enter_lap(), text="まえ")
    answer(reflection_id)
    page = browser(AOI).post(f"/reflections/{reflection_id}/revise", {"text": text})
    assert page.status == 422
    assert page.one("details").has_attr("open")
    assert page.one("textarea[name=text]").get_text().strip() == text
    assert page.one("#text-error")
    assert the(Reflection).text == "まえ"


def test_writing_anew_waits_until_somebody_has_read(browser):
    reflection_id = submit(enter_lap(), text="まえ")
    reader = browser(AOI)
    page = reader.get(f"/reflections/{reflection_id}")
    assert not page.html.select('form[action$="/revise"]')
    assert page.html.select('a[href$="/reflect"]')
    assert reader.post(f"/reflections/{reflection_id}/revise", {"text": "あと"}).status == 409


def test_what_another_pupil_wrote_is_not_there(browser):
    reflection_id = submit(enter_lap(), text="ひみつ")
    feedback_id = answer(reflection_id)
    url = f"/reflections/{reflection_id}"
    for member in (BEN, KEN, GEN):
        reader = browser(member)
        assert reader.get(url).status == 404
        assert reader.post(f"{url}/revise", {"text": "x"}).status == 404
        assert reader.post(f"{url}/acknowledge").status == 404
        assert reader.post(f"/feedback/{feedback_id}/reply", {"reply": "thanks"}).status == 404
    assert browser(AOI).get(f"/reflections/{uuid4()}").status == 404
    assert the(Reflection).state == "responded"


def test_a_pupils_words_are_words_and_no_markup(browser):
    words = "<script>alert(1)</script> {字|じ} _x_ %(n)s"
    reflection_id = submit(enter_lap(), text=words)
    for url in (f"/reflections/{reflection_id}", "/reflections"):
        page = browser(AOI).get(url)
        assert words in page.one("main").get_text()


def test_what_waits_stands_on_top_and_what_was_written_below(browser):
    first = submit(enter_lap(days_ago=2), text="おととい", rating=3, next_what="help")
    answer(first, text="いいね。")
    open_lap = enter_lap()
    in_english(AOI)
    page = browser(AOI).get("/reflections")
    assert page.html.select(f'form[action="/cycles/{open_lap}/reflect/begin"]')
    line = page.one("ol.entries > li").get_text(" ", strip=True)
    for words in ("おととい", "I can on my own", "Next time I ask somebody.", "いいね。"):
        assert words in line
    assert page.html.select(f'a[href="/reflections/{first}"]')


def test_before_the_first_reflection_the_page_says_what_will_come(browser):
    in_english(AOI)
    page = browser(AOI).get("/reflections")
    assert page.says("Nothing is written yet.")


def test_older_reflections_lie_on_further_pages(browser):
    for n in range(22):
        submit(enter_lap(days_ago=30 - n), text=f"no {n}.")
    reader = browser(AOI)
    first = reader.get("/reflections")
    assert len(first.html.select("ol.entries > li")) == 20
    assert first.html.select('a[href="/reflections?page=2"]')
    second = reader.get("/reflections?page=2")
    assert len(second.html.select("ol.entries > li")) == 2
    assert second.says("no 0.")
    assert not second.html.select('a[href="/reflections?page=3"]')


@pytest.mark.parametrize("page", ["0", "-1", "x", "9"])
def test_a_page_that_is_none_is_no_error(browser, page):
    assert browser(AOI).get(f"/reflections?page={page}").status == 200
