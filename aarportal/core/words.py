"""Marks English texts in tables of codes, so that the catalogues learn of them."""


def mark(msgid: str) -> str:
    """The same text; the extraction of texts looks for this name."""
    return msgid
