"""A table in a text file: its encoding, its separator, its header and its rows.

Spreadsheets say nothing about the encoding of the text that they write. What can be told for
certain is told; where a file reads as text in two encodings, the other one is named, so that a
person can look at both.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200

_DELIMITERS = (",", "\t", ";")
_LINES_TO_LOOK_AT = 50
_HEADER_WITHIN = 20
_LOOKED_AT = 4096
#: Encodings that a person may ask for, and those that are tried, the most telling first.
ENCODINGS = ("utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be")
_TRIED = ("utf-8", "cp932", "euc_jp")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: What Python makes of bytes that stand for nothing in CP932.
_NOT_IN_CP932 = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")
_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: With what files begin that are no text, whatever they are called: PDF, pictures, programs, other
#: archives, databases.
_NEVER_TEXT = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"\x1f\x8b",
    b"PK\x05\x06",
    b"SQLite format 3",
)
#: A first cell may begin like this too; what follows it in a picture or a program is no text.
_SELDOM_TEXT = (b"GIF8", b"RIFF", b"MZ", b"7z\xbc\xaf", b"Rar!")
_CONTROLS = frozenset((*range(9), *range(14, 27), *range(28, 32)))


class SheetError(ValueError):
    """A file that is no table that can be read.

    Attributes:
        rule: Key in `rules.RULES`.
        line: As an editor counts; 0 when it is about the whole file.
        detail: The limit, or what was found.
    """

    def __init__(self, rule: str, line: int = 0, detail: str = "") -> None:
        """Name the rule and the place."""
        super().__init__(rule)
        self.rule = rule
        self.line = line
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: Where it begins, as an editor counts.
        cells: Without space around them; as many as the row has.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes:
        encoding: One of `ENCODINGS`.
        other_encodings: Encodings in which the file is text as well; empty when it is certain.
        delimiter: Comma, tab or semicolon.
        header_line: Where the header stands, as an editor counts; what stands above is left out.
        headers: Names of the columns, each its own: `回 (2)` is the second 回, `(3)` the third
            column, which has no name.
        rows: Those that are not blank.
    """

    encoding: str
    other_encodings: tuple[str, ...]
    delimiter: str
    header_line: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def sniff(
    data: bytes,
    expected: Collection[str] = (),
    encoding: str | None = None,
    *,
    is_usual: Callable[[str], bool] = frozenset().__contains__,
) -> Sheet:
    """Read a table.

    Args:
        data: The file.
        expected: Names of columns of a mapping that was kept; with the usual names they tell the
            header from the titles above it.
        encoding: One of `ENCODINGS`, where a person has chosen it.
        is_usual: Whether a text is a usual name of a column in tables of this kind.

    Raises:
        SheetError: If it is none.
    """
    if len(data) > MOST_BYTES:
        raise SheetError("file_too_large", detail=str(MOST_BYTES))
    text, used, others = _decoded(data, encoding)
    if not text.strip():
        raise SheetError("file_empty")
    delimiter = _delimiter(text)
    rows = [row for row in _rows(text, delimiter) if any(row.cells)]
    place = _header(rows, frozenset(expected), is_usual)
    header, rest = rows[place], rows[place + 1 :]
    # Spreadsheets write commas for columns that only ever held a frame.
    width = max(map(_width, rows[place:]))
    return Sheet(
        encoding=used,
        other_encodings=others,
        delimiter=delimiter,
        header_line=header.line,
        headers=_distinct(header.cells[:width]),
        rows=tuple(rest),
    )


# --- the text -----------------------------------------------------------------------------------


def _decoded(data: bytes, asked: str | None) -> tuple[str, str, tuple[str, ...]]:
    """The text of a file, its encoding, and the others that it may have."""
    for bom, encoding in _BOMS:
        if data.startswith(bom) and asked in {None, encoding}:
            text = _as(data[len(bom) :], encoding)
            if text is not None:
                return text, encoding, ()
    if data.startswith(_OLD_WORKBOOK):
        raise SheetError("file_is_workbook")
    if data.startswith(_ZIP):
        raise SheetError("file_is_workbook" if b"xl/" in data else "file_is_zip")
    if is_something_else(data):
        raise SheetError("file_not_text")
    if asked is not None:
        text = _as(data, asked) if asked in ENCODINGS else None
        if text is None:
            raise SheetError("file_encoding_asked", detail=asked)
        return text, asked, ()
    return _guessed(data)


def is_something_else(data: bytes) -> bool:
    """Whether a file is a picture, a program, a document: its content says so, not its name."""
    is_odd = data.startswith(_SELDOM_TEXT) and not _CONTROLS.isdisjoint(data[:_LOOKED_AT])
    return is_odd or data.startswith(_NEVER_TEXT)


