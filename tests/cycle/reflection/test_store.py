"""What can be asked about looking back, and by whom, on both databases."""

import pytest
from sqlalchemy import select

from aarportal.core.errors import NotFoundError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import operations as anticipation
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.drafts import operations as drafting
from aarportal.cycle.drafts import store as drafts
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.drafts.operations import DraftChange
from aarportal.cycle.reflection import store
from aarportal.cycle.reflection.models import Reflection
from tests.cast import AOI, BEN, CHIBA, DOI, scope_of
from tests.cycle.reflection.laps import (
    NO_FACTS,
    answer,
    enter_carried,
    enter_lap,
    read_by_teacher,
    submit,
    the,
)


def asked(member, question):
    """What a person sees who puts this question."""
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return question(scope)


def test_one_look_finds_all_that_hangs_on_a_lap(in_app):
    cycle_id = enter_lap(expects=7)
    tried = enter_carried(cycle_id)
    reflection_id = submit(cycle_id, rating=3, factors=("method",), next_what="help")
    seen = asked(AOI, lambda scope: store.lookback(scope, cycle_id))
    assert seen.cycle.id == cycle_id
    assert seen.unit.title.startswith("わり")
    assert (seen.goal.author, seen.criterion.target) == ("pupil", 70)
    assert seen.prediction.predicted_correct == 7
    assert (seen.rating.value, seen.reflection.id) == (3, reflection_id)
    assert seen.attribution.factors == ["method"]
    assert (seen.tried.id, seen.proposed.what) == (tried, "help")


def test_a_bare_lap_is_looked_back_on_as_well(in_app):
    cycle_id = enter_lap(goal=None, unit_id=None, **NO_FACTS)
    seen = asked(AOI, lambda scope: store.lookback(scope, cycle_id))
    empty = (
        seen.unit, seen.goal, seen.criterion, seen.prediction, seen.rating, seen.reflection,
        seen.attribution, seen.tried, seen.proposed,
    )  # fmt: skip
    assert set(empty) == {None}
    assert seen.can_change
    assert not seen.first_lesson


def test_the_first_lap_of_a_unit_is_known_as_such(in_app):
    first, second = enter_lap(days_ago=1), enter_lap()
    other_pupils = enter_lap(BEN)
    for cycle_id, member, is_first in (
        (first, AOI, True), (second, AOI, False), (other_pupils, BEN, True),
    ):  # fmt: skip
        seen = asked(member, lambda scope, it=cycle_id: store.lookback(scope, it))
        assert seen.first_lesson is is_first


@pytest.mark.parametrize(
    ("state", "can_change"),
    [("anticipating", True), ("acting", True), ("reflecting", True), ("paused", True),
     ("closed", False), ("closed_unreviewed", False)],
)  # fmt: skip
def test_only_an_open_lap_can_be_looked_back_on(in_app, state, can_change):
    cycle_id = enter_lap(state=state)
    assert asked(AOI, lambda scope: store.lookback(scope, cycle_id)).can_change is can_change


def test_what_is_written_can_be_changed_until_somebody_reads_it(in_app):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id)
    assert asked(AOI, lambda scope: store.lookback(scope, cycle_id)).can_change
    read_by_teacher(reflection_id)
    assert not asked(AOI, lambda scope: store.lookback(scope, cycle_id)).can_change


def test_the_question_asked_last_is_that_of_another_lap(in_app):
    submit(enter_lap(days_ago=2), prompt_id="people")
    cycle_id = enter_lap(subject="rika", unit_id=None)
    submit(cycle_id, prompt_id="gap")
    last = asked(AOI, lambda scope: store.last_prompt(scope, AOI.id, before=cycle_id))
    assert last == "people"


def test_nothing_was_asked_before_the_first_lap(in_app):
    cycle_id = enter_lap()
    assert asked(AOI, lambda scope: store.last_prompt(scope, AOI.id, before=cycle_id)) == ""


def test_the_history_comes_latest_first_in_pages(in_app):
    submitted = [submit(enter_lap(days_ago=30 - n), text=str(n)) for n in range(23)]
    submit(enter_lap(BEN), BEN, text="ベンの")
    first = asked(AOI, lambda scope: store.history(scope, AOI.id, 1))
    second = asked(AOI, lambda scope: store.history(scope, AOI.id, 2))
    assert len(first) == store.PAGE + 1
    seen = [it.reflection.id for it in [*first[: store.PAGE], *second]]
    assert seen == submitted[::-1]
    assert first[0].goal.author == "pupil"
    assert first[0].rating.value == 2
    assert not asked(AOI, lambda scope: store.history(scope, AOI.id, 3))


def test_a_lap_stands_once_in_the_history_even_if_its_goal_was_set_anew(in_app):
    cycle_id, goal_id = enter_lap(), the(Goal).id
    with unit_of_work(scope_of(AOI)) as scope:
        first = anticipation.withdraw_goal(scope, scope.one(Goal, goal_id), "too_big")
        scope.session.add(
            Goal(
                student_id=AOI.id, cycle_id=cycle_id, level="today", text="もう一度",
                author="pupil", due_on=first.due_on, confirmed_at=first.confirmed_at,
                state="active", strategies=[],
            )
        )  # fmt: skip
    submit(cycle_id)
    (line,) = asked(AOI, lambda scope: store.history(scope, AOI.id, 1))
    assert line.goal.text == "もう一度"
    assert asked(AOI, lambda scope: store.lookback(scope, cycle_id)).goal.text == "もう一度"


