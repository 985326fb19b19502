"""Tables of a school year are looked at, taken, and taken back whole; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.database import Base, db
from aarportal.core.errors import ConflictError, InvalidError, NotFoundError, StateError
from aarportal.core.tables.sheets import SheetError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance.lessons import Slot
from aarportal.people.school_year import operations as year
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year.imports import (
    calendar_table,
    operations,
    store,
    timetable_table,
)
from aarportal.people.school_year.imports.columns import TableKind
from aarportal.people.school_year.imports.operations import BringDraft, ColumnsDraft
from aarportal.people.school_year.imports.writing import written
from aarportal.people.school_year.operations import DaysDraft
from aarportal.people.school_year.timetables import operations as timetables
from aarportal.people.school_year.years import PlannedDay
from tests.cast import CHIBA, CLASS_1_1, CLASS_4_2, DOI, OKA, SATO, scope_of

pytestmark = pytest.mark.usefixtures("in_app")
APRIL, OCTOBER = date(2026, 4, 1), date(2026, 10, 1)
CALENDAR = "日付,区分,行事名\n4/7,行事,入学式\n7/21～8/25,休業日,夏季休業\n11/25,考査,期末考査\n"
LESSONS = "年組,曜日,校時,教科,教員\n4-2,月,1,国語,千葉\n4-2,金,2,理科,土井 実\n1-1,月,1,生活,\n"
#: What is only passing, and the trace of it all.
ASIDE = {"audit_entries", "year_imports"}


def bring(text, kind=TableKind.CALENDAR, starts_on=APRIL, member=OKA):
    data = text if isinstance(text, bytes) else text.encode("cp932")
    with unit_of_work(scope_of(member)) as scope:
        return operations.bring(scope, BringDraft(kind, "予定.csv", starts_on), data).id


def look(import_id, member=OKA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return operations.look(scope, store.year_import(scope, import_id))


def say(import_id, **changed):
    with unit_of_work(scope_of(OKA)) as scope:
        row = store.year_import(scope, import_id)
        draft = {"encoding": row.encoding, "columns": row.columns, "replaces": False, **changed}
        operations.say_columns(scope, row, ColumnsDraft(**draft))


def take(import_id, *, without_problems=False, seal=None):
    seal = seal or look(import_id).seal
    with unit_of_work(scope_of(OKA)) as scope:
        row = store.year_import(scope, import_id)
        operations.take(scope, row, seal, without_problems=without_problems)


def undo(import_id):
    with unit_of_work(scope_of(OKA)) as scope:
        return operations.undo(scope, store.year_import(scope, import_id))


def plan(first, last=None, kind="closed", title=""):
    with unit_of_work(scope_of(OKA)) as scope:
        year.plan_days(scope, DaysDraft(first, last or first, kind, title))


def planned():
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        return year_store.planned_year(scope, 2026)


def weeks(class_id=CLASS_4_2):
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found = year_store.timetables(scope, [class_id])[class_id]
        return [(it.starts_on, dict(it.slots)) for it in found]


def set_week(slots, starts_on=APRIL, class_id=CLASS_4_2):
    with unit_of_work(scope_of(OKA)) as scope:
        timetables.set_timetable(scope, class_id, starts_on, slots)


def everything(but=()):
    """All rows, without the keys that are made anew."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in ASIDE | set(but)
        }


# --- calendars ----------------------------------------------------------------------------------


def test_looking_changes_nothing(in_app):
    before = everything()
    found = look(bring(CALENDAR))
    assert (found.rows, len(found.problems), len(found.changes)) == (3, 0, 38)
    assert everything() == before


def test_a_calendar_is_taken_and_taken_back_to_equality(in_app):
    plan(date(2026, 11, 25), kind="event", title="マラソン大会")
    before = everything()
    import_id = bring(CALENDAR)
    take(import_id)
    assert planned()[date(2026, 11, 25)] == PlannedDay("exam", "期末考査")
    assert planned()[date(2026, 8, 11)] == PlannedDay("closed", "山の日")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert store.year_import(scope, import_id).data is None
    assert undo(import_id) == 0
    assert everything() == before
    with pytest.raises(StateError):
        undo(import_id)


def test_days_that_the_table_does_not_name_stay_unless_it_is_the_whole_calendar(in_app):
    plan(date(2026, 10, 9), title="開校記念日")
    import_id = bring(CALENDAR)
    assert "2026-10-09" not in {it.key for it in look(import_id).changes}
    say(import_id, replaces=True)
    gone = [it for it in look(import_id).changes if it.after is None]
    assert [it.key for it in gone] == ["2026-10-09"]
    take(import_id)
    assert date(2026, 10, 9) not in planned()
    undo(import_id)
    assert planned() == {date(2026, 10, 9): PlannedDay("closed", "開校記念日")}


def test_what_was_changed_by_hand_since_stays(in_app):
    import_id = bring(CALENDAR)
    take(import_id)
    plan(date(2026, 4, 7), kind="event", title="入学式（延期）")
    assert undo(import_id) == 1
    assert planned() == {date(2026, 4, 7): PlannedDay("event", "入学式（延期）")}


def test_the_same_table_again_changes_nothing(in_app):
    take(bring(CALENDAR))
    again = bring(CALENDAR)
    assert look(again).changes == []
    with pytest.raises(InvalidError) as refused:
        take(again)
    assert refused.value.rule == "nothing"


