"""Who works on imports of school data: a thread of the server, or whoever asked where none runs."""

from collections.abc import Collection
from uuid import UUID

from flask import Flask, current_app

from aarportal.care.school_data import store
from aarportal.care.school_data.rows import Rows
from aarportal.care.school_data.taking_in import operations as taking
from aarportal.care.school_data.taking_in.operations import AT_ONCE, Job, Summary
from aarportal.core.kept_files import KeptFiles
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope, unit_of_work
from aarportal.cycle.action.imports.states import ImportState
from aarportal.settings import Settings
from aarportal.web.file_jobs import FileJobs
from aarportal.web.priority import for_a_machine

NAME = "school-data importer"


def hands(district_id: UUID, school_id: UUID, person_id: UUID) -> Scope:
    """The scope in which an import is worked on: one school, in the name of whoever said so.

    It writes what that person may not read; nothing that it sees is shown to anybody.
    """
    sees: dict[Relation, frozenset[UUID] | None] = dict.fromkeys(Relation)
    return Scope(person_id, district_id, school_id, Role.ADMINISTRATOR, sees)


class Importer(FileJobs[Scope, Job]):
    """Works on the imports of one app's database."""

    name = NAME
    _rows: tuple[Job, Rows] | None = None

    def waiting(self, system: SystemScope) -> list[tuple[Scope, UUID]]:
        """Imports that somebody has to work on."""
        return [
            (hands(district_id, school_id, person_id), import_id)
            for district_id, school_id, person_id, import_id in store.waiting(system)
        ]

    def job_of(self, scope: Scope, job_id: UUID) -> Job | None:
        """What there is to do for an import; None if it is gone."""
        return taking.job_of(scope, job_id)

    def let_go(self) -> None:
        """Forget the rows that were read."""
        self._rows = None

    def work_on(self, scope: Scope, job: Job) -> bool:
        """Do one slice; whether it went on."""
        if job.state is ImportState.UNDOING:
            with for_a_machine(), unit_of_work(scope):
                went_on = taking.void(scope, job)
            self.files.forget(job.id)
            return went_on
        rows = self._rows_of(job)
        if rows is None:
            self.stop(scope, job, "file_gone")
            return True
        if job.state is ImportState.CHECKING:
            return self._check(scope, job, rows)
        return self._take(scope, job, rows)

    def _rows_of(self, job: Job) -> Rows | None:
        """The rows of its file, not read farther than the job is."""
        if self._rows:
            earlier, rows = self._rows
            if (earlier.id, earlier.since) == (job.id, job.since) and rows.next <= job.progress:
                return rows
        data = self.files.get(job.id)
        if data is None:
            return None
        self._rows = job, taking.rows_of(job, data)
        return self._rows[1]

    def _check(self, scope: Scope, job: Job, rows: Rows) -> bool:
        summary = Summary()
        while found := rows.slice(rows.next, AT_ONCE):
            with for_a_machine(), unit_of_work(scope, read_only=True):
                summary.add(taking.look(scope, job, found))
        with unit_of_work(scope):
            taking.conclude(scope, job, summary)
        return True

    def _take(self, scope: Scope, job: Job, rows: Rows) -> bool:
        # What needs no database is done before others have to wait.
        found = rows.slice(job.progress, AT_ONCE)
        with for_a_machine(), unit_of_work(scope):
            went_on = taking.take(scope, job, found)
        if rows.next >= rows.count:
            self.files.forget(job.id)
        return went_on

    def give_up(self, scope: Scope, job: Job, trouble: str) -> None:
        """Stop an import that cannot go on by itself."""
        taking.give_up(scope, job, trouble)

    def needing_their_file(self, system: SystemScope, ids: Collection[UUID]) -> set[UUID]:
        """Which of these imports still need their file."""
        return store.needing_their_file(system, ids)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its importer."""
    app.extensions[NAME] = Importer(app, KeptFiles(settings.data_dir / "school-data"))


def of(app: Flask) -> Importer:
    """The app's importer."""
    importer: Importer = app.extensions[NAME]
    return importer


def files() -> KeptFiles:
    """Where the files of imports lie."""
    return of(current_app).files


def wake() -> None:
    """Say that there is something to do (see `Worker.wake`)."""
    of(current_app).worker.wake()
