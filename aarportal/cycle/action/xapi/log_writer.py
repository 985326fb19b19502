"""Requests that arrive at once are written together: one transaction, and one turn at the database.

Whoever comes while nobody writes, writes for everybody who has come by then; the others wait, and
the first of those that came too late writes next. While requests come side by side, the one that
writes waits a moment for more: a transaction costs as much as all the rest of a request. Each
request still gets its own answer: when a group cannot be written, its requests are written one by
one, and only the one that is wrong is refused.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError

from aarportal.core.scope import AppScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi import operations
from aarportal.cycle.action.xapi.operations import Logged, Receipt
from aarportal.cycle.action.xapi.statements import Statement

#: Statements written in one transaction: a larger group would keep others waiting.
_MOST = 1000
#: How long the one that writes waits for others, in seconds, and for how many.
_GATHER_SECONDS = 0.002
_ENOUGH = 8
#: Requests that met less than this many seconds ago are likely to be followed by more.
_SIDE_BY_SIDE_SECONDS = 0.05
#: How often a batch is tried that another process may have got in the way of.
_TRIES = 3


@dataclass
class _Job:
    """One request."""

    scope: AppScope
    statements: Sequence[Statement]
    version: str
    receipt: Receipt | None = None
    trouble: BaseException | None = None
    leads: bool = False
    """Whether its thread writes for those that wait behind it."""
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when it is written, or leads."""


class LogWriter:
    """Writes the log of one process."""

    def __init__(self) -> None:
        """Nobody writes yet."""
        self._lock = threading.Lock()
        self._queue: list[_Job] = []
        self._is_writing = False
        self._met_at = 0.0

    def write(self, scope: AppScope, statements: Sequence[Statement], version: str) -> Receipt:
        """Append a batch to the log and commit it: every statement, or none.

        No unit of work may be open in this thread.

        Args:
            scope: The app that sent them.
            statements: Checked statements; no id stands twice.
            version: What statements that name no version are taken for.

        Raises:
            StatementConflictError: If an id is stored with another content.
            VoidingError: If one takes back a statement of another app.
        """
        job = _Job(scope, statements, version)
        with self._lock:
            self._queue.append(job)
            if self._is_writing:
                self._met_at = time.monotonic()
            job.leads = not self._is_writing
            self._is_writing = True
        if not job.leads:
            job.woken.wait()
        if job.leads:
            self._lead()
        if job.trouble is not None:
            raise job.trouble
        assert job.receipt is not None
        return job.receipt

    def _lead(self) -> None:
        """Write the requests that have waited longest, and let the next of the others lead."""
        jobs: list[_Job] = []
        try:
            self._gather()
            with self._lock:
                jobs = self._next_group()
            _write_group(jobs)
        except BaseException as error:
            # Nobody may wait for ever, whatever happened to the one who writes.
            for job in jobs:
                job.trouble = job.trouble or error
            raise
        finally:
            with self._lock:
                self._is_writing = bool(self._queue)
                if self._queue:
                    self._queue[0].leads = True
                    self._queue[0].woken.set()
            for job in jobs:
                job.woken.set()

    def _gather(self) -> None:
        """Let those join who are on their way."""
        if len(self._queue) < _ENOUGH and time.monotonic() - self._met_at < _SIDE_BY_SIDE_SECONDS:
            time.sleep(_GATHER_SECONDS)

    def _next_group(self) -> list[_Job]:
        """The requests that have waited longest, as far as one app sent them in one version."""
        group: list[_Job] = []
        room = _MOST
        for job in self._queue:
            first = self._queue[0]
            alike = job.scope == first.scope and job.version == first.version
            if not alike or (group and len(job.statements) > room):
                break
            group.append(job)
            room -= len(job.statements)
        del self._queue[: len(group)]
        return group


def _write_group(jobs: Sequence[_Job]) -> None:
    if len(jobs) > 1:
        try:
            _write_together(jobs)
        except Exception:  # noqa: BLE001 - one of them is wrong: each says for itself which
            for job in jobs:
                _write_alone(job)
    else:
        _write_alone(jobs[0])


def _write_together(jobs: Sequence[_Job]) -> None:
    statements = [statement for job in jobs for statement in job.statements]
    with unit_of_work(jobs[0].scope) as scope:
        written = operations.receive(scope, statements, all_new=True, version=jobs[0].version)
    ids, logged = iter(written.ids), iter(written.new)
    for job in jobs:
        count = len(job.statements)
        new: list[Logged] = list(islice(logged, count))
        job.receipt = Receipt(list(islice(ids, count)), new)


def _write_alone(job: _Job) -> None:
    for number in range(_TRIES):
        try:
            with unit_of_work(job.scope) as scope:
                # Nearly every statement is new. When the database says that one is not, the next
                # try looks which.
                job.receipt = operations.receive(
                    scope, job.statements, all_new=number == 0, version=job.version
                )
        except IntegrityError as error:
            job.trouble = error
        except Exception as error:  # noqa: BLE001 - it is raised where the request waits
            job.trouble = error
            return
        else:
            job.trouble = None
            return


def init_app(app: Flask) -> None:
    """Give the app its log writer."""
    app.extensions["log_writer"] = LogWriter()


def write(scope: AppScope, statements: Sequence[Statement], version: str = "1.0.0") -> Receipt:
    """Append a batch to the log and commit it (see `LogWriter.write`)."""
    writer: LogWriter = current_app.extensions["log_writer"]
    return writer.write(scope, statements, version)
