"""Setting, revising, withdrawing and rating goals, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import operations, store
from aarportal.cycle.anticipation.choices import (
    Card,
    CriterionDraft,
    GoalChange,
    IfThenDraft,
    PredictionDraft,
)
from aarportal.cycle.anticipation.models import Goal, GoalVersion, IfThen
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import CycleEvent
from aarportal.cycle.units.models import Unit
from aarportal.people.school_year.models import Term
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    DOI,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
    scope_of,
)
from tests.cycle.anticipation.goals import (
    ADJUSTMENT,
    CARD,
    CARD_WORDS,
    COUNT_CARD,
    draft,
    enter_adjustment,
    enter_cards,
    enter_laps,
    kept_with,
    todays_lap,
)

pytestmark = pytest.mark.usefixtures("in_app")
CHANGE = GoalChange("too_big", "ひっ算を 3問 する", 3)


def test_a_goal_opens_a_lap_that_looks_ahead():
    with unit_of_work(scope_of(AOI)) as scope:
        goal_id = operations.set_goal(scope, draft()).id
    with unit_of_work(scope_of(AOI)) as scope:
        goal = store.goal(scope, goal_id)
        cycle = cycles.cycle(scope, goal.cycle_id)
        assert (goal.text, goal.author, goal.state) == (draft().text, "pupil", "active")
        assert (goal.due_on, goal.version, goal.level) == (clock.today(), 1, "today")
        assert (cycle.state, cycle.goal_before, cycle.class_id) == (
            "anticipating", True, CLASS_4_2,
        )  # fmt: skip
        assert (cycle.subject, cycle.unit_id) == ("sansu", UNIT_DIVISION)
        criterion = store.criterion_of(scope, goal_id)
        assert (criterion.type, criterion.target, criterion.source) == ("can_do", None, "pupil")
        assert store.plans_of(scope, [cycle.id]) == {cycle.id: []}
        assert store.prediction_of(scope, cycle.id) is None


def test_a_goal_leaves_a_trace_without_a_childs_words():
    with unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft("ひみつの ことば"))
    with unit_of_work(SystemScope("test")) as scope:
        traces = scope.session.scalars(store.select(AuditEntry)).all()
        assert "goal:set" in {trace.verb for trace in traces}
        assert not [t for t in traces if "ひみつ" in f"{t.detail}{t.object_id}"]


def test_everything_that_was_chosen_is_kept():
    chosen = draft(
        reach="self", criterion=CriterionDraft("count", 7), amount=8, strategies=("recall", "ask"),
        when="tomorrow", if_then=IfThenDraft("at_home", "ねむくなったら", "rest"),
        prediction=PredictionDraft(6, None, 2),
    )  # fmt: skip
    with unit_of_work(scope_of(AOI)) as scope:
        goal_id = operations.set_goal(scope, chosen).id
    with unit_of_work(scope_of(AOI)) as scope:
        goal = store.goal(scope, goal_id)
        tomorrow = clock.today() + timedelta(days=1)
        assert (goal.reach, goal.amount_planned, goal.strategies) == ("self", 8, ["recall", "ask"])
        assert goal.due_on == tomorrow
        criterion = store.criterion_of(scope, goal_id)
        assert (criterion.type, criterion.target, criterion.source) == ("count", 7, "pupil")
        (if_then,) = kept_with(scope, IfThen, goal_id)
        assert (if_then.cue, if_then.obstacle, if_then.response) == (
            "at_home",
            "ねむくなったら",
            "rest",
        )
        (plan,) = store.plans_of(scope, [goal.cycle_id])[goal.cycle_id]
        assert (plan.planned_on, plan.slot, plan.planned_amount) == (tomorrow, "lesson", 8)
        guess = store.prediction_of(scope, goal.cycle_id)
        assert (guess.predicted_correct, guess.of_items, guess.confidence) == (6, 8, 2)
        assert guess.state == "open"


def test_an_empty_if_then_is_not_kept():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(if_then=IfThenDraft("at_home")))
        assert kept_with(scope, IfThen, goal.id) == []


def test_pages_and_minutes_are_not_held_against_records():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(amount=2, amount_unit="pages", when="home"))
        (plan,) = store.plans_of(scope, [goal.cycle_id])[goal.cycle_id]
        assert plan.planned_amount is None
        assert goal.difficulty_ratio is None


@pytest.mark.parametrize(
    ("text", "card_id", "author", "criterion"),
    [("", CARD, "card", ("can_do", None, "teacher")),
     ("2けたで わる ひっさんが できる", CARD, "card", ("can_do", None, "teacher")),
     ("2けたの ひっ算を 5問", CARD, "pupil_from_card", ("can_do", None, "teacher")),
     ("", COUNT_CARD, "card", ("count", 8, "teacher")),
     ("わり算を がんばる", None, "pupil", ("can_do", None, "pupil"))],
)  # fmt: skip
def test_the_goal_says_whose_words_it_has(text, card_id, author, criterion):
    enter_cards()
    words, kind, target = {
        CARD: (CARD_WORDS, "can_do", None), COUNT_CARD: ("8{問|もん}_とく", "count", 8),
    }.get(card_id, ("", "", None))  # fmt: skip
    card = Card("c", words, card_id, "teacher", kind, target) if card_id else None
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(text, card=card, offered=(CARD_WORDS,)))
        row = store.criterion_of(scope, goal.id)
        assert (goal.author, goal.card_id) == (author, card_id)
        assert (row.type, row.target, row.source) == criterion


@pytest.mark.parametrize("unit", [UNIT_ADDING, UNIT_EQUATIONS], ids=["other class", "other school"])
def test_a_unit_that_is_not_ones_own_is_not_there(unit):
    with pytest.raises(NotFoundError), unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft(unit_id=unit))
    assert nothing_was_set()


def test_a_unit_that_is_over_takes_no_goal():
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.get(Unit, (AOI.school_id, UNIT_DIVISION)).ends_before = clock.today()
        operations.audit.record(scope, "test:ended", UNIT_DIVISION)
    with pytest.raises(NotFoundError), unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft())


def test_a_card_of_another_unit_is_not_there():
    enter_cards(UNIT_WATER)
    with pytest.raises(NotFoundError), unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft("", card=Card("c", CARD_WORDS, CARD)))
    assert nothing_was_set()


def test_a_wrong_choice_changes_nothing():
    with pytest.raises(InvalidError), unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft(strategies=("magic",)))
    assert nothing_was_set()


def nothing_was_set() -> bool:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return not scope.session.scalars(store.select(Goal)).all() + (
            scope.session.scalars(store.select(LearningCycle)).all()
        )


@pytest.mark.parametrize(
    ("state", "after"),
    [("acting", "acting"), ("paused", "acting"), ("anticipating", "anticipating")],
)
def test_a_goal_joins_the_lap_of_today(state, after):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = todays_lap(scope, state)
        goal = operations.set_goal(scope, draft())
        assert goal.cycle_id == cycle.id
        assert (cycle.state, cycle.goal_before) == (after, False)


@pytest.mark.parametrize(
    "more",
    [{"state": "reflecting"}, {"state": "closed_open_adjust"}, {"unit_id": UNIT_WATER},
     {"opened_on": clock.today() - timedelta(days=1)}],
    ids=["looking back", "closed", "another unit", "of yesterday"],
)  # fmt: skip
def test_a_goal_opens_a_lap_of_its_own_beside_any_other(more):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = todays_lap(scope, **more)
        assert operations.set_goal(scope, draft()).cycle_id != cycle.id


def test_a_second_goal_for_a_lap_revises_the_first():
    enter_cards()
    with unit_of_work(scope_of(AOI)) as scope:
        first = operations.set_goal(scope, draft(amount=8, criterion=CriterionDraft("count", 8)))
        again = draft(
            "", card=Card("c", CARD_WORDS, CARD), amount=3, when="home", reach="teach",
            criterion=CriterionDraft("count", 3), prediction=PredictionDraft(2),
        )  # fmt: skip
        second = operations.set_goal(scope, again)
        assert second is first
        assert (second.text, second.author, second.card_id) == (CARD_WORDS, "card", CARD)
        assert (second.version, second.amount_planned, second.reach) == (2, 3, "teach")
        (before,) = kept_with(scope, GoalVersion, first.id)
        assert (before.version, before.text, before.amount_planned) == (1, draft().text, 8)
        assert before.reason == "other_task"
        assert store.criterion_of(scope, first.id).target == 3
        assert len(store.plans_of(scope, [first.cycle_id])[first.cycle_id]) == 1
        assert store.prediction_of(scope, first.cycle_id).of_items == 3


def test_planning_the_same_time_twice_is_one_plan():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(amount=8, when="home"))
        operations.set_goal(scope, draft(amount=5, when="home"))
        (plan,) = store.plans_of(scope, [goal.cycle_id])[goal.cycle_id]
        assert plan.planned_amount == 5


def test_a_guess_is_made_once_a_lap():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(prediction=PredictionDraft(4, 10)))
        operations.set_goal(scope, draft(prediction=PredictionDraft(9, 10)))
        assert store.prediction_of(scope, goal.cycle_id).predicted_correct == 4


@pytest.mark.parametrize(
    ("laps", "amount", "ratio"),
    [((), 8, None), ((4, 6, 8, 10), 7, 1.0), ((90, 4, 6, 8, 10), 14, 2.0), ((4,), None, None)],
)
def test_the_goal_keeps_how_large_it_is_beside_the_own_past(laps, amount, ratio):
    enter_laps(*laps)
    with unit_of_work(scope_of(AOI)) as scope:
        assert operations.set_goal(scope, draft(amount=amount)).difficulty_ratio == ratio


def test_neither_others_nor_other_subjects_nor_the_lap_itself_are_compared():
    enter_laps(100, 100, member=BEN)
    enter_laps(50, 50, subject="rika", unit=UNIT_WATER)
    enter_laps(8)
    with unit_of_work(scope_of(AOI)) as scope:
        todays_lap(scope, items=2)
        assert operations.set_goal(scope, draft(amount=8)).difficulty_ratio == 1.0


@pytest.mark.parametrize(
    ("chosen", "goal", "to_value", "strategies"),
    [
        ({}, {}, "picture", ["picture"]),
        ({}, {"strategies": ("ask",)}, "picture", ["picture", "ask"]),
        ({}, {"strategies": ("ask", "recall")}, "picture", ["ask", "recall"]),
        ({}, {"strategies": ("picture",)}, "picture", ["picture"]),
        ({"to_value": ""}, {"strategies": ("ask",)}, "ask", ["ask"]),
        ({}, {"adjustment_change": "色を ぬる"}, "色を ぬる", []),
        ({}, {"adjustment_change": "", "strategies": ("ask",)}, "ask", ["ask"]),
        ({}, {"adjustment_change": ""}, "picture", []),
        ({"what": "time", "to_value": "朝に やる"}, {"strategies": ("ask",)}, "朝に やる", ["ask"]),
    ],
)
def test_taking_over_the_last_change_closes_the_loop(chosen, goal, to_value, strategies):
    enter_adjustment(**chosen)
    with unit_of_work(scope_of(AOI)) as scope:
        row = operations.set_goal(scope, draft(adjustment_id=ADJUSTMENT, **goal))
        adjustment = cycles.adjustment(scope, ADJUSTMENT)
        assert (adjustment.state, adjustment.to_cycle_id) == ("in_effect", row.cycle_id)
        assert adjustment.to_value == to_value
        assert row.strategies == strategies
        before = cycles.cycle(scope, adjustment.from_cycle_id)
        assert (before.state, before.next_cycle_id) == ("closed_carried", row.cycle_id)


def test_not_taking_it_over_leaves_it_for_next_time():
    enter_adjustment()
    with unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft())
        assert cycles.proposed_adjustment(scope, AOI.id).id == ADJUSTMENT


def test_a_change_that_waited_too_long_lapses_and_stops_no_goal():
    enter_adjustment(days_ago=40)
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(adjustment_id=ADJUSTMENT))
        assert cycles.adjustment(scope, ADJUSTMENT).state == "lapsed"
        assert (goal.state, goal.strategies) == ("active", [])


def test_somebody_elses_change_cannot_be_taken_over():
    enter_adjustment(member=BEN)
    with pytest.raises(NotFoundError), unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft(adjustment_id=ADJUSTMENT))


def test_setting_a_goal_lets_old_laps_rest():
    enter_laps(5, state="acting", updated_at=clock.now() - timedelta(days=40))
    with unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft())
        states = [cycle.state for cycle in cycles.recent_cycles(scope, AOI.id, 5)]
        assert states == ["anticipating", "paused"]


def test_setting_a_goal_in_a_new_term_closes_what_rests_from_the_old_one():
    """The school's own terms say so."""
    enter_laps(5, state="acting", updated_at=clock.now() - timedelta(days=40))
    with unit_of_work(SystemScope("test")) as scope:
        for title, first, end in (("1学期", -90, -20), ("2学期", -20, 90)):
            starts_on, ends_before = (clock.today() + timedelta(days=n) for n in (first, end))
            scope.session.add(
                Term(
                    school_id=AOI.school_id, starts_on=starts_on, ends_before=ends_before,
                    school_year=2026, title=title,
                )
            )  # fmt: skip
        audit.record(scope, "test:entered", "terms")
    with unit_of_work(scope_of(AOI)) as scope:
        operations.set_goal(scope, draft())
        states = [cycle.state for cycle in cycles.recent_cycles(scope, AOI.id, 5)]
        assert states == ["anticipating", "closed_unreviewed"]


