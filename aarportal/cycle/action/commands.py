"""Commands about learning apps and the sums of their records."""

from collections.abc import Callable

import click
from flask import Flask

from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.cycle.action import operations, store
from aarportal.cycle.action.apps import operations as apps


@click.command("add-app")
@click.argument("title")
@click.option(
    "--place", required=True, help="Code of a school, or of a district for all of its schools."
)
@click.pass_obj
def add_app(make_app: Callable[[], Flask], title: str, place: str) -> None:
    """Register a learning app and show its credential, once."""
    app = make_app()
    with app.app_context(), unit_of_work(SystemScope("a learning app is registered")) as scope:
        found = store.district_of(scope, place)
        if found is None:
            raise click.ClickException(f"There is no school or district with the code {place!r}.")
        district_id, school_ids = found
        credential = apps.add_app(scope, district_id, title, school_ids)
    click.echo(f"key     {credential.access_key}")
    click.echo(f"secret  {credential.secret}")
    click.echo("Write the secret down now: it is kept nowhere.")


@click.command("rebuild-rollups")
@click.option("--school", default="", help="Code of one school; without it all of them.")
@click.pass_obj
def rebuild_rollups(make_app: Callable[[], Flask], school: str) -> None:
    """Make the sums of days and cycles anew from the learning records."""
    app = make_app()
    with app.app_context():
        with unit_of_work(SystemScope("which schools there are"), read_only=True) as scope:
            schools = store.schools(scope, school)
        if not schools:
            raise click.ClickException(f"There is no school with the code {school!r}.")
        for school_id, name in schools:
            with unit_of_work(SystemScope("sums are made anew")) as scope:
                counted = operations.rebuild(scope, school_id)
            click.echo(f"{name}: {counted} records")


COMMANDS = [add_app, rebuild_rollups]
