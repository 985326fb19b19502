"""Whoever brings school data, in a browser: kinds, columns, looking, confirming, taking back."""

import io

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from aarportal.care.school_data import importer, kinds, operations
from aarportal.care.school_records.models import Grade
from aarportal.care.wellbeing.models import AttendanceEntry
from aarportal.web import worker
from tests.care import tables
from tests.care.people import GONE, NUMBERS, TWIN_A, TWIN_B, appoint
from tests.care.tables import attendance, marked, table
from tests.cast import AOI, BEN, CHIBA, HEAD, NURSE, OKA, SATO
from tests.cycle.action.imports.test_routes import fields_of, place_of, pressed


@pytest.fixture(autouse=True)
def school(app):
    with app.app_context():
        appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)


def rows(app, model):
    with app.app_context():
        return tables.rows(model)


def files(app):
    """Ids of the files that are kept; other tests leave theirs."""
    return {file_id for file_id, _ in importer.of(app).files.kept()}


def uploaded(me, text, kind="attendance_daily", name="四月.csv"):
    data = text if isinstance(text, bytes) else text.encode("cp932")
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    content_type = f"multipart/form-data; boundary={boundary}"
    return me.post(f"/school-data/new/{kind}", body, content_type=content_type)


def said(me, page, **changed):
    """The page after the columns were said; columns that are changed go by their names."""
    action = page.one("form.mapping")["action"]
    changed = {name: place_of(page, name, value) for name, value in changed.items()}
    answer = me.post(action, {**fields_of(page, action), **changed})
    return me.follow(answer) if answer.status == 303 else answer


def looked_at(me, text, kind="attendance_daily", **changed):
    return said(me, me.follow(uploaded(me, text, kind)), **changed)


def cells_of(page) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in page.html.select("table.sheet tbody tr")
    ]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig", "utf-16"])
def test_a_table_goes_in_and_out_again(app, browser, encoding):
    me = browser(OKA)
    text = "令和８年度　出欠一覧,,,,\r\n" + attendance(
        marked(AOI, "令和8年11月2日(月)"), marked(BEN, "Ｒ８．１１．２", "病欠", "ｶｾﾞ")
    )
    page = looked_at(me, text.encode(encoding))
    assert [row[0] + row[2][:2] + row[3] for row in cells_of(page)] == [
        "3髙﨑2026-11-02", "4𠮷田2026-11-02",
    ]  # fmt: skip
    assert rows(app, AttendanceEntry) == []
    done = me.follow(pressed(me, page, "start"))
    assert {row.reason for row in rows(app, AttendanceEntry)} == {"", "カゼ"}
    undo = me.get(done.one('a[href$="/undo"]')["href"])
    gone = me.follow(pressed(me, undo, "undo"))
    assert not gone.html.select('a[href$="/undo"]')
    assert rows(app, AttendanceEntry) == []
    assert me.get("/school-data").html.select("ol.entries li.card")


def test_every_kind_says_how_grave_it_is_and_who_reads_it(browser):
    page = browser(HEAD).get("/school-data/new")
    cards = page.html.select("ul.entries > li")
    assert len(cards) == len(kinds.discover())
    for card, kind in zip(cards, kinds.discover().values(), strict=True):
        assert card.select_one("a")["href"].endswith(kind.key)
        assert card.select(".about span")[0].get_text(strip=True).endswith(kind.classification)
        assert len(card.select(".about span")[1].get_text(strip=True)) > 6


@pytest.mark.parametrize("member", [OKA, HEAD, NURSE, CHIBA, AOI], ids=lambda m: m.name)
@pytest.mark.parametrize("kind", sorted(kinds.discover()))
def test_who_may_bring_what(browser, member, kind):
    me = browser(member)
    may = member.role in kinds.discover()[kind].brought_by
    expected = 200 if may else 404 if member in {OKA, HEAD, NURSE} else 403
    assert me.get(f"/school-data/new/{kind}").status == expected
    assert uploaded(me, attendance(marked(AOI)), kind).status == (303 if may else expected)


