"""Under which ids what came from elsewhere stands here, pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

#: Ids follow from where a row is and what it was called first, so that nothing is made twice.
_NAMES = UUID("0f5f2a39-5f0e-5a52-8a3e-0d0f6c1d8b11")


def id_here(place: object, given_id: UUID) -> UUID:
    """The id of a row at a place: a student's, a school's or a district's."""
    return uuid5(_NAMES, f"{place}:{given_id}")


def in_text(text: str, ids: Mapping[UUID, UUID]) -> str:
    """A text that may be an id, as it is called on the other side."""
    try:
        return str(ids.get(UUID(text), text))
    except ValueError:
        return text


def in_draft(content: Mapping[str, Any] | None, ids: Mapping[UUID, UUID]) -> dict[str, Any] | None:
    """The fields of a draft with their ids as they are called on the other side."""
    if content is None:
        return None
    return {name: [in_text(value, ids) for value in values] for name, values in content.items()}
