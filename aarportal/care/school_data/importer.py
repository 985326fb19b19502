"""Who works on imports of school data: a thread of the server, or whoever asked where none runs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask, current_app

from aarportal.care.school_data import store
from aarportal.care.school_data.rows import Rows, RowSaid
from aarportal.care.school_data.taking_in import operations as taking
from aarportal.care.school_data.taking_in.operations import Fate, Job, Summary
from aarportal.core.kept_files import KeptFiles
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.tables.brought import BroughtTable
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports.table_jobs import TableJobs
from aarportal.settings import Settings
from aarportal.web.priority import for_a_machine

NAME = "school-data importer"


class Hands(Scope):
    """The scope in which an import is worked on: one school, in the name of whoever said so.

    It writes what that person may not read; nothing that it sees is shown to anybody.
    """

    @property
    def is_person(self) -> bool:
        """No: what is known here of a child who went on to another school stands here still."""
        return False


def hands(district_id: UUID, school_id: UUID, person_id: UUID) -> Scope:
    """The hands of whoever said that an import is to be worked on."""
    sees: dict[Relation, frozenset[UUID] | None] = dict.fromkeys(Relation)
    return Hands(person_id, district_id, school_id, Role.ADMINISTRATOR, sees)


class Importer(TableJobs[Scope, Job]):
    """Works on the imports of one app's database."""

    name = NAME
    noun = "school_data"

    def waiting(self, system: SystemScope) -> list[tuple[Scope, UUID]]:
        """Imports that somebody has to work on."""
        return [(hands(*whose), import_id) for *whose, import_id in store.waiting(system)]

    def job_of(self, scope: Scope, job_id: UUID) -> Job | None:
        """What there is to do for an import; None if it is gone."""
        return taking.job_of(scope, job_id)

    def read(self, scope: Scope, job: Job, data: bytes) -> Rows:
        """The rows of a file."""
        with for_a_machine(), unit_of_work(scope, read_only=True):
            whose = taking.everybody(scope, job).find
        return taking.rows_of(job, data, whose)

    def summary(self) -> Summary:
        """Nothing has been looked at yet."""
        return Summary()

    def look(self, scope: Scope, job: Job, rows: Sequence[RowSaid]) -> list[Fate]:
        """What these rows would do; changes nothing."""
        return taking.look(scope, job, rows)

    def conclude(self, scope: Scope, job: Job, summary: Summary) -> None:
        """Write down what looking at every row has shown."""
        taking.conclude(scope, job, summary)

    def take(self, scope: Scope, job: Job, rows: Sequence[RowSaid]) -> bool:
        """Take the next rows in; whether it was this work's turn."""
        with for_a_machine(), unit_of_work(scope):
            return taking.take(scope, job, rows)

    def void(self, scope: Scope, job: Job) -> bool:
        """Restore some rows; whether it was this work's turn."""
        with for_a_machine(), unit_of_work(scope):
            return taking.void(scope, job)

    def give_up(self, scope: Scope, job: Job, trouble: str) -> None:
        """Stop an import that cannot go on by itself."""
        taking.give_up(scope, job, trouble)

    def needing_their_file(self, system: SystemScope, ids: Collection[UUID]) -> set[UUID]:
        """Which of these imports still need their file."""
        return store.needing_their_file(system, ids)

    def abandoned(self, system: SystemScope, before: datetime) -> Sequence[BroughtTable]:
        """Imports that stand since then where somebody has to say how they go on."""
        return store.abandoned(system, before)


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
