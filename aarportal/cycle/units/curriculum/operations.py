"""Loading the courses of study."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.cycle.units.curriculum import store
from aarportal.cycle.units.curriculum.loader import Item
from aarportal.cycle.units.curriculum.models import CurriculumItem

#: How many codes are asked for at once: databases take only so many values in one question.
_AT_ONCE = 500


@dataclass(frozen=True)
class Loaded:
    """What became of the items of a list."""

    added: int
    changed: int
    same: int


def load(scope: SystemScope, rows: Sequence[Item]) -> Loaded:
    """Take the items of a list; codes that it does not have stay as they are.

    Args:
        scope: The system's.
        rows: Each code once.
    """
    added = changed = 0
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        known = store.items(scope, [row.code for row in some])
        fresh = [_values(row) for row in some if row.code not in known]
        if fresh:
            scope.session.execute(insert(CurriculumItem), fresh)
        added += len(fresh)
        changed += sum(_change(known[row.code], row) for row in some if row.code in known)
    loaded = Loaded(added, changed, len(rows) - added - changed)
    audit.record(scope, "curriculum:loaded", "curriculum", detail=f"{added}+{changed}")
    return loaded


def _values(row: Item) -> dict[str, object]:
    return {
        "code": row.code,
        "parent_code": row.parent_code,
        "school": row.school,
        "subject": row.subject,
        "grades": list(row.grades),
        "text": row.text,
    }


def _change(item: CurriculumItem, row: Item) -> bool:
    """Bring an item to what the list says now; whether anything was different."""
    different = {
        name: value for name, value in _values(row).items() if getattr(item, name) != value
    }
    for name, value in different.items():
        setattr(item, name, value)
    return bool(different)
