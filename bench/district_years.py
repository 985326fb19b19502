"""Three years of a district: 30 schools, 10,000 pupils, a roster file every month.

Children come, go, change schools and names, twins sit side by side, login names go from child to
child. Every file is shown as a difference, which is compared with what happened; some are taken
back and in again; at the end every record has to belong to the child that made it.

python bench/district_years.py [SCHOOLS] [CLASS_SIZE] [STATEMENTS_A_MONTH] [SEED]
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aarportal import migrate
from aarportal.app import create_app
from aarportal.settings import Settings
from bench.measure import line
from tests.people.roster.imports.district import District
from tests.people.roster.imports.lives import Lives

YEARS = 3
WRONG = ("differences_wrong", "undone_unequal", "seats_wrong", "names_wrong", "records_wrong")


def main() -> None:
    """Print what happened, and what was wrong."""
    given = [int(each) for each in sys.argv[1:]]
    schools, size, statements, seed = [*given, *(30, 28, 3000, 1)[len(given) :]]
    district = District(schools=schools, rooms=2, size=size, seed=seed)
    began = time.monotonic()

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
            found = Lives(app, district, tell, undo_every=6).live(YEARS, statements)
    print(f"{YEARS} years of {schools} schools, {len(district.children):,} children in all:")
    for event, times in district.events.items():
        line(f"children: {event}", times, "times")
    for name in ("files", "undone", "sent", "records", "waiting"):
        line(name, found[name], "")
    for name in WRONG:
        line(name.replace("_", " "), found[name], "", "limit 0")
    line("time in all", time.monotonic() - began, "s")
    line("peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    assert not any(found[name] for name in WRONG)


if __name__ == "__main__":
    main()
