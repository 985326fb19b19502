"""Taking the roster along: who may, what is in the file, and what is said when it cannot be."""

import csv
import io
import zipfile
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.exports.commands import export_roster
from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle
from aarportal.people.roster.oneroster.columns import BASE_FILES
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_1_2, JP_K12
from tests.cast import AOI, CHIBA, OKA
from tests.people.roster.imports import take_in
from tests.people.roster.oneroster.bundles import AOI as AOI_HERE
from tests.people.roster.oneroster.bundles import DISTRICT, SCHOOL, make_bundle
from tests.people.roster.rest.service import SECOND, be_on, open_district, staff

PAGE = "/rosters/export"


@pytest.fixture
def district(app):
    open_district(app)
    return app


@pytest.fixture
def japanese(app):
    """A district that came in the Japanese profile, with all that it wants."""
    with app.app_context():
        take_in(make_bundle(JP_K12))
    return app


def take(office, dialect_key: str):
    """Send the form; the file is read whole."""
    return office.post(PAGE, {"dialect": dialect_key}, buffered=True)


def taken(page) -> Bundle:
    assert page.status == 200, page.text
    assert page.response.mimetype == "application/zip"
    found = read_bundle(io.BytesIO(page.response.data))
    assert isinstance(found, Bundle), found.problems
    return found


def traces(app, verb: str) -> list[AuditEntry]:
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalars(select(AuditEntry).where(AuditEntry.verb == verb)).all()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.key)
def test_an_office_takes_its_school_along_in_every_dialect(japanese, dialect):
    office = staff(japanese, SCHOOL)
    page = take(office, dialect.key)
    found = taken(page)
    assert len(found.users) == 4, "three and who takes them along"
    assert {org.sourced_id for org in found.orgs} == {DISTRICT, SCHOOL}


def test_the_file_is_as_the_profiles_want_it(japanese):
    board = staff(japanese)
    page = take(board, BASE_1_2.key)
    name = page.response.headers["Content-Disposition"].partition("filename=")[2]
    assert name.startswith("RO_20"), name
    assert name.endswith("_452068.zip"), name
    with zipfile.ZipFile(io.BytesIO(page.response.data)) as archive:
        assert all("/" not in each for each in archive.namelist())
        manifest = archive.read("manifest.csv")
        for each in archive.namelist():
            raw = archive.read(each)
            assert not raw.startswith(b"\xef\xbb\xbf")
            assert raw.endswith(b'"\r\n')
            assert raw.count(b"\n") == raw.count(b"\r\n")
            for line in raw.decode().splitlines():
                assert line[0] == line[-1] == '"', line
        header = next(csv.reader(io.StringIO(archive.read("users.csv").decode())))
    assert header[:4] == ["sourcedId", "status", "dateLastModified", "enabledUser"]
    told = dict(csv.reader(io.StringIO(manifest.decode())))
    assert told["file.demographics"] == "absent"
    assert told["file.users"] == "bulk"
    assert len([each for each in told if each.startswith("file.")]) == len(BASE_FILES)


def test_nothing_of_what_is_refused_is_in_the_file(japanese):
    page = take(staff(japanese), BASE_1_2.key)
    with zipfile.ZipFile(io.BytesIO(page.response.data)) as archive:
        every = b"".join(archive.read(each) for each in archive.namelist()).decode()
    for secret in ("ひみつ", "0982-00-0000", "aoi@hyuga.example,"):
        assert secret not in every
    assert "髙﨑" not in every, "the official name was never kept"


def test_a_school_takes_only_who_is_there(district):
    found = taken(take(staff(district, SECOND), BASE_1_2.key))
    assert {org.sourced_id for org in found.orgs} == {DISTRICT, SECOND}
    assert {row.school_sourced_id for row in found.classes} == {SECOND}
    assert AOI_HERE not in {row.sourced_id for row in found.users}
    assert {row.org_sourced_id for row in found.roles} == {SECOND}


def test_what_is_missing_is_said_and_nothing_is_given_out(district):
    board = staff(district)
    page = take(board, JP_1_2.key)
    assert page.status == 422
    assert len(page.html.select("main form li")) == 1, "nobody has a reading"
    assert page.html.select(f"input[value={JP_1_2.key}][checked]")
    assert not traces(district, "roster:exported")


def test_who_took_it_is_written_down(japanese):
    take(staff(japanese, SCHOOL), BASE_1_2.key)
    [entry] = traces(japanese, "roster:exported")
    assert entry.detail.startswith("base_1_2, people ")
    assert entry.actor_kind == "person"


def test_a_dialect_that_nobody_knows_is_asked_again(browser):
    page = take(browser(OKA), "sds")
    assert page.status == 422
    assert page.html.select("[data-errors]")


def test_classes_without_a_course_are_named(browser):
    page = take(browser(OKA), BASE_1_2.key)
    assert page.status == 422
    assert page.says("4年2組")


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda one: one.name)
def test_nobody_but_the_office_may(browser, member):
    opened = browser(member)
    assert opened.get(PAGE).status == 403
    assert take(opened, BASE_1_2.key).status == 403


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(app, tmp_path):
    def run_it(*arguments):
        return CliRunner().invoke(export_roster, [*map(str, arguments)], obj=lambda: app)

    return run_it


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.key)
def test_the_command_writes_a_district_into_a_folder(japanese, run, tmp_path, dialect):
    be_on(date(2026, 5, 11))
    result = run("--district", "452068", "--dialect", dialect.key, tmp_path)
    assert result.exit_code == 0, result.output
    [file] = tmp_path.iterdir()
    assert file.name == "RO_20260511_452068.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    assert isinstance(read_bundle(io.BytesIO(file.read_bytes())), Bundle)


def test_the_command_overwrites_nothing_and_leaves_nothing_half(japanese, run, tmp_path):
    target = tmp_path / "out.zip"
    assert run("--school", "B145220610019", target).exit_code == 0
    before = target.read_bytes()
    assert "exists already" in run("--school", "B145220610019", target).output
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_the_command_says_what_is_missing(district, run, tmp_path):
    result = run("--district", "452068", tmp_path / "out.zip")
    assert result.exit_code == 1
    assert "people without kana: " in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--district", "000000"], "no district with the code"),
        (["--school", "nowhere"], "no school with the code"),
        ([], "either --district or --school"),
        (["--district", "1", "--school", "2"], "either --district or --school"),
    ],
)
def test_the_command_asks_for_a_place(run, tmp_path, arguments, said):
    result = run(*arguments, tmp_path / "x.zip")
    assert result.exit_code
    assert said in result.output
