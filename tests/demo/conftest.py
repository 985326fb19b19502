"""A small demonstration in a database of its own, seeded once for all tests that only look."""

from datetime import datetime, timedelta

import pytest

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock
from aarportal.core.clock import SCHOOL_TIME
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.demo.seeding import seed
from aarportal.settings import Settings

#: A Friday, twenty minutes after the moment that the demonstration shows.
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=SCHOOL_TIME)


def new_app(folder):
    settings = Settings(
        secret_key="a secret for tests, long enough to start with",
        database_url=f"sqlite:///{folder}/portal.db",
        data_dir=folder,
        cookie_secure=False,
        threads=4,
        demo=True,
        second_factor="off",
    )
    return create_app(settings, TESTING=True)


def dispose(app):
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


class Demo:
    """A seeded portal and what seeding it said."""

    def __init__(self, app, made) -> None:
        self.app = app
        self.made = made

    def read(self, question):
        """Ask the whole database: `question` gets the session."""
        with self.app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return question(scope.session)

    def all(self, model):
        return self.read(lambda session: session.query(model).all())


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """Three classes (one of each band) and four school weeks."""
    app = new_app(tmp_path_factory.mktemp("demo"))
    migrate.upgrade(app)
    made = seed(app, weeks=4, classes=3, now=NOW)
    clock.shift(timedelta(0))
    yield Demo(app, made)
    dispose(app)


@pytest.fixture
def at_school(demo):
    """The same, with the clock at the moment that is shown."""
    clock.shift(timedelta(0))
    clock.shift(demo.made.moment - clock.now())
    return demo
