"""Changes of rows as JSON and back, pure; what JSON has no word for is marked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from aarportal.people.roster.planning import Change

_ID, _DAY, _MOMENT = "$id", "$day", "$at"


class Kept(NamedTuple):
    """A `planning.Change` as JSON: its ids in hex, its columns as `encode` gives them."""

    kind: str
    row_id: str
    school_id: str | None
    user_id: str | None
    before: dict[str, Any] | None
    after: dict[str, Any]


def kept(change: Change) -> Kept:
    """A change as JSON."""
    return Kept(
        change.kind,
        change.row_id.hex,
        change.school_id.hex if change.school_id else None,
        change.user_id.hex if change.user_id else None,
        None if change.before is None else encode(change.before),
        encode(change.after),
    )


def encode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON."""
    return {name: _encoded(value) for name, value in values.items()}


def decode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as they were."""
    return {name: _decoded(value) for name, value in values.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, UUID):
        return {_ID: value.hex}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    return {_DAY: value.isoformat()} if isinstance(value, date) else value


def _decoded(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((mark, text),) = value.items()
    if mark == _ID:
        # Half the price of reading it as text.
        return UUID(int=int(text, 16))
    if mark == _MOMENT:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if mark == _DAY else value
