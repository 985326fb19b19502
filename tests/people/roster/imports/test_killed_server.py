"""The power fails while a roster is written: it is as it was, and the job goes on by itself."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from tests import cast
from tests.conftest import make_settings
from tests.load.people import Browser, Times
from tests.people.accounts import devices
from tests.people.roster.imports import TRACES, all_rows
from tests.people.roster.imports.office import HERE, brought, child, roster, seen, standing_school
from tests.server import Server, running

ARRIVING = 4000
PATIENCE_SECONDS = 120
#: What an office leaves behind that signs in and sends a form.
LEFT = (
    *TRACES,
    *(
        "audit_chain",
        "audit_links",
        "recovery_codes",
        "second_factors",
        "session_touches",
        "sign_in_sessions",
        "submissions",
    ),
)
#: How far the page of an import says that it is: of so many rows so many, in Japanese.
PROGRESS = re.compile(r'<h2>[^<]*<span class="num">(\d+) 行のうち (\d+) 行')


@pytest.fixture
def portal(tmp_path) -> Iterator[Flask]:
    """An app on a scratch file in which the school's roster stands."""
    app = create_app(make_settings(f"sqlite:///{tmp_path}/portal.db", tmp_path))
    migrate.upgrade(app)
    with app.app_context():
        with unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
        standing_school()
        _, app.config["CODES_ON_PAPER"] = devices.set_up(cast.OKA)
        yield app
        db.engine.dispose()


@contextmanager
def office(server: Server, code: str) -> Iterator[Browser]:
    """The office, signed in, and with a code on paper as the second proof."""
    with ThreadPoolExecutor(1) as hands, closing(Browser(server.port, Times(), hands)) as browser:
        sheet = browser.get("sign-in page", "/sign-in").form("/sign-in")
        typed = {"code": cast.CODES[cast.OKA.school_id], "login_id": cast.OKA.login_id}
        filled = sheet.filled(**typed, password=cast.PASSWORD)
        browser.post("sign-in", sheet.action, filled)
        sheet = browser.get("proof", "/prove?wanted=strong&next=/letters").form("/prove")
        browser.post("prove", sheet.action, sheet.filled(code=code))
        yield browser


def until(is_so: Callable[[], object], what: str) -> None:
    """Look again and again until something is so."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends_at, f"{what}: not in time"
        time.sleep(0.01)


def is_on_its_way(browser: Browser, page: str) -> bool:
    """Whether some rows are written, and not all."""
    found = PROGRESS.search(browser.get("import", page).text)
    return found is not None and 0 < int(found[2]) < int(found[1])


def job(file: Path) -> tuple[str, str]:
    """State of the last import, and until when somebody holds it; past all of our code."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(
            "select state, worked_on_until from roster_imports order by made_at desc"
        ).fetchone()


def test_a_power_cut_leaves_the_roster_as_it_was_and_the_job_goes_on(portal, tmp_path):
    codes = portal.config["CODES_ON_PAPER"]
    url, file = f"sqlite:///{tmp_path}/portal.db", tmp_path / "portal.db"
    many = [child(f"ko{number}", 100 + number) for number in range(ARRIVING)]
    import_id = brought(roster([*HERE, *many]))
    assert seen(import_id).outcome["fates"] == {"new": ARRIVING}
    before = all_rows(but=LEFT)
    db.engine.dispose()

    page = f"/rosters/{import_id}"
    with running(url, tmp_path) as server, office(server, codes[0]) as browser:
        sheet = browser.get("import", page).form(f"{page}/confirm")
        browser.post("confirm", sheet.action, sheet.filled())
        until(lambda: is_on_its_way(browser, page), "some rows are written")
        server.kill()

    state, held_until = job(file)
    assert state == "writing", "it was cut before the end"
    assert all_rows(but=LEFT) == before

    with running(url, tmp_path) as server:
        # Nothing is to be asked for again: a server takes the job over once the lease has ended.
        until(lambda: job(file)[0] != "writing", "the job goes on")
        went_on_at = datetime.now(UTC)
        with office(server, codes[1]) as browser:
            assert PROGRESS.search(browser.get("import", page).text) is None
    row = seen(import_id)
    assert (row.state, row.trouble) == ("done", "")
    # Whoever holds an import may only be slow: nobody takes it over before the lease ends.
    assert went_on_at > datetime.fromisoformat(held_until).replace(tzinfo=UTC)

    after = all_rows(but=LEFT)
    new = {kind: len(after[kind]) - len(rows) for kind, rows in before.items()}
    assert {kind: n for kind, n in new.items() if n} == {
        "users": ARRIVING,
        "user_roles": ARRIVING,
        "enrollments": sum(len(member.classes) for member in many),
    }
