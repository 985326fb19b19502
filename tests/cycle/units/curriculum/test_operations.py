"""Lists of codes find their way into the database and stay there."""

from dataclasses import replace

import pytest

from aarportal.core.errors import UnscopedError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.curriculum import operations, store
from aarportal.cycle.units.curriculum.loader import Item, read_sample
from aarportal.cycle.units.curriculum.models import CurriculumItem
from aarportal.cycle.units.curriculum.operations import Loaded
from tests.cast import CHIBA, scope_of

SAMPLE = read_sample().items
DIVISION = "8250243130000000"


def load(rows):
    with unit_of_work(SystemScope("test")) as scope:
        return operations.load(scope, rows)


def test_a_list_is_taken_once(in_app):
    assert load(SAMPLE) == Loaded(len(SAMPLE), 0, 0)
    assert load(SAMPLE) == Loaded(0, 0, len(SAMPLE))


def test_what_a_list_keeps_in_silence_stays_and_what_it_says_anew_is_taken(in_app):
    load(SAMPLE)
    rows = [
        replace(item, text="(3) わり算", grades=(4, 5)) for item in SAMPLE if item.code == DIVISION
    ]
    assert load(rows) == Loaded(0, 1, 0)
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        item = store.item(scope, DIVISION)
        assert (item.text, item.grades) == ("(3) わり算", [4, 5])
        assert len(store.items(scope, [item.code for item in SAMPLE])) == len(SAMPLE)


def test_a_whole_list_is_taken_at_once(in_app):
    rows = [Item(f"82{n:014}", None, "P", "", (), f"{n}") for n in range(1234)]
    assert load(rows) == Loaded(1234, 0, 0)
    assert load(rows) == Loaded(0, 0, 1234)


def test_loading_leaves_a_trace(in_app):
    from sqlalchemy import select

    from aarportal.audit.models import AuditEntry

    load(SAMPLE)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        entries = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "curriculum:loaded")
        ).all()
    assert [entry.detail for entry in entries] == [f"test; {len(SAMPLE)}+0"]


def test_reading_cannot_change_what_is_taught(in_app):
    with (
        pytest.raises(UnscopedError),
        unit_of_work(scope_of(CHIBA), read_only=True) as scope,
    ):
        scope.session.add(
            CurriculumItem(
                code=DIVISION, parent_code=None, school="P", subject="", grades=[], text="x"
            )
        )
