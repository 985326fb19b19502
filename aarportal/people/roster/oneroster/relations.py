"""References between the rows of a bundle.

A bulk bundle holds everything it points at; a delta also points at rows that stand already.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set

from aarportal.people.roster.oneroster.columns import CARRIED, Column
from aarportal.people.roster.oneroster.decisions import Decisions
from aarportal.people.roster.oneroster.keys import KeyTable
from aarportal.people.roster.oneroster.manifest import BULK
from aarportal.people.roster.oneroster.problems import ProblemLog

#: Gives the active sourcedIds that the district already has of a file.
Standing = Callable[[str], Iterable[str]]

_DANGLING, _GONE = "dangling_reference", "gone_reference"


class Relations:
    """The ids met so far; files are read after those they refer to."""

    def __init__(
        self,
        modes: Mapping[str, str],
        absent: Set[str],
        standing: Standing | None,
        decisions: Decisions,
        log: ProblemLog,
    ) -> None:
        """Start with no ids.

        Args:
            modes: File -> bulk or delta, of the files that the bundle brings.
            absent: Files that the bundle neither brings nor promises.
            standing: What the district has; None if nothing stands.
            decisions: Takes what tolerant reading makes of references.
            log: Takes problems and repairs.
        """
        self._modes = modes
        self._absent = absent
        self._standing = standing
        self._decisions = decisions
        self._log = log
        self._lines: dict[str, KeyTable] = {}
        self._gone: dict[str, KeyTable] = {}
        self._stands: dict[str, KeyTable] = {}
        self._whole: set[str] = set()
        self._within: list[tuple[str, int, Column, str]] = []
        self._told: set[tuple[str, str]] = set()

    def begin(self, file: str) -> None:
        """Say that the rows of this file come now."""
        self._lines[file], self._gone[file] = KeyTable(), KeyTable()

    def meet(self, file: str, line: int, sourced_id: str, *, is_gone: bool) -> int:
        """Note the id of a row; the line on which it was met first."""
        if is_gone:
            self._gone[file].setdefault(sourced_id, line)
        return self._lines[file].setdefault(sourced_id, line)

    def end(self, file: str, *, is_whole: bool) -> None:
        """Say that all rows were met; when some could not be read, ids may be missing."""
        if is_whole:
            self._whole.add(file)

    def knows_all(self, file: str) -> bool:
        """Whether all rows of this file that will ever count are in the bundle."""
        return file in self._whole and self._modes[file] == BULK

    def is_part(self, file: str) -> bool:
        """Whether rows of this file may count that are not in the bundle."""
        return self._modes.get(file) != BULK

    def has(self, file: str, sourced_id: str) -> bool:
        """Whether a row of this file has the id, here or in what stands, and stays."""
        if file in self._lines and sourced_id in self._lines[file]:
            return sourced_id not in self._gone[file]
        return self.is_part(file) and sourced_id in self._standing_ids(file)

    def lines(self, file: str) -> Iterator[tuple[int, int]]:
        """The digest of each id of a file that stays, and its line."""
        gone = self._gone.get(file, KeyTable())
        lines = self._lines.get(file, KeyTable())
        return (item for item in lines.items() if not (gone and gone.number(item[0])))

    def refer(self, file: str, line: int, column: Column, value: object) -> None:
        """Check what a cell points at: an id, or a tuple of ids."""
        if column.target == file and isinstance(value, str):
            # A parent may stand below its child.
            self._within.append((file, line, column, value))
            return
        for one in value if isinstance(value, tuple) else (value,):
            self._check(file, line, column, str(one))

    def close(self) -> None:
        """Check the references inside a file, now that its last row is known."""
        for where in self._within:
            self._check(*where)
        for file in CARRIED:
            self._check_cycles(file)

    def release(self, kept: str) -> None:
        """Forget all ids but those of one file, when everything was checked."""
        for file in self._lines.keys() - {kept}:
            self._lines[file] = self._gone[file] = KeyTable()
        self._within.clear()

    def _check(self, file: str, line: int, column: Column, sourced_id: str) -> None:
        rule = self._wrong_with(file, line, column, sourced_id)
        if not rule:
            return
        if self._decisions.is_tolerant and not column.required:
            shown = "" if column.is_private else sourced_id
            self._log.repair(file, line, column.name, "dangling_blank", shown)
            if column.field:
                self._decisions.set(file, line, column.field, "")
        else:
            self._log.add(file, line, column.name, rule, "…" if column.is_private else sourced_id)

    def _wrong_with(self, file: str, line: int, column: Column, sourced_id: str) -> str:
        """The rule that a reference breaks; empty when it is well, or cannot be judged."""
        target = column.target
        if target in self._lines:
            if sourced_id in self._lines[target]:
                gone = self._gone[target]
                return _GONE if gone and sourced_id in gone else ""
            if self._modes[target] == BULK:
                return _DANGLING if target in self._whole else ""
        elif target not in self._absent:
            # The file was promised, or is there and not announced: that is told already.
            return ""
        elif self._modes[file] == BULK:
            if (file, column.name) not in self._told:
                self._told.add((file, column.name))
                self._log.add(file, line, column.name, "file_needed", target)
            return ""
        if target not in CARRIED or sourced_id in self._standing_ids(target):
            # What is never carried cannot stand, so nobody can say what a delta points at there.
            return ""
        return _DANGLING if target in self._absent or target in self._whole else ""

    def _standing_ids(self, file: str) -> Container[str]:
        if file not in self._stands:
            known = self._stands[file] = KeyTable()
            for sourced_id in self._standing(file) if self._standing else ():
                known.setdefault(sourced_id, 1)
        return self._stands[file]

    def _check_cycles(self, file: str) -> None:
        parents = {line: value for f, line, _, value in self._within if f == file}
        columns = {line: column.name for f, line, column, _ in self._within if f == file}
        lines = self._lines.get(file) or KeyTable()
        done: set[int] = set()
        for start in parents:
            path: set[int] = set()
            line = start
            while line in parents and line not in done and line not in path:
                path.add(line)
                line = lines.get(parents[line])
            if line in path:
                self._log.add(file, line, columns[line], "parent_cycle")
            done |= path
