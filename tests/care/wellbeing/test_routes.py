"""How children are: whoever may sees it, wants to talk comes first, somebody takes note."""

from datetime import timedelta

import pytest

from aarportal.audit.models import AuditEntry
from aarportal.care.wellbeing.models import SeenObservation
from aarportal.core import clock
from tests.care import tables
from tests.care.people import GONE, NUMBERS, TWIN_A, TWIN_B, appoint, whole_school
from tests.care.tables import attendance, marked, table, taken
from tests.cast import AOI, BEN, CHIBA, DOI, HANA, HEAD, KEN, MORI, NURSE, OKA, SATO

OBSERVATION = "日付,時刻,学籍番号,気分,体温,相談したい,相談相手,内容,自由記述"
VISIT = "来室日,来室時刻,学籍番号,来室理由,症状,処置"
SECRETS = ("おなかがいたい", "頭痛", "インフルエンザ", "ひみつのことば")


def today(back=0):
    return clock.today() - timedelta(days=back)


def observed(
    member, *, back=0, at="8:30", mood="3", wants="いいえ", words="", with_whom="", about=""
):
    number = NUMBERS[member]
    return f"{today(back)},{at},{number},{mood},36.5,{wants},{with_whom},{about},{words}"


@pytest.fixture
def told(app):
    """Of Aoi something is known of every kind, of Ben that he wants to talk to somebody."""
    with app.app_context():
        appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)
        taken(
            table(
                OBSERVATION,
                observed(AOI, words="ひみつのことば"),
                observed(BEN, back=3, wants="はい", with_whom="養護の先生", about="友だち"),
            ),
            "health_observation",
            by=NURSE,
        )
        visit = f"{today()},10:05,{NUMBERS[AOI]},おなかがいたい,頭痛,休養"
        taken(table(VISIT, visit), "health_room_visit", by=HEAD)
        taken(attendance(marked(AOI, str(today()), "出席停止", "インフルエンザ")))


def seen_rows(app):
    with app.app_context():
        return tables.rows(SeenObservation)


@pytest.mark.parametrize("member", [CHIBA, NURSE, HEAD], ids=lambda m: m.name)
def test_those_who_care_for_a_child_see_it(told, browser, member):
    page = browser(member).get("/health")
    assert all(secret in page.text for secret in SECRETS)
    assert "出席停止" in page.text or "Attendance suspended" in page.text


@pytest.mark.parametrize("member", [DOI, MORI], ids=lambda m: m.name)
def test_other_teachers_see_a_page_without_anybody(told, browser, member):
    page = browser(member).get("/health")
    assert page.status == 200
    assert not page.html.select("ul.entries, table.sheet")
    assert not [secret for secret in SECRETS if secret in page.text]


@pytest.mark.parametrize("member", [OKA, AOI, BEN, KEN, SATO], ids=lambda m: m.name)
def test_the_office_and_the_children_have_no_such_page(told, browser, member):
    assert browser(member).get("/health").status == 403


def test_nothing_of_it_is_anywhere_else(told, browser):
    """The class, the wall, reflections, lists, the pupil's own pages: no page says a word of it."""
    places = {
        CHIBA: ("/class", "/reading", "/school-records", f"/students/{AOI.id}/school-records"),
        AOI: ("/", "/progress", "/my-grades", "/records"),
        OKA: ("/school-data",),
    }
    for member, paths in places.items():
        me = browser(member)
        for path in paths:
            page = me.get(path)
            while page.status == 303:
                page = me.get(page.location)
            assert not [secret for secret in SECRETS if secret in page.text], (member.name, path)


def test_whoever_wants_to_talk_comes_first_until_somebody_has_seen_it(app, told, browser):
    me = browser(CHIBA)
    page = me.get("/health")
    waiting = page.one("section[aria-labelledby=talk]")
    assert "𠮷田" in waiting.get_text()
    assert "養護の先生" in waiting.get_text() and "友だち" in waiting.get_text()
    form = waiting.select_one("form")
    fields = {each["name"]: each["value"] for each in form.select("input")}
    page = me.follow(me.post(form["action"], fields))
    assert not page.html.select("section[aria-labelledby=talk]")
    [row] = seen_rows(app)
    assert (row.student_id, row.seen_by) == (BEN.id, CHIBA.id)
    later = browser(NURSE).get(f"/health?day={today(3)}")
    assert "千葉" in later.text
    assert not later.html.select("section[aria-labelledby=talk]")


