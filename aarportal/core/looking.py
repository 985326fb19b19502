"""Who looks at whom: what a page shows of children is said before it is read, and kept with it."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Look:
    """One thing that somebody looks at.

    Attributes:
        at: `person`, `class`, `school` or `district`.
        object_id: Which one.
        what: Key of what the page shows, such as `grades` (see `audit.looking.kinds`).
    """

    at: str
    object_id: UUID
    what: str


@dataclass
class Visit:
    """One request of somebody who may see others' children.

    Attributes:
        scope: Who looks; units of work of another scope are none of this visit.
        says: Whether the page says whom it shows.
        due: Looks of which nothing is kept yet.
        keep: Writes a look into the unit of work that reads.
        remember: Called once it is committed.
        told: The view itself says whom it shows, once it knows.
        has_read: A table about students that was read; empty for none.
    """

    scope: Any
    says: bool
    due: Sequence[Look]
    keep: Callable[[Any, Look], None]
    remember: Callable[[Any, Sequence[Look]], None]
    told: bool = False
    has_read: str = ""

    @property
    def writes(self) -> bool:
        """Whether the next unit of work has to leave a trace."""
        return bool(self.due) or self.told

    def leave(self, scope: Any) -> None:
        """Write what is due into the open unit of work."""
        for look in self.due:
            self.keep(scope, look)

    def committed(self, scope: Any) -> None:
        """What was written stays: it is not written again for a while."""
        self.remember(scope, self.due)
        self.due = ()


_VISIT: ContextVar[Visit | None] = ContextVar("visit", default=None)


def begin(visit: Visit | None) -> Callable[[], None]:
    """Let units of work know of a visit until the function that comes back is called."""
    token = _VISIT.set(visit)
    return lambda: _VISIT.reset(token)


def at_work() -> Visit | None:
    """The visit that is going on, if there is one."""
    return _VISIT.get()


def visit_of(scope: object) -> Visit | None:
    """The visit in which this scope is at work; None for anybody who is not at the door."""
    visit = _VISIT.get()
    return visit if visit is not None and visit.scope is scope else None
