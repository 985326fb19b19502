"""Who works on rosters that were brought: a thread of the server, or whoever asked for it."""

import errno
import json
import pickle
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from threading import Event, Thread
from typing import BinaryIO
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from aarportal.core import clock, upkeep
from aarportal.core.bulk import Batch
from aarportal.core.errors import InvalidError
from aarportal.core.ids import new_id
from aarportal.core.kept_files import KeptFiles
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import operations as roster
from aarportal.people.roster.imports import store
from aarportal.people.roster.imports.states import RosterState
from aarportal.people.roster.imports.values import Kept, kept
from aarportal.people.roster.imports.working import operations as working
from aarportal.people.roster.oneroster.bundle import Bundle, Rejection, read_bundle
from aarportal.people.roster.oneroster.repairs import Mode
from aarportal.people.roster.operations import Foreseen, Reach
from aarportal.settings import Settings
from aarportal.web import worker
from aarportal.web.priority import for_a_machine

_NAME = "roster importer"
#: How often an import is tried before it is stopped.
_TRIES = 3
#: A file that nobody went on with is not kept longer than this.
_FILE_SECONDS = 30 * 24 * 60 * 60
_DISK_FULL = "53100"


class RosterImporter:
    """Works on the rosters of one app's database.

    Attributes:
        files: The files that were brought.
        written: How many changes of an import are written or taken back at this moment: nobody
            sees it in the database before all of them are.
    """

    def __init__(self, app: Flask, files: KeptFiles) -> None:
        """Nothing runs until its worker is started."""
        self.files = files
        self.written: tuple[UUID, int] | None = None
        self.worker = worker.add(app, _NAME, self._work, tidy=self._sweep)
        self._app = app
        self._own_name: UUID | None = None
        self._tries: dict[UUID, int] = {}

    @property
    def _me(self) -> UUID:
        """A name of this process: a server forks after the app was made."""
        if self._own_name is None:
            self._own_name = new_id()
        return self._own_name

    def _work(self) -> bool:
        """Work on the first that waits; whether one did."""
        with unit_of_work(SystemScope("which rosters wait"), read_only=True) as scope:
            ids = store.waiting(scope, clock.now(), self._me)
        return any(self._work_on(each) for each in ids)

    def _work_on(self, import_id: UUID) -> bool:
        with unit_of_work(SystemScope("a roster's turn")) as scope:
            row = working.take_hold(scope, import_id, self._me)
            if row is None:
                return False
            state, mode = RosterState(row.state), Mode(row.mode)
            name, within = row.file_name, working.within(row)
        try:
            if state is RosterState.CHECKING:
                self._look(import_id, name, within, mode)
            elif state is RosterState.WRITING:
                self._write(import_id)
            else:
                self._take_back(import_id)
        except Exception as error:
            self._app.logger.exception("a roster could not be worked on")
            self._failed(import_id, error)
        else:
            self._tries.pop(import_id, None)
        finally:
            self.written = None
        return True

    @contextmanager
    def _holding(self, import_id: UUID) -> Iterator[None]:
        """Keep hold of an import, however long the next step takes."""
        ended = Event()
        keeper = Thread(target=self._keep_hold, args=(import_id, ended), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()

    def _keep_hold(self, import_id: UUID, ended: Event) -> None:
        while not ended.wait(working.LEASE.total_seconds() / 3):
            # Who cannot write now tries again before the time is over.
            turn = unit_of_work(SystemScope("a roster's turn goes on"))
            with self._app.app_context(), suppress(DBAPIError), for_a_machine(), turn as scope:
                working.take_hold(scope, import_id, self._me)

    def _failed(self, import_id: UUID, error: Exception) -> None:
        self._tries[import_id] = self._tries.get(import_id, 0) + 1
        full = _is_disk_full(error)
        if full or self._tries[import_id] >= _TRIES:
            del self._tries[import_id]
            self._halt(import_id, "no_room" if full else "unexpected")

    def _halt(self, import_id: UUID, trouble: str) -> None:
        with unit_of_work(SystemScope("a roster stops")) as scope:
            row = working.take_hold(scope, import_id, self._me)
            if row is not None:
                working.halt(scope, row, trouble)

    def _look(self, import_id: UUID, name: str, within: Reach, mode: Mode) -> None:
        """Say what a roster means; only beside the import anything is written."""
        file = self.files.open(import_id)
        if file is None:
            self._halt(import_id, "file_gone")
            return
        with file, self._holding(import_id):
            found = read_bundle(file, mode=mode, standing=partial(_standing, within))
            if isinstance(found, Rejection):
                self._refuse(import_id, found)
            else:
                self._plan(import_id, name, within, found)

    def _refuse(self, import_id: UUID, why: Rejection | InvalidError) -> None:
        with unit_of_work(SystemScope("a roster is refused")) as scope:
            row = working.take_hold(scope, import_id, self._me)
            if row is not None:
                working.refuse(scope, row, why)
        self.files.forget(import_id)

    def _plan(self, import_id: UUID, name: str, within: Reach, bundle: Bundle) -> None:
        assert within.district_id is not None
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            try:
                with unit_of_work(SystemScope(f"roster {name}"), read_only=True) as scope:
                    version = working.version(scope, within.district_id)
                    foreseen = Foreseen(scope, bundle, within, clock.today())
                    for change in foreseen.changes():
                        spool.write(json.dumps(kept(change)) + "\n")
            except InvalidError as error:
                self._refuse(import_id, error)
                return
            spool.seek(0)
            if not self._keep(import_id, version, (Kept(*json.loads(line)) for line in spool)):
                return
        with unit_of_work(SystemScope(f"roster {name}")) as scope:
            row = working.take_hold(scope, import_id, self._me)
            if row is not None:
                working.conclude(scope, row, bundle, foreseen.difference(), foreseen.result())

    def _keep(self, import_id: UUID, version: int, changes: Iterator[Kept]) -> bool:
        """Keep the changes beside the import; whether it is still ours."""
        place, some = 0, list(islice(changes, working.AT_ONCE))
        while place == 0 or some:
            with for_a_machine(), unit_of_work(SystemScope("a roster is looked at")) as scope:
                row = working.take_hold(scope, import_id, self._me)
                if row is None:
                    return False
                if place == 0:
                    working.begin_anew(scope, row, version)
                working.keep(scope, row, place, some)
                place += len(some) or 1
                row.progress = place
            some = list(islice(changes, working.AT_ONCE))
        return True

    def _write(self, import_id: UUID) -> None:
        with tempfile.TemporaryFile() as spool:
            with (
                self._holding(import_id),
                unit_of_work(SystemScope("a roster is prepared"), read_only=True) as scope,
            ):
                for batch in working.prepared(scope, import_id):
                    pickle.dump(batch, spool)
            spool.seek(0)
            with for_a_machine(), unit_of_work(SystemScope("a roster is written")) as scope:
                row = working.take_hold(scope, import_id, self._me)
                if row is None:
                    return
                if working.lock_roster(scope, row.district_id) != row.roster_version:
                    working.look_again(scope, row)
                    return
                for done in working.write(scope, row, _batches(spool)):
                    self.written = import_id, done
        self.files.forget(import_id)
        upkeep.learn()

    def _take_back(self, import_id: UUID) -> None:
        try:
            with for_a_machine(), unit_of_work(SystemScope("a roster is taken back")) as scope:
                row = working.take_hold(scope, import_id, self._me)
                if row is None:
                    return
                for done in working.take_back(scope, row):
                    self.written = import_id, done
        except InvalidError as error:
            self._halt(import_id, error.rule)

    def _sweep(self) -> None:
        """Delete files that no import needs, and those that nobody went on with."""

        def needed(ids: list[UUID]) -> frozenset[UUID]:
            with unit_of_work(SystemScope("which files are needed"), read_only=True) as scope:
                return store.needing_their_file(scope, ids)

        self.files.sweep(needed, arriving_seconds=60, longest_seconds=_FILE_SECONDS)


def _standing(within: Reach, file: str) -> Iterator[str]:
    """What rows of a delta may point at besides those of the file."""
    with unit_of_work(SystemScope("what a delta may point at"), read_only=True) as scope:
        yield from roster.standing_ids(scope, within, file)


def _batches(spool: BinaryIO) -> Iterator[Batch]:
    """What was laid down, one by one: all of it may be more than the memory should hold."""
    with suppress(EOFError):
        while True:
            batch: Batch = pickle.load(spool)  # noqa: S301 # a file without a name, written above
            yield batch


def _is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    cause = error.orig if isinstance(error, DBAPIError) else error
    full = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return full or getattr(cause, "sqlstate", None) == _DISK_FULL


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its importer of rosters."""
    app.extensions[_NAME] = RosterImporter(app, KeptFiles(settings.data_dir / "rosters"))


def of(app: Flask) -> RosterImporter:
    """The app's importer of rosters."""
    importer: RosterImporter = app.extensions[_NAME]
    return importer


def here() -> RosterImporter:
    """The importer of the app at work."""
    return of(current_app)
