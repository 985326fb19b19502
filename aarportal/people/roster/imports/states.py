"""How far a roster is on its way in, as a pure machine."""

from enum import StrEnum

from aarportal.core.machines import Table


class RosterState(StrEnum):
    """States of a RosterImport."""

    CHECKING = "checking"
    CHECK_STOPPED = "check_stopped"
    REFUSED = "refused"
    """The file has problems; nothing of it can be taken."""
    SAME = "same"
    """It says nothing new."""
    CHECKED = "checked"
    """The difference is known, and somebody has to confirm it."""
    WRITING = "writing"
    WRITE_STOPPED = "write_stopped"
    """Nothing of it was written."""
    DONE = "done"
    UNDOING = "undoing"
    UNDO_STOPPED = "undo_stopped"
    """Nothing was taken back."""
    UNDONE = "undone"


class RosterEvent(StrEnum):
    """What moves a RosterImport."""

    REFUSED = "refused"
    NOTHING_NEW = "nothing_new"
    FINISHED = "finished"
    HALTED = "halted"
    CONTINUED = "continued"
    CONFIRMED = "confirmed"
    OUTDATED = "outdated"
    """The roster has changed since the difference was made."""
    UNDO_ASKED = "undo_asked"


_S, _E = RosterState, RosterEvent

ROSTER: Table[RosterState, RosterEvent] = {
    (_S.CHECKING, _E.REFUSED): _S.REFUSED,
    (_S.CHECKING, _E.NOTHING_NEW): _S.SAME,
    (_S.CHECKING, _E.FINISHED): _S.CHECKED,
    (_S.CHECKING, _E.HALTED): _S.CHECK_STOPPED,
    (_S.CHECK_STOPPED, _E.CONTINUED): _S.CHECKING,
    (_S.CHECKED, _E.CONFIRMED): _S.WRITING,
    (_S.WRITING, _E.OUTDATED): _S.CHECKING,
    (_S.WRITING, _E.FINISHED): _S.DONE,
    (_S.WRITING, _E.HALTED): _S.WRITE_STOPPED,
    (_S.WRITE_STOPPED, _E.CONTINUED): _S.WRITING,
    (_S.DONE, _E.UNDO_ASKED): _S.UNDOING,
    (_S.UNDOING, _E.FINISHED): _S.UNDONE,
    (_S.UNDOING, _E.HALTED): _S.UNDO_STOPPED,
    (_S.UNDO_STOPPED, _E.CONTINUED): _S.UNDOING,
}

#: Somebody works on it.
WORKING = frozenset({_S.CHECKING, _S.WRITING, _S.UNDOING})
#: It stopped on the way and can go on.
STOPPED = frozenset({_S.CHECK_STOPPED, _S.WRITE_STOPPED, _S.UNDO_STOPPED})
#: Nothing of it is written: it can be dropped without a trace in the roster.
BEFORE_WRITING = frozenset({_S.CHECK_STOPPED, _S.REFUSED, _S.SAME, _S.CHECKED, _S.WRITE_STOPPED})
#: Its file is needed.
WITH_FILE = frozenset({_S.CHECKING, _S.CHECK_STOPPED, _S.CHECKED, _S.WRITING, _S.WRITE_STOPPED})
