"""Who works on imports: a thread of the server, or whoever asked for it where none runs."""

import time
from uuid import UUID

from flask import Flask, current_app

from aarportal.core.kept_files import KeptFiles
from aarportal.core.permissions import APP_GRANTS
from aarportal.core.scope import AppScope, SystemScope, unit_of_work
from aarportal.cycle.action.imports import store
from aarportal.cycle.action.imports.states import ImportState
from aarportal.cycle.action.imports.taking_in import operations as taking
from aarportal.cycle.action.imports.taking_in.operations import Job, Rows, Summary
from aarportal.cycle.action.intake import digester
from aarportal.settings import Settings
from aarportal.web import worker
from aarportal.web.priority import for_a_machine

#: How often a slice is tried before the import is stopped.
_TRIES = 3
#: A file that nobody went on with is not kept longer than this.
_FILE_SECONDS = 7 * 24 * 60 * 60


class Importer:
    """Works on the imports of one app's database."""

    def __init__(self, app: Flask, files: KeptFiles) -> None:
        """Nothing runs until its worker is started."""
        self.files = files
        self.worker = worker.add(app, "importer", self._work_all, tidy=self._sweep)
        self._app = app
        self._rows: Rows | None = None
        self._failures: dict[UUID, int] = {}

    def _work_all(self) -> bool:
        """Do a slice of the first that goes on; whether there is one."""
        went_on = any(self._work(*each) for each in self._waiting())
        if not went_on:
            self._rows = None
        return went_on

    def _waiting(self) -> list[tuple[AppScope, UUID]]:
        with unit_of_work(SystemScope("which imports wait"), read_only=True) as system:
            return [
                (AppScope(app_id, district_id, frozenset({school_id}), APP_GRANTS), import_id)
                for district_id, school_id, app_id, import_id in store.waiting(system)
            ]

    def _work(self, scope: AppScope, import_id: UUID) -> bool:
        """Do one slice; whether it went on."""
        with unit_of_work(scope, read_only=True):
            job = taking.job_of(scope, import_id)
        if job is None:
            return False
        try:
            went_on = self._work_on(scope, job)
        except Exception:
            self._app.logger.exception("a slice of an import could not be worked on")
            self._rows = None
            return self._failed(scope, job)
        self._failures.pop(job.id, None)
        return went_on

    def _failed(self, scope: AppScope, job: Job) -> bool:
        self._failures[job.id] = self._failures.get(job.id, 0) + 1
        if self._failures[job.id] >= _TRIES:
            del self._failures[job.id]
            self._give_up(scope, job, "unexpected")
        return True

    def _work_on(self, scope: AppScope, job: Job) -> bool:
        if job.state is ImportState.UNDOING:
            return self._void(scope, job)
        rows = self._rows_of(job)
        if rows is None:
            self._give_up(scope, job, "file_gone")
            return True
        if job.state is ImportState.CHECKING:
            return self._check(scope, job, rows)
        return job.state is ImportState.RUNNING and self._take(scope, job, rows)

    def _rows_of(self, job: Job) -> Rows | None:
        """The rows of its file, not read farther than the job is."""
        rows = self._rows
        is_same = rows and (rows.job.id, rows.job.since) == (job.id, job.since)
        if rows and is_same and rows.next <= job.progress:
            return rows
        data = self.files.get(job.id)
        self._rows = None if data is None else Rows(job, data)
        return self._rows

    def _check(self, scope: AppScope, job: Job, rows: Rows) -> bool:
        summary = Summary()
        while outcomes := rows.slice(rows.next):
            with for_a_machine(), unit_of_work(scope, read_only=True):
                summary.add(taking.look(scope, job, outcomes))
        with unit_of_work(scope):
            taking.conclude(scope, job, summary)
        return True

    def _take(self, scope: AppScope, job: Job, rows: Rows) -> bool:
        # What needs no database is done before others have to wait.
        outcomes = rows.slice(job.progress)
        with for_a_machine(), unit_of_work(scope):
            new = taking.take(scope, job, outcomes)
        if new is None:
            return False
        digester.bring(new)
        digester.wake()
        if rows.next >= rows.count:
            self.files.forget(job.id)
        return True

    def _void(self, scope: AppScope, job: Job) -> bool:
        with for_a_machine(), unit_of_work(scope):
            new = taking.void(scope, job)
        if new is None:
            return False
        digester.bring(new)
        digester.wake()
        self.files.forget(job.id)
        return True

    def _give_up(self, scope: AppScope, job: Job, trouble: str) -> None:
        with unit_of_work(scope):
            taking.give_up(scope, job, trouble)

    def _sweep(self) -> None:
        """Delete files that no import needs, and those that nobody went on with."""
        kept = dict(self.files.kept())
        if not kept:
            return
        with unit_of_work(SystemScope("which files are needed"), read_only=True) as system:
            needed = store.needing_their_file(system, list(kept))
        for import_id, came_at in kept.items():
            age = time.time() - came_at
            # One that is just being brought is not in the database yet.
            if age > _FILE_SECONDS or (import_id not in needed and age > 60):
                self.files.forget(import_id)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its importer."""
    app.extensions["importer"] = Importer(app, KeptFiles(settings.data_dir / "imports"))


def of(app: Flask) -> Importer:
    """The app's importer."""
    importer: Importer = app.extensions["importer"]
    return importer


def files() -> KeptFiles:
    """Where the files of imports lie."""
    return of(current_app).files


def wake() -> None:
    """Say that there is something to do (see `Worker.wake`)."""
    of(current_app).worker.wake()
