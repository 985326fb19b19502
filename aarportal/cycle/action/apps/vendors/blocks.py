"""Blocks of which a document is made, pure: whoever draws them translates their texts."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Heading:
    """The beginning of a section."""

    text: str
    id: str


@dataclass(frozen=True)
class Paragraph:
    """A text; `values` stand in its `%(name)s`."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Items:
    """A list of texts."""

    texts: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Code:
    """Something to paste."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes:
        caption: What it is about; it is translated.
        head: Headings of the columns; they are translated.
        rows: Cells; lines in one cell stand below each other.
        texts: Columns whose cells are texts, which are translated; the others hold code.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = ()


Block: TypeAlias = Heading | Paragraph | Items | Code | Table
