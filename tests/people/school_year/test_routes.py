"""The office plans a school year in a browser."""

from datetime import date

import pytest

from aarportal.people.school_year import years
from tests.cast import AOI, CHIBA, CLASS_1_1, CLASS_4_2, OKA, SATO, SCIENCE_4_2
from tests.people.school_year.pages_of_a_year import TABLES, fields_of, pressed, uploaded

DAYS, TERMS, OPENING = "/school-year/days", "/school-year/terms", "/school-year/opening"
TIMES, WEEKS = "/school-year/lesson-times", "/school-year/timetables"
CALENDAR = "日付,区分,行事名\n4/7,行事,入学式\n7/21～8/25,休業日,夏季休業\n2/30,行事,ない日\n"
SCIENCE_HREF = f"{WEEKS}/{SCIENCE_4_2}"
LESSONS = "年組,校時,月,火\n4-2,1,国語,算数\n1-1,1,生活,\n"
PAGES = ["/school-year", DAYS, TERMS, OPENING, TIMES, f"{TIMES}/new", WEEKS,
         f"{WEEKS}/{CLASS_4_2}", TABLES, f"{TABLES}/new"]  # fmt: skip
LONG = (
    "秋季大運動会と開校百五十周年をお祝いする地域の皆さまとの集い（雨天のときは翌日にのばします）"
)
MOST_QUERIES = 12


def day(first, last="", kind="closed", title="", **more):
    return {"first_on": first, "last_on": last, "kind": kind, "title": title, "bells": "", **more}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda it: it.name)
def test_only_the_office_plans_the_year(browser, member, page):
    assert browser(member).get(page).status == 403


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_before_anything_is_said(browser, queries, page, language):
    me = browser(OKA)
    me.post("/letters", {"script": "all", "text_size": "l", "font": "ud", "language": language})
    with queries() as seen:
        found = me.get(page)
    assert found.status == 200
    assert len(seen) <= MOST_QUERIES
    assert found.html.html["lang"].startswith(language)


def test_a_year_has_twelve_months_and_every_day_leads_to_its_form(browser):
    page = browser(OKA).get("/school-year?year=2026")
    assert len(page.html.select("section.month")) == 12
    assert page.one("#m2027-03 h2").get_text().startswith("2027年3月")
    links = [it["href"] for it in page.html.select("section.month td a")]
    assert links == [f"{DAYS}?on={it}" for it in years.days(date(2026, 4, 1), date(2027, 3, 31))]


@pytest.mark.parametrize("year", ["1999", "2100", "abcd", "２０２６", "", "20260"])
def test_a_year_that_is_none_is_the_present_one(browser, year):
    me = browser(OKA)
    shown = me.get(f"/school-year?year={year}").one("main h1").get_text()
    assert shown == me.get("/school-year").one("main h1").get_text()


def test_a_day_gets_a_long_name_and_is_shown_with_it(browser):
    me = browser(OKA)
    answer = me.post(DAYS, day("2026-10-10", kind="event", title=LONG))
    assert answer.location.endswith("/school-year?year=2026#m2026-10")
    page = me.follow(answer)
    link = page.one(f'a[href="{DAYS}?on=2026-10-10"]')
    assert (link["data-kind"], link["title"]) == ("event", LONG)
    assert link["aria-label"] == f"10月10日（土） 行事 {LONG}"
    assert page.one("#m2026-10 li").get_text(" ", strip=True).endswith(LONG)
    form = me.get(link["href"])
    assert fields_of(form, DAYS)["title"] == LONG
    assert form.one("select#kind option[selected]")["value"] == "event"


def test_long_holidays_are_one_form(browser):
    me = browser(OKA)
    page = me.follow(me.post(DAYS, day("2026-07-21", "2026-08-25", title="夏季休業")))
    assert page.says("授業日 14日")
    assert len(page.html.select('#m2026-08 a[data-kind="closed"]')) == 25
    assert len(page.html.select("#m2026-07 li")) == 1


