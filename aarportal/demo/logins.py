"""One login per role, as the sign-in page of the demonstration shows them; pure."""

from dataclasses import asdict, dataclass
from datetime import date

from aarportal.demo.school import (
    BOARD,
    DISTRICT_CODE,
    PASSWORD,
    SCHOOL_CODES,
    School,
    Teacher,
)


@dataclass(frozen=True)
class Login:
    """Who somebody is and what they type."""

    who: str
    code: str
    login_id: str
    password: str = PASSWORD


def logins(school: School) -> tuple[Login, ...]:
    """The guides among the pupils and the teachers, classes in the order of the plan."""
    titles = {plan.key: plan for plan in school.classes}
    pupils = [
        Login(
            f"{titles[pupil.class_key].title} {pupil.name.family} {pupil.name.given}",
            SCHOOL_CODES[titles[pupil.class_key].school],
            pupil.login_id,
        )
        for group in school.pupils.values()
        for pupil in group
        if pupil.is_guide
    ]
    teachers = [
        Login(
            f"{_room(school, teacher)} {teacher.name.family} {teacher.name.given}",
            DISTRICT_CODE if teacher.school == BOARD else SCHOOL_CODES[teacher.school],
            teacher.login_id,
        )
        for teacher in school.teachers
    ]
    return (*pupils, *teachers)


def as_json(day: date, shown: tuple[Login, ...]) -> dict[str, object]:
    """What demo.json holds."""
    return {"day": day.isoformat(), "logins": [asdict(login) for login in shown]}


def _room(school: School, teacher: Teacher) -> str:
    """What somebody teaches or does, in a few words."""
    if teacher.does:
        return teacher.does
    homerooms = [f"{plan.title} 担任" for plan in school.classes if plan.key == teacher.homeroom]
    groups = [group.title for group in school.groups if group.key in teacher.groups]
    return "・".join(homerooms + groups)
