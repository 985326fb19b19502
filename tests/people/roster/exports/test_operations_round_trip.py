"""Import, export, import again: no difference, whatever the district, from dialect to dialect."""

import io
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import store as rosters
from aarportal.people.roster.exports import operations
from aarportal.people.roster.exports.store import Extent
from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle
from aarportal.people.roster.oneroster.dialects import DIALECTS
from aarportal.people.roster.operations import Foreseen, Reach
from aarportal.people.roster.planning import KINDS, district_org
from tests.people.roster.exports.districts import districts
from tests.people.roster.imports import DAY, bundle_of, take_in

#: Columns for which base OneRoster has no place, and what is made of them.
JAPANESE_ONLY = {
    "users": {
        "extra",
        "kana_family_name",
        "kana_given_name",
        "kana_middle_name",
        "search_text",
        "sort_key",
        "home_class_sourced_id",
    },
    "classes": {"special_needs", "extra"},
    "enrollments": {"attendance_no", "public", "extra"},
    # Own columns that begin as those of the profiles do.
    **{kind: {"extra"} for kind in KINDS if kind not in {"users", "classes", "enrollments"}},
}
#: When something changed; alone they are no change.
STAMPS = {"last_modified", "sent_modified_at"}
PAIRS = [
    (one, other)
    for one, other in product(DIALECTS, DIALECTS)
    if one.is_japanese or not other.is_japanese
]
slow = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def exported(bundle: Bundle, dialect) -> tuple[operations.Written, io.BytesIO]:
    file = io.BytesIO()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        district = rosters.district(scope, sourced_id=district_org(bundle).sourced_id)
        extent = Extent(district["id"], None, DAY)
        return operations.write(scope, extent, dialect, file), file


def differences(bundle: Bundle, beyond: dict[str, set[str]]) -> list:
    """What taking the bundle in would change, without the columns that it cannot carry."""
    found = []
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        for change in Foreseen(scope, bundle, Reach(), DAY).changes():
            columns = set(change.after) - STAMPS - beyond.get(change.kind, set())
            if change.before is None or columns:
                found.append((change.kind, columns, change))
    return found


@pytest.mark.parametrize(
    ("origin", "target"), PAIRS, ids=[f"{one.key}-{other.key}" for one, other in PAIRS]
)
def test_a_district_comes_back_as_it_was(in_app, origin, target):
    loses = origin.is_japanese and not target.is_japanese

    @slow
    @given(districts(origin))
    def goes_round(content):
        take_in(content)
        written, file = exported(bundle_of(content), target)
        assert not written.shortfalls
        again = read_bundle(file)
        assert isinstance(again, Bundle), again.problems
        assert again.dialect is target or not target.is_japanese
        assert not again.refused
        assert not differences(again, JAPANESE_ONLY if loses else {})

    goes_round()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.key)
def test_what_was_exported_twice_is_the_same_bytes(in_app, dialect):
    @settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def twice(data):
        content = data.draw(districts(dialect))
        take_in(content)
        first, second = (exported(bundle_of(content), dialect)[1] for _ in range(2))
        assert first.getvalue() == second.getvalue()

    twice()
