"""The office takes a large roster in, and back, while pupils write: nothing is lost on either side.

A real server process does the writing in its own thread, and answers the pupils meanwhile.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer, operations, store
from aarportal.people.roster.imports.models import RosterImport
from tests import cast, classroom
from tests.load.test_forty_at_once import (
    TROUBLE,
    Child,
    Lesson,
    column,
    count,
    portal,
    url,
)
from tests.people.roster.imports.office import HERE, child, roster
from tests.server import running

__all__ = ["portal", "url"]

PUPILS = 12
ARRIVING = 1500
PATIENCE_SECONDS = 120


class Office:
    """Brings rosters as the office does; the server's thread works on them."""

    def __init__(self, app) -> None:
        self.app = app

    def takes_in_and_back(self) -> None:
        with self.app.app_context():
            content = roster([*HERE, *classroom.classmates()])
            self.done(self.confirmed(self.brought(content)), "done")
            before = column("select sourced_id from users")
            many = [child(f"ko{number}", 100 + number) for number in range(ARRIVING)]
            import_id = self.confirmed(
                self.brought(roster([*HERE, *classroom.classmates(), *many]))
            )
            self.done(import_id, "done")
            assert len(column("select sourced_id from users")) == len(before) + ARRIVING
            with unit_of_work(cast.scope_of(cast.OKA)) as scope:
                operations.ask_back(scope, store.roster_import(scope, import_id))
            self.done(import_id, "undone")
            assert column("select sourced_id from users") == before

    def brought(self, content: bytes):
        with unit_of_work(cast.scope_of(cast.OKA)) as scope:
            import_id = operations.bring(scope, operations.Brought("x.zip"), content).id
        importer.here().files.put(import_id, content)
        return self.done(import_id, "checked")

    def confirmed(self, import_id):
        with unit_of_work(cast.scope_of(cast.OKA)) as scope:
            operations.confirm(scope, store.roster_import(scope, import_id), sure=True)
        return import_id

    def done(self, import_id, state: str):
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with unit_of_work(SystemScope("how far"), read_only=True) as scope:
                row = scope.session.get(RosterImport, import_id)
                if row.state == state:
                    return import_id
                assert row.state in {"checking", "writing", "undoing"}, (row.state, row.trouble)
            time.sleep(0.2)
        raise AssertionError(f"it was not {state} in time")


def test_a_roster_comes_in_while_a_class_works(portal, url, tmp_path):
    members = [cast.AOI, cast.BEN, *classroom.classmates()][:PUPILS]
    with (
        running(url, tmp_path) as server,
        ThreadPoolExecutor(PUPILS, "second hand") as hands,
        ThreadPoolExecutor(PUPILS + 1, "person") as room,
    ):
        lesson = Lesson(server.port, hands, threading.Barrier(PUPILS))
        lesson.ends_at = time.monotonic() + 10 * PATIENCE_SECONDS
        children = [Child(lesson, place, member) for place, member in enumerate(members)]
        busy = [room.submit(pupil.learn) for pupil in children]
        try:
            Office(portal).takes_in_and_back()
        finally:
            lesson.ends_at = 0.0
        for one in busy:
            one.result()
    assert not TROUBLE.search(Path(server.log.name).read_text("utf-8"))
    handed_in = sorted(words for pupil in children for words in pupil.handed_in)
    assert len(handed_in) >= PUPILS
    assert column("select text from goals") == handed_in
    assert column("select text from reflections") == handed_in
    assert count("select count(*) from roster_imports where state = 'undone'") == 1
