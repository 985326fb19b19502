"""Requests about data in browsers: of a pupil, a mother, the office, the board, and nobody else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.requests.models import DataRequest
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    GOTO,
    HANA,
    HEAD,
    IWA,
    KEN,
    KIKUCHI,
    MORI,
    NURSE,
    OKA,
    SATO,
    SYSTEM,
    YUKARI,
)
from tests.insight.handover import life
from tests.insight.teaching.lessons import set_clock

MAX_QUERIES = 12
WRONG = "なまえの 字が ちがう"
CORRECTION = {"kind": "correction", "data_kind": "name", "words": WRONG, "wanted": "髙﨑"}
OFFICES = [OKA, HEAD]
OTHERS = [CHIBA, NURSE, KIKUCHI, SYSTEM, GOTO, MORI]


@pytest.fixture(autouse=True)
def stage(everybody):
    return everybody


def ids(app):
    with app.app_context(), unit_of_work(SystemScope("truth"), read_only=True) as scope:
        return list(scope.session.scalars(select(DataRequest.id).order_by(DataRequest.asked_at)))


def asked(browser, app, member=AOI, **values):
    answer = browser(member).post("/my-requests", CORRECTION | values)
    assert answer.status == 303, answer.text
    return ids(app)[-1]


def test_a_child_asks_and_reads_the_answer(browser, app):
    aoi, office = browser(AOI), browser(OKA)
    page = aoi.follow(aoi.post("/my-requests", CORRECTION))
    assert page.says(WRONG) and page.says("まだ")
    [request_id] = ids(app)
    listed = office.get("/requests")
    assert listed.says("髙﨑 葵") and not listed.says(WRONG)
    assert office.get(f"/requests/{request_id}").says(WRONG)
    page = office.follow(office.post(f"/requests/{request_id}/take"))
    assert page.one("form[action$='/finish']")
    assert aoi.get("/my-requests").says("しらべています")
    page = office.follow(
        office.post(
            f"/requests/{request_id}/finish",
            {"outcome": "done", "answer": "なおしました。ありがとう", "changed_what": "名簿",
             "changed_from": "高崎", "changed_to": "髙﨑"},
        )
    )  # fmt: skip
    assert page.says("答えを待っているものはありません")
    page = aoi.get("/my-requests")
    assert page.says("なおしました。ありがとう") and page.says("おわりました")
    assert page.says("高崎")


def test_the_mirror_leads_there_from_each_kind_of_data(browser):
    page = browser(AOI).get("/mirror")
    links = [link["href"] for link in page.html.select("#kind-grades a")]
    assert links == ["/my-requests/new?kind=correction&data=grades"]
    sheet = browser(AOI).get(links[0])
    assert sheet.one("select[name=data_kind] option[selected]")["value"] == "grades"


def test_a_mother_asks_for_her_child_and_the_file_stays_the_childs(browser, app):
    mother, office = browser(YUKARI), browser(OKA)
    assert mother.get("/family").one("a[href='/my-requests']")
    mother.post("/my-requests", {"kind": "export", "student_id": str(AOI.id)})
    [request_id] = ids(app)
    office.post(f"/requests/{request_id}/take")
    office.post(f"/requests/{request_id}/finish", {"outcome": "done", "answer": "どうぞ"})
    page = mother.get("/my-requests")
    assert page.says("どうぞ") and page.says("わたしのきろく")
    assert mother.get("/my-record").status == 403
    files = browser(AOI).get("/my-record").html.select("form[action$='/file']")
    assert len(files) == 1
    assert office.post(files[0]["action"].replace("my-record", "handover/packages")).status == 404


def test_a_child_whose_copy_was_made_is_led_to_it(browser, app):
    request_id = asked(browser, app, kind="export")
    office = browser(OKA)
    office.post(f"/requests/{request_id}/take")
    office.post(f"/requests/{request_id}/finish", {"outcome": "done", "answer": "できました"})
    assert browser(AOI).get("/my-requests").one("#main a[href='/my-record']")


def test_a_mother_asks_for_no_other_child_and_reads_nothing_of_hers(browser, app):
    asked(browser, app)
    mother = browser(YUKARI)
    assert not mother.get("/my-requests").says(WRONG)
    refused = mother.post("/my-requests", CORRECTION | {"student_id": str(BEN.id)})
    assert refused.status == 422 and len(ids(app)) == 1


@pytest.mark.parametrize("member", OFFICES, ids=lambda it: it.name)
def test_the_office_writes_down_what_somebody_came_to_say(browser, app, member):
    office = browser(member)
    office.get(f"/requests/new?kind=correction&student={BEN.id}&data=grades")
    page = office.follow(office.post("/requests", CORRECTION | {"student_id": str(BEN.id)}))
    assert page.says("𠮷田 勉")
    assert not browser(BEN).get("/my-requests").says(WRONG)
    refused = office.post("/requests", CORRECTION | {"student_id": str(KEN.id)})
    assert refused.status == 422


def test_whoever_has_left_stands_in_a_group_of_their_own(browser, app):
    office = browser(OKA)
    assert not office.get("/requests/new").html.select("optgroup")
    life.leave(app, BEN, clock.today())
    page = office.get("/requests/new?kind=export")
    assert len(page.html.select(f"option[value='{BEN.id}']")) == 1
    group = page.one("select[name=student_id] optgroup")
    assert group["label"] == "転出・卒業"
    [option] = group.select("option")
    assert option["value"] == str(BEN.id) and "𠮷田" in option.get_text()
    asking = {"kind": "export", "student_id": option["value"]}
    assert office.follow(office.post("/requests", asking)).says("𠮷田 勉")
    [request_id] = ids(app)
    page = office.follow(office.post(f"/requests/{request_id}/take"))
    assert page.one(f"form[action$='/finish'] a[href='/handover/leavers/{BEN.id}']")
    done = {"outcome": "done", "answer": "窓口で お渡しします"}
    assert office.post(f"/requests/{request_id}/finish", done).status == 303
    papers = office.get(f"/handover/leavers/{BEN.id}")
    assert papers.html.select("form[action^='/handover/packages/'][action$='/file']")


def test_what_is_chosen_is_what_the_page_says_it_does(browser, app):
    request_id = asked(browser, app, kind="export")
    office = browser(OKA)
    page = office.follow(office.post(f"/requests/{request_id}/take"))
    words = page.one("select[name=outcome] option[value=done]").get_text()
    assert words == "しました" and page.says(f"「{words}」を選ぶと")


def test_a_child_who_sends_another_choice_reads_what_to_do(browser):
    refused = browser(AOI).post("/my-requests", CORRECTION | {"data_kind": "nothing"})
    assert refused.status == 422
    error = refused.one(".field-error")
    assert error.select("ruby")
    for reading in error.select("rt"):
        reading.decompose()
    assert "一覧から選んで" in error.get_text()


def test_what_cannot_be_taken_stays_in_the_form(browser, app):
    aoi = browser(AOI)
    page = aoi.post("/my-requests", CORRECTION | {"words": "", "wanted": "こう したい"})
    assert page.status == 422 and page.one("[data-errors]")
    assert page.one("textarea[name=wanted]").get_text().strip() == "こう したい"
    assert page.one("select[name=data_kind] option[selected]")["value"] == "name"
    request_id = asked(browser, app)
    office = browser(OKA)
    office.post(f"/requests/{request_id}/take")
    answer = {"outcome": "done", "answer": "なおした", "changed_what": "名簿"}
    page = office.post(f"/requests/{request_id}/finish", answer)
    assert page.status == 422 and page.one("[data-errors]")
    assert page.one("textarea[name=answer]").get_text().strip() == "なおした"
    assert page.one("input[name=changed_what]")["value"] == "名簿"


def test_two_taps_are_one_request(browser, app):
    aoi = browser(AOI)
    key = aoi.get("/my-requests/new?kind=export").one("main input[name=idem]")["value"]
    for _ in range(2):
        assert aoi.post("/my-requests", {"kind": "export", "idem": key}).status == 303
    assert len(ids(app)) == 1


def test_own_words_ask_the_office_for_no_change(browser, app):
    request_id = asked(browser, app, data_kind="reflections")
    office = browser(OKA)
    page = office.follow(office.post(f"/requests/{request_id}/take"))
    assert not page.html.select("[name=changed_to]")
    answer = {"outcome": "done", "answer": "じぶんで なおせます"}
    assert office.post(f"/requests/{request_id}/finish", answer).status == 303


def test_for_a_deletion_the_office_reads_what_the_law_keeps(browser, app):
    request_id = asked(browser, app, kind="deletion")
    office = browser(OKA)
    page = office.follow(office.post(f"/requests/{request_id}/take"))
    assert page.says("指導要録") and page.says("20年")


def test_what_is_due_first_stands_first_over_the_end_of_the_year(browser, app):
    set_clock(datetime(2026, 12, 20, 3, tzinfo=UTC))
    asked(browser, app)
    set_clock(datetime(2027, 1, 1, 3, tzinfo=UTC))
    asked(browser, app, member=HANA)
    page = browser(OKA).get("/requests")
    rows = [row.get_text(" ") for row in page.html.select("tbody tr")]
    assert "2027年1月19日" in rows[0] and "葵" in rows[0]
    assert "2027年1月31日" in rows[1] and "花" in rows[1]
    assert not page.says("期限を過ぎています")
    set_clock(datetime(2027, 1, 20, 3, tzinfo=UTC))
    rows = [row.get_text(" ") for row in browser(OKA).get("/requests").html.select("tbody tr")]
    assert "期限を過ぎています" in rows[0] and "期限を過ぎています" not in rows[1]


@pytest.mark.parametrize("member", OTHERS, ids=lambda it: it.name)
def test_the_doors_are_shut_for_everybody_else(browser, app, member):
    request_id = asked(browser, app)
    other = browser(member)
    for url in ("/my-requests", "/my-requests/new", "/requests", f"/requests/{request_id}",
                "/requests/new", "/requests/counts"):  # fmt: skip
        assert other.get(url).status == 403, url
    for url in ("/my-requests", "/requests", f"/requests/{request_id}/take",
                f"/requests/{request_id}/finish"):  # fmt: skip
        assert other.post(url, CORRECTION).status == 403, url


def test_for_the_office_of_another_school_there_is_no_such_request(browser, app):
    request_id = asked(browser, app)
    elsewhere = browser(SATO)
    assert elsewhere.get(f"/requests/{request_id}").status == 404
    assert elsewhere.post(f"/requests/{request_id}/take").status == 404
    assert elsewhere.post(f"/requests/{request_id}/finish", {"outcome": "done"}).status == 404
    assert not elsewhere.get("/requests").says("髙﨑")


def test_the_board_sees_numbers_and_no_word(browser, app):
    request_id = asked(browser, app)
    board = browser(IWA)
    page = board.get("/requests/counts")
    assert page.status == 200
    cells = [[c.get_text() for c in row.select("th, td")] for row in page.html.select("tbody tr")]
    assert ["ひなた小学校", "1", "0", "0", "0"] in cells
    assert not [row for row in cells if "みなと" in row[0]]
    assert WRONG not in page.text and "葵" not in page.text
    assert board.get("/requests").status == 403
    assert board.get(f"/requests/{request_id}").status == 403
    assert browser(OKA).get("/requests/counts").status == 403


def test_whoever_looks_through_a_pupils_eyes_reads_no_request(browser, app):
    asked(browser, app)
    teacher = browser(CHIBA)
    teacher.post(f"/class/students/{AOI.id}/view")
    assert teacher.get("/my-requests").status == 403
    assert teacher.get("/my-requests/new").status == 403


def test_an_office_that_proved_itself_in_one_way_reads_none(browser, app):
    request_id = asked(browser, app)
    me = browser()
    me.sign_in(OKA, strong=False)
    for url in ("/requests", "/requests/new", f"/requests/{request_id}"):
        page = me.get(url)
        assert page.status == 303
        assert page.location.startswith("/prove?"), "not to the page where one signs in"
    assert me.post(f"/requests/{request_id}/take").status == 403
    assert me.post(f"/requests/{request_id}/finish", {"outcome": "done"}).status == 403


def test_a_look_at_a_request_is_told_to_the_child(browser, app):
    request_id = asked(browser, app)
    browser(OKA).get(f"/requests/{request_id}")
    with app.app_context(), unit_of_work(SystemScope("truth"), read_only=True) as scope:
        looks = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "look:person")
        ).all()
    assert [(it.actor_id, it.student_id, it.detail) for it in looks] == [
        (OKA.id, AOI.id, "requests")
    ]


@pytest.mark.parametrize("member", [HANA, AOI, KEN], ids=["L", "M", "U"])
def test_every_band_reads_the_page_in_its_own_letters_and_in_english(browser, member):
    me = browser(member)
    page = me.get("/my-requests")
    assert page.says("ほしい") and page.says("ちがう")
    assert me.get("/my-requests/new?kind=correction").one("textarea[name=words]")
    me.post("/language", {"language": "en"})
    for url in ("/my-requests", "/my-requests/new?kind=deletion"):
        assert me.get(url).status == 200


def test_the_pages_ask_few_questions(browser, app, queries):
    asked(browser, app)
    asked(browser, app, member=BEN)
    for member, url in ((AOI, "/my-requests"), (OKA, "/requests"), (IWA, "/requests/counts")):
        me = browser(member)
        me.get(url)
        with queries() as seen:
            me.get(url)
        assert len(seen) <= MAX_QUERIES, (url, len(seen))
