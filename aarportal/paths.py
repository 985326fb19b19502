"""Where the other files lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder or file `name`, for instance `templates`."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name
