"""Ways to come in: each says here what the sign-in page offers.

A way is a package beside this file with its routes and its operations. It finds out who somebody
is, and calls `operations.let_in`; it makes nobody up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A login id and a password of our own: the form that stands on the sign-in page itself.
PASSWORD = "password"  # noqa: S105 # a name
#: A card that a teacher handed out, and the pictures that go with it; of pupils alone.
CARD = "card"


@dataclass(frozen=True)
class Way:
    """One more way to come in.

    Attributes:
        name: As it stands in a session.
        offers: What the page offers just now, as (text, address); asked with every page.
    """

    name: str
    offers: Callable[[], Sequence[tuple[str, str]]]


_WAYS: dict[str, Way] = {}


def add(way: Way) -> None:
    """Let the sign-in page offer a way; said twice, it is offered once."""
    _WAYS[way.name] = way


def offers() -> list[tuple[str, str]]:
    """All that the sign-in page offers beside its form, as (text, address)."""
    return [offer for way in _WAYS.values() for offer in way.offers()]
