"""Who may bring what, what is left of a file, slices and power cuts; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.care.school_data import importer
from aarportal.care.school_data.models import SchoolDataChange, SchoolDataImport
from aarportal.care.school_data.taking_in import operations as taking
from aarportal.care.wellbeing.models import AttendanceEntry
from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports.states import ImportState
from tests.care.people import whole_school
from tests.care.tables import (
    GRADES,
    attendance,
    brought,
    counts,
    everything,
    gone,
    marked,
    masks,
    rows,
    seen,
    started,
    table,
    taken,
    taken_back,
)
from tests.cast import AOI, BEN, CHIBA, HEAD, NURSE, OKA, SATO, scope_of
from tests.power import PowerCutError, cut_after, dies

pytestmark = pytest.mark.usefixtures("school")


# --- who may, and what is left of it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("health_observation", OKA),
        ("health_room_visit", OKA),
        ("grades", NURSE),
        ("attendance_daily", NURSE),
        ("grades", CHIBA),
        ("grades", AOI),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_whoever_may_not_bring_a_kind_finds_none_of_it(kind, by):
    with pytest.raises(NotFoundError):
        brought(table(GRADES, "x"), kind, by=by)


def test_what_nobody_went_on_with_is_gone_with_its_file(in_app):
    brought(attendance(marked(AOI, reason="だいじな わけ")))
    halted = brought(attendance(marked(AOI), marked(BEN, reason="べつの わけ")))
    with unit_of_work(SystemScope("test")) as scope:
        row = scope.session.scalars(
            select(SchoolDataImport).where(SchoolDataImport.id == halted)
        ).one()
        row.state = ImportState.STOPPED
        audit.record(scope, "test:stopped", halted)
    importer.of(in_app).worker.tidy()
    said = str([vars(row) for row in rows(SchoolDataImport)])
    assert "だいじな わけ" in said
    assert "べつの わけ" in said
    clock.shift(timedelta(days=8))
    importer.of(in_app).worker.tidy()
    (row,) = rows(SchoolDataImport)
    assert row.id == halted
    assert "わけ" not in str(vars(row))


def test_imports_of_another_school_are_not_found():
    import_id = brought(attendance(marked(AOI)))
    with pytest.raises(NotFoundError):
        seen(import_id, SATO)


def test_nobody_reads_what_stood_there_before():
    taken(attendance(marked(AOI)))
    taken(attendance(marked(AOI, mark="遅刻")))
    assert rows(SchoolDataChange)
    for member in (OKA, CHIBA, AOI, NURSE, HEAD):
        with unit_of_work(scope_of(member), read_only=True) as scope:
            assert not scope.session.scalars(select(SchoolDataChange)).all()


def test_the_trace_names_who_brought_and_who_confirmed():
    import_id = taken(attendance(marked(AOI, reason="水ぼうそう")))
    with unit_of_work(SystemScope("trace"), read_only=True) as scope:
        entries = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.object_id == str(import_id)).order_by(AuditEntry.at)
        ).all()
    assert {entry.verb for entry in entries} >= {
        "school_data:brought", "school_data:started", "school_data:rows_taken", "school_data:done",
    }  # fmt: skip
    assert {entry.actor_id for entry in entries} == {OKA.id}
    assert "水ぼうそう" not in repr([vars(entry) for entry in entries])


def test_nothing_of_the_file_stays_once_it_is_taken(app):
    import_id = taken(attendance(marked(AOI), marked(BEN, mark="水ぼうそう")))
    row = seen(import_id)
    assert (row.heads, row.preview, row.problems[0]["cell"]) == ({}, [], "")
    assert importer.files().get(import_id) is None


# --- slices, power cuts -------------------------------------------------------------------------


def term(pupils, first=date(2026, 9, 1), count=40) -> str:
    """Every pupil on every day of a term, most of them present."""
    lines = (
        f"{first + timedelta(days=n)},{member.name}@hinata.example,"
        f"{'欠席' if (n + m) % 17 == 0 else '出席'},"
        for n in range(count)
        for m, member in enumerate(pupils)
    )
    return table("日付,ログインID,区分,理由", *lines)


def test_a_term_of_a_school_is_taken_in_slices_and_back(monkeypatch):
    text = term(whole_school(500))
    slices, take = [], taking.take

    def counted(*given):
        slices.append(1)
        return take(*given)

    monkeypatch.setattr(taking, "take", counted)
    import_id = taken(text)
    assert counts(import_id) == {"new": 20_000}
    assert len(slices) == 20_000 / taking.AT_ONCE
    assert len(rows(AttendanceEntry)) == 20_000
    assert len(masks()) == sum("欠席" in line for line in text.splitlines())
    taken_back(import_id)
    assert not rows(AttendanceEntry)
    assert not masks()
    assert not rows(SchoolDataChange)


@pytest.mark.parametrize("name", ["take", "void"])
def test_a_killed_job_is_gone_on_with_and_adds_up(app, monkeypatch, name):
    monkeypatch.setattr(taking, "AT_ONCE", 7)
    pupils = whole_school(10)
    before = everything()
    import_id = brought(term(pupils, count=4))
    if name == "void":
        started(import_id)
    act = taken_back if name == "void" else started
    with monkeypatch.context() as patch:
        cut_after(patch, taking, name, 2)
        patch.setattr(importer.Importer, "_failed", dies)
        with pytest.raises(PowerCutError):
            act(import_id)
    # Another process knows nothing of what this one had in memory.
    importer.of(app).let_go()
    importer.wake()
    assert len(rows(AttendanceEntry)) == (0 if name == "void" else 40)
    if name == "take":
        assert seen(import_id).state == ImportState.DONE
        taken_back(import_id)
    assert everything() == before


def test_a_slice_that_cannot_be_done_stops_the_import_and_it_can_go_on(monkeypatch, caplog):
    with monkeypatch.context() as patch:
        cut_after(patch, taking, "take", 0)
        import_id = taken(attendance(marked(AOI)))
    assert (seen(import_id).state, seen(import_id).trouble) == (ImportState.STOPPED, "unexpected")
    assert "a slice of the school-data importer" in caplog.text
    gone(import_id, "continue")
    assert (seen(import_id).state, len(masks())) == (ImportState.DONE, 1)


def test_without_its_file_an_import_stops_and_says_so():
    import_id = brought(attendance(marked(AOI)))
    importer.files().forget(import_id)
    started(import_id)
    assert (seen(import_id).state, seen(import_id).trouble) == (ImportState.STOPPED, "file_gone")
