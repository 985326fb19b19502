"""Names as people type them and as lists are ordered, pure."""

import unicodedata
from dataclasses import dataclass

_HIRAGANA, _KATAKANA = ord("ぁ"), ord("ァ")
_TO_HIRAGANA = {_KATAKANA + n: _HIRAGANA + n for n in range(ord("ゖ") - _HIRAGANA + 1)}


def search_key(text: str) -> str:
    """A text so that two ways to write the same name are equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.translate(_TO_HIRAGANA).split())


def search_text(*names: str) -> str:
    """The keys of several names of one person, each once, parted by spaces."""
    return " ".join(dict.fromkeys(filter(None, map(search_key, names))))


@dataclass(frozen=True)
class FullName:
    """The parts of a name and of its reading; each may be empty."""

    family: str
    given: str
    middle: str = ""
    kana_family: str = ""
    kana_given: str = ""
    kana_middle: str = ""

    def search_text(self, username: str = "") -> str:
        """Every way in which somebody may type it."""
        whole = f"{self.family}{self.given}", f"{self.kana_family}{self.kana_given}"
        kana = (self.kana_family, self.kana_given, self.kana_middle)
        return search_text(*whole, self.family, self.given, self.middle, *kana, username)

    def sort_key(self) -> str:
        """Puts people in the order of the fifty sounds; those without kana come last."""
        kana = f"{search_key(self.kana_family)} {search_key(self.kana_given)}".strip()
        return kana or f"\uffff{search_key(self.family)} {search_key(self.given)}"
