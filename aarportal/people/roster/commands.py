"""Commands about the roster."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import click
from flask import Flask

from aarportal.core import clock, upkeep
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.people.roster import operations
from aarportal.people.roster.oneroster.bundle import Bundle, Rejection, read_bundle
from aarportal.people.roster.oneroster.problems import RULES, Problem, shown
from aarportal.people.roster.operations import ImportResult
from aarportal.web.texts import catalogue

#: Marks a sentence for the translators; it is translated when it is printed.
N_ = str

#: What only the roster that stands can show; the reader's own rules are in `problems.RULES`.
_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "no_district": N_("orgs.csv names no district. Export the roster of the whole district."),
        "several_districts": N_("A file holds one district. Export a file for each of them."),
        "another_district": N_(
            "A district of this sourcedId stands here under another 教育委員会コード. "
            "Nothing was written, so that the two are not mixed up."
        ),
    }
)
_COUNTS = N_("%(kind)s: %(new)s new, %(changed)s changed, %(same)s the same, %(left)s ended")
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "schools": N_("Schools"),
        "academic_sessions": N_("School years"),
        "courses": N_("Courses"),
        "classes": N_("School classes"),
        "users": N_("People"),
        "roles": N_("Roles"),
        "enrollments": N_("Places in classes"),
    }
)


@click.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@click.pass_obj
def import_roster(make_app: Callable[[], Flask], file: Path, *, dry_run: bool) -> None:
    """Take a OneRoster 1.2 zip in; with any problem nothing is written."""
    app = make_app()
    with file.open("rb") as opened:
        found = read_bundle(opened)
    for problem in found.warnings:
        click.echo(_told(problem), err=True)
    if isinstance(found, Rejection):
        for problem in found.problems:
            click.echo(_told(problem), err=True)
        if found.unlisted:
            click.echo(_text(N_("And %(n)s more."), n=found.unlisted), err=True)
        _refuse()
    try:
        with app.app_context():
            result = _dry_run(found) if dry_run else _import(found, file.name)
    except InvalidError as error:
        click.echo(f"orgs.csv {error.rule} — {_text(_REFUSALS[error.rule])}", err=True)
        _refuse()
    _say(found, result)
    if dry_run:
        click.echo(_text(N_("This was a trial; nothing was written.")))


def _import(bundle: Bundle, name: str) -> ImportResult:
    with unit_of_work(SystemScope(f"roster file {name}")) as scope:
        result = operations.import_bundle(scope, bundle, today=clock.today())
    upkeep.learn()
    return result


def _dry_run(bundle: Bundle) -> ImportResult:
    with unit_of_work(SystemScope("trial of a roster file"), read_only=True) as scope:
        return operations.result_of(operations.plan_import(scope, bundle, today=clock.today()))


def _say(bundle: Bundle, result: ImportResult) -> None:
    for kind, n in result.counts.items():
        values = {"new": n.new, "changed": n.changed, "same": n.same, "left": n.left}
        click.echo(_text(_COUNTS, kind=_text(_KINDS[kind]), **values))
    for code, name in result.school_codes.items():
        click.echo(_text(N_("School code %(code)s: %(name)s"), code=shown(code), name=shown(name)))
    if result.set_aside:
        text = N_("Roles that no school holds, left out: %(n)s")
        click.echo(_text(text, n=result.set_aside))
    for refused in bundle.refused:
        where = f"{refused.file} {shown(refused.column)}".rstrip()
        text = N_("Left out, because the portal does not need it: %(where)s, %(n)s times")
        click.echo(_text(text, where=where, n=refused.count))


def _refuse() -> NoReturn:
    """End with a code that a script can see.

    Raises:
        SystemExit: Always.
    """
    click.echo(_text(N_("Nothing was written.")), err=True)
    raise SystemExit(1)


def _told(problem: Problem) -> str:
    """`file:line column rule — sentence`; without the line where it is about the whole file."""
    place = f"{problem.file or 'zip'}:{problem.line}" if problem.line else problem.file or "zip"
    where = " ".join(part for part in (place, problem.column, problem.rule) if part)
    return f"{where} — {_text(RULES[problem.rule], detail=problem.detail)}"


def _text(msgid: str, **values: object) -> str:
    """The text in the language of whoever sits at the terminal."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((os.environ[name] for name in names if os.environ.get(name)), "")
    text: str = catalogue("ja" if locale.startswith("ja") else "en").ugettext(msgid)
    return text % values if values else text


COMMANDS = [import_roster]
