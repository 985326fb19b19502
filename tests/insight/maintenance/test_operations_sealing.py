"""Words about health are encrypted where they lie, and keys can be changed."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from aarportal import migrate
from aarportal.care.school_data.models import SchoolDataChange
from aarportal.care.wellbeing.models import AttendanceEntry, HealthObservation, HealthRoomVisit
from aarportal.core import sealing, upkeep
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.maintenance.commands import reseal
from aarportal.insight.maintenance.sealing import operations
from tests.care.people import appoint
from tests.care.tables import OBSERVATION, attendance, marked, rows, table, taken, taken_back
from tests.cast import AOI, BEN, NURSE
from tests.conftest import SECRET

CANARIES = (
    "とてもよくない",
    "ほけんの先生",
    "ともだちのこと",
    "だれにもいわないで",
    "ずつうだよ",
)
LINES = (
    "2026/11/02,20260401,とてもよくない,37.0,はい,ほけんの先生,ともだちのこと,だれにもいわないで",
    "2026/11/02,20260402,ふつう,36.5,いいえ,,,",
)
FIVE = {"scale": "five_first_best"}
NEW = "a new key, long enough to seal with, yes"


@pytest.fixture
def words(in_app, monkeypatch):
    """Two children have told how they are, and were read a second time."""
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys([SECRET])
    appoint()
    taken(attendance(marked(AOI, reason="ずつうだよ"), marked(BEN)))
    taken(table(OBSERVATION, *LINES), "health_observation", by=NURSE, choices=FIVE)
    return in_app


def again():
    changed = [line.replace("ふつう", "よい").replace("いわないで", "いわない") for line in LINES]
    return taken(table(OBSERVATION, *changed), "health_observation", by=NURSE, choices=FIVE)


def lie_there():
    """Every value of every table as the database itself has it, and SQLite's file."""
    upkeep.copy_log()
    with db.engine.connect() as connection:
        found = [
            value
            for mapper in HealthObservation.registry.mappers
            for row in connection.execute(text(f'select * from "{mapper.local_table.name}"'))
            for value in row
        ]
    name = db.engine.url.database
    if db.engine.dialect.name == "sqlite":
        found.append(Path(name).read_bytes())
    return b"\0".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for value in found
    )


def test_no_word_lies_there_as_it_was_said(words):
    again()
    upkeep.write_anew()
    there = lie_there()
    assert [word for word in CANARIES if word.encode() in there] == []
    assert sorted(row.words for row in rows(HealthObservation)) == ["", "だれにもいわない"]
    assert sorted(row.reason for row in rows(AttendanceEntry)) == ["", "ずつうだよ"]


def test_an_import_is_taken_back_to_what_was_said_before(words):
    before = [(row.student_id, row.words, row.mood_said) for row in rows(HealthObservation)]
    import_id = again()
    assert len([row for row in rows(SchoolDataChange) if row.before]) == 2
    taken_back(import_id, by=NURSE)
    assert [(it.student_id, it.words, it.mood_said) for it in rows(HealthObservation)] == before


def test_what_stands_is_sealed_when_the_code_is_new_and_opened_on_the_way_back(words):
    again()
    said = sorted((row.words, row.topics) for row in rows(HealthObservation))
    before = [(row.place, row.before) for row in rows(SchoolDataChange)]
    db.engine.dispose()
    migrate.downgrade(words, "0023")
    migrate.downgrade(words, "-1")
    with db.engine.connect() as connection:
        plain = connection.execute(text("select words, topics from health_observations")).all()
        old = connection.execute(text("select before from school_data_changes")).scalars().all()
    assert sorted(map(tuple, plain)) == said
    assert any("だれにもいわないで" in str(each) or "\\u3060" in str(each) for each in old)
    migrate.upgrade(words)
    assert [word for word in CANARIES if word.encode() in lie_there_in_rows()] == []
    assert sorted((row.words, row.topics) for row in rows(HealthObservation)) == said
    assert [(row.place, row.before) for row in rows(SchoolDataChange)] == before


def lie_there_in_rows():
    with db.engine.connect() as connection:
        found = connection.execute(text("select * from health_observations")).all()
        found += connection.execute(text("select * from school_data_changes")).all()
        found += connection.execute(text("select * from attendance_entries")).all()
    return b"\0".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for row in found
        for value in row
    )


def fresh():
    """How many values of every sealed column are, and are not, under the first key."""
    found = {True: 0, False: 0}
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        for column in operations.columns():
            for *_, sealed in operations._rows(scope, column, None):
                found[sealing.is_fresh(bytes(sealed))] += 1
    return found


def test_every_sealed_column_is_found_in_the_mapping():
    uses = {column.use for column in operations.columns()}
    assert uses >= {
        "health_observations.words",
        "health_room_visits.symptom",
        "attendance_entries.reason",
        "school_data_changes.before",
        "roster_sources.client_secret",
    }
    for column in operations.columns():
        assert column.use == f"{column.row_class.__tablename__}.{column.name}"


def test_after_a_new_key_the_old_one_can_go(words, monkeypatch):
    again()
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    count = fresh()[True]
    assert count > 10
    sealing.use_keys([NEW, SECRET])
    assert fresh() == {True: 0, False: count}
    said = [(row.words, row.topics, row.mood_said) for row in rows(HealthObservation)]
    done = CliRunner().invoke(reseal, obj=lambda: words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "health_observations.words: 2 sealed anew, 0 that no key opens" in done.output
    assert fresh() == {True: count, False: 0}
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys([NEW])
    assert [(row.words, row.topics, row.mood_said) for row in rows(HealthObservation)] == said
    assert rows(HealthRoomVisit) == []


def test_whoever_is_stopped_goes_on_where_it_was(words, monkeypatch):
    sealing.use_keys([NEW, SECRET])
    monkeypatch.setattr(operations, "AT_ONCE", 1)
    column = next(it for it in operations.columns() if it.use == "health_observations.words")
    real, calls = operations.sealed_anew, []

    def stops(sealed, use):
        if calls:
            raise KeyboardInterrupt
        calls.append(use)
        return real(sealed, use)

    monkeypatch.setattr(operations, "sealed_anew", stops)
    with pytest.raises(KeyboardInterrupt):
        operations.reseal(column)
    monkeypatch.setattr(operations, "sealed_anew", real)
    assert operations.reseal(column).anew == 1


def test_a_lost_key_is_said_and_nothing_is_overwritten(words, monkeypatch):
    there = lie_there_in_rows()
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys([NEW])
    done = CliRunner().invoke(reseal, obj=lambda: words)
    assert done.exit_code == 1
    assert "2 that no key opens" in done.output
    assert lie_there_in_rows() == there
