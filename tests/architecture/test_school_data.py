"""What comes from the school office: each kind says how grave it is, and its tables hold it."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import inspect

from aarportal.care.school_data import kinds
from aarportal.core.database import Base
from aarportal.core.ownership import (
    Classification,
    FromSchoolOffice,
    MeasuredByApps,
    Relation,
    StudentOwned,
)
from aarportal.core.permissions import GRANTS, Permission, Role

PACKAGE = Path(__file__).parents[2] / "aarportal"
#: What charts know of attendance. It is read like a learning record, and says nothing of why.
MASK = "absent_days"
GRAVITY = [Classification.III, Classification.II]


def tables() -> dict[str, type]:
    return {
        mapper.local_table.name: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, FromSchoolOffice)
    }


def every_kind():
    return [pytest.param(kind, id=key) for key, kind in kinds.discover().items()]


def test_every_table_of_the_school_office_belongs_to_a_kind(app):
    assert set(tables()) == {name for kind in kinds.discover().values() for name in kind.tables}


@pytest.mark.parametrize("kind", every_kind())
def test_a_kind_is_as_grave_as_the_gravest_of_its_tables(app, kind):
    grave = [tables()[name].classification for name in kind.tables]
    assert kind.classification == max(grave, key=GRAVITY.index)


@pytest.mark.parametrize("kind", every_kind())
def test_the_readers_that_a_kind_names_are_those_of_its_tables(app, kind):
    for name in kind.tables:
        model = tables()[name]
        assert issubclass(model, StudentOwned)
        if name == MASK:
            assert issubclass(model, MeasuredByApps)
            assert {"kind", "import_id"} == {
                column.key for column in inspect(model).columns if not column.primary_key
            }
        else:
            assert model.readers == kind.readers


def test_what_is_grave_is_never_read_by_apps_or_for_a_subject(app):
    for name, model in tables().items():
        if name != MASK:
            assert not model.readers & {Relation.RECORDS, Relation.TEACHES, Relation.BROUGHT}


@pytest.mark.parametrize("kind", every_kind())
def test_whoever_brings_a_kind_may_import_and_cells_of_the_sealed_ones_are_for_their_readers(kind):
    assert all(Permission.SCHOOL_DATA_IMPORT in GRANTS[role] for role in kind.brought_by)
    if kind.key.startswith("health"):
        assert Role.ADMINISTRATOR not in kind.brought_by


@pytest.mark.parametrize("floor", ["cycle", "charts", "insight", "people", "web"])
def test_nothing_about_learning_knows_what_is_sealed(floor):
    """Only pages of `care` import it; the charts know the mask (people.attendance) alone."""
    for path in sorted((PACKAGE / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert not [name for name in names if name.startswith("aarportal.care")], path
