"""An administrator brings a table, looks, takes it in and takes it back, in a browser."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import importer, operations
from aarportal.cycle.action.imports.models import TableImport
from aarportal.cycle.action.imports.taking_in import operations as taking
from aarportal.cycle.action.intake import digester
from aarportal.web import worker
from tests.backstage import backstage, stage
from tests.cast import AOI, APP_DRILL, BEN, CHIBA, HANA, KEN, OKA, SATO
from tests.cycle.action.imports import sheets
from tests.cycle.action.imports.sheets import HEADER, line, many, table

__all__ = ["stage"]

records, sums, seen = map(backstage, (sheets.records, sheets.sums, sheets.seen))


def uploaded(me, text, *, name="四月.csv", app=str(APP_DRILL), **fields):
    data = text if isinstance(text, bytes) else text.encode("cp932")
    fields = {"app": app, "app_title": "", "mapping": "", **fields}
    # In memory: what the test client itself writes to a file, it leaves open.
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(data), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return me.post("/imports/new", body, content_type=kind)


def fields_of(page, action) -> dict:
    """What a form would send as it stands."""
    form = page.one(f'form[action="{action}"]')
    fields = {}
    for each in form.select("input, select"):
        if each.get("type") in {"checkbox", "radio"} and not each.has_attr("checked"):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            fields[each["name"]] = chosen["value"]
        else:
            fields[each["name"]] = each.get("value", "")
    return fields


def looked_at(me, text, **fields):
    """The page of an import whose columns were right as they were guessed."""
    page = me.follow(uploaded(me, text, **fields))
    return said(me, page)


def said(me, page, **changed):
    """The page after the columns were said; columns that are changed go by their names."""
    action = page.one("form.mapping")["action"]
    changed = {name: place_of(page, name, value) for name, value in changed.items()}
    answer = me.post(action, {**fields_of(page, action), **changed})
    return me.follow(answer) if answer.status == 303 else answer


def place_of(page, name, column) -> str:
    for option in page.html.select(f"select#{name} option"):
        if option.get_text().partition("　")[0] == column:
            return option["value"]
    return column


def pressed(me, page, verb, **fields):
    """The answer to the form of the page whose address ends in `verb`."""
    action = page.one(f'form[action$="/{verb}"]')["action"]
    return me.post(action, {**fields_of(page, action), **fields})


def id_of(page) -> str:
    return re.search(r"[0-9a-f-]{36}", page.one('a[href$="/columns"], a[href$="/undo"]')["href"])[0]


@pytest.mark.parametrize(
    "encoding", ["cp932", "utf-8-sig", "utf-16", "utf-8"], ids=lambda name: name
)
def test_a_table_goes_in_and_out_again(browser, encoding):
    me = browser(OKA)
    before = sums()
    page = looked_at(me, table(line(AOI), line(BEN), line("nobody")).encode(encoding))
    assert page.says("Every row can be taken") or page.says("どの行も取り込めます")
    cells = [cell.get_text(" ", strip=True) for cell in page.html.select("table.sheet tbody td")]
    assert cells[1:3] == ["aoi@hinata.example", "髙﨑\u2009葵"]
    assert "わり算①髙﨑" in cells[4]
    done = me.follow(pressed(me, page, "start"))
    assert [each.student_id for each in records()] == [AOI.id, BEN.id] or len(records()) == 2
    assert done.one("dl.counts").get_text(" ", strip=True).count("2") >= 1
    undo = me.get(done.one('a[href$="/undo"]')["href"])
    gone = me.follow(pressed(me, undo, "undo"))
    assert not gone.html.select('a[href$="/undo"]')
    assert (records(), sums()) == ([], before)
    again = me.follow(pressed(me, looked_at(me, table(line(AOI)).encode(encoding)), "start"))
    assert again.html.select('a[href$="/undo"]')
    assert len(records()) == 1


def test_problems_are_told_line_by_line_and_the_others_are_taken_only_when_asked(browser):
    me = browser(OKA)
    page = looked_at(me, table(line(AOI), line(BEN, at="4/31"), line(KEN), "合計,,,,,,9,9"))
    lines = [each.get_text(" ", strip=True) for each in page.html.select("ul.rows li")]
    assert len(lines) == 2
    assert "学習日時" in lines[0]
    assert "4/31" in lines[0]
    assert re.search(r"\b3\b", lines[0])
    assert "ken@hinata.example" in lines[1]
    refused = pressed(me, page, "start")
    assert refused.status == 422
    assert refused.html.select(".field-error")
    assert records() == []
    done = me.follow(pressed(me, page, "start", without_problems="y"))
    assert done.html.select('a[href$="/undo"]')
    assert [each.student_id for each in records()] == [AOI.id]


def test_columns_are_mended_kept_and_found_next_time(browser):
    me = browser(OKA)
    text = table(line(AOI)).replace("ログインID", "だれ").replace("学習日時", "いつ")
    page = me.follow(uploaded(me, text))
    wrong = said(me, page)
    assert wrong.status == 422
    assert {each["id"] for each in wrong.html.select('[aria-invalid="true"]')} == {"person", "date"}
    mended = said(me, wrong, person="だれ", moment="いつ", keep_as="だれいつ")
    assert "aoi@hinata.example" in mended.text
    form = me.get("/imports/new")
    option = form.one("#mapping option:nth-of-type(2)")
    assert option.get_text() == "だれいつ"
    page = me.follow(uploaded(me, text, app="", mapping=option["value"]))
    assert page.one("#person option[selected]").get_text().startswith("だれ")
    missing = me.follow(uploaded(me, table(line(AOI)), mapping=option["value"]))
    assert "だれ" in missing.one('main .stack .banner[data-kind="warn"]').get_text()


@pytest.mark.parametrize(
    "changed",
    [
        {"person": "ない"},
        {"person": "学習日時"},
        {"home_page": "https://elsewhere.example/"},
        {"home_page": "no iri"},
        {"person_kind": "name"},
        {"keep_as": "長" * 61},
        {"date": "学習日時", "moment": "学習日時"},
        {"moment": ""},
    ],
    ids=str,
)
def test_columns_that_cannot_be_taken_are_told_beside_their_field(browser, changed):
    me = browser(OKA)
    page = said(me, me.follow(uploaded(me, table(line(AOI)))), **changed)
    assert page.status == 422
    assert page.html.select(".field-error")


def test_an_ambiguous_file_waits_until_a_person_has_chosen(browser):
    me = browser(OKA)
    data = b"ID,date,title\r\naoi@hinata.example,2026/4/1,\xc3\xa4\xc3\xa4\r\n"
    page = me.follow(uploaded(me, data))
    assert not page.html.select("form.mapping")
    values = [each["value"] for each in page.html.select('input[name="encoding"]')]
    assert {"utf-8", "cp932"} <= set(values)
    action = page.one('form[action$="/encoding"]')["action"]
    assert me.post(action, {}).status == 422
    assert me.post(action, {"encoding": "latin-1"}).status == 422
    page = me.follow(me.post(action, {"encoding": "utf-8"}))
    assert "ää" in said(me, page).text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"PK\x03\x04[Content_Types]xl/workbook", "book.xlsx"),
        (b'a,b\r\n"open', "quote.csv"),
        (b"\xff\xff\x81", "bytes.csv"),
        (b"x" * (operations.MOST_BYTES + 1), "large.csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_table_is_refused_beside_its_field(browser, data, name):
    page = uploaded(browser(OKA), data, name=name)
    assert page.status == 422
    assert page.one("#file-error").get_text(strip=True)


def test_a_file_far_too_large_is_refused_before_it_is_read(browser):
    page = uploaded(browser(OKA), b"x" * (9 * 1024 * 1024))
    assert page.status == 413


def test_without_a_file_the_form_says_so(browser):
    page = browser(OKA).post("/imports/new", {"app": "", "mapping": "", "app_title": ""})
    assert page.status == 422
    assert page.one("#file-error")


def test_an_app_of_its_own_is_called_as_somebody_says_or_like_the_file(browser):
    me = browser(OKA)
    for title, name in (("計算カード", "計算カード"), ("", "四月")):
        page = me.follow(uploaded(me, table(line(AOI)), app="", app_title=title))
        assert name in page.one(".page-head").get_text()


def test_a_file_of_which_nothing_was_taken_is_dropped_without_a_trace(browser, app):
    before = set(importer.of(app).files.kept())
    me = browser(OKA)
    page = looked_at(me, table(line(AOI)))
    assert len(set(importer.of(app).files.kept()) - before) == 1
    answer = me.follow(pressed(me, page, "drop"))
    assert answer.html.select(".empty")
    assert set(importer.of(app).files.kept()) == before


def test_while_it_is_worked_on_the_page_asks_again_and_a_link_does_too(browser, app, monkeypatch):
    monkeypatch.setattr(worker.Worker, "wake", lambda _: None)
    me = browser(OKA)
    page = looked_at(me, many((AOI, BEN, HANA), 30))
    part = page.one("#import")
    assert part["hx-trigger"].startswith("every 2s")
    url = part["hx-get"]
    assert me.get(url, headers={"If-None-Match": page.response.headers["ETag"]}).status == 304
    fragment = me.get(url, headers={"HX-Request": "true", "HX-Target": "import"})
    assert "<html" not in fragment.text
    assert fragment.one("#import")
    assert page.one(f'a[href="{url}"]')
    stopped = me.follow(pressed(me, page, "stop"))
    assert not stopped.one("#import").has_attr("hx-get")
    assert me.follow(pressed(me, stopped, "continue")).one("#import").has_attr("hx-get")
    monkeypatch.undo()
    with app.app_context():
        importer.of(app).worker.work_off()
    page = me.get(url, headers={"If-None-Match": page.response.headers["ETag"]})
    assert page.html.select('form[action$="/start"]')


def test_while_its_rows_are_read_the_page_asks_again(browser, app, monkeypatch):
    monkeypatch.setattr(digester.of(app), "wake", lambda: None)
    me = browser(OKA)
    page = me.follow(pressed(me, looked_at(me, table(line(AOI))), "start"))
    assert page.one("#import").has_attr("hx-get")
    assert not records()
    monkeypatch.undo()
    with app.app_context():
        digester.of(app).read_all()
    page = me.get(
        page.one("#import")["hx-get"], headers={"If-None-Match": page.response.headers["ETag"]}
    )
    assert page.status == 200
    assert not page.one("#import").has_attr("hx-get")
    assert len(records()) == 1


def test_a_form_that_is_sent_twice_starts_once(browser):
    me = browser(OKA)
    page = looked_at(me, table(line(AOI)))
    action = page.one('form[action$="/start"]')["action"]
    fields = fields_of(page, action)
    assert [me.post(action, fields).status for _ in range(2)] == [303, 303]
    for late in ("start", "columns", "encoding", "drop", "stop", "continue"):
        assert me.post(action.replace("start", late), {}).status == 409, late
    assert me.get(action.replace("start", "columns")).status == 303
    assert len(records()) == 1


def test_the_history_has_forty_a_page(browser, app):
    @backstage
    def make():
        with unit_of_work(SystemScope("history")) as scope:
            for number in range(41):
                scope.session.add(
                    TableImport(
                        school_id=OKA.school_id, app_id=APP_DRILL, file_name=f"{number}.csv",
                        file_sha256="", columns={}, made_by=OKA.id, state="undone",
                    )
                )  # fmt: skip
            operations.audit.record(scope, "imports:made", "")

    make()
    me = browser(OKA)
    first = me.get("/imports")
    assert len(first.html.select("ol.entries > li")) == 40
    rest = me.get(first.one('nav.pager a[rel="next"]')["href"])
    assert len(rest.html.select("ol.entries > li")) == 1


def test_pages_ask_the_database_few_questions(browser, queries):
    me = browser(OKA)
    urls = ["/imports", "/imports/new"]
    page = looked_at(me, many((AOI, BEN, HANA), 30))
    import_id = id_of(page)
    urls += [f"/imports/{import_id}", f"/imports/{import_id}/columns"]
    for url in urls:
        with queries() as asked:
            assert me.get(url).status == 200
        assert len(asked) <= 12, url
    done = me.follow(pressed(me, page, "start"))
    for url in (f"/imports/{import_id}", done.one('a[href$="/undo"]')["href"], "/imports"):
        with queries() as asked:
            assert me.get(url).status == 200
        assert len(asked) <= 12, url


PATHS = ("", "/columns", "/undo", "/start", "/stop", "/continue", "/drop", "/encoding")


def test_the_import_of_another_school_does_not_exist(browser):
    import_id = id_of(looked_at(browser(OKA), table(line(AOI))))
    stranger, teacher = browser(SATO), browser(CHIBA)
    for path in PATHS:
        url = f"/imports/{import_id}{path}"
        if path in {"", "/columns", "/undo"}:
            assert stranger.get(url).status == 404
            assert teacher.get(url).status == 403
        if path:
            assert stranger.post(url).status == 404
            assert teacher.post(url).status == 403
    assert browser(AOI).get("/imports").status == 403


def test_another_schools_app_and_mapping_cannot_be_chosen(browser):
    page = uploaded(browser(SATO), table(line(AOI)))
    assert page.status == 422
    assert page.one("#app-error")


FILES = st.binary(max_size=400) | st.text(max_size=200).map(
    lambda text: text.encode("cp932", "ignore")
)


def test_whatever_file_is_brought_the_page_answers(browser):
    me = browser(OKA)

    @settings(max_examples=150)
    @given(FILES)
    def bring(data):
        page = uploaded(me, data, name="x.csv")
        assert page.status in {303, 422}
        if page.status == 303:
            page = me.follow(page)
            if page.html.select("form.mapping"):
                assert said(me, page).status in {200, 422}

    bring()


CELLS = st.sampled_from(
    ["aoi@hinata.example", "2026/4/1", "12:30", "85%", "=1+1", '"', "\x1b[1m", "𠮷", "\x85"]
) | st.text(max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=8, max_size=9), max_size=6)


def test_whatever_stands_in_the_cells_it_is_taken_or_told(browser):
    me = browser(OKA)

    @settings(max_examples=60)
    @given(TABLES)
    def bring(rows):
        quoted = (",".join('"' + c.replace('"', '""') + '"' for c in row) for row in rows)
        page = uploaded(me, "\n".join([HEADER, *quoted]).encode("utf-8", "ignore"))
        if page.status == 422:
            return
        page = me.follow(page)
        if page.html.select("form.mapping"):
            page = said(me, page)
        if page.html.select('form[action$="/start"] button'):
            done = me.follow(pressed(me, page, "start", without_problems="y"))
            assert not done.html.select("#import[hx-get]")

    bring()


def test_a_slice_holds_no_more_rows_than_others_can_wait_for():
    assert taking.AT_ONCE <= 500
