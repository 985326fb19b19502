"""The class page and the wall, as a teacher's browser gets them."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.locks.models import PupilLock
from aarportal.people.accounts.models import Account
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.roster.models import Enrollment
from tests import classroom
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    DOI,
    GEN,
    GOTO,
    HANA,
    MORI,
    OKA,
    SCIENCE_4_2,
)
from tests.insight.teaching.lessons import Told, set_clock, tell

MAX_QUERIES = 12
CLASS = f"/class/{CLASS_4_2}"
WALL = f"{CLASS}/projection"


@pytest.fixture(autouse=True)
def lesson(app):
    set_clock()


@pytest.fixture
def given(app):
    """Rows from behind the pages."""

    def act(*laps):
        with app.app_context():
            tell(*laps)

    return act


@pytest.fixture
def forty(app):
    """Forty pupils in class 4-2, in every state there is."""
    with app.app_context():
        with unit_of_work(SystemScope("test")) as scope:
            members = classroom.fill(scope)
        told = []
        for n, member in enumerate((AOI, BEN, *members)):
            told += [Told(member, days_ago=d, rating=(n + d) % 4, met=False, text="きのう",
                          next_what="time") for d in (1, 2, 3)]  # fmt: skip
            told.append(
                [
                    Told(member), Told(member, records=2, mid="ask"),
                    Told(member, goal=None, records=1),
                    Told(member, text="できた", rating=3), Told(member, state="reflecting"),
                ][n % 5]
            )  # fmt: skip
        tell(*told)
    return [AOI, BEN, *members]


@contextmanager
def rows(app, model):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        yield scope.session.scalars(select(model)).all()


def polled(page):
    """What the part that polls sends along."""
    (part,) = page.html.select("#class-now, #wall")
    return {
        "HX-Request": "true", "HX-Target": part["id"],
        "If-None-Match": re.search(r'\\"(\w+)\\"', part["hx-headers"]).group(0).replace("\\", ""),
    }  # fmt: skip


def test_the_first_class_of_a_teacher_is_the_homeroom(browser):
    desk = browser(CHIBA)
    page = desk.follow(desk.get("/class"))
    assert page.one("h1").get_text(strip=True) == "4年2組"


def test_the_class_is_at_a_glance(browser, given):
    given(Told(mid="ask", records=2), Told(BEN, text="できた", rating=3))
    page = browser(CHIBA).get(CLASS)
    assert [card.select_one(".num").text for card in page.html.select(".pupil")] == ["1", "2"]
    assert [it.text for it in page.html.select(".kpi .num")] == ["2", "1", "1", "1"]
    asks = page.one(".pupil[data-sig=talk]")
    assert "髙﨑" in asks.text
    assert "相談したい" in asks.text
    assert asks.select_one("[role=img]")["aria-label"].startswith("めあて記入")


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("all", ["髙﨑", "𠮷田"]),
        ("signals", ["髙﨑"]),
        ("waiting", ["髙﨑"]),
        ("other", ["髙﨑", "𠮷田"]),
    ],
)
def test_filters_are_links(browser, given, show, names):
    given(Told(mid="stuck"), Told(BEN, text="できた", rating=3))
    page = browser(CHIBA).get(f"{CLASS}?show={show}")
    assert [it.text.split()[1] for it in page.html.select(".pupil-name")] == names


def test_nobody_in_a_filter_is_said_calmly(browser, given):
    given(Told())
    page = browser(CHIBA).get(f"{CLASS}?show=signals")
    assert page.html.select(".empty")
    assert not page.html.select(".pupil")


def test_the_panel_tells_the_facts_of_the_chosen_pupil(browser, given):
    given(
        Told(days_ago=1, text="ひき算で まよった", rating=1, next_what="method",
             next_words="picture", answers=[("process", "図がきいたね", 0)], records=5, items=5,
             correct=3),
        Told(BEN, text="べんの ことば"),
    )  # fmt: skip
    side = browser(CHIBA).get(f"{CLASS}?student={AOI.id}").one("#side")
    for words in ("髙﨑", "ひき算で まよった", "図がきいたね", "3問"):
        assert words in side.text
    assert "べんの ことば" not in side.text
    read = side.select_one(f'a[href*="student={AOI.id}"]')
    assert read["href"].startswith("/reading?")


def test_without_a_choice_the_first_signal_is_shown_with_its_rule(browser, given):
    given(Told(BEN, mid="stuck"))
    side = browser(CHIBA).get(CLASS).one("#side")
    assert "𠮷田" in side.text
    assert "本人が今日「こまった」を押しました。" in side.text


@pytest.mark.parametrize("student", ["x", "00000000-0000-0000-0000-000000000001", str(HANA.id)])
def test_a_strange_choice_shows_nobody_elses_facts(browser, given, student):
    given(Told(HANA, class_id=CLASS_1_1, unit_id=None, text="ひみつ"))
    page = browser(CHIBA).get(f"{CLASS}?student={student}")
    assert page.status == 200
    assert not page.says("ひみつ")


def test_a_tap_draws_only_the_part(browser, given):
    given(Told())
    desk = browser(CHIBA)
    page = desk.get(CLASS)
    card = page.one(f"#pupil-{AOI.id}")
    assert card["href"] == card["hx-get"] + "#side"
    part = desk.get(card["hx-get"], headers={"HX-Request": "true", "HX-Target": "class-now"})
    assert "<html" not in part.text
    assert part.one(f"#pupil-{AOI.id}[aria-current=true]")
    assert "髙﨑" in part.one("#side h2").text


@pytest.mark.parametrize("url", [CLASS, f"{CLASS}?show=waiting&student={AOI.id}", WALL])
def test_asked_again_with_nothing_changed_it_costs_one_question(browser, given, queries, url):
    given(Told())
    desk = browser(CHIBA)
    page = desk.get(url)
    with queries() as sign_in:
        desk.get("/letters")
    with queries() as seen:
        again = desk.client.get(url, headers=polled(page))
    assert (again.status_code, again.get_data()) == (304, b"")
    assert len(seen) <= len(sign_in) + 1


def test_asked_again_after_a_change_it_answers_with_the_part(browser, given):
    given(Told())
    desk = browser(CHIBA)
    page = desk.get(CLASS)
    given(Told(BEN, minutes_ago=0))
    again = desk.get(CLASS, headers=polled(page))
    assert again.status == 200
    assert again.html.select(".kpi .num")[0].text == "2"
    assert desk.client.get(CLASS, headers=polled(again)).status_code == 304


def test_another_language_is_another_version(browser, app, given):
    given(Told())
    desk = browser(CHIBA)
    page = desk.get(CLASS)
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        account = scope.session.scalar(select(Account).where(Account.user_id == CHIBA.id))
        account.language = "en"
        audit.record(scope, "test:read", CHIBA.id)
    again = desk.get(CLASS, headers=polled(page))
    assert again.status == 200
    assert again.says("goal set")


def test_who_is_absent_is_grey_and_leaves_the_numbers(browser, app, given):
    given(Told(mid="stuck"), Told(BEN))
    desk = browser(CHIBA)
    url = f"{CLASS}/students/{AOI.id}/attendance?show=all"
    page = desk.follow(desk.post(url, {"absent": "1"}))
    card = page.one(f"#pupil-{AOI.id}")
    assert card.has_attr("data-absent")
    assert "欠席" in card.text
    assert not card.select(".miniring, .sig")
    assert [it.text for it in page.html.select(".kpi .num")] == ["1", "0", "0", "0"]
    with rows(app, AuditEntry) as entries:
        assert [it.student_id for it in entries if it.verb == "attendance:marked"] == [AOI.id]
    page = desk.follow(desk.post(url, {"absent": "0"}))
    assert not page.html.select("[data-absent]")
    with rows(app, AbsentDay) as left:
        assert not left


@pytest.mark.parametrize("student", [HANA, GEN, CHIBA], ids=lambda m: m.name)
def test_only_a_pupil_of_the_class_can_be_absent_from_it(browser, app, student):
    page = browser(CHIBA).post(f"{CLASS}/students/{student.id}/attendance", {"absent": "1"})
    assert page.status == 404
    with rows(app, AbsentDay) as left:
        assert not left


@pytest.mark.parametrize(
    ("member", "class_id"),
    [(CHIBA, CLASS_1_1), (CHIBA, CLASS_J2_1), (DOI, CLASS_4_2), (MORI, CLASS_4_2)],
    ids=["another class", "another school", "homeroom of a subject", "from another school"],
)
@pytest.mark.parametrize("path", ["", "/projection"])
def test_somebody_elses_class_is_not_found(browser, member, class_id, path):
    assert browser(member).get(f"/class/{class_id}{path}").status == 404


def test_a_pupil_cannot_open_the_class(browser):
    assert browser(AOI).get(CLASS).status == 403


def test_cards_are_offered_to_whom_they_open(browser, everybody):
    link = f"a[href='/classes/{CLASS_4_2}/cards']"
    desk = browser(CHIBA)
    address = desk.get(CLASS).one(link)["href"]
    assert desk.get(address).status == 200
    lead = browser(GOTO)
    page = lead.get(CLASS)
    assert page.status == 200 and not page.html.select(link)
    assert lead.get(address).status == 404


@pytest.mark.parametrize(("member", "page"), [(CHIBA, CLASS), (OKA, "/sign-ins")])
def test_each_button_says_whom_it_lets_in(browser, app, member, page):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        now = clock.now()
        scope.session.add_all([
            PupilLock(school_id=each.school_id, student_id=each.id, locked_at=now,
                      ends_at=now + timedelta(hours=1))
            for each in (AOI, BEN)
        ])  # fmt: skip
        audit.record(scope, "test", "locks")
    shown = browser(member).get(page)
    names = [it["aria-label"] for it in shown.html.select("form[action$='/open'] button")]
    assert len(set(names)) == 2
    for each in (AOI, BEN):
        assert sum(each.family_name in name and "入れるように" in name for name in names) == 1


def test_a_subject_teacher_sees_the_class_of_the_subject(browser, given):
    given(Told(text="できた", rating=2))
    page = browser(DOI).get(f"/class/{SCIENCE_4_2}")
    assert [it.text for it in page.html.select(".kpi .num")][:3] == ["1", "1", "1"]


def test_the_wall_shows_counts_and_no_name(browser, app, forty):
    page = browser(CHIBA).get(WALL)
    for member in (*forty, CHIBA):
        assert member.family_name not in page.text
        assert member.given_name not in page.text
        assert str(member.id) not in page.text
    assert [it.text for it in page.html.select(".show-list .num")] == ["32", "16", "8"]
    assert not page.html.select(".sig, .pupil, .trend, nav")


@pytest.mark.parametrize("url", [CLASS, f"{CLASS}?student={AOI.id}", WALL, f"{CLASS}?show=waiting"])
def test_the_class_of_forty_costs_few_queries(browser, forty, queries, url):
    desk = browser(CHIBA)
    with queries() as first:
        desk.get(url)
    with queries() as seen:
        page = desk.get(url)
    assert page.status == 200
    assert len(seen) <= MAX_QUERIES, seen
    # That somebody looked is asked and written once in ten minutes.
    assert len(first) == len(seen) + 2


def test_forty_names_are_printed_whole(browser, forty):
    page = browser(CHIBA).get(CLASS)
    cards = page.html.select(".pupil")
    assert len(cards) == 40
    for member, card in zip(forty, cards, strict=True):
        assert f"{member.family_name}\u2009{member.given_name}" in card.text


def test_a_class_without_pupils_says_where_they_come_from(browser, app):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for seat in scope.session.scalars(select(Enrollment).where(Enrollment.role == "student")):
            scope.session.delete(seat)
        audit.record(scope, "test:emptied", CLASS_4_2)
    desk = browser(CHIBA)
    for url in (CLASS, WALL):
        assert desk.get(url).status == 200
    page = desk.get(CLASS)
    assert page.html.select(".empty")
    assert [it.text for it in page.html.select(".kpi .num")] == ["0", "0", "0", "0"]


def test_a_teacher_without_a_class_is_told_whom_to_ask(browser, app):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for seat in scope.session.scalars(select(Enrollment).where(Enrollment.user_id == CHIBA.id)):
            scope.session.delete(seat)
        audit.record(scope, "test:left", CHIBA.id)
    page = browser(CHIBA).get("/class")
    assert page.status == 200
    assert page.html.select(".empty")
