"""Commands about the roster."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from aarportal.core import clock
from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.people.roster import operations
from aarportal.people.roster.oneroster.bundle import Bundle, Rejection, read_bundle
from aarportal.people.roster.oneroster.problems import RULES, Problem
from aarportal.web.texts import catalogue


@click.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.pass_obj
def import_roster(make_app: Callable[[], Flask], file: Path, *, dry_run: bool) -> None:
    """Take a OneRoster 1.2 zip in; with any problem nothing is written."""
    app = make_app()
    with file.open("rb") as opened:
        found = read_bundle(opened)
    for problem in found.warnings:
        click.echo(f"{_place(problem)} — {_sentence(problem)}", err=True)
    if isinstance(found, Rejection):
        for problem in found.problems:
            click.echo(f"{_place(problem)} — {_sentence(problem)}", err=True)
        if found.unlisted:
            click.echo(f"… {found.unlisted}", err=True)
        raise SystemExit(1)
    _say_refused(found)
    if dry_run:
        return
    with app.app_context(), unit_of_work(SystemScope(f"roster file {file.name}")) as scope:
        result = operations.import_bundle(scope, found, today=clock.today())
    for kind, counts in result.counts.items():
        click.echo(f"{kind:<18} " + "  ".join(f"{name} {n}" for name, n in counts.items()))
    if result.set_aside:
        click.echo(f"district roles set aside: {result.set_aside}")


def _say_refused(bundle: Bundle) -> None:
    """What was left out on purpose: the portal does not need it."""
    for refused in bundle.refused:
        click.echo(f"left out: {refused.file} {refused.column} ({refused.count})")


def _place(problem: Problem) -> str:
    parts = [problem.file or "zip", str(problem.line) if problem.line else "", problem.column]
    return f"{':'.join(part for part in parts if part)} {problem.rule}"


def _sentence(problem: Problem) -> str:
    """The rule in the language of whoever sits at the terminal."""
    japanese = os.environ.get("LANG", "").startswith("ja")
    text: str = catalogue("ja" if japanese else "en").ugettext(RULES[problem.rule])
    return text % {"detail": problem.detail}


COMMANDS = [import_roster]
