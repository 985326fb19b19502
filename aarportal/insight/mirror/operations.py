"""だれが見た？かがみ: what is kept about a student, who may see it, and who looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from aarportal.audit.looking import store as looking
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.mirror import store
from aarportal.insight.mirror.store import Stay, Who
from aarportal.insight.purposes.register import Kind, kinds
from aarportal.insight.purposes.store import readers

#: How many days back it tells who looked, today among them.
DAYS = 7


@dataclass(frozen=True)
class Kept:
    """A kind of data about the student.

    Attributes:
        kind: Of the register.
        readers: Keys of who may see it (see `purposes.store`).
        count: How many things there are.
    """

    kind: Kind
    readers: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Seen:
    """What somebody looked at on a day; the same is told once.

    Attributes:
        who: Who it was.
        things: What was looked at (a key of `audit.looking.kinds`) and as part of what: `person`,
            `class`, `school` or `district`; the latest first.
    """

    who: Who
    things: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Mirror:
    """Everything the page shows."""

    kept: Sequence[Kept]
    days: Sequence[tuple[date, Sequence[Seen]]]
    """The latest first."""


def mirror(scope: Scope) -> Mirror:
    """What is kept about the student who asks, and who looked in the last days.

    Opens its units of work itself: traces, and rows that the student may not read, are counted by
    the system.
    """
    since = clock.today() - timedelta(days=DAYS - 1)
    tables = {table for kind in kinds() for table in kind.counted}
    with unit_of_work(scope, read_only=True):
        stays = store.stays(scope, since)
    groups = {stay.class_id for stay in stays} | scope.school_ids | {scope.district_id}
    with unit_of_work(SystemScope("a student's mirror"), read_only=True) as system:
        counts = store.counts(system, scope.actor_id, tables)
        looks = looking.looks_at(system, scope.actor_id, groups, clock.day_bounds(since)[0])
        ids = {it.actor_id for it in looks if it.actor_id is not None}
        known = store.persons(system, ids) | store.apps_that_saw(system, scope.actor_id, ids)
    kept = [
        Kept(kind, readers(kind.tables), sum(counts[table] for table in kind.counted))
        for kind in kinds()
    ]
    return Mirror(kept, _by_day(looks, stays, known))


def _by_day(
    looks: Sequence[AuditEntry], stays: Sequence[Stay], known: Mapping[UUID, Who]
) -> list[tuple[date, list[Seen]]]:
    days: dict[date, dict[tuple[UUID | None, Who], dict[tuple[str, str], None]]] = {}
    for look in looks:
        day, at = clock.school_day_of(look.at), look.verb.partition(":")[2]
        if at == "class" and not _was_in(look.object_id, day, stays):
            continue
        who = known.get(look.actor_id) if look.actor_id else None
        if who is None and look.actor_kind == "app":
            continue
        somebody = (look.actor_id, who or Who("", ""))
        days.setdefault(day, {}).setdefault(somebody, {})[look.detail, at] = None
    return [
        (day, [Seen(who, list(things)) for (_id, who), things in seen.items()])
        for day, seen in days.items()
    ]


def _was_in(class_id: str, day: date, stays: Sequence[Stay]) -> bool:
    return any(str(stay.class_id) == class_id and stay.covers(day) for stay in stays)
