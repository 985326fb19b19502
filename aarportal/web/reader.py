"""Who is looking at the page: their language, script and size of text, and their name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from flask import has_request_context, request

from aarportal.core.permissions import Role
from aarportal.core.scope import AppScope, Scope
from aarportal.web import cookies
from aarportal.web.script import AFTER_PRIMARY, EVERY_KANJI, Script

#: UI language -> catalogue folder; the folder of little readers is chosen by band, not by hand.
CATALOGUES = {"ja": "ja", "en": "en"}
LITTLE_READERS = "ja@hira"

#: Where a string is missing, the next catalogue is asked; English is the msgid itself.
FALLBACKS = {LITTLE_READERS: ("ja",)}

LANGUAGE_COOKIE = "lang"


@dataclass(frozen=True)
class Person:
    """The person behind the page, as the page shows them."""

    id: UUID
    role: Role
    display_name: str
    short_name: str
    """A student's given name in the kana that small children read; a teacher's family name."""
    seen_by: str = ""
    """The name of whoever looks through this person's eyes; empty for the person themselves."""
    is_on_case: bool = False
    """Whether the person looks after single students for a time."""

    @property
    def initial(self) -> str:
        """The letter on the round mark beside the name."""
        return self.short_name[:1]


@dataclass(frozen=True)
class Reader:
    """How somebody reads."""

    language: str = "ja"
    grade: int = 0
    """1 to 9 for students, 0 for everybody else."""
    band: str = ""
    """L (grades 1-2), M (3-4), U (5-9); empty for staff and strangers."""
    script_choice: str = ""
    """`grade`, `all`, `kanji` or `kana`; empty means what the band suggests."""
    font: str = "system"
    text_size: str = "m"

    @property
    def script(self) -> Script:
        """How Japanese is drawn for this reader."""
        if self.language != "ja":
            return Script.KANJI
        if self.script_choice in {"kanji", "kana"}:
            return Script(self.script_choice)
        if self.script_choice in {"grade", "all"}:
            return Script.RUBY
        if not self.band:
            return Script.KANJI
        return Script.KANA if self.band == "L" else Script.RUBY

    @property
    def ruby_grade(self) -> int:
        """From which grade on kanji carry readings."""
        return EVERY_KANJI if self.script_choice == "all" else self.grade or AFTER_PRIMARY

    @property
    def catalogue(self) -> str:
        """Folder of the translations."""
        if self.language == "ja" and self.band == "L":
            return LITTLE_READERS
        return CATALOGUES[self.language]

    @property
    def html_lang(self) -> str:
        """Value of the `lang` attribute."""
        return "ja-Hira" if self.script is Script.KANA else self.language

    @property
    def stage(self) -> str:
        """Value of `data-stage`, from which type sizes and densities follow."""
        return {"L": "low", "M": "mid", "U": "up"}.get(self.band, "teacher")


@dataclass(frozen=True)
class Proof:
    """How surely it is known who sits there.

    Attributes:
        is_strong: Whether they proved it in two ways, or nobody asks them to.
        is_fresh: Whether they proved it within the last minutes.
        is_idle: Whether they have not touched the portal for so long that somebody else may sit
            there now.
    """

    is_strong: bool = True
    is_fresh: bool = True
    is_idle: bool = False


@dataclass(frozen=True)
class Visitor:
    """Somebody known: what they may reach, and how they read."""

    scope: Scope | AppScope
    reader: Reader
    person: Person | None = None
    take_turn: Callable[[], None] = lambda: None
    """Called first in every transaction that writes; waits while others write for this person."""
    proof: Proof = Proof()
    due: str = ""
    """The endpoint at which something has to be done before any other page opens."""


_visitor: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
#: The band for which a page is written that somebody sees before they are known.
_strangers_band: ContextVar[str] = ContextVar("strangers_band", default="")


@contextmanager
def written_for(band: str) -> Iterator[None]:
    """Write a page for strangers of this band while the block runs."""
    token = _strangers_band.set(band)
    try:
        yield
    finally:
        _strangers_band.reset(token)


@contextmanager
def visiting(visitor: Visitor) -> Iterator[Visitor]:
    """Let pages know who looks at them while the block runs."""
    token = _visitor.set(visitor)
    try:
        yield visitor
    finally:
        _visitor.reset(token)


def current_person() -> Person | None:
    """Whose page it is; None for strangers and apps."""
    visitor = _visitor.get()
    return visitor.person if visitor else None


def current_reader() -> Reader:
    """How the page is read; strangers read in the language of their cookie or browser."""
    visitor = _visitor.get()
    if visitor:
        return visitor.reader
    return Reader(language=_strangers_language(), band=_strangers_band.get())


def current_due() -> str:
    """The endpoint at which somebody has to do something before any other page opens; or empty."""
    visitor = _visitor.get()
    return visitor.due if visitor else ""


def _strangers_language() -> str:
    if not has_request_context():
        return "ja"
    chosen = cookies.kept(LANGUAGE_COOKIE)
    if chosen in CATALOGUES:
        return chosen
    return request.accept_languages.best_match(tuple(CATALOGUES), default="ja") or "ja"


def band_of(grade: int) -> str:
    """L, M or U by grade (1-2, 3-4, 5-9); empty for 0."""
    if not grade:
        return ""
    return "L" if grade <= 2 else "M" if grade <= 4 else "U"
