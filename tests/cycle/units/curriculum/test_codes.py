"""What a code says by its form."""

import pytest

from aarportal.cycle.units.curriculum import codes
from aarportal.cycle.units.curriculum.codes import Parts

DIVISION = "8250243130000000"

FORMS = [
    (DIVISION, True),
    ("82n0000000000000", True),
    ("822026321A000000", True),
    ("", False),
    ("825024313000000", False),
    ("82502431300000000", False),
    ("825024313000000０", False),
    ("8.25024E+15", False),
    (DIVISION + "\n", False),
    ("82502431-0000000", False),
]
GRADES = [
    ("8250213120000000", (1,)),
    ("8250263320000000", (6,)),
    ("82102A3000000000", (1, 2)),
    ("82102C3000000000", (3, 4)),
    ("82H12D2110000000", (5, 6)),
    ("82600L0000000000", (3, 4, 5, 6)),
    ("8350223120000000", (2,)),
    ("83G0A00000000000", ()),
    ("83G00A0000000000", (1, 2)),
    ("83G00B0000000000", (2, 3)),
    ("8350253120000000", ()),
    ("8250273120000000", ()),
    ("82500Z0000000000", ()),
    ("8250200000000000", ()),
    ("84I1503322000000", ()),
]
SCHOOLS = [
    (DIVISION, "P"),
    ("8350223120000000", "J"),
    ("84I1503322000000", ""),
    ("8110000000000000", ""),
]


@pytest.mark.parametrize(("text", "is_one"), FORMS)
def test_a_code_has_sixteen_letters_and_digits(text, is_one):
    assert codes.is_code(text) is is_one


def test_case_counts_in_codes():
    assert codes.parts("82n0000000000000").subject == "n"
    assert codes.parts("82N0000000000000").subject == "N"


def test_a_code_falls_into_its_parts():
    assert codes.parts("8361223310000001") == Parts(
        period="8", school="3", subject="6", field="1", heading="2", grade="2", kind="3",
        detail="31000000", revision="1",
    )  # fmt: skip


def test_what_is_no_code_has_no_parts():
    with pytest.raises(ValueError, match="no 学習指導要領コード"):
        codes.parts("8250")


@pytest.mark.parametrize(("code", "grades"), GRADES)
def test_the_sixth_character_names_the_grades(code, grades):
    assert codes.grades_of(code) == grades


@pytest.mark.parametrize(("code", "school"), SCHOOLS)
def test_the_second_character_names_the_school(code, school):
    assert codes.school_of(code) == school
