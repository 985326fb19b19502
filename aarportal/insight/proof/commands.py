"""Commands that show that nobody changed the traces."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from aarportal.audit.exporting import operations as exporting
from aarportal.audit.verifying import operations as verifying
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.proof import days
from aarportal.people.roster import store as roster
from aarportal.settings import Settings

MakeApp = Callable[[], Flask]


@click.group("audit")
def audit() -> None:
    """The traces of what was done and looked at."""


@audit.command("verify")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="An earlier export: finds traces that were cut off at the end.",
)
@click.pass_obj
def verify(make_app: MakeApp, against: Path | None) -> None:
    """Walk the chain of traces; says where it is broken first, and exits with 1."""
    app = make_app()
    settings: Settings = app.config["SETTINGS"]
    lines = against.read_text("utf-8").splitlines() if against else ()
    with app.app_context(), unit_of_work(SystemScope("audit verify"), read_only=True) as scope:
        report = verifying.verify(scope, lines, in_order=not settings.demo)
    if report.broken_at is not None:
        click.echo(f"BROKEN at link {report.broken_at}: {report.why}")
        raise SystemExit(1)
    click.echo(f"whole: {report.sequence} links, the last {report.hash}")
    click.echo(f"waiting to be linked: {report.waiting}")


@audit.command("export")
@click.option("--district", required=True, help="Code of the district.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")
@click.pass_obj
def export(make_app: MakeApp, district: str, since: datetime, out: Path) -> None:
    """Write the traces of a district as lines of JSON, which only you can read."""
    if not days.is_one(since.date(), clock.today()):
        raise click.ClickException(f"--since has to be a day between {days.EARLIEST} and today.")
    app = make_app()
    with app.app_context():
        with unit_of_work(SystemScope("audit export"), read_only=True) as scope:
            district_id = roster.district_id(scope, code=district)
        if district_id is None:
            raise click.ClickException(f"There is no district {district}.")
        try:
            number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise click.ClickException(f"{out}: {error.strerror}") from error
        with os.fdopen(number, "w", encoding="utf-8") as file:
            since_moment = clock.day_bounds(since.date())[0].astimezone(UTC)
            count = exporting.write(district_id, since_moment, file)
    click.echo(f"{out}: {count} traces")


COMMANDS = (audit,)
