"""A child moves to another installation, goes on there, and comes home."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.action.models import DayRollup, LearningRecord
from aarportal.cycle.anticipation import operations as anticipation
from aarportal.cycle.anticipation.choices import GoalDraft
from aarportal.cycle.loop import store as loop
from aarportal.cycle.units.models import Unit
from aarportal.insight.handover import keeper
from aarportal.insight.handover.formats import KINDS
from aarportal.insight.handover.taking_in import operations as taking
from aarportal.insight.handover.writing import operations as writing
from aarportal.insight.progress import store as progress
from tests.cast import AOI, BEN, CLASS_ELSEWHERE, ELSEWHERE, GEN, OKA, SATO, key, scope_of
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.elsewhere import AOI_THERE


@pytest.fixture
def there(tmp_path):
    return elsewhere.open_installation(tmp_path / "there")


@pytest.fixture
def moved(app, there):
    """Aoi has lived here and was taken in there; the import's id."""
    life.live(app)
    return elsewhere.take_in(there, elsewhere.export(app, AOI))


def differences(kind, after, before):
    """What to look at when they are not the same."""
    pairs = zip(getattr(after, kind), getattr(before, kind), strict=False)
    return [
        (name, getattr(one, name), getattr(other, name))
        for one, other in pairs
        for name in one.__struct_fields__
        if getattr(one, name) != getattr(other, name)
    ]


def check_alike(after, before):
    for kind in KINDS:
        assert getattr(after, kind) == getattr(before, kind), differences(kind, after, before)
    # The grade is the roster's own word.
    grade = before.student.grade
    assert msgspec.structs.replace(after.student, grade=grade) == before.student


def test_what_was_taken_in_is_told_again_word_for_word(app, there, moved):
    assert elsewhere.state(there, moved) == ("done", "")
    check_alike(elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI))


def test_sums_are_those_of_the_records(there, moved):
    kept = rows.dump(there)["day_rollups"]
    with there.app_context(), unit_of_work(SystemScope("test")) as scope:
        assert action.rebuild(scope, ELSEWHERE) == 40
    assert kept
    assert rows.dump(there)["day_rollups"] == kept


def test_the_same_file_twice_doubles_nothing(app, there, moved):
    before = rows.without_traces(rows.dump(there))
    again = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, again) == ("done", "")
    assert rows.without_traces(rows.dump(there)) == before


def test_a_later_file_brings_what_is_new(app, there, moved):
    clock.shift(timedelta(hours=2))
    life.live(app, days=(0,))
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    after, now = elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI)
    assert len(after.laps) == len(now.laps) == 6
    assert len(after.records) == len(now.records)
    assert {row.id for row in after.reflections} == {row.id for row in now.reflections}


def test_taking_back_leaves_nothing(app, there):
    life.live(app)
    before = rows.without_traces(rows.dump(there))
    import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert rows.without_traces(rows.dump(there)) != before
    elsewhere.take_back(there, import_id)
    assert elsewhere.state(there, import_id) == ("undone", "")
    assert rows.without_traces(rows.dump(there)) == before


def set_goal_there(there):
    with there.app_context(), unit_of_work(scope_of(AOI_THERE)) as scope:
        adjustment = loop.proposed_adjustment(scope, AOI_THERE.id)
        draft = GoalDraft(
            unit_id=key("unit there"), text="新しい 学校の めあて", adjustment_id=adjustment.id
        )
        goal = anticipation.set_goal(scope, draft)
        return adjustment.id, goal.cycle_id


@pytest.fixture
def unit_there(there):
    with there.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.add(Unit(
            school_id=ELSEWHERE, id=key("unit there"), class_id=CLASS_ELSEWHERE, subject="sansu",
            title="{小数|しょうすう}", starts_on=date(2020, 4, 1), ends_before=date(2099, 4, 1),
        ))  # fmt: skip
        audit.record(scope, "unit:made", "unit there")