def test_an_ordinary_day_with_a_name_stays_ordinary_in_its_form(browser):
    me = browser(OKA)
    me.post(DAYS, day("2026-04-08", kind="usual", title="授業参観"))
    form = me.get(f"{DAYS}?on=2026-04-08")
    assert form.one("select#kind option[selected]")["value"] == "usual"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"last_on": "2026-04-01"}, "last_on"),
        ({"first_on": ""}, "first_on"),
        ({"first_on": "2026-02-30"}, "first_on"),
        ({"kind": "holiday"}, "kind"),
        ({"title": "あ" * 61}, "title"),
        ({"bells": "00"}, "bells"),
        ({"first_on": "1826-04-08", "last_on": ""}, "first_on"),
    ],
)
def test_a_day_that_cannot_be_taken_is_said_and_what_was_typed_stays(browser, changed, field):
    me = browser(OKA)
    sent = {**day("2026-04-08", "2026-04-09", title="始業式"), **changed}
    page = me.post(DAYS, sent)
    assert page.status == 422
    link = page.one("[data-errors] a")
    assert link["href"] == f"#{field}"
    if field != "title":
        assert fields_of(page, DAYS)["title"] == "始業式"
    assert not me.get("/school-year?year=2026").html.select("section.month a[data-kind]")


def test_terms_are_proposed_then_kept_then_two(browser):
    me = browser(OKA)
    page = me.get(f"{TERMS}?year=2026")
    assert page.says("これは案です。")
    sent = {**fields_of(page, TERMS), "starts_on_1": "2026-08-26"}
    shown = me.follow(me.post(TERMS, sent))
    assert shown.says("2学期")
    page = me.get(f"{TERMS}?year=2026")
    assert not page.says("これは案です。")
    assert fields_of(page, TERMS)["starts_on_1"] == "2026-08-26"
    two = me.get(f"{TERMS}?year=2026&count=2")
    assert fields_of(two, TERMS)["title_1"] == "後期"
    assert me.post(TERMS, fields_of(two, TERMS)).status == 303
    assert fields_of(me.get(f"{TERMS}?year=2026"), TERMS)["title_2"] == ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"starts_on_1": "2027-04-01"}, "starts_on_1"),
        ({"starts_on_2": "2026-08-01"}, "starts_on_2"),
        ({"starts_on_2": ""}, "starts_on_2"),
        ({"title_2": ""}, "title_2"),
        ({"title_0": ""}, "title_0"),
    ],
)
def test_terms_in_disorder_are_said(browser, changed, field):
    me = browser(OKA)
    sent = {**fields_of(me.get(f"{TERMS}?year=2026"), TERMS), **changed}
    page = me.post(TERMS, sent)
    assert page.status == 422
    assert page.one("[data-errors] a")["href"] == f"#{field}"


def test_what_is_ticked_of_a_proposal_is_taken(browser):
    me = browser(OKA)
    page = me.get(f"{OPENING}?year=2026")
    ticks = [it["value"] for it in page.html.select("input[name=spans]")]
    assert "2026-11-23" in ticks
    assert all(it.has_attr("checked") for it in page.html.select("input[name=spans]"))
    answer = me.post(OPENING, {"year": "2026", "spans": ["2026-11-23", "2026-11-24", "x"]})
    page = me.follow(answer)
    assert [it["title"] for it in page.html.select("section.month a[data-kind]")] == [
        "勤労感謝の日"
    ]
    left = me.get(f"{OPENING}?year=2026")
    assert len(left.html.select("input[name=spans]")) == len(ticks) - 1


def test_a_calendar_comes_from_a_table_and_goes_again(browser):
    me = browser(OKA)
    page = me.follow(uploaded(me, CALENDAR))
    assert page.says("1行に問題があります。")
    assert page.says("4 行目 日付 「2/30」という日はありません。")
    refused = pressed(me, page, "/take")
    assert refused.status == 422
    assert not me.get("/school-year?year=2026").html.select("section.month a[data-kind]")
    taken = me.follow(pressed(me, refused, "/take", without_problems="y"))
    assert len(me.get("/school-year?year=2026").html.select("section.month a[data-kind]")) == 37
    assert me.get(TABLES).says("取り込みました")
    me.follow(pressed(me, taken, "/undo"))
    assert not me.get("/school-year?year=2026").html.select("section.month a[data-kind]")


def test_a_difference_that_is_not_true_any_more_is_not_taken(browser):
    me = browser(OKA)
    page = me.follow(uploaded(me, CALENDAR.rsplit("\n", 2)[0]))
    me.post(DAYS, day("2026-04-07", title="臨時休業"))
    again = pressed(me, page, "/take")
    assert again.status == 422
    assert again.says("その間に予定が変わりました。")
    assert pressed(me, again, "/take").status == 303


def test_columns_with_other_names_are_asked_for(browser):
    me = browser(OKA)
    page = me.follow(me.follow(uploaded(me, "いつ,なに\n4/7,入学式\n")))
    assert page.response.request.path.endswith("/columns")
    assert pressed(me, page, "/columns").status == 422
    shown = me.follow(pressed(me, page, "/columns", date="0", title="1"))
    assert shown.says("入学式")
    me.follow(pressed(me, shown, "/drop"))
    assert me.get(TABLES).says("まだ何も取り込んでいません。")


