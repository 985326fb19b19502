"""Deletion by schedule on the command line."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.core import clock
from aarportal.insight.handover import keeper


@click.command("delete-due")
@click.pass_obj
def delete_due(make_app: Callable[[], Flask]) -> None:
    """Delete everything of leavers whose time is over; the server does it by itself once a day."""
    app = make_app()
    with app.app_context():
        done = keeper.of(app).delete_due(clock.today())
    click.echo(f"{len(done)} orders carried out.")


COMMANDS = [delete_due]
