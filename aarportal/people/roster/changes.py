"""What becomes of the rows of one kind, pure: wanted rows against the rows that stand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Values = dict[str, Any]
#: What ends a row that is not wanted any more; None if it stays as it is.
Retire = Callable[[Values], Values | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What happens to the rows of one kind.

    Attributes:
        new: All columns of rows to be made, with their ids.
        changed: Key and changed columns of rows that stand.
        left: Key and changed columns of rows that end, because nobody lists them any more.
        same: How many wanted rows stand already.
        ids: sourcedId -> id of every wanted row.
    """

    new: tuple[Values, ...] = ()
    changed: tuple[Values, ...] = ()
    left: tuple[Values, ...] = ()
    same: int = 0
    ids: Mapping[str, UUID] = field(default_factory=dict)


def compare(
    wanted: Iterable[Values],
    standing: Iterable[Values],
    *,
    owner: str,
    make_id: Callable[[], UUID],
    retire: Retire | None = None,
) -> Changes:
    """Compare rows by owner and sourcedId.

    A row that has gone over to another owner (a class to another school) is a new row there, and
    the old one ends: what was written beside it stays where it was written.

    Args:
        wanted: Columns as the file has them, without the id.
        standing: Columns as they stand.
        owner: Name of the column that with `id` makes the key.
        make_id: Makes the ids of new rows.
        retire: Without it, rows that are not wanted any more stay as they are.
    """
    by_name = {(row[owner], row["sourced_id"]): row for row in standing}
    new: list[Values] = []
    changed: list[Values] = []
    ids: dict[str, UUID] = {}
    same = 0
    for values in wanted:
        row = by_name.pop((values[owner], values["sourced_id"]), None)
        if row is None:
            new.append({**values, "id": make_id()})
            ids[values["sourced_id"]] = new[-1]["id"]
            continue
        ids[values["sourced_id"]] = row["id"]
        differing = {name: value for name, value in values.items() if row[name] != value}
        if differing:
            changed.append({owner: row[owner], "id": row["id"], **differing})
        else:
            same += 1
    left: list[Values] = []
    for row in by_name.values() if retire else ():
        ending = retire(row) if retire else None
        if ending:
            left.append({owner: row[owner], "id": row["id"], **ending})
    return Changes(tuple(new), tuple(changed), tuple(left), same, ids)
