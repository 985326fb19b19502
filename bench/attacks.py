"""Tries to reach another child's data, by the tens of thousands; none may come through.

python bench/attacks.py [TRIES] [SEED]

The ways to try stand in tests/attacks/kinds, what is a secret to whom in tests/attacks/sight.py.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings

from bench.measure import line
from tests.access.world import World
from tests.attacks.judging import Judge
from tests.attacks.kinds import batches, discover
from tests.attacks.tries import Ground

TRIES = 50_000
AT_ONCE = 40


def main() -> None:
    """Print what was tried, what was answered, and what came through."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TRIES
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(World("sqlite", "", Path(folder)))
        ground = Ground(judge.world, judge.elsewhere)
        began = time.monotonic()
        kinds = discover()
        for place, (kind, way) in enumerate(kinds.items()):
            examples = -(-count // len(kinds) // AT_ONCE)
            batch = batches(way, ground, AT_ONCE)
            _attack(judge, kind, batch, examples=examples, number=number + place)
            print(f"{kind}: {judge.tally.tries[kind]:,}", flush=True)
        spent = time.monotonic() - began
    tally = judge.tally
    done = sum(tally.tries.values())
    print(f"Tries to reach another child's data: {done:,} on SQLite, seed {number}")
    for kind, tries in tally.tries.items():
        line(kind, tries, "tries")
    answers = sorted(tally.statuses.items())
    print("Answers: " + ", ".join(f"{n:,} × {status}" for status, n in answers))
    line("a second", done / spent, "tries")
    line("answers 500", len(tally.broken), "", "limit 0")
    line("through", len(tally.through), "", "limit 0")
    for each in [*tally.through[:40], *tally.broken[:20]]:
        print(each[:1000])
    sys.exit(1 if tally.through or tally.broken or done < count else 0)


def _attack(judge: Judge, kind: str, batch, *, examples: int, number: int) -> None:
    """Try in one way, as often as it takes."""

    @seed(number)
    @settings(
        max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batch)
    def attack(drawn):
        judge.attempt(kind, *drawn)

    attack()


if __name__ == "__main__":
    main()
