"""Nobody reaches another child's data, however they ask: some hundred tries of each kind.

`python bench/attacks.py 50000` makes as many as that.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.attacks.judging import Judge
from tests.attacks.kinds import batches, discover
from tests.attacks.tries import Ground

#: Attempts of one attacker before it is looked whose rows were changed.
AT_ONCE = 20


@pytest.fixture(scope="module")
def judge(world):
    return Judge(world)


@pytest.mark.parametrize("kind", discover())
def test_none_comes_through(judge, kind):
    way = discover()[kind]
    batch = batches(way, Ground(judge.world), AT_ONCE)

    @settings(
        max_examples=12, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batch)
    def attack(drawn):
        judge.attempt(kind, *drawn)

    attack()
    tally = judge.tally
    assert tally.tries[kind] >= 12 * AT_ONCE // 2
    assert not tally.through, "\n".join(tally.through[:5])
    assert not tally.broken, "\n".join(tally.broken[:5])