def test_the_prompts_of_a_subject_go_on_where_they_were():
    enter_laps(5, prompt_stage=3)
    enter_laps(5, prompt_stage=2, subject="rika", unit=UNIT_WATER)
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        assert cycles.cycle(scope, goal.cycle_id).prompt_stage == 3


def test_revising_keeps_the_first_version():
    with unit_of_work(scope_of(AOI)) as scope:
        goal_id = operations.set_goal(scope, draft(amount=8, strategies=("ask",))).id
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.revise_goal(scope, store.goal(scope, goal_id), CHANGE)
        assert (goal.text, goal.amount_planned, goal.strategies) == (CHANGE.text, 3, [])
        assert (goal.version, goal.state) == (2, "active")
        operations.revise_goal(scope, goal, replace(CHANGE, reason="mistake", amount=4))
    with unit_of_work(scope_of(AOI)) as scope:
        kept = kept_with(scope, GoalVersion, goal_id)
        assert [(v.version, v.amount_planned, v.strategies, v.reason) for v in kept] == [
            (1, 8, ["ask"], "too_big"), (2, 3, [], "mistake"),
        ]  # fmt: skip


def look_back_and_revise(goal_id):
    with unit_of_work(scope_of(AOI)) as scope:
        goal = store.goal(scope, goal_id)
        cycle = cycles.cycle(scope, goal.cycle_id)
        for event in (CycleEvent.STARTED, CycleEvent.REFLECTION_BEGUN):
            loop.move(scope, cycle, event)
        operations.revise_goal(scope, goal, CHANGE)


