"""What a catalogue says holds for what comes and for what came before, and the sums follow."""

from datetime import UTC, datetime

import pytest
from flask import current_app

from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.catalogue import operations
from aarportal.cycle.action.catalogue.operations import Decision
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import DayRollup, LearningRecord, Rereading
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.cycle.units.curriculum import operations as curriculum
from aarportal.cycle.units.curriculum.loader import read_sample
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    KEN,
    MORI,
    OKA,
    PRIMARY,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
    scope_of,
)
from tests.cycle.action.intake.stream import (
    JAPAN,
    MINUTE,
    NOW,
    one,
    rows,
    said,
    send,
    sums,
)
from tests.cycle.units.catalogue.lines import entry, keep

QUESTION = "https://drill.example/question/"


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def told(question, who=AOI, *, unit="", **parts):
    """An answer without a subject; with the title of a unit, if one is given."""
    statement = said(who, NOW - question * MINUTE, question=question, subject="", **parts)
    if unit:
        statement["object"]["definition"]["extensions"][JAPAN + "unit"] = [unit]
    return statement


def known():
    """(question, who) -> subject and unit of every record."""
    return {
        (it.activity_id.removeprefix(QUESTION), it.student_id): (it.subject, it.unit_id)
        for it in rows(LearningRecord)
    }


def act(do, *arguments, member=CHIBA):
    with unit_of_work(scope_of(member)) as scope:
        answer = do(scope, *arguments)
    digester.of(current_app).read_all()
    assert rows(Rereading) == []
    return answer


def decide(kind, value, belongs, member=CHIBA):
    act(operations.decide, Decision(APP_DRILL, kind, value, belongs), member=member)


def rebuilt_sums_are_the_same():
    from aarportal.cycle.action import operations as action
    from aarportal.cycle.action import store

    before = sums()
    with unit_of_work(SystemScope("test")) as scope:
        for school_id, _ in store.schools(scope):
            action.rebuild(scope, school_id)
    assert sums() == before


def test_a_decision_holds_for_what_came_and_for_what_comes():
    send(told(1), told(2, BEN), told(3, unit="ほかの単元"))
    assert set(known().values()) == {("", None)}
    decide("prefix", QUESTION, f"unit:{UNIT_WATER}")
    send(told(4))
    assert set(known().values()) == {("rika", UNIT_WATER)}
    assert {(it.subject, it.unit_id) for it in rows(DayRollup)} == {("rika", UNIT_WATER)}
    rebuilt_sums_are_the_same()


def test_a_decision_taken_back_is_as_if_it_had_not_been():
    send(told(1), told(2))
    before, made = sums(), known()
    decide("activity", QUESTION + "1", "subject:sansu")
    assert known()["1", AOI.id] == ("sansu", UNIT_DIVISION)
    assert known()["2", AOI.id] == ("", None)
    act(operations.remove, one(CatalogueEntry).id)
    assert known() == made
    assert {key: sums()[key] for key in ("days", "time")} == {
        key: before[key] for key in ("days", "time")
    }


def test_a_decision_is_changed():
    send(told(1, unit="すいじょうき"))
    decide("title", "すいじょうき", "subject:kokugo")
    assert known()["1", AOI.id] == ("kokugo", None)
    act(operations.change, one(CatalogueEntry).id, f"unit:{UNIT_WATER}")
    assert known()["1", AOI.id] == ("rika", UNIT_WATER)


def test_a_decision_holds_in_its_school_only():
    send(told(1), told(1, KEN))
    decide("prefix", QUESTION, "subject:sansu")
    assert known()["1", KEN.id] == ("", None)
    decide("prefix", QUESTION, f"unit:{UNIT_EQUATIONS}", MORI)
    assert known() == {
        ("1", AOI.id): ("sansu", UNIT_DIVISION), ("1", KEN.id): ("sugaku", UNIT_EQUATIONS),
    }  # fmt: skip


def test_a_decision_counts_before_what_the_app_says():
    send(said(AOI, question=1, subject="算数"))
    decide("activity", QUESTION + "1", f"unit:{UNIT_WATER}")
    assert known()["1", AOI.id] == ("rika", UNIT_WATER)


def test_an_apps_own_catalogue_holds_for_every_school():
    send(told(1), told(1, KEN, unit="連立方程式"))
    sheet = operations.read_sheet(f"kind,value,subject\nprefix,{QUESTION},数学\n".encode())
    act(lambda scope: operations.load(scope, APP_DRILL, sheet, really=True), member=OKA)
    assert known() == {
        ("1", AOI.id): ("sugaku", None), ("1", KEN.id): ("sugaku", UNIT_EQUATIONS),
    }  # fmt: skip


def test_the_units_own_title_is_enough():
    send(told(1, unit="わり算の筆算"), told(2, unit="ほかの単元"))
    assert known() == {
        ("1", AOI.id): ("sansu", UNIT_DIVISION), ("2", AOI.id): ("", None),
    }  # fmt: skip


def test_the_subject_comes_from_the_code():
    with unit_of_work(SystemScope("test")) as scope:
        curriculum.load(scope, read_sample().items)
    send(told(1, code="8220263216000000"))
    assert known() == {("1", AOI.id): ("shakai", None)}


def test_a_batch_costs_one_question_more(queries):
    keep(*(entry("activity", f"{QUESTION}{n}", school_id=NOTHING) for n in range(50)),
         entry("prefix", QUESTION, "rika", school_id=PRIMARY))  # fmt: skip
    with queries() as few:
        send(told(1))
    with queries() as many:
        send(*(told(n) for n in range(2, 40)))
    assert len(many) <= len(few)
    assert {it[0] for it in known().values()} == {"rika"}
