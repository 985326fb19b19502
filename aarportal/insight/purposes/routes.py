"""What is kept about children and what for, for everybody to read, in seven languages."""

from functools import partial

from flask import Response, current_app, request
from markupsafe import Markup

from aarportal.core.permissions import Permission
from aarportal.insight.handover.leaving.store import KEEP_DAYS
from aarportal.insight.purposes import periods, register
from aarportal.insight.purposes.store import readers
from aarportal.settings import Settings
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.script import EVERY_KANJI, Script, draw

blueprint = PortalBlueprint("purposes", __name__)


@blueprint.route("/purposes", permission=Permission.PUBLIC)
def purposes() -> Response:
    """Show the register in the language that is asked for; やさしい日本語 with every reading."""
    language = _language()
    values = {
        "language": language,
        "languages": [(tag, register.words(tag).name) for tag in register.LANGUAGES],
        "words": register.words(language),
        "kinds": [(kind, readers(kind.tables)) for kind in register.kinds()],
        "write": partial(_written, language),
        "numbers": numbers(),
    }
    return render("purposes/purposes.html", values)


def numbers() -> dict[str, int]:
    """Every number that a sentence about time names: of leavers, of traces, of the schedule."""
    settings: Settings = current_app.config["SETTINGS"]
    return {"days": KEEP_DAYS, "years": settings.audit_years, **periods.NUMBERS}


def _language() -> str:
    """The language that is asked for, else the one in which the page is read."""
    asked = request.args.get("lang", "")
    if asked in register.LANGUAGES:
        return asked
    return current_reader().language


def _written(language: str, text: str) -> Markup | str:
    return draw(text, Script.RUBY, EVERY_KANJI) if language == "ja" else text
