"""Nobody reaches another child's data, however they ask: some hundred tries of each kind.

`python bench/attacks.py 50000` makes as many as that.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.access.objects import card_of, pictures_of
from tests.attacks.elsewhere import COMPARED_WITH, KNOWN_BY
from tests.attacks.judging import Judge
from tests.attacks.kinds import batches, cards, discover, lti, oidc
from tests.attacks.tries import Ground
from tests.cast import AOI, ELSEWHERE, GEN, KEN, SECONDARY

#: Attempts of one attacker before it is looked whose rows were changed.
AT_ONCE = 20


@pytest.fixture(scope="module")
def judge(world):
    made = Judge(world)
    yield made
    made.elsewhere.close()


def test_what_is_honest_comes_in(judge):
    """What the kinds spoil is good before: no attempt fails for another reason."""
    ground = Ground(judge.world, judge.elsewhere)
    honest = [
        *(lti.honest(ground, KEN, SECONDARY, known_by) for known_by in KNOWN_BY),
        *(oidc.honest(ground, GEN, ELSEWHERE, compared_with) for compared_with in COMPARED_WITH),
        cards.Card("POST", "/card", token=card_of(AOI), pictures=pictures_of(AOI)),
    ]
    for each in honest:
        answer = each.ask(judge.world, judge.seats["nobody"])
        assert answer.status_code == 303, answer.get_data(as_text=True)
        assert judge.owned() != judge.before
        judge.world.back()
    assert judge.owned() == judge.before


@pytest.mark.parametrize("kind", discover())
def test_none_comes_through(judge, kind):
    way = discover()[kind]
    batch = batches(way, Ground(judge.world, judge.elsewhere), AT_ONCE)

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
