"""Run migrations inside the app, on whatever database it uses."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from aarportal.core.database import Base, Key, Moment, db
from aarportal.core.sealing import SEALED

#: Types of our own: known by what they are stored as.
OWN = (Key, Moment, *SEALED)


def render_item(kind, item, _autogen):
    """Write our own types by their short names."""
    if kind == "type" and isinstance(item, OWN):
        sealed = isinstance(item, SEALED)
        return "sa.LargeBinary()" if sealed else f"{type(item).__name__}()"
    return False


def compare_type(_context, _inspected, _column, inspected_type, metadata_type):
    """Our own types are known by what they are stored as, which both databases report."""
    if isinstance(metadata_type, OWN):
        return False
    return None


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=compare_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


assert current_app
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with db.engine.connect() as connection:
        run(connection)
        connection.commit()
