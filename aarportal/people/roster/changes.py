"""What an import would change, pure: wanted rows against the rows that stand.

The seam for later: a difference page shows these values before anything is written, and an undo
is the same values turned round.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """What happens to the rows of one kind.

    Attributes:
        new: Columns of rows to be made.
        changed: Key and changed columns of rows that stand.
        left: sourcedIds of rows that the file does not list any more.
        same: How many rows stay as they are.
    """

    new: list[Values] = field(default_factory=list)
    changed: list[Values] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    same: int = 0


def compare(
    wanted: Mapping[str, Values], standing: Mapping[str, Values], key: tuple[str, ...]
) -> Changes:
    """Compare rows by sourcedId.

    Args:
        wanted: sourcedId -> columns as the file has them.
        standing: sourcedId -> columns as they stand, with those of the key.
        key: Names of the key's columns.
    """
    changes = Changes(left=[sourced_id for sourced_id in standing if sourced_id not in wanted])
    same = 0
    for sourced_id, values in wanted.items():
        row = standing.get(sourced_id)
        if row is None:
            changes.new.append(values)
        elif differing := {k: v for k, v in values.items() if k not in key and row[k] != v}:
            changes.changed.append({k: row[k] for k in key} | differing)
        else:
            same += 1
    return Changes(changes.new, changes.changed, changes.left, same)
