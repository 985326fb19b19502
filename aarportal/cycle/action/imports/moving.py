"""From state to state, for every table that somebody brings."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol, TypeVar

from aarportal.core import clock
from aarportal.core.errors import StateError
from aarportal.core.machines import step
from aarportal.cycle.action.imports.states import IMPORT, ImportEvent, ImportState


class Brought(Protocol):
    """A row about a table that was brought."""

    state: str
    state_since: datetime
    progress: int
    trouble: str


class Work(Protocol):
    """What whoever works on it knew of it."""

    @property
    def state(self) -> ImportState:
        """Where it was."""

    @property
    def since(self) -> datetime:
        """Since when."""

    @property
    def progress(self) -> int:
        """Rows that were done."""


AnyRow = TypeVar("AnyRow", bound=Brought)


def where_it_was(row: AnyRow | None, job: Work) -> AnyRow | None:
    """The row, if nobody else works on it and it is where it was."""
    if row is None or (row.state, row.state_since) != (job.state, job.since):
        return None
    return row if row.progress == job.progress else None


def only_in(row: Brought, states: Collection[ImportState]) -> None:
    """Let it pass in these states.

    Raises:
        StateError: If it is in another one.
    """
    if row.state not in states:
        raise StateError(f"not possible while it is {row.state}")


def move(row: Brought, event: ImportEvent) -> None:
    """Go on to the next state.

    Raises:
        StateError: If there is none.
    """
    move_to(row, step(IMPORT, ImportState(row.state), event))


def move_to(row: Brought, state: ImportState) -> None:
    """Be in a state, from its beginning."""
    row.state, row.state_since, row.progress, row.trouble = state, clock.now(), 0, ""


def halt(row: Brought, trouble: str) -> None:
    """Stop it where it is.

    Raises:
        StateError: If nobody works on it.
    """
    progress = row.progress
    move(row, ImportEvent.HALTED)
    row.progress, row.trouble = progress, trouble


def carry_on(row: Brought) -> None:
    """Go on where it stopped.

    Raises:
        StateError: If it did not.
    """
    progress = row.progress
    move(row, ImportEvent.CONTINUED)
    row.progress = progress
