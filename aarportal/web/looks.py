"""Whom a page shows: said where the route is written, and kept in the transaction that reads.

A page that shows a child to somebody else leaves one trace per person who looks, thing that is
looked at and ten minutes; a class is one thing, and so is a school. A view that itself tells whose
row it shows leaves one each time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from flask import current_app, request

from aarportal.core import clock, memory
from aarportal.core.errors import UnseenError
from aarportal.core.ids import NOTHING
from aarportal.core.looking import Look, Visit, visit_of
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import AppScope, Scope

#: Whoever looks at the same again within this time has looked once.
SAME_LOOK = timedelta(minutes=10)
#: So many looks are remembered without asking the database.
_MOST_REMEMBERED = 20_000

Shows = Callable[[Scope | AppScope, Mapping[str, Any]], Sequence[Look]]
"""Whom a page shows to this scope, by the values in its address."""

Key = tuple[UUID, Look]


class _Remembered(dict[Key, datetime]):
    """Who looked at what -> when it was kept last, by this process."""

    def cache_clear(self) -> None:
        """Remember nothing: what is in the database counts."""
        self.clear()


REMEMBERED = _Remembered()
memory.add(REMEMBERED)

#: Whose holders find single pupils on the page of a class.
_BY_NAME = frozenset({Relation.HOMEROOM, Relation.TEACHES, Relation.COVERS, Relation.GRADE})
#: What these permit shows no child, or only names in lists that are not about them.
_NOBODYS = frozenset(
    {
        Permission.APPS_MANAGE,
        Permission.HANDOVER_RULE,
        Permission.PREFERENCES_WRITE,
        Permission.PUBLIC,
        Permission.ROSTER_READ,
        Permission.SCHOOL_YEAR_MANAGE,
        Permission.STATEMENTS_WRITE,
        Permission.UNITS_READ,
        Permission.UNITS_WRITE,
    }
)


class Book(Protocol):
    """Where looks are kept: the audit log (see `audit.looking.operations`)."""

    def keep(self, scope: Scope | AppScope, look: Look) -> None:
        """Write a look into the open unit of work."""

    def last(
        self, scope: Scope | AppScope, looks: Sequence[Look], since: datetime
    ) -> Mapping[Look, datetime]:
        """When each of these looks was kept last, of those that were kept after `since`."""


def nobody(_scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
    """No child."""
    return ()


def sums(_scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
    """No child: rows of many are read for a list or a sum that is about nobody of them."""
    return ()


def told(_scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
    """Whoever the view names by `tell`, once it knows whose row it shows."""
    return ()


def person(what: str, value: str = "student_id") -> Shows:
    """The person whose id stands in the address."""
    return lambda _scope, values: (Look("person", values[value], what),)


def school_class(what: str, value: str = "class_id") -> Shows:
    """The class whose id stands in the address."""
    return lambda _scope, values: (Look("class", values[value], what),)


def class_and_chosen(what: str) -> Shows:
    """The class in the address, and the pupil of whom it shows more because somebody asked."""

    def shows(scope: Scope | AppScope, values: Mapping[str, Any]) -> Sequence[Look]:
        looks = [Look("class", values["class_id"], what)]
        student_id = _asked("student")
        if student_id in _seen_by_name(scope):
            looks.append(Look("person", student_id, what))
        return looks

    return shows


def class_asked_for(what: str) -> Shows:
    """The class that is asked for, else the first of whoever looks."""

    def shows(scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
        own, asked = _class_ids(scope), _asked("class_id")
        return [Look("class", each, what) for each in own if each == (asked or own[0])]

    return shows


def own_classes(what: str) -> Shows:
    """Every class of whoever looks; not those that are lent to them."""

    def shows(scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
        own = scope.class_ids if isinstance(scope, Scope) else ()
        return [Look("class", each, what) for each in own]

    return shows


def own(what: str, relation: Relation) -> Shows:
    """Everybody to whom this relation ties whoever looks, by name."""

    def shows(scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
        ids = isinstance(scope, Scope) and scope.visible(frozenset({relation}))
        return [Look("person", each, what) for each in ids or ()]

    return shows


def homeroom_or_school(what: str) -> Shows:
    """The homeroom classes of a teacher; of everybody else the school."""

    def shows(scope: Scope | AppScope, values: Mapping[str, Any]) -> Sequence[Look]:
        if not isinstance(scope, Scope) or scope.role is not Role.TEACHER:
            return school(what)(scope, values)
        return [Look("class", each, what) for each in scope.homeroom_class_ids]

    return shows


def school(what: str) -> Shows:
    """The school of whoever looks; of a board the district."""

    def shows(scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
        if isinstance(scope, Scope) and scope.school_id != NOTHING:
            return (Look("school", scope.school_id, what),)
        return (Look("district", scope.district_id, what),)

    return shows


def tell(scope: Scope, student_id: UUID | None, what: str) -> None:
    """Keep that somebody looks at a pupil, from a view whose route says `told`.

    Args:
        scope: Who looks.
        student_id: The pupil; None of what is nobody's that is known.
        what: Key of what the page shows.
    """
    if student_id is not None:
        _book().keep(scope, Look("person", student_id, what))
    at_work = visit_of(scope)
    if at_work is not None:
        at_work.says = True


def looks_by(scope: Scope | AppScope) -> UUID:
    """Who it is that looks, through whomever's eyes."""
    return (isinstance(scope, Scope) and scope.viewer_id) or scope.actor_id


