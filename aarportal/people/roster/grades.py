"""Grades as the Japanese OneRoster profiles write them: P1-P6 and J1-J3."""

_NUMBERS = {f"P{year}": year for year in range(1, 7)} | {f"J{year}": 6 + year for year in (1, 2, 3)}


def grade_number(grade: str) -> int:
    """1 to 9 for P1 to J3; 0 for anything else."""
    return _NUMBERS.get(grade, 0)
