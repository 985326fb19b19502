"""Grades as the Japanese OneRoster profiles write them: P1-P6 and J1-J3."""

_YEARS = {"P": 0, "J": 6}


def grade_number(grade: str) -> int:
    """1 to 9 for P1 to J3; 0 for anything else."""
    if len(grade) == 2 and grade[0] in _YEARS and grade[1].isdigit():
        return _YEARS[grade[0]] + int(grade[1])
    return 0
