"""How far a package, an intake and a deletion are, as pure machines."""

from enum import StrEnum

from aarportal.core.machines import Table


class PackageState(StrEnum):
    """States of a HandoverPackage."""

    WAITING = "waiting"
    READY = "ready"
    STOPPED = "stopped"
    GONE = "gone"
    """Its file was kept long enough."""


class PackageEvent(StrEnum):
    """What moves a HandoverPackage."""

    FINISHED = "finished"
    HALTED = "halted"
    EXPIRED = "expired"


class IntakeState(StrEnum):
    """States of a HandoverImport."""

    BROUGHT = "brought"
    WRITING = "writing"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


class IntakeEvent(StrEnum):
    """What moves a HandoverImport."""

    CONFIRMED = "confirmed"
    FINISHED = "finished"
    HALTED = "halted"
    UNDO_ASKED = "undo_asked"
    DROPPED = "dropped"


class DeletionState(StrEnum):
    """States of a DeletionOrder."""

    PLANNED = "planned"
    HELD = "held"
    """A reason of law keeps it."""
    DONE = "done"
    CANCELLED = "cancelled"


class DeletionEvent(StrEnum):
    """What moves a DeletionOrder."""

    HELD = "held"
    RELEASED = "released"
    CARRIED_OUT = "carried_out"
    CANCELLED = "cancelled"


_P, _F = PackageState, PackageEvent

PACKAGE: Table[PackageState, PackageEvent] = {
    (_P.WAITING, _F.FINISHED): _P.READY,
    (_P.WAITING, _F.HALTED): _P.STOPPED,
    (_P.READY, _F.EXPIRED): _P.GONE,
}

_I, _J = IntakeState, IntakeEvent

INTAKE: Table[IntakeState, IntakeEvent] = {
    (_I.BROUGHT, _J.CONFIRMED): _I.WRITING,
    (_I.BROUGHT, _J.DROPPED): _I.DROPPED,
    (_I.WRITING, _J.FINISHED): _I.DONE,
    (_I.WRITING, _J.HALTED): _I.STOPPED,
    (_I.STOPPED, _J.CONFIRMED): _I.WRITING,
    (_I.STOPPED, _J.DROPPED): _I.DROPPED,
    (_I.DONE, _J.UNDO_ASKED): _I.UNDOING,
    (_I.UNDOING, _J.FINISHED): _I.UNDONE,
    # Something grew on it in between.
    (_I.UNDOING, _J.HALTED): _I.DONE,
}

_D, _E = DeletionState, DeletionEvent

DELETION: Table[DeletionState, DeletionEvent] = {
    (_D.PLANNED, _E.HELD): _D.HELD,
    (_D.HELD, _E.RELEASED): _D.PLANNED,
    (_D.PLANNED, _E.CARRIED_OUT): _D.DONE,
    (_D.PLANNED, _E.CANCELLED): _D.CANCELLED,
}
