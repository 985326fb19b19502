"""The school year of the demonstration: terms, lesson times, and a timetable of each class."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.demo.days import LESSON_STARTS, SchoolTime
from aarportal.demo.rows import Town
from aarportal.demo.school import School
from aarportal.people.school_year.models import (
    BellSchedule,
    Term,
    Timetable,
    TimetableLesson,
)
from aarportal.people.school_year.years import first_day, school_year_of, usual_terms

#: Minutes of a lesson, and of one on a day with shorter lessons.
_MINUTES, _SHORT_MINUTES = 45, 40
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