def test_the_child_goes_on_from_the_open_adjustment(there, moved, unit_there):
    adjustment_id, cycle_id = set_goal_there(there)
    with there.app_context(), unit_of_work(scope_of(AOI_THERE), read_only=True) as scope:
        carried = loop.adjustment(scope, adjustment_id)
        assert carried.to_cycle_id == cycle_id
        found = progress.progress(scope, AOI_THERE.id, 5, clock.today())
    assert len(found.history.cycles) == 6
    assert {day.app for day in found.history.days} == {"", "ドリルパーク"}
    assert sum(day.items for day in found.history.days) == 50
    elsewhere.take_back(there, moved)
    assert elsewhere.state(there, moved) == ("done", "built_on")
    assert len(elsewhere.contents(there, AOI_THERE).laps) == 6


def test_whoever_comes_home_finds_nothing_doubled(app, there, moved, unit_there):
    set_goal_there(there)
    home = elsewhere.export(there, AOI_THERE)
    before = elsewhere.contents(app, AOI)
    elsewhere.take_in(app, home, AOI, OKA)
    after = elsewhere.contents(app, AOI)
    assert len(after.laps) == len(before.laps) + 1
    assert len(after.records) == len(before.records)
    assert [row.id for row in after.reflections] == [row.id for row in before.reflections]


def test_nobody_else_is_touched(there, moved):
    with there.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        owners = set(scope.session.scalars(select(LearningRecord.student_id)))
        summed = set(scope.session.scalars(select(DayRollup.student_id)))
    assert owners == summed == {AOI_THERE.id}


def test_the_master_identifier_says_whose_it_is_and_a_name_does_not(app, there):
    life.live(app, days=(3,))
    import_id = elsewhere.bring(there, elsewhere.export(app, AOI))
    with there.app_context(), unit_of_work(scope_of(SATO), read_only=True) as scope:
        assert taking.the_import(scope, import_id).student_id == AOI_THERE.id
    life.live(app, BEN, days=(3,))
    import_id = elsewhere.bring(there, elsewhere.export(app, BEN))
    with there.app_context(), unit_of_work(scope_of(SATO)) as scope:
        row = taking.the_import(scope, import_id)
        assert row.student_id is None
        with pytest.raises(InvalidError, match="person"):
            taking.confirm(scope, row)
        taking.choose_person(scope, row, GEN.id)
        with pytest.raises(InvalidError, match="issuer"):
            taking.confirm(scope, row)
        with pytest.raises(NotFoundError):
            taking.choose_person(scope, row, AOI.id)


def test_a_fault_on_the_way_is_tried_again_and_then_leaves_no_child_behind(
    app, there, monkeypatch, caplog
):
    life.live(app, days=(3,))
    before = rows.without_traces(rows.dump(there))
    tries = []

    def breaks(*_):
        tries.append(1)
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", breaks)
        import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert (len(tries), elsewhere.state(there, import_id)) == (3, ("stopped", "unexpected"))
    after = rows.without_traces(rows.dump(there))
    assert {name for name in after if after[name] != before[name]} == {"learning_apps"}
    with there.app_context():
        with unit_of_work(scope_of(SATO)) as scope:
            taking.confirm(scope, taking.the_import(scope, import_id))
        keeper.here().worker.wake()
    assert elsewhere.state(there, import_id) == ("done", "")
    check_alike(elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI))


def test_a_killed_server_goes_on_where_it_was(app, there, monkeypatch):
    """The statements are there and the rows are not: the next process writes them."""
    life.live(app, days=(3,))

    def is_killed(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", is_killed)
        with pytest.raises(SystemExit):
            elsewhere.take_in(there, elsewhere.export(app, AOI))
    with there.app_context():
        keeper.here().worker.wake()
    check_alike(elsewhere.contents(there, AOI_THERE), elsewhere.contents(app, AOI))
