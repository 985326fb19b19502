"""Tries to reach another child's data, by the tens of thousands; none may come through.

python bench/attacks.py [TRIES] [SEED]

The ways to try stand in tests/attacks/kinds, what is a secret to whom in tests/attacks/sight.py. A
try counts once, and only if it is aimed at somebody else's: it names another child (an id, or a
word that names one), a class, a school or a district of other children, or it brings a credential,
a card or a cursor that nobody gave. The rest is made, judged, and printed as plain.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings

from bench.measure import line
from tests.access.world import World
from tests.attacks.judging import AIMED, Judge
from tests.attacks.kinds import answers_of, batches, discover
from tests.attacks.tries import Ground

TRIES = 50_000
AT_ONCE = 40
#: Drawn before it is looked whether a kind has its share.
EXAMPLES = 50
#: After so many rounds there is nothing new to try.
ROUNDS = 200


def main() -> None:
    """Print what was tried, what was answered, and what came through."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TRIES
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    kinds = discover()
    share = -(-count // len(kinds))
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(World("sqlite", "", Path(folder)))
        ground = Ground(judge.world, judge.elsewhere)
        began = time.process_time()
        for place, kind in enumerate(kinds):
            _attack(judge, kind, ground, share, number * 1000 + place)
            print(f"{kind}: {judge.tally.aimed(kind):,}", flush=True)
        spent = time.process_time() - began
        judge.elsewhere.close()
    done = _tell(judge, kinds, number)
    line("CPU", spent / 60, "min", "limit 25")
    line("a second of CPU", done / spent, "tries")
    tally = judge.tally
    line("answers 500, and tries that failed", len(tally.broken), "", "limit 0")
    line("through", len(tally.through), "", "limit 0")
    for each in [*tally.through[:40], *tally.broken[:20]]:
        print(each[:1000])
    unheard = [kind for kind in kinds if tally.heard[kind] < tally.aimed(kind) / 2]
    if unheard:
        print(f"Mostly refused before it was looked whose an id is: {', '.join(unheard)}")
    sys.exit(1 if tally.through or tally.broken or unheard or done < count else 0)


def _tell(judge: Judge, kinds: dict, number: int) -> int:
    """Print the tables; how many tries were aimed at somebody else's."""
    tally = judge.tally
    done = sum(map(tally.aimed, kinds))
    print(f"Tries to reach another child's data: {done:,} on SQLite, seed {number}")
    heads = (*AIMED, "aimed", "looked at", "plain")
    print(f"  {'':<12}" + "".join(f"{head:>11}" for head in heads))
    for kind in kinds:
        aims = [tally.tries[kind, aim] for aim in AIMED]
        numbers = (*aims, sum(aims), tally.heard[kind], tally.tries[kind, "plain"])
        print(f"  {kind:<12}" + "".join(f"{each:>11,}" for each in numbers))
    for kind in kinds:
        answers = sorted((status, n) for (of, status), n in tally.statuses.items() if of == kind)
        print(f"  {kind:<12} " + ", ".join(f"{n:,} × {status}" for status, n in answers))
    return done


def _attack(judge: Judge, kind: str, ground: Ground, share: int, number: int) -> None:
    """Try in one way until its share is done."""
    way = discover()[kind]
    batch = batches(way, ground, AT_ONCE)
    for again in range(ROUNDS):

        @seed(number + 100 * again)
        @settings(
            max_examples=EXAMPLES, phases=[Phase.generate], database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(batch)
        def attack(drawn):
            if judge.tally.aimed(kind) < share:
                judge.attempt(kind, *drawn, answers_of(way))

        attack()
        if judge.tally.aimed(kind) >= share:
            break
    judge.finish(kind)


if __name__ == "__main__":
    main()
