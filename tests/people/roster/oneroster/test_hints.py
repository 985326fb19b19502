"""Which district a zip speaks of, before anybody knows it."""

import io

from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from aarportal.people.roster.oneroster.hints import DistrictHint, district_hint
from tests.people.roster.oneroster.bundles import (
    CLASS,
    DISTRICT,
    SCHOOL,
    delta_of,
    enrollment,
    files_of,
    guid,
    make_bundle,
    pack,
    person,
    role,
    rows_of,
)
from tests.people.roster.oneroster.damages import E, O, R, U


def hint(content: bytes) -> DistrictHint:
    return district_hint(io.BytesIO(content))


def test_a_bundle_that_brings_its_district_says_so():
    assert hint(make_bundle(BASE_1_2)) == DistrictHint(
        DISTRICT, frozenset({DISTRICT, SCHOOL}), "test-1", "校務支援テスト"
    )


def test_a_delta_without_its_district_names_the_orgs_it_points_at():
    rows = {
        O: [{"sourcedId": "s-2", "name": "東小", "type": "school", "parentSourcedId": DISTRICT}],
        U: [person("dai", grades="P4", primaryOrgSourcedId="s-3")],
        R: [role("dai", "student", orgSourcedId="s-4")],
        E: [enrollment("dai", "student", CLASS, schoolSourcedId="s-5")],
    }
    found = hint(pack(delta_of(JP_K12, rows)))
    assert found.district_sourced_id == ""
    assert found.org_sourced_ids == {"s-2", DISTRICT, "s-3", "s-4", "s-5"}
    assert found.source_system_code == "test-1"


def test_a_district_that_leaves_or_has_another_beside_it_is_no_hint():
    district, school = rows_of(BASE_1_2)[O]
    another = {**district, "sourcedId": guid("another")}
    for orgs in ([{**district, "status": "tobedeleted"}, school], [district, another, school]):
        found = hint(pack(delta_of(BASE_1_2, {O: orgs})))
        assert found.district_sourced_id == ""
        assert DISTRICT in found.org_sourced_ids


def test_a_hint_is_given_for_dirty_bundles_too():
    files = files_of(JP_K12)
    files["orgs.csv"] = files["orgs.csv"].replace(b'"type"', b'"TYPE "').decode().encode("cp932")
    files = {f"名簿/{name.upper()}": content for name, content in files.items()}
    assert hint(pack(files)).district_sourced_id == DISTRICT
