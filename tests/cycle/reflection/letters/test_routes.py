"""The letter of the term: written by the child, read by this year's and the next year's teacher."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.reflection.letters import terms
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.people.attendance.calendar import Calendar, DayKind, Term
from aarportal.people.school_year import operations as years
from aarportal.people.school_year.operations import DaysDraft, TermDraft
from tests.backstage import backstage, stage
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, CLASS_J2_1, MORI, OKA, SECONDARY, scope_of
from tests.cycle.reflection import laps
from tests.cycle.reflection.backstage import in_english
from tests.over_time import move_school

__all__ = ["stage"]

rows, the = backstage(laps.rows), backstage(laps.the)
enter_lap, submit = backstage(laps.enter_lap), backstage(laps.submit)
MARCH = datetime(2027, 3, 18, 1, tzinfo=UTC)
TEXT = "来年の わたしへ\n図を かくと わかったよ。"


def now_is(moment):
    clock.shift(moment - datetime.now(UTC))


@pytest.fixture(autouse=True)
def in_march(app):
    now_is(MARCH)
    yield
    clock.shift(timedelta())


def four_laps():
    found = []
    for n in range(4):
        cycle_id = enter_lap(days_ago=n)
        submit(cycle_id, text=f"ふり返り {n}")
        found.append(str(cycle_id))
    return found


def test_the_child_chooses_three_rings_and_writes(browser):
    ids = four_laps()
    in_english(AOI)
    reader = browser(AOI)
    home = reader.get("/")
    assert home.html.select('a[href="/letter"]')
    page = reader.get("/letter")
    assert [box["value"] for box in page.html.select("[name=evidence]")] == ids
    page = reader.follow(reader.post("/letter", {"text": TEXT, "evidence": ids[1:], "idem": "1"}))
    assert page.says("Your letter is kept.")
    row = the(TermLetter)
    assert (row.year, row.term, row.text) == (2026, 3, TEXT)
    assert [each["words"] for each in row.evidence] == ["ふり返り 1", "ふり返り 2", "ふり返り 3"]
    checked = [box["value"] for box in page.html.select("[name=evidence][checked]")]
    assert checked == ids[1:]
    reader.post("/letter", {"text": "みじかく", "evidence": ids[:1], "idem": "2"})
    assert (the(TermLetter).text, len(the(TermLetter).evidence)) == ("みじかく", 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Write what you want to say."),
        ({"text": "あ" * 601}, "Make your letter a little shorter."),
        ({"text": TEXT, "evidence": "all"}, "Choose three at most."),
        ({"text": TEXT, "evidence": "nonsense"}, "Please choose again."),
        ({"text": TEXT, "evidence": str(CLASS_4_2)}, "Please choose again."),
    ],
)
def test_what_cannot_be_kept_is_said_and_everything_stands(browser, fields, said):
    ids = four_laps()
    if fields.get("evidence") == "all":
        fields = {**fields, "evidence": ids}
    in_english(AOI)
    page = browser(AOI).post("/letter", {**fields, "idem": "1"})
    assert page.status == 422
    assert page.says(said)
    assert page.one("textarea").get_text().strip("\n") == fields["text"]
    assert not rows(TermLetter)


def test_a_draft_is_kept_until_the_letter_is(browser):
    in_english(AOI)
    reader = browser(AOI)
    reader.post("/drafts/letter/2026-3", {"text": "とちゅう", "rev": "0"})
    assert reader.get("/letter").one("textarea").get_text().strip() == "とちゅう"
    reader.post("/letter", {"text": TEXT, "idem": "1"})
    assert not rows(Draft)


def test_this_years_and_next_years_teacher_read_it_and_nobody_else(browser):
    ids = four_laps()
    in_english(AOI)
    browser(AOI).post("/letter", {"text": TEXT, "evidence": ids[:2], "idem": "1"})
    address = f"/class/students/{AOI.id}/handed-on"
    for days, is_read in ((0, True), (30, True), (30 + 365, False)):
        now_is(MARCH + timedelta(days=days))
        page = browser(CHIBA).get(address)
        assert page.status == 200
        assert ("図を かくと" in page.text) == is_read
        assert ("ふり返り 0" in page.text) == is_read
    assert browser(MORI).get(address).status == 404
    assert browser(OKA).get(address).status == 403
    assert browser(BEN).get(address).status == 403


def test_what_a_child_still_means_to_try_is_handed_on(browser):
    cycle_id = enter_lap()
    submit(cycle_id, next_what="time", next_value="朝の 10分")
    address = f"/class/students/{AOI.id}/handed-on"
    assert "朝の 10分" not in browser(CHIBA).get(address).text
    now_is(MARCH + timedelta(days=20))
    assert "朝の 10分" in browser(CHIBA).get(address).text
    panel = browser(CHIBA).get(f"/class/{CLASS_4_2}?student={AOI.id}")
    assert panel.status == 200


def test_the_self_of_the_next_term_reads_it(browser):
    in_english(AOI)
    browser(AOI).post("/letter", {"text": TEXT, "idem": "1"})
    now_is(MARCH + timedelta(days=120))
    page = browser(AOI).get("/letter")
    assert page.says("Your letter of the last term")
    assert "図を かくと" in page.text


def test_who_changes_schools_in_the_term_writes_on_at_the_new_one(browser):
    in_english(AOI)
    browser(AOI).post("/letter", {"text": TEXT, "idem": "1"})
    moved = backstage(move_school)(AOI, SECONDARY, CLASS_J2_1)
    reader = browser(moved)
    assert "図を かくと" in reader.get("/letter").text
    assert reader.post("/letter", {"text": "あたらしい 学校で", "idem": "2"}).status == 303
    assert {row.text for row in rows(TermLetter)} == {TEXT, "あたらしい 学校で"}
    page = browser(MORI).get(f"/class/students/{AOI.id}/handed-on")
    assert "あたらしい 学校で" in page.text
    assert "図を かくと" not in page.text


def plan_terms(*firsts):
    with unit_of_work(scope_of(OKA)) as scope:
        years.set_terms(scope, 2026, [TermDraft(f"{n}学期", first) for n, first in firsts])


def no_school(first_on, last_on):
    with unit_of_work(scope_of(OKA)) as scope:
        years.plan_days(scope, DaysDraft(first_on, last_on, "closed", "休み"))


def offered_on(browser, day):
    now_is(datetime.combine(day, time(3), UTC))
    return bool(browser(AOI).get("/").html.select('a[href="/letter"]'))


@pytest.mark.parametrize(
    ("day", "is_offered"),
    [
        ("2026-07-20", False), ("2026-09-21", False), ("2026-09-22", True), ("2026-10-12", True),
        ("2026-10-13", False), ("2026-12-24", False), ("2027-03-10", False), ("2027-03-11", True),
        ("2027-03-31", True),
    ],
)  # fmt: skip
def test_the_first_page_offers_it_in_the_last_weeks_of_the_schools_own_terms(
    browser, day, is_offered
):
    backstage(plan_terms)((1, date(2026, 4, 1)), (2, date(2026, 10, 13)))
    assert offered_on(browser, date.fromisoformat(day)) is is_offered


@pytest.mark.parametrize(
    ("day", "is_offered"),
    [
        ("2026-06-26", False), ("2026-06-27", True), ("2026-07-17", True), ("2026-08-24", True),
        ("2026-08-26", False),
    ],
)  # fmt: skip
def test_weeks_of_holidays_at_the_end_of_a_term_are_no_weeks_of_school(browser, day, is_offered):
    """The term ends with the holidays: the three weeks are those before the last school day."""
    terms = ((1, date(2026, 4, 1)), (2, date(2026, 8, 26)), (3, date(2027, 1, 1)))
    backstage(plan_terms)(*terms)
    backstage(no_school)(date(2026, 7, 18), date(2026, 8, 25))
    assert offered_on(browser, date.fromisoformat(day)) is is_offered


@pytest.mark.parametrize(
    ("day", "year", "number", "is_ending"),
    [
        ("2026-04-01", 2026, 1, False), ("2026-06-29", 2026, 1, False),
        ("2026-06-30", 2026, 1, True), ("2026-07-20", 2026, 1, True),
        ("2026-08-31", 2026, 1, True), ("2026-09-01", 2026, 2, False),
        ("2026-12-03", 2026, 2, False), ("2026-12-04", 2026, 2, True),
        ("2026-12-31", 2026, 2, True), ("2027-01-01", 2026, 3, False),
        ("2027-03-03", 2026, 3, False), ("2027-03-04", 2026, 3, True),
        ("2027-03-31", 2026, 3, True),
    ],
)  # fmt: skip
def test_a_school_without_a_calendar_has_the_usual_terms(day, year, number, is_ending):
    on = date.fromisoformat(day)
    found = terms.term_of(on)
    assert (found.year, found.number) == (year, number)
    assert terms.is_ending(on, found, Calendar()) is is_ending
    assert found.read_until.isoformat() == f"{year + 2}-03-31"


def test_a_term_without_a_school_day_ends_with_its_last_day():
    term = terms.Term(2026, 2, date(2026, 9, 1), date(2026, 10, 1), is_planned=True)
    never = Calendar({date(2026, 9, n): DayKind.CLOSED for n in range(1, 31)})
    assert terms.is_ending(date(2026, 9, 10), term, never)
    assert not terms.is_ending(date(2026, 9, 9), term, never)


HALVES = (
    Term("前期", date(2026, 4, 1), date(2026, 10, 13)),
    Term("後期", date(2026, 10, 13), date(2027, 4, 1)),
)


@pytest.mark.parametrize(
    ("day", "number"), [("2026-07-20", 1), ("2026-10-12", 1), ("2026-10-13", 2), ("2027-03-31", 2)]
)
def test_a_school_with_two_terms_has_two_letters(day, number):
    assert terms.term_of(date.fromisoformat(day), HALVES).number == number
