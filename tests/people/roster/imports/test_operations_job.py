"""An office brings rosters: seen first, then written or not, and taken back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.identity import store as identities
from aarportal.people.roster.imports import importer, operations, store
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.imports.working import operations as working
from aarportal.people.roster.models import AcademicSession, Enrollment, User, UserRole
from aarportal.people.roster.oneroster.dialects import BASE_1_2
from tests.cast import AOI, BEN, CHIBA, CLASS_1_1, KEN, OKA, SATO, scope_of
from tests.people.roster.imports import TRACES, all_rows, user
from tests.people.roster.imports.office import (
    HERE,
    brought,
    child,
    confirmed,
    files,
    roster,
    seat,
    seen,
    standing_school,
    taken_back,
)
from tests.people.roster.oneroster.bundles import guid, make_bundle

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture(autouse=True)
def _the_school_stands(in_app):
    standing_school()


def rows():
    return all_rows(but=TRACES)


def people_of(import_id):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(
            select(PersonFate).where(PersonFate.import_id == import_id).order_by(PersonFate.place)
        )
        return [(each.fate, each.name, each.before, each.after) for each in found]


WITHOUT_BEN = [member for member in HERE if member != BEN]
NEW = child("shin")


def test_before_somebody_confirms_nothing_of_the_roster_changes():
    before = rows()
    import_id = brought(roster([*WITHOUT_BEN, NEW]))
    assert rows() == before
    assert seen(import_id).state == "checked"
    assert sorted(people_of(import_id)) == [
        ("leaves", "𠮷田 勉", "ひなた小学校 4年2組", ""),
        ("new", "新田 shin", "", "ひなた小学校 4年2組"),
    ]
    assert seen(import_id).outcome["fates"] == {"new": 1, "leaves": 1}


def test_what_was_foreseen_is_what_is_written():
    import_id = confirmed(brought(roster([*WITHOUT_BEN, NEW])))
    assert seen(import_id).state == "done"
    assert not user(str(BEN.id)).enabled
    assert user(str(NEW.id)).enabled
    assert importer.here().files.get(import_id) is None
    assert brought_again(roster([*WITHOUT_BEN, NEW])) == "same"


def brought_again(content):
    return seen(brought(content)).state


def renamed(files):
    files["users"][0]["preferredGivenName"] = "碧"
    files["users"][0]["username"] = "ben@hinata.example"
    files["users"][1]["username"] = "aoi@hinata.example"


def regrouped(files):
    files["classes"][0]["title"] = "4年1組"
    files["enrollments"][0] = seat(AOI, CLASS_1_1)
    files["courses"][0]["title"] = "2026年度あたらしい"


CHANGES = [
    ([*WITHOUT_BEN, NEW], len),
    (HERE, renamed),
    (HERE, regrouped),
    ([CHIBA, OKA], len),
    ([*HERE, NEW, child("futago", 31)], lambda files: (renamed(files), regrouped(files))),
]


@pytest.mark.parametrize(("members", "change"), CHANGES)
def test_taking_back_restores_every_row(members, change):
    before = rows()
    import_id = confirmed(brought(roster(members, change)), sure=True)
    assert seen(import_id).state == "done"
    assert rows() != before
    assert seen(taken_back(import_id)).state == "undone"
    assert rows() == before


def test_imports_are_taken_back_one_after_the_other():
    states = [rows()]
    done = []
    for members, change in CHANGES[:3]:
        done.append(confirmed(brought(roster(members, change)), sure=True))
        states.append(rows())
    assert seen(taken_back(done[0])).trouble == "changed_since"
    assert rows() == states[-1]
    for import_id, expected in zip(reversed(done[1:]), reversed(states[:-1]), strict=False):
        assert seen(taken_back(import_id)).state == "undone"
        assert rows() == expected
    with unit_of_work(scope_of(OKA)) as scope:
        operations.go_on(scope, store.roster_import(scope, done[0]))
    importer.here().worker.wake()
    assert seen(done[0]).state == "undone"
    assert rows() == states[0]


def test_what_somebody_has_built_on_stays():
    import_id = confirmed(brought(roster([*HERE, NEW])))
    with unit_of_work(SystemScope("test")) as scope:
        accounts.open_account(scope, AOI.district_id, user_id_of(scope, NEW), "shin", "x")
    before = rows()
    row = seen(taken_back(import_id))
    assert (row.state, row.trouble) == ("undo_stopped", "built_on")
    assert rows() == before


def test_work_at_the_school_to_which_a_file_brought_a_child_stays():
    moved = replace(KEN, school_id=OKA.school_id, classes=(CLASS_1_1,), attendance_no=9)
    import_id = confirmed(brought(roster([*HERE, moved])))
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(AbsentDay(school_id=OKA.school_id, student_id=KEN.id, day=clock.today()))
        audit.record(scope, "test:worked", KEN.id)
    row = seen(taken_back(import_id))
    assert (row.state, row.trouble) == ("undo_stopped", "built_on")
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(delete(AbsentDay))
        audit.record(scope, "test:mended", KEN.id)
        operations.go_on(scope, scope.session.get(RosterImport, import_id))
    importer.here().worker.wake()
    assert seen(import_id).state == "undone"


def user_id_of(scope, member):
    return scope.session.scalar(select(User.id).where(User.sourced_id == str(member.id)))


def test_a_difference_that_is_out_of_date_is_made_anew():
    first, second = brought(roster([*HERE, NEW])), brought(roster([*HERE, NEW, child("ato", 31)]))
    assert len(people_of(second)) == 2
    confirmed(first)
    confirmed(second)
    row = seen(second)
    assert (row.state, row.confirmed_by) == ("checked", None)
    assert [name for _, name, *_ in people_of(second)] == ["新田 ato"]
    assert seen(confirmed(second)).state == "done"


def test_what_looks_wrong_has_to_be_meant():
    many = [child(f"ko{n}", n) for n in range(10, 20)]
    confirmed(brought(roster([*HERE, *many])))
    import_id = brought(roster())
    assert [rule for rule, *_ in seen(import_id).outcome["doubts"]] == ["class_empties"]
    before = rows()
    with pytest.raises(InvalidError):
        confirmed(import_id)
    assert rows() == before
    assert seen(confirmed(import_id, sure=True)).state == "done"


def test_a_school_speaks_of_itself_alone():
    before = rows()

    def another(files):
        files["orgs"].append(
            {**files["orgs"][1], "sourcedId": guid("another"), "name": "別の小学校"}
        )

    row = seen(brought(roster(HERE, another)))
    assert row.state == "refused"
    assert [problem[3] for problem in row.findings["problems"]] == ["another_school"]
    assert rows() == before


def test_a_former_identifier_goes_on_meaning_the_child_and_a_blank_replaces_none():
    other = "3f2a6c1e-8b4d-4e7a-9c05-1d2e3f4a5b6c"

    def anew(files):
        files["users"][0]["userMasterIdentifier"] = other

    before = rows()
    import_id = confirmed(brought(roster(HERE, anew)))
    assert user(str(AOI.id)).master_identifier == other
    assert former() == {(AOI.id, str(AOI.id))}
    assert seen(taken_back(import_id)).state == "undone"
    assert rows() == before
    confirmed(brought(roster(HERE, anew)))

    def blank(files):
        for row in files["users"]:
            row["userMasterIdentifier"] = ""

    content = make_bundle(BASE_1_2, **school_files(blank))
    assert seen(confirmed(brought(content))).state == "done"
    assert user(str(AOI.id)).master_identifier == other


def former():
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return identities.former_identifiers(scope, AOI.district_id, [str(AOI.id)])


def school_files(change):
    """The files of the school as base OneRoster has them."""
    found = files(HERE)
    change(found)
    return {
        name: [
            {k: v for k, v in row.items() if not k.startswith("metadata.")} for row in found_rows
        ]
        for name, found_rows in found.items()
    }


def test_a_school_leaves_the_years_of_the_district_as_they_are():
    def other_year(files):
        files["academicSessions"][0]["title"] = "2026年度"
        files["academicSessions"][0]["startDate"] = "2026-04-01"
        files["courses"][0]["title"] = "2026年度あたらしい"

    with unit_of_work(SystemScope("test")) as scope:
        year = scope.session.scalars(select(AcademicSession)).one()
        year.title = "令和8年度"
        audit.record(scope, "test:named", year.id)
    row = seen(confirmed(brought(roster(HERE, other_year))))
    assert (row.state, row.outcome["counts"]["courses"]["changed"]) == ("done", 1)
    assert row.outcome["counts"]["academic_sessions"]["changed"] == 0
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.scalars(select(AcademicSession)).one().title == "令和8年度"


def test_pupils_of_other_schools_are_nobody_that_a_school_misses():
    confirmed(brought(roster([CHIBA, OKA])), sure=True)
    assert user(str(KEN.id)).enabled
    assert not user(str(AOI.id)).enabled


def test_who_goes_to_another_school_of_the_district_stays_a_pupil():
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            UserRole(
                school_id=KEN.school_id, sourced_id="ben there", user_id=BEN.id, role="student",
                role_type="primary",
            )
        )  # fmt: skip
        audit.record(scope, "test:moved", BEN.id)
    confirmed(brought(roster(WITHOUT_BEN)))
    assert user(str(BEN.id)).enabled
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        places = scope.session.scalars(select(Enrollment).where(Enrollment.user_id == BEN.id))
        assert {place.ends_before for place in places} == {clock.today()}


def test_a_file_with_problems_says_them_and_changes_nothing():
    before = rows()

    def broken(files):
        files["enrollments"][0]["classSourcedId"] = guid("nowhere")

    row = seen(brought(roster(HERE, broken)))
    assert row.state == "refused"
    assert row.findings["problems"][0][:4] == [
        "enrollments.csv", 2, "classSourcedId", "dangling_reference",
    ]  # fmt: skip
    assert rows() == before
    assert seen(brought(b"PK not a zip")).findings["problems"][0][3] == "not_a_zip"


def test_a_roster_of_another_district_is_refused():
    def foreign(files):
        files["orgs"][0]["sourcedId"] = files["orgs"][1]["parentSourcedId"] = guid("elsewhere")

    row = seen(brought(roster(HERE, foreign)))
    assert [problem[3] for problem in row.findings["problems"]] == ["another_district"]


def test_what_was_not_written_can_be_dropped_without_a_trace():
    import_id = brought(roster([*HERE, NEW]))
    with unit_of_work(scope_of(OKA)) as scope:
        operations.drop(scope, store.roster_import(scope, import_id))
    assert seen(import_id) is None
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        left = select(RosterChange).where(RosterChange.import_id == import_id)
        assert scope.session.scalars(left).all() == []


def test_what_was_written_cannot_be_dropped_nor_confirmed_again():
    import_id = confirmed(brought(roster([*HERE, NEW])))
    with pytest.raises(StateError), unit_of_work(scope_of(OKA)) as scope:
        operations.drop(scope, store.roster_import(scope, import_id))
    with pytest.raises(StateError):
        confirmed(import_id)


def test_another_school_and_another_district_do_not_see_it():
    import_id = brought(roster())
    for member in (SATO, replace(OKA, school_id=KEN.school_id)):
        with pytest.raises(NotFoundError), unit_of_work(scope_of(member), read_only=True) as scope:
            store.roster_import(scope, import_id)


def test_of_two_who_decide_at_once_one_does(database):
    import_id = brought(roster([*HERE, NEW]))

    def drop() -> None:
        with current.app_context(), unit_of_work(scope_of(OKA)) as scope:
            operations.drop(scope, store.to_change(scope, import_id))

    current = current_app._get_current_object()
    with ThreadPoolExecutor(1) as others:
        with unit_of_work(scope_of(OKA)) as scope:
            operations.confirm(scope, store.to_change(scope, import_id), sure=True)
            scope.session.flush()
            other = others.submit(drop)
            if database.kind == "postgresql":
                # SQLite has one writer, who is waited for; here nobody waits.
                with pytest.raises(StateError):
                    other.result(timeout=10)
        with pytest.raises(StateError):
            other.result(timeout=10)
    assert seen(import_id).state == "writing"


class PowerCutError(BaseException):
    """Whoever works is gone, without a word."""


@pytest.mark.parametrize("after", [0, 1])
def test_a_worker_that_dies_leaves_the_roster_as_it_was(after, monkeypatch):
    import_id = brought(roster([*HERE, NEW], regrouped))
    before = rows()
    write = working.roster.write

    def dies(scope, changes):
        for number, done in enumerate(write(scope, changes)):
            if number == after:
                raise PowerCutError
            yield done

    monkeypatch.setattr(working.roster, "write", dies)
    with pytest.raises(PowerCutError):
        confirmed(import_id)
    assert rows() == before
    monkeypatch.undo()
    assert seen(import_id).state == "writing"
    another_process(in_seconds=31)
    assert seen(import_id).state == "done"
    assert user(str(NEW.id)).enabled


def another_process(*, in_seconds):
    """Somebody else looks for work, after a while."""
    mine = importer.here()
    mine._own_name = None
    clock.shift(timedelta(seconds=in_seconds))
    try:
        mine.worker.wake()
    finally:
        clock.shift(timedelta(0))


def test_nobody_takes_over_what_another_one_works_on(monkeypatch):
    monkeypatch.setattr(working.roster, "write", lambda *_: (_ for _ in ()).throw(PowerCutError))
    import_id = brought(roster([*HERE, NEW]))
    with pytest.raises(PowerCutError):
        confirmed(import_id)
    with unit_of_work(SystemScope("test")) as scope:
        assert working.take_hold(scope, import_id, importer.here()._me) is not None
    monkeypatch.undo()
    another_process(in_seconds=5)
    assert seen(import_id).state == "writing"


def test_a_file_that_is_gone_is_asked_for_again():
    with unit_of_work(scope_of(OKA)) as scope:
        import_id = operations.bring(scope, operations.Brought("x.zip"), roster()).id
    importer.here().worker.wake()
    row = seen(import_id)
    assert (row.state, row.trouble) == ("check_stopped", "file_gone")


def test_the_rows_of_a_person_tell_what_was_changed_and_by_what():
    import_id = confirmed(brought(roster(HERE, renamed)))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(
            select(RosterChange).where(
                RosterChange.user_id == AOI.id, RosterChange.import_id == import_id
            )
        ).all()
    users = [change for change in found if change.kind == "users"]
    assert [change.before["given_name"] for change in users] == ["葵"]
    assert [change.after["given_name"] for change in users] == ["碧"]
