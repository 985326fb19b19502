"""The school year of the demonstration: events, holidays, terms, lesson times and timetables."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.demo.days import LESSON_STARTS, SchoolTime
from aarportal.demo.rows import Town
from aarportal.demo.school import SECONDARY, School
from aarportal.people.attendance.calendar import DayKind
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.school_year import years
from aarportal.people.school_year.models import (
    BellSchedule,
    Term,
    Timetable,
    TimetableLesson,
)
from aarportal.people.school_year.years import first_day, school_year_of, usual_terms

#: Minutes of a lesson, and of one on a day with shorter lessons.
_MINUTES, _SHORT_MINUTES = 45, 40
_SATURDAY = 5
#: Long holidays: title, first and last day.
_HOLIDAYS = (
    ("春休み", (4, 1), (4, 5)),
    ("夏休み", (7, 21), (8, 24)),
    ("冬休み", (12, 25), (1, 7)),
    ("春休み", (3, 25), (3, 31)),
)
#: Events of both schools, and those of the lower secondary one.
_EVENTS = (
    ("入学式・始業式", (4, 6)),
    ("遠足", (5, 15)),
    ("学校公開日", (6, 12)),
    ("1学期 終業式", (7, 17)),
    ("学習発表会", (11, 28)),
    ("2学期 終業式", (12, 24)),
    ("新入生 保護者説明会", (2, 5)),
    ("卒業式", (3, 19)),
    ("修了式", (3, 24)),
)
_TESTS = (
    ("1学期 期末考査", (6, 23), (6, 25)),
    ("2学期 中間考査", (10, 13), (10, 14)),
    ("2学期 期末考査", (11, 25), (11, 27)),
    ("学年末考査", (2, 16), (2, 18)),
)
#: Grade -> the subjects of a week, one lesson after the other from Monday on; 25 to 29 lessons.
_WEEKS = {
    1: "kokugo sansu seikatsu taiiku kokugo / kokugo sansu ongaku kokugo dotoku / "
    "kokugo sansu seikatsu taiiku kokugo / kokugo zuko zuko sansu kokugo / "
    "kokugo seikatsu sansu ongaku tokkatsu",
    3: "kokugo sansu rika taiiku shakai / kokugo sansu ongaku kokugo dotoku gaikokugo / "
    "sansu kokugo shakai taiiku sogo / kokugo zuko zuko sansu rika sogo / "
    "kokugo rika sansu ongaku tokkatsu taiiku",
    5: "kokugo sansu rika gaikokugo shakai taiiku / sansu kokugo ongaku kateika dotoku shakai / "
    "sansu kokugo gaikokugo taiiku sogo / kokugo zuko zuko sansu rika sogo / "
    "rika sansu kokugo shakai ongaku tokkatsu",
    7: "sugaku eigo kokugo rika shakai hokentaiiku / kokugo sugaku shakai eigo bijutsu dotoku / "
    "rika eigo sugaku hokentaiiku sogo / kokugo shakai rika gijutsukatei gijutsukatei sogo / "
    "eigo sugaku kokugo ongaku hokentaiiku tokkatsu",
}


def enter_school_year(scope: SystemScope, town: Town, school: School, days: SchoolTime) -> None:
    """Three terms, ordinary and shorter lessons, and the week of every class."""
    year = school_year_of(days.today)
    for school_id in town.schools.values():
        scope.session.execute(insert(Term), list(_terms(school_id, year)))
        scope.session.execute(insert(BellSchedule), list(_bells(school_id)))
    for plan in school.classes:
        class_id, school_id = town.classes[plan.key], town.schools[plan.school]
        head = {"school_id": school_id, "id": new_id(), "class_id": class_id}
        scope.session.execute(insert(Timetable), [{**head, "starts_on": first_day(year)}])
        rows = list(_lessons(school_id, head["id"], plan.grade))
        scope.session.execute(insert(TimetableLesson), rows)
    audit.record(scope, "timetable:set", town.district_id, detail=str(len(school.classes)))


def enter_events(scope: SystemScope, town: Town, days: SchoolTime) -> None:
    """What else stands in the calendars of the year.

    The days that are told of stay as they were lived: nothing is entered between the first of
    them and today.
    """
    year = school_year_of(days.today)
    rows = [
        {"school_id": school_id, "day": day, "kind": kind, "title": title}
        for key, school_id in town.schools.items()
        for day, (kind, title) in _year_days(year, key).items()
        if day not in days.special and not days.first <= day <= days.today
    ]
    scope.session.execute(insert(CalendarDay), rows)
    audit.record(scope, "calendar:set", town.district_id, detail=str(len(rows)))


def _year_days(year: int, school: str) -> dict[date, tuple[DayKind, str]]:
    found: dict[date, tuple[DayKind, str]] = {}
    for title, first, last in _HOLIDAYS:
        for day in years.days(_in(year, first), _in(year, last)):
            found[day] = (DayKind.CLOSED, title)
    for title, first, last in _TESTS if school == SECONDARY else ():
        for day in years.days(_in(year, first), _in(year, last)):
            if day.weekday() < _SATURDAY:
                found[day] = (DayKind.EXAM, title)
    for title, on in _EVENTS:
        day = _in(year, on)
        day -= timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))
        found.setdefault(day, (DayKind.EVENT, title))
    return found


def _in(year: int, on: tuple[int, int]) -> date:
    month, day = on
    return date(year + (month < 4), month, day)


def _terms(school_id: UUID, year: int) -> Iterator[dict[str, object]]:
    for term in usual_terms(year, 3):
        yield {
            "school_id": school_id,
            "starts_on": term.starts_on,
            "ends_before": term.ends_before,
            "school_year": year,
            "title": term.title,
        }


def _bells(school_id: UUID) -> Iterator[dict[str, object]]:
    for title, minutes in (("通常日課", _MINUTES), ("短縮日課", _SHORT_MINUTES)):
        yield {
            "school_id": school_id,
            "id": new_id(),
            "title": title,
            "is_usual": minutes == _MINUTES,
            "weekdays": [],
            "times": [[start.strftime("%H:%M"), minutes] for start in LESSON_STARTS],
        }


def _lessons(school_id: UUID, timetable_id: UUID, grade: str) -> Iterator[dict[str, object]]:
    number = int(grade[1]) + (6 if grade.startswith("J") else 0)
    week = _WEEKS[max(first for first in _WEEKS if first <= number)]
    for weekday, subjects in enumerate(week.split("/"), start=1):
        for period, subject in enumerate(subjects.split(), start=1):
            yield {
                "school_id": school_id,
                "timetable_id": timetable_id,
                "weekday": weekday,
                "period": period,
                "subject": subject,
            }
