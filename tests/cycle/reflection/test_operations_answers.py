"""Reading, answering and replying, and who may, on both databases."""

import pytest

from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection import operations, store
from aarportal.cycle.reflection.models import Reflection, TeacherFeedback
from aarportal.cycle.reflection.operations import FeedbackDraft
from tests.cast import AOI, BEN, CHIBA, DOI, KEN, MORI, scope_of
from tests.cycle.reflection.laps import (
    answer,
    draft,
    enter_lap,
    read_by_teacher,
    submit,
    the,
    traces,
)
from tests.cycle.reflection.laps import rows as rows_of


@pytest.mark.parametrize("teacher", [CHIBA, DOI], ids=["homeroom", "subject"])
@pytest.mark.parametrize("kind", operations.FEEDBACK_KINDS)
def test_teachers_of_the_class_answer_with_a_stamp_and_a_line(in_app, teacher, kind):
    reflection_id = submit(enter_lap())
    answer(reflection_id, kind, " 次も やってみよう。 ", teacher=teacher)
    row = the(TeacherFeedback)
    assert (row.kind, row.text, row.state) == (kind, "次も やってみよう。", "sent")
    assert (row.teacher_id, row.student_id) == (teacher.id, AOI.id)
    assert the(Reflection).state == "responded"
    assert the(Reflection).read_at is not None


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [("grade_a", "", ("kind", "choice")), ("task", "あ" * 121, ("text", "too_long"))],
)
def test_an_answer_out_of_range_is_refused(in_app, kind, text, said):
    reflection_id = submit(enter_lap())
    with pytest.raises(InvalidError) as caught, unit_of_work(scope_of(CHIBA)) as scope:
        operations.give_feedback(scope, FeedbackDraft(reflection_id, kind, text))
    assert (caught.value.field, caught.value.rule) == said
    assert the(Reflection).state == "submitted"


def test_reading_twice_leaves_one_trace(in_app):
    reflection_id = submit(enter_lap())
    read_by_teacher(reflection_id)
    first = the(Reflection).read_at
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.open_by_teacher(scope, [store.reflection(scope, reflection_id)])
    assert the(Reflection).read_at == first
    assert len(traces("reflection:read")) == 1


@pytest.mark.parametrize("chip", operations.REPLIES)
def test_a_chip_answers_the_teacher_and_ends_the_exchange(in_app, chip):
    reflection_id = submit(enter_lap())
    feedback_id = answer(reflection_id)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, feedback_id, chip)
    row = the(TeacherFeedback)
    assert (row.reply, row.state) == (chip, "answered")
    assert row.seen_at is not None
    assert the(Reflection).state == "done"


def test_a_reply_is_given_once_and_only_with_a_chip(in_app):
    feedback_id = answer(submit(enter_lap()))
    with pytest.raises(InvalidError), unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, feedback_id, "whatever")
    with unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, feedback_id, "thanks")
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, feedback_id, "question")
    assert the(TeacherFeedback).reply == "thanks"


def test_reading_the_answer_marks_every_answer_as_seen(in_app):
    reflection_id = submit(enter_lap())
    answer(reflection_id)
    answer(reflection_id, "question", "", teacher=DOI)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.acknowledge(scope, reflection_id)
    assert {row.state for row in rows_of(TeacherFeedback)} == {"seen"}
    assert the(Reflection).state == "done"


def test_there_is_nothing_to_acknowledge_before_an_answer(in_app):
    reflection_id = submit(enter_lap())
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.acknowledge(scope, reflection_id)


def test_an_answer_after_the_end_can_still_be_replied_to(in_app):
    reflection_id = submit(enter_lap())
    answer(reflection_id)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.acknowledge(scope, reflection_id)
    second = answer(reflection_id, "question", "どうして？", teacher=DOI)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.reply(scope, second, "question")
    assert the(TeacherFeedback, id=second).state == "answered"
    assert the(Reflection).state == "done"


def test_nobody_reaches_the_reflection_of_another_pupil(in_app):
    cycle_id = enter_lap()
    reflection_id = submit(cycle_id, text="ひみつ")
    feedback_id = answer(reflection_id)
    attempts = [
        lambda scope: operations.submit(scope, draft(cycle_id)),
        lambda scope: operations.revise(scope, reflection_id, "あと", "M"),
        lambda scope: operations.acknowledge(scope, reflection_id),
        lambda scope: operations.reply(scope, feedback_id, "thanks"),
        lambda scope: store.lookback(scope, cycle_id),
    ]
    for other in (BEN, KEN):
        for attempt in attempts:
            with pytest.raises(NotFoundError), unit_of_work(scope_of(other)) as scope:
                attempt(scope)
    assert the(Reflection).text == "ひみつ"


@pytest.mark.parametrize("teacher", [CHIBA, DOI], ids=["homeroom", "subject"])
def test_no_teacher_writes_for_a_pupil(in_app, teacher):
    cycle_id, waiting = enter_lap(), enter_lap(days_ago=1)
    reflection_id = submit(cycle_id, text="じぶんの ことば")
    feedback_id = answer(reflection_id)
    attempts = [
        lambda scope: operations.submit(scope, draft(waiting, text="せんせいの ことば")),
        lambda scope: operations.revise(scope, reflection_id, "せんせいの ことば", "M"),
        lambda scope: operations.acknowledge(scope, reflection_id),
        lambda scope: operations.reply(scope, feedback_id, "thanks"),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError), unit_of_work(scope_of(teacher)) as scope:
            attempt(scope)
    row = the(Reflection)
    assert (row.text, row.state, row.version) == ("じぶんの ことば", "responded", 1)
    assert the(TeacherFeedback).reply == ""
    assert the(LearningCycle, id=waiting).state == "acting"


def test_a_teacher_of_another_school_can_neither_read_nor_answer(in_app):
    reflection_id = submit(enter_lap(), text="ひみつ")
    with pytest.raises(NotFoundError), unit_of_work(scope_of(MORI)) as scope:
        operations.give_feedback(scope, FeedbackDraft(reflection_id, "task"))
    assert the(Reflection).state == "submitted"
