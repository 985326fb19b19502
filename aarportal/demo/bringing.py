"""School data on its way in: brought, looked through, and said yes to, as at the desk."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from aarportal.care.school_data import columns, importer, operations, store
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.demo.rows import Town
from aarportal.demo.school import NURSE, OFFICE, PRIMARY
from aarportal.demo.school_tables import Table


def bring(town: Town, tables: Sequence[Table]) -> None:
    """Bring every table, and take in all but those that are to wait; run in an app context."""
    office = _scope(town, OFFICE, Role.ADMINISTRATOR, Relation.RECORDS)
    nurse = _scope(town, NURSE, Role.NURSE, Relation.HEALTH)
    for table in tables:
        scope = nurse if table.by_nurse else office
        import_id = _look(scope, table)
        if not table.waits:
            _take(scope, import_id)


def _look(scope: Scope, table: Table) -> UUID:
    """Bring a table with the columns that its headers suggest, and look at every row."""
    data = table.text.encode("utf-8-sig")
    with unit_of_work(scope):
        kind = store.kind(scope, table.kind)
        row = operations.bring(scope, kind, table.file_name, data)
        importer.files().put(row.id, data)
        guessed = columns.guess(kind, row.heads[row.encoding]["headers"])
        usual = guessed.choices_for(kind)
        operations.say_columns(scope, row, replace(guessed, choices=usual))
        import_id = row.id
    importer.wake()
    return import_id


def _take(scope: Scope, import_id: UUID) -> None:
    with unit_of_work(scope):
        row = store.school_data_import(scope, import_id)
        operations.start(scope, row, without_others=False)
    importer.wake()


def _scope(town: Town, who: str, role: Role, sees: Relation) -> Scope:
    return Scope(
        actor_id=town.users[who],
        district_id=town.district_id,
        school_id=town.schools[PRIMARY],
        role=role,
        students={sees: None},
    )
