"""The pictures that a child taps, in the order of the card; pure."""

import secrets
from collections.abc import Sequence

from aarportal.core.words import mark

#: Name of a picture, as in static/img/pictures.svg -> what it is called.
PICTURES = {
    "sun": mark("The sun"),
    "moon": mark("Moon"),
    "star": mark("Star"),
    "cloud": mark("Cloud"),
    "flower": mark("Flower"),
    "tree": mark("Tree"),
    "fish": mark("Fish"),
    "cat": mark("Cat"),
    "apple": mark("Apple"),
    "house": mark("House"),
    "boat": mark("Boat"),
    "umbrella": mark("Umbrella"),
}
#: How many of them a child taps: 1,728 orders, few tries, and a card that has to be in the hand.
TAPS = 3


def drawn() -> tuple[str, ...]:
    """Pictures drawn by lot; one can come twice."""
    names = tuple(PICTURES)
    return tuple(secrets.choice(names) for _ in range(TAPS))


def written(pictures: Sequence[str]) -> str:
    """Pictures in their order, as they are kept."""
    return " ".join(pictures)
