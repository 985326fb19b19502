"""How far an import is, as a pure machine."""

from enum import StrEnum

from aarportal.core.machines import Table


class ImportState(StrEnum):
    """States of a TableImport."""

    UPLOADED = "uploaded"
    """Its file is here; which column holds what is not said yet."""
    CHECKING = "checking"
    CHECK_STOPPED = "check_stopped"
    CHECKED = "checked"
    RUNNING = "running"
    STOPPED = "stopped"
    """Some of its rows are taken and some are not."""
    DONE = "done"
    UNDOING = "undoing"
    UNDO_STOPPED = "undo_stopped"
    UNDONE = "undone"


class ImportEvent(StrEnum):
    """What moves a TableImport."""

    COLUMNS_SAID = "columns_said"
    STARTED = "started"
    FINISHED = "finished"
    HALTED = "halted"
    CONTINUED = "continued"
    UNDO_ASKED = "undo_asked"


_S, _E = ImportState, ImportEvent

IMPORT: Table[ImportState, ImportEvent] = {
    (_S.UPLOADED, _E.COLUMNS_SAID): _S.CHECKING,
    (_S.CHECKED, _E.COLUMNS_SAID): _S.CHECKING,
    (_S.CHECK_STOPPED, _E.COLUMNS_SAID): _S.CHECKING,
    (_S.CHECKING, _E.FINISHED): _S.CHECKED,
    (_S.CHECKING, _E.HALTED): _S.CHECK_STOPPED,
    (_S.CHECK_STOPPED, _E.CONTINUED): _S.CHECKING,
    (_S.CHECKED, _E.STARTED): _S.RUNNING,
    (_S.RUNNING, _E.FINISHED): _S.DONE,
    (_S.RUNNING, _E.HALTED): _S.STOPPED,
    (_S.STOPPED, _E.CONTINUED): _S.RUNNING,
    (_S.STOPPED, _E.UNDO_ASKED): _S.UNDOING,
    (_S.DONE, _E.UNDO_ASKED): _S.UNDOING,
    (_S.UNDOING, _E.FINISHED): _S.UNDONE,
    (_S.UNDOING, _E.HALTED): _S.UNDO_STOPPED,
    (_S.UNDO_STOPPED, _E.CONTINUED): _S.UNDOING,
}

#: Somebody works on it.
WORKING = frozenset({_S.CHECKING, _S.RUNNING, _S.UNDOING})
#: Nothing of it is taken yet: it can be dropped without a trace.
BEFORE_START = frozenset({_S.UPLOADED, _S.CHECKED, _S.CHECK_STOPPED})
#: Its columns can be said.
OPEN_COLUMNS = BEFORE_START
#: It waits for somebody, and its file with it.
HALTED = frozenset({*BEFORE_START, _S.STOPPED})
#: Its file is needed.
WITH_FILE = frozenset({*BEFORE_START, _S.CHECKING, _S.RUNNING, _S.STOPPED})
#: What it brought is being taken back, or was.
TAKEN_BACK = frozenset({_S.UNDOING, _S.UNDO_STOPPED, _S.UNDONE})