def test_lines_with_problems_are_left_out_only_when_somebody_says_so(in_app):
    import_id = bring(f"{CALENDAR}2/30,行事,ない日\n")
    assert [(it.line, it.rule) for it in look(import_id).problems] == [(5, "date_none")]
    with pytest.raises(InvalidError) as refused:
        take(import_id)
    assert refused.value.rule == "choose"
    assert planned() == {}
    take(import_id, without_problems=True)
    assert len(planned()) == 38


def test_what_has_changed_since_somebody_looked_is_looked_at_again(in_app):
    import_id = bring(CALENDAR)
    seal = look(import_id).seal
    plan(date(2026, 4, 7), title="臨時休業")
    with pytest.raises(ConflictError):
        take(import_id, seal=seal)
    assert len(planned()) == 1
    take(import_id)


def test_columns_with_other_names_are_said(in_app):
    import_id = bring("いつ,なに\n4/7,入学式\n")
    with pytest.raises(StateError):
        look(import_id)
    with pytest.raises(InvalidError) as refused:
        say(import_id, columns={"title": "なに"})
    assert (refused.value.field, refused.value.rule) == ("date", "column_needed")
    with pytest.raises(InvalidError) as refused:
        say(import_id, columns={"date": "いつ", "title": "いつ"})
    assert refused.value.rule == "column_twice"
    say(import_id, columns={"date": "いつ", "title": "なに"})
    assert [it.after for it in look(import_id).changes] == [["open", "入学式", ""]]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04 xl/", "file_is_workbook"),
        (("日付,行事名\n" + "4/8,行事\n" * 5001).encode(), "file_too_many_rows"),
        (b"x" * (1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_what_is_no_such_table_is_refused(in_app, data, rule):
    before = everything()
    with pytest.raises(SheetError) as refused:
        bring(data)
    assert refused.value.rule == rule
    assert everything() == before


def test_a_table_is_let_go_and_old_ones_go_by_themselves(in_app):
    first, second = bring(CALENDAR), bring(CALENDAR)
    with unit_of_work(scope_of(OKA)) as scope:
        operations.drop(scope, store.year_import(scope, first))
    clock.shift(timedelta(days=8))
    third = bring(CALENDAR)
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        rows, count = store.page(scope, 1, 10)
        assert ([row.id for row in rows], count) == ([third], 1)
        assert second != third
    take(third)
    with pytest.raises(StateError), unit_of_work(scope_of(OKA)) as scope:
        operations.drop(scope, store.year_import(scope, third))


def test_the_tables_of_a_school_are_its_own(in_app):
    import_id = bring(CALENDAR)
    with pytest.raises(NotFoundError):
        look(import_id, member=SATO)


def test_a_calendar_written_and_read_again_is_no_difference(in_app):
    take(bring(CALENDAR))
    plan(date(2026, 5, 9), kind="open", title='=土曜, "参観"')
    rows = calendar_table.rows(planned(), {})
    import_id = bring(written(calendar_table.HEADERS, rows))
    say(import_id, replaces=True)
    assert look(import_id).changes == []


# --- timetables ---------------------------------------------------------------------------------


def test_timetables_are_taken_and_taken_back(in_app):
    set_week({(1, 1): Slot("sansu"), (2, 2): Slot("ongaku")})
    before = everything()
    import_id = bring(LESSONS, TableKind.TIMETABLE, OCTOBER)
    assert len(look(import_id).changes) == 2
    take(import_id)
    assert weeks() == [
        (APRIL, {(1, 1): Slot("sansu"), (2, 2): Slot("ongaku")}),
        (OCTOBER, {(1, 1): Slot("kokugo", CHIBA.id), (5, 2): Slot("rika", DOI.id)}),
    ]
    assert weeks(CLASS_1_1) == [(OCTOBER, {(1, 1): Slot("seikatsu")})]
    assert undo(import_id) == 0
    assert everything() == before


def test_a_timetable_that_begins_on_the_same_day_comes_back(in_app):
    standing = {(1, 1): Slot("sansu"), (2, 2): Slot("ongaku", DOI.id)}
    set_week(standing)
    import_id = bring(LESSONS, TableKind.TIMETABLE)
    take(import_id)
    assert len(weeks()[0][1]) == 2
    assert undo(import_id) == 0
    assert weeks() == [(APRIL, standing)]
    assert weeks(CLASS_1_1) == []


def test_a_class_whose_week_was_changed_since_keeps_it(in_app):
    import_id = bring(LESSONS, TableKind.TIMETABLE)
    take(import_id)
    set_week({(1, 1): Slot("sansu")})
    assert undo(import_id) == 1
    assert weeks() == [(APRIL, {(1, 1): Slot("sansu")})]
    assert weeks(CLASS_1_1) == []


def test_timetables_written_and_read_again_are_no_difference(in_app):
    take(bring(LESSONS, TableKind.TIMETABLE))
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        people = operations.people_of(scope, APRIL)
        known = year_store.timetables(scope, list(people.classes))
    rows = timetable_table.rows({key: it[0].slots for key, it in known.items() if it}, people)
    again = bring(written(timetable_table.HEADERS, rows), TableKind.TIMETABLE)
    found = look(again)
    assert (found.rows, found.changes, found.problems) == (3, [], [])


def test_forty_classes_of_thirty_lessons_are_few_questions(in_app, queries):
    lines = [f"4-2,{weekday},{period},国語," for weekday in "月火水木金" for period in range(1, 7)]
    text = "\n".join(["年組,曜日,校時,教科,教員", *lines, *lines])
    import_id = bring(text, TableKind.TIMETABLE)
    with queries() as seen:
        assert len(look(import_id).changes) == 1
    assert len(seen) <= 12
