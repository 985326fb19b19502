"""Bringing a roster, confirming what it means, and asking for it back.

Nothing is written before somebody saw the difference; `working` does the work, and `taking_in` all
of it at once for the command line.
"""

from collections.abc import Set
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.ids import new_id
from aarportal.core.machines import step
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.imports.states import (
    BEFORE_WRITING,
    ROSTER,
    RosterEvent,
    RosterState,
)
from aarportal.people.roster.oneroster.problems import shown
from aarportal.people.roster.operations import Reach

#: The largest file that is taken.
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Brought:
    """A roster as somebody brings it.

    Attributes:
        file_name: As its sender calls it.
        mode: `strict` or `tolerant`.
        source_id: The system that it was fetched from.
    """

    file_name: str
    mode: str = "strict"
    source_id: UUID | None = None


def reach(scope: Scope) -> Reach:
    """A school's office brings its own roster, the board that of its district."""
    of_all = scope.role is Role.DISTRICT_ADMINISTRATOR
    return Reach(scope.district_id, None if of_all else scope.school_id)


def bring(scope: Scope, brought: Brought, data: bytes) -> RosterImport:
    """Take a file in; whoever works on imports then says what it means.

    Raises:
        InvalidError: If it is too large.
    """
    if len(data) > MOST_BYTES:
        raise InvalidError("file", "too_large")
    row = made(reach(scope), scope.district_id, brought)
    row.made_by, row.file_sha256 = scope.actor_id, sha256(data).hexdigest()
    scope.session.add(row)
    audit.record(scope, "roster:brought", row.id, detail=f"{len(data)} bytes")
    return row


def fetched(scope: SystemScope, within: Reach, brought: Brought, data: bytes) -> RosterImport:
    """Take in what another system gave; somebody still has to confirm it.

    Args:
        scope: The system's.
        within: The district, or the one school, that the other system may speak of.
        brought: Under which name, and from which system.
        data: A OneRoster zip.
    """
    assert within.district_id is not None
    row = made(within, within.district_id, brought)
    row.file_sha256 = sha256(data).hexdigest()
    scope.session.add(row)
    audit.record(scope, "roster:fetched", row.id, detail=f"{len(data)} bytes")
    return row


def stands(scope: SystemScope, import_id: UUID | None) -> bool:
    """Whether an import is still on the list, and was not taken back."""
    row = None if import_id is None else scope.session.get(RosterImport, import_id)
    return row is not None and row.state != RosterState.UNDONE


def made(within: Reach, district_id: UUID, brought: Brought) -> RosterImport:
    """A new import, to be looked through."""
    now = clock.now()
    return RosterImport(
        id=new_id(),
        district_id=district_id,
        school_id=within.school_id,
        source_id=brought.source_id,
        file_name=shown(brought.file_name),
        mode=brought.mode,
        made_at=now,
        state=RosterState.CHECKING,
        state_since=now,
    )


def confirm(scope: Scope, row: RosterImport, *, sure: bool) -> None:
    """Let it be written.

    Args:
        scope: The office's.
        row: The import, as it was looked through.
        sure: Whether somebody says that what looks wrong is meant.

    Raises:
        InvalidError: If something looks wrong and nobody says that it is meant.
        StateError: If the difference is not known, or it is written already.
    """
    _only_in(row, {RosterState.CHECKED})
    if row.outcome["doubts"] and not sure:
        raise InvalidError("sure", "doubts")
    row.confirmed_by = scope.actor_id
    move(row, RosterEvent.CONFIRMED)
    audit.record(scope, "roster:confirmed", row.id)


def go_on(scope: Scope, row: RosterImport) -> None:
    """Go on where it stopped.

    Raises:
        StateError: If it did not.
    """
    move(row, RosterEvent.CONTINUED)
    audit.record(scope, "roster:continued", row.id)


def ask_back(scope: Scope, row: RosterImport) -> None:
    """Let everything be taken back that it wrote.

    Raises:
        StateError: If it wrote nothing, or is being taken back.
    """
    row.undone_by = scope.actor_id
    move(row, RosterEvent.UNDO_ASKED)
    audit.record(scope, "roster:undo_asked", row.id)


def drop(scope: Scope, row: RosterImport) -> None:
    """Let go of a roster of which nothing was written.

    Raises:
        StateError: If it was, or somebody works on it.
    """
    _only_in(row, BEFORE_WRITING)
    forget_plan(scope, row.id)
    scope.session.delete(row)
    audit.record(scope, "roster:dropped", row.id)


def forget_plan(scope: Scope | SystemScope, import_id: UUID) -> None:
    """Forget what an import would do; whoever asks leaves the trace."""
    for row_class in (RosterChange, PersonFate):
        scope.session.execute(delete(row_class).where(row_class.import_id == import_id))


def move(row: RosterImport, event: RosterEvent) -> None:
    """Go on to the next state.

    Raises:
        StateError: If there is none.
    """
    row.state = step(ROSTER, RosterState(row.state), event)
    row.state_since, row.progress, row.trouble = clock.now(), 0, ""
    row.worked_on_by = row.worked_on_until = None


def _only_in(row: RosterImport, states: Set[RosterState]) -> None:
    if row.state not in states:
        raise StateError(f"not possible while it is {row.state}")
