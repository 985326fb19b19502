"""Bring the database to the version of the code, or back."""

from alembic import command
from alembic.config import Config
from flask import Flask

from aarportal.paths import resource


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    # Alembic would split this on spaces and colons otherwise.
    config.set_main_option("path_separator", "os")
    return config


def upgrade(app: Flask, to: str = "head") -> None:
    """Run the migrations up to `to`."""
    with app.app_context():
        command.upgrade(_config(), to)


def downgrade(app: Flask, to: str) -> None:
    """Run the migrations back to `to`; `base` is an empty database."""
    with app.app_context():
        command.downgrade(_config(), to)


def check(app: Flask) -> None:
    """Raise unless the models and the migrations agree."""
    with app.app_context():
        command.check(_config())


def revise(app: Flask, message: str, revision: str) -> None:
    """Write a new migration from what the models have and the database has not."""
    with app.app_context():
        command.revision(_config(), message=message, rev_id=revision, autogenerate=True)
