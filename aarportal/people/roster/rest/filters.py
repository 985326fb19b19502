"""The `filter` of a request, pure: its grammar, and what it means for a JSON object.

    filter = clause [ " AND " clause | " OR " clause ]
    clause = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" ) "'" value "'"

A quote inside a value is written twice. `~` is "contains", without regard to case. What is blank
or absent counts as the empty text; a date that is absent is neither before nor after another.

Source: OneRoster 1.2 Rostering Service, filtering.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from aarportal.people.roster.rest.refusals import bad

_CLAUSE = re.compile(
    r"\s*(?P<field>[A-Za-z][A-Za-z0-9._-]*)\s*(?P<operator>!=|>=|<=|=|>|<|~)\s*"
    r"'(?P<value>(?:[^']|'')*)'\s*"
)
_JOIN = re.compile(r"(AND|OR)(?=\s)", re.IGNORECASE)
_MOST_CHARACTERS = 1000
#: Sign -> whether a value stands so to another; of columns, the condition that it does.
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "~": lambda given, wanted: wanted.lower() in given.lower(),
}


class Type(StrEnum):
    """How the values of a field are compared."""

    TEXT = "text"
    FLAG = "flag"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Clause:
    """One comparison."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True)
class Filter:
    """One clause, or two that are joined."""

    clauses: tuple[Clause, ...]
    either: bool = False


def parse(text: str) -> Filter:
    """Read a filter.

    Raises:
        RosterRequestError: If it does not follow the grammar.
    """
    if len(text) > _MOST_CHARACTERS:
        raise bad("invalid_filter_field", "the filter is too long")
    first, at = _clause(text, 0)
    if at == len(text):
        return Filter((first,))
    join = _JOIN.match(text, at)
    if join is None:
        raise bad("invalid_filter_field", f"AND or OR is expected at character {at + 1}")
    second, end = _clause(text, join.end())
    if end != len(text):
        raise bad("invalid_filter_field", "a filter has two clauses at most")
    return Filter((first, second), either=join[1].upper() == "OR")


def _clause(text: str, at: int) -> tuple[Clause, int]:
    found = _CLAUSE.match(text, at)
    if found is None:
        raise bad(
            "invalid_filter_field",
            f"a clause such as status='active' is expected at character {at + 1}",
        )
    value = found["value"].replace("''", "'")
    return Clause(found["field"], found["operator"], value), found.end()


def value_of(clause: Clause, kind: Type) -> Any:
    """The value of a clause as something that can be compared.

    Raises:
        RosterRequestError: If it is none, or `~` is asked of what is no text.
    """
    if kind is Type.TEXT:
        return clause.value
    if clause.operator == "~":
        raise bad("invalid_filter_field", f"{clause.field} is no text: ~ does not apply")
    if kind is Type.FLAG and clause.operator not in {"=", "!="}:
        raise bad("invalid_filter_field", f"{clause.field} is true or false, and has no order")
    try:
        if kind is Type.FLAG:
            return {"true": True, "false": False}[clause.value]
        if kind is Type.DATE:
            return date.fromisoformat(clause.value)
        return moment(clause.value)
    except (KeyError, ValueError):
        raise bad("invalid_filter_field", f"{clause.field} has no value of that form") from None


def moment(text: str) -> datetime:
    """A moment; a day alone is its first moment in UTC.

    Raises:
        ValueError: If the text is none.
    """
    # Before a request is decoded a plus is a space.
    found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


# --- what it means --------------------------------------------------------------------------------


def fits(entity: Mapping[str, Any], asked: Filter, types: Mapping[str, Type]) -> bool:
    """Whether a JSON object is one of those that are asked for.

    Raises:
        RosterRequestError: If a field cannot be filtered by, or a value is none.
    """
    outcomes = [_fits(entity, clause, types) for clause in asked.clauses]
    return any(outcomes) if asked.either else all(outcomes)


def _fits(entity: Mapping[str, Any], clause: Clause, types: Mapping[str, Type]) -> bool:
    kind = type_of(clause.field, types)
    wanted, given = value_of(clause, kind), text_at(entity, clause.field)
    if kind is Type.TEXT:
        return compare(given, clause.operator, wanted)
    if not given:
        return clause.operator == "!="
    return compare(value_of(Clause(clause.field, "=", given), kind), clause.operator, wanted)


def type_of(field: str, types: Mapping[str, Type]) -> Type:
    """How a field is compared.

    Raises:
        RosterRequestError: If it cannot be filtered by.
    """
    if field not in types:
        raise bad("invalid_filter_field", f"there is no filtering by {field} here")
    return types[field]


def compare(given: Any, sign: str, wanted: Any) -> bool:
    """Whether a value stands so to another."""
    return bool(COMPARISONS[sign](given, wanted))


def text_at(entity: Mapping[str, Any], path: str) -> str:
    """The text at a path with dots; the only one of a list; empty if there is none."""
    found: Any = entity
    name, rest = "", path
    while rest:
        name, _, rest = rest.partition(".")
        if name == "metadata":
            name, rest = rest, ""
            found = found.get("metadata", {}) if isinstance(found, Mapping) else {}
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, list):
        return str(found[0]) if found else ""
    return "" if found is None else str(found)