def test_a_goal_of_a_lap_that_is_being_looked_back_on_stands():
    with unit_of_work(scope_of(AOI)) as scope:
        goal_id = operations.set_goal(scope, draft()).id
    with pytest.raises(StateError):
        look_back_and_revise(goal_id)
    with unit_of_work(scope_of(AOI)) as scope:
        assert store.goal(scope, goal_id).version == 1


def test_a_goal_whose_day_is_over_stands():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        goal.due_on -= timedelta(days=1)
        with pytest.raises(StateError):
            operations.revise_goal(scope, goal, CHANGE)
        with pytest.raises(StateError):
            operations.goal_to_change(scope, goal.id)


def test_a_withdrawn_goal_makes_room_for_another_in_the_same_lap():
    with unit_of_work(scope_of(AOI)) as scope:
        first = operations.set_goal(scope, draft())
        operations.withdraw_goal(scope, first, "other_task")
        assert first.state == "withdrawn"
        assert store.active_goal(scope, first.cycle_id) is None
        assert store.goals_of(scope, [first.cycle_id]) == {}
        second = operations.set_goal(scope, draft("べつの めあて"))
        assert (second.id != first.id, second.cycle_id) == (True, first.cycle_id)
        assert store.goals_of(scope, [first.cycle_id]) == {first.cycle_id: second}


