"""The document for vendors as Markdown, for a file or a letter, pure."""

from collections.abc import Callable, Iterator, Sequence

from aarportal.cycle.action.apps.vendors.blocks import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Table,
)
from aarportal.cycle.action.apps.vendors.document import TITLE

#: msgid -> text.
Translate = Callable[[str], str]


def markdown(blocks: Sequence[Block], translate: Translate) -> str:
    """The whole document.

    Args:
        blocks: What it says.
        translate: Gives the text of a msgid.
    """
    parts = [f"# {translate(TITLE)}"]
    for block in blocks:
        parts.extend(_written(block, translate))
    return "\n\n".join(parts) + "\n"


def _written(block: Block, translate: Translate) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"## {translate(block.text)}"
    elif isinstance(block, Paragraph):
        yield _text(block, translate)
    elif isinstance(block, Items):
        yield "\n".join(f"- {_text(each, translate)}" for each in block.texts)
    elif isinstance(block, Code):
        yield f"```sh\n{block.text}\n```"
    else:
        yield f"**{translate(block.caption)}**"
        yield _table(block, translate)


def _text(paragraph: Paragraph, translate: Translate) -> str:
    text = translate(paragraph.text)
    return text % paragraph.values if paragraph.values else text


def _table(table: Table, translate: Translate) -> str:
    head = [translate(each) for each in table.head]
    rows = [
        [_cell(each, translate, is_text=column in table.texts) for column, each in enumerate(cells)]
        for cells in table.rows
    ]
    return "\n".join(map(_row, [head, ["---"] * len(head), *rows]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str, translate: Translate, *, is_text: bool) -> str:
    if is_text:
        return translate(text)
    return "<br>".join(f"`{line}`" for line in text.splitlines())
