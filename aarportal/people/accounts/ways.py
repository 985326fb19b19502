"""Ways to come in: each says here what the sign-in page offers.

A way is a package beside this file with its routes and its operations. It finds out who somebody
is, and calls `operations.let_in`; it makes nobody up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A login id and a password of our own: the form that stands on the sign-in page itself.
PASSWORD = "password"  # noqa: S105 # a name


@dataclass(frozen=True)
class Way:
    """One more way to come in.

    Attributes:
        name: As it stands in a session.
        offers: What the page offers just now, as (text, address); asked with every page.
        again: The address where somebody who came this way proves anew who they are; given the path
            that they come back to. What comes of it is kept by `proving.operations.proved`.
    """

    name: str
    offers: Callable[[], Sequence[tuple[str, str]]]
    again: Callable[[str], str] | None = None


_WAYS: dict[str, Way] = {}


def add(way: Way) -> None:
    """Let the sign-in page offer a way; said twice, it is offered once."""
    _WAYS[way.name] = way


def offers() -> list[tuple[str, str]]:
    """All that the sign-in page offers beside its form, as (text, address)."""
    return [offer for way in _WAYS.values() for offer in way.offers()]


def again(name: str, target: str) -> str | None:
    """Where somebody who came in by a way proves anew who they are; None if not elsewhere."""
    way = _WAYS.get(name)
    return way.again(target) if way and way.again else None
