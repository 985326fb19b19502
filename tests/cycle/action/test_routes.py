"""A day of learning in the browser: what arrived, what was on paper, and how it is going."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import AOI, BEN, CHIBA, GEN, HANA, KEN, UNIT_ADDING, UNIT_WATER
from tests.cycle.action.days import (
    NOW,
    TODAY,
    by_hand,
    lap,
    record,
)

pytestmark = pytest.mark.usefixtures("friday")

MAX_QUERIES = 12
A_DAY = 24 * 60
WORK = {"title": "ドリル 12ページ", "amount": "8", "unit": "items", "minutes": "", "idem": "1"}


@pytest.fixture
def with_goal(app):
    """A goal for a lap, with an amount."""

    def act(cycle_id, amount=8, unit="items", state="active"):
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            cycle = scope.session.scalar(select(LearningCycle).where(LearningCycle.id == cycle_id))
            scope.session.add(
                Goal(
                    school_id=cycle.school_id, student_id=cycle.student_id, cycle_id=cycle_id,
                    text="めあて", author="pupil", due_on=TODAY, confirmed_at=NOW, state=state,
                    amount_planned=amount, amount_unit=unit,
                )
            )  # fmt: skip
            audit.record(scope, "test:entered", "goal")

    return act


def lines(page):
    return [" ".join(li.get_text(" ").split()) for li in page.html.select("ol.entries > li")]


# --- the day ------------------------------------------------------------------------------------


def test_a_day_is_told_in_lines_the_first_one_on_top(browser, given, in_english):
    in_english(AOI)
    given(
        record(60), record(55, first_attempt_correct=0), by_hand(30, items=0, own_duration=600),
        record(9, unit_id=UNIT_WATER, subject="rika", items=0, first_attempt_items=0,
               first_attempt_correct=0, title="よみもの"),
    )  # fmt: skip
    drill, paper, reading = lines(browser(AOI).get("/records"))
    for words in ("9:30", "Arithmetic", "ドリルパーク", "1 right of 2 at the first try"):
        assert words in drill
    for words in ("10:00", "けいさんドリル", "On paper, by myself", "about 10 minutes"):
        assert words in paper
    for words in ("10:21", "Science", "1 time"):
        assert words in reading


def test_before_the_first_record_the_page_says_what_will_come(browser, in_english):
    in_english(AOI)
    page = browser(AOI).get("/records")
    assert page.says("No record of this day yet.")
    assert not lines(page)
    assert not page.html.select("nav.pager")


def test_words_of_an_app_or_a_pupil_are_words_and_no_markup(browser, given):
    given(by_hand(9, title="<i>本</i>"), record(5, unit_id=None, title="<script>x</script>"))
    page = browser(AOI).get("/records")
    assert page.says("<i>本</i>")
    assert not page.html.select("ol.entries i:not([class])")
    assert "<script>x" not in page.text


def test_what_was_taken_back_is_not_shown(browser, given):
    given(record(9, state="voided"))
    assert not lines(browser(AOI).get("/records"))


def test_little_readers_are_not_shown_minutes(browser, given):
    given(
        record(9, HANA, unit_id=UNIT_ADDING, active_seconds=1200, own_duration=1200),
        record(8, AOI, active_seconds=1200, own_duration=1200),
    )
    assert "20" in lines(browser(AOI).get("/records"))[0]
    assert "20" not in lines(browser(HANA).get("/records"))[0]


#: Day in the address -> how many lines, earlier, later.
DAYS = {
    "today": ("", 1, -2, None),
    "today by name": ("2026-11-20", 1, -2, None),
    "two days ago": ("2026-11-18", 2, -9, 0),
    "a day without records": ("2026-11-19", 0, -2, 0),
    "the first day": ("2026-11-11", 1, None, -2),
    "tomorrow is not there yet": ("2026-11-21", 1, -2, None),
    "nonsense": ("gestern", 1, -2, None),
    "a day that is none": ("2026-02-30", 1, -2, None),
    "the end of time": ("9999-12-31", 1, -2, None),
    "long ago": ("0001-01-01", 0, None, -9),
}


@pytest.mark.parametrize(("day", "count", "earlier", "later"), DAYS.values(), ids=DAYS)
def test_one_turns_from_day_to_day(browser, given, day, count, earlier, later):
    given(
        record(9), record(9 + 2 * A_DAY), record(59 + 2 * A_DAY), record(9 + 9 * A_DAY),
        record(9 + A_DAY, BEN),
    )  # fmt: skip
    page = browser(AOI).get(f"/records?day={day}")
    assert len(lines(page)) == count

    def link(rel):
        return [a["href"] for a in page.html.select(f'a[rel="{rel}"]')]

    for rel, days in (("prev", earlier), ("next", later)):
        wanted = [] if days is None else [f"/records?day={TODAY + timedelta(days=days)}"]
        assert link(rel) == wanted


def test_nothing_of_another_pupil_changes_the_page(browser, given):
    given(lap(), record(9))
    aoi = browser(AOI)
    before = lines(aoi.get("/records"))
    given(lap(BEN), *(record(n, BEN) for n in (50, 40, 3)))
    assert lines(aoi.get("/records")) == before


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("url", ["/records", "/cycles/{}/by-hand", "/cycles/{}/mid"])
def test_no_page_asks_the_database_more_than_twelve_times(browser, given, queries, url, full):
    mine = lap()
    given(mine)
    if full:
        given(*(record(3 * n, unit_id=UNIT_WATER if n % 2 else None) for n in range(40)),
              *(lap(state="paused") for _ in range(5)), record(5 + A_DAY))  # fmt: skip
    aoi = browser(AOI)
    with queries() as seen:
        assert aoi.get(url.format(mine.id)).status == 200
    assert len(seen) <= MAX_QUERIES, seen


# --- これは ちがう ------------------------------------------------------------------------------


def doubts(page):
    return [form["action"] for form in page.html.select('form[action$="/dispute"]')]


def test_a_line_is_doubted_with_one_tap_and_keeps_counting(browser, given, the):
    yesterday, _ = given(record(9 + A_DAY), record(8 + A_DAY))
    aoi = browser(AOI)
    page = aoi.get(f"/records?day={TODAY - timedelta(days=1)}")
    assert doubts(page) == [f"/records/{yesterday}/dispute"]
    counted = len(page.html.select(".beads i.on"))
    after = aoi.follow(aoi.post(doubts(page)[0], {"idem": "1"}))
    assert doubts(after) == []
    assert len(lines(after)) == 1, "back on the same day"
    assert len(after.html.select(".beads i.on")) == counted == 2
    assert {row.state for row in the(LearningRecord)} == {"disputed"}


def test_doubting_twice_is_once(browser, given, the):
    [id_] = given(record(9))
    aoi = browser(AOI)
    one, two = (aoi.post(f"/records/{id_}/dispute", {"idem": "1"}) for _ in range(2))
    assert (one.status, two.status) == (303, 303)
    assert aoi.post(f"/records/{id_}/dispute", {"idem": "2"}).status == 409
    assert [row.state for row in the(LearningRecord)] == ["disputed"]


def test_one_s_own_word_is_not_offered_for_doubt(browser, given):
    given(by_hand(9))
    assert doubts(browser(AOI).get("/records")) == []


@pytest.mark.parametrize(("member", "status"), [(BEN, 404), (GEN, 404), (KEN, 404), (CHIBA, 403)])
def test_somebody_elses_record_cannot_be_doubted(browser, given, the, member, status):
    [id_] = given(record(9))
    assert browser(member).post(f"/records/{id_}/dispute").status == status
    assert the(LearningRecord)[0].state == "valid"


# --- on paper -----------------------------------------------------------------------------------


def test_the_sheet_begins_with_the_unit_and_the_planned_amount(browser, given, with_goal):
    [id_] = given(lap())
    with_goal(id_, 3, "pages")
    page = browser(AOI).get(f"/cycles/{id_}/by-hand")
    assert page.one("input[name=title]")["value"] == "わり算の筆算"
    assert page.one("input[name=amount]")["value"] == "3"
    assert page.one("input[name=unit][checked]")["value"] == "pages"


def test_the_sheet_of_a_lap_without_goal_and_unit_is_empty(browser, given):
    [id_] = given(lap(unit_id=None))
    page = browser(AOI).get(f"/cycles/{id_}/by-hand")
    assert not page.one("input[name=title]").get("value")
    assert not page.one("input[name=amount]").get("value")
    assert page.one("input[name=unit][checked]")["value"] == "items"


def test_paper_work_is_in_the_records_at_once(browser, given, the):
    [id_] = given(lap())
    aoi = browser(AOI)
    home = aoi.post(f"/cycles/{id_}/by-hand", WORK)
    assert (home.status, home.location) == (303, "/")
    assert aoi.get("/").status == 200
    [line] = lines(aoi.get("/records"))
    assert WORK["title"] in line
    assert "8" in line
    [row] = the(LearningRecord)
    assert (row.items, row.self_reported, row.cycle_id) == (8, True, id_)
    assert the(LearningCycle)[0].items == 8


@pytest.mark.parametrize(
    ("unit", "kept"),
    [("pages", "ノート 3 pages"), ("times", "ノート 3 times"), ("minutes", "ノート")],
)
def test_what_no_sum_keeps_stands_in_the_title(browser, given, the, in_english, unit, kept):
    in_english(AOI)
    [id_] = given(lap())
    aoi = browser(AOI)
    fields = {**WORK, "title": "ノート", "amount": "3", "unit": unit}
    assert aoi.post(f"/cycles/{id_}/by-hand", fields).status == 303
    [row] = the(LearningRecord)
    assert (row.title, row.items) == (kept, 0)


#: What was sent -> the field that has to be mended.
WRONG = {
    "no words": ({"title": "  "}, "title"),
    "too many letters": ({"title": "あ" * 61}, "title"),
    "no amount": ({"amount": ""}, "amount"),
    "nothing done": ({"amount": "0"}, "amount"),
    "too much": ({"amount": "201"}, "amount"),
    "no number": ({"amount": "たくさん"}, "amount"),
    "more than an afternoon": ({"minutes": "241"}, "minutes"),
    "less than no time": ({"minutes": "-5"}, "minutes"),
    "no minutes": ({"minutes": "ながい"}, "minutes"),
    "an amount beyond every number": ({"amount": "9" * 40}, "amount"),
    "half of one": ({"amount": "1.5"}, "amount"),
}


@pytest.mark.parametrize(("wrong", "field"), WRONG.values(), ids=WRONG)
def test_wrong_input_comes_back_with_everything_kept(browser, given, the, wrong, field):
    [id_] = given(lap())
    fields = {**WORK, "minutes": "15", **wrong}
    page = browser(AOI).post(f"/cycles/{id_}/by-hand", fields)
    assert page.status == 422
    assert page.one(f'a[href="#{field}"]').get_text(strip=True)
    assert page.html.select(f'[name="{field}"][aria-invalid="true"]')
    for name in {"title", "amount", "minutes"} - {field}:
        assert page.one(f"input[name={name}]")["value"] == fields[name]
    assert page.one("input[name=unit][checked]")["value"] == "items"
    assert not the(LearningRecord)


def test_a_unit_of_amount_that_is_none_is_refused(browser, given, the):
    [id_] = given(lap())
    assert browser(AOI).post(f"/cycles/{id_}/by-hand", {**WORK, "unit": "x"}).status == 422
    assert not the(LearningRecord)


@pytest.mark.parametrize(
    "just", [{"title": "あ" * 60}, {"amount": "200"}, {"amount": "８"}, {"minutes": "240"}]
)
def test_the_largest_of_everything_and_wide_digits_are_taken(browser, given, the, just):
    [id_] = given(lap())
    assert browser(AOI).post(f"/cycles/{id_}/by-hand", {**WORK, **just}).status == 303
    assert len(the(LearningRecord)) == 1


def test_a_tap_too_many_is_one_record(browser, given, the):
    [id_] = given(lap())
    aoi = browser(AOI)
    pages = [aoi.post(f"/cycles/{id_}/by-hand", WORK) for _ in range(3)]
    assert [(page.status, page.location) for page in pages] == [(303, "/")] * 3
    assert the(LearningCycle)[0].items == 8
    assert aoi.post(f"/cycles/{id_}/by-hand", {**WORK, "idem": "2"}).status == 303
    assert len(the(LearningRecord)) == 2


def test_an_outbox_gets_a_receipt(browser, given, the):
    [id_] = given(lap())
    answer = browser(AOI).post(f"/cycles/{id_}/by-hand", WORK, headers={"X-Outbox": "1"}).response
    assert (answer.status_code, answer.headers["X-Location"]) == (204, "/")
    assert len(the(LearningRecord)) == 1


def test_an_old_token_changes_nothing(browser, given, the):
    [id_] = given(lap())
    answer = browser(AOI).client.post(f"/cycles/{id_}/by-hand", data={**WORK, "csrf_token": "old"})
    assert answer.status_code == 400
    assert not the(LearningRecord)


def test_little_readers_are_not_asked_for_minutes(browser, given):
    hers, his = given(lap(HANA, unit_id=UNIT_ADDING), lap())
    assert not browser(HANA).get(f"/cycles/{hers}/by-hand").html.select("[name=minutes]")
    assert browser(AOI).get(f"/cycles/{his}/by-hand").html.select("[name=minutes]")


# --- beginning, and how it is going -------------------------------------------------------------


def asked(page):
    return [button["value"] for button in page.html.select("button[name=mid]")]


#: A lap of today -> is いまどう？ asked on the page of the records?
ASKED = {
    "at work": ({}, True),
    "not begun": ({"state": "anticipating"}, False),
    "answered": ({"mid": "ok"}, False),
    "looking back": ({"state": "reflecting"}, False),
    "resting": ({"state": "paused"}, False),
    "closed": ({"state": "closed"}, False),
}


@pytest.mark.parametrize(("parts", "is_asked"), ASKED.values(), ids=ASKED)
def test_how_it_is_going_is_asked_once_and_while_it_is_going(browser, given, parts, is_asked):
    given(lap(**parts))
    assert asked(browser(AOI).get("/records")) == (["smooth", "ok", "stuck"] if is_asked else [])


def test_how_it_went_yesterday_is_not_asked(browser, given):
    given(lap(), record(5 + A_DAY))
    assert asked(browser(AOI).get(f"/records?day={TODAY - timedelta(days=1)}")) == []


@pytest.mark.parametrize(
    ("answer", "leads_to"), [("smooth", "/"), ("ok", "/"), ("ask", "/"), ("stuck", "mid")]
)
def test_the_answer_is_kept_and_being_stuck_leads_to_ways_out(
    browser, given, the, answer, leads_to
):
    [id_] = given(lap())
    aoi = browser(AOI)
    page = aoi.post(f"/cycles/{id_}/mid", {"mid": answer})
    assert page.location == (f"/cycles/{id_}/mid" if leads_to == "mid" else "/")
    assert aoi.follow(page).status == 200
    assert the(LearningCycle)[0].mid == answer
    assert asked(aoi.get("/records")) == []


@pytest.mark.parametrize(("state", "ways"), [("active", 2), ("achieved", 0), (None, 0)], ids=str)
def test_ways_out_are_those_that_are_open(browser, given, with_goal, state, ways):
    [id_] = given(lap())
    if state:
        with_goal(id_, state=state)
    aoi = browser(AOI)
    page = aoi.get(f"/cycles/{id_}/mid")
    links = [a["href"] for a in page.html.select('main a[href^="/goals/"]')]
    assert len(links) == ways
    assert all(aoi.get(href).status == 200 for href in links)
    assert page.html.select(f'form[action="/cycles/{id_}/mid"] input[name=mid][value=ask]')


@pytest.mark.parametrize("answer", ["", "great", "SMOOTH"])
def test_an_answer_that_is_none_is_refused(browser, given, the, answer):
    [id_] = given(lap())
    assert browser(AOI).post(f"/cycles/{id_}/mid", {"mid": answer}).status == 422
    assert the(LearningCycle)[0].mid == ""


def test_beginning_is_one_tap(browser, given, the):
    [id_] = given(lap(state="anticipating"))
    aoi = browser(AOI)
    assert aoi.post(f"/cycles/{id_}/start").location == "/"
    assert the(LearningCycle)[0].state == "acting"


@pytest.mark.parametrize("path", ["start", "mid"])
def test_what_is_over_does_not_go_on(browser, given, the, path):
    [id_] = given(lap(state="closed"))
    assert browser(AOI).post(f"/cycles/{id_}/{path}", {"mid": "ok"}).status == 409
    assert the(LearningCycle)[0].state == "closed"


# --- whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(("member", "status"), [(BEN, 404), (GEN, 404), (CHIBA, 403)])
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "by-hand"), ("post", "by-hand"), ("get", "mid"), ("post", "mid"), ("post", "start")],
)
def test_the_lap_of_somebody_else_is_not_there(browser, given, the, member, status, method, path):
    [id_] = given(lap(state="anticipating"))
    visitor = browser(member)
    url = f"/cycles/{id_}/{path}"
    page = visitor.get(url) if method == "get" else visitor.post(url, {**WORK, "mid": "ask"})
    assert page.status == status
    [cycle] = the(LearningCycle)
    assert (cycle.state, cycle.mid, cycle.items) == ("anticipating", "", 0)
    assert not the(LearningRecord)


def test_a_stranger_is_led_to_the_door(browser):
    assert browser().get("/records").location.startswith("/sign-in")
