"""Publishing what students do here, as statements under the portal's own name."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.apps.portal import portal_id
from aarportal.cycle.action.models import LearningApp, PortalStatement
from aarportal.cycle.action.xapi import operations as xapi
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.insight.sharing import revisions, statements, store
from aarportal.insight.sharing.frame import Portal
from aarportal.insight.sharing.laps import Kind
from aarportal.insight.sharing.models import PublishedThrough
from aarportal.insight.sharing.revisions import Changes, New, Published, Withdrawal
from aarportal.insight.sharing.told import store as told

#: Laps that are looked at together, and statements that are written in one transaction: more cost
#: less each, and keep others waiting.
_LAPS, _STATEMENTS = 500, 800
#: A change can be committed so much later than it says that it was made.
_LATE = timedelta(seconds=30)
#: Laps of so many days are looked for at once: no question sorts a whole year, and none is asked
#: for every day of a holiday. Where little is found the strides get longer.
_STRIDE = timedelta(days=1)
#: Without anything to publish it is kept only now and then how far was looked.
_KEEP_PLACE_AFTER = timedelta(minutes=5)
#: The month in which a school year begins.
_APRIL = 4


@dataclass(frozen=True)
class Place:
    """How far the changes of a district were looked at.

    Attributes:
        after: Moment and lap that were looked at last.
        kept: What is kept of it in the database; None before the first look.
        stride: How far is looked from there.
    """

    after: tuple[datetime, UUID]
    kept: datetime | None
    stride: timedelta = _STRIDE


@dataclass(frozen=True)
class Look:
    """What was found at a place.

    Attributes:
        changes: What has to be published.
        following: Where to go on; None when everything was looked at.
        through: Up to when every change is known now.
        is_news: Whether `through` is worth keeping although nothing is published.
        seen: Laps that may be met again, and when they had changed last.
    """

    changes: Changes
    following: Place | None
    through: datetime
    is_news: bool
    seen: dict[UUID, datetime]


def portal_of(scope: SystemScope, district_id: UUID) -> AppScope | None:
    """The app under whose name a district's statements are published; None before the first."""
    app = scope.session.get(LearningApp, portal_id(district_id))
    return apps.scope_of(scope, app) if app else None


def open_portal(scope: SystemScope, district_id: UUID, title: str) -> AppScope:
    """Make that app. Its key is nobody's: no secret has this hash."""
    app = LearningApp(
        id=portal_id(district_id),
        district_id=district_id,
        title=title,
        access_key=secrets.token_hex(12),
        secret_hash=os.urandom(32),
        may_write=False,
        may_read=False,
    )
    scope.session.add(app)
    scope.session.flush()
    audit.record(scope, "app:added", app.id)
    return apps.scope_of(scope, app)


def first_place(scope: SystemScope, district_id: UUID) -> Place:
    """Where to begin: where it was left, or with the school year."""
    kept = store.through(scope, district_id)
    if kept is not None:
        return Place((kept.through - _LATE, NOTHING), kept.through)
    today = clock.today()
    year = today.year - (today.month < _APRIL)
    begin, _ = clock.day_bounds(today.replace(year=year, month=_APRIL, day=1))
    return Place((begin, NOTHING), None)


def look(
    scope: SystemScope, district_id: UUID, place: Place, known: Mapping[UUID, datetime]
) -> Look:
    """Find out what has changed after a place, and what of it nobody was told.

    Args:
        scope: The system's.
        district_id: The district.
        place: Where to begin.
        known: What `Look.seen` said before; such laps are not looked into again.
    """
    now = clock.now()
    until = place.after[0] + place.stride
    is_last = until >= now
    moved = store.moved_laps(scope, district_id, place.after, None if is_last else until, _LAPS)
    unknown = [lap for lap in moved if known.get(lap.id) != lap.updated_at]
    changes = Changes([], [])
    if unknown:
        said = store.said_in(scope, unknown)
        changes = revisions.changes(said, told.published(scope, unknown))
    is_full = len(moved) == _LAPS
    if is_full:
        after = moved[-1].updated_at, moved[-1].id
    else:
        after = (now if is_last else until), NOTHING
    is_news = place.kept is None or after[0] - place.kept > _KEEP_PLACE_AFTER
    following = Place(
        after,
        after[0] if is_news or changes else place.kept,
        _STRIDE if is_full else place.stride * 2,
    )
    recent = after[0] - _LATE
    seen = {lap.id: lap.updated_at for lap in moved if lap.updated_at >= recent}
    return Look(changes, following if is_full or not is_last else None, after[0], is_news, seen)


def look_for_lost(scope: SystemScope, district_id: UUID) -> Changes:
    """What has to be taken back because the lap is gone that it tells of."""
    return Changes([], revisions.withdrawals(told.of_lost_laps(scope, district_id, _STATEMENTS)))


def slices(changes: Changes) -> list[Changes]:
    """The same in parts that are small enough for one transaction."""
    new, gone = iter(changes.new), iter(changes.withdrawals)
    parts = []
    while part := list(islice(new, _STATEMENTS)):
        parts.append(Changes(part, []))
    while taken_back := list(islice(gone, _STATEMENTS)):
        parts.append(Changes([], taken_back))
    return parts


def publish(scope: AppScope, portal: Portal, changes: Changes) -> int:
    """Put what is new into the log, where other systems find it.

    Args:
        scope: The portal's own.
        portal: Who publishes.
        changes: At least one.

    Returns:
        How many statements that are.
    """
    now = clock.now()
    bodies = [statements.statement(portal, new) for new in changes.new]
    bodies += [
        statements.withdrawal(portal, scope.actor_id, gone, now) for gone in changes.withdrawals
    ]
    said = decode_batch(b"[" + b",".join(bodies) + b"]", now)
    receipt = xapi.receive(scope, said, all_new=True, to_be_read=False)
    xapi.index(scope, [(each.position, each.statement) for each in receipt.new])
    rows = [_row(new) for new in changes.new] + [_gone(gone) for gone in changes.withdrawals]
    scope.session.execute(insert(PortalStatement), rows)
    if changes.withdrawals:
        told.mark_withdrawn(scope, [gone.target.statement_id for gone in changes.withdrawals])
    audit.record(scope, "statements:published", scope.actor_id, detail=str(len(rows)))
    return len(rows)


def keep_place(scope: AppScope, through: datetime) -> None:
    """Keep how far was looked; somebody else may have come farther meanwhile."""
    row = store.through(scope, scope.district_id)
    if row is None:
        scope.session.add(PublishedThrough(district_id=scope.district_id, through=through))
    elif row.through < through:
        row.through = through


def _row(new: New) -> dict[str, object]:
    said = new.said
    return _columns(
        Published(
            new.id, said.lap.school_id, said.lap.student_id, said.lap.id, said.kind.value,
            said.source_id, new.version, said.fingerprint, withdrawn=False,
        )
    )  # fmt: skip


def _gone(gone: Withdrawal) -> dict[str, object]:
    target = gone.target
    return _columns(
        Published(
            gone.id, target.school_id, target.student_id, target.cycle_id, Kind.WITHDRAWAL.value,
            target.statement_id, 1, b"", withdrawn=False,
        )
    )  # fmt: skip


def _columns(row: Published) -> dict[str, object]:
    return row._asdict()
