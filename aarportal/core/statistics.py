"""What the database knows about its own tables, so that it chooses the right index."""

from aarportal.core.database import db


def learn() -> None:
    """Let SQLite look at what its tables hold; a matter of milliseconds, in an app's context.

    Without that it takes every index for selective, and reads a whole district to find forty of
    its people. PostgreSQL looks by itself. Waits for its turn like every other writer.
    """
    for engine in db.engines.values():
        if engine.dialect.name == "sqlite":
            connection = engine.raw_connection()
            connection.cursor().execute("PRAGMA optimize=0x10002")
            connection.close()
        # A server forks after this, and two processes must not share a connection.
        engine.dispose()
