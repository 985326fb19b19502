"""Questions about the log of statements and its index."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    true,
    values,
)

from aarportal.core.scope import AppScope
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    LearningRecord,
    PortalStatement,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.search import (
    Effort,
    Posting,
    Query,
    Slice,
    Source,
    end_of_stretch,
    slice_down,
    slice_up,
)

#: How many values stand in one question: databases take so many parameters and not many more.
_AT_ONCE = 400

# The questions are made once: putting one together costs as much as asking it.

_STORED = select(StoredStatement.given_id, StoredStatement.fingerprint).where(
    StoredStatement.district_id == bindparam("district_id"),
    StoredStatement.given_id.in_(bindparam("ids", expanding=True)),
)


def stored_fingerprints(scope: AppScope, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Statements that are stored already: id -> fingerprint."""
    if not ids:
        return {}
    rows = scope.session.execute(_STORED, {"district_id": scope.district_id, "ids": list(ids)})
    return dict(rows.tuples().all())


_VOIDERS = select(StatementReference.target_id, StatementReference.app_id).where(
    StatementReference.district_id == bindparam("district_id"),
    StatementReference.target_id.in_(bindparam("ids", expanding=True)),
    StatementReference.is_voiding,
)


def voided_beforehand(scope: AppScope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these statements this app took back before they arrived."""
    if not ids:
        return set()
    rows = scope.session.execute(_VOIDERS, {"district_id": scope.district_id, "ids": list(ids)})
    return {target_id for target_id, app_id in rows if app_id == scope.actor_id}


def targets(scope: AppScope, ids: Collection[UUID]) -> Sequence[StoredStatement]:
    """The stored ones among these statements."""
    return scope.session.scalars(
        select(StoredStatement).where(
            StoredStatement.district_id == scope.district_id, StoredStatement.given_id.in_(ids)
        )
    ).all()


# --- who refers to whom ---------------------------------------------------------------------------


class Reference(NamedTuple):
    """That one statement is about another.

    Attributes:
        target_id: The one that it is about.
        id: The one that is about it.
        position: The place of that one.
    """

    target_id: UUID
    id: UUID
    position: int


_REFERRING = select(
    StatementReference.target_id, StatementReference.statement_id, StatementReference.position
).where(StatementReference.district_id == bindparam("district_id"))

_REFERRING_TO_PLACES = (
    _REFERRING.add_columns(StoredStatement.position)
    .join(
        StoredStatement,
        and_(
            StoredStatement.district_id == StatementReference.district_id,
            StoredStatement.given_id == StatementReference.target_id,
        ),
    )
    .where(
        StoredStatement.district_id == bindparam("district_id"),
        StoredStatement.app_id == bindparam("app_id"),
        StoredStatement.position.between(bindparam("first"), bindparam("last")),
    )
)

_REFERRING_TO_IDS = _REFERRING.where(
    StatementReference.target_id.in_(bindparam("ids", expanding=True))
)


def referring_to_places(
    scope: AppScope, first: int, last: int
) -> Sequence[Row[tuple[UUID, UUID, int, int]]]:
    """Statements about those of this app between two places: target, id, place, target's place."""
    wanted = {
        "district_id": scope.district_id,
        "app_id": scope.actor_id,
        "first": first,
        "last": last,
    }
    return scope.session.execute(_REFERRING_TO_PLACES, wanted).all()


def referring_to(scope: AppScope, ids: Collection[UUID]) -> list[Reference]:
    """Statements about these."""
    found: list[Reference] = []
    for part in _parts(list(ids)):
        rows = scope.session.execute(
            _REFERRING_TO_IDS, {"district_id": scope.district_id, "ids": part}
        )
        found.extend(Reference(*row) for row in rows)
    return found


# --- the index --------------------------------------------------------------------------------


def rows_that_end(
    scope: AppScope, ends: Collection[tuple[int, int]]
) -> dict[tuple[int, int], StatementTerm]:
    """Those rows of the index that are there already: (term, last place) -> row."""
    found: dict[tuple[int, int], StatementTerm] = {}
    for part in _parts(list(ends)):
        # A table of its own: SQLite would look through the whole index for pairs in an IN.
        wanted = (
            values(column("term", BigInteger), column("last_position", BigInteger), name="wanted")
            .data(part)
            .cte()
        )
        rows = scope.session.scalars(
            select(StatementTerm)
            .join(
                wanted,
                and_(
                    StatementTerm.term == wanted.c.term,
                    StatementTerm.last_position == wanted.c.last_position,
                ),
            )
            .where(StatementTerm.district_id == scope.district_id)
        )
        found.update({(row.term, row.last_position): row for row in rows})
    return found


_POSTINGS = (
    select(StatementTerm.last_position, StatementTerm.positions)
    .where(
        StatementTerm.district_id == bindparam("district_id"),
        StatementTerm.term == bindparam("term"),
    )
    .limit(bindparam("count"))
)
_POSTINGS_UP = _POSTINGS.where(StatementTerm.last_position >= bindparam("start")).order_by(
    StatementTerm.last_position
)
_POSTINGS_DOWN = _POSTINGS.where(StatementTerm.last_position <= bindparam("start")).order_by(
    StatementTerm.last_position.desc()
)


def postings(scope: AppScope, term: int, query: Query, effort: Effort) -> Source:
    """Where in the log statements with one term stand."""

    def rows(question: Select[tuple[int, bytes]], start: int, count: int) -> Sequence[Posting]:
        wanted = {"district_id": scope.district_id, "term": term, "start": start, "count": count}
        found = scope.session.execute(question, wanted).tuples().all()
        effort.spend(len(found))
        return found

    def up(start: int, count: int) -> Slice:
        return slice_up(rows(_POSTINGS_UP, start, count), start, count)

    def down(start: int, count: int) -> Slice:
        return slice_down(rows(_POSTINGS_DOWN, end_of_stretch(-start), count), start, count)

    return up if query.ascending else down


_PLACES = (
    select(StoredStatement.position)
    .where(StoredStatement.district_id == bindparam("district_id"))
    .limit(bindparam("count"))
)
_PLACES_UP = _PLACES.where(StoredStatement.position >= bindparam("start")).order_by(
    StoredStatement.position
)
_PLACES_DOWN = _PLACES.where(StoredStatement.position <= bindparam("start")).order_by(
    StoredStatement.position.desc()
)


def every_place(scope: AppScope, query: Query, effort: Effort) -> Source:
    """Where in the log any statement stands."""
    question = _PLACES_UP if query.ascending else _PLACES_DOWN

    def read(start: int, count: int) -> Slice:
        found = scope.session.scalars(
            question,
            {"district_id": scope.district_id, "start": query.key(start), "count": count},
        ).all()
        effort.spend(len(found))
        keys = [query.key(position) for position in found]
        return Slice(keys, keys[-1] + 1 if len(keys) == count else None)

    return read


# --- what an app may read -------------------------------------------------------------------------


def readable(scope: AppScope) -> ColumnElement[bool]:
    """That the app may read a statement: its own, and those of others about its schools."""
    own = StoredStatement.app_id == scope.actor_id
    if not scope.reads_others:
        return own
    if reads_everything(scope):
        return true()
    # The guard narrows records, and what the portal published, to the schools of the app.
    recorded = select(LearningRecord.id).where(LearningRecord.id == StoredStatement.id)
    published = select(PortalStatement.cycle_id).where(
        PortalStatement.statement_id == StoredStatement.given_id
    )
    return or_(own, recorded.exists(), published.exists())


def reads_everything(scope: AppScope) -> bool:
    """Whether the app reads every statement of the district, those about nobody known as well."""
    return scope.reads_others and bool(
        scope.session.scalar(
            select(LearningApp.school_ids.is_(None)).where(
                LearningApp.district_id == scope.district_id, LearningApp.id == scope.actor_id
            )
        )
    )


class Kept(NamedTuple):
    """A statement as it is kept, under its id in xAPI."""

    id: UUID
    position: int
    app_id: UUID
    body: bytes


_KEPT = select(
    StoredStatement.given_id, StoredStatement.position, StoredStatement.app_id, StoredStatement.body
)


def at_places(
    scope: AppScope, positions: Collection[int], may_read: ColumnElement[bool]
) -> dict[int, Kept]:
    """Statements at these places that the app may read and that nobody took back, by place."""
    rows = scope.session.execute(
        _KEPT.where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.position.in_(positions),
            ~StoredStatement.voided,
            may_read,
        )
    )
    return {row.position: Kept(*row) for row in rows}


