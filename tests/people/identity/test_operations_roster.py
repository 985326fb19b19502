"""Login names that change hands through real roster files stay known, on both databases."""

from datetime import date

import pytest

from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.oneroster.dialects import JP_K12
from tests.people.roster.imports import add, edit, leaving, look, take_in, user
from tests.people.roster.oneroster.bundles import (
    BEN,
    CLASS,
    enrollment,
    guid,
    make_bundle,
    person,
    role,
)

pytestmark = pytest.mark.usefixtures("in_app")

FIRST, SECOND, THIRD = date(2025, 4, 7), date(2026, 4, 7), date(2027, 4, 7)
NAME = "ben@hyuga.example"


def links():
    with look() as scope:
        from sqlalchemy import select

        rows = scope.session.scalars(select(IdentityLink).order_by(IdentityLink.made_at)).all()
    assert all(
        (row.system, row.issuer, row.made_by, row.taken_back_at) == (NOTHING, "roster", None, None)
        for row in rows
    )
    return {(row.name, row.user_id, row.begins_at, row.ends_at) for row in rows}


def moment(day):
    return clock.day_bounds(day)[0]


def coming(name: str, **cells: str) -> dict:
    """Changes of a bundle in which one more pupil is listed."""
    return {
        "users": add(person(name, grades="P4", **cells)),
        "roles": add(role(name, "student")),
        "enrollments": add(enrollment(name, "student", CLASS)),
    }


def both(first: dict, second: dict) -> dict:
    def change(file):
        def act(rows):
            first[file](rows)
            second[file](rows)

        return act

    return {file: change(file) for file in first}


def test_a_login_name_that_changes_still_means_its_holder_until_then():
    take_in(make_bundle(JP_K12), FIRST)
    take_in(make_bundle(JP_K12, users=edit(sourcedId=BEN, username="b@x.example")), SECOND)
    assert links() == {(NAME, user(BEN).id, None, moment(SECOND))}


def test_whoever_leaves_keeps_the_name_until_another_has_it():
    take_in(make_bundle(JP_K12), FIRST)
    take_in(make_bundle(JP_K12, **leaving("ben")), SECOND)
    assert links() == set()
    again = both(leaving("ben"), coming("dan", username=NAME))
    take_in(make_bundle(JP_K12, **again), THIRD)
    assert links() == {
        (NAME, user(BEN).id, None, moment(THIRD)),
        # Ben still stands in the roster, disabled, under the name that is Dan's now.
        (NAME, user(guid("dan")).id, moment(THIRD), None),
    }


def test_a_roster_that_changes_no_login_name_keeps_nothing():
    take_in(make_bundle(JP_K12), FIRST)
    take_in(make_bundle(JP_K12, users=edit(sourcedId=BEN, grades="P5")), SECOND)
    take_in(make_bundle(JP_K12, **leaving("ben")), SECOND)
    take_in(make_bundle(JP_K12, **coming("dan")), THIRD)
    assert links() == set()


def test_an_import_costs_two_questions_more_whoever_changes_names(queries):
    take_in(make_bundle(JP_K12), FIRST)

    def all_change(rows):
        for row in rows:
            row["username"] = f"new-{row['username']}"

    with queries() as seen:
        take_in(make_bundle(JP_K12, users=all_change), SECOND)
    about = [each for each in seen if "identity_links" in each]
    assert len(about) == 2, about  # what is kept, and what is new
    assert sum("users.username" in each and each.startswith("SELECT") for each in seen) == 2
