"""Which line of which catalogue counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.ids import NOTHING
from aarportal.cycle.units.catalogue.choosing import CatalogueIndex, Choice, Entry
from tests.cast import APP_DRILL, PRIMARY, SECONDARY, key

OTHER_APP = key("another app")
SITE = "https://drill.example/"


def line(kind, value, says, *, school=NOTHING, app=APP_DRILL):
    return Entry(app, school, kind, value, says, "", "")


OWN = [
    line("activity", SITE + "p4/division/7", "very"),
    line("prefix", SITE + "p4/", "grade"),
    line("prefix", SITE + "p4/division/", "division"),
    line("title", "わり算", "title"),
]
SCHOOL = [
    line("title", "わり算", "school's title", school=PRIMARY),
    line("prefix", SITE + "p4/division/", "school's division", school=PRIMARY),
]
ASKED = [
    ("the very activity", OWN, SITE + "p4/division/7", "わり算", "very"),
    ("the longest beginning", OWN, SITE + "p4/division/8", "わり算", "division"),
    ("a shorter beginning", OWN, SITE + "p4/water/1", "わり算", "grade"),
    ("the title of the unit", OWN, SITE + "p5/1", "わり算", "title"),
    ("nothing", OWN, SITE + "p5/1", "", None),
    ("another title", OWN, SITE + "p5/1", "わり算の筆算", None),
    ("no activity", OWN, "", "わり算", "title"),
    ("neither", OWN, "", "", None),
    ("the school before the app", OWN + SCHOOL, SITE + "p4/division/7", "", "school's division"),
    ("the school's title", OWN + SCHOOL, SITE + "p4/water/1", "わり算", "school's title"),
    ("the app where the school is silent", OWN + SCHOOL, SITE + "p4/water/1", "", "grade"),
    ("no line", [], SITE + "p4/division/7", "わり算", None),
    ("an empty line", [line("prefix", "", "all"), line("title", "", "all")], SITE, "", None),
    ("another app", [line("title", "わり算", "other", app=OTHER_APP)], SITE, "わり算", None),
    ("another school", [line("title", "わり算", "other", school=SECONDARY)], SITE, "わり算", None),
]


@pytest.mark.parametrize(("entries", "activity_id", "title", "says"), [c[1:] for c in ASKED],
                         ids=[c[0] for c in ASKED])  # fmt: skip
def test_the_nearest_line_counts(entries, activity_id, title, says):
    found = CatalogueIndex.of(entries).find(APP_DRILL, PRIMARY, activity_id, title)
    assert (found and found.subject) == says


def test_a_line_says_all_it_knows():
    entry = Entry(APP_DRILL, PRIMARY, "title", "水", "rika", "8260243121300000", "{水|みず}")
    assert CatalogueIndex.of([entry]).find(APP_DRILL, PRIMARY, "", "水") == Choice(
        "rika", "8260243121300000", "{水|みず}"
    )


def test_an_index_without_lines_is_empty():
    assert not CatalogueIndex.of([])
    assert CatalogueIndex.of(OWN)


VALUES = st.text("ab/", max_size=4)
LINES = st.lists(
    st.builds(
        lambda kind, value, school, says: line(kind, value, says, school=school),
        st.sampled_from(["activity", "prefix", "title"]),
        VALUES,
        st.sampled_from([NOTHING, PRIMARY, SECONDARY]),
        st.text("xyz", min_size=1, max_size=3),
    ),
    unique_by=lambda it: (it.school_id, it.kind, it.value),
    max_size=8,
)


def slowly(entries, activity_id, title):
    """The rule in one line: school before app; the very one, the longest beginning, the title."""

    def fits(it):
        return {
            "activity": it.value == activity_id,
            "prefix": activity_id.startswith(it.value),
            "title": it.value == title,
        }[it.kind]

    def nearness(it):
        rank = ("title", "prefix", "activity").index(it.kind)
        return (it.school_id == PRIMARY, rank, len(it.value))

    fitting = [it for it in entries if it.value and it.school_id in {PRIMARY, NOTHING} and fits(it)]
    return max(fitting, key=nearness).subject if fitting else None


@given(LINES, VALUES, VALUES)
def test_the_index_finds_what_looking_at_every_line_finds(entries, activity_id, title):
    found = CatalogueIndex.of(entries).find(APP_DRILL, PRIMARY, activity_id, title)
    assert (found and found.subject) == slowly(entries, activity_id, title)
