"""Addresses of this portal: where it stands, and where a request may ask to be led next."""

import re
from urllib.parse import urlsplit

from flask import current_app, request

from aarportal.settings import Settings

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


def root() -> str:
    """The address of the portal as others see it, without a slash at its end."""
    settings: Settings = current_app.config["SETTINGS"]
    return (settings.public_url or request.host_url).rstrip("/")
