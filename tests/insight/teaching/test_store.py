"""The class at a glance, on both databases."""

from dataclasses import replace

import pytest

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.states import CycleEvent
from aarportal.insight.teaching import store
from aarportal.insight.teaching.store import Counts
from aarportal.people.attendance import operations as attendance
from aarportal.people.roster import store as roster
from tests import classroom
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    DOI,
    HANA,
    SCIENCE_4_2,
    UNIT_DIVISION,
    UNIT_WATER,
    scope_of,
)
from tests.insight.teaching.lessons import Told, set_clock, tell


@pytest.fixture(autouse=True)
def lesson(in_app):
    set_clock()


def now(teacher=CHIBA, class_id=CLASS_4_2):
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        return store.class_now(scope, roster.one_class(scope, class_id))


def card(member=AOI, **options):
    return next(pupil for pupil in now(**options).pupils if pupil.mate.id == member.id)


def laps(member=AOI, teacher=CHIBA):
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        return store.laps(scope, member.id)


def version(teacher=CHIBA, class_id=CLASS_4_2):
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        return store.version(scope, class_id)


def arcs(member=AOI, **options):
    phases = card(member, **options).phases
    return (phases.anticipation, phases.action, phases.reflection)


LAPS = [
    pytest.param(None, ("next", "next", "next"), id="nothing yet"),
    pytest.param(Told(), ("done", "now", "next"), id="goal set"),
    pytest.param(Told(goal=None, records=2), ("next", "now", "next"), id="works without a goal"),
    pytest.param(Told(records=3, items=3, planned=8), ("done", "now", "next"), id="in the middle"),
    pytest.param(
        Told(records=8, items=8, planned=8), ("done", "done", "now"), id="planned work done"
    ),
    pytest.param(Told(state="reflecting"), ("done", "done", "now"), id="looks back"),
    pytest.param(Told(text="できた", rating=3), ("done", "done", "done"), id="looked back"),
    pytest.param(Told(state="closed_unreviewed"), ("done", "done", "next"), id="closed without it"),
]


@pytest.mark.parametrize(("lap", "expected"), LAPS)
def test_a_card_shows_where_the_pupil_is_today(in_app, lap, expected):
    if lap:
        tell(lap)
    assert arcs() == expected
    assert card().has_reflected is (expected[2] == "done")
    assert arcs(BEN) == ("next", "next", "next")


def test_a_lap_of_yesterday_is_not_shown_as_today(in_app):
    tell(Told(days_ago=1, text="できた", rating=3))
    assert arcs() == ("next", "next", "next")
    assert card().ratings == (3,)


def test_of_several_laps_the_one_that_goes_on_is_shown_else_the_last(in_app):
    tell(Told(minutes_ago=90, text="さんすう", rating=2), Told(minutes_ago=5, subject="rika"))
    assert arcs() == ("done", "now", "next")
    tell(Told(BEN, minutes_ago=60), Told(BEN, minutes_ago=30, subject="rika", text="できた"))
    assert arcs(BEN) == ("done", "now", "next")


def test_the_last_five_ratings_come_in_order(in_app):
    values = [0, 1, 2, 3, 2, 1]
    tell(*[Told(days_ago=6 - n, rating=value, text="") for n, value in enumerate(values)])
    assert card().ratings == tuple(values[1:])
    assert card(BEN).ratings == ()


def test_ratings_of_last_term_say_nothing_about_now(in_app):
    tell(Told(days_ago=40, rating=0, text=""), Told(days_ago=39, rating=0, text=""))
    assert card().ratings == ()
    assert card().signals == []


SIGNALS = [
    pytest.param([Told(mid="ask")], ["ask"], id="asks"),
    pytest.param([Told(mid="stuck")], ["stuck"], id="stuck"),
    pytest.param([Told(days_ago=1, mid="ask"), Told()], [], id="asked yesterday"),
    pytest.param(
        [Told(days_ago=2, rating=0, text=""), Told(days_ago=1, rating=0, text=""), Told()],
        ["twice_not_yet"],
        id="twice not yet",
    ),
    pytest.param([Told(rating=3, met=False, text="")], ["gap"], id="differs from the record"),
    pytest.param([Told(goal=None, records=1)], ["no_goal"], id="works without a goal"),
]


@pytest.mark.parametrize(("told", "rules"), SIGNALS)
def test_a_card_carries_its_signals(in_app, told, rules):
    tell(*told)
    assert [it.rule for it in card().signals] == rules


def test_a_missing_goal_stands_out_only_while_others_act(in_app):
    assert card(BEN).signals == []
    tell(Told(records=1))
    assert [it.rule for it in card(BEN).signals] == ["no_goal"]


def test_who_is_absent_is_in_no_number_and_has_no_signal(in_app):
    tell(Told(mid="stuck", records=1), Told(BEN, text="できた", rating=3))
    assert now().counts == Counts(present=2, goal=2, acted=1, reflected=1, signals=1, calls=1)
    with unit_of_work(scope_of(CHIBA)) as scope:
        attendance.mark_absent(scope, AOI.id, clock.today())
    away = card()
    assert (away.absent, list(away.signals), away.has_reflected) == ("absent", [], False)
    assert now().counts == Counts(present=1, goal=1, acted=1, reflected=1, signals=0, calls=0)