def _as(data: bytes, encoding: str) -> str | None:
    """The data as text of an encoding; None if they are not."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding == "cp932" and not _NOT_IN_CP932.isdisjoint(text):
        return None
    return None if "\x00" in text else text


def _guessed(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text in the encoding in which it looks most like Japanese."""
    if b"\x00" in data:
        # Plain UTF-8 and CP932 have no zero bytes; half of UTF-16 is made of them.
        odd, even = data[1::2].count(0), data[::2].count(0)
        encoding = "utf-16-le" if odd >= even else "utf-16-be"
        text = _as(data, encoding)
        if text is None or max(odd, even) * 20 < len(data):
            raise SheetError("file_not_text")
        return text, encoding, ()
    if data.isascii():
        return data.decode("ascii"), "utf-8", ()
    found = {encoding: text for encoding in _TRIED if (text := _as(data, encoding)) is not None}
    if not found:
        raise SheetError("file_encoding")
    # Text of three bytes a character that happens to be UTF-8 is UTF-8.
    if "utf-8" in found and any(character > "߿" for character in found["utf-8"]):
        return found["utf-8"], "utf-8", ()
    ranked = sorted(found, key=lambda each: (_oddness(found[each]), _TRIED.index(each)))
    return found[ranked[0]], ranked[0], tuple(ranked[1:])


def _oddness(text: str) -> float:
    """How little a text looks as Japanese files do, from 0 to 1.

    Half-width katakana in every other place are what other encodings look like in CP932; letters
    of Europe and rare signs are what CP932 looks like in others.
    """
    beyond = [character for character in text if character > "\x7f"]
    usual = sum(
        "\u3000" <= character <= "\u30ff"
        or "\u4e00" <= character <= "\u9fff"
        or "\uff01" <= character <= "\uff5e"
        for character in beyond
    )
    return 1 - usual / len(beyond) if beyond else 0


# --- the rows -----------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The separator that gives the first lines the same number of cells, and the most."""
    head = "".join(islice(io.StringIO(text, newline=""), _LINES_TO_LOOK_AT))

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(
                len(cells) for cells in csv.reader(io.StringIO(head), delimiter=delimiter) if cells
            )
        except csv.Error:
            return 0, 0
        width, times = max(widths.items(), key=lambda each: (each[1] * (each[0] > 1), each[0]))
        return (times, width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """Every row with the line where it begins."""
    # A last line that comes back as it is shows that no quote was left open before it.
    end = "\x00end"
    separator = "" if text.endswith(("\n", "\r")) else "\n"
    reader = csv.reader(io.StringIO(f"{text}{separator}{end}", newline=""), delimiter=delimiter)
    line, number = 1, 0
    while True:
        try:
            cells = next(reader)
        except csv.Error as error:
            raise SheetError("file_line", line, str(error)) from error
        except StopIteration:
            raise SheetError("file_quote_open", line) from None
        if cells == [end]:
            return
        if len(cells) > MOST_COLUMNS:
            raise SheetError("file_too_many_columns", line, str(MOST_COLUMNS))
        number += 1
        if number > MOST_ROWS:
            raise SheetError("file_too_many_rows", line, str(MOST_ROWS))
        if any(cell.endswith(end) for cell in cells):
            raise SheetError("file_quote_open", line)
        yield Row(line, tuple(map(_cleaned, cells)))
        line = reader.line_num + 1


def _cleaned(cell: str) -> str:
    """A cell without what spreadsheets add to it.

    Some write `="001"` so that the zeros stay; some end lines inside a cell with CR+LF, others
    with LF.
    """
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        cell = cell[2:-1].strip()
    return "\n".join(cell.splitlines())


def _header(rows: list[Row], expected: Collection[str], is_usual: Callable[[str], bool]) -> int:
    """Which row is the header: of the first that have several cells, the best known one."""
    wide = [
        place
        for place, row in enumerate(rows[:_HEADER_WITHIN])
        if len(set(filter(None, row.cells))) > 1
    ]
    if not wide:
        raise SheetError("file_no_header")

    def score(place: int) -> int:
        return sum(cell in expected or is_usual(cell) for cell in set(rows[place].cells))

    return max(wide, key=score)


def _width(row: Row) -> int:
    """How many cells of a row are not blank, or stand before one that is not."""
    return max((place + 1 for place, cell in enumerate(row.cells) if cell), default=0)


def _distinct(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns, each its own."""
    headers: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = candidate = cell or f"({place})"
        times = 1
        while candidate in headers:
            times += 1
            candidate = f"{name} ({times})"
        headers.append(candidate)
    return tuple(headers)