@pytest.mark.parametrize(
    ("text", "fields", "field"),
    [
        (b"PK\x03\x04 xl/", {}, "file"),
        ("", {}, "file"),
        (CALENDAR, {"year": "26"}, "year"),
        (LESSONS, {"kind": "timetable", "starts_on": ""}, "starts_on"),
        (LESSONS, {"kind": "timetable", "starts_on": "1826-01-01"}, "starts_on"),
    ],
)
def test_a_file_that_cannot_be_taken_is_said(browser, text, fields, field):
    me = browser(OKA)
    page = uploaded(me, text, **fields)
    assert page.status == 422
    assert page.one("[data-errors] a")["href"] == f"#{field}"


@pytest.mark.parametrize("path", ["", "/columns", "/take", "/undo", "/drop"])
def test_the_table_of_another_school_is_not_there(browser, path):
    page = browser(OKA).follow(uploaded(browser(OKA), CALENDAR))
    address = page.response.request.path
    other = browser(SATO)
    found = other.get(address + path) if path in {"", "/columns"} else other.post(address + path)
    assert found.status == 404


def test_a_calendar_is_fetched_as_a_table(browser):
    me = browser(OKA)
    me.post(DAYS, day("2026-04-08", kind="event", title='始業式, "体育館"'))
    page = me.get("/school-year/calendar.csv?year=2026")
    assert page.response.mimetype == "text/csv"
    assert page.response.headers["Content-Disposition"].endswith('"calendar_2026.csv"')
    assert page.response.data.decode("utf-8-sig").splitlines() == [
        "日付,区分,行事名,日課", '2026-04-08,行事,"始業式, ""体育館""",',
    ]  # fmt: skip


# --- lesson times and timetables ----------------------------------------------------------------


def test_lesson_times_are_said_used_and_forgotten(browser):
    me = browser(OKA)
    sheet = me.get(f"{TIMES}/new")
    page = me.follow(me.post(TIMES, {**fields_of(sheet, TIMES), "minutes_6": "４０"}))
    assert page.says("14:40–15:20")
    address = page.one("main h2 a")["href"]
    bells = address.rpartition("/")[2].replace("-", "")
    me.post(DAYS, day("2026-04-08", kind="usual", title="短縮", bells=bells))
    sheet = me.get(address)
    kept = me.follow(pressed(me, sheet, "/remove"))
    assert kept.says("この日課を使う日が年間予定にあります。")
    me.post(DAYS, day("2026-04-08", kind="usual"))
    sheet = me.get(address)
    assert me.follow(pressed(me, sheet, "/remove")).says("日課を消しました。")


def test_further_lesson_times_begin_with_the_usual_ones(browser):
    me = browser(OKA)
    me.post(TIMES, {**fields_of(me.get(f"{TIMES}/new"), TIMES), "starts_at_1": "08:20"})
    further = fields_of(me.get(f"{TIMES}/new"), TIMES)
    assert (further["title"], further["use"]) == ("", "chosen")
    assert (further["starts_at_1"], further["minutes_1"]) == ("08:20", "45")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"starts_at_2": "09:00"}, "starts_at_2"),
        ({"starts_at_2": ""}, "starts_at_3"),
        ({"minutes_1": "0"}, "minutes_1"),
        ({"minutes_1": ""}, "minutes_1"),
        ({"use": "weekdays"}, "weekdays"),
        ({"title": ""}, "title"),
    ],
)
def test_lesson_times_that_cannot_be_are_said(browser, changed, field):
    me = browser(OKA)
    page = me.post(TIMES, {**fields_of(me.get(f"{TIMES}/new"), TIMES), **changed})
    assert page.status == 422
    assert page.one("[data-errors] a")["href"] == f"#{field}"


def week(page) -> dict[str, str]:
    return {
        it["name"]: it.select_one("[selected]")["value"]
        for it in page.html.select("table select")
        if it.select_one("[selected]") and it.select_one("[selected]")["value"]
    }