@pytest.mark.parametrize(
    ("goal", "acted", "phase"),
    [(0, 0, "anticipation"), (31, 0, "anticipation"), (32, 0, "action"), (40, 31, "action"),
     (40, 32, "reflection")],
)  # fmt: skip
def test_the_wall_follows_most_of_the_class(goal, acted, phase):
    assert Counts(40, goal, acted, 0, 0, 0).phase == phase


def test_the_unit_of_most_laps_names_the_lesson(in_app):
    assert now().unit is None
    tell(Told(unit_id=UNIT_WATER, subject="rika"))
    assert now().unit.id == UNIT_WATER
    with unit_of_work(SystemScope("test")) as scope:
        members = classroom.fill(scope, size=4)
    tell(*[Told(member) for member in members])
    with unit_of_work(_teacher_of(members), read_only=True) as scope:
        found = store.class_now(scope, roster.one_class(scope, CLASS_4_2))
    assert found.unit.id == UNIT_DIVISION


def test_a_class_of_one_subject_is_not_named_after_other_lessons(in_app):
    tell(Told())
    assert now(teacher=DOI, class_id=SCIENCE_4_2).unit is None


def test_forty_pupils_come_in_the_order_of_their_numbers(in_app):
    with unit_of_work(SystemScope("test")) as scope:
        members = classroom.fill(scope)
    teacher = _teacher_of(members)
    with unit_of_work(teacher, read_only=True) as scope:
        pupils = store.class_now(scope, roster.one_class(scope, CLASS_4_2)).pupils
    assert [pupil.mate.attendance_no for pupil in pupils] == list(range(1, 41))


def _teacher_of(members):
    """Ms Chiba's scope as signing in would give it now."""
    scope = scope_of(CHIBA)
    seen = frozenset({AOI.id, BEN.id, *(member.id for member in members)})
    return replace(scope, students=dict.fromkeys(scope.students, seen))


def test_the_side_panel_tells_the_last_laps_the_latest_first(in_app):
    tell(
        Told(days_ago=4, text="はじめ", rating=0),
        Told(days_ago=2, text="つぎ", rating=1, next_what="method", next_words="picture",
             answers=[("process", "図がきいたね", 1)]),
        Told(days_ago=1, goal=None, records=1),
        Told(goal="きょうの めあて"),
        Told(BEN, text="べん"),
    )  # fmt: skip
    found = laps()
    assert len(found) == store.LAPS
    assert [lap.goal.text if lap.goal else None for lap in found][:2] == ["きょうの めあて", None]
    told = found[2]
    assert (told.rating.value, told.reflection.text) == (1, "つぎ")
    assert told.adjustment.to_value == "picture"
    assert [(it.kind, it.text) for it in told.answers] == [("process", "図がきいたね")]
    assert [lap.reflection.text for lap in found if lap.reflection] == ["つぎ"]


def test_a_teacher_of_one_subject_sees_the_same_pupils(in_app):
    tell(Told(text="できた", rating=3))
    assert arcs(teacher=DOI, class_id=SCIENCE_4_2) == ("done", "done", "done")


def test_the_version_stands_still_until_something_changes(in_app):
    tell(Told())
    assert version() == version()


def _touch():
    with unit_of_work(scope_of(AOI)) as scope:
        loop.move(scope, cycles.cycle(scope, Told().cycle_id), CycleEvent.STARTED)
        loop.audit.record(scope, "test:moved", AOI.id)


def _away(absent=True):
    with unit_of_work(scope_of(CHIBA)) as scope:
        change = attendance.mark_absent if absent else attendance.mark_present
        change(scope, BEN.id, clock.today())


@pytest.mark.parametrize("change", [_touch, _away], ids=["a lap moves", "somebody is away"])
@pytest.mark.parametrize(
    ("teacher", "class_id"), [(CHIBA, CLASS_4_2), (DOI, SCIENCE_4_2)], ids=["homeroom", "science"]
)
def test_the_version_moves_with_every_change_that_the_page_shows(in_app, change, teacher, class_id):
    tell(Told())
    before = version(teacher, class_id)
    change()
    assert version(teacher, class_id) != before


def test_the_version_moves_when_one_comes_back_and_another_leaves(in_app):
    _away()
    before = version()
    _away(absent=False)
    with unit_of_work(scope_of(CHIBA)) as scope:
        attendance.mark_absent(scope, AOI.id, clock.today())
    assert version() != before


def test_another_class_does_not_move_the_version(in_app):
    tell(Told())
    before = version()
    tell(Told(HANA, class_id=CLASS_1_1, unit_id=None))
    assert version() == before


def test_only_a_student_of_the_class_passes(in_app):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        store.check_in_class(scope, CLASS_4_2, AOI.id)
        for stranger in (HANA.id, CHIBA.id):
            with pytest.raises(NotFoundError):
                store.check_in_class(scope, CLASS_4_2, stranger)
