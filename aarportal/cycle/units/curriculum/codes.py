"""What a 学習指導要領コード says by its form alone; pure.

Source: 文部科学省, 学習指導要領コードについて (2020).
"""

import re
from dataclasses import dataclass

#: 16 letters and digits; case counts.
CODE = re.compile(r"\A[0-9A-Za-z]{16}\Z")
#: Second character -> the schools of this portal: `P` primary, `J` lower secondary.
_SCHOOLS = {"2": "P", "3": "J"}
#: Sixth character, where it stands for several grades.
_GRADES: dict[str, dict[str, tuple[int, ...]]] = {
    "P": {"A": (1, 2), "C": (3, 4), "D": (5, 6), "L": (3, 4, 5, 6)},
    "J": {"A": (1, 2), "B": (2, 3)},
}
_LAST_GRADE = {"P": 6, "J": 3}
#: How many of its first characters name 告示時期, 学校種 and 教科等.
_SUBJECT_LENGTH = 3


@dataclass(frozen=True)
class Parts:
    """The sixteen characters by what they say.

    Attributes:
        period: 告示時期.
        school: 学校種.
        subject: 教科等.
        field: 分野・科目・分類.
        heading: 大項目: goals, contents …
        grade: 学年; `0` for none, a letter for several.
        kind: 項目種.
        detail: 細目, eight characters.
        revision: 一部改正.
    """

    period: str
    school: str
    subject: str
    field: str
    heading: str
    grade: str
    kind: str
    detail: str
    revision: str


def is_code(text: str) -> bool:
    """Whether text has the form of a code; it may still stand in no list."""
    return CODE.match(text) is not None


def parts(code: str) -> Parts:
    """The code by what its characters say.

    Raises:
        ValueError: If it has not the form of a code.
    """
    if not is_code(code):
        raise ValueError(f"{code!r} is no 学習指導要領コード")
    period, school, subject, branch, heading, grade, kind = list(code[:7])
    return Parts(period, school, subject, branch, heading, grade, kind, code[7:15], code[15])


def school_of(code: str) -> str:
    """`P` or `J`; empty for kindergarten, upper secondary and special-needs schools."""
    return _SCHOOLS.get(parts(code).school, "")


def grades_of(code: str) -> tuple[int, ...]:
    """The grades within the school that the code names; none when it names none."""
    school, grade = school_of(code), parts(code).grade
    if not school:
        return ()
    if grade.isdigit():
        return (int(grade),) if 0 < int(grade) <= _LAST_GRADE[school] else ()
    return _GRADES[school].get(grade, ())


def subject_part(code: str) -> str:
    """The beginning that codes of one subject of one school share: which one, a list says."""
    return code[:_SUBJECT_LENGTH]