@pytest.mark.parametrize("act", [
    lambda scope, goal: operations.revise_goal(scope, goal, CHANGE),
    lambda scope, goal: operations.withdraw_goal(scope, goal, "mistake"),
    lambda scope, goal: operations.rate_goal(scope, goal, 3),
    lambda scope, goal: operations.goal_to_change(scope, goal.id),
], ids=["revise", "withdraw", "rate", "open to change"])  # fmt: skip
def test_a_withdrawn_goal_stays_withdrawn(act):
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        operations.withdraw_goal(scope, goal, "mistake")
        with pytest.raises(StateError):
            act(scope, goal)


@pytest.mark.parametrize(
    ("value", "state"),
    [(3, "achieved"), (2, "achieved_with_help"), (1, "partly"), (0, "not_yet")],
)
def test_a_rating_says_what_became_of_the_goal_and_may_be_corrected(value, state):
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        operations.rate_goal(scope, goal, 3 - value)
        assert operations.rate_goal(scope, goal, value).state == state


def test_goals_of_days_gone_by_become_unreviewed_and_can_still_be_rated():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        assert operations.end_days(scope, AOI.id, clock.today()) == 0
        assert operations.end_days(scope, AOI.id, clock.today() + timedelta(days=1)) == 1
        assert goal.state == "unreviewed"
        assert operations.rate_goal(scope, goal, 2).state == "achieved_with_help"


