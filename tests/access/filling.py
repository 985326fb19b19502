"""Rows about every child in every table that says something about one, each word a canary.

A canary says by its letter from which group of tables it flew, and by its name whose it is; numbers
say the same by their digits (`number`). Values that mean something to the program stand in `MEANT`;
a new table usually needs nothing here.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Integer, LargeBinary, String, inspect

from aarportal.core import clock
from aarportal.core.database import Base, Key, Moment
from aarportal.core.ownership import StudentOwned
from tests.access.people import CHILDREN
from tests.cast import key

#: Table -> letter of the group of those who read it; the law, written by hand.
GROUPS = {
    "c": ("login_cards", "pupil_locks"),
    "d": ("drafts",),
    "h": ("attendance_entries", "health_observations", "health_room_visits", "seen_observations"),
    "i": ("attributions", "predictions"),
    "l": (
        "absent_days", "adjustments", "carried_rows", "goal_versions", "goals", "if_thens",
        "plan_sessions", "record_disputes", "reflection_versions", "reflections", "self_ratings",
        "success_criteria", "teacher_feedback", "term_letters",
    ),
    "m": ("day_rollups", "learning_cycles", "learning_records", "portal_statements", "statements",
          "xapi_documents"),
    "p": ("handover_packages",),
    "q": ("data_requests",),
    "s": ("examination_results", "school_grades"),
    "t": ("school_data_changes",),
    "y": ("year_attendances",),
}  # fmt: skip
GROUP_OF = {table: letter for letter, tables in GROUPS.items() for table in tables}
#: What canaries begin with: so long that no random token holds one by chance, in small letters.
MARK = "zqxj"
#: Where the numbers of children begin: above every port, so that no address looks like one.
FIRST_NUMBER = 70_000
#: How far the numbers of two children are apart: what a page adds to one is less.
STEP = 10

#: Column -> a value that the program understands; `table.column` goes first.
MEANT: dict[str, Any] = {
    "amount_unit": "items",
    "aspect": "knowledge",
    "author": "pupil",
    "author_role": "pupil",
    "connector": "xapi_generic",
    "decision": "",
    "direction": "went_well",
    "evidence": [],
    "factors": ["method"],
    "kind": "today",
    "lang": "ja",
    "level": "today",
    "mark": "sick",
    "mid": "",
    "moved_count": 0,
    "prompt_stage": 0,
    "reply": "",
    "reach": "",
    "slot": "home",
    "source": "pupil",
    "state": "active",
    "strategies": [],
    "subject": "sansu",
    "type": "can_do",
    "verb": "answered",
    "verdict": "",
    "what": "method",
    "time": "",
    "absent_days.kind": "absent",
    "adjustments.kind": "change",
    "adjustments.state": "proposed",
    "carried_rows.kind": "goals",
    "data_requests.asked_as": "pupil",
    "data_requests.data_kind": "name",
    "data_requests.kind": "correction",
    "data_requests.state": "asked",
    "day_rollups.subject": "sansu",
    "drafts.form": "goal",
    "drafts.key": "new",
    "drafts.rev": 1,
    "goal_versions.reason": "too_big",
    "goals.version": 2,
    "health_observations.mood": None,
    "handover_packages.state": "ready",
    "learning_cycles.state": "acting",
    "learning_records.state": "valid",
    "learning_records.question_id": "",
    "learning_records.attempt_id": "",
    "learning_records.unit_code": "",
    "learning_cycles.subject": "sansu",
    "login_cards.wrong_tries": 0,
    "plan_sessions.state": "planned",
    "portal_statements.kind": "goal",
    "predictions.confidence": None,
    "predictions.state": "open",
    "record_disputes.reason": "not_mine",
    "reflections.state": "submitted",
    "reflections.version": 2,
    "reflections.prompt_id": "change",
    "reflection_versions.rating": 1,
    "school_data_changes.table_name": "school_grades",
    "self_ratings.value": 1,
    "teacher_feedback.kind": "process",
    "teacher_feedback.state": "sent",
    "handover_packages.file_sha256": "",
    "school_grades.term": "1",
    "wants_to_talk": True,
    "school_year": lambda: clock.school_year_of(clock.today()),
    "term": 1,
    "version": 1,
    "read_until": lambda: clock.today() + timedelta(days=30),
}

#: Column that holds an id -> the table it points to, where no foreign key says so.
POINTS_TO = {
    "cycle_id": "learning_cycles",
    "from_cycle_id": "learning_cycles",
    "record_id": "learning_records",
}
_OWNERS = {"school_id": "school_id", "student_id": "id", "district_id": "district_id"}


def canary(letter: str, child) -> str:
    """A word that nobody types by chance."""
    return word(letter, child.name)


def word(letter: str, name: str) -> str:
    """The canary of the child with that name."""
    return f"{MARK}{letter}{name}"


def number(letter: str, child) -> int:
    """A number that stands nowhere by chance, for columns that hold no words."""
    place = sorted(GROUPS).index(letter) * len(CHILDREN) + CHILDREN.index(child)
    return FIRST_NUMBER + STEP * place


def whose_number(value: int) -> tuple[str, str]:
    """(letter, name) of a number, or of one to which a page added little; empty for no canary."""
    group, place = divmod((value - FIRST_NUMBER) // STEP, len(CHILDREN))
    letters = sorted(GROUPS)
    return (letters[group], CHILDREN[place].name) if 0 <= group < len(letters) else ("", "")


def row_of(model: type[Base], child, **values: Any) -> Any:
    """A row about a child: what is not given is its id, a meant value, or a canary."""
    table = inspect(model).local_table
    letter = GROUP_OF[table.name]
    for column in table.columns:
        if column.key not in values:
            found = _value(table.name, column, child, letter)
            if found is not None:
                values[column.key] = found
    return model(**values)


def _value(table: str, column: Any, child, letter: str) -> Any:
    name, kind = column.key, column.type
    meant = [MEANT[known] for known in (f"{table}.{name}", name) if known in MEANT]
    if name in _OWNERS:
        return getattr(child, _OWNERS[name])
    if meant:
        # What depends on the day is not known before a row is made.
        return meant[0]() if callable(meant[0]) else meant[0]
    if isinstance(kind, Key):
        return _id(table, column, child)
    if isinstance(kind, String) or type(kind).__name__.startswith("Sealed"):
        return canary(letter, child)
    if isinstance(kind, Integer) and not isinstance(kind, BigInteger):
        # Pages say seconds in minutes.
        return number(letter, child) * (60 if name.endswith("_seconds") else 1)
    is_left_out = column.nullable or column.default is not None
    return None if is_left_out else _plain(kind, child, letter)


def _id(table: str, column: Any, child) -> Any:
    if column.key == "id":
        return key(f"{table} {child.name}")
    targets = [each.column.table.name for each in column.foreign_keys]
    target = targets[0] if targets else POINTS_TO.get(column.key, "")
    if target == "school_data_imports":
        return key(f"{target} {child.school_id} taken")
    if target and (not column.nullable or column.key in POINTS_TO):
        return key(f"{target} {child.name}")
    return None if column.nullable else key(f"{table}.{column.key} {child.name}")


def _plain(kind: Any, child, letter: str) -> Any:
    word = canary(letter, child)
    if isinstance(kind, JSON):
        return {"text": [word]}
    if isinstance(kind, Moment):
        return clock.now() - timedelta(minutes=5)
    for type_, value in (
        (Boolean, False), (Integer, 1), (Date, clock.today()), (LargeBinary, word.encode()),
    ):  # fmt: skip
        if isinstance(kind, type_):
            return value
    raise TypeError(f"{kind}: say in tests/access/filling.py what stands in such a column")


def student_tables() -> dict[str, type[Base]]:
    """Tables about students, each after those to which it points."""
    classes = {m.local_table.name: m.class_ for m in Base.registry.mappers}
    found = [table.name for table in Base.metadata.sorted_tables if table.name in classes]
    return {name: classes[name] for name in found if issubclass(classes[name], StudentOwned)}
