"""Which fields each route looks for: found out by calling it once and listening."""

from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from tests.access.calls import Sent, routes, sent_along, values_of
from tests.access.knocking import SAFE, Knock, knocks
from tests.access.people import WHO, Whose
from tests.access.rows import ROWS
from tests.access.world import World

#: Fields that say nothing about anybody.
_OF_EVERY_FORM = frozenset({"csrf_token", "X-CSRFToken", "X-CSRF-Token", "idem"})


def heard_from(world: World) -> dict[tuple[str, str], tuple[str, ...]]:
    """(endpoint, method) -> the fields of the query or of the form that it looks for."""
    found = {}
    for endpoint, method, rule in routes(world.app):
        knock = next(_opening(endpoint, method, rule), None)
        if knock is not None:
            with _listening(world) as names:
                _ask(world, knock)
            found[endpoint, method] = tuple(sorted(names - _OF_EVERY_FORM))
    world.back()
    return found


def _opening(endpoint: str, method: str, rule: Rule) -> Iterator[Knock]:
    """Calls of a route to which it opens."""
    return (
        knock for who in WHO for knock in knocks(endpoint, method, rule, who)
        if ROWS[endpoint].opens(who, knock.whose)
    )  # fmt: skip


def _ask(world: World, knock: Knock) -> None:
    whose, seat = knock.whose or Whose.SCHOOL, world.seats[knock.who]
    sent = sent_along(knock.endpoint, whose, knock.who) or Sent()
    with world.app.test_request_context():
        values = values_of(knock.rule, whose, knock.who) or {}
        _, path = knock.rule.build(values, append_unknown=False) or ("", "/")
    # A form in which nothing stands is not looked at by those that bind its fields.
    body = {} if knock.method in SAFE else {"data": {"nothing": "1", **sent.form}}
    if sent.json is not None:
        body = {"json": sent.json}
    headers = {**seat.headers, **sent.headers}
    seat.client.open(
        path, method=knock.method, headers=headers, query_string=dict(sent.query), **body
    ).close()


@contextmanager
def _listening(world: World) -> Iterator[set[str]]:
    names: set[str] = set()

    class Heard(ImmutableMultiDict):
        def __contains__(self, name):
            names.add(str(name))
            return super().__contains__(name)

        def __getitem__(self, name):
            names.add(str(name))
            return super().__getitem__(name)

        def get(self, name, *args, **options):
            names.add(str(name))
            return super().get(name, *args, **options)

        def getlist(self, name, *args, **options):
            names.add(str(name))
            return super().getlist(name, *args, **options)

    usual = world.app.request_class

    class Overheard(usual):
        parameter_storage_class = Heard

    world.app.request_class = Overheard
    try:
        yield names
    finally:
        world.app.request_class = usual
