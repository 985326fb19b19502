"""What reports of imports say of somebody, pure."""

from collections.abc import Collection
from typing import Any

#: Names of so many letters stand in no text by chance.
_TELLING_LENGTH = 12


class Telling:
    """Texts of reports that tell of somebody: by a full name in them, or by a name that is one."""

    def __init__(self, names: Collection[str], words: Collection[str]) -> None:
        """Say what a person is called: names of machines, and words that people write."""
        self.all = {*names, *words}
        self._names = frozenset(names)
        # A short login name may stand in any text by chance, and means nobody there.
        self._words = {*words, *(name for name in names if len(name) >= _TELLING_LENGTH)}

    def without(self, value: Any) -> Any:
        """JSON with nothing in place of these texts."""
        if isinstance(value, str):
            tells = value in self._names or any(word in value for word in self._words)
            return "" if tells else value
        if isinstance(value, list):
            return [self.without(each) for each in value]
        if isinstance(value, dict):
            return {self._key(name): self.without(each) for name, each in value.items()}
        return value

    def _key(self, name: str) -> str:
        return "" if any(word in name for word in self._words) else name
