"""What came with a child's statements goes where the child goes, and goes when the child goes."""

import json
from datetime import timedelta
from hashlib import sha256, sha512
from itertools import count

import pytest
from bs4 import BeautifulSoup

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover import archive, keeper
from aarportal.insight.handover.deleting import operations as deleting
from aarportal.insight.handover.deleting.operations import OrderDraft
from aarportal.insight.handover.manifests import INDEX, MANIFEST, STATEMENTS
from aarportal.insight.handover.writing import operations as writing
from tests.cast import AOI, BEN, HINATA, MINATO, OKA, SATO, scope_of
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.elsewhere import AOI_THERE
from tests.insight.handover.test_archive import files_of
from tests.insight.handover.test_operations_taking_in import check_alike

PHOTO, SHEET, PAGE = b"\x89PNG a notebook", b"a worksheet of all", b"<script>alert(1)</script>"


@pytest.fixture
def there(tmp_path):
    return elsewhere.open_installation(tmp_path / "there")


@pytest.fixture
def lived(app):
    """Aoi's app sent a photo, a page with a program, and a sheet that Ben has as well."""
    life.live(app, days=(3,))
    life.attach(app, AOI, PHOTO, SHEET)
    life.attach(app, AOI, PAGE, attachments=[life.header(PAGE, "text/html", display={"en": "x"})])
    life.attach(app, BEN, SHEET)


def attached(data: bytes) -> dict[str, bytes]:
    return {name: each for name, each in files_of(data).items() if name.startswith("attachments/")}


def kept(app, district_id, data: bytes) -> bytes | None:
    return app.extensions["attachments"].get(district_id, sha256(data).hexdigest())


def said_of_apps(data: bytes) -> list[dict]:
    """Statements of apps; those of the portal bear its own address."""
    return [each for each in json.loads(files_of(data)[STATEMENTS]) if "drill.example" in str(each)]


def test_a_move_and_a_way_back_change_no_file(app, there, lived):
    first = elsewhere.export(app, AOI)
    assert attached(first) == {
        f"attachments/{sha256(PHOTO).hexdigest()}.png": PHOTO,
        f"attachments/{sha256(SHEET).hexdigest()}.png": SHEET,
        f"attachments/{sha256(PAGE).hexdigest()}.bin": PAGE,
    }
    listed = {each["name"]: each for each in json.loads(files_of(first)[MANIFEST])["files"]}
    for name, data in attached(first).items():
        assert listed[name] == {
            "name": name, "sha256": sha256(data).hexdigest(), "bytes": len(data),
        }  # fmt: skip
    import_id = elsewhere.take_in(there, first)
    assert elsewhere.state(there, import_id) == ("done", "")
    assert [kept(there, MINATO, each) for each in (PHOTO, SHEET, PAGE)] == [PHOTO, SHEET, PAGE]
    second = elsewhere.export(there, AOI_THERE)
    assert attached(second) == attached(first)
    assert [each.get("attachments") for each in said_of_apps(second)] == [
        each.get("attachments") for each in said_of_apps(first)
    ]
    check_alike(elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI))
    before = rows.without_traces(rows.dump(app))["attachments"]
    elsewhere.take_in(app, second, AOI, OKA)
    assert rows.without_traces(rows.dump(app))["attachments"] == before
    assert attached(elsewhere.export(app, AOI)) == attached(first)


def test_apps_there_are_given_the_data(app, there, lived):
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    found = [row.split("\t") for row in rows.dump(there)["attachments"]]
    assert {(row[1], row[2]) for row in found} == {
        (sha256(PHOTO).hexdigest(), "image/png"),
        (sha256(SHEET).hexdigest(), "image/png"),
        (sha256(PAGE).hexdigest(), "text/html"),
    }


def test_the_same_file_twice_doubles_nothing(app, there, lived):
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    before = rows.without_traces(rows.dump(there))
    again = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, again) == ("done", "")
    assert rows.without_traces(rows.dump(there)) == before


def test_what_is_taken_back_takes_its_files_along_and_no_others(app, there, lived):
    life.attach(there, BEN, SHEET)
    before = rows.without_traces(rows.dump(there))
    import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert kept(there, MINATO, PHOTO) == PHOTO
    elsewhere.take_back(there, import_id)
    assert elsewhere.state(there, import_id) == ("undone", "")
    assert rows.without_traces(rows.dump(there)) == before
    assert kept(there, MINATO, PHOTO) is kept(there, MINATO, SHEET) is None
    assert kept(there, HINATA, SHEET) == SHEET


def test_a_file_that_cannot_be_written_leaves_none_behind(app, there, lived, monkeypatch, caplog):
    before = rows.without_traces(rows.dump(there))

    def breaks(*_):
        assert kept(there, MINATO, PHOTO) == PHOTO
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", breaks)
        import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, import_id) == ("stopped", "unexpected")
    assert rows.without_traces(rows.dump(there))["attachments"] == before["attachments"]
    assert kept(there, MINATO, PHOTO) is None


