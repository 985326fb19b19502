"""How activities without a unit are gathered for one decision."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.ids import NOTHING
from aarportal.cycle.action.catalogue.offers import Unknown, beginning, offers
from aarportal.cycle.units.catalogue.choosing import CatalogueIndex, Entry
from tests.cast import APP_DRILL, PRIMARY, key

SITE = "https://drill.example/"
OTHER_APP = key("another app")
NOBODY = CatalogueIndex.of([])

BEGINNINGS = [
    (SITE + "p4/division/7", SITE + "p4/division/"),
    (SITE + "p4/division/", SITE + "p4/division/"),
    (SITE + "q7", ""),
    ("https://drill.example", ""),
    (SITE + "quiz#7", SITE + "quiz#"),
    (SITE + "quiz.php?id=7", SITE + "quiz.php?"),
    ("urn:uuid:6ba7b810", ""),
    ("", ""),
]


@pytest.mark.parametrize(("activity_id", "start"), BEGINNINGS)
def test_what_ids_share_ends_before_their_last_part(activity_id, start):
    assert beginning(activity_id) == start


def sent(activity_id, *, title="", unit="", subject="", records=1, app=APP_DRILL, day=20):
    return Unknown(app, unit, activity_id, subject, title, records, date(2026, 11, day))


def keys(found):
    return [(it.kind, it.value, it.records) for it in found]


def test_activities_side_by_side_are_one_decision():
    found = offers(
        [
            sent(SITE + "p4/division/1", title="もんだい 1", records=3, day=18),
            sent(SITE + "p4/division/2", title="もんだい 2", records=2, day=19),
            sent(SITE + "p4/water/1", title="水", records=9),
        ],
        NOBODY,
        PRIMARY,
    )
    assert keys(found) == [
        ("activity", SITE + "p4/water/1", 9),
        ("prefix", SITE + "p4/division/", 5),
    ]
    assert found[1].titles == ["もんだい 1", "もんだい 2"]
    assert (found[1].has_more_titles, found[1].last_on) == (False, date(2026, 11, 19))


def test_not_every_title_is_shown():
    rows = [sent(SITE + f"p4/x/{n}", title=f"もんだい {n % 5}") for n in range(9)]
    [found] = offers(rows, NOBODY, PRIMARY)
    assert found.titles == ["もんだい 0", "もんだい 1", "もんだい 2"]
    assert found.has_more_titles


def test_activities_that_name_their_unit_go_by_its_title():
    found = offers(
        [
            sent(SITE + f"p4/x/{n}", unit="わり算" if n < 3 else "角", records=n)
            for n in range(1, 5)
        ],
        NOBODY,
        PRIMARY,
    )
    assert keys(found) == [("title", "角", 7), ("title", "わり算", 3)]


def test_apps_are_kept_apart():
    rows = [sent(SITE + "p4/x/1"), sent(SITE + "p4/x/2", app=OTHER_APP)]
    assert [it.kind for it in offers(rows, NOBODY, PRIMARY)] == ["activity", "activity"]


def test_unknown_subjects_come_first():
    rows = [
        sent(SITE + "a", subject="sansu", records=9),
        sent(SITE + "b", records=1),
        sent(SITE + "p/c/1", subject="rika", records=1),
        sent(SITE + "p/c/2", records=1),
    ]
    found = offers(rows, NOBODY, PRIMARY)
    assert [(it.value, it.subject) for it in found] == [
        (SITE + "p/c/", ""), (SITE + "b", ""), (SITE + "a", "sansu"),
    ]  # fmt: skip


def test_what_a_catalogue_knows_is_decided():
    known = CatalogueIndex.of(
        [
            Entry(APP_DRILL, PRIMARY, "prefix", SITE + "p4/", "sansu", "", ""),
            Entry(APP_DRILL, NOTHING, "title", "わり算", "sansu", "", ""),
        ]
    )
    rows = [
        sent(SITE + "p4/x/1"),
        sent(SITE + "y", unit="わり算"),
        sent(SITE + "z"),
        sent(SITE + "p4/x/1", app=OTHER_APP),
    ]
    assert {(it.app_id, it.value) for it in offers(rows, known, PRIMARY)} == {
        (APP_DRILL, SITE + "z"), (OTHER_APP, SITE + "p4/x/1"),
    }  # fmt: skip


def test_what_has_no_name_cannot_be_decided():
    assert offers([sent("", title="なまえなし")], NOBODY, PRIMARY) == []


@given(
    st.lists(
        st.builds(
            lambda path, unit, records: sent(SITE + path if path else "", unit=unit,
                                             records=records),
            st.text("ab/#", max_size=6), st.sampled_from(["", "わり算"]), st.integers(1, 5),
        ),
        unique_by=lambda it: (it.activity_id, it.unit_title),
        max_size=12,
    )
)  # fmt: skip
def test_every_record_with_a_name_is_in_exactly_one_offer(rows):
    found = offers(rows, NOBODY, PRIMARY)
    named = [row for row in rows if row.activity_id or row.unit_title]
    assert sum(it.records for it in found) == sum(row.records for row in named)
    # Whoever answers every offer has nothing left to answer.
    answers = CatalogueIndex.of(
        [Entry(it.app_id, PRIMARY, it.kind, it.value, "sansu", "", "") for it in found]
    )
    assert offers(rows, answers, PRIMARY) == []