@pytest.mark.parametrize(
    ("items", "first_item", "state"),
    [(0, None, "open"), (10, timedelta(minutes=5), "resolved"), (10, timedelta(minutes=-5), "void"),
     (10, timedelta(0), "void")],
    ids=["no item yet", "guess came first", "result came first", "at the same moment"],
)  # fmt: skip
def test_a_guess_counts_only_when_it_came_before_the_first_item(items, first_item, state):
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft(prediction=PredictionDraft(5, 10)))
        cycle = cycles.cycle(scope, goal.cycle_id)
        guess = store.prediction_of(scope, cycle.id)
        if first_item is not None:
            loop.move(scope, cycle, CycleEvent.RECORD_ARRIVED, at=guess.made_at + first_item)
        cycle.items = items
        assert operations.resolve_prediction(scope, cycle).state == state


def test_a_guess_made_after_the_first_items_is_void_and_stays_so():
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = todays_lap(scope)
        operations.set_goal(scope, draft(prediction=PredictionDraft(5, 10)))
        assert store.prediction_of(scope, cycle.id).state == "void"
        cycle.acted_first_at += timedelta(hours=1)
        assert operations.resolve_prediction(scope, cycle).state == "void"


def test_a_lap_without_a_guess_has_nothing_to_resolve():
    with unit_of_work(scope_of(AOI)) as scope:
        goal = operations.set_goal(scope, draft())
        cycle = cycles.cycle(scope, goal.cycle_id)
        assert operations.resolve_prediction(scope, cycle) is None


@pytest.mark.parametrize("stranger", [BEN, DOI], ids=lambda member: member.name)
def test_goals_of_others_cannot_be_set_or_changed(stranger):
    with unit_of_work(scope_of(AOI)) as scope:
        goal_id = operations.set_goal(scope, draft()).id
    if stranger is BEN:
        with unit_of_work(scope_of(BEN)) as scope, pytest.raises(NotFoundError):
            operations.goal_to_change(scope, goal_id)
    else:
        with unit_of_work(scope_of(DOI), read_only=True) as scope:
            assert store.goal(scope, goal_id).text == draft().text


def test_only_the_homeroom_teacher_sees_what_a_student_expects_of_themselves():
    with unit_of_work(scope_of(AOI)) as scope:
        cycle_id = operations.set_goal(scope, draft(prediction=PredictionDraft(5))).cycle_id
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert store.prediction_of(scope, cycle_id).predicted_correct == 5
    with unit_of_work(scope_of(DOI), read_only=True) as scope:
        assert store.prediction_of(scope, cycle_id) is None
