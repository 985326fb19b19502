"""The reading desk as a teacher's browser gets it, without a script."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.reflection.models import Reflection, TeacherFeedback
from aarportal.people.accounts.models import Account
from tests import classroom
from tests.cast import AOI, BEN, CHIBA, CLASS_1_1, CLASS_4_2, DOI, HANA, SCIENCE_4_2
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell

MAX_QUERIES = 12
AOIS = Told(text="図を かいたら できた", rating=2, minutes_ago=20, items=5, correct=4, records=5)
BENS = Told(BEN, text="まだ むずかしい", rating=0, minutes_ago=10)


@pytest.fixture(autouse=True)
def afternoon(app):
    set_clock(MOMENT + timedelta(hours=5))


@pytest.fixture
def given(app):
    def act(*laps):
        with app.app_context():
            tell(*laps)

    return act


@pytest.fixture
def rows(app):
    def act(model):
        with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return list(scope.session.scalars(select(model)))

    return act


def form_of(page):
    """Where the page's form leads, and what it sends untouched."""
    form = page.one("form.reply")
    return form["action"], {it["name"]: it["value"] for it in form.select("input[type=hidden]")}


def shown(page):
    return page.one(".read h2").get_text(strip=True)


def test_the_card_leads_from_the_goal_to_the_next_step(browser, given):
    given(
        replace(
            AOIS, next_what="time", next_words="あさに する", planned=5, strategies=("picture",)
        )
    )
    page = browser(CHIBA).get("/reading")
    steps = [step.get_text(" ", strip=True) for step in page.html.select(".aar > li")]
    for step, words in zip(
        steps,
        ("ひっ算を まちがえずに する", "4問", "図を かいたら できた", "あさに する"),
        strict=True,
    ):
        assert words in step
    assert "髙﨑" in shown(page)


def test_five_stamps_say_what_was_noticed_and_none_is_chosen(browser, given):
    given(AOIS)
    page = browser(CHIBA).get("/reading")
    stamps = page.html.select("[data-key-stamps] input[type=radio]")
    assert [it["value"] for it in stamps] == ["read", "task", "process", "regulation", "question"]
    assert not [it for it in stamps if it.has_attr("checked")]


def test_an_answer_goes_on_to_the_next_and_ends_calmly(browser, given, rows):
    given(AOIS, BENS)
    desk = browser(CHIBA)
    page = desk.get("/reading")
    assert "髙﨑" in shown(page)
    url, hidden = form_of(page)
    page = desk.follow(desk.post(url, {**hidden, "kind": "process", "text": " 図が きいたね "}))
    assert "𠮷田" in shown(page)
    url, hidden = form_of(page)
    page = desk.follow(desk.post(url, {**hidden, "kind": "question"}))
    assert page.says("ぜんぶ 読みました。")
    assert page.says("2件中 2件 読みました")
    assert not page.html.select("form.reply")
    given_answers = {
        it.student_id: (it.kind, it.text, it.teacher_id) for it in rows(TeacherFeedback)
    }
    assert given_answers == {
        AOI.id: ("process", "図が きいたね", CHIBA.id), BEN.id: ("question", "", CHIBA.id),
    }  # fmt: skip
    assert {it.state for it in rows(Reflection)} == {"responded"}
    assert [it.student_id for it in rows(AuditEntry) if it.verb == "feedback:given"] == [
        AOI.id,
        BEN.id,
    ]


def test_what_was_passed_over_comes_back_at_the_end(browser, given):
    given(AOIS, BENS)
    desk = browser(CHIBA)
    page = desk.get("/reading")
    page = desk.get(page.one("[data-key-next]")["href"])
    assert "𠮷田" in shown(page)
    assert page.one("[data-key-prev]")
    url, hidden = form_of(page)
    page = desk.follow(desk.post(url, {**hidden, "kind": "read"}))
    assert "髙﨑" in shown(page)


def test_words_without_a_stamp_mean_i_read_it(browser, given, rows):
    given(AOIS)
    desk = browser(CHIBA)
    url, hidden = form_of(desk.get("/reading"))
    desk.post(url, {**hidden, "text": "つぎは？"})
    assert [(it.kind, it.text) for it in rows(TeacherFeedback)] == [("read", "つぎは？")]


def test_read_alone_sends_nothing_to_the_pupil(browser, given, rows):
    given(AOIS)
    desk = browser(CHIBA)
    page = desk.get("/reading")
    read = page.one("[data-key-read]")
    _, hidden = form_of(page)
    page = desk.follow(desk.post(read["formaction"], hidden))
    assert page.says("ぜんぶ 読みました。")
    assert rows(TeacherFeedback) == []
    assert [it.state for it in rows(Reflection)] == ["read"]


def test_the_pupil_finds_the_answer(browser, given):
    given(AOIS)
    desk = browser(CHIBA)
    url, hidden = form_of(desk.get("/reading"))
    desk.post(url, {**hidden, "kind": "process", "text": "図が きいたね"})
    assert browser(AOI).get("/").says("図が きいたね")


