"""`aarportal demo`: make the demonstration of today unless it is there, then serve it."""

import json
import time
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from flask import Flask

from aarportal import migrate, wsgi
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.demo.days import shown_moment
from aarportal.demo.logins import as_json
from aarportal.demo.seeding import REASON, WEEKS, Demonstration, seed, set_clock, wall_clock
from aarportal.demo.standing import Standing, standing
from aarportal.settings import Settings


@click.command("demo")
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
@click.option("--keep", is_flag=True, help="Serve a demonstration of an earlier day as it is.")
@click.option("--seed", "number", default=1, help="Another number makes another demonstration.")
@click.pass_context
def demo(context: click.Context, host: str, port: int, *, keep: bool, number: int) -> None:
    """Serve the portal with a demonstration school."""
    app: Flask = context.obj()
    prepare(app, keep=keep, number=number)
    _echo_logins(app.config["DEMO_LOGINS"], f"http://{host}:{port}/")
    wsgi.serve(app, host, port)


COMMANDS = [demo]


def prepare(  # noqa: PLR0913 - what may differ between demonstrations, each with a default
    app: Flask,
    *,
    keep: bool = False,
    number: int = 1,
    weeks: int = WEEKS,
    classes: int | None = None,
    now: datetime | None = None,
) -> None:
    """Bring the demonstration into the database, and set the clock to its day.

    Args:
        app: The portal.
        keep: Whether one of an earlier day is left as it is.
        number: The seed of one that has to be made.
        weeks: Its school weeks.
        classes: How many classes it has; None for all.
        now: Aware; what a clock on the wall says, if not the time of this computer.

    Raises:
        click.ClickException: If the database holds anything but a demonstration.
    """
    migrate.upgrade(app)
    moment = shown_moment(now or wall_clock())
    with app.app_context(), unit_of_work(SystemScope(REASON), read_only=True) as scope:
        found = standing(scope)
    if not found.is_empty and not found.is_demo:
        raise click.ClickException(
            "This database holds a school that is no demonstration, and it is left alone. "
            "Set AARPORTAL_DATA_DIR or AARPORTAL_DATABASE_URL to another place for a demonstration."
        )
    if found.day and (keep or found.day == moment.date()):
        click.echo(f"The demonstration of {found.day:%Y-%m-%d} is served as it was left.")
        set_clock(_where_it_was_left(found, moment))
        _show_logins(app)
        return
    if found.is_demo:
        click.echo("The demonstration is of another day and is made anew (--keep would keep it).")
        migrate.downgrade(app, "base")
        migrate.upgrade(app)
    began = time.monotonic()
    click.echo("Making a demonstration school; this takes less than a minute.")
    made = seed(app, seed=number, weeks=weeks, classes=classes, now=now, say=click.echo)
    _keep_logins(app, made)
    click.echo(
        f"{made.statements} learning records are in; "
        f"it took {time.monotonic() - began:.0f} seconds. "
        f"In there it is {made.moment:%Y-%m-%d %H:%M}."
    )


def _keep_logins(app: Flask, made: Demonstration) -> None:
    settings: Settings = app.config["SETTINGS"]
    text = json.dumps(as_json(made.day, made.logins), ensure_ascii=False, indent=1)
    (settings.data_dir / "demo.json").write_text(text, "utf-8")
    _show_logins(app)


def _where_it_was_left(found: Standing, moment: datetime) -> datetime:
    """Time goes on from the last thing that anybody did: nothing lies in the future."""
    if found.day != moment.date():
        assert found.last_change is not None, "a finished demonstration was written by somebody"
        return found.last_change + timedelta(seconds=1)
    if found.last_change is None:
        return moment
    return max(moment, found.last_change + timedelta(seconds=1))


def _show_logins(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    path = settings.data_dir / "demo.json"
    if path.exists():
        app.config["DEMO_LOGINS"] = json.loads(path.read_text("utf-8"))["logins"]


def _echo_logins(logins: Sequence[dict[str, str]], address: str) -> None:
    width = max((_columns(login["who"]) for login in logins), default=0)
    click.echo()
    for login in logins:
        who = login["who"] + " " * (width - _columns(login["who"]))
        click.echo(f"  {who}  {login['code']:<9} {login['login_id']:<6} {login['password']}")
    click.echo()
    click.echo(f"Open {address} in a browser. (Ctrl+C ends it.)")


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) == "Mn"
        else 2 if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )  # fmt: skip
