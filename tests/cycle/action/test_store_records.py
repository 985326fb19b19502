"""Questions about records and their sums, asked by a student, a teacher and strangers."""

from datetime import date, timedelta

import pytest

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import store
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CODES,
    ELSEWHERE,
    GEN,
    HINATA,
    KEN,
    MORI,
    PRIMARY,
    SECONDARY,
    UNIT_EQUATIONS,
    key,
    scope_of,
)
from tests.cycle.action.days import NOW, TODAY, enter, lap, record, set_clock

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def friday(in_app):
    set_clock()


def ask(member, question, *arguments):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return question(scope, *arguments)


def on(days_ago: int, **parts):
    return record(ended_at=NOW - days_ago * DAY, **parts)


def test_a_day_holds_its_records_in_order():
    late, early, other = record(3), record(9), on(1)
    enter(late, early, other, record(5, member=BEN))
    found = ask(AOI, store.day_records, AOI.id, TODAY)
    assert [row.id for row in found] == [early.id, late.id]


def test_what_was_taken_back_is_not_shown():
    enter(record(state="voided"))
    assert list(ask(AOI, store.day_records, AOI.id, TODAY)) == []


def test_the_nearest_days_with_records_are_found():
    enter(on(9), on(4), on(2), on(0), on(1, member=BEN))

    def ask_days(day):
        return ask(AOI, store.days_with_records, AOI.id, day, day)

    assert ask_days(TODAY) == (TODAY - 2 * DAY, None)
    assert ask_days(TODAY - 2 * DAY) == (TODAY - 4 * DAY, TODAY)
    assert ask_days(TODAY - 9 * DAY) == (None, TODAY - 4 * DAY)
    assert ask_days(date(1900, 1, 1)) == (None, TODAY - 9 * DAY)


def test_sums_of_days_come_in_order_with_both_ends():
    enter(on(5), on(3), on(0))
    found = ask(AOI, store.rollups, AOI.id, TODAY - 5 * DAY, TODAY)
    assert [row.day for row in found] == [TODAY - 5 * DAY, TODAY - 3 * DAY, TODAY]
    found = ask(AOI, store.rollups, AOI.id, TODAY - 4 * DAY, TODAY - DAY)
    assert [row.day for row in found] == [TODAY - 3 * DAY]


#: Who asks for Aoi's records -> whether they exist for them.
EYES = {
    "herself": (AOI, True),
    "a classmate": (BEN, False),
    "her teacher": (CHIBA, True),
    "a teacher of another school": (MORI, False),
    "a child of another district": (GEN, False),
}


@pytest.mark.parametrize(("member", "sees"), EYES.values(), ids=EYES)
def test_records_exist_for_who_may_see_them(member, sees):
    mine = lap()
    enter(mine, record(5, cycle_id=mine.id, state="linked"))
    seen = [
        ask(member, store.day_records, AOI.id, TODAY),
        ask(member, store.rollups, AOI.id, TODAY, TODAY),
    ]
    assert [len(found) for found in seen] == [int(sees)] * 2
    assert ask(member, store.days_with_records, AOI.id, TODAY + DAY, TODAY)[0] == (
        TODAY if sees else None
    )


def test_another_child_s_record_is_not_found():
    [id_] = enter(record())
    assert ask(AOI, store.record, id_).id == id_
    with pytest.raises(NotFoundError):
        ask(BEN, store.record, id_)
    with pytest.raises(NotFoundError):
        ask(AOI, store.record, key("nothing"))


def test_apps_are_known_in_their_district_only():
    assert [app.title for app in ask(AOI, store.apps_by_id, {APP_DRILL}).values()] == [
        "ドリルパーク"
    ]
    assert ask(GEN, store.apps_by_id, {APP_DRILL}) == {}
    assert ask(AOI, store.apps_by_id, set()) == {}


def test_students_with_records_are_told_by_school():
    enter(record(), record(), record(member=KEN, unit_id=UNIT_EQUATIONS))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert store.students_with_records(scope, PRIMARY) == [AOI.id]
        assert store.students_with_records(scope, SECONDARY) == [KEN.id]
        assert store.students_with_records(scope, ELSEWHERE) == []


#: Code -> district and schools.
PLACES = {
    "131234": (HINATA, None),
    CODES[SECONDARY]: (HINATA, [SECONDARY]),
    "nowhere": None,
    "": None,
}


@pytest.mark.parametrize(("code", "place"), PLACES.items())
def test_a_code_means_a_school_or_a_district(code, place):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert store.district_of(scope, code) == place


def test_schools_come_by_code_or_all():
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert store.schools(scope, CODES[PRIMARY]) == [(PRIMARY, "ひなた小学校")]
        assert {id_ for id_, _ in store.schools(scope)} == {PRIMARY, SECONDARY, ELSEWHERE}
        assert store.schools(scope, "nowhere") == []
