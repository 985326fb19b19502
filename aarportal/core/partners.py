"""Other systems as offices enter them: what all of them have is checked in one way."""

from urllib.parse import urlsplit
from uuid import UUID

from aarportal.core import wire
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope
from aarportal.core.wire import WireError

#: Characters of an address, a client id, a secret.
MAX_TEXT = 500
#: They end an address where it stands in a header, or mean more than themselves there.
_MARKS = frozenset(" \"'<>;,\\*")


def entered_by(scope: Scope) -> dict[str, UUID | None]:
    """The columns that say whose an entry is: a school's, or the board's for its whole district."""
    is_board = scope.role is Role.DISTRICT_ADMINISTRATOR
    return {
        "district_id": scope.district_id,
        "school_id": None if is_board else scope.school_id,
        "made_by": scope.actor_id,
    }


def check_text(name: str, text: str, most: int = MAX_TEXT) -> None:
    """Look whether something was typed that can be shown in a line.

    Args:
        name: Of the field.
        text: As it was typed.
        most: Characters.

    Raises:
        InvalidError: If not.
    """
    if not text.strip() or not text.isprintable():
        raise InvalidError(name, "required")
    if len(text) > most:
        raise InvalidError(name, "too_long")


def check_secret(secret: str, *, needed: bool) -> None:
    """Look whether a secret can be kept; an empty one keeps the one of before.

    Raises:
        InvalidError: If not.
    """
    if needed and not secret:
        raise InvalidError("secret", "required")
    if len(secret) > MAX_TEXT:
        raise InvalidError("secret", "too_long")


def check_address(name: str, url: str, *, private: bool, with_query: bool = False) -> None:
    """Look whether an address may be asked, or a browser be sent there.

    Args:
        name: Of the field.
        url: As it was typed.
        private: Whether it may be in a private network.
        with_query: Whether it may have one.

    Raises:
        InvalidError: If not.
    """
    if len(url) > MAX_TEXT:
        raise InvalidError(name, "too_long")
    if _MARKS & set(url) or not (url.isascii() and url.isprintable()):
        raise InvalidError(name, "address")
    try:
        bare = urlsplit(url)._replace(query="").geturl() if with_query else url
        wire.checked(bare, private=private)
    except (WireError, ValueError) as error:
        rule = error.rule if isinstance(error, WireError) else "address"
        raise InvalidError(name, rule) from error
