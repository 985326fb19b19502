"""Where on the ring a lap is, pure."""

from dataclasses import dataclass

from aarportal.cycle.loop.states import CLOSED_CYCLE, CycleState


@dataclass(frozen=True)
class Phases:
    """The three arcs: `done`, `now` or `next` each."""

    anticipation: str
    action: str
    reflection: str
    share: float = 0.0
    """How far the current arc is drawn, 0 to 1."""

    @property
    def current(self) -> str:
        """Key of the phase that is now; empty when the ring is closed."""
        return next(
            (
                key
                for key in ("anticipation", "action", "reflection")
                if getattr(self, key) == "now"
            ),
            "",
        )

    @property
    def progress(self) -> int:
        """0 to 6: counts two for a finished arc and one for the current one."""
        points = {"done": 2, "now": 1, "next": 0}
        return sum(points[state] for state in (self.anticipation, self.action, self.reflection))


NOTHING_YET = Phases("now", "next", "next")
NOT_BEGUN = Phases("next", "next", "next")


def phases_of(state: str, *, has_goal: bool, items: int = 0, planned: int | None = None) -> Phases:
    """The arcs of a lap.

    Args:
        state: State of the cycle (see cycle.loop.states).
        has_goal: Whether it has a goal; a lap that records opened has none at first.
        items: Items done.
        planned: Items planned; when they are reached it is time to look back.
    """
    goal = "done" if has_goal else "next"
    if state in CLOSED_CYCLE:
        return Phases(goal, "done", "done" if state != CycleState.CLOSED_UNREVIEWED else "next")
    if state == CycleState.REFLECTING or (planned and items >= planned):
        return Phases(goal, "done", "now", 0.1)
    if state == CycleState.ANTICIPATING:
        return Phases(goal, "now", "next", 0.05)
    share = min(items / planned, 0.95) if planned else 0.5
    return Phases(goal, "now", "next", share)
