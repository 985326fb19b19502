"""Whose record is it? A million statements of a town that is made to mix children up.

Real roster imports, the real intake, links, merges and rules made and taken back: no record may
have a wrong owner, and none may be lost. See tests/people/identity/town.py for the town.

python bench/owners.py [STATEMENTS] [SEED]
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock, upkeep
from aarportal.settings import Settings
from bench.measure import line
from tests.people.identity.town import Town
from tests.people.identity.years import Years

STATEMENTS = 1_000_000
BATCH = 1600
#: Long after all of it happened.
NOW = datetime(2026, 4, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print wrong owners, what was lost, and the time."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else STATEMENTS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    town = Town(schools=4, rooms=18, size=30, seed=seed)
    people = len(town.names)
    print(
        f"Whose record is it, {count:,} statements, {people:,} persons in {town.schools} schools:"
    )
    clock.shift(NOW - datetime.now(UTC))
    began, cpu = time.monotonic(), time.process_time()

    def tell(what: str) -> None:
        print(f"  ({time.monotonic() - began:5.0f} s) {what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                secret_key="bench " * 8,
                database_url=f"sqlite:///{folder}/portal.db",
                data_dir=Path(folder),
                cookie_secure=False,
            )
        )
        migrate.upgrade(app)
        with app.app_context():
            years = Years(app, town, BATCH, tell, after_import=upkeep.learn)
            found = years.live(count)
    n = found.counts
    line("records", n["records"], "")
    line("waiting in quarantine", n["waiting"], "")
    line("sent again", n["repeated"], "")
    lost = n["received"] - n["records"] - n["waiting"] - n["repeated"]
    line("lost: received - records - quarantine - sent again", lost, "", "limit 0")
    line("records with a wrong owner", found.wrong, "", "limit 0")
    line("waiting although it is known whose they are", found.kept_waiting, "", "limit 0")
    line("waiting, because the child was in no class then", found.waiting_for_a_class, "")
    used = (time.process_time() - cpu) * 1000 / count
    line("CPU a statement, with all imports and repairs", used, "ms")
    line("time in all", time.monotonic() - began, "s")
    assert (lost, found.wrong, found.kept_waiting, n["unread"]) == (0, 0, 0, 0)


if __name__ == "__main__":
    main()
