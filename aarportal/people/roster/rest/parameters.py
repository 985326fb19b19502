"""What a request for rosters asks for, pure: page, order, filter and fields of the answer.

Source: OneRoster 1.2 Rostering Service, pagination, sorting, filtering, field selection.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aarportal.people.roster.rest import filters
from aarportal.people.roster.rest.filters import Filter
from aarportal.people.roster.rest.refusals import bad

DEFAULT_LIMIT = 100
#: More than anybody needs at once; whoever asks for more gets so many.
MOST = 1000
_FARTHEST = 2**31
#: Nobody writes so many zeros before a number.
_MOST_DIGITS = 20
KNOWN = frozenset({"limit", "offset", "sort", "orderBy", "filter", "fields"})


@dataclass(frozen=True)
class Query:
    """One page of a list.

    Attributes:
        sort: Field by which it is ordered; empty for an order of our own that stays the same.
        fields: What of each object is wanted; None for all.
    """

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    sort: str = ""
    is_descending: bool = False
    filter: Filter | None = None
    fields: tuple[str, ...] | None = None


def query(given: Mapping[str, str], known_fields: Collection[str]) -> Query:
    """Read the parameters of a list; those that nobody knows are left alone.

    Raises:
        RosterRequestError: If one of them is not as it should be.
    """
    order = given.get("orderBy", "asc")
    if order not in {"asc", "desc"}:
        raise bad("invalid_sort_field", "orderBy is asc or desc")
    limit = _number(given, "limit", DEFAULT_LIMIT)
    if not limit:
        raise bad("invalid_limit_field", "limit is at least 1")
    return Query(
        limit=min(limit, MOST),
        offset=_number(given, "offset", 0),
        sort=given.get("sort", ""),
        is_descending=order == "desc",
        filter=filters.parse(given["filter"]) if given.get("filter") else None,
        fields=fields(given, known_fields),
    )


def fields(given: Mapping[str, str], known: Collection[str]) -> tuple[str, ...] | None:
    """The fields that are wanted; None for all.

    Raises:
        RosterRequestError: If there is no such field.
    """
    if "fields" not in given:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in given["fields"].split(",")))
    for name in names:
        if name not in known:
            raise bad("invalid_selection_field", f"there is no field {name!r} here")
    return names


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or int(text) >= _FARTHEST:
        raise bad(f"invalid_{name}_field", f"{name} is a whole number from 0")
    return int(text)


def selected(entity: Mapping[str, Any], names: tuple[str, ...] | None) -> Mapping[str, Any]:
    """An object with what is wanted of it."""
    if names is None:
        return entity
    return {name: entity[name] for name in names if name in entity}


def links(address: str, given: Mapping[str, str], asked: Query, total: int) -> str:
    """The header `Link` of a page: where the others are.

    Args:
        address: Of the list, without parameters.
        given: The parameters as they came.
        asked: The same, read.
        total: Of all pages together.
    """
    last = max(total - 1, 0) // asked.limit * asked.limit
    pages = {"first": 0}
    if asked.offset > 0:
        pages["prev"] = max(asked.offset - asked.limit, 0)
    if asked.offset + asked.limit < total:
        pages["next"] = asked.offset + asked.limit
    pages["last"] = last
    others = {name: value for name, value in given.items() if name not in {"limit", "offset"}}
    return ", ".join(
        f'<{address}?{urlencode({**others, "limit": asked.limit, "offset": offset})}>; rel="{name}"'
        for name, offset in pages.items()
    )
