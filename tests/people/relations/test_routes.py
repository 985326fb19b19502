"""Giving relations and ending them, and what their holders then find, in browsers."""

from datetime import timedelta

import pytest

from aarportal.core import clock
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    DOI,
    GOTO,
    HANA,
    HEAD,
    IWA,
    KIKUCHI,
    NURSE,
    OKA,
    SATO,
    SYSTEM,
    YUKARI,
)
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell

MAX_QUERIES = 12


@pytest.fixture(autouse=True)
def stage(everybody):
    set_clock(MOMENT)
    with everybody.app_context():
        tell(Told(member=AOI, text="図にかいた", rating=2), Told(member=BEN, text="むずかしい"),
             Told(member=HANA, class_id=CLASS_1_1, text="たのしい"))  # fmt: skip


def fields(**values):
    today = clock.today()
    return {
        "kind": "cover", "holder_id": str(DOI.id), "class_id": str(CLASS_1_1),
        "starts_on": today.isoformat(), "last_on": (today + timedelta(days=1)).isoformat(),
        "reason": "", **values,
    }  # fmt: skip


def test_the_office_gives_a_cover_and_takes_it_back(browser):
    office, teacher = browser(OKA), browser(DOI)
    assert teacher.get(f"/class/{CLASS_1_1}").status == 404
    page = office.follow(office.post("/relations", fields()))
    assert page.says("土井 実") and page.says("1年1組")
    shown = teacher.get(f"/class/{CLASS_1_1}?student={HANA.id}")
    assert shown.status == 200
    assert shown.says("山本")
    assert teacher.get(f"/reading?class_id={CLASS_1_1}").says("たのしい")
    assert teacher.get("/class").location.endswith(f"/class/{DOI.classes[0]}")
    form = next(it for it in page.html.select("form[action$='/end']") if "土井" in str(it))
    page = office.follow(office.post(form["action"]))
    assert page.html.select("[data-notices] *")
    for url in (f"/class/{CLASS_1_1}", f"/reading?class_id={CLASS_1_1}",
                f"/class/students/{HANA.id}/records"):  # fmt: skip
        assert teacher.get(url).status == 404, url
    assert not office.get("/relations").html.select("form[action$='/end'] [aria-label*=土井]")


def test_whoever_covers_notes_who_is_away_and_answers(browser):
    office, teacher = browser(OKA), browser(DOI)
    office.post("/relations", fields())
    page = teacher.get(f"/class/{CLASS_1_1}?student={HANA.id}")
    assert not page.html.select("a[href*='handed-on'], a[href*='school-records']")
    # Cards are handed out by the homeroom teacher alone.
    assert not page.html.select("a[href$='/cards']")
    assert teacher.get(f"/classes/{CLASS_1_1}/cards").status == 404
    action = page.one("form[action*='/attendance']")["action"]
    assert teacher.post(action, {"absent": "1"}).status == 303
    desk = teacher.get(f"/reading?class_id={CLASS_1_1}")
    answer = desk.one("form.reply")["action"]
    assert teacher.post(answer, {"kind": "task", "text": ""}).status == 303
    for url in (f"/class/students/{HANA.id}/handed-on", f"/students/{HANA.id}/school-records"):
        assert teacher.get(url).status == 404, url
    assert not teacher.get("/health").says("山本")
    assert not teacher.get("/units").says("1年1組")


def test_who_leads_the_grade_reads_and_has_nothing_to_press(browser):
    lead = browser(GOTO)
    page = lead.follow(lead.get("/class"))
    assert page.says("4年2組") and page.says("髙﨑")
    assert not page.html.select("form[action*='/attendance']")
    desk = lead.get("/reading")
    assert desk.says("図にかいた") or desk.says("むずかしい")
    assert not desk.html.select("form.reply")
    reflection = browser(CHIBA).get("/reading").one("form.reply")["action"]
    assert lead.post(reflection, {"kind": "task", "text": ""}).status in {403, 404}
    away = f"/class/{CLASS_4_2}/students/{AOI.id}/attendance"
    assert lead.post(away, {"absent": "1"}).status in {403, 404}
    assert lead.get(f"/class/{CLASS_1_1}").status == 404
    assert not lead.get("/health").says("髙﨑")


@pytest.mark.parametrize("kind", ["cover", "leads_grade", "case", "guardian"])
@pytest.mark.parametrize("member", [OKA, HEAD], ids=lambda m: m.name)
def test_each_kind_has_its_sheet(browser, member, kind):
    page = browser(member).get(f"/relations/new?kind={kind}&student={HANA.id}")
    assert page.status == 200
    names = {it["name"] for it in page.html.select("main select")}
    asked = {"cover": "class_id", "leads_grade": "grade"}.get(kind, "student_id")
    assert names == {"holder_id", asked}
    if asked == "student_id":
        assert page.one("option[selected]")["value"] == str(HANA.id)
        fresh = browser(member).get(f"/relations/new?kind={kind}")
        assert fresh.html.select_one("[name=student_id] option")["value"] == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"holder_id": ""}, "holder_id"),
        ({"holder_id": str(AOI.id)}, "holder_id"),
        ({"class_id": str(HANA.id)}, "class_id"),
        ({"starts_on": "1999-01-01"}, "starts_on"),
        ({"last_on": ""}, "last_on"),
        ({"last_on": "2020-01-01"}, "last_on"),
        ({"starts_on": "9999-12-31", "last_on": "9999-12-31"}, "starts_on"),
        (
            {
                "kind": "guardian",
                "holder_id": str(YUKARI.id),
                "student_id": str(HANA.id),
                "last_on": "9999-12-31",
            },
            "last_on",
        ),
        ({"reason": "あ" * 201}, "reason"),
        ({"kind": "case", "student_id": str(HANA.id), "holder_id": str(KIKUCHI.id)}, "reason"),
        ({"kind": "case", "student_id": "", "holder_id": str(KIKUCHI.id)}, "student_id"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(browser, wrong, field):
    page = browser(OKA).post("/relations", fields(**wrong))
    assert page.status == 422
    assert page.html.select(f"#{field}-error"), page.one("main").get_text()
    assert page.one("[name=starts_on]")["value"] == wrong.get("starts_on", fields()["starts_on"])
    assert page.one("main [name=kind]")["value"] == wrong.get("kind", "cover")


@pytest.mark.parametrize(
    "member",
    [AOI, CHIBA, GOTO, NURSE, KIKUCHI, YUKARI, SYSTEM, IWA],
    ids=lambda m: m.name,
)
def test_nobody_else_comes_near(browser, member):
    me = browser(member)
    for url in ("/relations", "/relations/new"):
        assert me.get(url).status == 403
    assert me.post("/relations", fields()).status == 403


def test_another_school_lists_its_own_only(browser):
    page = browser(SATO).get("/relations")
    assert page.status == 200
    assert not page.html.select("main table")


def test_the_list_asks_a_fixed_number_of_questions(browser, queries):
    office = browser(OKA)
    office.get("/relations")
    with queries() as seen:
        office.get("/relations")
    assert len(seen) <= MAX_QUERIES
