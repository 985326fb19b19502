"""A table as bytes that spreadsheets open and that can be brought again; pure."""

import io
from collections.abc import Iterable, Sequence

from aarportal.core.tables.writing import Sheet


def written(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    sheet = Sheet(text)
    sheet.write([headers])
    sheet.write(rows)
    return text.getvalue().encode("utf-8-sig")
