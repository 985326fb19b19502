"""Tables as apps write them, and what stands in the database because of them."""

from sqlalchemy import func, inspect, select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import importer, operations, store
from aarportal.cycle.action.imports.models import TableImport
from aarportal.cycle.action.imports.operations import ColumnsDraft, TableDraft
from aarportal.cycle.action.models import (
    DayRollup,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.action.translators.columns import guess
from aarportal.cycle.loop.states import COUNTED_RECORD
from tests.cast import APP_DRILL, OKA, scope_of

HEADER = "ログインID,氏名,学習日時,教材名,教科,学習時間,問題数,正解数"


def line(member, at="2026/4/1 9:05", title="わり算①髙﨑", minutes="12分30秒", items=10, right=8):
    who = member if isinstance(member, str) else f"{member.name}@hinata.example"
    return f"{who},髙﨑,{at},{title},算数,{minutes},{items},{right}"


def table(*lines, header=HEADER) -> str:
    return "\r\n".join([header, *lines, ""])


def many(members, count) -> str:
    """Some work of each of them, on several days."""
    rows = (
        line(
            members[n % len(members)], f"2026/{4 + n % 3}/{1 + n % 28} {9 + n % 6}:{n % 60:02}",
            f"ドリル{n}", f"{1 + n % 20}分", 10, n % 11,
        )
        for n in range(count)
    )  # fmt: skip
    return table(*rows)


def brought(text, *, by=OKA, app_id=APP_DRILL, encoding="cp932", mapping=None, **draft):
    """The import of a file whose columns are as they are guessed, looked at; run in an app."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    with unit_of_work(scope_of(by)) as scope:
        row = operations.bring(scope, TableDraft("四月.csv", app_id=app_id, **draft), data)
        importer.files().put(row.id, data)
        import_id, heads = row.id, row.heads
        if row.encoding:
            columns = mapping or guess(heads[row.encoding]["headers"])
            operations.say_columns(scope, row, ColumnsDraft(columns))
    importer.wake()
    return import_id


def started(import_id, *, by=OKA, without_problems=False):
    with unit_of_work(scope_of(by)) as scope:
        row = store.table_import(scope, import_id)
        operations.start(scope, row, without_problems=without_problems)
    importer.wake()
    return import_id


def taken_back(import_id, *, by=OKA):
    with unit_of_work(scope_of(by)) as scope:
        operations.take_back(scope, store.table_import(scope, import_id))
    importer.wake()


def seen(import_id, by=OKA) -> TableImport:
    with unit_of_work(scope_of(by), read_only=True) as scope:
        return store.table_import(scope, import_id)


def sums() -> list[tuple]:
    """Every row of sums, whole."""
    names = [each.key for each in inspect(DayRollup).column_attrs]
    with unit_of_work(SystemScope("sums"), read_only=True) as scope:
        rows = scope.session.execute(select(*(getattr(DayRollup, name) for name in names)))
        return sorted(tuple(map(str, row)) for row in rows)


def records() -> list[LearningRecord]:
    """Every record that counts, in order."""
    with unit_of_work(SystemScope("records"), read_only=True) as scope:
        return list(
            scope.session.scalars(
                select(LearningRecord)
                .where(LearningRecord.state.in_(COUNTED_RECORD))
                .order_by(LearningRecord.ended_at, LearningRecord.id)
            )
        )


def waiting() -> list[QuarantinedStatement]:
    with unit_of_work(SystemScope("waiting"), read_only=True) as scope:
        return list(scope.session.scalars(select(QuarantinedStatement)))


def stored() -> int:
    with unit_of_work(SystemScope("stored"), read_only=True) as scope:
        return scope.session.scalar(select(func.count(StoredStatement.id))) or 0


def trust(app_id=APP_DRILL, pages=("https://idp.hinata.example/",)) -> None:
    """The app uses the roster's names."""
    with unit_of_work(SystemScope("home pages")) as scope:
        scope.session.get_one(LearningApp, app_id).home_pages = list(pages)
        audit.record(scope, "app:changed", app_id)
