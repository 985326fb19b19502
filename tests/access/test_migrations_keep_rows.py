"""A portal in use is migrated, and nothing that stands in it is lost."""

import pytest
from sqlalchemy import func, inspect, select, table

from aarportal import migrate
from aarportal.core.database import db
from aarportal.paths import resource

#: The last version that was given out before this one: nobody goes further back with rows.
FIRST = "0015"
#: On the way forth everybody comes in once more.
COME_ANEW = {"sign_in_sessions", "session_touches"}


def counts(app):
    with app.app_context():
        names = inspect(db.engine).get_table_names()
        with db.engine.connect() as connection:
            found = {
                name: connection.scalar(select(func.count()).select_from(table(name)))
                for name in names
            }
        db.engine.dispose()
    return found


@pytest.fixture
def used(world):
    yield world.app
    world.back()


def test_no_step_back_or_forth_loses_a_row(used):
    before = at = counts(used)
    assert sum(before.values()) > 500
    for number in range(int(max(revisions())) - 1, int(FIRST) - 1, -1):
        revision = f"{number:04}"
        migrate.downgrade(used, revision)
        after = counts(used)
        lost = {
            name: (n, after[name]) for name, n in at.items() if name in after and after[name] != n
        }
        assert not lost, f"back to {revision}: {lost}"
        at = after
    migrate.upgrade(used)
    again = counts(used)
    assert {name: n for name, n in again.items() if name in at.keys() - COME_ANEW} == {
        name: n for name, n in at.items() if name not in COME_ANEW
    }


def revisions():
    return [path.name[:4] for path in resource("migrations").glob("versions/0*.py")]
