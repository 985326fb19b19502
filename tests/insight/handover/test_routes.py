"""A child takes its record home; the office hands over, takes in and deletes, in a browser."""

import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from aarportal.core import clock
from aarportal.insight.handover import keeper
from tests.backstage import backstage, stage
from tests.cast import AOI, BEN, CHIBA, HANA, OKA, SATO
from tests.insight.handover import elsewhere, life
from tests.insight.handover.elsewhere import AOI_THERE
from tests.pages import Browser

__all__ = ["stage"]


def press(me, page, action_end: str, **fields):
    """Send a form of the page as it stands, with more typed into it."""
    [form] = [f for f in page.html.find_all("form") if f["action"].endswith(action_end)]
    sent = {
        each["name"]: each.get("value", "")
        for each in form.select("input[type=hidden], input[type=text]")
        if each.get("name")
    }
    return me.post(form["action"], {**sent, **fields})


def file_of(page) -> bytes:
    assert page.status == 200 and page.response.mimetype == "application/zip"
    data = page.response.get_data()
    page.response.close()
    return data


def test_a_child_takes_its_record_home(app, browser):
    life.live(app, days=(3, 0))
    me = browser(AOI)
    assert me.get("/letters").one("a[href='/my-record']")
    page = me.follow(press(me, me.get("/my-record"), "/my-record"))
    data = file_of(press(me, page, "/file"))
    page = zipfile.ZipFile(io.BytesIO(data)).read("index.html").decode()
    assert life.words_of(AOI, life.BEGUN) in page
    # Nothing in the page asks another host, and no other child is named.
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "").replace(
        "https://aarportal.invalid", ""
    )
    assert BEN.family_name not in page
    again = browser(AOI).get("/my-record")
    assert again.says("受け取る")


def test_a_little_child_reads_hiragana(app, browser):
    me = browser(HANA)
    page = me.follow(press(me, me.get("/my-record"), "/my-record"))
    data = file_of(press(me, page, "/file"))
    read = zipfile.ZipFile(io.BytesIO(data)).read("index.html").decode()
    assert '<html lang="ja-Hira" data-stage="low">' in read
    assert "わたしの きろく" in read


def test_a_file_is_its_childs_alone(app, browser):
    me = browser(AOI)
    page = me.follow(press(me, me.get("/my-record"), "/my-record"))
    url = next(f["action"] for f in page.html.find_all("form") if f["action"].endswith("/file"))
    assert browser(BEN).post(url).status == 404
    package_id = url.split("/")[-2]
    assert browser(OKA).post(f"/handover/packages/{package_id}/file").status == 404
    assert browser(CHIBA).post(f"/handover/packages/{package_id}/file").status == 403
    assert browser(CHIBA).get("/handover").status == 403
    assert browser(AOI).get("/handover").status == 403


def test_enough_is_enough_on_one_day(app, browser):
    me = browser(AOI)
    for _ in range(6):
        page = me.follow(press(me, me.get("/my-record"), "/my-record"))
    assert page.says("また")
    assert len([f for f in page.html.find_all("form") if f["action"].endswith("/file")]) == 5


def test_the_office_hands_over_and_plans_the_deletion(app, browser):
    life.live(app, days=(3,))
    me = browser(OKA)
    assert me.get("/handover").says("まだ、だれも転出・卒業していません")
    assert me.get(f"/handover/leavers/{AOI.id}").status == 404
    last = clock.today() - timedelta(days=30)
    life.leave(app, AOI, last + timedelta(days=1))
    shown = f"{last.year}年{last.month}月{last.day}日"
    page = me.get("/handover?words=たかさき")
    assert page.says(shown)
    assert not me.get("/handover?words=よしだ").says(shown)
    page = me.get(page.one("table a")["href"])
    refused = press(me, page, "/order")
    assert refused.status == 422 and refused.one("[data-errors]")
    page = me.follow(press(me, page, "/package"))
    data = file_of(press(me, page, "/file"))
    contents = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("data.json"))
    assert contents["reflections"] and not contents["drafts"]
    page = me.follow(press(me, me.get(page.response.request.path), "/order", kind="transfer_out"))
    due = last + timedelta(days=365)
    assert page.says(f"{due.year}年{due.month}月{due.day}日")
    listed = me.get("/handover/deletions")
    assert listed.says(f"{due.year}年{due.month}月{due.day}日")
    page = me.get(listed.one("table a")["href"])
    refused = press(me, page, "/hold", reason="  ")
    assert refused.status == 422
    page = me.follow(press(me, page, "/hold", reason="家庭裁判所の求め"))
    assert page.says("家庭裁判所の求め")
    assert me.get("/handover/deletions?state=held").says(f"{due.year}年{due.month}月{due.day}日")
    page = me.follow(press(me, page, "/release"))
    clock.shift(timedelta(days=400))
    backstage(lambda: keeper.here().delete_due(clock.today()))()
    me = browser(OKA)
    page = me.get(me.get("/handover/deletions?state=done").one("table a")["href"])
    assert page.says("消去の証明") and page.says("learning_records")
    assert AOI.family_name not in page.text
    assert browser(SATO).get(page.response.request.path).status == 404


