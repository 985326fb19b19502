"""What is left at a school before, on both databases: settled once, whatever the order of moves."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.anticipation.arrivals import operations as arrivals
from aarportal.cycle.anticipation.models import PlanSession
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.roster.models import UserRole
from tests.cast import (
    AOI,
    BEN,
    CLASS_4_2,
    CLASS_J2_1,
    CODES,
    PASSWORD,
    PRIMARY,
    SECONDARY,
    key,
)
from tests.cycle.reflection.laps import rows, the
from tests.over_time import lived_rows, move_school

CLASSES = {PRIMARY: CLASS_4_2, SECONDARY: CLASS_J2_1}


def come_in(member):
    """Sign in as people do, and look through one's own eyes."""
    draft = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "here")
    found = accounts.who(accounts.sign_in(draft, "secret"))
    assert found is not None
    return found[0]


def live(member, name, *, state="acting", adjustment="proposed"):
    """A lap with everything that can hang on one, now, at the member's present school."""
    with unit_of_work(SystemScope("life")) as scope:
        lap = lived_rows(
            scope, member, name, clock.now(), member.school_id, CLASSES[member.school_id]
        )
        lap.state = state
        scope.session.execute(
            update(Adjustment).where(Adjustment.from_cycle_id == lap.id).values(state=adjustment)
        )
        audit.record(scope, "rows:made", "")
        return lap.id


def test_plans_and_goals_end_with_their_lap(in_app):
    live(AOI, "left")
    come_in(move_school(AOI, SECONDARY, CLASS_J2_1))
    assert the(PlanSession).state == "dropped"
    assert the(LearningCycle).closed_at is not None


def test_other_children_are_left_alone(in_app):
    live(AOI, "left")
    live(BEN, "stays")
    come_in(move_school(AOI, SECONDARY, CLASS_J2_1))
    assert the(LearningCycle, student_id=BEN.id).state == "acting"
    assert the(Adjustment, student_id=BEN.id).state == "proposed"


def test_two_schools_at_once_are_no_move(in_app):
    """通級: a child learns at a second school and leaves neither."""
    live(AOI, "here")
    moved = move_school(AOI, SECONDARY, CLASS_J2_1)
    with unit_of_work(SystemScope("roster")) as scope:
        scope.session.execute(
            update(UserRole).where(UserRole.user_id == AOI.id).values(ends_before=None)
        )
        audit.record(scope, "roster:changed", "")
    scope = come_in(moved)
    assert scope.other_school_ids == {PRIMARY}
    assert the(LearningCycle).state == "acting"
    assert the(Adjustment).state == "proposed"


def test_what_is_of_a_school_before_takes_no_paper_work(in_app):
    lap_id = live(AOI, "left", state="closed_open_adjust")
    scope = come_in(move_school(AOI, SECONDARY, CLASS_J2_1))
    work = action.PaperWork("drill", 3, "items")
    with unit_of_work(scope):
        lap = scope.one(LearningCycle, lap_id)
        with pytest.raises(StateError):
            action.record_by_hand(scope, lap, work)


def test_a_killed_arrival_leaves_everything_as_it_was(in_app, monkeypatch):
    live(AOI, "left")
    moved = move_school(AOI, SECONDARY, CLASS_J2_1)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "_take_draft_along", die)
        with pytest.raises(KeyboardInterrupt):
            come_in(moved)
    assert the(LearningCycle).state == "acting"
    assert the(Adjustment).state == "proposed"
    come_in(moved)
    assert the(LearningCycle).state == "closed_unreviewed"
    assert len(rows(Adjustment, state="proposed")) == 1


MOVES = st.lists(st.sampled_from(["live", "decide", "move", "come in"]), min_size=1, max_size=9)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_however_a_child_moves_nothing_is_lost_or_doubled(database, steps):
    """Every lap and every decision is the child's, seen once, and open at one school at most."""
    database.reset()
    with database.app.app_context():
        member, made, decided = AOI, [], 0
        for number, step in enumerate(steps):
            if step == "move":
                to = SECONDARY if member.school_id == PRIMARY else PRIMARY
                member = move_school(member, to, CLASSES[to])
            elif step == "come in":
                come_in(member)
            else:
                state = "proposed" if step == "decide" else "worked"
                made.append(live(member, f"{number}", adjustment=state))
                decided += step == "decide"
        scope = come_in(member)
        with unit_of_work(scope, read_only=True):
            seen = scope.session.scalars(select(LearningCycle.id)).all()
            open_at = set(
                scope.session.scalars(
                    select(Adjustment.school_id).where(Adjustment.state == "proposed")
                )
            )
            waiting = scope.session.scalars(
                select(Adjustment).where(Adjustment.state == "proposed")
            ).all()
        assert sorted(seen) == sorted(made)
        assert open_at <= {member.school_id}
        assert len(waiting) == decided
        assert len({row.decided_in for row in waiting}) == decided
        elsewhere = [lap for lap in rows(LearningCycle) if lap.school_id != member.school_id]
        assert {lap.state for lap in elsewhere} <= {"closed_unreviewed"}
        assert key("0 aoi") in seen or steps[0] not in {"live", "decide"}


def test_a_day_is_enough_to_have_left(in_app):
    live(AOI, "left")
    moved = move_school(AOI, SECONDARY, CLASS_J2_1, clock.today() - timedelta(days=1))
    come_in(moved)
    assert the(LearningCycle).state == "closed_unreviewed"
