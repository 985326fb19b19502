"""How any table that was brought is worked on: looked through, taken in, taken back."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.tables.brought import BroughtTable
from aarportal.core.unit_of_work import AnyScope, unit_of_work
from aarportal.cycle.action.imports.states import BEFORE_START, ImportState
from aarportal.web.file_jobs import FileJobs
from aarportal.web.priority import for_a_machine


class AnyTableJob(Protocol):
    """What the work on a table needs to know."""

    @property
    def id(self) -> UUID:
        """Of the import."""

    @property
    def state(self) -> ImportState:
        """Where it is."""

    @property
    def since(self) -> datetime:
        """Since when; it is another work when this has changed."""

    @property
    def progress(self) -> int:
        """Rows that are done in this state."""


class AnyRows(Protocol):
    """The rows of one file, read from the beginning to the end."""

    next: int
    count: int

    def slice(self, first: int) -> Sequence[Any]:
        """The next rows, from the place `first` on; that place may not lie behind."""


class AnySummary(Protocol):
    """What looking at every row has shown so far."""

    def add(self, fates: Any) -> None:
        """Count some rows more."""


Job = TypeVar("Job", bound=AnyTableJob)


class TableJobs(FileJobs[AnyScope, Job], Generic[AnyScope, Job]):
    """Works on imports of tables."""

    #: As the traces of these imports name them.
    noun: ClassVar[str]

    _rows: tuple[Job, AnyRows] | None = None

    @abstractmethod
    def read(self, scope: AnyScope, job: Job, data: bytes) -> AnyRows:
        """The rows of a file."""

    @abstractmethod
    def summary(self) -> AnySummary:
        """Nothing has been looked at yet."""

    @abstractmethod
    def look(self, scope: AnyScope, job: Job, rows: Sequence[Any]) -> Any:
        """What these rows would become; changes nothing."""

    @abstractmethod
    def conclude(self, scope: AnyScope, job: Job, summary: Any) -> None:
        """Write down what looking at every row has shown."""

    @abstractmethod
    def take(self, scope: AnyScope, job: Job, rows: Sequence[Any]) -> bool:
        """Take the next rows in, in a unit of work; whether it was this work's turn."""

    @abstractmethod
    def void(self, scope: AnyScope, job: Job) -> bool:
        """Take some rows back, in a unit of work; whether it was this work's turn."""

    @abstractmethod
    def abandoned(self, system: SystemScope, before: datetime) -> Sequence[BroughtTable]:
        """Imports that stand since then where somebody has to say how they go on."""

    def forget_abandoned(self, system: SystemScope, before: datetime) -> None:
        """Drop imports of which nothing was taken; of others, forget what their files said."""
        for row in self.abandoned(system, before):
            if row.state in BEFORE_START:
                system.session.delete(row)
                audit.record(system, f"{self.noun}:dropped", row.id)
            elif row.heads:
                row.forget_cells()
                audit.record(system, f"{self.noun}:cells_forgotten", row.id)

    def let_go(self) -> None:
        """Forget the rows that were read."""
        self._rows = None

    def work_on(self, scope: AnyScope, job: Job) -> bool:
        """Do one slice; whether it went on."""
        if job.state is ImportState.UNDOING:
            went_on = self.void(scope, job)
            if went_on:
                self.files.forget(job.id)
            return went_on
        rows = self._rows_of(scope, job)
        if rows is None:
            self.stop(scope, job, "file_gone")
            return True
        if job.state is ImportState.CHECKING:
            return self._check(scope, job, rows)
        return job.state is ImportState.RUNNING and self._take(scope, job, rows)

    def _rows_of(self, scope: AnyScope, job: Job) -> AnyRows | None:
        """The rows of its file, not read farther than the job is."""
        if self._rows:
            earlier, rows = self._rows
            if (earlier.id, earlier.since) == (job.id, job.since) and rows.next <= job.progress:
                return rows
        self._rows = None
        data = self.files.get(job.id)
        if data is None:
            return None
        self._rows = job, self.read(scope, job, data)
        return self._rows[1]

    def _check(self, scope: AnyScope, job: Job, rows: AnyRows) -> bool:
        summary = self.summary()
        while found := rows.slice(rows.next):
            with for_a_machine(), unit_of_work(scope, read_only=True):
                summary.add(self.look(scope, job, found))
        with unit_of_work(scope):
            self.conclude(scope, job, summary)
        return True

    def _take(self, scope: AnyScope, job: Job, rows: AnyRows) -> bool:
        # What needs no database is done before others have to wait.
        found = rows.slice(job.progress)
        went_on = self.take(scope, job, found)
        if went_on and rows.next >= rows.count:
            self.files.forget(job.id)
        return went_on
