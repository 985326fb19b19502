"""What has to be published: what nobody was told yet, what reads otherwise now, what is gone; pure.

A statement is never changed. Whatever reads otherwise is said again in a new one that refers to the
one before; whatever was taken back is voided with all that was said of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID, uuid5

from aarportal.insight.sharing.laps import Kind, MessageSent, Said

#: The ids of statements follow from what they tell, so that nothing is told twice.
_NAMES = UUID("5d0c3d4e-9d5f-5a3a-9f0e-6d1c1f0a7b42")


class Published(NamedTuple):
    """A statement that is out."""

    statement_id: UUID
    school_id: UUID
    student_id: UUID
    cycle_id: UUID
    kind: str
    source_id: UUID
    version: int
    fingerprint: bytes
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class New:
    """A statement to be published.

    Attributes:
        former: The one that said it before; None the first time.
        about: The one that it answers; None if it answers none.
    """

    id: UUID
    said: Said
    version: int
    former: UUID | None = None
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A statement that takes another one back."""

    id: UUID
    target: Published


@dataclass(frozen=True, slots=True)
class Changes:
    """What some laps have to say that they had not said before."""

    new: list[New]
    withdrawals: list[Withdrawal]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.new or self.withdrawals)


def changes(said: Iterable[Said], published: Sequence[Published]) -> Changes:
    """What is new in some laps, and what is gone from them.

    Args:
        said: Everything that stands in these laps now; goals before what answers them.
        published: Everything that was published of these laps.
    """
    last: dict[tuple[str, UUID], Published] = {}
    for row in published:
        place = row.kind, row.source_id
        if place not in last or last[place].version < row.version:
            last[place] = row
    told = {place: row.statement_id for place, row in last.items()}
    new: list[New] = []
    standing: set[tuple[str, UUID]] = set()
    for each in said:
        key = each.kind.value, each.source_id
        standing.add(key)
        before = last.get(key)
        if before and not before.withdrawn and before.fingerprint == each.fingerprint:
            continue
        version = before.version + 1 if before else 1
        id_ = uuid5(_NAMES, f"{each.kind}:{each.source_id}:{version}")
        former = before.statement_id if before and not before.withdrawn else None
        new.append(New(id_, each, version, former, _about(each, told)))
        told[key] = id_
    gone = [
        row
        for row in published
        if row.kind != Kind.WITHDRAWAL
        and not row.withdrawn
        and (row.kind, row.source_id) not in standing
    ]
    return Changes(new, withdrawals(gone))


def withdrawals(gone: Iterable[Published]) -> list[Withdrawal]:
    """What takes these statements back."""
    return [Withdrawal(uuid5(_NAMES, f"withdrawal:{each.statement_id}"), each) for each in gone]


def _about(said: Said, told: dict[tuple[str, UUID], UUID]) -> UUID | None:
    if not isinstance(said.content, MessageSent):
        return None
    return told.get((Kind.GOAL_REFLECTION.value, said.content.reflection_id))
