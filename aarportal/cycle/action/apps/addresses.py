"""Addresses that a learning app brings along: origins of its web pages, and home pages, pure.

Source: RFC 6454, section 6.2 (ASCII serialization of an origin); xAPI 1.0.3, part two, section
2.4.2.4 (account object).
"""

import re

#: Lower-case host names of labels that DNS knows, and a port that is not the usual one.
_ORIGIN = re.compile(
    r"https://(?=.{1,253}(?::|\Z))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::(?P<port>[1-9][0-9]{0,4}))?\Z",
    re.ASCII,
)
_HOME_PAGE = re.compile(r"https?://[^\s/?#]+[^\s]*\Z", re.IGNORECASE)
_USUAL_PORT, _LAST_PORT = 443, 65_535
LONGEST = 250


def is_origin(text: str) -> bool:
    """Whether a browser would name an origin so: https, a host, perhaps a port, nothing else."""
    found = _ORIGIN.match(text)
    if found is None or len(text) > LONGEST:
        return False
    port = int(found["port"] or 0)
    return port != _USUAL_PORT and port <= _LAST_PORT


def is_home_page(text: str) -> bool:
    """Whether text can be the home page of accounts, as a statement would name it."""
    return len(text) <= LONGEST and text.isprintable() and _HOME_PAGE.match(text) is not None
