"""`aarportal open-accounts`: a list of logins that really open the door, once."""

import csv
import io
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.errors import InvalidError
from aarportal.people.accounts import operations
from aarportal.people.accounts.commands import open_accounts
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from tests.people.roster.imports import all_rows, leaving, take_in
from tests.people.roster.oneroster.bundles import (
    CLASS,
    COURSE,
    SCHOOL,
    YEAR,
    enrollment,
    guid,
    make_bundle,
    person,
    role,
)

ROOT = Path(__file__).parents[3]
SCHOOL_CODE = "B145220610019"


@pytest.fixture
def hyuga(app):
    """The district of the bundles; its classes go on today, whenever that is."""
    with app.app_context():
        take_in(bundle(), clock.today())
    return app


def always(rows):
    for row in rows:
        row["beginDate"] = row["endDate"] = ""


def bundle(**changes):
    """The small district, without last days; each change comes on top."""

    def both(change):
        return lambda rows: (change(rows), always(rows))

    changes |= {
        file: both(changes.get(file, lambda rows: None)) for file in ("roles", "enrollments")
    }
    return make_bundle(JP_K12, **changes)


@pytest.fixture
def run(app):
    def run_it(*options):
        return CliRunner().invoke(
            open_accounts, ["--school", SCHOOL_CODE, *map(str, options)], obj=lambda: app
        )

    return run_it


