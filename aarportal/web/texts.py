"""Every word on a page: translated, then drawn in the script of its reader."""

from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, flash
from flask_babel import Babel, Domain
from markupsafe import Markup

from aarportal.paths import resource
from aarportal.web.reader import FALLBACKS, current_reader
from aarportal.web.script import Script, draw, draw_plain


@lru_cache(maxsize=16)
def catalogue(name: str) -> NullTranslations:
    """The translations in folder `name`, with the next best ones behind them."""
    folder = str(resource("translations"))
    found: NullTranslations = Translations.load(folder, [name])
    for fallback in FALLBACKS.get(name, ()):
        found.add_fallback(Translations.load(folder, [fallback]))
    return found


class ReaderDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Lets forms, which translate through Flask-Babel, read the same catalogues as pages."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the current reader."""
        return catalogue(current_reader().catalogue)


@lru_cache(maxsize=16384)
def _drawn(name: str, script: Script, grade: int, msgid: str) -> Markup:
    return draw(catalogue(name).ugettext(msgid), script, grade)


@lru_cache(maxsize=16384)
def _drawn_plain(name: str, script: Script, msgid: str) -> str:
    return draw_plain(catalogue(name).ugettext(msgid), script)


@lru_cache(maxsize=4096)
def _drawn_number(name: str, script: Script, grade: int, words: tuple[str, str, int]) -> Markup:
    return draw(catalogue(name).ungettext(*words), script, grade)


def gettext(msgid: str, /, **values: Any) -> Markup:
    """The text of `msgid` as HTML in the reader's language and script; values are escaped."""
    reader = current_reader()
    text = _drawn(reader.catalogue, reader.script, reader.ruby_grade, msgid)
    return text % values if values else text


def ngettext(one: str, several: str, n: int, /, **values: Any) -> Markup:
    """The text that fits a number, as `gettext` gives it; the number is `%(n)s` in both texts."""
    reader = current_reader()
    # Catalogues tell one from several, and no more numbers than that.
    words = one, several, 1 if n == 1 else 2
    text = _drawn_number(reader.catalogue, reader.script, reader.ruby_grade, words)
    return text % {"n": n, **values}


def plain(msgid: str, /, **values: Any) -> str:
    """The text of `msgid` without mark-up, for attributes, titles and SVG."""
    reader = current_reader()
    text = _drawn_plain(reader.catalogue, reader.script, msgid)
    return text % values if values else text


def source(msgid: str, /, **values: Any) -> str:
    """The translated text still in the notation, to be drawn by whoever shows it."""
    text: str = catalogue(current_reader().catalogue).ugettext(msgid)
    return text % values if values else text


def ruby(text: str) -> Markup:
    """Data in the notation (a unit's title) as HTML."""
    reader = current_reader()
    return draw(str(text), reader.script, reader.ruby_grade)


def ruby_plain(text: str) -> str:
    """Data in the notation without mark-up."""
    return draw_plain(str(text), current_reader().script)


def notice(msgid: str, category: str = "ok") -> None:
    """Show a text at the top of the next page.

    Args:
        msgid: English text; it is translated where it is shown.
        category: `ok`, `info`, `warn` or `error`.
    """
    flash(msgid, category)


def init_app(app: Flask) -> None:
    """Give templates and forms their words."""
    babel = Babel(
        app,
        configure_jinja=False,
        default_locale="ja",
        default_timezone="Asia/Tokyo",
        locale_selector=lambda: current_reader().language,
    )
    babel.domain_instance = ReaderDomain()
    app.jinja_env.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        plain=plain,
        ruby=ruby,
        ruby_plain=ruby_plain,
    )
