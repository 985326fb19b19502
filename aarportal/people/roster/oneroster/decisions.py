"""What the check of a bundle decided about single lines, for whoever reads them again."""

from collections import defaultdict
from typing import Any

from aarportal.people.roster.oneroster.repairs import Mode


class Decisions:
    """Lines that are left out, and cells that are read otherwise.

    Attributes:
        is_tolerant: Whether anything may be decided so.
    """

    def __init__(self, mode: Mode) -> None:
        """Start without any."""
        self.is_tolerant = mode is Mode.TOLERANT
        self._skipped: defaultdict[str, set[int]] = defaultdict(set)
        self._values: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    def skip(self, file: str, line: int) -> None:
        """Leave a line out."""
        self._skipped[file].add(line)

    def set(self, file: str, line: int, field: str, value: object) -> None:
        """Give a field of the row on this line another value."""
        self._values[file].setdefault(line, {})[field] = value

    def is_skipped(self, file: str, line: int) -> bool:
        """Whether the line was left out."""
        return line in self._skipped[file]

    def values(self, file: str, line: int) -> dict[str, Any]:
        """The fields that were decided for this line."""
        return self._values[file].get(line, {})
