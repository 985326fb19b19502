"""Retention, and keys, on the command line."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.core import upkeep
from aarportal.insight.maintenance import nightly
from aarportal.insight.maintenance.sealing import operations as sealing


@click.command("maintain")
@click.pass_obj
def maintain(make_app: Callable[[], Flask]) -> None:
    """Let go of everything whose time is over; a server does it by itself once a day.

    On SQLite the file is written anew afterwards: in one that is only deleted from, what was there
    can still be read.
    """
    app = make_app()
    with app.app_context():
        gone = nightly.of(app).run()
        upkeep.write_anew()
    for name, count in sorted(gone.items()):
        click.echo(f"{name}: {count} gone")


@click.command("reseal")
@click.pass_obj
def reseal(make_app: Callable[[], Flask]) -> None:
    """Seal everything that is encrypted with the first of AARPORTAL_DATA_KEYS.

    It may be stopped and run again, and the server may run meanwhile. When nothing is lost, the
    older keys can be thrown away.
    """
    app, lost = make_app(), 0
    with app.app_context():
        for column in sealing.columns():
            done = sealing.reseal(column)
            lost += done.lost
            click.echo(f"{column.use}: {done.anew} sealed anew, {done.lost} that no key opens")
    if lost:
        raise click.ClickException("Keep the older keys, or put back the one that is missing.")


COMMANDS = [maintain, reseal]