def test_an_import_of_health_is_not_the_offices(browser):
    nurse, office = browser(NURSE), browser(OKA)
    text = table("日付,学籍番号,気分,自由記述", f"2026/11/2,{NUMBERS[AOI]},1,だれにも言わないで")
    page = looked_at(nurse, text, "health_observation")
    here = page.one('form[action$="/start"]')["action"].removesuffix("/start")
    for path in ("", "/columns", "/undo"):
        assert office.get(here + path).status == 404
    for step in ("start", "stop", "continue", "undo", "drop"):
        assert office.post(f"{here}/{step}").status == 404
    assert not office.get("/school-data").html.select("ol.entries")
    assert nurse.get("/school-data").html.select("ol.entries")
    assert "だれにも" not in page.text


def test_imports_of_another_school_are_not_found(browser):
    page = looked_at(browser(OKA), attendance(marked(AOI)))
    here = page.one('form[action$="/start"]')["action"].removesuffix("/start")
    assert browser(SATO).get(here).status == 404


def test_rows_that_cannot_be_taken_are_told_and_left_out_only_when_asked(app, browser):
    me = browser(OKA)
    page = looked_at(
        me, attendance(marked(AOI), marked(BEN, mark="はてな"), marked("777"), "計,,,,")
    )
    lines = [each.get_text(" ", strip=True) for each in page.html.select("ul.rows li")]
    assert len(lines) == 2
    assert "はてな" in lines[0] and "3" in lines[0]
    assert "777" in lines[1] and "4" in lines[1]
    refused = pressed(me, page, "start")
    assert refused.status == 422
    assert refused.html.select(".field-error")
    assert rows(app, AttendanceEntry) == []
    me.follow(pressed(me, page, "start", without_others="y"))
    assert [row.student_id for row in rows(app, AttendanceEntry)] == [AOI.id]


def test_columns_are_mended_and_kept_for_the_next_table(browser):
    me = browser(OKA)
    text = attendance(marked(AOI)).replace("学籍番号", "だれ").replace("区分", "どう")
    wrong = said(me, me.follow(uploaded(me, text)))
    assert wrong.status == 422
    assert {each["id"] for each in wrong.html.select('[aria-invalid="true"]')} == {"person", "mark"}
    mended = said(me, wrong, person="だれ", mark="どう")
    assert "髙﨑" in mended.text
    again = me.follow(uploaded(me, text))
    assert again.one("#person option[selected]").get_text().startswith("だれ")
    other = me.follow(uploaded(me, attendance(marked(AOI))))
    assert other.one("#person option[selected]").get_text().startswith("学籍番号")


def test_steps_of_ratings_are_kept_for_the_next_table(app, browser):
    me = browser(OKA)
    header = "年度,学期,学籍番号,教科,評定"
    lines = (f"2026,1,{NUMBERS[AOI]},数学,5", f"2026,1,{NUMBERS[BEN]},数学,4")
    page = looked_at(me, table(header, *lines), "grades")
    assert not page.html.select("table.sheet")
    changed = me.get(page.one('a[href$="/columns"]')["href"])
    page = said(me, changed, chosen_ratings="five")
    assert [row[4] for row in cells_of(page)] == ["5", "4"]
    me.follow(pressed(me, page, "start"))
    assert {row.value for row in rows(app, Grade)} == {"4", "5"}
    next_time = me.follow(uploaded(me, table(header, lines[0]), "grades"))
    assert next_time.one("#chosen_ratings option[selected]")["value"] == "five"


