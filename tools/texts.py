"""Texts: extract them, bring the catalogues up to date, compile them, check them.

python tools/texts.py update    messages.pot and every messages.po
python tools/texts.py compile   every messages.mo (they are not committed)
python tools/texts.py check     nothing to extract is missing, nothing Japanese is untranslated
"""

import re
import sys
from pathlib import Path

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
#: Folder -> locale that Babel knows. `ja@hira` holds only what little readers need in other words.
CATALOGUES = {"ja": "ja", "ja@hira": "ja", "en": "en"}
#: English is the source: its catalogue stays empty and exists so that the language can be chosen.
COMPLETE = ("ja",)
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "plain": None,
    "notice": None, "mark": None, "N_": None, "ngettext": (1, 2),
}  # fmt: skip
METHODS = [("aarportal/**.py", "python"), ("templates/**.html", "jinja2")]
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_KANJI = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"\{[^{}|]+\|[^{}|]+\}")


def extracted() -> Catalog:
    """All texts of the product as they stand in the code now."""
    catalog = Catalog(project="aarportal", charset="utf-8")
    found = extract_from_dir(
        ROOT,
        method_map=METHODS,
        keywords=KEYWORDS,
        comment_tags=("i18n:",),
        strip_comment_tags=True,
    )
    for filename, _line, message, comments, context in sorted(found, key=lambda it: str(it[2])):
        if message and (isinstance(message, str) or all(message)):
            catalog.add(
                message, locations=[(filename, None)], auto_comments=comments, context=context
            )
    return catalog


def read(name: str) -> Catalog:
    """The catalogue in folder `name`."""
    path = FOLDER / name / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=CATALOGUES[name], fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=CATALOGUES[name])


def write(name: str, catalog: Catalog) -> None:
    """Write the catalogue of folder `name`, sorted, without dates that would change every time."""
    path = FOLDER / name / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        pofile.write_po(
            file, catalog, width=100, sort_output=True, no_location=True, omit_header=False
        )
    _drop_dates(path)


def _drop_dates(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))
    ]
    path.write_text("".join(kept), "utf-8")


def update() -> int:
    """Bring messages.pot and the catalogues up to date with the code."""
    template = extracted()
    FOLDER.mkdir(exist_ok=True)
    with TEMPLATE.open("wb") as file:
        pofile.write_po(file, template, width=100, sort_output=True, no_location=True)
    _drop_dates(TEMPLATE)
    for name, locale in CATALOGUES.items():
        old, new = read(name), Catalog(locale=locale, fuzzy=False)
        for message in template:
            if not message.id:
                continue
            known = old.get(message.id)
            text = known.string if known and known.pluralizable == message.pluralizable else ""
            if text or name in COMPLETE:
                new.add(message.id, text, auto_comments=message.auto_comments)
        write(name, new)
    return compile_all()


def compile_all() -> int:
    """Make the binary catalogues."""
    for name in CATALOGUES:
        path = FOLDER / name / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            mofile.write_mo(file, read(name))
    return 0


def check() -> int:
    """Say what is missing; the exit code is 1 if anything is."""
    problems: list[str] = []
    wanted = {message.id for message in extracted() if message.id}
    for name in CATALOGUES:
        catalog = read(name)
        known = {message.id: message.string for message in catalog if message.id}
        problems += [
            f"{name}: not in the code any more: {text!r}" for text in known.keys() - wanted
        ]
        if name in COMPLETE:
            missing = sorted((text for text in wanted if not any(_each(known.get(text)))), key=str)
            problems += [f"{name}: no translation of {text!r}" for text in missing]
        problems += [
            f"{name}: {text!r}: {problem}"
            for text, strings in known.items()
            for string in _each(strings)
            if string
            for problem in mistakes(_each(text)[-1], string)
        ]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _each(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A text, or those that it has for one and for several."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def mistakes(msgid: str, text: str) -> list[str]:
    """What is wrong with one translation."""
    found = []
    if set(_PLACEHOLDER.findall(msgid)) != set(_PLACEHOLDER.findall(text)):
        found.append("its placeholders differ")
    if text.count("{") != len(_WORD.findall(text)) or text.count("}") != len(_WORD.findall(text)):
        found.append("a reading is not written as {漢字|かんじ}")
    return found


if __name__ == "__main__":
    sys.exit({"update": update, "compile": compile_all, "check": check}[sys.argv[1]]())
