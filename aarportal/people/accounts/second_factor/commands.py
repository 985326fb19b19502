"""The last way back in, for whoever runs the portal."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.people.accounts.second_factor import operations


@click.command("remove-second-factor")
@click.option("--place", required=True, help="Code of the school or the district.")
@click.argument("login_id")
@click.pass_obj
def remove_second_factor(make_app: Callable[[], Flask], place: str, login_id: str) -> None:
    """Take away the device of somebody for whom no office is left to do it."""
    with make_app().app_context():
        if not operations.remove_by_hand(place, login_id):
            raise click.ClickException(f"Nobody comes in at {place!r} as {login_id!r}.")
    click.echo("At the next sign-in they set up another device.", err=True)


COMMANDS = [remove_second_factor]