@pytest.fixture
def there(tmp_path):
    return elsewhere.open_installation(tmp_path / "there")


def brought(me, data: bytes, name="aoi.zip"):
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    return me.post(
        "/handover/imports/new", body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def test_the_next_school_looks_compares_and_takes_it_in(app, browser, there):
    life.live(app, days=(3, 0))
    data = elsewhere.export(app, AOI)
    spoken = browser(OKA).get("/handover/keys").one(".fingerprint").get_text(strip=True)
    me = Browser(there).sign_in(SATO)
    page = me.follow(brought(me, data))
    assert page.one(".fingerprint").get_text(strip=True) == spoken
    assert page.says("利用者識別子が同じです")
    assert not [f for f in page.html.find_all("form") if f["action"].endswith("/confirm")]
    refused = press(me, page, "/trust")
    assert refused.status == 422
    page = me.follow(press(me, page, "/trust", compared="y"))
    page = me.follow(press(me, page, "/confirm"))
    assert page.says("取り込み済み")
    assert me.get("/handover/imports").says(AOI_THERE.family_name)
    assert me.get("/handover/keys").says("ひなた小学校")
    page = me.follow(press(me, page, "/undo"))
    assert page.says("取り消し済み")
    assert elsewhere.contents(there, AOI_THERE).laps == []


def test_attached_files_are_taken_home_and_brought(app, browser, there):
    photo = bytes(range(256)) * 4000
    life.attach(app, AOI, photo)
    me = browser(AOI)
    page = me.follow(press(me, me.get("/my-record"), "/my-record"))
    data = file_of(press(me, page, "/file"))
    read = BeautifulSoup(zipfile.ZipFile(io.BytesIO(data)).read("index.html"), "html.parser")
    link = read.select_one("#files ~ ul a")
    assert (link.text, link["download"]) == ("ノートの写真", "ノートの写真.png")
    assert zipfile.ZipFile(io.BytesIO(data)).read(link["href"]) == photo
    me = Browser(there).sign_in(SATO)
    page = me.follow(brought(me, data))
    [row] = [each for each in page.html.select("tr") if "添付ファイル" in each.text]
    assert "1" in row.text
    press(me, me.follow(press(me, page, "/trust", compared="y")), "/confirm")
    found = there.extensions["attachments"].get(AOI_THERE.district_id, sha256(photo).hexdigest())
    assert found == photo


def test_a_value_that_nobody_knows_is_refused_with_a_sentence(app, there):
    from tests.insight.handover.test_attacks import resigned

    life.live(app, days=(3,))
    data = elsewhere.export(app, AOI)
    contents = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("data.json"))
    contents["laps"][0]["state"] = "unheard_of"
    page = brought(
        Browser(there).sign_in(SATO),
        resigned(app, data, data=json.dumps(contents).encode()),
    )
    assert page.status == 422 and page.says("読めません")
    assert not [*keeper.of(there).brought.kept()]


def test_a_child_without_identifier_is_looked_for_and_shown_side_by_side(app, there):
    life.live(app, BEN, days=(3,))
    me = Browser(there).sign_in(SATO)
    page = me.follow(brought(me, elsewhere.export(app, BEN)))
    assert page.says("名前だけでは確かめたことになりません")
    path = page.response.request.path
    page = me.get(f"{path}?words=たかさき")
    page = me.follow(press(me, page, "/person", student_id=str(AOI_THERE.id)))
    assert page.says("手で選びました") and page.says(BEN.family_name)
    assert press(me, page, "/person", student_id=str(AOI.id)).status == 404
    page = me.follow(press(me, page, "/person", student_id=""))
    assert not page.says("手で選びました")
    page = me.follow(press(me, page, "/drop"))
    assert not page.says("ben.zip")


def test_what_is_no_export_is_refused_with_a_sentence(there):
    me = Browser(there).sign_in(SATO)
    page = brought(me, b"no zip at all")
    assert page.status == 422 and page.says("zip ファイルではありません")
    page = me.post("/handover/imports/new", {})
    assert page.status == 422


def test_the_command_carries_out_what_is_due(app):
    from click.testing import CliRunner

    from aarportal.insight.handover.commands import delete_due

    life.leave(app, AOI, clock.today() - timedelta(days=500))
    from tests.insight.handover.test_operations_deleting import order

    order(app, without_export=True)
    result = CliRunner().invoke(delete_due, obj=lambda: app)
    assert result.output == "1 orders carried out.\n"
