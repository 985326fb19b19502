"""Looking after the installation."""

from dataclasses import dataclass

from aarportal.core import clock, upkeep
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.system import store

#: Days for which stopped jobs are counted.
LOOKED_BACK_DAYS = 7


@dataclass(frozen=True)
class State:
    """How the installation is; numbers and words of ours, and nothing that anybody wrote."""

    revision: str
    rows: list[tuple[str, int]]
    work: list[store.Work]
    troubles: list[store.Trouble]
    sessions: list[tuple[str, int]]


def look() -> State:
    """Count; opens its unit of work itself, because whoever asks sees none of these rows."""
    now = clock.now()
    with unit_of_work(SystemScope("how the system is"), read_only=True) as system:
        return State(
            upkeep.revision(),
            store.rows(system),
            store.work(system),
            store.troubles(system, now, LOOKED_BACK_DAYS),
            store.sessions(system, now),
        )
