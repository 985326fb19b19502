"""Who works on imports: a thread of the server, or whoever asked for it where none runs."""

from collections.abc import Collection
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
from aarportal.web.file_jobs import FileJobs
from aarportal.web.priority import for_a_machine


class Importer(FileJobs[AppScope, Job]):
    """Works on the imports of one app's database."""

    name = "importer"
    _rows: Rows | None = None

    def waiting(self, system: SystemScope) -> list[tuple[AppScope, UUID]]:
        """Imports that somebody has to work on, each in the name of its app."""
        return [
            (AppScope(app_id, district_id, frozenset({school_id}), APP_GRANTS), import_id)
            for district_id, school_id, app_id, import_id in store.waiting(system)
        ]

    def job_of(self, scope: AppScope, job_id: UUID) -> Job | None:
        """What there is to do for an import; None if it is gone."""
        return taking.job_of(scope, job_id)

    def let_go(self) -> None:
        """Forget the rows that were read."""
        self._rows = None

    def work_on(self, scope: AppScope, job: Job) -> bool:
        """Do one slice; whether it went on."""
        if job.state is ImportState.UNDOING:
            return self._void(scope, job)
        rows = self._rows_of(job)
        if rows is None:
            self.stop(scope, job, "file_gone")
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

    def give_up(self, scope: AppScope, job: Job, trouble: str) -> None:
        """Stop an import that cannot go on by itself."""
        taking.give_up(scope, job, trouble)

    def needing_their_file(self, system: SystemScope, ids: Collection[UUID]) -> set[UUID]:
        """Which of these imports still need their file."""
        return store.needing_their_file(system, ids)


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
