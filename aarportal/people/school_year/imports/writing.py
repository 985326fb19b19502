"""A table as bytes that spreadsheets open and that can be brought again; pure."""

import csv
import io
from collections.abc import Iterable, Sequence


def written(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
