"""Commands about the roster."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NoReturn

import click
from flask import Flask

from aarportal.core import clock, upkeep
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import operations as roster
from aarportal.people.roster import store
from aarportal.people.roster.difference import Difference, Fate
from aarportal.people.roster.imports.operations import Brought
from aarportal.people.roster.imports.rules import DOUBTS, REFUSALS
from aarportal.people.roster.imports.working import operations as working
from aarportal.people.roster.oneroster.bundle import Bundle, Rejection, read_bundle
from aarportal.people.roster.oneroster.hints import district_hint
from aarportal.people.roster.oneroster.problems import RULES, Problem, shown
from aarportal.people.roster.oneroster.repairs import REPAIRS, Mode, Repair
from aarportal.people.roster.operations import Reach, Result
from aarportal.web.texts import catalogue

#: Marks a sentence for the translators; it is translated when it is printed.
N_ = str

_COUNTS = N_("%(kind)s: %(new)s new, %(changed)s changed, %(same)s the same, %(left)s ended")
#: What becomes of a person -> how it is told.
_FATES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.NEW: N_("New: %(name)s, %(after)s"),
        Fate.RETURNS: N_("Here again: %(name)s, %(after)s"),
        Fate.LEAVES: N_("Leaves: %(name)s, %(before)s"),
        Fate.MOVES: N_("Changes class: %(name)s, %(before)s → %(after)s"),
        Fate.RENAMED: N_("Changes name: %(before)s → %(after)s"),
    }
)
#: People told one by one of each kind.
_MOST_PEOPLE = 50
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "schools": N_("Schools"),
        "academic_sessions": N_("School years"),
        "courses": N_("Courses"),
        "classes": N_("School classes"),
        "users": N_("People"),
        "roles": N_("Roles"),
        "district_roles": N_("Roles at the board of education"),
        "enrollments": N_("Places in classes"),
    }
)


@click.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say who would come, go and move; write nothing.")
@click.option("--confirm", is_flag=True, help="Take it in although something looks wrong in it.")
@click.option("--tolerant", is_flag=True, help="Repair what is on the list of repairs.")
@click.option("--district", default="", help="Its code, for changes that do not name it.")
@click.pass_obj
def import_roster(  # noqa: PLR0913, PLR0917 - each is an option of the command
    make_app: Callable[[], Flask],
    file: Path,
    dry_run: bool,  # noqa: FBT001 - click names it
    confirm: bool,  # noqa: FBT001 - likewise
    tolerant: bool,  # noqa: FBT001 - likewise
    district: str,
) -> None:
    """Take a OneRoster 1.2 zip in; with any problem nothing is written.

    What is more often a mistake than meant (many of a class would be gone) has to be confirmed.
    """
    app = make_app()
    with file.open("rb") as opened, app.app_context():
        within = _whose(opened, district)
        found = _read(opened, Mode.TOLERANT if tolerant else Mode.STRICT, within)
        try:
            result, meant = _import(found, within, file.name, dry_run=dry_run, confirm=confirm)
        except InvalidError as error:
            click.echo(f"orgs.csv {error.rule} — {_text(REFUSALS[error.rule])}", err=True)
            _refuse()
    _say(found, result)
    if dry_run:
        _say_people(meant)
    for doubt in meant.doubts:
        values = {"what": shown(doubt.what), "count": doubt.count, "of": doubt.of}
        click.echo(_text(DOUBTS[doubt.rule], **values), err=True)
    if dry_run:
        click.echo(_text(N_("This was a trial; nothing was written.")))
    elif meant.doubts and not confirm:
        click.echo(_text(N_("If it is meant so, say --confirm.")), err=True)
        _refuse()


def _whose(file: BinaryIO, code: str) -> Reach:
    """The district that a file names, or that somebody says; a new one has no id yet.

    Raises:
        ClickException: If somebody says one that is not here.
    """
    named = district_hint(file).district_sourced_id
    with unit_of_work(SystemScope("whose roster it is"), read_only=True) as scope:
        found = store.district_id(scope, code=code, sourced_id=named)
    if code and found is None:
        message = _text(N_("There is no district with the code %(code)s."), code=shown(code))
        raise click.ClickException(message)
    return Reach(found)


def _read(file: BinaryIO, mode: Mode, within: Reach) -> Bundle:
    """The rows of a file; what is wrong with it is told."""

    def standing(name: str) -> Iterator[str]:
        with unit_of_work(SystemScope("what a delta may point at"), read_only=True) as scope:
            yield from roster.standing_ids(scope, within, name)

    found = read_bundle(file, mode=mode, standing=standing)
    for problem in found.warnings:
        click.echo(_told(problem, RULES), err=True)
    for repair in found.repairs:
        click.echo(_told(repair, REPAIRS), err=True)
    if isinstance(found, Rejection):
        for problem in found.problems:
            click.echo(_told(problem, RULES), err=True)
        if found.unlisted:
            click.echo(_text(N_("And %(n)s more."), n=found.unlisted), err=True)
        _refuse()
    return found


class _UnconfirmedError(Exception):
    """Something looks wrong, and nobody says that it is meant."""


def _import(
    bundle: Bundle, within: Reach, name: str, *, dry_run: bool, confirm: bool
) -> tuple[Result, Difference]:
    """Write a roster, unless it is not to be written; what it does and means."""
    if dry_run:
        with unit_of_work(SystemScope(f"roster file {name}"), read_only=True) as scope:
            return working.foresee(scope, bundle, today=clock.today(), within=within)
    found: list[tuple[Result, Difference]] = []
    with suppress(_UnconfirmedError), unit_of_work(SystemScope(f"roster file {name}")) as scope:
        found.append(
            working.import_bundle(
                scope, bundle, today=clock.today(), within=within, brought=Brought(name)
            )
        )
        if found[0][1].doubts and not confirm:
            raise _UnconfirmedError
    upkeep.learn()
    return found[0]


def _say_people(meant: Difference) -> None:
    for fate, text in _FATES.items():
        for each in islice(meant.of(fate), _MOST_PEOPLE):
            names = {"name": each.name, "before": each.before, "after": each.after}
            words = {key: shown(value) or "—" for key, value in names.items()}
            click.echo(_text(text, **words))
        if meant.counts[fate] > _MOST_PEOPLE:
            click.echo(_text(N_("And %(n)s more."), n=meant.counts[fate] - _MOST_PEOPLE))


def _say(bundle: Bundle, result: Result) -> None:
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
        text = N_("Left out, because the portal does not need it: %(where)s (%(n)s)")
        click.echo(_text(text, where=where, n=refused.count))


def _refuse() -> NoReturn:
    """End with a code that a script can see.

    Raises:
        SystemExit: Always.
    """
    click.echo(_text(N_("Nothing was written.")), err=True)
    raise SystemExit(1)


def _told(problem: Problem | Repair, sentences: Mapping[str, str]) -> str:
    """`file:line column rule — sentence`; without the line where it is about the whole file."""
    place = f"{problem.file or 'zip'}:{problem.line}" if problem.line else problem.file or "zip"
    where = " ".join(part for part in (place, problem.column, problem.rule) if part)
    return f"{where} — {_text(sentences[problem.rule], detail=problem.detail)}"


def _text(msgid: str, **values: object) -> str:
    """The text in the language of whoever sits at the terminal."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((os.environ[name] for name in names if os.environ.get(name)), "")
    text: str = catalogue("ja" if locale.startswith("ja") else "en").ugettext(msgid)
    return text % values if values else text


COMMANDS = [import_roster]
