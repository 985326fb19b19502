"""A table is looked at, taken in, and taken back whole; on both databases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.tables.sheets import SheetError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import importer, operations, store
from aarportal.cycle.action.imports.models import ImportedRow, TableMapping
from aarportal.cycle.action.imports.operations import ColumnsDraft, TableDraft
from aarportal.cycle.action.imports.states import ImportState
from aarportal.cycle.action.imports.taking_in import operations as taking
from aarportal.cycle.action.intake import digester, matching
from aarportal.cycle.action.intake.operations import read_again
from aarportal.cycle.action.models import DayRollup, LearningApp
from aarportal.cycle.action.operations import rebuild
from aarportal.cycle.action.translators.columns import ColumnMapping, PersonKind, guess
from aarportal.people.identity.models import IdentityLink
from tests.cast import AOI, APP_DRILL, BEN, GEN, HANA, HINATA, KEN, OKA, SATO, scope_of
from tests.cycle.action.imports.sheets import (
    HEADER,
    brought,
    line,
    many,
    records,
    seen,
    started,
    stored,
    sums,
    table,
    taken_back,
    trust,
    waiting,
)
from tests.power import PowerCutError, cut_after, dies

pytestmark = pytest.mark.usefixtures("in_app")
CHILDREN = (AOI, BEN, HANA)


# --- looking ------------------------------------------------------------------------------------


def test_looking_at_a_table_says_what_would_become_of_each_row_and_changes_nothing():
    import_id = brought(table(line(AOI), line("nobody"), line(BEN, minutes="?"), "合計,,,,,,20,16"))
    row = seen(import_id)
    assert row.state == ImportState.CHECKED
    counts = (row.rows, row.good_rows, row.unknown_rows, row.left_out_rows, row.problem_rows)
    assert counts == (4, 2, 1, 1, 1)
    assert row.problems == [{"line": 4, "column": "学習時間", "rule": "duration", "cell": "?"}]
    first, second = row.preview
    assert first == {
        "line": 2, "account": "aoi@hinata.example", "student_id": str(AOI.id), "reason": "",
        "day": "2026-04-01", "title": "わり算①髙﨑", "subject": "sansu", "seconds": 750,
        "items": 10, "marked": 10, "correct": 8, "points": None, "most_points": None,
        "is_repeated": False,
    }  # fmt: skip
    assert (second["student_id"], second["reason"]) == ("", matching.UNKNOWN_ACTOR)
    assert (stored(), records(), waiting(), sums()) == (0, [], [], [])


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_the_encoding_in_which_it_was_saved(encoding):
    import_id = brought(table(line(AOI)), encoding=encoding)
    assert seen(import_id).preview[0]["title"] == "わり算①髙﨑"


def test_where_two_encodings_are_possible_a_person_chooses():
    data = b"ID,date,title\r\naoi@hinata.example,2026/4/1,\xc3\xa4\xc3\xa4\r\n"
    import_id = brought(data)
    row = seen(import_id)
    assert (row.encoding, row.state) == ("", ImportState.UPLOADED)
    assert len(row.heads) > 1
    with pytest.raises(InvalidError), unit_of_work(scope_of(OKA)) as scope:
        operations.choose_encoding(scope, store.table_import(scope, import_id), "latin-1")
    with unit_of_work(scope_of(OKA)) as scope:
        row = store.table_import(scope, import_id)
        operations.choose_encoding(scope, row, "utf-8")
        operations.say_columns(scope, row, ColumnsDraft(operations.mapping_of(row)))
    importer.wake()
    assert seen(import_id).preview[0]["title"] == "ää"


@pytest.mark.parametrize(
    ("member", "rule"),
    [(KEN, "person_elsewhere"), (GEN, ""), (OKA, "person_elsewhere")],
    ids=["of another school", "of another district", "of the staff"],
)
def test_an_administrator_brings_records_of_the_own_school_only(member, rule):
    row = seen(brought(table(line(member), line(AOI))))
    assert [each["rule"] for each in row.problems] == ([rule] if rule else [])
    assert row.unknown_rows == (0 if rule else 1)
    started(row.id, without_problems=True)
    assert {each.student_id for each in records()} == {AOI.id}
    assert len(waiting()) == row.unknown_rows


def test_a_table_that_is_none_is_refused_and_leaves_nothing():
    for data in (b"", b"PK\x03\x04xl/", b"\x00\xff" * 50, b"a" * (operations.MOST_BYTES + 1)):
        with pytest.raises(SheetError), unit_of_work(scope_of(OKA)) as scope:
            operations.bring(scope, TableDraft("x.csv"), data)
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert store.page(scope, 1, 40) == ([], 0)
        assert [app.id for app in store.apps(scope)] == [APP_DRILL]


@pytest.mark.parametrize(
    "mapping",
    [
        ColumnMapping(),
        ColumnMapping(person="ログインID"),
        ColumnMapping(person="ない", date="学習日時"),
        ColumnMapping(person="ログインID", date="ログインID"),
        ColumnMapping(person="ログインID", date="学習日時", moment="教材名"),
    ],
    ids=["none", "no date", "missing", "twice", "both"],
)
def test_columns_that_cannot_be_read_are_refused(mapping):
    with pytest.raises(InvalidError):
        brought(table(line(AOI)), mapping=mapping)


# --- whose names they are -----------------------------------------------------------------------


def test_login_names_count_because_somebody_said_that_they_are_the_rosters():
    trust(pages=())
    import_id = brought(table(line(AOI)))
    assert seen(import_id).preview[0]["student_id"] == str(AOI.id)
    started(import_id)
    assert [each.student_id for each in records()] == [AOI.id]
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert store.app(scope, APP_DRILL).home_pages == [operations.ROSTER_NAMES]


def test_a_name_that_only_the_app_knows_is_never_taken_for_a_login_name():
    mapping = guess(HEADER.split(","))
    own = ColumnMapping.of_json({**mapping.as_json(), "person_kind": PersonKind.APP_ACCOUNT})
    import_id = started(brought(table(line(AOI)), mapping=own))
    assert records() == []
    assert [(each.issuer, each.name) for each in waiting()] == [
        (operations.OWN_ACCOUNTS, "aoi@hinata.example")
    ]
    with unit_of_work(SystemScope("somebody says whose it is")) as scope:
        scope.session.add(
            IdentityLink(
                district_id=HINATA, system=APP_DRILL, issuer=operations.OWN_ACCOUNTS,
                name="aoi@hinata.example", user_id=BEN.id,
            )
        )  # fmt: skip
        operations.audit.record(scope, "link:made", BEN.id)
    with unit_of_work(scope_of(OKA)) as scope:
        read_again(scope, "actor", f"{operations.OWN_ACCOUNTS}\naoi@hinata.example")
        operations.audit.record(scope, "statements:asked", "")
    digester.wake()
    assert [each.student_id for each in records()] == [BEN.id]
    taken_back(import_id)
    assert (records(), waiting(), sums()) == ([], [], [])


@pytest.mark.parametrize(
    ("kind", "page", "taken"),
    [
        (PersonKind.USERNAME, "https://idp.hinata.example/", True),
        (PersonKind.USERNAME, "https://elsewhere.example/", False),
        (PersonKind.APP_ACCOUNT, "https://elsewhere.example/", True),
        (PersonKind.APP_ACCOUNT, "https://idp.hinata.example/", False),
    ],
)
def test_a_home_page_has_to_go_with_what_the_account_is(kind, page, taken):
    trust()
    import_id = brought(table(line(AOI)))
    mapping = ColumnMapping.of_json({**guess(HEADER.split(",")).as_json(), "person_kind": kind})
    with unit_of_work(scope_of(OKA)) as scope:
        row = store.table_import(scope, import_id)
        if taken:
            operations.say_columns(scope, row, ColumnsDraft(mapping, page))
            return
        with pytest.raises(InvalidError):
            operations.say_columns(scope, row, ColumnsDraft(mapping, page))


def test_an_app_of_the_tables_own_has_no_key_that_anybody_knows_and_serves_this_school_only():
    import_id = brought(table(line(AOI)), app_id=None, app_title="計算カード")
    started(import_id)
    [record] = records()
    with unit_of_work(SystemScope("apps"), read_only=True) as scope:
        app = scope.session.get_one(LearningApp, record.app_id)
    assert (app.title, app.school_ids) == ("計算カード", [str(OKA.school_id)])
    with unit_of_work(scope_of(SATO), read_only=True) as scope, pytest.raises(NotFoundError):
        store.app(scope, app.id)


# --- taking -------------------------------------------------------------------------------------


def test_a_table_becomes_records_with_their_time_and_counts():
    started(brought(table(line(AOI), line(BEN, "令和8年4月1日 10:00", minutes="0:20:00"))))
    aoi, ben = records()
    assert (aoi.student_id, aoi.title, aoi.subject) == (AOI.id, "わり算①髙﨑", "sansu")
    assert (aoi.items, aoi.first_attempt_items, aoi.first_attempt_correct) == (10, 10, 8)
    assert (aoi.active_seconds, aoi.day, aoi.connector) == (750, date(2026, 4, 1), "table")
    assert aoi.ended_at == datetime(2026, 4, 1, 0, 5, tzinfo=UTC)
    assert ben.active_seconds == 1200


def by_day(member, title, minutes, on="2026/4/1") -> str:
    return f"{member.name}@hinata.example,{on},{title},算数,{minutes}"


def minutes_of(member) -> tuple[int, int]:
    """Minutes by the list of records, and by the sums that charts are drawn from."""
    listed = sum(each.active_seconds for each in records() if each.student_id == member.id)
    with unit_of_work(SystemScope("sums"), read_only=True) as scope:
        drawn = scope.session.scalar(
            select(func.sum(DayRollup.active_seconds)).where(DayRollup.student_id == member.id)
        )
    return listed // 60, (drawn or 0) // 60


def test_rows_that_name_a_day_and_no_time_of_day_all_count():
    header = "ログインID,学習日,教材名,教科,学習時間(分)"
    lines = [by_day(AOI, "音読", 10), by_day(AOI, "音読", 10), by_day(AOI, "漢字", 25),
             by_day(AOI, "計算", 90), by_day(BEN, "音読", 5)]  # fmt: skip
    first = started(brought(table(*lines, header=header)))
    assert (minutes_of(AOI), minutes_of(BEN)) == ((135, 135), (5, 5))
    kept = sums()
    # In another order, and with what came later, it is what it would have been at once.
    more = started(brought(table(by_day(AOI, "図形", 15), *reversed(lines), header=header)))
    assert minutes_of(AOI) == (150, 150)
    with unit_of_work(SystemScope("sums anew")) as scope:
        rebuild(scope, AOI.school_id)
    assert minutes_of(AOI) == (150, 150)
    taken_back(more)
    assert sums() == kept
    taken_back(first)
    assert (records(), sums()) == ([], [])


def test_rows_with_and_without_a_time_of_day_do_not_swallow_each_other():
    at_noon = [line(AOI, f"2026/4/1 {at}", f"ドリル{at}", "10分") for at in ("11:50", "12:00")]
    started(brought(table(*at_noon)))
    header = "ログインID,学習日,教材名,教科,学習時間(分)"
    started(brought(table(by_day(AOI, "音読", 30), header=header)))
    assert minutes_of(AOI) == (50, 50)
    # Whatever comes in late has the day counted anew.
    started(brought(table(line(AOI, "2026/4/1 8:30", "朝", "5分"))))
    assert minutes_of(AOI) == (55, 55)


def test_a_second_attempt_counts_as_trying_again():
    header = f"{HEADER},回"
    started(brought(table(f"{line(AOI)},1", f"{line(AOI, '2026/4/1 10:00')},2", header=header)))
    first, second = records()
    assert (first.first_attempt_items, first.retry_items) == (10, 0)
    assert (second.first_attempt_items, second.retry_items, second.retry_correct) == (0, 10, 8)


def test_rows_with_problems_are_left_out_only_when_somebody_says_so():
    import_id = brought(table(line(AOI), line(BEN, items="many")))
    with pytest.raises(InvalidError):
        started(import_id)
    assert (seen(import_id).state, stored()) == (ImportState.CHECKED, 0)
    started(import_id, without_problems=True)
    assert [each.student_id for each in records()] == [AOI.id]
    assert seen(import_id).state == ImportState.DONE


def test_a_table_without_any_good_row_cannot_be_started():
    import_id = brought(table(line(AOI, items="many")))
    with pytest.raises(InvalidError):
        started(import_id, without_problems=True)


def test_what_is_done_is_no_longer_kept_as_a_file_or_as_cells():
    import_id = started(
        brought(
            table(line(AOI), line("葵", minutes="?")),
        ),
        without_problems=True,
    )
    row = seen(import_id)
    assert importer.files().get(import_id) is None
    assert (row.heads, row.preview) == ({}, [])
    assert [each["cell"] for each in row.problems] == [""]


def test_the_same_table_twice_changes_nothing():
    started(brought(table(line(AOI), line(BEN))))
    before = sums()
    import_id = brought(table(line(AOI), line(BEN), line(HANA)))
    row = seen(import_id)
    assert (row.good_rows, row.repeated) == (3, 2)
    assert [each["is_repeated"] for each in row.preview] == [True, True, False]
    started(import_id)
    assert (seen(import_id).taken, seen(import_id).repeated) == (1, 2)
    taken_back(import_id)
    assert sums() == before
    assert len(records()) == 2


def test_a_row_that_was_read_otherwise_is_told_and_not_mixed():
    started(brought(table(line(AOI))))
    trust(pages=("https://other.example/",))
    row = seen(brought(table(line(AOI))))
    assert [each["rule"] for each in row.problems] == ["row_otherwise"]


# --- taking back --------------------------------------------------------------------------------


def test_taking_back_leaves_the_sums_as_they_were():
    started(brought(table(line(AOI, "2026/4/1 8:00", "前から"), line(BEN, title="前から"))))
    before = (sums(), [each.id for each in records()], len(waiting()))
    import_id = started(brought(table(*many(CHILDREN, 60).split("\r\n")[1:-1], line("nobody"))))
    assert len(records()) == 62
    assert len(waiting()) == before[2] + 1
    taken_back(import_id)
    assert (sums(), [each.id for each in records()], len(waiting())) == before
    assert seen(import_id).state == ImportState.UNDONE


def test_what_was_taken_back_can_be_brought_again_and_again():
    text = table(line(AOI), line(AOI), line(BEN), line("nobody"))
    ids = []
    for _ in range(3):
        import_id = started(brought(text))
        assert (seen(import_id).taken, seen(import_id).repeated) == (4, 0)
        ids.append(frozenset(each.id for each in records()))
        assert len(records()) == 3
        assert sums()
        taken_back(import_id)
        assert (sums(), records(), waiting()) == ([], [], [])
    assert len(frozenset.union(*ids)) == 9


def test_taking_one_of_two_imports_back_leaves_what_the_other_brought():
    first = started(brought(table(line(AOI), line(BEN))))
    second = started(brought(table(line(BEN), line(HANA))))
    taken_back(first)
    assert [each.student_id for each in records()] == [HANA.id]
    third = started(brought(table(line(AOI), line(BEN), line(HANA))))
    assert (seen(third).taken, seen(third).repeated) == (2, 1)
    taken_back(second)
    assert {each.student_id for each in records()} == {AOI.id, BEN.id}


@pytest.mark.parametrize("step", [operations.take_back, operations.stop, operations.go_on])
def test_steps_that_are_not_possible_are_refused(step):
    import_id = brought(table(line(AOI)))
    with pytest.raises(StateError), unit_of_work(scope_of(OKA)) as scope:
        step(scope, store.table_import(scope, import_id))


def test_an_import_that_began_can_neither_be_dropped_nor_read_otherwise():
    import_id = started(brought(table(line(AOI))))
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        row = store.table_import(scope, import_id)
        with pytest.raises(StateError):
            operations.drop(scope, row)
        with pytest.raises(StateError):
            operations.say_columns(scope, row, ColumnsDraft(ColumnMapping()))


# --- slices -------------------------------------------------------------------------------------


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr(taking, "AT_ONCE", 7)


def killed_in(monkeypatch, app, name, slices, act):
    with monkeypatch.context() as patch:
        cut_after(patch, taking, name, slices)
        patch.setattr(importer.Importer, "_failed", dies)
        with pytest.raises(PowerCutError):
            act()
    # Another process knows nothing of what this one had in memory.
    importer.of(app)._rows = None


def test_an_import_that_was_cut_off_goes_on_where_it_was(in_app, small_slices, monkeypatch):
    text = many(CHILDREN, 40)
    import_id = started(brought(text))
    whole = sums()
    taken_back(import_id)
    again = brought(text)
    killed_in(monkeypatch, in_app, "take", 3, lambda: started(again))
    assert (seen(again).state, seen(again).progress) == (ImportState.RUNNING, 21)
    assert len(records()) == 21
    importer.wake()
    assert (seen(again).state, seen(again).taken) == (ImportState.DONE, 40)
    assert sums() == whole

    killed_in(monkeypatch, in_app, "void", 2, lambda: taken_back(again))
    assert (seen(again).state, len(records())) == (ImportState.UNDOING, 26)
    importer.wake()
    assert (seen(again).state, sums()) == (ImportState.UNDONE, [])


def test_looking_that_was_cut_off_begins_anew(in_app, small_slices, monkeypatch):
    killed_in(monkeypatch, in_app, "look", 3, lambda: brought(many(CHILDREN, 40)))
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        [row], _ = store.page(scope, 1, 40)
    assert row.state == ImportState.CHECKING
    importer.wake()
    assert (seen(row.id).state, seen(row.id).rows) == (ImportState.CHECKED, 40)


def test_a_person_stops_an_import_and_takes_back_what_there_is(small_slices, monkeypatch):
    real, calls = taking.take, []

    def take(scope, job, outcomes):
        if len(calls) == 2:
            row = store.job(scope, job.id)
            operations.stop(scope, row)
            return None
        calls.append(1)
        return real(scope, job, outcomes)

    monkeypatch.setattr(taking, "take", take)
    import_id = started(brought(many(CHILDREN, 40)))
    row = seen(import_id)
    assert (row.state, row.trouble, row.taken) == (ImportState.STOPPED, "asked", 14)
    taken_back(import_id)
    assert (seen(import_id).state, sums()) == (ImportState.UNDONE, [])


def test_a_slice_that_cannot_be_done_stops_the_import_and_it_can_go_on(
    small_slices, monkeypatch, caplog
):
    with monkeypatch.context() as patch:
        cut_after(patch, taking, "take", 2)
        import_id = started(brought(many(CHILDREN, 40)))
    row = seen(import_id)
    assert (row.state, row.trouble, row.progress) == (ImportState.STOPPED, "unexpected", 14)
    assert "a slice of the importer" in caplog.text
    with unit_of_work(scope_of(OKA)) as scope:
        operations.go_on(scope, store.table_import(scope, import_id))
    importer.wake()
    assert (seen(import_id).state, len(records())) == (ImportState.DONE, 40)


def test_without_its_file_an_import_stops_and_says_so():
    import_id = brought(table(line(AOI)))
    importer.files().forget(import_id)
    started(import_id)
    assert (seen(import_id).state, seen(import_id).trouble) == (ImportState.STOPPED, "file_gone")


# --- mappings, neighbours -----------------------------------------------------------------------


def test_columns_are_kept_under_a_name_and_read_the_next_table():
    import_id = brought(table(line(AOI)))
    mapping = guess(HEADER.split(","))
    for _ in range(2):
        with unit_of_work(scope_of(OKA)) as scope:
            row = store.table_import(scope, import_id)
            operations.say_columns(scope, row, ColumnsDraft(mapping, "", "ドリルの表"))
        importer.wake()
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        [kept] = store.mappings(scope)
    assert (kept.title, ColumnMapping.of_json(kept.columns)) == ("ドリルの表", mapping)
    with unit_of_work(scope_of(OKA)) as scope:
        draft = TableDraft("五月.csv", mapping_id=kept.id)
        row = operations.bring(scope, draft, table(line(BEN)).encode("cp932"))
        assert (row.app_id, operations.mapping_of(row)) == (APP_DRILL, mapping)


def test_nothing_of_an_import_exists_for_another_school():
    import_id = started(brought(table(line(AOI))))
    with unit_of_work(scope_of(SATO), read_only=True) as scope:
        with pytest.raises(NotFoundError):
            store.table_import(scope, import_id)
        assert store.page(scope, 1, 40) == ([], 0)
        assert not scope.session.scalars(select(ImportedRow)).all()
        assert not scope.session.scalars(select(TableMapping)).all()
        assert store.made(scope, import_id).rows == 0
    with pytest.raises(NotFoundError), unit_of_work(scope_of(SATO)) as scope:
        operations.bring(scope, TableDraft("x.csv", app_id=APP_DRILL), table(line(GEN)).encode())


def test_what_became_of_an_import_is_counted():
    import_id = started(brought(table(line(AOI), line(BEN, "2026/4/3 9:00"), line("nobody"))))
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        made = store.made(scope, import_id)
    assert (made.rows, made.records, made.students, made.waiting) == (3, 2, 2, 1)
    assert (made.first_on, made.last_on) == (date(2026, 4, 1), date(2026, 4, 3))
