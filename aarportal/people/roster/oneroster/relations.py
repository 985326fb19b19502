"""References between the rows of a bundle: a bulk bundle holds everything it points at."""

from collections.abc import Iterable, Set

from aarportal.people.roster.oneroster.columns import CARRIED, Column, Kind
from aarportal.people.roster.oneroster.problems import ProblemLog


class Relations:
    """The ids met so far; files are read after those they refer to."""

    def __init__(self, absent: Set[str], log: ProblemLog) -> None:
        """Start with no ids; `absent` are the files that the bundle does not bring."""
        self._absent = absent
        self._log = log
        self._lines: dict[str, dict[str, int]] = {}
        self._whole: set[str] = set()
        self._within: list[tuple[str, int, str, str]] = []
        self._told: set[tuple[str, str]] = set()

    def begin(self, file: str) -> None:
        """Say that the rows of this file come now."""
        self._lines[file] = {}

    def meet(self, file: str, line: int, sourced_id: str) -> None:
        """Note the id of a row."""
        lines = self._lines[file]
        first = lines.setdefault(sourced_id, line)
        if first != line:
            self._log.add(file, line, "sourcedId", "duplicate_sourced_id", str(first))

    def end(self, file: str, *, is_whole: bool) -> None:
        """Say that all rows were met; when some could not be read, ids may be missing."""
        if is_whole:
            self._whole.add(file)

    def knows_all(self, file: str) -> bool:
        """Whether an id that was not met in this file cannot be in it."""
        return file in self._whole

    def has(self, file: str, sourced_id: str) -> bool:
        """Whether a row of this file has the id."""
        return sourced_id in self._lines.get(file, ())

    def ids(self, file: str) -> Iterable[tuple[str, int]]:
        """Each id of a file and its line."""
        return self._lines.get(file, {}).items()

    def refer(self, file: str, line: int, column: Column, value: object) -> None:
        """Check what a cell points at."""
        target = column.target
        known = self._lines.get(target)
        if target == file:
            # A parent may stand below its child.
            self._within.append((file, line, column.name, str(value)))
            return
        if known is None:
            if target in self._absent and (file, column.name) not in self._told:
                self._told.add((file, column.name))
                self._log.add(file, line, column.name, "file_needed", target)
            return
        values = value if column.kind is Kind.REFERENCES else (value,)
        if target in self._whole and isinstance(values, tuple):
            for one in values:
                if one not in known:
                    self._log.add(file, line, column.name, "dangling_reference", one)

    def close(self) -> None:
        """Check the references inside a file, now that its last row is known."""
        for file, line, column, value in self._within:
            if file in self._whole and value not in self._lines[file]:
                self._log.add(file, line, column, "dangling_reference", value)
        for file in CARRIED:
            self._check_cycles(file)

    def _check_cycles(self, file: str) -> None:
        parents = {line: value for f, line, _, value in self._within if f == file}
        columns = {line: column for f, line, column, _ in self._within if f == file}
        lines = self._lines.get(file, {})
        done: set[int] = set()
        for start in parents:
            path: set[int] = set()
            line = start
            while line in parents and line not in done and line not in path:
                path.add(line)
                line = lines.get(parents[line], 0)
            if line in path:
                self._log.add(file, line, columns[line], "parent_cycle")
            done |= path