def test_the_same_form_twice_is_one_answer(browser, given, rows):
    given(AOIS, BENS)
    desk = browser(CHIBA)
    url, hidden = form_of(desk.get("/reading"))
    first = desk.post(url, {**hidden, "kind": "task"})
    again = desk.post(url, {**hidden, "kind": "task"})
    assert first.location == again.location
    assert len(rows(TeacherFeedback)) == 1


BAD = [
    pytest.param({"text": "あ" * 121}, "120字まで", id="too long"),
    pytest.param({"kind": "good_child", "text": "のこる ことば"}, "えらんで", id="no such stamp"),
]


@pytest.mark.parametrize(("fields", "message"), BAD)
def test_bad_input_is_explained_and_nothing_is_lost(browser, given, rows, fields, message):
    given(AOIS, BENS)
    desk = browser(CHIBA)
    url, hidden = form_of(desk.get("/reading"))
    page = desk.post(url, {**hidden, "kind": "task", **fields})
    assert page.status == 422
    assert message in page.one(".errors").text
    assert page.one("textarea").text.strip() == fields["text"]
    assert "髙﨑" in shown(page)
    for link in page.html.select(".errors a"):
        assert page.one(link["href"])
    assert rows(TeacherFeedback) == []


def test_120_letters_fit_even_with_a_line_break(browser, given, rows):
    given(AOIS)
    desk = browser(CHIBA)
    url, hidden = form_of(desk.get("/reading"))
    assert desk.post(url, {**hidden, "text": "あ" * 59 + "\r\n" + "い" * 60}).status == 303
    assert len(rows(TeacherFeedback)[0].text) == 120


def test_an_old_token_changes_nothing(browser, given, rows):
    given(AOIS)
    desk = browser(CHIBA)
    url, _ = form_of(desk.get("/reading"))
    answer = desk.client.post(url, data={"kind": "task", "csrf_token": "old"})
    assert answer.status_code == 400
    assert rows(TeacherFeedback) == []


@pytest.mark.parametrize("path", ["", "/read"])
def test_a_strangers_reflection_is_not_found(browser, given, rows, path):
    hanas = Told(HANA, class_id=CLASS_1_1, unit_id=None, text="はなの ことば")
    given(hanas)
    page = browser(CHIBA).post(f"/reading/{hanas.reflection_id}{path}", {"kind": "task"})
    assert page.status == 404
    assert [it.state for it in rows(Reflection)] == ["submitted"]
    assert not browser(CHIBA).get(f"/reading?at={hanas.reflection_id}").says("はなの ことば")


@pytest.mark.parametrize("class_id", ["x", str(CLASS_1_1), str(SCIENCE_4_2)])
def test_somebody_elses_desk_is_not_found(browser, class_id):
    assert browser(CHIBA).get(f"/reading?class_id={class_id}").status == 404


def test_a_pupil_has_no_desk(browser):
    assert browser(AOI).get("/reading").status == 403


def test_a_subject_teacher_reads_and_stays_at_the_own_desk(browser, given):
    given(AOIS, BENS)
    desk = browser(DOI)
    url, hidden = form_of(desk.get("/reading"))
    page = desk.follow(desk.post(url, {**hidden, "kind": "task"}))
    assert page.status == 200
    assert "𠮷田" in shown(page)


@pytest.mark.parametrize("at", ["x", "00000000-0000-0000-0000-000000000001"])
def test_a_strange_place_shows_the_first_to_read(browser, given, at):
    given(AOIS)
    assert "髙﨑" in shown(browser(CHIBA).get(f"/reading?at={at}"))


def test_the_differences_are_fields_and_counts(browser, given):
    given(
        Told(days_ago=1, text="きのう", rating=0, items=3, records=3, read_days_ago=0),
        replace(AOIS, next_what="time", strategies=("picture",)),
    )
    words = browser(CHIBA).get("/reading").one(".compare").get_text(" ", strip=True)
    for expected in ("きのう", "問題数：3 → 5", "なし → あり"):
        assert expected in words
    assert "字" not in words.replace("字で", ""), "nobody counts letters"


def test_the_list_says_who_called_and_whose_turn_it_is(browser, given):
    given(replace(AOIS, mid="ask"), BENS)
    items = [
        it.get_text(" ", strip=True) for it in browser(CHIBA).get("/reading").html.select(".qitem")
    ]
    assert "相談したい" in items[0]
    assert "きょう ひとこと" in items[1]


def test_the_page_is_there_in_english(browser, app, given):
    given(AOIS)
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.scalar(select(Account).where(Account.user_id == CHIBA.id)).language = "en"
        audit.record(scope, "test:read", CHIBA.id)
    page = browser(CHIBA).get("/reading")
    assert page.says("0 of 1 read")
    assert page.says("Answer and next")


def test_the_desk_of_forty_costs_few_queries(browser, app, queries):
    with app.app_context():
        with unit_of_work(SystemScope("test")) as scope:
            members = classroom.fill(scope)
        tell(
            *[
                Told(member, days_ago=d, rating=1, text="ことば")
                for member in members
                for d in (0, 1)
            ]
        )
    desk = browser(CHIBA)
    for url in ("/reading", f"/reading?class_id={CLASS_4_2}&student={members[-1].id}"):
        with queries() as seen:
            page = desk.get(url)
        assert page.status == 200
        assert len(seen) <= MAX_QUERIES, seen
