"""The pages about apps' units, as browsers get them."""

import io
from uuid import uuid4

import pytest

from aarportal.core.ids import NOTHING
from aarportal.cycle.action.models import LearningRecord, Rereading
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from tests.backstage import backstage, stage  # noqa: F401 - a fixture
from tests.cast import (
    AOI,
    APP_DRILL,
    CHIBA,
    KEN,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_WATER,
    key,
)
from tests.cycle.action import days
from tests.cycle.action.days import record, set_clock
from tests.cycle.units.catalogue import lines
from tests.cycle.units.catalogue.lines import entry

MAX_QUERIES = 12
SITE = "https://drill.example/"
LONG = SITE + "course/" + "x" * 200 + "/"
PAGE = "/catalogue"
LIST = "/catalogue/entries"


enter, rows, keep = (backstage(act) for act in (days.enter, days.rows, lines.keep))


@pytest.fixture(autouse=True)
def friday(app):
    set_clock()


def unknown(activity=SITE + "p4/x/1", member=AOI, **parts):
    values = {"subject": "", "unit_id": None, "activity_id": activity, **parts}
    return record(member=member, **values)


def stands():
    return [(it.school_id, it.kind, it.value, it.subject, it.unit_title)
            for it in rows(CatalogueEntry)]  # fmt: skip


def card(page, value):
    [found] = [it for it in page.html.select("main li.card") if it.h2.get_text(strip=True) == value]
    return found


def filled(form, **answers):
    """What a form sends with these answers."""
    fields = {it["name"]: it.get("value", "") for it in form.select("input")}
    assert set(answers) <= {it["name"] for it in form.select("input, select")}
    return fields | answers


# --- what is to be decided ----------------------------------------------------------------------


def test_a_teacher_decides_which_unit_it_is(browser):
    enter(unknown(title="もんだい 1"), unknown(SITE + "p4/x/2", title="もんだい 2"),
          unknown(SITE + "q", unit_title="わり算"))  # fmt: skip
    desk = browser(CHIBA)
    page = desk.get(PAGE)
    assert page.one(".filter[aria-current]").get_text() == "決まっていないもの"
    shown = card(page, SITE + "p4/x/")
    words = " ".join(shown.get_text(" ").split())
    for said in ("ドリルパーク", "もんだい 1", "記録 2件", "教科がわからない", "20日"):
        assert said in words
    groups = {it["label"]: [o.get_text() for o in it.select("option")]
              for it in shown.select("optgroup")}  # fmt: skip
    assert groups["4年2組"] == ["理科　水のすがた", "算数　わり算の筆算"]
    assert "国語" in groups["教科だけを決める"]
    page = desk.follow(desk.post(LIST, filled(shown.form, belongs=f"unit:{UNIT_DIVISION}")))
    assert page.says("決めました。届いている記録にも当てはまります。")
    assert [it.h2.get_text(strip=True) for it in page.html.select("main li.card")] == ["わり算"]
    assert stands() == [
        (PRIMARY, "prefix", SITE + "p4/x/", "sansu", "わり{算|ざん}の{筆算|ひっさん}")
    ]


def test_nothing_to_decide_is_said(browser):
    page = browser(CHIBA).get(PAGE)
    assert page.says("決めることはありません。")
    assert not page.html.select("main li.card")


BAD = ["", "subject:alchemy", f"unit:{UNIT_ADDING}", "unit:" + "0" * 99]


@pytest.mark.parametrize("belongs", BAD)
def test_a_bad_answer_comes_back_at_its_place(browser, belongs):
    enter(unknown(), unknown(SITE + "other"))
    desk = browser(CHIBA)
    form = card(desk.get(PAGE), SITE + "other").form
    page = desk.post(LIST, filled(form, belongs=belongs))
    assert page.status == 422
    assert "単元か教科を選んでください。" in page.one("[role=alert]").get_text()
    assert page.one("[aria-invalid]")["id"] == card(page, SITE + "other").select_one("select")["id"]
    assert page.one(".field-error").get_text(strip=True) == "単元か教科を選んでください。"
    assert stands() == []


FORGED = [
    {"app_id": "x"}, {"app_id": ""}, {"kind": "folder"}, {"value": ""}, {"value": "x" * 251},
]  # fmt: skip


