"""Opening an account that rests, for whoever runs the portal."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.people.accounts.locks import operations


@click.command("open-sign-in")
@click.option("--place", required=True, help="Code of the school or the district.")
@click.argument("login_id")
@click.pass_obj
def open_sign_in(make_app: Callable[[], Flask], place: str, login_id: str) -> None:
    """Let somebody try again whose login ID rests, and for whom nobody is left to open it."""
    app = make_app()
    with app.app_context():
        if not operations.open_by_hand(place, login_id, str(app.secret_key)):
            raise click.ClickException(f"Nobody comes in at {place!r} as {login_id!r}.")
    click.echo("They can sign in again.", err=True)


COMMANDS = [open_sign_in]