def test_the_first_who_took_note_stays(app, told, browser):
    for member in (NURSE, CHIBA):
        answer = browser(member).post(
            f"/health/{BEN.id}/seen", {"day": str(today(3)), "time": "08:30"}
        )
        assert answer.status == 303
    assert [row.seen_by for row in seen_rows(app)] == [NURSE.id]
    with app.app_context():
        notes = [each for each in tables.rows(AuditEntry) if each.verb == "observation:seen"]
    assert [(each.actor_id, each.student_id) for each in notes] == [(NURSE.id, BEN.id)]


@pytest.mark.parametrize("fields", [{}, {"day": "x"}, {"day": "2026-01-01", "time": ""}], ids=str)
def test_what_is_not_there_cannot_be_seen(told, browser, fields):
    assert browser(NURSE).post(f"/health/{BEN.id}/seen", fields).status == 404


def test_nobody_takes_note_of_anothers_pupil(app, told, browser):
    answer = browser(DOI).post(f"/health/{BEN.id}/seen", {"day": str(today(3)), "time": "08:30"})
    assert answer.status == 404
    assert seen_rows(app) == []


def test_an_answer_that_is_brought_anew_has_not_been_seen_yet(app, told, browser):
    me = browser(NURSE)
    me.post(f"/health/{BEN.id}/seen", {"day": str(today(3)), "time": "08:30"})
    with app.app_context():
        again = observed(BEN, back=3, wants="はい", words="まだ まっています")
        taken(table(OBSERVATION, again), "health_observation", by=NURSE)
    page = me.get("/health")
    assert "まだ まっています" in page.one("section[aria-labelledby=talk]").get_text()


def test_days_are_turned_over(told, browser):
    me = browser(NURSE)
    page = me.get("/health")
    back = page.one('nav[aria-label] a[href*="day="]')["href"]
    assert back.endswith(str(today(3)))
    assert me.get(back).one('nav[aria-label] a[href*="day="]')["href"].endswith(str(today()))
    assert me.get("/health?day=nonsense&page=-3&talk=x").status == 200
    assert me.get("/health?day=2020-01-01").html.select(".empty")


def test_a_whole_school_is_paged(app, browser, queries):
    with app.app_context():
        appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)
        pupils = whole_school(90)
        lines = (
            f"{today()},,{each.name}@hinata.example,2,36.4,{'はい' if n < 50 else 'いいえ'},,,"
            for n, each in enumerate(pupils)
        )
        text = table(OBSERVATION.replace("学籍番号", "ログインID"), *lines)
        taken(text, "health_observation", by=NURSE)
    me = browser(NURSE)
    with queries() as seen:
        page = me.get("/health")
    assert len(seen) < 25
    assert len(page.html.select("ul.entries > li")) == 40
    assert len(page.html.select("table.sheet tbody tr")) == 40
    last = me.get("/health?talk=2&page=3")
    assert len(last.html.select("ul.entries > li")) == 10
    assert len(last.html.select("table.sheet tbody tr")) == 10


def test_the_nurses_first_page_is_health(told, browser):
    me = browser(NURSE)
    page = me.get("/")
    while page.status == 303:
        page = me.get(page.location)
    assert page.one("h1").get_text(strip=True) in {"Health", "健康"}


def test_hana_of_another_class_is_not_her_homeroom_teachers_colleague_s(told, app, browser):
    with app.app_context():
        line = f"2026/11/2,,{HANA.name}@hinata.example,1,36.5,はい,,,はなのことば"
        text = table(OBSERVATION.replace("学籍番号", "ログインID"), line)
        taken(text, "health_observation", by=NURSE)
    assert "はなのことば" in browser(NURSE).get("/health").text
    assert "はなのことば" not in browser(CHIBA).get("/health").text


def test_a_page_that_there_is_not_is_the_last_one(told, browser):
    page = browser(CHIBA).get(f"/health?talk={10**30}&page={10**30}")
    assert page.status == 200
    assert "𠮷田" in page.one("section[aria-labelledby=talk]").get_text()
    assert all(secret in page.text for secret in SECRETS)
