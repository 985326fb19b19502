"""Every row of every table as text, read past the house."""

from sqlalchemy import select

from aarportal.core.database import Base, db


def dump(app) -> dict[str, list[str]]:
    """Table -> its rows, each as one text with ids as people read them."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(
                "\t".join(map(_text, row)) for row in connection.execute(select(table))
            )
            for table in Base.metadata.sorted_tables
        }


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return f"{value.hex()} {value.decode('utf-8', 'replace')}"
    return str(value)


#: Traces and counts of what was done stay after it was taken back.
TRACES = {"audit_entries", "handover_imports", "trusted_issuers", "handover_packages", "app_days"}


def without_traces(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: each for name, each in rows.items() if name not in TRACES}
