"""The words of the demonstration, kept beside the code: names, units, sentences."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent


@cache
def read(name: str) -> dict[str, Any]:
    """The tables of `<name>.toml`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