def listed(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_everybody_on_the_list_comes_in_with_it(hyuga, run, browser):
    result = run()
    assert result.exit_code == 0, result.output
    assert "3 accounts opened." in result.stderr
    rows = listed(result.stdout)
    assert [(row["class"], row["attendance_no"], row["login_id"]) for row in rows] == [
        ("", "", "chiba"),
        ("4年2組", "1", "aoi"),
        ("4年2組", "2", "ben"),
    ]
    assert rows[1]["name"] == "山田 aoi"
    assert len({row["password"] for row in rows}) == 3
    for row in rows:
        page = browser().post(
            "/sign-in",
            {"code": SCHOOL_CODE, "login_id": row["login_id"], "password": row["password"]},
        )
        assert page.status == 303, page.text
    with hyuga.app_context(), pytest.raises(InvalidError):
        operations.sign_in(
            SignInDraft(SCHOOL_CODE, "aoi", rows[2]["password"], "10.0.0.1"), "secret"
        )


def test_nobody_keeps_the_password_of_the_list(hyuga, run, browser):
    for row in listed(run().stdout):
        window = browser()
        typed = {"login_id": row["login_id"], "password": row["password"]}
        window.post("/sign-in", {"code": SCHOOL_CODE} | typed)
        assert window.get("/letters").location == "/password"


def test_the_password_stands_nowhere_in_the_database(hyuga, run, app):
    passwords = [row["password"] for row in listed(run().stdout)]
    with app.app_context():
        everything = repr(all_rows())
    assert not [password for password in passwords if password in everything]


def test_the_second_time_only_newcomers_are_listed(hyuga, run, app):
    run()
    again = run()
    assert (again.exit_code, again.stdout) == (0, "")
    assert "0 accounts opened." in again.stderr
    dai = bundle(
        users=lambda rows: rows.append(person("dai", grades="P4")),
        roles=lambda rows: rows.append(role("dai", "student")),
        enrollments=lambda rows: rows.append(enrollment("dai", "student", CLASS)),
    )
    with app.app_context():
        take_in(dai, clock.today())
    assert [row["login_id"] for row in listed(run().stdout)] == ["dai"]


def test_who_has_left_gets_no_account(hyuga, run, app):
    with app.app_context():
        take_in(bundle(**leaving("ben")), clock.today())
    assert [row["login_id"] for row in listed(run().stdout)] == ["chiba", "aoi"]


def test_whom_the_roster_disables_gets_no_account(app, run):
    def disable(rows):
        rows[1]["enabledUser"] = "false"

    content = make_bundle(BASE_1_2, users=disable, roles=always, enrollments=always)
    with app.app_context():
        take_in(content, clock.today())
    assert [row["login_id"] for row in listed(run().stdout)] == ["chiba", "aoi"]


def test_in_march_the_class_of_april_is_listed(app, run):
    today = clock.today()
    next_class = {"sourcedId": guid("5-1"), "title": "5年1組", "courseSourcedId": COURSE}
    next_class |= {"classType": "homeroom", "schoolSourcedId": SCHOOL, "termSourcedIds": YEAR}
    soon = str(today + timedelta(days=5))

    def move(rows):
        always(rows)
        rows[1]["endDate"] = soon
        rows.insert(0, enrollment("ben", "student", guid("5-1"), beginDate=soon, endDate=""))

    content = make_bundle(
        BASE_1_2, classes=lambda rows: rows.append(next_class), roles=always, enrollments=move
    )
    with app.app_context():
        take_in(content, today)
    classes = {row["login_id"]: row["class"] for row in listed(run().stdout)}
    assert classes == {"chiba": "", "aoi": "4年2組", "ben": "5年1組"}


def test_who_has_left_the_school_for_another_gets_no_account_there(hyuga, run, app):
    with app.app_context():
        take_in(bundle(roles=lambda rows: rows.pop(1)), clock.today())
    assert [row["login_id"] for row in listed(run().stdout)] == ["chiba", "aoi"]


LOGIN_IDS = [
    # Usernames of the roster, and the login ids that come of them.
    (
        ("sato@a.example", "sato@b.example", "sato@a.example"),
        ("sato", "sato@b.example", "sato@a.example"),
    ),
    (("sato", "sato", "sato"), ("sato", guid("p1"), guid("p2"))),
    (("aoi@b.example", " x@a", "y" * 90), ("aoi@b.example", guid("p1"), guid("p2"))),
]


@pytest.mark.parametrize(("usernames", "expected"), LOGIN_IDS)
def test_no_two_people_of_a_district_get_the_same_login_id(app, run, usernames, expected):
    people = [person(f"p{n}", username=name, grades="P6") for n, name in enumerate(usernames)]
    places = [
        enrollment(f"p{n}", "student", CLASS, **{"metadata.jp.shussekiNo": str(n + 10)})
        for n in range(len(people))
    ]
    content = bundle(
        users=lambda rows: rows.extend(people),
        roles=lambda rows: rows.extend(role(f"p{n}", "student") for n in range(len(people))),
        enrollments=lambda rows: rows.extend(places),
    )
    with app.app_context():
        take_in(content, clock.today())
    rows = listed(run().stdout)
    assert tuple(row["login_id"] for row in rows[3:]) == expected


def test_a_list_in_a_file_is_for_its_owner_only(hyuga, run, tmp_path):
    target = tmp_path / "logins.csv"
    result = run("--csv", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [row["login_id"] for row in listed(target.read_text("utf-8"))] == ["chiba", "aoi", "ben"]
    assert target.read_bytes().startswith("\ufeff".encode())


def test_an_older_list_is_never_overwritten(hyuga, run, app, tmp_path):
    target = tmp_path / "logins.csv"
    target.write_text("the only copy", "utf-8")
    with app.app_context():
        before = all_rows()
    result = run("--csv", target)
    assert result.exit_code == 1
    assert str(target) in result.stderr
    assert target.read_text("utf-8") == "the only copy"
    with app.app_context():
        assert all_rows() == before


def test_no_account_is_opened_when_the_list_cannot_be_written(hyuga, run, app, tmp_path):
    with app.app_context():
        before = all_rows()
    assert run("--csv", tmp_path / "nowhere" / "logins.csv").exit_code == 1
    with app.app_context():
        assert all_rows() == before


def test_a_list_of_accounts_that_were_not_opened_does_not_stay(hyuga, run, app, tmp_path):
    target = tmp_path / "logins.csv"
    with app.app_context():
        before = all_rows()
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                "create trigger no_more before insert on accounts when new.login_id = 'ben'"
                " begin select raise(abort, 'the disk is full'); end"
            )
    assert run("--csv", target).exit_code == 1
    assert not target.exists()
    with app.app_context():
        assert all_rows() == before


def test_no_account_is_opened_when_the_disk_is_full(hyuga, app, database, tmp_path):
    """A process of its own, because the list goes to a real device that is always full."""
    with app.app_context():
        before = all_rows()
    environment = {
        **os.environ,
        "AARPORTAL_SECRET_KEY": app.config["SECRET_KEY"],
        "AARPORTAL_DATABASE_URL": f"sqlite:///{database.file}",
        "AARPORTAL_DATA_DIR": str(tmp_path),
    }
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "aarportal", "open-accounts", "--school", SCHOOL_CODE],
            cwd=ROOT,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode != 0
    assert "The list could not be written, so no account was opened" in ended.stderr
    with app.app_context():
        assert all_rows() == before


def test_a_name_that_begins_like_a_formula_is_not_run_by_a_spreadsheet(app, run):
    def formula(rows):
        rows[1] |= {"preferredFamilyName": "=1+1", "familyName": "=1+1"}

    with app.app_context():
        take_in(bundle(users=formula), clock.today())
    assert [row["name"][0] for row in listed(run().stdout)] == ["山", "山", "'"]


def test_an_unknown_school_is_told(app):
    result = CliRunner().invoke(open_accounts, ["--school", "nowhere"], obj=lambda: app)
    assert result.exit_code == 1
    assert "There is no school with the code 'nowhere'." in result.stderr
