"""Handing in, changing, reading, answering and revising reflections, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import DayRollup
from aarportal.cycle.anticipation import operations as anticipation
from aarportal.cycle.anticipation.models import Goal, PlanSession, Prediction
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection import operations
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
)
from aarportal.people.attendance.models import AbsentDay
from tests.cast import AOI, scope_of
from tests.cycle.reflection.laps import (
    NO_FACTS,
    answer,
    draft,
    enter_carried,
    enter_lap,
    read_by_teacher,
    submit,
    the,
    traces,
)
from tests.cycle.reflection.laps import rows as rows_of

OPEN = ("anticipating", "acting", "paused", "reflecting")

#: A value that is not taken -> the field and the rule that it breaks.
REFUSED = [
    ({"rating": -1}, ("rating", "required")),
    ({"rating": 4}, ("rating", "required")),
    ({"next_what": ""}, ("next_what", "required")),
    ({"next_what": "talent"}, ("next_what", "required")),
    ({"direction": "sideways"}, ("direction", "choice")),
    ({"factors": ("method", "time", "help")}, ("factors", "choice")),
    ({"factors": ("talent",)}, ("factors", "choice")),
    ({"verdict": "great"}, ("verdict", "choice")),
    ({"prompt_id": "<script>"}, ("text", "choice")),
    ({"next_value": "あ" * 61}, ("next_value", "too_long")),
    ({"text": "あ" * 201}, ("text", "too_long")),
    ({"text": "あ" * 401, "band": "U"}, ("text", "too_long")),
]


def state_of(cycle_id) -> str:
    return the(LearningCycle, id=cycle_id).state


@pytest.mark.parametrize("state", OPEN)
def test_handing_in_closes_an_open_lap_from_wherever_it_stands(in_app, state):
    cycle_id = enter_lap(state=state)
    submit(cycle_id)
    cycle = the(LearningCycle, id=cycle_id)
    assert cycle.state == "closed_open_adjust"
    assert cycle.closed_at == cycle.reflected_at is not None
    assert the(Reflection).state == "submitted"


@pytest.mark.parametrize("state", ["closed", "closed_unreviewed", "closed_carried"])
def test_a_lap_that_is_closed_takes_no_first_reflection(in_app, state):
    cycle_id = enter_lap(state=state)
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.submit(scope, draft(cycle_id))
    assert state_of(cycle_id) == state
    assert not rows_of(Reflection) + rows_of(SelfRating) + rows_of(Adjustment)


@pytest.mark.parametrize("state", OPEN)
def test_beginning_turns_the_lap_to_reflecting_and_can_be_done_twice(in_app, state):
    cycle_id = enter_lap(state=state)
    for _ in range(2):
        with unit_of_work(scope_of(AOI)) as scope:
            operations.begin(scope, scope.one(LearningCycle, cycle_id))
    assert state_of(cycle_id) == "reflecting"


@pytest.mark.parametrize(("items", "away", "state"), [
    (8, False, "done"), (3, False, "partly"), (0, False, "open_past"), (0, True, "excused"),
])  # fmt: skip
def test_beginning_says_what_became_of_the_plans(in_app, items, away, state):
    """The work of an app answers a plan; whoever was away did not miss it."""
    today = clock.today()
    planned_on = today - timedelta(2)
    cycle_id = enter_lap(state="acting", days_ago=2)
    with unit_of_work(SystemScope("test")) as scope:
        lap = scope.session.get(LearningCycle, (AOI.school_id, cycle_id))
        scope.session.add(
            PlanSession(
                school_id=AOI.school_id, student_id=AOI.id, cycle_id=cycle_id,
                planned_on=planned_on, slot="home", planned_amount=8, state="planned",
            )
        )  # fmt: skip
        if items:
            scope.session.add(
                DayRollup(
                    school_id=AOI.school_id, student_id=AOI.id, day=planned_on, app_id=NOTHING,
                    subject=lap.subject, unit_id=lap.unit_id, records=1, items=items,
                    last_event_at=lap.opened_at, burst_seconds=0,
                )
            )  # fmt: skip
        if away:
            scope.session.add(
                AbsentDay(school_id=AOI.school_id, student_id=AOI.id, day=planned_on, kind="absent")
            )
        audit.record(scope, "test", cycle_id)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.begin(scope, scope.one(LearningCycle, cycle_id))
    assert [plan.state for plan in rows_of(PlanSession)] == [state]


def test_beginning_a_closed_lap_changes_nothing(in_app):
    cycle_id = enter_lap(state="closed")
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.begin(scope, scope.one(LearningCycle, cycle_id))
    assert state_of(cycle_id) == "closed"


def test_everything_chosen_is_kept(in_app):
    cycle_id = enter_lap()
    submit(
        cycle_id, rating=3, text="図に かいたら、分かった。", prompt_id="essence",
        direction="went_well", factors=("method", "help"), next_what="method",
        next_value="picture", lang="en",
    )  # fmt: skip
    row, given, after = the(Reflection), the(Attribution), the(Adjustment)
    assert (row.text, row.prompt_id, row.lang, row.version) == (
        "図に かいたら、分かった。", "essence", "en", 1,
    )  # fmt: skip
    assert (given.direction, given.factors) == ("went_well", ["method", "help"])
    assert (after.kind, after.what, after.to_value, after.state) == (
        "change", "method", "picture", "proposed",
    )  # fmt: skip
    assert the(SelfRating).value == 3
    assert len(traces("reflection:submitted")) == 1


def test_two_choices_are_enough(in_app):
    submit(enter_lap(), rating=0)
    assert the(Reflection).text == ""
    assert not rows_of(Attribution)
    assert (the(Adjustment).kind, the(Adjustment).what) == ("keep", "same")


@pytest.mark.parametrize(
    ("wrong", "said"), REFUSED, ids=[f"{n}-{said[0]}" for n, (_, said) in enumerate(REFUSED)]
)
def test_what_was_not_offered_is_refused_and_changes_nothing(in_app, wrong, said):
    cycle_id = enter_lap()
    with pytest.raises(InvalidError) as caught, unit_of_work(scope_of(AOI)) as scope:
        operations.submit(scope, draft(cycle_id, **wrong))
    assert (caught.value.field, caught.value.rule) == said
    assert state_of(cycle_id) == "acting"
    assert not rows_of(Reflection)


@pytest.mark.parametrize(("band", "letters"), [("L", 200), ("M", 200), ("U", 400), ("", 200)])
def test_a_text_may_be_just_as_long_as_the_page_says(in_app, band, letters):
    assert operations.max_text(band) == letters
    submit(enter_lap(), text="𠮷" * letters, band=band)
    assert the(Reflection).text == "𠮷" * letters


@pytest.mark.parametrize(
    ("rating", "state"),
    [(0, "not_yet"), (1, "partly"), (2, "achieved_with_help"), (3, "achieved")],
)
def test_the_rating_moves_the_goal(in_app, rating, state):
    submit(enter_lap(), rating=rating)
    assert the(Goal).state == state


@pytest.mark.parametrize(
    ("criterion", "facts", "met"),
    [
        (("accuracy", 70), {}, True),
        (("accuracy", 90), {}, False),
        (("count", 10), {}, True),
        (("count", 11), {}, False),
        (("can_do", None), {}, None),
        (("count", 10), NO_FACTS, None),
        (None, {}, None),
    ],
)
def test_beside_the_rating_stands_what_the_records_say(in_app, criterion, facts, met):
    submit(enter_lap(criterion=criterion, **facts))
    row = the(SelfRating)
    assert row.fact_met is met
    assert (row.criterion_id is None) is (criterion is None)


def test_a_lap_without_a_goal_is_rated_all_the_same(in_app):
    submit(enter_lap(goal=None), rating=1)
    row = the(SelfRating)
    assert (row.value, row.fact_met, row.criterion_id) == (1, None, None)


def test_a_withdrawn_goal_stays_withdrawn(in_app):
    cycle_id, goal_id = enter_lap(), the(Goal).id
    with unit_of_work(scope_of(AOI)) as scope:
        anticipation.withdraw_goal(scope, scope.one(Goal, goal_id), "too_big")
    submit(cycle_id, rating=3)
    assert the(Goal).state == "withdrawn"
    assert the(SelfRating).value == 3


@pytest.mark.parametrize(("facts", "state"), [({}, "resolved"), (NO_FACTS, "open")])
def test_an_expectation_is_compared_when_there_is_a_result(in_app, facts, state):
    submit(enter_lap(expects=7, **facts))
    assert the(Prediction).state == state


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ({"direction": "was_hard"}, ("was_hard", [])),
        ({"factors": ("time",), "rating": 3}, ("went_well", ["time"])),
        ({"factors": ("time",), "rating": 1}, ("was_hard", ["time"])),
        ({"direction": "was_hard", "factors": ("time",), "rating": 3}, ("was_hard", ["time"])),
    ],
)
def test_half_a_reason_is_kept_too(in_app, chosen, kept):
    submit(enter_lap(), **chosen)
    assert (the(Attribution).direction, the(Attribution).factors) == kept


@pytest.mark.parametrize("verdict", ["worked", "no_change", "cannot_say"])
def test_what_was_tried_is_judged(in_app, verdict):
    cycle_id = enter_lap()
    tried = enter_carried(cycle_id)
    submit(cycle_id, verdict=verdict)
    row = the(Adjustment, id=tried)
    assert (row.verdict, row.state) == (verdict, verdict)


def test_without_a_verdict_what_was_tried_waits(in_app):
    cycle_id = enter_lap()
    tried = enter_carried(cycle_id)
    submit(cycle_id)
    row = the(Adjustment, id=tried)
    assert (row.verdict, row.state) == ("", "in_effect")


def test_until_it_is_read_a_reflection_is_changed_freely(in_app):
    cycle_id = enter_lap()
    first = submit(cycle_id, rating=1, text="まえ", factors=("time",), next_what="help")
    second = submit(cycle_id, rating=3, text="あと", factors=(), next_what="goal_size")
    assert first == second
    assert (the(Reflection).text, the(Reflection).version) == ("あと", 1)
    assert the(SelfRating).value == 3
    assert the(Goal).state == "achieved"
    assert the(Adjustment).what == "goal_size"
    assert not rows_of(ReflectionVersion) + rows_of(Attribution)
    assert state_of(cycle_id) == "closed_open_adjust"
    assert len(traces("reflection:changed")) == 1


def test_a_next_step_that_a_goal_has_taken_over_stays(in_app):
    cycle_id = enter_lap(days_ago=1)
    submit(cycle_id, next_what="method", next_value="picture")
    into, adjustment_id = enter_lap(), the(Adjustment).id
    with unit_of_work(scope_of(AOI)) as scope:
        adjustment = scope.one(Adjustment, adjustment_id)
        loop.adopt(scope, adjustment, scope.one(LearningCycle, into))
    submit(cycle_id, next_what="help", text="あと")
    row = the(Adjustment)
    assert (row.what, row.to_value, row.to_cycle_id) == ("method", "picture", into)
    assert the(Reflection).text == "あと"


def test_once_read_it_is_not_changed_but_revised(in_app):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="まえ", rating=1)
    read_by_teacher(reflection_id)
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.submit(scope, draft(cycle_id, text="あと", rating=3))
    assert (the(Reflection).text, the(SelfRating).value) == ("まえ", 1)


@pytest.mark.parametrize("before", ["read", "responded", "done"])
def test_a_revision_keeps_what_was_there(in_app, before):
    reflection_id = submit(enter_lap(), text="まえ", rating=2)
    read_by_teacher(reflection_id)
    if before != "read":
        answer(reflection_id)
    if before == "done":
        with unit_of_work(scope_of(AOI)) as scope:
            operations.acknowledge(scope, reflection_id)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.revise(scope, reflection_id, "あと", "M")
    kept = the(ReflectionVersion)
    assert (kept.version, kept.text, kept.rating) == (1, "まえ", 2)
    row = the(Reflection)
    assert (row.state, row.text, row.version) == ("revised", "あと", 2)
    assert len(traces("reflection:revised")) == 1


def test_a_revision_comes_back_to_the_teacher_and_may_be_mended_until_then(in_app):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="まえ")
    answer(reflection_id)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.revise(scope, reflection_id, "あと", "M")
    submit(cycle_id, text="あとの あと")
    assert (the(Reflection).text, the(Reflection).version) == ("あとの あと", 2)
    read_by_teacher(reflection_id)
    assert the(Reflection).state == "read"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", ("text", "required")), ("  ", ("text", "required")), ("あ" * 201, ("text", "too_long"))],
)
def test_a_revision_needs_words(in_app, text, said):
    reflection_id = submit(enter_lap(), text="まえ")
    read_by_teacher(reflection_id)
    with pytest.raises(InvalidError) as caught, unit_of_work(scope_of(AOI)) as scope:
        operations.revise(scope, reflection_id, text, "M")
    assert (caught.value.field, caught.value.rule) == said
    assert the(Reflection).text == "まえ"


def test_what_nobody_has_read_is_not_revised(in_app):
    reflection_id = submit(enter_lap(), text="まえ")
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.revise(scope, reflection_id, "あと", "M")
    assert not rows_of(ReflectionVersion)


def test_the_class_page_learns_of_every_change(in_app):
    cycle_id = enter_lap()
    moments = [the(LearningCycle).updated_at]

    def note():
        moments.append(the(LearningCycle).updated_at)

    reflection_id = submit(cycle_id, text="まえ")
    note()
    feedback_id = answer(reflection_id)
    note()
    with unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, feedback_id, "will_try")
    note()
    with unit_of_work(scope_of(AOI)) as scope:
        operations.revise(scope, reflection_id, "あと", "M")
    note()
    assert moments == sorted(set(moments))


def test_after_five_full_laps_the_prompts_fade(in_app):
    stages = []
    for n in range(7):
        cycle_id = enter_lap(days_ago=8 - n)
        submit(cycle_id, factors=("method",), text=f"{n}回目は、{'あいうえおかき'[n] * 8}。")
        stages.append(the(LearningCycle, id=cycle_id).prompt_stage)
    # The first lap is the first lesson of its unit: it does not count.
    assert stages == [1, 1, 1, 1, 1, 1, 2]


def test_changing_a_reflection_again_and_again_does_not_move_the_stage(in_app):
    for n in range(6):
        submit(enter_lap(days_ago=8 - n), factors=("method",), text="あいうえおか"[n] * 9)
    cycle_id = enter_lap()
    for n in range(3):
        submit(cycle_id, factors=("method",), text=f"{n}かいめ")
        assert the(LearningCycle, id=cycle_id).prompt_stage == 2


def test_another_subject_has_its_own_stage(in_app):
    for n in range(6):
        submit(enter_lap(days_ago=8 - n), factors=("method",), text="あいうえおか"[n] * 9)
    cycle_id = enter_lap(subject="rika", unit_id=None)
    submit(cycle_id)
    assert the(LearningCycle, id=cycle_id).prompt_stage == 1


def test_a_lap_that_does_not_exist_is_not_found(in_app):
    with pytest.raises(NotFoundError), unit_of_work(scope_of(AOI)) as scope:
        operations.submit(scope, draft(uuid4()))