def asks_to_say(permission: Permission) -> bool:
    """Whether a route has to say whom it shows."""
    return permission not in _NOBODYS


def visit(scope: Scope | AppScope, shows: Shows | None, values: Mapping[str, Any]) -> Visit | None:
    """What a request has to leave behind; None for pupils, whose own pages these are."""
    if isinstance(scope, Scope) and scope.role is Role.STUDENT:
        if scope.viewer_id is None:
            return None
        shows, values = person("pupil_view"), {"student_id": scope.actor_id}
    if shows is nobody and not isinstance(scope, Scope):
        return None
    looks = tuple(shows(scope, values)) if shows is not None else ()
    due = _due(scope, looks)
    says = shows not in {None, nobody, told}
    return Visit(scope, says, due, _book().keep, _remember, told=shows is told)


def check(visit: Visit | None, status: int) -> None:
    """Refuse an answer that shows rows about children without a trace.

    A form that was taken shows nothing, and its change has a trace of its own. What an app reads
    to find its own way, it has brought.

    Raises:
        UnseenError: If nobody said whose rows the page shows.
    """
    if visit is None or visit.says or not isinstance(visit.scope, Scope):
        return
    if visit.has_read and (status < 300 or status == 422):
        raise UnseenError(f"{request.endpoint} shows {visit.has_read} and does not say whose")


def _due(scope: Scope | AppScope, looks: Sequence[Look]) -> Sequence[Look]:
    """Those of which no trace was left lately, by this process or another."""
    now = clock.now()
    since = now - SAME_LOOK
    unknown = [
        each for each in looks if not since < REMEMBERED.get((looks_by(scope), each), since) <= now
    ]
    if not unknown:
        return ()
    found = _book().last(scope, unknown, since)
    REMEMBERED.update({(looks_by(scope), look): at for look, at in found.items()})
    return [each for each in unknown if each not in found]


def _remember(scope: Scope | AppScope, looks: Sequence[Look]) -> None:
    if len(REMEMBERED) > _MOST_REMEMBERED:
        REMEMBERED.clear()
    now = clock.now()
    REMEMBERED.update({(looks_by(scope), each): now for each in looks})


def _book() -> Book:
    book: Book = current_app.extensions["looks"]
    return book


def _class_ids(scope: Scope | AppScope) -> Sequence[UUID]:
    return scope.seen_class_ids if isinstance(scope, Scope) else ()


def _seen_by_name(scope: Scope | AppScope) -> frozenset[UUID]:
    if not isinstance(scope, Scope):
        return frozenset()
    return scope.visible(_BY_NAME) or frozenset()


def _asked(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
