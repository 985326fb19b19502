"""The command line: `aarportal <command>`; features bring their commands in `commands.py`."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from flask import Flask

from aarportal import migrate, wsgi
from aarportal.app import create_app
from aarportal.paths import PACKAGE
from aarportal.settings import Settings, SettingsError


def make_app() -> Flask:
    """The app as the environment wants it; a half-configured one ends with a sentence."""
    try:
        return create_app(Settings.from_env(os.environ))
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """まなびのわ: a portal for 見通す, 学ぶ, ふりかえる."""
    context.obj = make_app


@cli.command("serve")
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
def serve(host: str, port: int) -> None:
    """Serve the portal."""
    wsgi.serve(make_app(), host, port)


@cli.command("migrate")
def migrate_database() -> None:
    """Bring the database to the version of this code."""
    migrate.upgrade(make_app())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that `arguments` name."""
    for path in sorted(PACKAGE.rglob("commands.py")):
        name = ".".join(("aarportal", *path.relative_to(PACKAGE).with_suffix("").parts))
        for command in import_module(name).COMMANDS:
            cli.add_command(command)
    cli.main(args=list(arguments or sys.argv[1:]), prog_name="aarportal")
