"""The world of the matrix."""

from tests.access.conftest import world

__all__ = ["world"]
