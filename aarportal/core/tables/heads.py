"""How a table begins: the names of its columns and the rows below, fit to be shown; pure."""

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Any

from aarportal.core.tables.sheets import Sheet, SheetError, sniff

_ROWS_SHOWN = 3
_CHARACTERS_SHOWN = 60
_SIGNS = re.compile(r"[\s_\-・:：*※.]+")


def header_key(header: str) -> str:
    """A header without what headers differ in: width, case, space and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", header)).lower()


def shown(text: str) -> str:
    """Text of a file fit for a page: short, on one line, without characters that nobody sees."""
    line = " ".join(text.split())[:_CHARACTERS_SHOWN]
    return "".join(each if each.isprintable() else "�" for each in line)


def heads(
    data: bytes, expected: Collection[str], is_usual: Callable[[str], bool]
) -> dict[str, Any]:
    """How the table begins, in each encoding in which it is one.

    Args:
        data: The file.
        expected: Names of columns of a mapping that was kept.
        is_usual: Whether a text is a usual name of a column in tables of this kind.

    Returns:
        Encoding -> `headers`, the same fit to be shown as `names`, and the first `rows`.

    Raises:
        SheetError: If it is none in any encoding.
    """
    first = sniff(data, expected, is_usual=is_usual)
    sheets = [first]
    for encoding in first.other_encodings:
        try:
            sheets.append(sniff(data, expected, encoding, is_usual=is_usual))
        except SheetError:
            continue
    return {sheet.encoding: _head(sheet) for sheet in sheets}


def _head(sheet: Sheet) -> dict[str, Any]:
    rows = [[shown(cell) for cell in row.cells] for row in sheet.rows[:_ROWS_SHOWN]]
    names = [shown(name) for name in sheet.headers]
    return {"headers": list(sheet.headers), "names": names, "rows": rows}
