"""Query parameters and headers of xAPI as values, pure; what is wrong says which rule and where.

Source: xAPI 1.0.3, part three, sections 2 and 3.2; IEEE 9274.1.1 (xAPI 2.0), 4.1.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from aarportal.cycle.action.xapi.moments import moment
from aarportal.cycle.action.xapi.refusals import explanation
from aarportal.cycle.action.xapi.statement_model import Actor, Iri, Timestamp, UuidText

Value = TypeVar("Value")

_ACTOR = msgspec.json.Decoder(Actor)


class RequestError(ValueError):
    """A request that xAPI does not allow; the message says which rule.

    Attributes:
        path: Where: `$query.agent`, `$header.If-Match`, `$` for the body.
        status: The HTTP status that fits best.
    """

    def __init__(self, message: str, path: str = "$", status: int = 400) -> None:
        """Keep the place and the status beside the message."""
        super().__init__(message)
        self.path = path
        self.status = status


def chosen(
    given: Iterable[tuple[str, str]], known: Collection[str], required: Collection[str] = ()
) -> dict[str, str]:
    """The parameters of a request, each known, written exactly so, and there once.

    Args:
        given: Name and value, in the order of the address.
        known: Every name that may stand there.
        required: Names that have to.

    Raises:
        RequestError: If one is unknown, stands twice, holds a NUL or is missing.
    """
    values: dict[str, str] = {}
    pairs = list(given)
    unknown = sorted({name for name, _ in pairs} - set(known))
    if unknown:
        raise RequestError(
            f"unknown query parameters: {', '.join(unknown)}; known here: "
            f"{', '.join(sorted(known)) or 'none'}",
            f"$query.{unknown[0]}",
        )
    for name, value in pairs:
        if name in values:
            raise RequestError(f"{name} stands twice", f"$query.{name}")
        if "\0" in value:
            raise RequestError(f"{name} holds the character NUL", f"$query.{name}")
        values[name] = value
    for name in required:
        if not values.get(name):
            raise RequestError(f"the query parameter {name} is missing", f"$query.{name}")
    return values


def agent(text: str, name: str = "agent", *, groups: bool = False) -> Actor:
    """An agent from its JSON.

    Args:
        text: The parameter's value.
        name: The parameter's name.
        groups: Whether an identified group may stand there, too.

    Raises:
        RequestError: If it is none.
    """
    try:
        found = _ACTOR.decode(text)
    except (ValueError, RecursionError) as error:
        said, place = explanation(error)
        raise RequestError(said, f"$query.{name}{place}") from None
    if found.is_group and not (groups and found.identifiers()):
        wanted = "an Agent or an identified Group" if groups else "an Agent"
        raise RequestError(f"Expected {wanted}", f"$query.{name}.objectType")
    return found


def iri(text: str, name: str) -> str:
    """An absolute IRI.

    Raises:
        RequestError: If it is none.
    """
    return _converted(text, Iri, name, "an absolute IRI")


def uuid(text: str, name: str) -> UUID:
    """A UUID in its usual form.

    Raises:
        RequestError: If it is none.
    """
    return UUID(_converted(text, UuidText, name, "a UUID"))


def instant(text: str, name: str) -> datetime:
    """A timestamp as a moment in UTC.

    Raises:
        RequestError: If there is no such moment.
    """
    try:
        return moment(_converted(text, Timestamp, name, "an ISO 8601 timestamp"))
    except RequestError:
        raise
    except ValueError as error:
        raise RequestError(f"{name} is not a timestamp: {error}", f"$query.{name}") from None


def flag(text: str, name: str) -> bool:
    """A boolean, written as in JSON.

    Raises:
        RequestError: If it is neither `true` nor `false`.
    """
    if text not in {"true", "false"}:
        raise RequestError(f"{name} has to be true or false", f"$query.{name}")
    return text == "true"


def _converted(text: str, kind: object, name: str, words: str) -> str:
    try:
        found: str = msgspec.convert(text, kind)
    except msgspec.ValidationError:
        raise RequestError(f"{name} has to be {words}", f"$query.{name}") from None
    return found
