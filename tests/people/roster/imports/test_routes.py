"""The office brings a roster in a browser without JavaScript."""

import io

import pytest
from sqlalchemy import update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.roster.imports import importer
from aarportal.web import worker
from tests.cast import AOI, BEN, CHIBA, CLASS_1_1, OKA, SATO
from tests.people.roster.imports.office import HERE, child, roster, seat, standing_school

NEW = [child(f"ko{n:02}", n) for n in range(1, 61)]


@pytest.fixture
def office(browser, app):
    with app.app_context():
        standing_school()
    return browser(OKA)


def sent(me, content, name="RO_20260401_131234.zip", **fields):
    # In memory: what the test client itself writes to a file, it leaves open.
    data = {**fields, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return me.post("/rosters/new", None, input_stream=io.BytesIO(body), content_type=kind)


def pressed(me, page, action, **fields):
    form = page.one(f'form[action$="/{action}"]')
    hidden = {tag["name"]: tag.get("value", "") for tag in form.select("input[type=hidden]")}
    return me.post(form["action"], {**hidden, **fields})


def test_a_roster_is_seen_confirmed_and_taken_back(office):
    empty_or_list = office.get("/rosters")
    assert empty_or_list.one('a[href="/rosters/new"]')
    page = office.follow(sent(office, roster([*HERE, *NEW])))
    assert page.says("このファイルは取り込めます。")
    assert page.says("新しく入る人 60")
    assert len(page.html.select("#roster-import table.sheet tbody tr")) >= 50
    assert page.says("新田 ko01")
    later = office.get(page.one('a[rel="next"]')["href"])
    assert later.says("新田 ko60")
    done = office.follow(pressed(office, page, "confirm"))
    assert done.says("取り込み済み") or done.says("取り込みました") or done.one(".tag")
    undo = office.get(done.one('a[href$="/undo"]')["href"])
    assert undo.says("新しく入る人")
    back = office.follow(pressed(office, undo, "undo"))
    assert back.says("取り消しました")
    assert office.get("/rosters").says("RO_20260401_131234.zip")


def test_each_kind_of_change_has_its_list(office):
    def moved(files):
        files["enrollments"][0] = seat(AOI, CLASS_1_1)
        files["users"][1]["preferredFamilyName"] = "新しい苗字"

    page = office.follow(sent(office, roster(HERE, moved)))
    links = page.html.select(".seg a")
    assert [link.get_text() for link in links] == ["組が変わる人 1", "名前が変わる人 1"]
    assert page.says("ひなた小学校 4年2組")
    assert page.says("ひなた小学校 1年1組")
    assert office.get(links[1]["href"]).says("新しい苗字 勉")


def test_what_looks_wrong_is_asked_about_first(office):
    done = office.follow(sent(office, roster([*HERE, *NEW])))
    office.follow(pressed(office, done, "confirm"))
    page = office.follow(sent(office, roster()))
    assert page.says("ファイルの間違いかもしれません。")
    refused = pressed(office, page, "confirm")
    assert refused.status == 422
    assert refused.says("このとおりでよければチェックを入れてください。")
    assert office.follow(pressed(office, refused, "confirm", sure="y")).one('a[href$="/undo"]')


def test_a_file_with_problems_lists_file_line_column_and_help(office):
    def broken(files):
        files["enrollments"][1]["userSourcedId"] = "nobody"

    page = office.follow(sent(office, roster(HERE, broken)))
    assert page.says("このファイルは取り込めません。")
    line = page.html.select("#roster-import .rows li")[0].get_text(" ")
    for words in ("enrollments.csv", "3", "userSourcedId", "dangling_reference", "nobody"):
        assert words in line
    assert not page.html.select('form[action$="/confirm"]')
    dropped = office.follow(pressed(office, page, "drop"))
    assert dropped.says("名簿")


def test_without_a_file_the_form_comes_back(office):
    page = office.post("/rosters/new", {})
    assert page.status == 422
    assert page.one("[data-errors]")


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=["student", "teacher"])
def test_only_the_office_comes_here(browser, member):
    me = browser(member)
    assert me.get("/rosters").status == 403
    assert me.get("/rosters/new").status == 403
    assert sent(me, roster()).status == 403


def test_the_office_of_another_district_finds_nothing(office, browser):
    page = sent(office, roster([*HERE, *NEW]))
    other = browser(SATO)
    assert other.get(page.location).status == 404
    for action in ("confirm", "drop", "undo", "continue"):
        assert other.post(f"{page.location}/{action}").status == 404


def test_while_it_is_worked_on_the_page_asks_again_and_a_link_does_too(office, app, monkeypatch):
    monkeypatch.setattr(worker.Worker, "wake", lambda _: None)
    page = office.follow(sent(office, roster([*HERE, *NEW])))
    part = page.one("#roster-import")
    assert part["hx-trigger"].startswith("every 2s")
    url = part["hx-get"]
    tag = {"If-None-Match": page.response.headers["ETag"]}
    assert office.get(url, headers=tag).status == 304
    fragment = office.get(url, headers={"HX-Request": "true", "HX-Target": "roster-import"})
    assert "<html" not in fragment.text
    assert page.one(f'#roster-import a[href="{url}"]')
    monkeypatch.undo()
    with app.app_context():
        importer.here().worker.work_off()
    assert office.get(url, headers=tag).one('form[action$="/confirm"]')


def test_an_english_reader_reads_english(office, app):
    with app.app_context(), unit_of_work(SystemScope("english")) as scope:
        scope.session.execute(
            update(Account).where(Account.user_id == OKA.id).values(language="en")
        )
        audit.record(scope, "test:english", OKA.id)
    page = office.follow(sent(office, roster([member for member in HERE if member != BEN])))
    assert page.says("What it means for people")
    assert page.says("Leave 1")