def test_a_week_is_filled_in_and_copied_to_another_class(browser):
    me = browser(OKA)
    page = me.get(f"{WEEKS}/{CLASS_4_2}?on=2026-04-08&teachers=1")
    sent = {"starts_on": "2026-04-01", "subject_1_1": "sansu", "teacher_1_1": CHIBA.id.hex,
            "subject_5_6": "tokkatsu"}  # fmt: skip
    action = page.one("form:has(table)")["action"]
    shown = me.follow(me.post(action, {**fields_of(page, action), **sent}))
    assert week(shown) == {"subject_1_1": "sansu", "subject_5_6": "tokkatsu"}
    copy = me.get(f"{WEEKS}/{CLASS_1_1}?on=2026-04-08&copy={CLASS_4_2}")
    assert week(copy) == week(shown)
    assert me.get(f"{WEEKS}?on=2026-04-08").says("2026年4月1日")
    table = me.get("/school-year/timetables.csv?on=2026-04-08").response.data.decode("utf-8-sig")
    assert table.splitlines()[1:] == ["4年2組,月,1,算数,千葉 さくら", "4年2組,金,6,特別活動,"]


def test_teachers_that_are_not_shown_stay(browser):
    me = browser(OKA)
    url = f"{WEEKS}/{CLASS_4_2}?on=2026-04-08"
    page = me.get(f"{url}&teachers=1")
    action = page.one("form:has(table)")["action"]
    first = {"starts_on": "2026-04-01", "subject_1_1": "sansu", "teacher_1_1": CHIBA.id.hex}
    me.post(action, {**fields_of(page, action), **first})
    page = me.get(url)
    action = page.one("form:has(table)")["action"]
    assert me.post(action, {**fields_of(page, action), "subject_2_1": "rika"}).status == 303
    assert week(me.get(f"{url}&teachers=1")) == {**{k: v for k, v in first.items() if "_1_1" in k},
                                                 "subject_2_1": "rika"}  # fmt: skip


def test_a_timetable_changes_in_october_and_the_change_can_go(browser):
    me = browser(OKA)
    url = f"{WEEKS}/{CLASS_4_2}"
    page = me.get(f"{url}?on=2026-04-08")
    action = page.one("form:has(table)")["action"]
    sent = fields_of(page, action)
    me.post(action, {**sent, "starts_on": "2026-04-01", "subject_1_1": "sansu"})
    later = {"starts_on": "2026-10-01", "subject_1_1": "rika", "idem": "in October"}
    me.post(action, {**sent, **later})
    assert week(me.get(f"{url}?on=2026-09-30")) == {"subject_1_1": "sansu"}
    page = me.get(f"{url}?on=2026-10-01")
    assert week(page) == {"subject_1_1": "rika"}
    assert len(page.html.select(".page-head nav a")) == 2
    me.follow(pressed(me, page, "/remove"))
    assert week(me.get(f"{url}?on=2026-10-01")) == {"subject_1_1": "sansu"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"starts_on": ""}, "starts_on"),
        ({"subject_1_1": "cooking"}, "subject_1_1"),
        ({"teacher_1_1": AOI.id.hex, "subject_1_1": "rika"}, "teacher_1_1"),
    ],
)
def test_a_week_that_cannot_be_is_said_and_stays_as_it_was_typed(browser, sent, field):
    me = browser(OKA)
    action = f"{WEEKS}/{CLASS_4_2}?on=2026-04-08&teachers=1"
    whole = fields_of(me.get(action), action)
    page = me.post(action, {**whole, "subject_2_2": "rika", **sent})
    assert page.status == 422
    assert page.one("[data-errors] a")["href"] == f"#{field}"
    assert week(page)["subject_2_2"] == "rika"


def test_timetables_come_from_a_table(browser):
    me = browser(OKA)
    page = me.follow(uploaded(me, LESSONS, kind="timetable", starts_on="2026-04-01"))
    assert page.says("すべての行を取り込めます。")
    assert page.says("4年2組 2コマ")
    me.follow(pressed(me, page, "/take"))
    assert week(me.get(f"{WEEKS}/{CLASS_4_2}?on=2026-04-08")) == {
        "subject_1_1": "kokugo", "subject_2_1": "sansu",
    }  # fmt: skip


def test_a_class_of_a_subject_has_a_timetable_of_its_own(browser):
    me = browser(OKA)
    page = me.get(f"{WEEKS}?on=2026-11-20")
    assert SCIENCE_HREF in {a["href"].split("?")[0] for a in page.html.select("details table a")}
    assert SCIENCE_HREF not in {
        a["href"].split("?")[0] for a in page.html.select("table a") if not a.find_parent("details")
    }
    whole = fields_of(me.get(f"{SCIENCE_HREF}?on=2026-11-20"), f"{SCIENCE_HREF}?on=2026-11-20")
    me.post(f"{SCIENCE_HREF}?on=2026-11-20", {**whole, "subject_2_2": "rika"})
    assert week(me.get(f"{SCIENCE_HREF}?on=2026-11-20")) == {"subject_2_2": "rika"}
