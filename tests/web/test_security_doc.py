"""docs/security.md names tests that exist, and leaves no requirement out."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py(?:::\w+)?)`", TEXT)))

#: Section of ASVS 5.0.0 -> its requirements of level 1 and 2.
#: Source: https://github.com/OWASP/ASVS/tree/v5.0.0
REQUIREMENTS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


def rows():
    """Requirement -> the line that speaks of it."""
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and re.fullmatch(r"[\d., ]+", cells[0]):
            for requirement in cells[0].split(", "):
                yield requirement, cells


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_exists(named):
    path, _, name = named.partition("::")
    assert (ROOT / path).is_file()
    if name:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        found = {it.name for it in ast.walk(tree) if isinstance(it, ast.FunctionDef)}
        assert name in found


def test_every_requirement_of_level_1_and_2_has_one_line():
    wanted = {
        f"{section}.{number}" for section, most in REQUIREMENTS.items()
        for number in range(1, most + 1)
    }  # fmt: skip
    said = [requirement for requirement, _ in rows()]
    assert len(wanted) == 70 + 183
    assert sorted(said) == sorted(wanted)


def test_every_line_says_what_shows_it_or_why_nothing_does():
    for requirement, (_, how, shown) in rows():
        honest = ("operator's duty", "nothing of the kind", "not met", "this page")
        assert "`" in shown or "ruff" in shown or any(
            words in shown for words in (*honest, "by construction", "by reading")
        ), (requirement, how, shown)  # fmt: skip
