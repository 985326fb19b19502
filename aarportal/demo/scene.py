"""The lesson in progress: who is where in it at twenty to eleven; pure."""

from enum import StrEnum
from random import Random

from aarportal.demo.school import Pupil


class Role(StrEnum):
    """Where a pupil stands in the lesson of today."""

    ABSENT = "absent"
    NO_GOAL = "no_goal"
    RECORDS_ONLY = "records_only"
    """At work without a goal: the first record opens the lap."""
    GOAL_ONLY = "goal_only"
    ACTING = "acting"
    DONE = "done"
    """Has done what was planned and could look back."""
    STUCK = "stuck"
    ASKS = "asks"
    REFLECTED = "reflected"


#: What the pupil of each class is about to do whose login the demonstration gives away.
GUIDE_ROLES = {
    "4-2": Role.NO_GOAL,
    "1-1": Role.NO_GOAL,
    "6-1": Role.DONE,
    "J2-1": Role.GOAL_ONLY,
}
_CERTAIN = (
    Role.ABSENT,
    Role.STUCK,
    Role.ASKS,
    Role.RECORDS_ONLY,
    Role.NO_GOAL,
    Role.NO_GOAL,
    Role.NO_GOAL,
    *[Role.GOAL_ONLY] * 5,
    *[Role.DONE] * 5,
    *[Role.REFLECTED] * 9,
)


def cast_scene(rng: Random, pupils: list[Pupil]) -> dict[str, Role]:
    """Pupil (sourcedId) -> role; everybody not cast for something else is at work."""
    others = [pupil for pupil in pupils if not pupil.is_guide]
    roles = [*_CERTAIN, *[Role.ACTING] * (len(others) - len(_CERTAIN))]
    rng.shuffle(roles)
    return {
        **{pupil.sourced_id: role for pupil, role in zip(others, roles, strict=True)},
        **{pupil.sourced_id: GUIDE_ROLES[pupil.class_key] for pupil in pupils if pupil.is_guide},
    }
