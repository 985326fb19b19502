"""Tables that go out; pure. Nobody else writes CSV.

What people open in a spreadsheet goes through `Sheet`: a cell that begins like a formula would be
run there. What another system reads goes through `Exact`: OneRoster says what stands in a cell, and
a name with a mark in front of it would be another name.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
from collections.abc import Iterable, Sequence
from typing import Protocol

#: With these a spreadsheet begins a formula, or drops them and looks at what follows.
_BEGINNINGS = frozenset("=+-@\t\r\n\0＝＋－＠")
#: The mark by which a spreadsheet takes a cell for text.
_AS_TEXT = "'"
_SKIPPED = f" \u3000\u00a0{_AS_TEXT}"


class _File(Protocol):
    def write(self, text: str, /) -> object: ...


class Sheet:
    """A table for people: no cell of it is ever run."""

    def __init__(self, file: _File) -> None:
        """Write into a text file that was opened with `newline=""`."""
        self._writer = csv.writer(file)

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        """Write rows; None is an empty cell."""
        self._writer.writerows([[harmless(cell) for cell in row] for row in rows])


class Exact:
    """A table for another system: every value quoted and just as it is, lines end with CRLF."""

    def __init__(self, file: _File) -> None:
        """Write into a text file that was opened with `newline=""`."""
        self._writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        """Write rows."""
        self._writer.writerows(rows)


def harmless(cell: object) -> str:
    """A cell as text that a spreadsheet shows and does not run."""
    text = "" if cell is None else str(cell)
    return f"{_AS_TEXT}{text}" if _is_dangerous(text) else text


def as_meant(cell: str) -> str:
    """What stood in a cell before it was made harmless, for tables that come back."""
    bare = cell.removeprefix(_AS_TEXT)
    return bare if bare != cell and _is_dangerous(bare) else cell


def _is_dangerous(text: str) -> bool:
    # Blanks are skipped before a formula is looked for; a mark of one's own needs one more, so
    # that what was written is what is read.
    return text.lstrip(_SKIPPED)[:1] in _BEGINNINGS
