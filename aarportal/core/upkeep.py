"""What SQLite wants to be done now and then; PostgreSQL does both by itself.

Needs an app's context.
"""

from contextlib import closing

from alembic.runtime.migration import MigrationContext

from aarportal.core.database import db


def learn() -> None:
    """Let SQLite look at what its tables hold, so that it chooses the right index: milliseconds.

    Without that it takes every index for selective, and reads a whole district to find forty of
    its people. Waits for its turn like every other writer.
    """
    for engine in db.engines.values():
        if engine.dialect.name == "sqlite":
            # `PRAGMA optimize` looks at every table from 3.46 on; before, only at those just asked
            # for. A transaction like any other: it is in the queue of those who write.
            with engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")


def revision() -> str:
    """The number of the migration at which the database is."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def let_go() -> None:
    """Close what is open: a server forks after this, and two processes must not share it."""
    for engine in db.engines.values():
        engine.dispose()


def copy_log() -> None:
    """Copy what was written from SQLite's log into its file, while others read and write.

    Whoever fills the log has to do it otherwise, and a request waits meanwhile.
    """
    for engine in db.engines.values():
        if engine.dialect.name == "sqlite":
            # Whatever happens, it goes back to the pool: the thread that asks runs for months.
            with closing(engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
