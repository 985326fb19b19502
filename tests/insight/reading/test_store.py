"""The reading desk, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.reflection import operations as reflection
from aarportal.cycle.reflection.operations import FeedbackDraft
from aarportal.insight.reading import store
from tests import classroom
from tests.cast import AOI, BEN, CHIBA, CLASS_1_1, CLASS_4_2, DOI, HANA, SCIENCE_4_2, scope_of
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell


@pytest.fixture(autouse=True)
def afternoon(in_app):
    set_clock(MOMENT + timedelta(hours=5))


def desk(at=None, student=None, teacher=CHIBA, class_id=CLASS_4_2):
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        return store.desk(scope, class_id, at, student.id if student else None)


def answer(lap, kind="task", text=""):
    with unit_of_work(scope_of(CHIBA)) as scope:
        reflection.give_feedback(scope, FeedbackDraft(lap.reflection_id, kind, text))


def following(lap):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        return store.next_to_read(scope, CLASS_4_2, lap.reflection_id)


def order(found):
    return [line.reflection_id for line in found.lines]


AOIS, BENS = Told(text="あおいの ことば", rating=2), Told(BEN, text="べんの ことば", rating=1)


def test_an_empty_desk(in_app):
    found = desk()
    assert (found.lines, found.card, found.read, found.total, found.minutes_left) == (
        [],
        None,
        0,
        0,
        0,
    )


def test_what_was_handed_in_lies_on_the_desk_until_it_is_read(in_app):
    tell(AOIS, replace(BENS, days_ago=6), Told(BEN, minutes_ago=3))
    found = desk()
    assert {line.text for line in found.lines} == {"あおいの ことば", "べんの ことば"}
    assert (found.read, found.total, found.minutes_left) == (0, 2, 1)
    assert not any(line.done for line in found.lines)


def test_what_was_read_today_stays_below_and_what_was_read_before_is_gone(in_app):
    tell(
        AOIS,
        replace(BENS, read_days_ago=0),
        Told(days_ago=2, text="きのう読んだ", read_days_ago=1),
        Told(BEN, days_ago=4, text="こたえた", answers=[("task", "", 3)]),
    )
    found = desk()
    assert [(line.text, line.done) for line in found.lines] == [
        ("あおいの ことば", False), ("べんの ことば", True),
    ]  # fmt: skip
    assert (found.read, found.total) == (1, 2)


def test_what_was_written_anew_is_to_be_read_again(in_app):
    lap = replace(AOIS, read_days_ago=1, revised=True)
    tell(lap)
    assert [(line.reflection_id, line.done) for line in desk().lines] == [
        (lap.reflection_id, False)
    ]


def test_holidays_do_not_sweep_the_desk_but_a_month_does(in_app):
    tell(
        replace(AOIS, days_ago=store.LISTED_DAYS - 1), replace(BENS, days_ago=store.LISTED_DAYS + 1)
    )
    assert [line.text for line in desk().lines] == ["あおいの ことば"]


def test_who_called_comes_first_then_who_waits_longest_for_words(in_app):
    waited = Told(
        days_ago=2, minutes_ago=9, text="", read_days_ago=1, answers=[("task", "いいね", 1)]
    )
    stamped = Told(BEN, days_ago=2, text="", read_days_ago=1, answers=[("read", "", 1)])
    called = Told(minutes_ago=30, subject="rika", text="きいて", mid="ask")
    tell(waited, stamped, AOIS, BENS, called)
    assert order(desk()) == [called.reflection_id, BENS.reflection_id, AOIS.reflection_id]
    assert [line.calls for line in desk().lines] == ["ask", "", ""]


def test_the_first_to_read_is_shown_and_its_neighbours_are_known(in_app):
    tell(replace(AOIS, minutes_ago=9), replace(BENS, minutes_ago=5))
    found = desk()
    first, second = order(found)
    assert found.card.lap.reflection.id == first
    assert (found.previous, found.following) == (None, second)
    found = desk(at=second)
    assert (found.previous, found.following) == (first, None)


def test_at_the_end_no_card_is_left(in_app):
    tell(AOIS)
    answer(AOIS)
    found = desk()
    assert (found.card, found.read, found.total, found.minutes_left) == (None, 1, 1, 0)


def test_a_pupil_can_be_asked_for_even_when_all_is_read(in_app):
    old = Told(BEN, days_ago=3, text="まえの", answers=[("task", "", 2)])
    tell(AOIS, old)
    assert desk(student=BEN).card.lap.reflection.id == old.reflection_id
    assert desk(student=AOI).card.lap.reflection.id == AOIS.reflection_id
    assert desk(at=old.reflection_id).card.lap.reflection.text == "まえの"


def test_strangers_are_not_shown(in_app):
    hanas = Told(HANA, class_id=CLASS_1_1, unit_id=None, text="はなの ことば")
    tell(hanas)
    assert desk(student=HANA).card is None
    assert desk(at=hanas.reflection_id).card is None
    assert desk().lines == []


def test_the_card_joins_the_whole_lap(in_app):
    tell(
        Told(days_ago=3, text="まえ", rating=0, items=4, records=4, strategies=("ask",)),
        Told(days_ago=2, subject="rika", text="りか", rating=3),
        Told(
            planned=8, predicted=6, strategies=("picture",), records=8, items=8, correct=6,
            seconds=900, rating=2, met=True, text="図が きいた", next_what="time",
            next_words="あさに する", factors=("method", "time"),
        ),
    )  # fmt: skip
    card = desk(at=Told().reflection_id).card
    lap = card.lap
    assert (lap.goal.text, lap.criterion.target, lap.prediction.predicted_correct) == (
        "ひっ算を まちがえずに する", 8, 6,
    )  # fmt: skip
    assert (lap.rating.value, lap.attribution.factors, lap.adjustment.to_value) == (
        2, ["method", "time"], "あさに する",
    )  # fmt: skip
    assert lap.unit.subject == "sansu"
    assert card.before.lap.reflection.text == "まえ", "compared with the same subject"
    assert card.before.differences.items == (4, 8)
    assert card.before.differences.ways_new == ("picture",)
    assert card.before.differences.next_step == (False, True)


def test_the_first_lap_has_nothing_before_it(in_app):
    tell(AOIS, replace(BENS, days_ago=1))
    assert desk(at=AOIS.reflection_id).card.before is None


def test_a_teacher_of_one_subject_sees_no_reasons_and_no_predictions(in_app):
    tell(replace(AOIS, factors=("method",), predicted=5))
    for teacher, class_id, sees in ((CHIBA, CLASS_4_2, True), (DOI, SCIENCE_4_2, False)):
        lap = desk(teacher=teacher, class_id=class_id).card.lap
        assert (lap.attribution is not None, lap.prediction is not None) == (sees, sees)


def test_after_an_answer_the_next_unread_one_follows(in_app):
    third = Told(BEN, minutes_ago=1, subject="rika", text="さん", rating=1)
    tell(replace(AOIS, minutes_ago=30), replace(BENS, minutes_ago=20), third)
    laps = {
        lap.reflection_id: lap
        for lap in (replace(AOIS, minutes_ago=30), replace(BENS, minutes_ago=20), third)
    }
    first, second, last = (laps[key] for key in order(desk()))
    assert following(first) == second.reflection_id
    assert following(last) == first.reflection_id
    for lap in (first, second):
        answer(lap)
    assert following(last) is None


def _class_of_forty():
    with unit_of_work(SystemScope("test")) as scope:
        members = [AOI, BEN, *classroom.fill(scope)]
    seen = frozenset(member.id for member in members)
    scope = scope_of(CHIBA)
    return members, replace(scope, students=dict.fromkeys(scope.students, seen))


def test_six_of_forty_get_words_and_the_same_six_all_day(in_app):
    members, chiba = _class_of_forty()
    tell(*[Told(member, text=member.name, rating=1) for member in members])

    def turns():
        with unit_of_work(chiba, read_only=True) as scope:
            found = store.desk(scope, CLASS_4_2, None, None)
        return found, {turn.mate.id: turn.done for turn in found.turns}

    found, first = turns()
    assert (len(first), found.total, found.minutes_left) == (6, 40, 10)
    assert sum(line.words_due for line in found.lines) == 6
    other = next(member for member in members if member.id not in first)
    chosen = next(member for member in members if member.id in first)
    for member, text in ((chosen, "どこで気づいたのかな"), (other, "おまけの ことば")):
        with unit_of_work(chiba) as scope:
            reflection.give_feedback(
                scope, FeedbackDraft(Told(member).reflection_id, "question", text)
            )
    found, again = turns()
    assert set(again) == set(first)
    assert [key for key, done in again.items() if done] == [chosen.id]
    assert sum(line.words_due for line in found.lines) == 5


def test_a_stamp_alone_takes_no_turn(in_app):
    tell(AOIS)
    answer(AOIS, kind="read")
    assert [(turn.mate.id, turn.done) for turn in desk().turns] == [(AOI.id, False)]
    answer(AOIS, text="ひとこと")
    assert [(turn.mate.id, turn.done) for turn in desk().turns] == [(AOI.id, True)]


def test_a_heap_is_counted_whole_and_shown_in_part(in_app, monkeypatch):
    monkeypatch.setattr(store, "LISTED", 3)
    old = [Told(days_ago=n, text=f"{n}") for n in range(1, 6)]
    calling = Told(BEN, days_ago=9, text="きいて", mid="stuck")
    tell(*old, calling)
    found = desk()
    assert (len(found.lines), found.total, found.read) == (3, 6, 0)
    assert found.lines[0].reflection_id == calling.reflection_id


def test_looking_at_a_card_does_not_mark_it_as_read(in_app):
    tell(AOIS)
    desk(at=AOIS.reflection_id)
    assert [line.done for line in desk().lines] == [False]
