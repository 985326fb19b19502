"""What a file may be is said by what is in it, never by its name."""

import io
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover.models import HandoverImport
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.models import Class, Enrollment, User, UserRole
from aarportal.web.guard import LARGER_FORMS, MAX_FORM_BYTES
from tests.cast import APP_DRILL, MORI, OKA


def zipped(names=("a.txt",), size=10):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return file.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"
#: What it is -> its bytes; each comes as `list.csv` and as `list.zip`.
FILES = {
    "a picture (PNG)": PNG,
    "a picture (JPEG)": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)),
    "a PDF": b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript >> >>\nendobj\n",
    "a Windows program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(200),
    "a Linux program": b"\x7fELF\x02\x01\x01" + bytes(200),
    "a workbook": zipped(("xl/workbook.xml", "[Content_Types].xml")),
    "a workbook with macros": zipped(("xl/vbaProject.bin",)),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "an archive (gzip)": b"\x1f\x8b\x08\0\0\0\0\0" + bytes(range(200)),
    "an archive (7z)": b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(64),
    "an archive (RAR)": b"Rar!\x1a\x07\x01\0" + bytes(64),
    "an empty zip": zipped(()),
    "a zip with a way out": zipped(("../../etc/cron.d/x",)),
    "a zip bomb": zipped(("users.csv",), 256 << 20),
    "a database": b"SQLite format 3\0" + bytes(100),
    "nothing": b"",
    "noise": bytes(range(256)) * 4,
}
#: Endpoint -> who brings, where to, with what else in the form.
TABLES = {
    "school_data.bring": (OKA, "/school-data/new/attendance_yearly", {}),
    "imports.bring": (OKA, "/imports/new", {"app": str(APP_DRILL), "mapping": ""}),
    "year_imports.bring": (OKA, "/school-year/tables/new", {"kind": "calendar", "year": "2026"}),
    "catalogue.load_app_catalogue": (OKA, f"/catalogue/apps/{APP_DRILL}", {"check": "1"}),
}
ZIPS = {
    "rosters.bring": (OKA, "/rosters/new", {"confirm": "1"}),
    "intakes.bring": (OKA, "/handover/imports/new", {}),
}


def bring(person, path, fields, name, data):
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(data), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return person.post(path, None, input_stream=io.BytesIO(body), content_type=kind)


def test_every_upload_has_a_row_here():
    assert set(LARGER_FORMS) <= set(TABLES) | set(ZIPS)


def kept(app):
    folder = app.config["SETTINGS"].data_dir
    return {
        path
        for path in folder.rglob("*")
        if path.is_file() and "static" not in path.parts and ".db" not in path.name
    }


def roster(app):
    """Everybody and every class there is."""
    with app.app_context(), db.engine.connect() as connection:
        return [
            connection.execute(select(row_class.__table__)).all()
            for row_class in (User, UserRole, Class, Enrollment)
        ]


@pytest.mark.parametrize("name", ["list.csv", "list.zip", "../../list.csv", "=cmd.csv"])
@pytest.mark.parametrize("endpoint", TABLES)
def test_a_table_is_text_whatever_it_is_called(app, browser, endpoint, name):
    member, path, fields = TABLES[endpoint]
    person, before = browser(member), kept(app)
    for what, data in FILES.items():
        page = bring(person, path, fields, name, data)
        assert page.status == 422, (what, page.status, page.location)
        assert page.html.h1
    assert kept(app) == before, "nothing of it is kept"


@pytest.mark.parametrize("name", ["list.zip", "list.csv"])
@pytest.mark.parametrize("endpoint", ZIPS)
def test_a_package_is_a_package_whatever_it_is_called(app, browser, endpoint, name):
    member, path, fields = ZIPS[endpoint]
    person, before, people = browser(member), kept(app), roster(app)
    for what, data in FILES.items():
        page = bring(person, path, fields, name, data)
        if endpoint == "rosters.bring":
            # A roster is looked through once it is there; the page of it says what was found.
            page = person.follow(page)
            assert page.html.select('.banner[data-kind="error"]'), what
        assert page.status == (200 if endpoint == "rosters.bring" else 422), (what, page.status)
    assert kept(app) == before, "nothing of it is kept"
    assert roster(app) == people
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        states = scope.session.scalars(select(RosterImport.state)).all()
        assert not scope.session.scalars(select(HandoverImport)).all()
    assert states == ["refused"] * (len(FILES) if endpoint == "rosters.bring" else 0)


def test_what_is_larger_than_a_form_may_be_is_not_read(browser):
    page = bring(browser(OKA), "/letters", {}, "a.csv", b"0" * (MAX_FORM_BYTES + 1))
    assert page.status == 413


def test_whoever_may_not_bring_is_refused_before_the_file_is_looked_at(browser):
    page = bring(browser(MORI), "/rosters/new", {}, "a.zip", zipped())
    assert page.status == 403
