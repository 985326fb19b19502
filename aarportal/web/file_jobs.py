"""Jobs about files that somebody brought: worked on slice by slice, by whoever comes first.

How far a job is stands in its row, written together with what its slice did: after a fault, or a
power cut, the same slice is done again as if nothing had been.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from flask import Flask

from aarportal.core import clock
from aarportal.core.kept_files import KeptFiles
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import AnyScope, unit_of_work
from aarportal.web import worker

#: How often a slice is tried before the job is stopped.
_TRIES = 3
#: A file that nobody went on with is not kept longer than this.
_FILE_SECONDS = 7 * 24 * 60 * 60
#: A file that is just being brought has no row in the database yet.
_ARRIVAL_SECONDS = 60


class AnyJob(Protocol):
    """What a job is known by."""

    @property
    def id(self) -> UUID:
        """Of the job's row, and of its file."""


Job = TypeVar("Job", bound=AnyJob)


class FileJobs(ABC, Generic[AnyScope, Job]):
    """Works on the jobs of one kind of one app's database."""

    #: Of the thread.
    name: ClassVar[str]

    def __init__(self, app: Flask, files: KeptFiles) -> None:
        """Nothing runs until its worker is started."""
        self.files = files
        self.worker = worker.add(app, self.name, self._work_all, tidy=self._sweep)
        self._app = app
        self._failures: dict[UUID, int] = {}

    @abstractmethod
    def waiting(self, system: SystemScope) -> Sequence[tuple[AnyScope, UUID]]:
        """Jobs that somebody has to work on, and in whose name."""

    @abstractmethod
    def job_of(self, scope: AnyScope, job_id: UUID) -> Job | None:
        """What there is to do; None if it is gone."""

    @abstractmethod
    def work_on(self, scope: AnyScope, job: Job) -> bool:
        """Do one slice; whether it went on."""

    @abstractmethod
    def give_up(self, scope: AnyScope, job: Job, trouble: str) -> None:
        """Stop a job that cannot go on by itself."""

    @abstractmethod
    def needing_their_file(self, system: SystemScope, ids: Collection[UUID]) -> set[UUID]:
        """Which of these jobs still need their file."""

    def forget_abandoned(self, system: SystemScope, before: datetime) -> None:
        """Let go of what stands here of files that nobody went on with since then."""

    def let_go(self) -> None:
        """Forget what was kept in memory of a file."""

    def _work_all(self) -> bool:
        """Do a slice of the first that goes on; whether there is one."""
        with unit_of_work(SystemScope(f"what waits for the {self.name}"), read_only=True) as system:
            waiting = self.waiting(system)
        went_on = any(self._work(*each) for each in waiting)
        if not went_on:
            self.let_go()
        return went_on

    def _work(self, scope: AnyScope, job_id: UUID) -> bool:
        with unit_of_work(scope, read_only=True):
            job = self.job_of(scope, job_id)
        if job is None:
            return False
        try:
            went_on = self.work_on(scope, job)
        except Exception:
            self._app.logger.exception("a slice of the %s could not be worked on", self.name)
            self.let_go()
            return self._failed(scope, job)
        self._failures.pop(job.id, None)
        return went_on

    def _failed(self, scope: AnyScope, job: Job) -> bool:
        self._failures[job.id] = self._failures.get(job.id, 0) + 1
        if self._failures[job.id] >= _TRIES:
            del self._failures[job.id]
            self.stop(scope, job, "unexpected")
        return True

    def stop(self, scope: AnyScope, job: Job, trouble: str) -> None:
        """Stop a job in a unit of work of its own."""
        with unit_of_work(scope):
            self.give_up(scope, job, trouble)

    def _sweep(self) -> None:
        """Delete files that no job needs, and those that nobody went on with."""

        def needed(ids: list[UUID]) -> set[UUID]:
            with unit_of_work(SystemScope("which files are needed"), read_only=True) as system:
                return self.needing_their_file(system, ids)

        self.files.sweep(needed, arriving_seconds=_ARRIVAL_SECONDS, longest_seconds=_FILE_SECONDS)
        before = clock.now() - timedelta(seconds=_FILE_SECONDS)
        with unit_of_work(SystemScope(f"what nobody went on with ({self.name})")) as system:
            self.forget_abandoned(system, before)
