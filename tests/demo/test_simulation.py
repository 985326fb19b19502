"""A simulated class: enough of it, always the same, and true to itself."""

from datetime import date
from itertools import pairwise
from random import Random

import pytest

from aarportal.demo.curriculum import curriculum
from aarportal.demo.days import SHOWN_AT, at, school_time
from aarportal.demo.laps import accuracy
from aarportal.demo.personas import SPECIAL, assign
from aarportal.demo.school import make_school
from aarportal.demo.simulation import Learner, simulate
from aarportal.demo.teaching import read_and_answer

TODAY = date(2026, 11, 20)
FORBIDDEN = ("失敗", "しっぱい", "遅れ", "おくれ", "最下位", "ランキング", "順位")


def history(seed, today=TODAY, weeks=12, classes=None):
    rng = Random(seed)
    school, days = make_school(rng, classes), school_time(today, weeks)
    rooms = {}
    for plan in school.classes:
        personas = assign(rng, school.pupils[plan.key])
        learners = [Learner(pupil, personas[pupil.sourced_id]) for pupil in school.pupils[plan.key]]
        simulate(rng, learners, curriculum(plan, days.first, days.today), days)
        read_and_answer(rng, learners, days)
        rooms[plan.key] = learners
    return rooms


@pytest.fixture(scope="module")
def rooms():
    return history(1)


def everybody(rooms):
    return [learner for learners in rooms.values() for learner in learners]


def happenings(learners):
    return [
        each
        for learner in learners
        for part in (learner.loose, *(lap.happenings for lap in learner.laps))
        for each in part
    ]


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 13), date(2026, 5, 11)])
def test_twelve_weeks_bring_sixty_thousand_happenings_on_any_day_of_the_year(today):
    assert len(happenings(everybody(history(3, today)))) >= 60_000


def test_the_same_seed_makes_the_same_history():
    def told(seed):
        learners = everybody(history(seed, weeks=2, classes=2))
        return [
            (
                lap.id,
                lap.goal and lap.goal.text,
                lap.look_back and lap.look_back.text,
                lap.happenings,
            )
            for learner in learners
            for lap in learner.laps
        ]

    assert told(8) == told(8)
    assert told(8) != told(9)


def test_nothing_happens_after_the_moment_that_is_shown(rooms):
    now = at(TODAY, SHOWN_AT)
    for learner in everybody(rooms):
        moments = [each.at for each in happenings([learner])]
        for lap in learner.laps:
            moments.append(lap.opened_at)
            if lap.look_back:
                moments.append(lap.look_back.at)
        assert max(moments, default=now) <= now


def test_pupils_who_are_away_do_nothing_that_day(rooms):
    away = 0
    for learner in everybody(rooms):
        days = {each.at.date() for each in happenings([learner])}
        assert not days & set(learner.absent)
        away += len(learner.absent)
    assert away > 100


def test_every_class_has_every_kind_of_learner(rooms):
    for learners in rooms.values():
        assert {learner.persona.key for learner in learners} >= {each.key for each in SPECIAL}


def ratings(rooms, key):
    """Rating and share of first attempts, of all closed laps of one kind of learner."""
    found = []
    for learner in everybody(rooms):
        for lap in learner.laps:
            if learner.persona.key == key and lap.look_back:
                right = accuracy(lap.facts_until(lap.look_back.at))
                if right is not None:
                    found.append((lap.look_back.rating, right))
    return found


def mean(numbers):
    return sum(numbers) / len(numbers)


def test_ratings_go_with_the_facts(rooms):
    for key in ("steady", "growing", "struggling"):
        pairs = ratings(rooms, key)
        low = [right for rating, right in pairs if rating <= 1]
        high = [right for rating, right in pairs if rating == 3]
        assert mean(high) > mean(low) + 0.2


def test_over_and_under_confident_pupils_see_themselves_otherwise_than_their_records_do(rooms):
    over, under = ratings(rooms, "over_confident"), ratings(rooms, "under_confident")
    assert mean([right for _, right in over]) < mean([right for _, right in under])
    assert mean([rating for rating, _ in over]) > mean([rating for rating, _ in under])


def test_sentences_vary_except_of_those_who_always_write_the_same(rooms):
    for learner in everybody(rooms):
        texts = [lap.look_back.text for lap in learner.laps if lap.look_back and lap.look_back.text]
        if learner.persona.one_sentence:
            assert len(set(texts)) == 1
        elif len(texts) >= 10:
            assert len(set(texts)) > len(texts) / 3


def test_who_returns_had_a_pause_of_weeks(rooms):
    for learner in everybody(rooms):
        if learner.persona.key == "returns":
            days = sorted({lap.day for lap in learner.laps})
            gaps = [(later - day).days for day, later in pairwise(days)]
            assert max(gaps) >= 21
            assert days[-1] >= date(2026, 11, 1)


def test_first_graders_write_kana(rooms):
    for learner in rooms["1-1"]:
        for lap in learner.laps:
            words = [
                lap.look_back.text if lap.look_back else "",
                lap.next.to_value if lap.next else "",
            ]
            if lap.goal and lap.goal.author != "card":
                words.append(lap.goal.text)
            assert not any("一" <= letter <= "鿿" for word in words for letter in word)


def test_nobody_writes_a_word_that_hurts_or_more_than_fits(rooms):
    for learner in everybody(rooms):
        for lap in learner.laps:
            texts = [lap.goal.text if lap.goal else ""]
            if lap.look_back:
                answer = lap.look_back.answer
                texts += [lap.look_back.text, answer.text if answer else ""]
                assert len(answer.text if answer else "") <= 120
                assert len(lap.look_back.text) <= 200
            assert len(texts[0]) <= 60
            assert not [text for text in texts for word in FORBIDDEN if word in text]


def test_everybody_gets_a_written_line_now_and_then(rooms):
    for learners in rooms.values():
        for learner in learners:
            backs = [lap.look_back for lap in learner.laps if lap.look_back]
            written = [back for back in backs if back.answer and back.answer.text]
            assert len(backs) < 14 or written
