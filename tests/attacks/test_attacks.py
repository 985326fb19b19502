"""Nobody reaches another child's data, however they ask: some hundred tries of each kind.

`python bench/attacks.py 50000` makes as many as that.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.access.calls import routes, values_of
from tests.access.knocking import SAFE, call, knocks
from tests.access.objects import card_of, pictures_of
from tests.access.people import WHO
from tests.access.rows import ROWS
from tests.attacks.elsewhere import COMPARED_WITH, KNOWN_BY
from tests.attacks.judging import said_by
from tests.attacks.kinds import answers_of, batches, cards, discover, lti, oidc
from tests.attacks.sight import ATTACKERS
from tests.cast import AOI, ELSEWHERE, GEN, KEN, SECONDARY

#: Attempts of one attacker before it is looked whose rows were changed.
AT_ONCE = 20
EXAMPLES = 24
#: Column of the matrix -> the attacker who is the same person.
KNOWN_AS = {"pupil": "aoi", "stranger": "nobody", "foreign": "sato"}


def test_what_is_honest_comes_in(judge, ground):
    """What the kinds spoil is good before: no attempt fails for another reason."""
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


@pytest.mark.parametrize("who", WHO)
def test_what_opens_says_nothing_of_others(judge, who):
    """Behind each door that opens to somebody stands nothing that is none of their business."""
    attacker = ATTACKERS[KNOWN_AS.get(who, who)]
    seen = []
    for endpoint, method, rule in routes(judge.world.app):
        for knock in knocks(endpoint, method, rule, who):
            if method in SAFE and ROWS[endpoint].opens(who, knock.whose):
                told = str(knock.whose and values_of(rule, knock.whose, who)).lower()
                _status, text = said_by(call(judge.world, knock))
                leaks = judge.leaks(attacker, told, text)
                seen += [f"{rule.rule} ({knock.whose}): {leak}" for leak in leaks]
    assert not seen, "\n".join(seen)


@pytest.mark.parametrize("kind", discover())
def test_none_comes_through(judge, ground, kind):
    way = discover()[kind]

    @settings(
        max_examples=EXAMPLES, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batches(way, ground, AT_ONCE))
    def attack(drawn):
        judge.attempt(kind, *drawn, answers_of(way))

    attack()
    judge.finish(kind)
    tally = judge.tally
    wrong = [each for each in (*tally.through, *tally.broken) if each.startswith(f"{kind}: ")]
    assert not wrong, "\n".join(wrong[:5])
    # A try counts that is aimed at somebody else's, and only once; most are looked at, too.
    assert tally.aimed(kind) >= 100
    assert tally.aimed(kind) >= 0.7 * tally.asked(kind)
    assert tally.heard[kind] >= 0.5 * tally.aimed(kind), tally.statuses
