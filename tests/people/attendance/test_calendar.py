"""Which days are school days, in which term they lie, and what lessons they have."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.attendance.calendar import Calendar, Term
from aarportal.people.attendance.lessons import Bell, Bells, Lesson, Slot, Timetable

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)

DAYS = [
    pytest.param({}, FRIDAY, True, True, id="an ordinary Friday"),
    pytest.param({}, SATURDAY, False, False, id="a Saturday"),
    pytest.param({SATURDAY: "open"}, SATURDAY, True, True, id="a Saturday with school"),
    pytest.param({MONDAY: "closed"}, MONDAY, False, False, id="a holiday"),
    pytest.param(
        {FRIDAY: "event"}, FRIDAY, True, False, id="a sports day is school, but no lesson"
    ),
    pytest.param({FRIDAY: "exam"}, FRIDAY, True, False, id="a day of tests likewise"),
    pytest.param({FRIDAY: "open"}, FRIDAY, True, True, id="a school day that has a name"),
]


@pytest.mark.parametrize(("special", "day", "school", "counts"), DAYS)
def test_days_of_school(special, day, school, counts):
    calendar = Calendar(special)
    assert calendar.is_school_day(day) is school
    assert calendar.counts(day) is counts


@pytest.mark.parametrize(
    ("special", "earlier", "later", "days"),
    [
        pytest.param({}, FRIDAY, FRIDAY, 0, id="the same day"),
        pytest.param({}, FRIDAY, MONDAY, 1, id="over a weekend"),
        pytest.param({MONDAY: "closed"}, FRIDAY, MONDAY, 0, id="over a long weekend"),
        pytest.param({SATURDAY: "open"}, FRIDAY, MONDAY, 2, id="with school on Saturday"),
        pytest.param({}, MONDAY, FRIDAY, 0, id="backwards"),
    ],
)
def test_school_days_between_two_days(special, earlier, later, days):
    assert Calendar(special).school_days_between(earlier, later) == days


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 60),
    st.integers(0, 60),
    st.dictionaries(
        st.dates(date(2020, 1, 1), date(2030, 5, 1)),
        st.sampled_from(["closed", "open", "event", "exam"]),
    ),
)
def test_school_days_add_up(first, some, more, special):
    calendar = Calendar(special)
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
    parts = calendar.school_days_between(first, middle), calendar.school_days_between(middle, last)
    assert sum(parts) == calendar.school_days_between(first, last)


def test_only_days_of_tests_are_days_of_tests():
    calendar = Calendar({FRIDAY: "exam", SATURDAY: "event"})
    assert [calendar.is_exam(day) for day in (FRIDAY, SATURDAY, MONDAY)] == [True, False, False]


AUTUMN = Term("2学期", date(2026, 9, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2026, 8, 31), None),
        (date(2026, 9, 1), AUTUMN),
        (date(2026, 12, 31), AUTUMN),
        (date(2027, 1, 1), None),
    ],
)
def test_a_term_holds_its_first_and_its_last_day(day, term):
    assert Calendar(terms=[AUTUMN]).term_of(day) == term
    assert AUTUMN.last_on == date(2026, 12, 31)


FOUR_TWO, USUAL, SHORT, FRIDAYS = uuid4(), uuid4(), uuid4(), uuid4()
ARITHMETIC, MUSIC = Slot("sansu"), Slot("ongaku")
AT_NINE, AT_TEN = Bell(time(9), 45), Bell(time(10), 45)
WEEK = Calendar(
    special={MONDAY: "closed"},
    timetables={
        FOUR_TWO: [
            Timetable(date(2026, 4, 1), {(5, 1): MUSIC}),
            Timetable(date(2026, 10, 1), {(5, 1): ARITHMETIC, (5, 2): MUSIC, (1, 1): MUSIC}),
        ]
    },
    bells={
        USUAL: Bells("通常", (AT_NINE, AT_TEN), is_usual=True),
        SHORT: Bells("短縮", (Bell(time(9), 40),)),
    },
)


def with_(**changed) -> Calendar:
    return Calendar(**{**vars(WEEK), **changed})


def test_the_lessons_of_a_day_with_their_minutes():
    assert WEEK.lessons_of(FOUR_TWO, FRIDAY) == [
        Lesson(1, ARITHMETIC, AT_NINE), Lesson(2, MUSIC, AT_TEN),
    ]  # fmt: skip
    assert AT_TEN.ends_at == time(10, 45)


def test_a_timetable_holds_until_the_next_begins():
    assert WEEK.lessons_of(FOUR_TWO, date(2026, 9, 25)) == [Lesson(1, MUSIC, AT_NINE)]
    assert WEEK.timetable_of(FOUR_TWO, date(2026, 3, 31)) is None
    assert WEEK.lessons_of(uuid4(), FRIDAY) == []


@pytest.mark.parametrize("kind", ["closed", "event", "exam"])
def test_days_that_do_not_count_have_no_lessons(kind):
    assert with_(special={FRIDAY: kind}).lessons_of(FOUR_TWO, FRIDAY) == []


def test_a_day_with_fewer_lesson_times_ends_earlier():
    short = with_(bells_on={FRIDAY: SHORT})
    assert short.lessons_of(FOUR_TWO, FRIDAY) == [Lesson(1, ARITHMETIC, Bell(time(9), 40))]


def test_lesson_times_of_a_weekday_go_before_the_usual_ones():
    of_fridays = {**WEEK.bells, FRIDAYS: Bells("金曜", (AT_TEN,), weekdays=frozenset({5}))}
    calendar = with_(bells=of_fridays)
    assert calendar.lessons_of(FOUR_TWO, FRIDAY) == [Lesson(1, ARITHMETIC, AT_TEN)]
    assert calendar.bells_of(SATURDAY) == WEEK.bells[USUAL]


def test_without_lesson_times_nobody_knows_when_lessons_are():
    lessons = with_(bells={}).lessons_of(FOUR_TWO, FRIDAY)
    assert [(it.period, it.bell) for it in lessons] == [(1, None), (2, None)]
