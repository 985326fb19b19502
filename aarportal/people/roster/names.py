"""Names as people type them and as lists are ordered, pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from aarportal.people.roster.variants import VARIANTS

_HIRAGANA, _KATAKANA = ord("ぁ"), ord("ァ")
_TO_HIRAGANA = {_KATAKANA + n: _HIRAGANA + n for n in range(ord("ゖ") - _HIRAGANA + 1)}
#: Small kana -> large: registers print キヨウコ for きょうこ.
_SMALL = dict(zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True))
#: Kana that sound alike: ちづる and ちずる, かをる and かおる.
_ALIKE = dict(zip("ぢづゐゑを", "じずいえお", strict=True))
#: Latin letters that do not come apart into a letter and its mark.
_LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h",
          "ŧ": "t", "ı": "i", "ŋ": "n", "ə": "a"}  # fmt: skip
_LONG = "ー"
_VOICED, _HALF_VOICED = "\u3099", "\u309a"
_FOLDED = str.maketrans({**_SMALL, **_ALIKE, **_LATIN, **VARIANTS, _LONG: ""})
#: What an input method has not turned into kana yet: the k of たかはsk.
_BEING_TYPED = re.compile(r"(?<=[\u3041-\u3096\u30a1-\u30fc])[a-zA-Zａ-ｚＡ-Ｚ]+$")

#: The fifty sounds, and the vowel that each ends in.
_ROWS = (
    "あいうえお かきくけこ さしすせそ たちつてと なにぬねの はひふへほ まみむめも やゆよ らりるれろ"
)
_SOUNDS = f"{_ROWS}わゐゑをん".replace(" ", "")
_VOWELS = {
    sound: vowel
    for vowel, sounds in (
        ("あ", "あかさたなはまやらわ"),
        ("い", "いきしちにひみりゐ"),
        ("う", "うくすつぬふむゆる"),
        ("え", "えけせてねへめれゑ"),
        ("お", "おこそとのほもよろを"),
    )
    for sound in sounds
}
#: Sound -> two digits; 00 ends a name, so that たか comes before たかだ.
_PLACE = {sound: f"{number:02}" for number, sound in enumerate(_SOUNDS, 1)}
_END = "00"
#: Before the key of whoever has no kana: letters come after digits in every collation.
_WITHOUT_KANA = "z"


def search_key(text: str) -> str:
    """A text so that two ways to write the same name are equal.

    Left out are spaces, ー, ・ and every other sign, selectors of variants (IVS) and the marks of
    Latin letters. Script, width, case and size of kana, sounds alike and variants of kanji count
    for the same. Only for searching: two people whose keys are equal may be two.
    """
    return _folded(unicodedata.normalize("NFKC", text).casefold())


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFC", "".join(_without_marks(text)))
    return "".join(filter(str.isalnum, plain.translate(_TO_HIRAGANA).translate(_FOLDED)))


def _without_marks(text: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFD", text):
        if sign in {_VOICED, _HALF_VOICED} or not unicodedata.category(sign).startswith("M"):
            yield sign


def search_keys(query: str) -> list[str]:
    """The keys of the words of a query: a name fits when its search text has all of them.

    Letters that an input method has not turned into kana yet are left out.
    """
    words = unicodedata.normalize("NFKC", query).split()
    return list(filter(None, (search_key(_BEING_TYPED.sub("", word)) for word in words)))


def search_text(*names: str) -> str:
    """The keys of several names of one person, parted by spaces, none that is part of another."""
    keys = dict.fromkeys(filter(None, map(search_key, names)))
    return " ".join(key for key in keys if not any(key in other for other in keys.keys() - {key}))


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
        """Every way in which somebody may type it, with the parts in any usual order."""
        written = _orders(self.family, self.given, self.middle)
        read = _orders(self.kana_family, self.kana_given, self.kana_middle)
        return search_text(*written, *read, username)

    def sort_key(self) -> str:
        """Puts people in the order of the fifty sounds; those without kana come last.

        Digits and small letters only, so that every database orders it alike. First decide the
        sounds, with ー as the vowel before it; then か before が; then ー, small, repeated, large;
        then hiragana before katakana; then how the name is written.

        Source: the steps of JIS X 4061:1996, 5.2, without its signs and foreign letters.
        """
        written = "".join(map(_in_hex, f"{search_key(self.family)} {search_key(self.given)}"))
        kana = [_Reading.of(part) for part in (self.kana_family, self.kana_given, self.kana_middle)]
        if not any(reading.sounds for reading in kana):
            return _WITHOUT_KANA + written
        levels = zip(*((r.sounds + _END, r.voices, r.sizes, r.scripts) for r in kana), strict=True)
        return "".join(chain(*levels)) + written


def _orders(family: str, given: str, middle: str) -> tuple[str, ...]:
    if not middle:
        return family + given, given + family
    # Family and given name stand side by side in some of these, whichever comes first.
    return (
        family + given + middle,
        family + middle + given,
        given + middle + family,
        given + family,
    )


def _in_hex(sign: str) -> str:
    return f"{ord(sign):05x}"


@dataclass(frozen=True)
class _Reading:
    """A part of a reading, level by level: one mark for each sound on each of them."""

    sounds: str
    voices: str
    sizes: str
    scripts: str

    @classmethod
    def of(cls, kana: str) -> "_Reading":
        """Take it apart; what is no kana stands behind all sounds, and signs are left out."""
        marks: list[tuple[str, str, str, str]] = []
        before = ""
        for sign in unicodedata.normalize("NFKC", kana):
            hiragana = sign.translate(_TO_HIRAGANA)
            script = "0" if hiragana == sign else "1"
            size = "0" if sign == _LONG else "2" if hiragana in "ゝゞ" else "3"
            if sign == _LONG:
                hiragana = _VOWELS.get(before, "")
            elif hiragana in "ゝゞ":
                hiragana = before + (_VOICED if hiragana == "ゞ" else "")
            elif hiragana in _SMALL:
                hiragana, size = _SMALL[hiragana], "1"
            apart = unicodedata.normalize("NFD", hiragana)
            sound = apart[:1]
            voice = "1" if _VOICED in apart else "2" if _HALF_VOICED in apart else "0"
            if sound in _PLACE:
                marks.append((_PLACE[sound], voice, size, script))
                before = sound
            elif sound.isalnum():
                marks.append((f"9{_in_hex(sound.casefold()[0])}", voice, size, script))
        levels = ["".join(level) for level in zip(*marks, strict=True)]
        return cls(*levels) if marks else cls("", "", "", "")
