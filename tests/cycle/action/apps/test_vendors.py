"""The page for vendors: what it shows works, and the files in docs/ say the same."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import connectors, vocabulary
from aarportal.cycle.action.apps.vendors.document import Facts, document
from aarportal.cycle.action.apps.vendors.examples import Place, examples
from aarportal.cycle.action.apps.vendors.markdown import markdown
from aarportal.cycle.action.commands import vendor_page
from aarportal.cycle.action.models import LearningRecord, QuarantinedStatement, StoredStatement
from aarportal.web.texts import catalogue
from tests import cast
from tests.cast import APP_DRILL, APP_SECRET, OKA
from tests.conftest import make_settings
from tests.cycle.action.apps.messages import rows, send, statement
from tests.pages import Browser
from tests.server import ROOT, running

DOCS = {"en": ROOT / "docs" / "for-vendors.md", "ja": ROOT / "docs" / "for-vendors.ja.md"}
PAGE = f"/apps/documentation?app={APP_DRILL}"


def code_on(page) -> list[str]:
    return [pre.get_text() for pre in page.html.select(".vendors > pre")]


def run(command: str, folder: Path) -> tuple[int, str]:
    """What a vendor does: paste it into a shell; the HTTP status and the body."""
    (folder / ".curlrc").write_text('write-out = "\\n%{http_code}"\n')
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", command],
        env={**os.environ, "SECRET": APP_SECRET, "CURL_HOME": str(folder), "NO_PROXY": "*"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stderr)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


@pytest.fixture
def portal(tmp_path):
    """A portal with the cast in it, and the same database for a look from inside."""
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    settings = make_settings(url, tmp_path)
    app = create_app(settings, TESTING=True)
    migrate.upgrade(app)
    with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
        cast.enter(scope)
    with running(url, tmp_path) as server:
        told = replace(settings, public_url=server.address, hosts=("localhost",))
        yield create_app(told, TESTING=True), server


def test_every_request_on_the_page_works_as_it_stands(portal, tmp_path):
    assert shutil.which("curl"), "the page is about curl: apt install curl"
    app, _server = portal
    page = Browser(app).sign_in(OKA).get(PAGE)
    commands = [code for code in code_on(page) if code.startswith("curl ")]
    expected = list(examples(Place.anywhere()).values())
    # "again" is the first one, pasted once more.
    assert len(commands) == len(expected) - 1
    answers = {}
    for command in [*commands, commands[1]]:
        status, body = run(command, tmp_path)
        assert status in {200, 204}, (command, status, body)
        answers[command] = body
    about, one, batch = commands[:3]
    assert "1.0.3" in json.loads(answers[about])["version"]
    assert len(json.loads(answers[batch])) == 2
    [sent] = json.loads(answers[one])
    [voided] = [each for each in commands if "voidedStatementId" in each]
    assert json.loads(answers[voided])["id"] == sent
    [query] = [each for each in commands if "limit=10" in each]
    found = json.loads(answers[query])["statements"]
    assert sent not in [each["id"] for each in found]
    assert found
    [state] = [each for each in commands if "activities/state" in each and "-X" not in each]
    assert json.loads(answers[state]) == {"page": 12}


def test_what_is_tried_out_counts_for_no_child(portal, tmp_path):
    app, _server = portal
    page = Browser(app).sign_in(OKA).get(PAGE)
    sending = [each for each in code_on(page) if "<<'" in each]
    for command in sending:
        run(command, tmp_path)
    with app.app_context():
        assert rows(LearningRecord) == []
        assert len(rows(StoredStatement)) == len(sending) + 1


def test_under_a_key_that_nobody_has_no_request_works(portal, tmp_path):
    _, server = portal
    made = examples(Place.anywhere(server.address))
    # What the store is, everybody may know.
    del made["about"]
    assert {run(each.command, tmp_path)[0] for each in made.values()} == {401}


def test_the_page_shows_this_installation_and_this_app(browser):
    page = browser(OKA).get(PAGE)
    assert "http://localhost/xapi/statements" in page.text
    assert all('-u "drill:$SECRET"' in each for each in code_on(page) if "/statements" in each)
    assert APP_SECRET not in page.text
    assert page.says(cast.IDENTITY_PROVIDER)


def test_every_view_of_the_page_brings_ids_that_nobody_used(browser):
    visitor = browser(OKA)
    assert code_on(visitor.get(PAGE)) != code_on(visitor.get(PAGE))


def test_the_page_speaks_both_languages_whoever_reads_it(browser):
    visitor = browser(OKA)
    english, japanese = (visitor.get(f"{PAGE}&lang={each}") for each in ("en", "ja"))
    assert english.one(".vendors")["lang"] == "en"
    assert english.says("Whose learning it is")
    assert japanese.says("だれの学習か")
    assert not japanese.says("Whose learning it is")
    assert visitor.get(f"{PAGE}&lang=xx").one(".vendors")["lang"] == "ja"


def test_everything_that_is_understood_stands_there(browser):
    text = browser(OKA).get(f"{PAGE}&lang=en").text
    for iri in (*vocabulary.VERB_KEYS, *vocabulary.ACTIVITY_KINDS, *vocabulary.CORE_EXTENSIONS):
        assert iri in text
    for each in connectors.discover():
        assert each.label in text or each.key == "table"
        assert all(iri in text for iri in each.looked_for.extensions)


def test_the_limits_are_those_of_the_installation(app, browser):
    settings = app.config["SETTINGS"]
    page = browser(OKA).get(f"{PAGE}&lang=en")
    assert page.says(f"{settings.xapi_requests_per_minute:,} requests a minute")
    assert page.says(f"{settings.max_statements_bytes // 2**20} MiB")
    assert page.says(f"At most {settings.most_statements} come in one answer")


# --- the files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", DOCS)
def test_the_files_say_what_the_page_says(app, language):
    """Write them anew with `aarportal vendor-page --language …`."""
    facts = Facts.of(app.config["SETTINGS"], Place.anywhere())
    assert DOCS[language].read_text("utf-8") == markdown(
        document(facts), catalogue(language).ugettext
    )


@pytest.mark.parametrize("language", DOCS)
def test_operators_get_the_same_from_the_command_line(app, language):
    done = CliRunner().invoke(vendor_page, ["--language", language], obj=lambda: app)
    assert done.exit_code == 0, done.output
    assert done.output == DOCS[language].read_text("utf-8")


def test_every_text_of_the_document_is_there_in_japanese(app):
    facts = Facts.of(app.config["SETTINGS"], Place.anywhere())
    say, asked = catalogue("ja").ugettext, []
    markdown(document(facts), lambda msgid: asked.append(msgid) or say(msgid))
    same = {msgid for msgid in asked if say(msgid) == msgid}
    assert {msgid for msgid in same if not msgid[0].isdigit()} <= {
        "Caliper", "H5P", "MEXCBT", "Moodle",
    }  # fmt: skip
    # Readings are for children; here they would stand in the text as they are written.
    assert [msgid for msgid in asked if re.search(r"\{|[ぁ-龠]_|_[ぁ-龠]", say(msgid))] == []


# --- answers --------------------------------------------------------------------------------------


def test_the_answers_are_as_the_table_says(app):
    good = statement(cast.AOI)
    assert send(app, good) == 200
    assert send(app, good) == 200
    assert send(app, {**good, "verb": {"id": "https://v.example/other"}}) == 409
    assert send(app, {**good, "actor": {}}) == 400
    assert send(app, good, secret="wrong") == 401
    with app.app_context():
        assert rows(QuarantinedStatement) == []
