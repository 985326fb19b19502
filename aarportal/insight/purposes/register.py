"""The register of purposes: what is kept about a child, what for, and until when; read once."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

#: Language tag -> file; やさしい日本語 first.
LANGUAGES = ("ja", "en", "zh-Hans", "ko", "pt", "vi", "fil")

_FOLDER = Path(__file__).resolve().parent


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of data.

    Attributes:
        key: Names it in every language's file.
        tables: The tables that hold it.
        counted: Those whose rows a child would call things of this kind.
        keeps: How long: key of a sentence.
        basis: On what ground of law: key of a sentence.
        given_to: Who outside the school gets it: keys of sentences.
    """

    key: str
    tables: tuple[str, ...]
    counted: tuple[str, ...]
    keeps: str
    basis: str
    given_to: tuple[str, ...]


class _Kinds(msgspec.Struct, forbid_unknown_fields=True):
    kinds: tuple[Kind, ...]


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind in one language."""

    title: str
    purpose: str
    items: str


class PageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands around the kinds, in one language."""

    title: str
    intro: str
    never: str
    ask: str
    languages: str
    purpose: str
    items: str
    readers: str
    given_to: str
    keeps: str
    basis: str
    nobody: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every sentence in one language; the Japanese ones carry their readings."""

    name: str
    page: PageWords
    readers: dict[str, str]
    given_to: dict[str, str]
    keeps: dict[str, str]
    basis: dict[str, str]
    kinds: dict[str, KindWords]


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order in which they are shown."""
    found = tomllib.loads((_FOLDER / "kinds.toml").read_text("utf-8"))
    return msgspec.convert(found, _Kinds).kinds


@cache
def words(language: str) -> Words:
    """The sentences of a language of `LANGUAGES`."""
    text = (_FOLDER / "texts" / f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Words)
