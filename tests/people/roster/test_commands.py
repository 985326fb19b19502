"""`aarportal import-roster`: what somebody sees at the terminal, and what is in the database."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from aarportal.people.roster.commands import import_roster
from aarportal.people.roster.models import User
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_K12
from tests.people.roster.imports import all_rows, leaving, look, take_in, user
from tests.people.roster.oneroster.bundles import AOI, BEN, DISTRICT, make_bundle
from tests.people.roster.oneroster.damages import NO_ONE, both, cell, damaged


@pytest.fixture
def run(app, tmp_path):
    """Runs the command on these bytes: `run(content, "--dry-run", LANG="ja_JP.UTF-8")`."""

    def run_it(content, *options, **environment):
        file = tmp_path / "roster.zip"
        file.write_bytes(content)
        language = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": "C.UTF-8", **environment}
        return CliRunner().invoke(
            import_roster, [str(file), *options], obj=lambda: app, env=language
        )

    return run_it


@pytest.fixture
def rows(app):
    def look_at_all():
        with app.app_context():
            return all_rows()

    return look_at_all


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.key)
def test_a_good_file_is_taken_in_and_counted(run, app, dialect):
    result = run(make_bundle(dialect))
    assert result.exit_code == 0, result.output
    assert "Schools: 1 new, 0 changed, 0 the same, 0 ended" in result.stdout
    assert "People: 3 new, 0 changed, 0 the same, 0 ended" in result.stdout
    assert "Places in classes: 5 new, 0 changed, 0 the same, 0 ended" in result.stdout
    assert "School code B145220610019: 日向小学校" in result.stdout
    with app.app_context():
        assert (user(AOI).username, user(AOI).enabled) == ("aoi@hyuga.example", True)


def test_what_was_left_out_on_purpose_is_told(run):
    told = run(make_bundle(JP_K12)).stdout
    assert "Left out, because the portal does not need it: users.csv phone (1)" in told
    assert "Left out, because the portal does not need it: users.csv password (1)" in told
    assert "ひみつ" not in told
    assert "0982-00-0000" not in told


def test_a_file_that_was_taken_in_already_changes_nothing(run):
    run(make_bundle(JP_K12))
    again = run(make_bundle(JP_K12))
    assert again.exit_code == 0
    assert "People: 0 new, 0 changed, 3 the same, 0 ended" in again.stdout
    assert "School code" not in again.stdout


def test_a_trial_says_what_would_change_and_writes_nothing(run, rows):
    run(make_bundle(JP_K12))
    before = rows()
    result = run(make_bundle(JP_K12, **leaving("ben")), "--dry-run")
    assert result.exit_code == 0
    assert "People: 0 new, 0 changed, 2 the same, 1 ended" in result.stdout
    assert result.stdout.endswith("This was a trial; nothing was written.\n")
    assert rows() == before


def test_a_trial_tells_who_comes_and_who_goes(run):
    first = run(make_bundle(JP_K12), "--dry-run")
    assert "New: 山田 ben, 日向小学校 4年2組" in first.stdout
    run(make_bundle(JP_K12))
    result = run(make_bundle(JP_K12, **leaving("ben")), "--dry-run", LANG="ja_JP.UTF-8")
    assert [line for line in result.stdout.splitlines() if line.startswith("いなくなる人：")]
    assert "追加される人：" not in result.stdout


def test_a_file_in_which_a_school_is_missing_has_to_be_confirmed(run, rows):
    run(make_bundle(JP_K12))
    before = rows()
    nobody = make_bundle(JP_K12, **leaving("aoi", "ben"))
    refused = run(nobody)
    assert refused.exit_code == 1
    assert "日向小学校: all 2 would be gone. Is the school in the file?" in refused.stderr
    assert refused.stderr.endswith("If it is meant so, say --confirm.\nNothing was written.\n")
    assert rows() == before
    trial = run(nobody, "--dry-run")
    assert (trial.exit_code, rows()) == (0, before)
    assert "Is the school in the file?" in trial.stderr
    taken = run(nobody, "--confirm")
    assert taken.exit_code == 0, taken.output
    assert rows() != before


NOTHING_HAS = "Nothing in the bundle has this id:"
DAMAGES = [
    # What is wrong with the file, and the line that is printed.
    (
        cell("users.csv", 2, "familyName", ""),
        "users.csv:2 familyName value_required — This cell must not be blank.",
    ),
    (
        cell("enrollments.csv", 3, "classSourcedId", NO_ONE),
        f"enrollments.csv:3 classSourcedId dangling_reference — {NOTHING_HAS} {NO_ONE}",
    ),
    (
        cell("roles.csv", 4, "beginDate", "2026/04/01"),
        "roles.csv:4 beginDate value_date — 2026/04/01 is not a date of the form 2026-04-01.",
    ),
]


@pytest.mark.parametrize(("damage", "line"), DAMAGES)
def test_a_damaged_file_is_told_line_by_line_and_changes_nothing(run, rows, damage, line):
    run(make_bundle(JP_K12))
    before = rows()
    result = run(damaged(JP_K12, damage))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [line, "Nothing was written."]
    assert rows() == before


def test_every_problem_is_told_at_once(run):
    told = run(damaged(JP_K12, both(*(damage for damage, _ in DAMAGES)))).stderr.splitlines()
    assert told == [line for _, line in (DAMAGES[0], DAMAGES[2], DAMAGES[1])] + [
        "Nothing was written."
    ]


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "ja_JP.UTF-8"},
        {"LC_ALL": "ja_JP.UTF-8"},
        {"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"},
    ],
)
def test_the_sentence_is_in_the_language_of_the_terminal(run, environment):
    told = run(damaged(JP_K12, DAMAGES[2][0]), **environment).stderr
    assert told.startswith("roles.csv:4 beginDate value_date — 2026/04/01 は")


@pytest.mark.parametrize("content", [b"", b"PK", "名簿".encode(), make_bundle(JP_K12)[:400]])
def test_a_file_that_is_no_zip_is_told(run, rows, content):
    before = rows()
    result = run(content)
    assert result.exit_code == 1
    assert result.stderr.startswith("zip not_a_zip — ")
    assert rows() == before


def test_of_thousands_of_problems_some_are_listed_and_the_rest_counted(run):
    def many(users):
        users[:] = [
            {**users[0], "sourcedId": f"u{n}", "username": f"u{n}", "familyName": ""}
            for n in range(3000)
        ]

    result = run(make_bundle(BASE_1_2, users=many, roles=None, enrollments=None))
    listed = [
        line for line in result.stderr.splitlines() if " familyName value_required — " in line
    ]
    assert result.exit_code == 1
    assert 0 < len(listed) < 3000
    assert f"And {3000 - len(listed)} more." in result.stderr


def _no_district(orgs):
    del orgs[0]
    del orgs[0]["parentSourcedId"]


def _other_code(orgs):
    orgs[0]["identifier"] = "011000"


def _two_districts(orgs):
    orgs.append({"sourcedId": "second", "name": "二市", "type": "district"})


@pytest.mark.parametrize(
    ("orgs", "rule"),
    [
        (_no_district, "no_district"),
        (_two_districts, "several_districts"),
        (_other_code, "another_district"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_file_of_the_wrong_district_is_refused_with_a_sentence(run, rows, orgs, rule, options):
    run(make_bundle(BASE_1_2))
    before = rows()
    result = run(make_bundle(BASE_1_2, orgs=orgs), *options)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"orgs.csv {rule} — ")
    assert "Traceback" not in result.output
    assert rows() == before


def test_warnings_are_told_and_stop_nothing(run, app):
    def lonely(rows):
        del rows[1]

    result = run(make_bundle(JP_K12, roles=lonely))
    assert result.exit_code == 0
    assert (
        "users.csv:3 sourcedId user_without_role — This person has no line in roles.csv."
        in result.stderr
    )
    with app.app_context(), look() as scope:
        assert BEN in set(scope.session.scalars(select(User.sourced_id)))


def test_names_from_the_file_cannot_steer_the_terminal(run):
    def colour(orgs):
        orgs[1]["name"] = "学校\u202eEVIL\u200b"

    told = run(make_bundle(BASE_1_2, orgs=colour)).output
    assert "EVIL" in told
    assert "\u202e" not in told


def test_a_missing_file_is_named(app):
    result = CliRunner().invoke(import_roster, ["/nowhere/roster.zip"], obj=lambda: app)
    assert result.exit_code == 2
    assert "/nowhere/roster.zip" in result.stderr


def test_the_sourced_id_of_the_district_names_it_not_the_file_name(run, app):
    run(make_bundle(JP_K12))
    with app.app_context():
        before = len(all_rows()["districts"])
        take_in(make_bundle(BASE_1_2))
        rows = all_rows()["districts"]
    assert len(rows) == before
    assert sum(DISTRICT in row for row in rows) == 1


def test_a_dirty_file_is_refused_and_with_tolerant_each_repair_is_told(run, app):
    def slashes(rows):
        rows[0]["beginDate"] = "2026/4/1"

    dirty = make_bundle(JP_K12, roles=slashes)
    assert run(dirty).exit_code == 1
    result = run(dirty, "--tolerant")
    assert result.exit_code == 0
    assert "roles.csv:2 beginDate" in result.stderr
    with app.app_context():
        assert user(AOI).enabled


def changed_only(word):
    """A delta that says of Ben alone, without naming the district."""
    stamp = {"status": word, "dateLastModified": "2026-06-01T00:00:00.000Z"}

    def of_ben(rows):
        rows[:] = [row | stamp for row in rows if row["sourcedId"] == BEN]

    nothing = dict.fromkeys(("orgs", "academicSessions", "courses", "classes", "roles"))
    modes = {"file.users": "delta"}
    return make_bundle(JP_K12, manifest=modes, users=of_ben, enrollments=None, **nothing)


def test_changes_that_name_no_district_ask_for_its_code(run, app, rows):
    run(make_bundle(JP_K12))
    before = rows()
    nameless = run(changed_only("tobedeleted"))
    assert nameless.exit_code == 1
    assert rows() == before
    result = run(changed_only("tobedeleted"), "--district", "452068")
    assert result.exit_code == 0, result.output
    with app.app_context():
        assert not user(BEN).enabled
        assert user(AOI).enabled
    assert run(changed_only("active"), "--district", "452068").exit_code == 0
    with app.app_context():
        assert user(BEN).enabled


@pytest.mark.parametrize("content", [make_bundle(JP_K12), changed_only("active")])
def test_a_district_that_is_not_here_is_said_to_be_so(run, rows, content):
    before = rows()
    result = run(content, "--district", "999999")
    assert result.exit_code == 1
    assert "There is no district with the code 999999." in result.stderr
    assert rows() == before
