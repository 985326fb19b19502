"""The door: no view runs without a permission, a scope and a transaction."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial, wraps
from typing import Any

from flask import Blueprint, current_app, redirect, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.wrappers import Response

from aarportal.core import looking, submissions
from aarportal.core.errors import DueFirstError, NotAllowedError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.web import looks
from aarportal.web.credentials import admit
from aarportal.web.looks import Shows
from aarportal.web.priority import for_a_machine
from aarportal.web.reader import Visitor, visiting

View = Callable[..., Any]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: Name of the hidden field that makes a form be taken once.
ONCE_FIELD = "idem"

#: PostgreSQL's names for two transactions in each other's way: a deadlock, a failed serialization.
_CROSSED = frozenset({"40P01", "40001"})
#: How often a request is tried that others got in the way of: once for a row, once for a lock.
_TRIES = 3

#: Endpoints before which people prove once more who they are.
FRESH: set[str] = set()

#: Endpoint -> what it needs; also tells the guard which endpoints came through this door.
PERMISSIONS: dict[str, Permission] = {}

#: Endpoint -> whom it shows to others than themselves; None where the route does not say.
SHOWS: dict[str, Shows | None] = {}


class PortalBlueprint(Blueprint):
    """A blueprint that takes the permission with the route and gives the view its scope."""

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        credential: str = "browser",
        shows: Shows | None = None,
        **options: Any,
    ) -> None:
        """Say which credential its routes ask for, and whom they show if they say nothing else."""
        super().__init__(name, import_name, **options)
        self.shows = shows
        self.credential = credential

    def _turn(self) -> AbstractContextManager[None]:
        """People go before machines."""
        return nullcontext() if self.credential == "browser" else for_a_machine()

    def route(  # type: ignore[override]  # noqa: PLR0913 - what a door can ask
        self,
        rule: str,
        *,
        permission: Permission,
        fresh: bool = False,
        shows: Shows | None = None,
        once: bool = True,
        transaction: bool = True,
        costs: int = 0,
        in_view: bool = False,
        **options: Any,
    ) -> Callable[[View], View]:
        """Register a view; leaving `permission` out is a TypeError at import.

        The view is called as `view(scope, **url_values)`; a public one as `view(**url_values)`.
        `shows` says which children somebody else sees there (see `web.looks`); it is left out only
        where the permission shows nobody. `fresh=True` is for what people do only after they have
        proved within the last minutes who they are. `once=False` is for a view that looks at the
        key of the form itself; `transaction=False` for one whose operation opens its units of work
        itself, because it shares them. `costs` is what a call takes of what one person may have
        within a minute (see `allowance`). `in_view=True` is for what somebody may
        send who looks through a pupil's eyes: nothing but the end of it.
        """
        shown = shows
        if shown is None:
            shown = self.shows
        if shown is None and not looks.asks_to_say(permission):
            shown = looks.nobody

        def register(view: View) -> View:
            endpoint = f"{self.name}.{view.__name__}"

            @wraps(view)
            def enter(**url_values: Any) -> Any:
                if permission is Permission.PUBLIC:
                    answer = partial(view, **url_values)
                    return answer() if _only_reads() else _again(answer)
                with (
                    self._turn(),
                    visiting(admit(self.credential, permission, fresh=fresh)) as visitor,
                    _seen(visitor, shown, url_values),
                ):
                    _ask_first(visitor, endpoint, costs, in_view=in_view)
                    if not transaction:
                        return _checked(view(visitor.scope, **url_values))
                    return _let_in(visitor, view, url_values, once=once)

            PERMISSIONS[endpoint] = permission
            if fresh:
                FRESH.add(endpoint)
            SHOWS[endpoint] = shown
            self.add_url_rule(rule, view.__name__, enter, **options)
            return view

        return register


def _ask_first(visitor: Visitor, endpoint: str, costs: int, *, in_view: bool) -> None:
    """What stands between an open door and the page behind it.

    Raises:
        TooManyTriesError: If the person has had what they may have within a minute.
        DueFirstError: If something has to be done before any other page opens.
        NotAllowedError: If somebody sends something who only looks through a pupil's eyes.
    """
    if costs:
        _pay(visitor, costs)
    if visitor.due and visitor.due != endpoint:
        raise DueFirstError(visitor.due)
    if not in_view:
        _refuse_in_view(visitor)


def _pay(visitor: Visitor, costs: int) -> None:
    take: Callable[[Visitor, int], None] = current_app.extensions["allowance"].pay
    take(visitor, costs)


@contextmanager
def _seen(visitor: Visitor, shows: Shows | None, url_values: dict[str, Any]) -> Iterator[None]:
    """Keep whom the view shows to somebody else, in the transaction that reads it."""
    end = looking.begin(looks.visit(visitor.scope, shows, url_values))
    try:
        yield
    finally:
        end()


def _checked(answer: Any) -> Any:
    """The answer, unless it shows a child and nobody said so."""
    looks.check(looking.at_work(), answer.status_code if isinstance(answer, Response) else 200)
    return answer


def _only_reads() -> bool:
    return request.method in SAFE_METHODS


def _refuse_in_view(visitor: Visitor) -> None:
    """Let nothing be sent in a pupil's name by whoever only looks through the pupil's eyes.

    Raises:
        NotAllowedError: If that is tried.
    """
    scope = visitor.scope
    if isinstance(scope, Scope) and scope.viewer_id is not None and not _only_reads():
        raise NotAllowedError("a view changes nothing")


def _let_in(visitor: Visitor, view: View, url_values: dict[str, Any], *, once: bool) -> Any:
    scope = visitor.scope
    if _only_reads():
        with unit_of_work(scope, read_only=True):
            return _checked(view(scope, **url_values))
    if once and isinstance(scope, Scope) and (key := request.form.get(ONCE_FIELD, "")):
        return _again(lambda: _take_once(visitor, scope, key[:64], view, url_values))
    return _again(lambda: _run(visitor, view, url_values))


def _again(answer: Callable[[], Any]) -> Any:
    """Answer; anew when another request brought the same row, or each waited for the other.

    SQLite has one writer. On PostgreSQL two requests can run side by side, and what the first one
    wrote is known the next time.
    """
    for _ in range(_TRIES - 1):
        try:
            return answer()
        except DBAPIError as error:
            if not isinstance(error, IntegrityError) and _sqlstate(error) not in _CROSSED:
                raise
    return answer()


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _run(visitor: Visitor, view: View, url_values: dict[str, Any]) -> Any:
    with unit_of_work(visitor.scope):
        visitor.take_turn()
        return _checked(view(visitor.scope, **url_values))


def _take_once(
    visitor: Visitor, scope: Scope, key: str, view: View, url_values: dict[str, Any]
) -> Any:
    """Run a view whose form carries a key; a repeated form gets the first answer again.

    Children tap twice, replies get lost on bad Wi-Fi, an outbox sends again: the key makes all of
    that one submission.
    """
    with unit_of_work(scope):
        visitor.take_turn()
        location = submissions.earlier_answer(scope, key)
        if location is not None:
            return redirect(location, 303)
        response = _checked(view(scope, **url_values))
        if isinstance(response, Response) and response.status_code == 303:
            submissions.remember(scope, key, response.headers["Location"])
        return response
