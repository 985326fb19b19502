"""Who works on imports: a thread of the server, or whoever asked for it where none runs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask, current_app

from aarportal.core.kept_files import KeptFiles
from aarportal.core.permissions import APP_GRANTS
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.tables.brought import BroughtTable
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import store
from aarportal.cycle.action.imports.table_jobs import TableJobs
from aarportal.cycle.action.imports.taking_in import operations as taking
from aarportal.cycle.action.imports.taking_in.operations import Fate, Job, Outcome, Rows, Summary
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.xapi.operations import Logged
from aarportal.settings import Settings
from aarportal.web.priority import for_a_machine


class Importer(TableJobs[AppScope, Job]):
    """Works on the imports of one app's database."""

    name = "importer"
    noun = "import"

    def waiting(self, system: SystemScope) -> list[tuple[AppScope, UUID]]:
        """Imports that somebody has to work on, each in the name of its app."""
        return [
            (AppScope(app_id, district_id, frozenset({school_id}), APP_GRANTS), import_id)
            for district_id, school_id, app_id, import_id in store.waiting(system)
        ]

    def job_of(self, scope: AppScope, job_id: UUID) -> Job | None:
        """What there is to do for an import; None if it is gone."""
        return taking.job_of(scope, job_id)

    def read(self, scope: AppScope, job: Job, data: bytes) -> Rows:  # noqa: ARG002 - of all tables
        """The rows of a file."""
        return Rows(job, data)

    def summary(self) -> Summary:
        """Nothing has been looked at yet."""
        return Summary()

    def look(self, scope: AppScope, job: Job, rows: Sequence[Outcome]) -> list[Fate]:
        """What these rows would become; changes nothing."""
        return taking.look(scope, job, rows)

    def conclude(self, scope: AppScope, job: Job, summary: Summary) -> None:
        """Write down what looking at every row has shown."""
        taking.conclude(scope, job, summary)

    def take(self, scope: AppScope, job: Job, rows: Sequence[Outcome]) -> bool:
        """Take the next rows in; whether it was this work's turn."""
        with for_a_machine(), unit_of_work(scope):
            new = taking.take(scope, job, rows)
        return _brought(new)

    def void(self, scope: AppScope, job: Job) -> bool:
        """Take some rows back; whether it was this work's turn."""
        with for_a_machine(), unit_of_work(scope):
            new = taking.void(scope, job)
        return _brought(new)

    def give_up(self, scope: AppScope, job: Job, trouble: str) -> None:
        """Stop an import that cannot go on by itself."""
        taking.give_up(scope, job, trouble)

    def needing_their_file(self, system: SystemScope, ids: Collection[UUID]) -> set[UUID]:
        """Which of these imports still need their file."""
        return store.needing_their_file(system, ids)

    def abandoned(self, system: SystemScope, before: datetime) -> Sequence[BroughtTable]:
        """Imports that stand since then where somebody has to say how they go on."""
        return store.abandoned(system, before)


def _brought(new: list[Logged] | None) -> bool:
    """Hand statements on to whoever reads them; whether there was a turn."""
    if new is None:
        return False
    digester.bring(new)
    digester.wake()
    return True


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
