"""What an import may not do: touch other districts, give codes twice, or write by halves."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import store
from aarportal.people.roster.imports.working import operations
from aarportal.people.roster.models import (
    School,
)
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from aarportal.people.roster.planning import KINDS
from tests.people.roster.imports import (
    DAY,
    NEXT_DAY,
    add,
    all_rows,
    bundle_of,
    counted,
    edit,
    leaving,
    look,
    org,
    school,
    standing,
    take_in,
    user,
    users,
)
from tests.people.roster.oneroster.bundles import (
    BEN,
    DISTRICT,
    SCHOOL,
    guid,
    make_bundle,
)

pytestmark = pytest.mark.usefixtures("in_app")


def test_another_district_with_the_same_ids_is_not_touched():
    """Systems that count from 1 give out the same ids everywhere."""
    other = {
        "name": "他市教育委員会",
        "identifier": "451111",
        "type": "district",
        "sourcedId": guid("tashi"),
    }

    def elsewhere(rows):
        rows[0] = other
        rows[1] |= {"parentSourcedId": other["sourcedId"], "identifier": "B145220610028"}

    take_in(make_bundle(JP_K12))
    take_in(make_bundle(JP_K12, orgs=elsewhere))
    with look() as scope:
        first, second = (
            store.district(scope, sourced_id=key)["id"] for key in (DISTRICT, other["sourcedId"])
        )

    def rows_of(district_id):
        with look() as scope:
            kinds = [kind for kind in KINDS if kind not in {"districts", "district_roles"}]
            return {kind: sorted(map(repr, standing(scope, kind, district_id))) for kind in kinds}

    assert all(len(rows) > 0 for rows in rows_of(second).values())
    assert {k: len(v) for k, v in rows_of(first).items()} == {
        k: len(v) for k, v in rows_of(second).items()
    }
    mine, theirs = rows_of(first), rows_of(second)
    take_in(make_bundle(JP_K12, **leaving("ben", "aoi")), NEXT_DAY)
    assert rows_of(second) == theirs
    assert rows_of(first) != mine


def test_people_who_came_in_another_way_stay_as_they_are():
    """The cast stands in districts of its own."""
    before = {table: set(map(repr, rows)) for table, rows in all_rows().items()}
    take_in(make_bundle(JP_K12))
    take_in(make_bundle(JP_K12, **leaving("ben")), NEXT_DAY)
    after = {table: set(map(repr, rows)) for table, rows in all_rows().items()}
    assert all(before[table] <= after[table] for table in before)


CODES = [
    # Identifiers in the file, and whether the school gets its own as its code.
    ("B145220610019", True),
    ("", False),
    ("hinata-e", False),  # a school of the cast has it
    ("131234", False),  # a district of the cast has it
    ("452068", False),  # its own district has it
]


@pytest.mark.parametrize(("identifier", "is_code"), CODES)
def test_a_school_gets_a_code_that_nobody_else_has(identifier, is_code):
    result = take_in(make_bundle(BASE_1_2, orgs=edit(sourcedId=SCHOOL, identifier=identifier)))
    code = school(SCHOOL).code
    assert (code == identifier) is is_code
    assert result.school_codes == {code: "日向小学校"}
    assert 0 < len(code) <= 13
    with look() as scope:
        assert store.school_by_code(scope, code).sourced_id == SCHOOL


def test_two_schools_of_one_code_get_two():
    twin = org("分校", identifier="B145220610019")
    take_in(make_bundle(JP_K12, orgs=add(twin)))
    assert school(SCHOOL).code == "B145220610019"
    assert school(twin["sourcedId"]).code not in {"", "B145220610019"}


def test_the_code_a_school_has_chosen_stays():
    take_in(make_bundle(JP_K12))
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(
            update(School).where(School.sourced_id == SCHOOL).values(code="hyuga")
        )
        audit.record(scope, "school:coded", SCHOOL)
    assert counted(take_in(make_bundle(JP_K12))) == {}
    assert school(SCHOOL).code == "hyuga"


def _no_district(rows):
    del rows[0]
    del rows[0]["parentSourcedId"]


REFUSED = [
    (_no_district, "no_district"),
    (add(org("隣市教育委員会", "district", identifier="452070")), "several_districts"),
    (edit(sourcedId=DISTRICT, identifier="011000"), "another_district"),
]


@pytest.mark.parametrize(
    ("change", "rule"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_file_of_the_wrong_district_changes_nothing(change, rule):
    take_in(make_bundle(BASE_1_2))
    before = all_rows()
    with pytest.raises(InvalidError) as raised:
        take_in(make_bundle(BASE_1_2, orgs=change, **leaving("ben")), NEXT_DAY)
    assert (raised.value.field, raised.value.rule) == ("orgs", rule)
    assert all_rows() == before


def test_an_import_that_breaks_off_has_written_nothing():
    before = all_rows()
    bundle = bundle_of(make_bundle(JP_K12))
    broken = replace(
        bundle,
        users=(
            *bundle.users[:-1],
            replace(bundle.users[-1], user_master_identifier=None),
        ),
    )
    with pytest.raises(IntegrityError), unit_of_work(SystemScope("test")) as scope:
        operations.import_bundle(scope, broken, today=DAY)
    assert all_rows() == before


def test_foreseeing_writes_nothing_and_says_what_the_import_will_do():
    take_in(make_bundle(JP_K12))
    before = all_rows()
    content = make_bundle(JP_K12, **leaving("ben"))
    with look() as scope:
        foreseen, _ = operations.foresee(scope, bundle_of(content), today=NEXT_DAY)
    assert all_rows() == before
    assert take_in(content, NEXT_DAY) == foreseen
    assert counted(foreseen) == {
        "users": (0, 0, 1),
        "roles": (0, 0, 1),
        "enrollments": (0, 0, 1),
    }
    assert not user(BEN).enabled


def test_the_audit_log_tells_of_an_import_and_names_nobody():
    with look() as scope:
        before = set(scope.session.scalars(select(AuditEntry.id)))
    take_in(make_bundle(JP_K12))
    with look() as scope:
        entries = [e for e in scope.session.scalars(select(AuditEntry)) if e.id not in before]
    assert {(e.verb, e.actor_kind, e.student_id) for e in entries} == {
        ("roster:looked_at", "system", None),
        ("roster:checked", "system", None),
        ("roster:imported", "system", None),
    }
    told = " ".join(e.detail for e in entries)
    assert "users +3 ~0 -0" in told
    for person_ in users():
        assert person_.family_name not in told
        assert person_.sourced_id not in told