@pytest.mark.parametrize("fields", FORGED)
def test_a_forged_form_is_refused(browser, fields):
    answer = {"app_id": str(APP_DRILL), "kind": "title", "value": "x", "belongs": "subject:rika"}
    assert browser(CHIBA).post(LIST, answer | fields).status == 422
    assert stands() == []


def test_an_app_that_is_not_there_is_not_found(browser):
    answer = {"app_id": str(key("x")), "kind": "title", "value": "x", "belongs": "subject:rika"}
    assert browser(CHIBA).post(LIST, answer).status == 404


def test_the_list_has_pages_of_forty(browser, queries):
    enter(*(unknown(SITE + f"p4/{n:03}/1") for n in range(45)))
    desk = browser(CHIBA)
    with queries() as seen:
        page = desk.get(PAGE)
    assert len(seen) <= MAX_QUERIES
    assert len(page.html.select("main li.card")) == 40
    later = desk.get(page.one("a[rel=next]")["href"])
    assert len(later.html.select("main li.card")) == 5
    assert desk.get(f"{PAGE}?page=99").one("a[rel=prev]")["href"] == f"{PAGE}?page=1"
    for odd in ("x", "-1", "0", "１", "1" * 9):
        assert desk.get(f"{PAGE}?page={odd}").status == 200
    form = card(later, SITE + "p4/044/1").form
    assert desk.post(LIST, filled(form, belongs="subject:rika")).location.endswith("page=2")


def test_long_addresses_and_mark_up_are_shown_as_they_are(browser):
    enter(unknown(LONG + "1"), unknown(LONG + "2"), unknown(unit_title="<b>{a|b}</b>_"))
    page = browser(CHIBA).get(PAGE)
    assert card(page, LONG)
    assert card(page, "<b>{a|b}</b>_").form.select_one("[name=value]")["value"] == "<b>{a|b}</b>_"


# --- what was decided ---------------------------------------------------------------------------


def test_decisions_are_changed_and_taken_back(browser):
    keep(entry(value="わり算", school_id=PRIMARY), entry(value="角"))
    desk = browser(CHIBA)
    page = desk.get(LIST)
    own, apps = card(page, "わり算"), card(page, "角")
    assert "アプリの目録から" in apps.get_text()
    assert not apps.select("form")
    change, remove = own.select("form")
    page = desk.follow(desk.post(change["action"], filled(change, belongs=f"unit:{UNIT_WATER}")))
    assert "理科　水のすがた" in card(page, "わり算").get_text()
    assert (PRIMARY, "title", "わり算", "rika", "{水|みず}のすがた") in stands()
    page = desk.follow(desk.post(remove["action"], filled(remove)))
    assert page.says("取り消しました。")
    assert [it[2] for it in stands()] == ["角"]


def test_a_bad_change_comes_back_open(browser):
    keep(entry(value="わり算", school_id=PRIMARY), entry(value="角", school_id=PRIMARY))
    desk = browser(CHIBA)
    form = card(desk.get(LIST), "角").form
    page = desk.post(form["action"], filled(form, belongs="subject:alchemy"))
    assert page.status == 422
    assert card(page, "角").select_one("details").has_attr("open")
    assert not card(page, "わり算").select_one("details").has_attr("open")
    assert page.one(".field-error")


def test_decisions_are_searched_page_by_page(browser, queries):
    keep(*(entry("activity", SITE + f"q/{n:03}", school_id=PRIMARY) for n in range(81)),
         entry(value="わり算"))  # fmt: skip
    desk = browser(CHIBA)
    with queries() as seen:
        page = desk.get(LIST)
    assert len(seen) <= MAX_QUERIES
    assert len(page.html.select("main li.card")) == 40
    page = desk.get(f"{LIST}?words=q%2F0&page=2")
    assert page.one("#words")["value"] == "q/0"
    assert "words=q/0" in page.one("a[rel=next]")["href"].replace("%2F", "/")
    form = page.html.select("main li.card form")[1]
    after = desk.follow(desk.post(form["action"], filled(form)))
    assert after.one("#words")["value"] == "q/0"
    assert desk.get(f"{LIST}?words=わり").html.select("main li.card h2")[0].get_text() == "わり算"
    assert desk.get(f"{LIST}?words=nowhere").says("その文字を含むものはありません。")


def test_an_empty_list_says_what_it_is_for(browser):
    assert browser(CHIBA).get(LIST).says("まだ何も決めていません。")


