"""State machines as tables (state, event) -> state, pure: what is not there cannot happen."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from aarportal.core.errors import StateError

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)
Table = Mapping[tuple[State, Event], State]


def step(table: Table[State, Event], state: State, event: Event) -> State:
    """The state after `event`.

    Raises:
        StateError: If the machine knows no such step.
    """
    try:
        return table[state, event]
    except KeyError:
        raise StateError(f"{event} is not possible from {state}") from None
