"""Which one of several languages somebody gets to see.

Source: RFC 9110, section 12.5.4 (Accept-Language); RFC 4647, section 3.4 (lookup).
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

Text = TypeVar("Text")


def accepted(header: str) -> tuple[str, ...]:
    """Language ranges of an Accept-Language header in lower case, the dearest first.

    What cannot be read in it is left out: nobody is refused for the wishes of a browser.
    """
    found: list[tuple[float, str]] = []
    for wish in header.split(","):
        tag, _, parameters = wish.partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            quality = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if tag.strip() and 0 < quality <= 1:
            found.append((quality, tag.strip().lower()))
    return tuple(tag for _, tag in sorted(found, key=lambda each: -each[0]))


def chosen(tags: Mapping[str, Text], languages: Sequence[str]) -> dict[str, Text]:
    """A language map with one entry: the best for somebody, or the sender's first.

    Args:
        tags: Language tag -> text.
        languages: As `accepted` returns them.
    """
    for wanted in languages:
        tag = _matching(tags, wanted)
        if tag is not None:
            return {tag: tags[tag]}
    return dict(list(tags.items())[:1])


def _matching(tags: Mapping[str, object], wanted: str) -> str | None:
    """The tag that fits a range, shortened from the right until one does."""
    if wanted == "*":
        return next(iter(tags), None)
    while wanted:
        for tag in tags:
            if tag.lower() == wanted:
                return tag
        for tag in tags:
            if tag.lower().startswith(f"{wanted}-"):
                return tag
        wanted = wanted.rpartition("-")[0]
    return None
