"""Questions about the chain of traces; only the system asks them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, exists, func, select

from aarportal.audit.chain.hashing import BEGINNING, COLUMNS
from aarportal.audit.chain.models import AuditChain, AuditLink
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import RetentionScope, SystemScope

#: A transaction that takes longer than this leaves traces that no longer fit in. What is older than
#: the newest link by more was slipped in.
GRACE = timedelta(hours=1)
#: The chain's one row.
_ONLY = 1
_PAGE = 2000
_ENTRY = tuple(getattr(AuditEntry, name) for name in COLUMNS)


@dataclass(frozen=True)
class Linked:
    """A link and its entry.

    Attributes:
        entry: Column -> value; None where there is none any more.
    """

    sequence: int
    entry_id: UUID
    digest: str
    hash: str
    entry: dict[str, Any] | None


def chain(scope: SystemScope, *, lock: bool = False) -> AuditChain:
    """Where the chain ends; locked, nobody else adds to it."""
    row = scope.session.get(AuditChain, _ONLY, with_for_update=lock or None)
    if row is None:
        row = AuditChain(id=_ONLY, sequence=0, hash=BEGINNING)
        if lock:
            scope.session.add(row)
            scope.session.flush()
    return row


def floor(newest_id: UUID | None) -> UUID:
    """Below this id nothing is linked any more."""
    if newest_id is None:
        return UUID(int=0)
    millis = (newest_id.int >> 80) - int(GRACE.total_seconds() * 1000)
    return UUID(int=max(millis, 0) << 80)


def unlinked(scope: SystemScope, after: UUID, limit: int) -> Sequence[Row[Any]]:
    """Entries with an id above `after` that no link names, in the order of their ids."""
    has_link = exists().where(AuditLink.entry_id == AuditEntry.id)
    return scope.session.execute(
        select(*_ENTRY).where(AuditEntry.id > after, ~has_link).order_by(AuditEntry.id).limit(limit)
    ).all()


def count_unlinked(scope: SystemScope) -> int:
    """How many entries no link names."""
    has_link = exists().where(AuditLink.entry_id == AuditEntry.id)
    return scope.session.scalar(select(func.count(AuditEntry.id)).where(~has_link)) or 0


def slipped_in(scope: SystemScope, newest_id: UUID | None, before: datetime | None) -> UUID | None:
    """An entry that no link names and that is too old to be on its way."""
    if newest_id is None or before is None:
        return None
    has_link = exists().where(AuditLink.entry_id == AuditEntry.id)
    too_old = (AuditEntry.id < floor(newest_id)) | (AuditEntry.at < before - GRACE)
    return scope.session.scalar(
        select(AuditEntry.id).where(~has_link, too_old).order_by(AuditEntry.id).limit(1)
    )


def links(scope: SystemScope, after: int = -1) -> Iterator[Linked]:
    """Every link with its entry, in their order, page by page."""
    while True:
        rows = scope.session.execute(
            select(
                AuditLink.sequence, AuditLink.entry_id, AuditLink.digest, AuditLink.hash, *_ENTRY
            )
            .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
            .where(AuditLink.sequence > after)
            .order_by(AuditLink.sequence)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        for row in rows:
            entry = dict(zip(COLUMNS, row[4:], strict=True)) if row[4] is not None else None
            yield Linked(row[0], row[1], row[2], row[3], entry)
        after = rows[-1][0]


def of_district(scope: SystemScope, district_id: UUID, since: datetime) -> Iterator[Linked]:
    """The links of a district's entries from a moment on, in their order, page by page."""
    after = -1
    while True:
        rows = scope.session.execute(
            select(
                AuditLink.sequence, AuditLink.entry_id, AuditLink.digest, AuditLink.hash, *_ENTRY
            )
            .join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
            .where(
                AuditLink.sequence > after,
                AuditEntry.district_id == district_id,
                AuditEntry.at >= since,
            )
            .order_by(AuditLink.sequence)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        for row in rows:
            entry = dict(zip(COLUMNS, row[4:], strict=True))
            yield Linked(row[0], row[1], row[2], row[3], entry)
        after = rows[-1][0]


def hashes(scope: SystemScope, sequences: Collection[int]) -> dict[int, str]:
    """The hashes of some links."""
    query = select(AuditLink.sequence, AuditLink.hash).where(AuditLink.sequence.in_(sequences))
    return dict(map(tuple, scope.session.execute(query)))


def is_named(scope: SystemScope, verb: str, object_id: str) -> bool:
    """Whether an entry says this."""
    query = select(AuditEntry.id).where(AuditEntry.object_id == object_id, AuditEntry.verb == verb)
    return scope.session.scalar(query.limit(1)) is not None


def last_to_let_go(scope: SystemScope, before: datetime) -> AuditLink | None:
    """The last link before which, and with which, every entry is older than a moment."""
    kept = scope.session.scalar(
        select(func.min(AuditLink.sequence)).join(
            AuditEntry, and_(AuditEntry.id == AuditLink.entry_id, AuditEntry.at >= before)
        )
    )
    query = select(AuditLink).order_by(AuditLink.sequence.desc()).limit(1)
    return scope.session.scalar(query if kept is None else query.where(AuditLink.sequence < kept))


def count_before(scope: SystemScope, sequence: int) -> int:
    """How many entries have a link up to this one."""
    return (
        scope.session.scalar(
            select(func.count(AuditEntry.id))
            .join(AuditLink, AuditLink.entry_id == AuditEntry.id)
            .where(AuditLink.sequence <= sequence)
        )
        or 0
    )


def let_go(scope: RetentionScope, sequence: int) -> None:
    """Delete the entries up to a link, and the links before it; it stays, and anchors the rest."""
    gone = select(AuditLink.entry_id).where(AuditLink.sequence <= sequence)
    options = {"synchronize_session": False}
    scope.session.execute(
        delete(AuditEntry).where(AuditEntry.id.in_(gone)), execution_options=options
    )
    scope.session.execute(
        delete(AuditLink).where(AuditLink.sequence < sequence), execution_options=options
    )
