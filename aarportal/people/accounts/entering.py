"""What floors above do when somebody comes in: they say it here, because nobody looks upwards."""

from collections.abc import Callable, Iterable

from aarportal.core.scope import Scope

#: Done in a unit of work of its own at every sign-in of somebody who was at another school before.
Act = Callable[[Scope], object]

_ACTS: dict[str, Act] = {}


def after_a_move(name: str, act: Act) -> None:
    """Have something done when a student comes in who was at another school before.

    Args:
        name: Said twice, it is done once.
        act: Has to bear being done again, as it is at the next sign-in if it raises.
    """
    _ACTS[name] = act


def acts_after_a_move() -> Iterable[Act]:
    """All that is done."""
    return tuple(_ACTS.values())