def test_deletion_by_schedule_deletes_what_came_along(app, there, lived):
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    life.attach(there, BEN, SHEET)
    life.leave(there, AOI_THERE, clock.today() - timedelta(days=400))
    with there.app_context():
        with unit_of_work(scope_of(SATO)) as scope:
            draft = OrderDraft(AOI_THERE.id, "transfer_out", without_export=True)
            order_id = deleting.order(scope, draft).id
        assert keeper.here().delete_due(clock.today()) == [order_id]
        with unit_of_work(scope_of(SATO), read_only=True) as scope:
            assert deleting.the_order(scope, order_id).counts["attachments"] == 3
    assert [row for row in rows.dump(there)["attachments"] if str(MINATO) in row] == []
    assert [kept(there, MINATO, each) for each in (PHOTO, SHEET, PAGE)] == [None] * 3
    assert kept(there, HINATA, SHEET) == SHEET


def test_the_page_links_files_and_opens_none(app):
    hostile = '\u202e"><img src=x>\n../a/b.html'
    life.attach(app, AOI, PHOTO, attachments=[life.header(PHOTO, display={"ja": hostile})])
    life.attach(app, AOI, PAGE, attachments=[life.header(PAGE, "text/html", display={"ja": "頁"})])
    life.attach(app, AOI, SHEET, attachments=[life.header(SHEET, "image/svg+xml", display={})])
    files = files_of(elsewhere.export(app, AOI))
    page = BeautifulSoup(files[INDEX], "html.parser")
    links = {each["href"]: each for each in page.select("a[download]")}
    assert set(links) == set(attached_names(files))
    assert not page.select("img, iframe, object, embed, script")
    photo, program, drawing = (
        links[f"attachments/{sha256(data).hexdigest()}.{ending}"]
        for data, ending in ((PHOTO, "png"), (PAGE, "bin"), (SHEET, "bin"))
    )
    assert photo["download"] == "img src=x .. a b.html.png"
    assert photo.text == '"><img src=x> ../a/b.html'
    assert (program["download"], program.text) == ("頁.bin", "頁")
    assert drawing["download"].endswith(".bin") and drawing.text.strip()


def attached_names(files):
    return [name for name in files if name.startswith("attachments/")]


def test_what_lies_at_an_address_keeps_it(app, there):
    far = life.header(b"far away", fileUrl="https://drill.example/file")
    life.attach(app, AOI, PHOTO, attachments=[life.header(PHOTO), far])
    data = elsewhere.export(app, AOI)
    assert [*attached(data).values()] == [PHOTO]
    assert "https://drill.example/file" in files_of(data)[STATEMENTS].decode()
    import_id = elsewhere.take_in(there, data)
    assert elsewhere.state(there, import_id) == ("done", "")
    assert said_of_apps(elsewhere.export(there, AOI_THERE)) == said_of_apps(data)


def test_data_under_another_sha2_travels_under_it(app, there):
    long = sha512(PHOTO).hexdigest()
    life.attach(app, AOI, PHOTO, sha2=sha512, attachments=[life.header(PHOTO, sha2=long.upper())])
    data = elsewhere.export(app, AOI)
    assert attached(data) == {f"attachments/{long}.png": PHOTO}
    import_id = elsewhere.take_in(there, data)
    assert elsewhere.state(there, import_id) == ("done", "")
    assert there.extensions["attachments"].get(MINATO, long) == PHOTO


def test_data_that_is_gone_or_spoilt_does_not_travel(app, there):
    spoilt, gone = b"photo of a wet notebook", b"photo of a lost notebook"
    life.attach(app, AOI, SHEET, spoilt, gone)
    store = app.extensions["attachments"]
    folder = app.config["SETTINGS"].data_dir / "attachments"
    [place] = folder.rglob(sha256(spoilt).hexdigest())
    place.write_bytes(b"something else")
    store.forget(HINATA, sha256(gone).hexdigest())
    data = elsewhere.export(app, AOI)
    assert [*attached(data).values()] == [SHEET]
    import_id = elsewhere.take_in(there, data)
    assert elsewhere.state(there, import_id) == ("done", "")


def test_what_does_not_fit_stays_at_school_and_is_said(app, there, lived, monkeypatch):
    numbers = count()
    more = [b"photo %d" % next(numbers) for _ in range(3)]
    life.attach(app, AOI, *more)
    monkeypatch.setattr(archive, "MOST_ATTACHMENTS", 2)
    data = elsewhere.export(app, AOI)
    assert len(attached(data)) == 2
    assert set(attached(data).values()) <= {*more}, "the latest first"
    page = BeautifulSoup(files_of(data)[INDEX], "html.parser")
    assert "4" in page.select_one("#files").parent.text
    import_id = elsewhere.take_in(there, data)
    assert elsewhere.state(there, import_id) == ("done", "")
    check_alike(elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI))
