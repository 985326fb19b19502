"""Which question when: turns, fading, and the level of one look back."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.reflection import prompts
from aarportal.cycle.reflection.prompts import Lap

DAY = date(2026, 6, 1)
DAYS = st.dates(date(2020, 4, 1), date(2040, 3, 31))
STAGES = st.sampled_from(prompts.STAGES)
TEXTS = st.sampled_from(
    ["", "図をかいたら分かった", "むずかしかった", "友だちに聞いた", "もう一度やる"]
)
LAPS = st.builds(
    Lap, rated=st.booleans(), reason=st.booleans(), evidence=st.booleans(),
    next_step=st.booleans(), text=TEXTS, stage=STAGES, short=st.booleans(),
)  # fmt: skip

#: What was there (rated, reason, evidence, next step) -> REFLECT in stage 1 and in stage 2.
LEVELS = [
    ((False, True, True, True), 0, 0),
    ((True, False, False, False), 1, 1),
    ((True, False, True, False), 1, 1),
    ((True, True, False, False), 2, 2),
    ((True, False, True, True), 2, 2),
    ((True, True, False, True), 3, 3),
    ((True, True, True, True), 3, 4),
]


def full(text="", stage=2, **more) -> Lap:
    return Lap(**{"rated": True, "reason": True, "evidence": True, "next_step": True,
                  "text": text, "stage": stage, **more})  # fmt: skip


def rated_only(stage=2, text="") -> Lap:
    return Lap(True, False, False, False, text, stage)


@pytest.mark.parametrize("predicted", [True, False])
@pytest.mark.parametrize("stage", [1, 2, 3])
def test_day_by_day_every_question_has_its_turn_and_none_comes_twice_running(stage, predicted):
    last, asked = "", []
    for day in range(30):
        last = prompts.choose(DAY + timedelta(days=day), stage, last, predicted=predicted)
        asked.append(last)
    assert all(one != other for one, other in pairwise(asked))
    expected = set(prompts.PROMPTS) - (set() if predicted else {"gap"})
    assert set(asked) == expected
    assert min(asked.count(key) for key in expected) >= 4


@given(DAYS, STAGES, st.sampled_from(["", prompts.FREE, *prompts.PROMPTS]), st.booleans())
def test_the_question_of_last_time_is_never_asked_again(day, stage, last, first_lesson):
    chosen = prompts.choose(day, stage, last, first_lesson=first_lesson)
    assert chosen != last or chosen == prompts.FREE


def test_the_first_lesson_of_a_unit_asks_one_simple_question_in_every_stage():
    for stage in prompts.STAGES:
        assert prompts.choose(DAY, stage, "people", first_lesson=True) == prompts.FIRST_LESSON


def test_the_last_stage_asks_nothing():
    assert prompts.choose(DAY, 4, "essence") == prompts.FREE


@pytest.mark.parametrize(
    ("stage", "first_lesson", "asks"),
    [(1, False, True), (2, False, True), (3, False, True), (4, False, False),
     (1, True, False), (4, True, False)],
)  # fmt: skip
def test_reasons_are_offered_but_not_on_the_blank_page_or_while_all_is_new(
    stage, first_lesson, asks
):
    assert prompts.asks_reason(stage, first_lesson=first_lesson) is asks


@given(DAYS)
def test_reasons_that_can_be_changed_stand_first_on_every_day(day):
    order = prompts.factors(day)
    assert sorted(order) == sorted(prompts.FACTORS)
    assert set(order[:4]) == {"method", "time", "preparation", "help"}


def test_the_first_reason_changes_from_day_to_day():
    firsts = {prompts.factors(DAY + timedelta(days=n))[0] for n in range(4)}
    assert len(firsts) == 4


def test_no_reason_speaks_of_talent():
    words = " ".join([*prompts.FACTORS, *prompts.FACTORS.values()]).lower()
    assert not [word for word in ("talent", "ability", "clever", "smart", "luck") if word in words]


def test_little_readers_choose_from_few():
    assert len(prompts.factors(DAY, "L")) <= 5
    assert set(prompts.factors(DAY, "L")) <= set(prompts.FACTORS)
    assert len(prompts.next_steps("L")) <= 4
    assert set(prompts.next_steps("L")) <= set(prompts.NEXT_STEPS)
    assert set(prompts.LITTLE_WAYS) <= set(STRATEGIES)


def test_every_question_has_words_for_every_band():
    for texts in prompts.PROMPTS.values():
        assert set(texts) == {"L", "M", "U"}
        assert all(texts.values())


@pytest.mark.parametrize(("there", "in_stage_1", "in_stage_2"), LEVELS)
def test_the_level_counts_rating_reason_next_step_and_facts(there, in_stage_1, in_stage_2):
    assert prompts.reflect_level(Lap(*there, stage=1)) == in_stage_1
    assert prompts.reflect_level(Lap(*there, stage=2)) == in_stage_2


@given(LAPS, st.text(min_size=1, max_size=400))
def test_how_long_a_text_is_never_counts(lap, more):
    longer = Lap(lap.rated, lap.reason, lap.evidence, lap.next_step, "あ" + more, lap.stage)
    short = Lap(lap.rated, lap.reason, lap.evidence, lap.next_step, "あ", lap.stage)
    assert prompts.reflect_level(longer) == prompts.reflect_level(short)


@given(LAPS)
def test_before_the_blank_page_whether_there_is_a_text_does_not_count_either(lap):
    silent = Lap(lap.rated, lap.reason, lap.evidence, lap.next_step, "", min(lap.stage, 3))
    written = Lap(lap.rated, lap.reason, lap.evidence, lap.next_step, "図", min(lap.stage, 3))
    assert prompts.reflect_level(silent) == prompts.reflect_level(written)


def test_on_the_blank_page_words_stand_for_the_reason():
    blank = Lap(True, False, True, True, "図をかいたからできた", 4)
    assert prompts.reflect_level(blank) == 4
    assert prompts.reflect_level(Lap(True, False, True, True, " ", 4)) == 2


@given(LAPS, st.lists(TEXTS, max_size=6))
def test_the_level_stays_in_range_and_adding_something_never_lowers_it(lap, earlier):
    level = prompts.reflect_level(lap, earlier)
    assert 0 <= level <= 4
    with_reason = Lap(lap.rated, True, lap.evidence, lap.next_step, lap.text, lap.stage)
    with_next = Lap(lap.rated, lap.reason, lap.evidence, True, lap.text, lap.stage)
    assert prompts.reflect_level(with_reason, earlier) >= level
    assert prompts.reflect_level(with_next, earlier) >= level


@pytest.mark.parametrize(
    ("text", "earlier", "level"),
    [
        ("図をかいたらよく分かった。", ["図をかいたらよく分かった。"], 2),
        ("図をかいたらよく分かった！", ["図をかいたらよく分かった。"], 2),
        ("図をかいたらよく分かった。", ["", "", "図をかいたらよく分かった。"], 2),
        ("図をかいたらよく分かった。", ["図をかいたらよく分かった。", "あ", "い", "う"], 4),
        ("図をかいたらよく分かった。", ["友だちに聞いて、式の意味が分かった。"], 4),
        ("", ["", ""], 4),
    ],
)
def test_the_same_words_as_in_one_of_the_last_three_cap_the_level(text, earlier, level):
    assert prompts.reflect_level(full(text), earlier) == level


@pytest.mark.parametrize(
    ("stage", "levels", "after"),
    [
        (1, [3, 3, 3, 3], 1),
        (1, [3, 3, 3, 3, 3], 2),
        (1, [3, 2, 3, 4, 3], 2),
        (1, [3, 2, 2, 4, 3], 1),
        (4, [4, 4, 4, 4, 4], 4),
        (3, [1, 1, 1], 2),
        (3, [4, 0, 1, 4, 1], 2),
        (3, [1, 1], 3),
        (1, [0, 0, 0, 0, 0], 1),
        (2, [0, 0, 0, 2, 2, 2, 2, 2], 2),
        (2, [], 2),
    ],
)
def test_prompts_fade_after_good_laps_and_come_back_after_empty_ones(stage, levels, after):
    assert prompts.next_stage(stage, levels) == after


def test_a_stage_lasts_at_least_five_laps_on_the_way_up():
    laps: list[Lap] = []
    stages = []
    for _ in range(20):
        stages.append(prompts.stage_after(laps))
        laps = [*laps, full(stage=stages[-1])][-8:]
    assert stages == [1] * 5 + [2] * 5 + [3] * 5 + [4] * 5


def test_three_empty_laps_bring_the_prompts_back():
    laps = [rated_only(stage=3), rated_only(stage=3)]
    assert prompts.stage_after(laps) == 3
    assert prompts.stage_after([*laps, rated_only(stage=3)]) == 2


def test_first_lessons_neither_help_nor_hurt():
    short = Lap(True, False, True, False, stage=2, short=True)
    assert prompts.stage_after([short] * 5) == 2
    assert prompts.stage_after([full(), full(), short, full(), full(), full()]) == 3


def test_whoever_writes_the_same_sentence_every_day_keeps_the_prompts():
    laps = [full("がんばった", stage=2) for _ in range(8)]
    assert prompts.stage_after(laps) == 2


def test_the_first_lap_of_a_subject_begins_with_most_help():
    assert prompts.stage_after([]) == 1


@given(st.lists(LAPS, max_size=8))
def test_the_stage_moves_by_one_at_most(laps):
    before = laps[-1].stage if laps else 1
    assert abs(prompts.stage_after(laps) - before) <= 1
    assert prompts.stage_after(laps) in prompts.STAGES