def with_ids(
    scope: AppScope, ids: Collection[UUID], may_read: ColumnElement[bool]
) -> dict[UUID, Kept]:
    """Statements with these ids that the app may read, those that were taken back as well."""
    found: dict[UUID, Kept] = {}
    for part in _parts(list(ids)):
        rows = scope.session.execute(
            _KEPT.where(
                StoredStatement.district_id == scope.district_id,
                StoredStatement.given_id.in_(part),
                may_read,
            )
        )
        found.update({row.given_id: Kept(*row) for row in rows})
    return found


def one(scope: AppScope, id_: UUID, *, voided: bool) -> Kept | None:
    """A statement that the app may read; None if there is none, or it was (not) taken back."""
    row = scope.session.execute(
        _KEPT.where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.given_id == id_,
            StoredStatement.voided.is_(voided),
            readable(scope),
        )
    ).one_or_none()
    return None if row is None else Kept(*row)


_OLDEST_UNREAD = select(func.min(InboxEntry.position)).where(
    InboxEntry.district_id == bindparam("district_id"), ~InboxEntry.again
)


def oldest_unread(scope: AppScope) -> int | None:
    """The place of the first statement that is not in the index yet; None if all are."""
    return scope.session.scalar(_OLDEST_UNREAD, {"district_id": scope.district_id})


def latest_with(scope: AppScope, terms: Collection[int]) -> dict[int, int]:
    """Where the latest statement with each of these terms stands: term -> place."""
    found: dict[int, int] = {}
    for part in _parts([(term,) for term in terms]):
        # One look at the end of each list: a GROUP BY would read the lists.
        wanted = values(column("term", BigInteger), name="wanted").data(part).cte()
        latest = (
            select(func.max(StatementTerm.last_position))
            .where(
                StatementTerm.district_id == scope.district_id,
                StatementTerm.term == wanted.c.term,
            )
            .scalar_subquery()
        )
        rows = scope.session.execute(select(wanted.c.term, latest))
        found.update((term, place) for term, place in rows if place is not None)
    return found


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(values), _AT_ONCE):
        yield values[first : first + _AT_ONCE]
