"""Who is there when tables come from the school office."""

import pytest

from tests.care.people import GONE, TWIN_A, TWIN_B, appoint
from tests.cast import HEAD, NURSE


@pytest.fixture
def school(in_app):
    """A nurse and a head, two pupils of one name, and one who has left."""
    appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)