def test_fading_sees_what_was_there_in_each_lap(in_app):
    submit(enter_lap(days_ago=3, **NO_FACTS), text="いち")
    submit(enter_lap(days_ago=2), text="に", direction="was_hard")
    submit(enter_lap(days_ago=1), text="さん", factors=("time",))
    submit(enter_lap(subject="rika", unit_id=None), text="よそ")
    laps = asked(AOI, lambda scope: store.finished_laps(scope, AOI.id, "sansu"))
    assert [lap.text for lap in laps] == ["いち", "に", "さん"]
    assert [lap.evidence for lap in laps] == [False, True, True]
    assert [lap.reason for lap in laps] == [False, False, True]
    assert [lap.short for lap in laps] == [True, False, False]
    assert all(lap.rated and lap.next_step and lap.stage == 1 for lap in laps)


def test_fading_looks_at_the_last_laps_only(in_app):
    for n in range(10):
        submit(enter_lap(days_ago=20 - n), text=str(n))
    laps = asked(AOI, lambda scope: store.finished_laps(scope, AOI.id, "sansu"))
    assert [lap.text for lap in laps] == [str(n) for n in range(2, 10)]


def test_answers_are_found_by_student_and_by_reflection(in_app):
    first, second = submit(enter_lap(days_ago=1)), submit(enter_lap())
    one, two = answer(first, text="いち"), answer(first, text="に", teacher=DOI)
    of = asked(AOI, lambda scope: store.feedback_of(scope, [first, second]))
    assert [row.id for row in of[first]] == [one, two]
    assert of[second] == []
    assert asked(AOI, lambda scope: store.latest_feedback(scope, AOI.id)).id == two
    assert asked(BEN, lambda scope: store.latest_feedback(scope, BEN.id)) is None


def test_rating_reflection_and_next_step_are_found_by_lap(in_app):
    first, second = enter_lap(days_ago=1), enter_lap()
    reflection_id = submit(first, rating=1, next_what="place", factors=("time",))
    assert asked(AOI, lambda scope: store.rating_of(scope, first)).value == 1
    assert asked(AOI, lambda scope: store.reflection_of(scope, first)).id == reflection_id
    for question in (store.rating_of, store.reflection_of):
        assert asked(AOI, lambda scope, ask=question: ask(scope, second)) is None
    steps = asked(AOI, lambda scope: store.next_steps(scope, [first, second]))
    assert {lap: step.what for lap, step in steps.items()} == {first: "place"}
    given = asked(CHIBA, lambda scope: store.attribution_of(scope, reflection_id))
    assert given.factors == ["time"]


@pytest.mark.parametrize("question", [store.next_steps, store.feedback_of])
def test_asking_about_nothing_asks_the_database_nothing(in_app, queries, question):
    with queries() as seen:
        assert asked(AOI, lambda scope: question(scope, [])) == {}
    assert not seen


def test_a_teacher_of_one_subject_sees_the_words_and_not_the_reasons(in_app):
    reflection_id = submit(enter_lap(), text="むずかしかった", factors=("condition",))
    assert asked(DOI, lambda scope: store.reflection(scope, reflection_id)).text
    assert asked(DOI, lambda scope: store.attribution_of(scope, reflection_id)) is None
    assert asked(CHIBA, lambda scope: store.attribution_of(scope, reflection_id))


def test_nobody_but_the_writer_can_read_a_draft(in_app):
    cycle_id = enter_lap()
    change = DraftChange("reflection", str(cycle_id), 0, {"text": ["まだ ひみつ"]})
    with unit_of_work(scope_of(AOI)) as scope:
        drafting.save(scope, change)
    key = str(cycle_id)
    assert asked(AOI, lambda scope: drafts.draft(scope, "reflection", key))
    for other in (CHIBA, DOI, BEN):
        assert asked(other, lambda scope: drafts.draft(scope, "reflection", key)) is None
        assert asked(other, lambda scope: scope.session.scalars(select(Draft)).all()) == []


def test_one_pupil_finds_nothing_of_another(in_app):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="ひみつ")
    feedback_id = answer(reflection_id)
    assert the(Reflection).text == "ひみつ"
    for question in (
        lambda scope: store.lookback(scope, cycle_id),
        lambda scope: store.reflection(scope, reflection_id),
        lambda scope: store.feedback(scope, feedback_id),
    ):
        with pytest.raises(NotFoundError):
            asked(BEN, question)
    assert asked(BEN, lambda scope: store.reflection_of(scope, cycle_id)) is None
    assert asked(BEN, lambda scope: store.rating_of(scope, cycle_id)) is None
    assert asked(BEN, lambda scope: store.history(scope, AOI.id, 1)) == []
