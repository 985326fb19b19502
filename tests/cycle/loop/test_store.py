"""Questions about laps, on both databases."""

from datetime import timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop import store
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, DOI, KEN, PRIMARY, UNIT_DIVISION, scope_of

#: Days ago, whose, subject, state, items.
LAPS = (
    (9, AOI, "sansu", "closed", 4),
    (7, AOI, "sansu", "closed_carried", 6),
    (5, AOI, "sansu", "closed_unreviewed", 0),
    (4, AOI, "rika", "closed_open_adjust", 30),
    (3, AOI, "sansu", "paused", 8),
    (1, AOI, "sansu", "acting", 10),
    (0, AOI, "sansu", "anticipating", 0),
    (0, BEN, "sansu", "reflecting", 100),
)


@pytest.fixture
def laps(in_app):
    with unit_of_work(SystemScope("test")) as scope:
        for days, member, subject, state, items in LAPS:
            at = clock.now() - timedelta(days=days)
            scope.session.add(
                LearningCycle(
                    school_id=PRIMARY, student_id=member.id, class_id=CLASS_4_2, subject=subject,
                    unit_id=UNIT_DIVISION, state=state, state_since=at, opened_at=at, items=items,
                    opened_on=clock.school_day_of(at), updated_at=at,
                )
            )  # fmt: skip
        audit.record(scope, "test:entered", "laps")


def test_open_laps_come_with_the_one_touched_last_first(laps):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        states = [cycle.state for cycle in store.open_cycles(scope, AOI.id)]
        assert states == ["anticipating", "acting", "paused"]


def test_recent_laps_are_the_latest_and_no_more_than_asked_for(laps):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert [c.items for c in store.recent_cycles(scope, AOI.id, 3)] == [0, 10, 8]


def test_laps_between_two_days_include_both(laps):
    today = clock.today()
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        found = store.cycles_between(
            scope, AOI.id, today - timedelta(days=7), today - timedelta(days=3)
        )
        assert [c.items for c in found] == [6, 0, 30, 8]


def test_closed_laps_count_those_that_were_looked_back_on(laps):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.closed_laps(scope, AOI.id) == 3


def test_recent_amounts_are_of_one_subject_and_leave_out_laps_without_items(laps):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.recent_amounts(scope, AOI.id, "sansu") == [10, 8, 6, 4]
        assert store.recent_amounts(scope, AOI.id, "sansu", 2) == [10, 8]
        assert store.recent_amounts(scope, AOI.id, "ongaku") == []


def test_a_classmate_and_another_school_see_nothing(laps):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.recent_cycles(scope, BEN.id, 9) == []
        assert store.recent_amounts(scope, BEN.id, "sansu") == []
    with unit_of_work(scope_of(KEN), read_only=True) as scope:
        assert store.recent_cycles(scope, AOI.id, 9) == []


@pytest.mark.parametrize("teacher", [CHIBA, DOI], ids=lambda member: member.name)
def test_the_teachers_of_a_class_see_the_laps_of_all_of_it(laps, teacher):
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        assert all(store.recent_cycles(scope, pupil.id, 9) for pupil in (AOI, BEN))


def test_a_lap_of_somebody_else_is_not_there(laps):
    with unit_of_work(scope_of(BEN), read_only=True) as scope:
        bens = store.recent_cycles(scope, BEN.id, 1)[0].id
    with unit_of_work(scope_of(AOI), read_only=True) as scope, pytest.raises(NotFoundError):
        store.cycle(scope, bens)
