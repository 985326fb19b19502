"""Commands that give a roster out."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.exports import operations, store
from aarportal.people.roster.exports.operations import Written
from aarportal.people.roster.exports.store import Extent
from aarportal.people.roster.oneroster.dialects import DIALECTS, JP_K12, Dialect

_REASON = "a roster is exported"
_DIALECTS = {dialect.key: dialect for dialect in DIALECTS}
#: Rule of a shortfall -> what is missing, for an operator.
_SHORTFALLS = {
    "master_identifier": "people without userMasterIdentifier: {count}",
    "kana": "people without kana: {count}",
    "grade": "students without a grade of the Japanese profile: {count}",
    "course": "classes without a course: {count}",
    "term": "classes without a school year: {count}",
    "file": "{names} would have no rows",
}


@click.command("export-roster")
@click.option("--district", default="", help="Code of a district, for its whole roster.")
@click.option("--school", default="", help="Code of a school, for its own.")
@click.option(
    "--dialect", "key", type=click.Choice(list(_DIALECTS)), default=JP_K12.key, show_default=True
)
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def export_roster(
    make_app: Callable[[], Flask], district: str, school: str, key: str, out: Path
) -> None:
    """Write the roster of a district or a school as a OneRoster 1.2 zip.

    OUT is a new file, which only you can read, or a folder: then the zip gets the name that the
    Japanese profiles give it.
    """
    if bool(district) == bool(school):
        raise click.UsageError("Say either --district or --school.")
    app = make_app()
    try:
        with app.app_context():
            name = _export(_extent(district, school), _DIALECTS[key], out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(str(name))


def _extent(district: str, school: str) -> Extent:
    """What is to be written.

    Raises:
        ClickException: If there is no such district or school.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        found = (
            store.of_district(scope, district, clock.today())
            if district
            else store.of_school(scope, school, clock.today())
        )
    if found is None:
        kind, code = ("district", district) if district else ("school", school)
        raise click.ClickException(f"There is no {kind} with the code {code!r}.")
    return found


def _export(extent: Extent, dialect: Dialect, out: Path) -> Path:
    """Write beside the target first: nobody finds half a roster under its name.

    Raises:
        ClickException: If something is missing for the dialect, or the file exists.
    """
    folder = out if out.is_dir() else out.parent
    arriving = folder / f".{out.name}-{os.getpid()}.part"
    descriptor = os.open(arriving, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
                written = operations.write(scope, extent, dialect, file)
            _refuse_shortfalls(written)
            target = out / written.name if out.is_dir() else out
            if target.exists():
                raise click.ClickException(f"{target} exists already.")
            file.flush()
            os.fsync(file.fileno())
        with unit_of_work(SystemScope(_REASON)) as scope:
            operations.note(scope, extent, dialect, written)
            arriving.rename(target)
    finally:
        arriving.unlink(missing_ok=True)
    return target


def _refuse_shortfalls(written: Written) -> None:
    """Say what is missing.

    Raises:
        ClickException: If anything is.
    """
    if written.shortfalls:
        told = [
            _SHORTFALLS[each.rule].format(count=each.count, names=", ".join(each.examples))
            for each in written.shortfalls
        ]
        raise click.ClickException("Nothing was written: " + "; ".join(told) + ".")


COMMANDS = [export_roster]
