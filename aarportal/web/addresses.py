"""The one answer to "where to next?" that a request may give: a path of this portal."""

import re
from urllib.parse import urlsplit

#: Browsers drop tabs and line breaks from an address and read `\\` as `/`: `/<tab>/evil.example`
#: leads to another host. So none of them, nor any other control character, may stand in a path.
_PLAIN_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f-\x9f]*")


def own_path(target: str | None) -> str | None:
    """A path of our own that somebody asks to be led to, with its query; None for anything else.

    Source: https://url.spec.whatwg.org/#url-parsing
    """
    if not target or not _PLAIN_PATH.fullmatch(target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
