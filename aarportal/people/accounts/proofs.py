"""How surely it is known who sits there, pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Role
from aarportal.web.reader import Proof

#: Before something grave a proof counts for this long.
FRESH_FOR = timedelta(minutes=15)
#: That somebody is there is written this often at most.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Stamps:
    """What a session says.

    Attributes:
        proved_at: When they last proved who they are.
        strong_at: When in two ways; None if never.
        seen_at: When they were here last, to the minute.
    """

    proved_at: datetime
    strong_at: datetime | None
    seen_at: datetime


def proof_of(
    role: Role,
    stamps: Stamps,
    now: datetime,
    *,
    idle_minutes: int,
    asks_for_second: bool,
) -> Proof:
    """What is proved of whoever holds a session.

    Args:
        role: What they are; pupils, who see their own data, are asked for nothing further.
        stamps: What their session says.
        now: The moment.
        idle_minutes: After how many without a touch they prove it again; 0 for never.
        asks_for_second: Whether this installation asks for a second factor.
    """
    if role in WITHOUT_SECOND_FACTOR:
        return Proof()
    return Proof(
        is_strong=stamps.strong_at is not None or not asks_for_second,
        is_fresh=now - stamps.proved_at < FRESH_FOR,
        # What was written of the last touch may be as old as the pause between two of them.
        is_idle=idle_minutes > 0
        and now - stamps.seen_at > timedelta(minutes=idle_minutes) + TOUCH_EVERY,
    )
