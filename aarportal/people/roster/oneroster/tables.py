"""CSV text as OneRoster wants it, read line by line: UTF-8, one record a line, commas."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from aarportal.people.roster.oneroster.encodings import is_cp932
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: Stands for a stray CR while the csv module reads the line, which would end the record there.
_STRAY_CR = "\x1d"
#: How far an open quote is followed to tell a line break inside a cell from a stray quote.
_LINES_AHEAD = 20
_CHARACTERS_AHEAD = 1 << 16
_OTHER_SEPARATORS = ('";"', '"\t"')


class Table:
    """The records of one CSV file, of which the first is the header.

    Attributes:
        header: Names of the columns; empty when the file has none that can be read.
        is_whole: False as soon as any record was left out because it could not be read.
        fewest_cells: Shorter rows are not read; in strict mode as many as the header has.
    """

    def __init__(
        self,
        file: str,
        stream: BinaryIO,
        line_bytes: int,
        log: ProblemLog,
        mode: Mode = Mode.STRICT,
    ) -> None:
        """Read the header."""
        self._file = file
        self._stream = stream
        self._line_bytes = line_bytes
        self._log = log
        self._is_tolerant = mode is Mode.TOLERANT
        self._ahead: deque[tuple[int, str]] = deque()
        self._is_ascii_so_far = True
        self._is_cp932 = False
        self.header: list[str] = []
        self.is_whole = True
        self._lines = self._read_lines()
        first = next(self._records(), None)
        if first is not None and _is_separated_otherwise(first[1]):
            self._refuse(first[0], "csv_separator")
        elif first is not None:
            self.header = first[1]
        elif self.is_whole:
            self._refuse(0, "file_empty")
        self.fewest_cells = len(self.header)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each record under the header with its line, all with as many cells as the header."""
        width = len(self.header)
        for line, cells in self._records():
            if self._is_tolerant and not any(map(str.strip, cells)):
                self._log.repair(self._file, line, "", "row_blank")
            elif len(cells) == width:
                yield line, cells
            elif self.fewest_cells <= len(cells) < width:
                self._log.repair(self._file, line, "", "row_short", f"{len(cells)} / {width}")
                yield line, cells + [""] * (width - len(cells))
            else:
                rule = "row_short" if len(cells) < width else "row_long"
                self._refuse(line, rule, detail=f"{len(cells)} / {width}")

    def _refuse(self, line: int, rule: str, column: str = "", detail: str = "") -> None:
        self.is_whole = False
        self._log.add(self._file, line, column, rule, detail)

    def _read_lines(self) -> Iterator[tuple[int, str]]:
        """Each line as text with its number, without its end."""
        line = 0
        while raw := self._stream.readline(self._line_bytes + 1):
            line += 1
            if line == 1:
                if raw.startswith(_UTF16_BOMS):
                    self._refuse(0, "encoding_utf16")
                    return
                raw = raw.removeprefix(_BOM)
                if b"\r" in raw[:-1] and b"\n" not in raw:
                    self._refuse(0, "line_end_cr")
                    return
            if len(raw) > self._line_bytes:
                self._refuse(line, "line_too_long", detail=str(self._line_bytes))
                return
            text = self._decoded(line, raw)
            if text is None:
                if self._is_cp932 or not self.header:
                    return
                continue
            if text.endswith("\n"):
                text = text[:-2] if text.endswith("\r\n") else text[:-1]
            elif text.endswith("\r"):
                text = text[:-1]
            yield line, text

    def _decoded(self, line: int, raw: bytes) -> str | None:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            # A file with Japanese in UTF-8 above this line is no CP932, only damaged here.
            self._is_cp932 = self._is_ascii_so_far and is_cp932(raw)
            # Every line with Japanese in it will be: one problem says it all.
            self._refuse(line, "encoding_cp932" if self._is_cp932 else "encoding_utf8")
            return None
        if self._is_ascii_so_far and not text.isascii():
            self._is_ascii_so_far = False
        return text

    def _next_line(self) -> tuple[int, str] | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        while (numbered := self._next_line()) is not None:
            line, text = numbered
            if not text:
                continue
            if _CONTROL.search(text):
                cells = self._mend_control(line, text)
            else:
                try:
                    cells = next(csv.reader((text,), strict=True))
                except csv.Error:
                    cells = self._mend_quotes(line, text)
            if cells:
                yield line, cells
            if not self.header:
                # Without a header no line below can be understood.
                return

    def _mend_control(self, line: int, text: str) -> list[str]:
        """Say which cell holds a control character; a stray CR is a line break in a cell.

        Returns:
            The cells, if nothing else is wrong and it may be mended.
        """
        rule = "line_break" if "\r" in text else "control_character"
        may_be_mended = self._is_tolerant and _STRAY_CR not in text
        try:
            cells = next(csv.reader((text.replace("\r", _STRAY_CR),), strict=True))
        except csv.Error:
            cells = []
        wrong = next((i for i, cell in enumerate(cells) if _CONTROL.search(cell)), -1)
        if may_be_mended and self.header and cells:
            mended = [cell.replace(_STRAY_CR, " ") for cell in cells]
            if not any(map(_CONTROL.search, mended)):
                self._log.repair(self._file, line, self._column(wrong), "line_break")
                return mended
        self._refuse(line, rule, self._column(wrong))
        return []

    def _mend_quotes(self, line: int, text: str) -> list[str]:
        """Tell a cell that goes on over the next lines from quotes that do not match.

        Returns:
            The cells, if they go on over lines and that may be mended.
        """
        if not self.header and any(mark in text for mark in _OTHER_SEPARATORS):
            self._refuse(line, "csv_separator")
            return []
        taken: list[tuple[int, str]] = []
        joined, is_open = text, text.count('"') % 2 == 1
        while is_open and len(taken) < _LINES_AHEAD and len(joined) < _CHARACTERS_AHEAD:
            numbered = self._next_line()
            if numbered is None:
                break
            taken.append(numbered)
            joined = f"{joined}\n{numbered[1]}"
            is_open ^= numbered[1].count('"') % 2 == 1
        cells: list[str] = []
        if taken and not is_open:
            try:
                lines = (f"{part}\n" for part in joined.split("\n"))
                cells = next(csv.reader(lines, strict=True))
            except csv.Error:
                cells = []
        if not cells or len(cells) != len(self.header):
            self._refuse(line, "csv_quotes")
            self._ahead.extendleft(reversed(taken))
            return []
        broken = next((i for i, cell in enumerate(cells) if "\n" in cell), -1)
        mended = [cell.replace("\n", " ") for cell in cells]
        if self._is_tolerant and not any(map(_CONTROL.search, mended)):
            self._log.repair(self._file, line, self._column(broken), "line_break")
            return mended
        self._refuse(line, "line_break", self._column(broken))
        return []

    def _column(self, index: int) -> str:
        return self.header[index] if 0 <= index < len(self.header) else ""


def _is_separated_otherwise(header: list[str]) -> bool:
    return len(header) == 1 and any(mark in header[0] for mark in ";\t")
