"""Commands about learning apps, their statements, and the sums of their records."""

from collections.abc import Callable
from uuid import UUID

import click
from flask import Flask, current_app

from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations, store
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.apps import store as known
from aarportal.cycle.action.apps.operations import AppDraft
from aarportal.cycle.action.apps.vendors.document import Facts, document
from aarportal.cycle.action.apps.vendors.examples import Place
from aarportal.cycle.action.apps.vendors.markdown import markdown
from aarportal.cycle.action.xapi.reindexing import operations as reindexing
from aarportal.cycle.action.xapi.reindexing import store as indexing
from aarportal.settings import Settings
from aarportal.web.texts import catalogue

#: (field, rule) of an InvalidError -> what is wrong, for an operator.
_REFUSED = {
    ("title", "required"): "The title is empty.",
    ("title", "too_long"): f"The title has more than {apps.MAX_TITLE} characters.",
    ("origins", "no_origin"): "An --origin is https:// and a host, and nothing after it.",
    ("home_pages", "no_home_page"): "A --home-page begins with https:// or http://.",
    ("origins", "too_many"): f"At most {apps.MOST_ADDRESSES} times --origin.",
    ("home_pages", "too_many"): f"At most {apps.MOST_ADDRESSES} times --home-page.",
}


@click.command("add-app")
@click.argument("title")
@click.option(
    "--place", required=True, help="Code of a school, or of a district for all of its schools."
)
@click.option("--reads", is_flag=True, help="It may read what other apps sent, too.")
@click.option(
    "--home-page",
    "home_pages",
    multiple=True,
    help="Home page of accounts under which it uses the roster's login names; again for more.",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    help="Web origin from which its pages may call, https://host; again for more.",
)
@click.pass_obj
def add_app(  # noqa: PLR0913 - one argument for each option
    make_app: Callable[[], Flask],
    title: str,
    place: str,
    *,
    reads: bool,
    home_pages: tuple[str, ...],
    origins: tuple[str, ...],
) -> None:
    """Register a learning app and show its credential, once."""
    app = make_app()
    with app.app_context(), unit_of_work(SystemScope("a learning app is registered")) as scope:
        found = store.district_of(scope, place)
        if found is None:
            raise click.ClickException(f"There is no school or district with the code {place!r}.")
        district_id, school_ids = found
        draft = AppDraft(
            title=title.strip(),
            school_ids=None if school_ids is None else tuple(school_ids),
            may_read=reads,
            origins=origins,
            home_pages=home_pages,
        )
        try:
            credential = apps.add_app(scope, draft, district_id=district_id)
        except InvalidError as error:
            raise click.ClickException(_REFUSED[error.field, error.rule]) from error
    click.echo(f"key     {credential.access_key}")
    click.echo(f"secret  {credential.secret}")
    click.echo("Write the secret down now: it is kept nowhere.")


@click.command("list-apps")
@click.option("--place", default="", help="Code of a district; without it every one.")
@click.pass_obj
def list_apps(make_app: Callable[[], Flask], place: str) -> None:
    """Show every learning app: key, state, when it was last there, title."""
    app = make_app()
    with (
        app.app_context(),
        unit_of_work(SystemScope("which learning apps there are"), read_only=True) as scope,
    ):
        district_id = _district(scope, place) if place else None
        for row in known.every_app(scope, district_id):
            state = "revoked" if row.revoked_at else "open"
            last = row.last_used_at.astimezone(clock.SCHOOL_TIME) if row.last_used_at else None
            when = last.strftime("%Y-%m-%d %H:%M") if last else "never"
            click.echo(f"{row.access_key}  {state:7}  {when:16}  {row.title}")


@click.command("revoke-app")
@click.argument("key")
@click.pass_obj
def revoke_app(make_app: Callable[[], Flask], key: str) -> None:
    """Let the learning app with this key in no more; what it sent is kept."""
    app = make_app()
    with app.app_context(), unit_of_work(SystemScope("a learning app is revoked")) as scope:
        row = store.app_by_key(scope, key)
        if row is None:
            raise click.ClickException(f"There is no app with the key {key!r}.")
        try:
            apps.revoke(scope, row.id)
        except StateError as error:
            raise click.ClickException(f"{row.title} is revoked already.") from error
        click.echo(f"{row.title} is revoked; running servers know within seconds.")


@click.command("vendor-page")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.pass_obj
def vendor_page(make_app: Callable[[], Flask], language: str) -> None:
    """Print what a sending vendor has to know, as Markdown.

    It is what `docs/for-vendors.md` and `docs/for-vendors.ja.md` hold.
    """
    app = make_app()
    with app.app_context():
        settings: Settings = current_app.config["SETTINGS"]
        blocks = document(Facts.of(settings, Place.anywhere(settings.public_url)))
    click.echo(markdown(blocks, catalogue(language).ugettext), nl=False)


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


@click.command("reindex-statements")
@click.option("--place", default="", help="Code of a district; without it every one.")
@click.pass_obj
def reindex_statements(make_app: Callable[[], Flask], place: str) -> None:
    """Put stored statements into the index of queries that are not in it.

    For what was stored before there was an index, and for one that was damaged. It may be stopped,
    and done again, while the server runs.
    """
    app = make_app()
    with app.app_context():
        with unit_of_work(SystemScope("whose statements there are"), read_only=True) as scope:
            district_id = _district(scope, place) if place else None
            senders = [
                (row.title, count, apps.scope_of(scope, row))
                for row, count in indexing.senders(scope, district_id)
            ]
        for title, count, sender in senders:
            click.echo(f"{title}: {count} statements")
            _reindex(sender, count)


def _reindex(sender: AppScope, count: int) -> None:
    looked_at = put_in = after = 0
    while True:
        with unit_of_work(sender) as scope:
            done = reindexing.reindex(scope, after)
        if done is None:
            return
        after, looked_at, put_in = done.last, looked_at + done.looked_at, put_in + done.put_in
        click.echo(f"  {looked_at} of {max(count, looked_at)} looked at, {put_in} put in")


def _district(scope: SystemScope, code: str) -> UUID:
    found = store.district_of(scope, code)
    if found is None:
        raise click.ClickException(f"There is no district with the code {code!r}.")
    return found[0]


COMMANDS = [add_app, list_apps, rebuild_rollups, reindex_statements, revoke_app, vendor_page]
