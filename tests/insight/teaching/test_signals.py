"""What is worth a look: each rule, its borders, and what is never a signal."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.teaching.signals import RULES, Seen, Signal, is_at_work, signals

TODAY, EARLIER = date(2026, 11, 20), date(2026, 11, 18)

CASES = [
    pytest.param({}, [], id="nothing"),
    pytest.param({"mid": "ask"}, ["ask"], id="wants to ask"),
    pytest.param({"mid": "stuck"}, ["stuck"], id="is stuck"),
    pytest.param({"mid": "smooth"}, [], id="goes well"),
    pytest.param({"mid": "ok"}, [], id="goes"),
    pytest.param({"ratings": (0,)}, [], id="one not yet"),
    pytest.param({"ratings": (3, 0, 0)}, ["twice_not_yet"], id="two not yet in a row"),
    pytest.param({"ratings": (0, 0, 1)}, [], id="two not yet, and better since"),
    pytest.param({"ratings": (0, 1, 0)}, [], id="two not yet, not in a row"),
    pytest.param({"ratings": (3,), "last_met": False}, ["gap"], id="rated high, not met"),
    pytest.param({"ratings": (3,), "last_met": True}, [], id="rated high, met"),
    pytest.param({"ratings": (3,), "last_met": None}, [], id="rated high, records cannot tell"),
    pytest.param({"ratings": (2,), "last_met": False}, [], id="with help is no contradiction"),
    pytest.param({"ratings": (3, 2), "last_met": False}, [], id="only the latest rating counts"),
    pytest.param({"has_goal": False}, [], id="nobody has begun yet"),
    pytest.param({"has_goal": False, "acts": True}, ["no_goal"], id="works without a goal"),
    pytest.param({"has_goal": False, "class_acts": True}, ["no_goal"], id="the class is at work"),
    pytest.param({"acts": True, "class_acts": True}, [], id="works with a goal"),
    pytest.param(
        {"mid": "ask", "ratings": (0, 0), "has_goal": False, "acts": True},
        ["ask", "twice_not_yet", "no_goal"],
        id="several, the pupil's own call first",
    ),
]


@pytest.mark.parametrize(("facts", "rules"), CASES)
def test_signals_are_facts_and_plain_rules(facts, rules):
    assert [it.rule for it in signals(Seen(TODAY, **facts))] == rules


def test_every_signal_has_a_label_a_sentence_and_a_day():
    seen = Seen(TODAY, mid="stuck", ratings=(0, 0), rated_on=EARLIER, has_goal=False, acts=True)
    assert signals(seen) == [
        Signal("stuck", "talk", TODAY),
        Signal("twice_not_yet", "low", EARLIER),
        Signal("no_goal", "blank", TODAY),
    ]
    assert all(len(words) == 2 and all(words) for words in RULES.values())


def test_a_signal_has_no_number_that_could_be_a_score():
    assert {field.name for field in fields(Signal)} == {"rule", "kind", "day"}


@pytest.mark.parametrize(
    ("acting", "present", "at_work"),
    [(0, 0, False), (0, 40, False), (19, 40, False), (20, 40, True), (1, 1, True), (1, 3, False)],
)
def test_a_class_is_at_work_when_half_of_it_has_begun(acting, present, at_work):
    assert is_at_work(acting, present) is at_work


@given(
    st.builds(
        Seen,
        today=st.just(TODAY),
        mid=st.sampled_from(["", "smooth", "ok", "stuck", "ask"]),
        ratings=st.lists(st.integers(0, 3), max_size=5),
        rated_on=st.just(EARLIER),
        last_met=st.sampled_from([None, True, False]),
        has_goal=st.booleans(),
        acts=st.booleans(),
        class_acts=st.booleans(),
    )
)
def test_signals_come_in_the_order_of_the_rules_and_only_once(seen):
    found = [it.rule for it in signals(seen)]
    assert found == sorted(set(found), key=list(RULES).index)
