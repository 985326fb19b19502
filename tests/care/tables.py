"""Tables as school-office systems write them, and what stands in the database because of them."""

from datetime import date

from sqlalchemy import inspect, select

from aarportal.care.school_data import columns, importer, operations, store
from aarportal.care.school_data.columns import ColumnsSaid
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance.models import AbsentDay
from tests.care.people import NUMBERS, scope_for
from tests.cast import OKA
from tests.people.roster.imports import all_rows

#: The day of `marked`, a Monday.
MONDAY = date(2026, 11, 2)
ATTENDANCE = "日付,学籍番号,氏名,区分,理由"
YEARLY = (
    "年度,学籍番号,授業日数,出席停止・忌引等の日数,留学中の授業日数,出席しなければならない日数,"
    "欠席日数,出席日数,遅刻,早退"
)
OBSERVATION = "日付,学籍番号,気分,体温,相談したい,相談相手,内容,自由記述"
GRADES = "年度,学期,学籍番号,教科,知識・技能,思考・判断・表現,主体的に学習に取り組む態度,評定,所見"
#: What an import leaves of itself besides what it brought.
OF_IMPORTS = ("audit_entries", "school_data_imports", "school_data_mappings")


def table(header: str, *lines: str) -> str:
    return "\r\n".join([header, *lines, ""])


def marked(member, day="2026/11/02", mark="欠席", reason="") -> str:
    number = member if isinstance(member, str) else NUMBERS[member]
    return f"{day},{number},なまえ,{mark},{reason}"


def attendance(*lines: str) -> str:
    return table(ATTENDANCE, *lines)


def brought(text, kind="attendance_daily", *, by=OKA, encoding="cp932", **said):
    """The import of a file whose columns are as they are guessed, looked at; run in an app."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    with unit_of_work(scope_for(by)) as scope:
        each = store.kind(scope, kind)
        row = operations.bring(scope, each, "四月.csv", data)
        importer.files().put(row.id, data)
        guessed = columns.guess(each, row.heads[row.encoding]["headers"]).as_json()
        operations.say_columns(scope, row, ColumnsSaid.of_json({**guessed, **said}))
    importer.wake()
    return row.id


def started(import_id, *, by=OKA, without_others=False):
    with unit_of_work(scope_for(by)) as scope:
        row = store.school_data_import(scope, import_id)
        operations.start(scope, row, without_others=without_others)
    importer.wake()
    return import_id


def taken(text, kind="attendance_daily", **more):
    """A file from the desk into the database."""
    by = more.get("by", OKA)
    return started(brought(text, kind, **more), by=by, without_others=True)


def gone(import_id, step, *, by=OKA):
    with unit_of_work(scope_for(by)) as scope:
        operations.go(scope, store.school_data_import(scope, import_id), step)
    importer.wake()


def taken_back(import_id, *, by=OKA):
    gone(import_id, "undo", by=by)


def seen(import_id, by=OKA) -> store.Import:
    with unit_of_work(scope_for(by), read_only=True) as scope:
        return store.school_data_import(scope, import_id)


def counts(import_id, by=OKA) -> dict[str, int]:
    row = seen(import_id, by)
    names = ("new", "changed", "same", "unknown", "problem", "left_out")
    return {name: n for name in names if (n := getattr(row, f"{name}_rows"))}


def rules(import_id, by=OKA) -> list[tuple[int, str, str]]:
    return [(it["line"], it["column"], it["rule"]) for it in seen(import_id, by).problems]


def rows(model) -> list:
    with unit_of_work(SystemScope("rows"), read_only=True) as scope:
        keys = list(inspect(model).primary_key)
        return list(scope.session.scalars(select(model).order_by(*keys)))


def masks() -> dict:
    """What the charts know: (pupil, day) -> kind of absence."""
    return {(row.student_id, row.day): row.kind for row in rows(AbsentDay)}


def everything() -> dict[str, list[tuple]]:
    """Every row of every table, but for what an import leaves of itself."""
    return all_rows(but=OF_IMPORTS)