def test_another_schools_decision_is_not_found(browser):
    keep(entry(school_id=PRIMARY))
    [line] = rows(CatalogueEntry)
    desk = browser(MORI)
    for url in (f"{LIST}/{line.id}", f"{LIST}/{line.id}/remove", f"{LIST}/{uuid4()}/remove"):
        assert desk.post(url, {"belongs": "subject:rika"}).status == 404
    assert desk.post(f"{LIST}/{line.id}", {"belongs": ""}).status == 404
    assert len(stands()) == 1


def test_what_is_sent_by_other_schools_students_is_not_shown(browser):
    enter(unknown(member=KEN))
    assert not browser(CHIBA).get(PAGE).html.select("main li.card")
    assert browser(MORI).get(PAGE).html.select("main li.card")


# --- who may ------------------------------------------------------------------------------------

APP_PAGE = f"/catalogue/apps/{APP_DRILL}"


@pytest.mark.parametrize("member", [AOI, OKA], ids=["student", "administrator"])
def test_teachers_only_decide(browser, member):
    desk = browser(member)
    assert desk.get(PAGE).status == desk.get(LIST).status == 403
    for url in (LIST, f"{LIST}/{uuid4()}", f"{LIST}/{uuid4()}/remove"):
        assert desk.post(url, {"belongs": "subject:rika"}).status == 403


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=["student", "teacher"])
def test_administrators_only_load_catalogues(browser, member):
    desk = browser(member)
    assert desk.get(APP_PAGE).status == desk.post(APP_PAGE).status == 403


# --- an app's own catalogue ---------------------------------------------------------------------

GOOD = "kind,value,subject\ntitle,わり算,算数\ntitle,水,理科\n"


def bring(desk, text, button, url=APP_PAGE):
    data = {"file": (io.BytesIO(text.encode()), "catalogue.csv"), button: "1"}
    return desk.post(url, data, content_type="multipart/form-data")


def test_a_catalogue_is_checked_and_then_replaced(browser, queries):
    keep(entry(value="角"), entry(value="角", school_id=SECONDARY))
    desk = browser(OKA)
    assert desk.get(APP_PAGE).says("いまの目録は1行です。")
    with queries() as seen:
        page = bring(desk, GOOD, "check")
    assert (page.status, len(seen) <= MAX_QUERIES) == (200, True)
    assert page.says("新しい行 2、変わる行 0、なくなる行 1、そのままの行 0。")
    assert len(stands()) == 2
    page = desk.follow(bring(desk, GOOD, "load"))
    assert page.says("目録を入れかえました。")
    assert page.says("いまの目録は2行です。")
    assert {it[:3] for it in stands()} == {
        (NOTHING, "title", "わり算"), (NOTHING, "title", "水"), (SECONDARY, "title", "角"),
    }  # fmt: skip


@pytest.mark.parametrize("button", ["check", "load"])
def test_problems_are_shown_by_line_and_nothing_is_taken(browser, button):
    page = bring(browser(OKA), GOOD + "title,<b>角</b>,れんきんじゅつ\nfolder,x,算数\n", button)
    assert page.status == 422
    assert page.says("4行目： そのような教科はありません。 れんきんじゅつ")
    assert page.says("5行目： kind は activity、prefix、title のどれかです。 folder")
    assert stands() == []


def test_another_file_and_no_file_are_refused(browser):
    desk = browser(OKA)
    assert bring(desk, "名前,点\nあおい,100\n", "load").status == 422
    assert bring(desk, "kind,value\n", "load").status == 200
    page = desk.post(APP_PAGE, {"load": "1"}, content_type="multipart/form-data")
    assert page.status == 422
    assert page.says("ファイルを選んでください。")
    assert stands() == []


def test_apps_of_other_districts_are_not_found(browser):
    desk = browser(SATO)
    assert desk.get(APP_PAGE).status == bring(desk, GOOD, "load").status == 404
    assert bring(desk, GOOD, "check").status == 404


# --- what was there before ----------------------------------------------------------------------


def test_what_was_asked_for_is_read_again_at_once(browser):
    """The inbox is empty again when the answer is there; no thread has to come by."""
    enter(unknown())
    desk = browser(CHIBA)
    form = card(desk.get(PAGE), SITE + "p4/x/1").form
    assert desk.post(LIST, filled(form, belongs="subject:rika")).status == 303
    assert rows(Rereading) == []
    # This record has no statement behind it: it stays as it was.
    assert [it.subject for it in rows(LearningRecord)] == [""]
