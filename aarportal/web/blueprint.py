"""The door: no view runs without a permission, a scope and a transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial, wraps
from typing import Any

from flask import Blueprint, redirect, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.wrappers import Response

from aarportal.core import submissions
from aarportal.core.errors import NotAllowedError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope, unit_of_work
from aarportal.web.credentials import admit
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

#: Endpoint -> what it needs; also tells the guard which endpoints came through this door.
PERMISSIONS: dict[str, Permission] = {}


class PortalBlueprint(Blueprint):
    """A blueprint that takes the permission with the route and gives the view its scope."""

    def __init__(
        self, name: str, import_name: str, *, credential: str = "browser", **options: Any
    ) -> None:
        """Say which credential its routes ask for."""
        super().__init__(name, import_name, **options)
        self.credential = credential

    def _turn(self) -> AbstractContextManager[None]:
        """People go before machines."""
        return nullcontext() if self.credential == "browser" else for_a_machine()

    def route(  # type: ignore[override]
        self,
        rule: str,
        *,
        permission: Permission,
        once: bool = True,
        transaction: bool = True,
        in_view: bool = False,
        **options: Any,
    ) -> Callable[[View], View]:
        """Register a view; leaving `permission` out is a TypeError at import.

        The view is called as `view(scope, **url_values)`; a public one as `view(**url_values)`.
        `once=False` is for a view that looks at the key of the form itself; `transaction=False` for
        one whose operation opens its units of work itself, because it shares them; `in_view=True`
        for what somebody may send who looks through a pupil's eyes: nothing but the end of it.
        """

        def register(view: View) -> View:
            @wraps(view)
            def enter(**url_values: Any) -> Any:
                if permission is Permission.PUBLIC:
                    answer = partial(view, **url_values)
                    return answer() if _only_reads() else _again(answer)
                with self._turn(), visiting(admit(self.credential, permission)) as visitor:
                    if not in_view:
                        _refuse_in_view(visitor)
                    if not transaction:
                        return view(visitor.scope, **url_values)
                    return _let_in(visitor, view, url_values, once=once)

            PERMISSIONS[f"{self.name}.{view.__name__}"] = permission
            self.add_url_rule(rule, view.__name__, enter, **options)
            return view

        return register


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
            return view(scope, **url_values)
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
        return view(visitor.scope, **url_values)


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
        response = view(scope, **url_values)
        if isinstance(response, Response) and response.status_code == 303:
            submissions.remember(scope, key, response.headers["Location"])
        return response
