"""The one database handle, and what SQLite and PostgreSQL need to behave alike."""

import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Dialect, Engine, LargeBinary, MetaData, Uuid, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator, TypeEngine

from aarportal.core.errors import StoreBusyError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: How long a writer waits for its turn before it gives up, in seconds.
WRITE_WAIT_SECONDS = 10

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-20000",
    "temp_store=MEMORY",
    # Where a page is found anew for each statement, looking it up is half of reading it.
    "mmap_size=2147418112",
    "journal_size_limit=67108864",
    "analysis_limit=400",
    # Whoever fills the log so far copies it. A server does it before (see core.upkeep).
    "wal_autocheckpoint=8000",
)

#: Whether the unit of work that runs in this context means to write.
writing: ContextVar[bool] = ContextVar("writing", default=True)


class _SixteenBytes(LargeBinary):
    """A UUID as SQLite keeps it; the two functions run for every key of every row."""

    def bind_processor(self, _dialect: Dialect) -> Callable[[Any], Any]:
        """UUID -> bytes."""
        return lambda value: None if value is None else value.int.to_bytes(16, "big")

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        """Bytes -> UUID."""
        return lambda value: None if value is None else UUID(bytes=value)


class Key(TypeDecorator[UUID]):
    """A UUID: 16 bytes in SQLite, `uuid` in PostgreSQL.

    SQLAlchemy's own type keeps 32 characters in SQLite; with two of them in every key that is
    twice the size of each index.
    """

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the dialect."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return _SixteenBytes(16)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times; keep UTC."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Say it in UTC, whatever zone the database speaks in."""
        return None if value is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """One function for SQLite, which keeps text; it runs for every moment of every row."""
        return _utc_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Text -> moment, likewise."""
        if dialect.name == "sqlite":
            return _moment_of
        return super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return value.astimezone(UTC)


def _utc_text(value: datetime | None) -> str | None:
    """The text that SQLAlchemy's own type would write, so that columns compare as moments do."""
    if value is None:
        return None
    moment = value if value.tzinfo is UTC else _in_utc(value)
    return moment.isoformat(" ", "microseconds").removesuffix("+00:00")


def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of every mapped row."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={UUID: Key, datetime: Moment},
    )


class GuardedSession(Session):
    """A session that refuses to speak without a scope (see core.unit_of_work)."""


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": GuardedSession, "expire_on_commit": False},
    disable_autonaming=True,
)

#: Marks a statement of the guard itself, which nothing narrows.
GUARDS_OWN = object()


def guarded_session() -> GuardedSession:
    """The session of the unit of work that is open."""
    return db.session()  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    """Connect the app to its database."""
    db.init_app(app)
    logging.getLogger("psycopg").addFilter(_is_news)
    with app.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                prepare_sqlite(engine)


def _is_news(entry: logging.LogRecord) -> bool:
    """Leave out what psycopg says beside an error that is raised anyway.

    A key that is there already is expected where a request is sent twice, and handled.
    """
    return not entry.getMessage().startswith("error ignored terminating")


class _HintedCompiler(SQLiteCompiler):
    """Writes the hint of a statement behind its table (`NOT INDEXED`): SQLAlchemy drops it."""

    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        """Take it as it is."""
        return text


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite safe for many threads of one process.

    Writers take an in-process lock before BEGIN IMMEDIATE and keep it until the connection goes
    back to the pool, which is after COMMIT. SQLite's own queue is unfair: without the lock a
    writer can wait for seconds, and a deferred BEGIN fails with "database is locked".
    """
    turn = threading.Lock()
    engine.dialect.statement_compiler = _HintedCompiler

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if not writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("has_turn"):
            if not turn.acquire(timeout=WRITE_WAIT_SECONDS):
                raise StoreBusyError
            connection.info["has_turn"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _release(_connection: Any, record: Any) -> None:
        if record.info.pop("has_turn", None):
            turn.release()
