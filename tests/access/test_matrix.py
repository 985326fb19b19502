"""Every route, by everybody, about everybody's data: what docs/access.md says, and nothing else."""

from pathlib import Path

import pytest

from tests.access.calls import LEAD_TO_SIGN_IN, SAY_NO, SENT, SPECIAL, routes
from tests.access.filling import GROUP_OF, student_tables
from tests.access.knocking import Found, Heard, knock_at, knocks
from tests.access.people import WHO, Whose
from tests.access.rows import ROWS
from tests.access.table import page

ROOT = Path(__file__).parents[2]


def test_every_route_has_a_row_and_every_row_a_route(app):
    there = {endpoint for endpoint, _method, _rule in routes(app)}
    assert not there - set(ROWS), (
        "Say in tests/access/rows.py who may open these routes, then run"
        f" `python tools/access.py`: {sorted(there - set(ROWS))}"
    )
    assert not set(ROWS) - there, f"tests/access/rows.py: no such route: {set(ROWS) - there}"
    said = {*SENT, *LEAD_TO_SIGN_IN, *SAY_NO, *(endpoint for endpoint, _ in SPECIAL)}
    assert not said - there, f"tests/access/calls.py: no such route: {said - there}"


def test_everybody_knocks_at_every_door(app):
    """A cell that nobody calls would say that it is shut, and nobody would know."""
    missing = [
        (endpoint, method, who)
        for endpoint, method, rule in routes(app)
        for who in WHO
        if not list(knocks(endpoint, method, rule, who))
    ]
    assert not missing


def test_the_page_is_the_law(app):
    assert (ROOT / "docs" / "access.md").read_text("utf-8") == page(app), (
        "docs/access.md is not what tests/access says: run `python tools/access.py`"
    )


def test_every_table_about_a_student_has_its_readers_in_the_world(app):
    there = set(student_tables())
    assert not there - set(GROUP_OF), (
        f"say in tests/access/filling.py (GROUPS) who reads {sorted(there - set(GROUP_OF))}"
    )


def wrong(found: Found) -> str:
    """What is wrong with an answer; empty if it is the law's."""
    knock, opens = found.knock, ROWS[found.knock.endpoint]
    if found.heard is Heard.UNCLEAR:
        return f"says neither yes nor no ({found.status}): mend tests/access/calls.py"
    if (found.heard is Heard.OPEN) != opens.opens(knock.who, knock.whose):
        return f"is {found.heard} ({found.status})"
    if found.heard is not Heard.OPEN:
        comes_in = bool(opens.reach.get(knock.who))
        # Of what is theirs people are told that it is not for them to do.
        if comes_in and found.status != 404 and knock.whose is not Whose.OWN:
            return f"says {found.status}: what others have is not found"
        if knock.who == "stranger" and found.heard is not Heard.SIGN_IN and opens.reach:
            return f"says {found.status} to somebody whom it does not know"
    return ""


@pytest.mark.parametrize("who", WHO)
def test_doors_open_to_whom_the_law_says(world, who):
    world.back()
    calls = [
        knock for endpoint, method, rule in routes(world.app)
        for knock in knocks(endpoint, method, rule, who)
    ]  # fmt: skip
    assert calls
    found = list(knock_at(world, calls))
    bad = [
        f"{it.knock.method} {it.knock.rule.rule} ({it.knock.endpoint}), {WHO[who].title},"
        f" {it.knock.whose or 'about nobody'}: {wrong(it)}"
        for it in found if wrong(it)
    ]  # fmt: skip
    assert not bad, "\n" + "\n".join(bad)
