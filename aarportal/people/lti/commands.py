"""Commands about LTI."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.people.lti.keys import operations


@click.command("rotate-lti-key")
@click.pass_obj
def rotate_lti_key(make_app: Callable[[], Flask]) -> None:
    """Make a new key that signs in five minutes; those before stay published for a week."""
    with make_app().app_context():
        click.echo(operations.rotate().kid)


COMMANDS = [rotate_lti_key]
