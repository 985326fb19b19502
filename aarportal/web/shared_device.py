"""Tablets that many children share: the browser says so by a cookie."""

from flask import has_request_context
from werkzeug.wrappers import Response

from aarportal.web import cookies

COOKIE = "shared"
_YES = "1"
#: After so long without a touch such a tablet is locked, whatever the installation's own time is.
IDLE_MINUTES = 5


def idle_minutes(usual: int) -> int:
    """After how many minutes without a touch this browser's pages are locked; 0 for never.

    Args:
        usual: What the installation says of all devices.
    """
    return min(usual or IDLE_MINUTES, IDLE_MINUTES) if is_shared() else usual


def is_shared() -> bool:
    """Whether this browser belongs to a tablet that many share."""
    return has_request_context() and cookies.kept(COOKIE) == _YES


def value_of(*, shared: bool) -> str:
    """What the cookie says."""
    return _YES if shared else ""


def leave_nothing(response: Response) -> None:
    """Have the browser drop what it fetched for whoever has just left.

    Nothing of a person is ever stored (`no-store`); pages that the browser keeps alive to go back
    to are dropped with its cache as well.
    """
    if is_shared():
        response.headers["Clear-Site-Data"] = '"cache"'
