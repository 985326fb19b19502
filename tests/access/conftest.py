"""The world, once for each database."""

import psycopg
import pytest
from sqlalchemy import make_url

from aarportal.core.database import db
from tests.access.world import World


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """A world of its own, beside the stage of the other tests."""
    url = ""
    if request.param == "postgresql":
        server = make_url(request.getfixturevalue("postgres_url"))
        place = server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute('drop database if exists "access"')
            connection.execute('create database "access"')
        url = server.set(database="access").render_as_string(hide_password=False)
    made = World(request.param, url, tmp_path_factory.mktemp("world"))
    yield made
    with made.app.app_context():
        db.engine.dispose()
