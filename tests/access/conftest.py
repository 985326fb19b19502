"""The world, once for each database."""

import psycopg
import pytest
from sqlalchemy import make_url

from aarportal.core.database import db
from tests.access.world import World


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """A world of its own, beside the stage of the other tests."""
    url, folder = "", tmp_path_factory.mktemp("world")
    if request.param == "postgresql":
        server = make_url(request.getfixturevalue("postgres_url"))
        place = server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(place, autocommit=True) as connection:
            # Threads of the world before may still look something up in theirs.
            connection.execute(f'drop database if exists "{folder.name}" with (force)')
            connection.execute(f'create database "{folder.name}"')
        url = server.set(database=folder.name).render_as_string(hide_password=False)
    made = World(request.param, url, folder)
    yield made
    with made.app.app_context():
        db.engine.dispose()
