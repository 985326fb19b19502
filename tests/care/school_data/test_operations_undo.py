"""An import taken back: the database as it was before; on both databases."""

from datetime import date, timedelta

import pytest

from aarportal.care.wellbeing.models import AttendanceEntry
from aarportal.core.errors import StateError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports.states import ImportState
from aarportal.people.attendance import operations as by_hand
from tests.care.people import NUMBERS, TWIN_A, TWIN_B, moved
from tests.care.tables import (
    GRADES,
    MONDAY,
    OBSERVATION,
    YEARLY,
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
from tests.cast import AOI, BEN, CHIBA, NURSE, OKA, scope_of

pytestmark = pytest.mark.usefixtures("school")


def test_taking_back_restores_the_database_to_equality():
    taken(attendance(marked(AOI), marked(BEN, mark="遅刻"), marked(TWIN_A, mark="忌引")))
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, BEN.id, MONDAY)
        by_hand.mark_absent(scope, AOI.id, MONDAY + timedelta(days=1))
    before = everything()
    import_id = taken(
        attendance(
            marked(AOI, mark="出席"),
            marked(BEN, mark="公欠", reason="大会"),
            marked(TWIN_A, mark="忌引"),
            marked(TWIN_B),
            marked(AOI, "2026/11/3", "早退"),
        )
    )
    assert masks() == {
        (BEN.id, MONDAY): "excused", (TWIN_A.id, MONDAY): "excused", (TWIN_B.id, MONDAY): "absent",
    }  # fmt: skip
    assert everything() != before
    taken_back(import_id)
    assert seen(import_id).state == ImportState.UNDONE
    assert everything() == before


_AOI, _BEN = NUMBERS[AOI], NUMBERS[BEN]
#: Kind, who brings it, a table, and a later one that changes a row and adds another.
EARLIER_AND_LATER = [
    (
        "attendance_yearly",
        OKA,
        table(YEARLY, f"2025,{_AOI},203,3,0,200,5,195,1,0"),
        table(YEARLY, f"2025,{_AOI},203,3,0,200,6,194,1,0", f"2025,{_BEN},203,3,0,200,6,194,1,0"),
    ),
    (
        "health_observation",
        NURSE,
        table(OBSERVATION, f"2026/11/2,{_AOI},1,36.5,はい,,,ねむい"),
        table(OBSERVATION, f"2026/11/2,{_AOI},4,37.5,いいえ,,,", f"2026/11/2,{_BEN},1,,,,,"),
    ),
    (
        "grades",
        OKA,
        table(GRADES, f"2026,1,{_AOI},算数,A,A,A,3,"),
        table(GRADES, f"2026,1,{_AOI},算数,B,A,A,2,所見"),
    ),
]


@pytest.mark.parametrize(
    ("kind", "by", "first", "second"),
    EARLIER_AND_LATER,
    ids=[each[0] for each in EARLIER_AND_LATER],
)
def test_values_that_were_written_over_come_back(kind, by, first, second):
    before_all = everything()
    earlier = taken(first, kind, by=by)
    before = everything()
    later = taken(second, kind, by=by)
    assert everything() != before
    taken_back(later, by=by)
    assert everything() == before
    taken_back(earlier, by=by)
    assert everything() == before_all


def test_what_a_later_import_changed_is_not_taken_back_before_it():
    earlier = taken(attendance(marked(AOI), marked(BEN)))
    later = taken(attendance(marked(AOI, mark="出席停止")))
    before = everything()
    taken_back(earlier)
    assert (seen(earlier).state, seen(earlier).trouble) == (ImportState.UNDO_STOPPED, "overwritten")
    assert everything() == before
    taken_back(later)
    gone(earlier, "continue")
    assert seen(earlier).state == ImportState.UNDONE
    assert not rows(AttendanceEntry)
    assert not masks()


@pytest.mark.parametrize("hand", [by_hand.mark_present, by_hand.mark_absent])
def test_what_a_teacher_said_by_hand_since_is_not_taken_back(hand):
    more = {"kind": "excused"} if hand is by_hand.mark_absent else {}
    import_id = taken(attendance(marked(AOI), marked(BEN)))
    with unit_of_work(scope_of(CHIBA)) as scope:
        hand(scope, AOI.id, MONDAY, **more)
    before = everything()
    taken_back(import_id)
    assert seen(import_id).trouble == "overwritten"
    assert everything() == before


def test_a_mark_that_an_import_took_away_and_a_teacher_set_again_stays():
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, AOI.id, MONDAY)
    import_id = taken(attendance(marked(AOI, mark="出席")))
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, AOI.id, MONDAY, "excused")
    taken_back(import_id)
    assert seen(import_id).trouble == "overwritten"
    assert masks() == {(AOI.id, MONDAY): "excused"}


def test_an_import_is_taken_back_once():
    import_id = taken(attendance(marked(AOI)))
    taken_back(import_id)
    with pytest.raises(StateError):
        taken_back(import_id)


def test_what_was_brought_of_a_child_who_went_on_is_changed_and_taken_back():
    before = masks()
    first = taken(attendance(marked(AOI, "2026/9/1"), marked(BEN, "2026/9/1")))
    moved(AOI)
    later = brought(attendance(marked(AOI, "2026/9/1", "出席"), marked(AOI, "2026/9/2", "欠席")))
    assert counts(later) == {"new": 1, "changed": 1}
    started(later)
    assert masks() == {(AOI.id, date(2026, 9, 2)): "absent", (BEN.id, date(2026, 9, 1)): "absent"}
    for import_id in (later, first):
        taken_back(import_id)
        assert seen(import_id).state == ImportState.UNDONE
    assert masks() == before
    assert not rows(AttendanceEntry)
