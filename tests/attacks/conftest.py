"""The world of the matrix, somebody who judges what comes of attacks on it, and where they begin.

They are the same for all files: nothing that is tried stays in the world.
"""

import pytest

from tests.access.conftest import world
from tests.attacks.judging import Judge
from tests.attacks.tries import Ground

__all__ = ["world"]


@pytest.fixture(scope="session")
def judge(world):
    made = Judge(world)
    yield made
    made.elsewhere.close()


@pytest.fixture(scope="session")
def ground(judge):
    return Ground(judge.world, judge.elsewhere)
