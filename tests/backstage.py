"""What happens behind the pages, between two visits of a browser."""

from functools import wraps

import pytest

_stage = {}


@pytest.fixture(autouse=True)
def stage(app):
    """The app behind the pages, for what happens between two visits."""
    _stage["app"] = app


def backstage(act):
    """Runs in a context of its own: a browser's request must never share one with the test."""

    @wraps(act)
    def run(*args, **options):
        with _stage["app"].app_context():
            return act(*args, **options)

    return run