@pytest.mark.parametrize(
    "changed",
    [{"person": "ない"}, {"person": "日付"}, {"mark": ""}, {"person_kind": "shoe size"}],
    ids=str,
)
def test_columns_that_cannot_be_taken_are_told_beside_their_field(browser, changed):
    me = browser(OKA)
    page = said(me, me.follow(uploaded(me, attendance(marked(AOI)))), **changed)
    assert page.status == 422
    assert page.html.select(".field-error")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"PK\x03\x04[Content_Types]xl/workbook", "book.xlsx"),
        (b'a,b\r\n"open', "quote.csv"),
        (b"x" * (operations.MOST_BYTES + 1), "large.csv"),
    ],
    ids=["empty", "workbook", "quote", "large"],
)
def test_a_file_that_is_no_table_is_refused_beside_its_field(browser, data, name):
    page = uploaded(browser(OKA), data, name=name)
    assert page.status == 422
    assert page.one("#file-error").get_text(strip=True)


def test_without_a_file_the_form_says_so(browser):
    page = browser(OKA).post("/school-data/new/grades", {})
    assert page.status == 422
    assert page.one("#file-error").get_text(strip=True)


def test_an_ambiguous_file_waits_until_a_person_has_chosen(browser):
    me = browser(OKA)
    page = me.follow(uploaded(me, b"date,ID,attendance,note\r\n2026/11/2,x,\xc3\xa4\xc3\xa4,y\r\n"))
    assert not page.html.select("form.mapping")
    action = page.one('form[action$="/encoding"]')["action"]
    assert me.post(action, {"encoding": "latin-1"}).status == 422
    page = me.follow(me.post(action, {"encoding": "utf-8"}))
    assert page.one("form.mapping")


def test_a_file_is_dropped_without_a_trace_of_anybody(app, browser):
    me = browser(OKA)
    page = me.follow(uploaded(me, attendance(marked(AOI))))
    before = files(app)
    me.follow(me.post(page.one('form[action$="/drop"]')["action"]))
    assert not me.get("/school-data").html.select("ol.entries")
    assert len(before - files(app)) == 1


def test_a_working_import_shows_how_far_it_is_and_can_be_stopped(app, browser, monkeypatch):
    me = browser(OKA)
    page = looked_at(me, attendance(marked(AOI)))
    monkeypatch.setattr(worker.Worker, "wake", lambda _self: None)
    working = me.follow(pressed(me, page, "start"))
    assert working.html.select("svg.meter")
    stopped = me.follow(pressed(me, working, "stop"))
    monkeypatch.undo()
    assert rows(app, AttendanceEntry) == []
    me.follow(pressed(me, stopped, "continue"))
    assert len(rows(app, AttendanceEntry)) == 1


def test_what_was_changed_since_is_not_taken_back_and_the_page_says_so(browser):
    me = browser(OKA)
    first = me.follow(pressed(me, looked_at(me, attendance(marked(AOI))), "start"))
    me.follow(pressed(me, looked_at(me, attendance(marked(AOI, mark="出席"))), "start"))
    undo = me.get(first.one('a[href$="/undo"]')["href"])
    page = me.follow(pressed(me, undo, "undo"))
    assert page.html.select('.banner[data-kind="warn"]')
    assert page.says("take the later import back first") or page.says("先に")


def test_the_list_of_imports_is_paged(app, browser):
    me = browser(OKA)
    with app.app_context():
        for _ in range(45):
            tables.brought(attendance(marked(AOI)))
    assert len(me.get("/school-data").html.select("ol.entries > li")) == 40
    assert len(me.get("/school-data?page=2").html.select("ol.entries > li")) == 5
    assert me.get("/school-data?page=x").status == 200
    assert len(me.get(f"/school-data?page={10**30}").html.select("ol.entries > li")) == 5


def test_a_step_that_there_is_not_is_not_found(browser):
    me = browser(OKA)
    page = looked_at(me, attendance(marked(AOI)))
    assert me.post(page.one('form[action$="/start"]')["action"] + "le").status == 404


def test_the_file_of_an_import_lies_where_only_the_server_reads(app, browser):
    before = files(app)
    uploaded(browser(OKA), attendance(marked(AOI)))
    [file_id] = files(app) - before
    folder = app.config["SETTINGS"].data_dir / "school-data"
    assert (folder / str(file_id)).exists()
    assert folder.stat().st_mode & 0o077 == 0
