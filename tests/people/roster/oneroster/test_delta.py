"""Deltas: the states of their rows, and what they may point at that stands already."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.columns import BASE_FILES
from aarportal.people.roster.oneroster.dialects import (
    BASE_1_2,
    BASE_1_2_1,
    DIALECTS,
    JP_1_2,
    JP_K12,
)
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CHIBA,
    CLASS,
    COURSE,
    DISTRICT,
    MOMENT,
    SCHOOL,
    SCIENCE,
    YEAR,
    delta_of,
    enrollment,
    guid,
    left_rows,
    pack,
    person,
    role,
    rows_of,
)
from tests.people.roster.oneroster.damages import HOME, NO_ONE, E, K, O, R, S, U, read

C = "courses.csv"
STANDS = {
    O: {DISTRICT, SCHOOL},
    S: {YEAR},
    C: {COURSE},
    K: {CLASS, SCIENCE},
    U: {AOI, BEN, CHIBA},
    R: set(),
    E: set(),
}
GONE = {"status": "tobedeleted"}


def delta(rows, dialect=JP_K12, standing=STANDS, **modes):
    """What reading these rows as a delta gives, in a district of which `standing` stands."""
    look_up = None if standing is None else standing.__getitem__
    return read(pack(delta_of(dialect, rows, **modes)), standing=look_up)


def found(result):
    assert isinstance(result, Rejection), result
    return [(p.file, p.line, p.column, p.rule) for p in result.problems]


def good(result) -> Bundle:
    assert isinstance(result, Bundle), result.problems
    return result


@pytest.mark.parametrize("dialect", DIALECTS, ids=[d.key for d in DIALECTS])
def test_a_whole_district_may_come_as_a_delta(dialect):
    bundle = good(delta(rows_of(dialect), dialect, standing=None))
    assert bundle.dialect is dialect
    assert set(bundle.modes.values()) == {"delta"}
    assert bundle.modes.keys() == bundle.files
    moment = datetime(2026, 5, 11, 8, 30, tzinfo=UTC)
    rows = [*bundle.orgs, *bundle.academic_sessions, *bundle.courses, *bundle.classes]
    rows += [*bundle.users, *bundle.roles, *bundle.enrollments]
    assert {(row.status, row.modified_at) for row in rows} == {("active", moment)}


def test_rows_of_a_bulk_file_have_no_state():
    bundle = good(read(pack(delta_of(JP_K12, rows_of(JP_K12), **dict.fromkeys(STEMS, "bulk")))))
    assert {(user.status, user.modified_at) for user in bundle.users} == {("", None)}
    assert set(bundle.modes.values()) == {"bulk"}


STEMS = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments")


def test_a_child_who_comes_in_june_needs_only_its_own_rows():
    rows = {
        U: [person("dai", grades="P4")],
        R: [role("dai", "student")],
        E: [enrollment("dai", "student", CLASS)],
    }
    bundle = good(delta(rows))
    assert [user.sourced_id for user in bundle.users] == [guid("dai")]
    assert bundle.warnings == ()
    assert bundle.files == {U, R, E}


def test_without_anything_standing_a_delta_points_at_nothing():
    rows = {E: [enrollment("aoi", "student", CLASS)]}
    assert found(delta(rows, standing=None)) == [
        (E, 2, "classSourcedId", "dangling_reference"),
        (E, 2, "schoolSourcedId", "dangling_reference"),
        (E, 2, "userSourcedId", "dangling_reference"),
    ]


def test_the_district_is_asked_once_a_file_and_only_for_what_is_needed():
    asked = []

    def standing(file):
        asked.append(file)
        return list(STANDS[file])

    rows = {
        U: [person("aoi", grades="P4"), person("ben", grades="P4")],
        E: [enrollment("aoi", "student", CLASS), enrollment("ben", "student", CLASS)],
    }
    good(read(pack(delta_of(JP_K12, rows)), standing=standing))
    assert sorted(asked) == [K, O]


STATES = [
    ({"status": ""}, "status", "value_required"),
    ({"status": "Active"}, "status", "value_status"),
    ({"status": "deleted"}, "status", "value_status"),
    ({"dateLastModified": ""}, "dateLastModified", "value_required"),
    ({"dateLastModified": "2026-05-11"}, "dateLastModified", "value_moment"),
    ({"dateLastModified": "2026-05-11T08:30:00+09:00"}, "dateLastModified", "value_moment"),
    ({"dateLastModified": "2026-05-11 08:30:00Z"}, "dateLastModified", "value_moment"),
    ({"dateLastModified": "2026-05-11T25:30:00Z"}, "dateLastModified", "value_moment"),
    ({**GONE, "role": ""}, "role", "value_required"),
    ({**GONE, "role": "pupil"}, "role", "value_enum"),
]


@pytest.mark.parametrize(("cells", "column", "rule"), STATES)
def test_the_state_of_a_delta_row_is_complete(cells, column, rule):
    rows = {E: [enrollment("aoi", "student", CLASS, **cells)]}
    assert found(delta(rows)) == [(E, 2, column, rule)]


def test_a_delta_file_needs_the_columns_of_the_state():
    files = delta_of(JP_K12, {E: [enrollment("aoi", "student", CLASS)]})
    files[E] = files[E].replace(b'"status",', b"").replace(b'"active",', b"")
    result = read(pack(files), standing=STANDS.__getitem__)
    assert found(result) == [(E, 1, "status", "header_missing")]


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
    st.sampled_from(["", "milliseconds", "microseconds"]),
)
def test_any_moment_in_utc_is_read_to_the_fraction(moment, precision):
    kept = {"": 10**6, "milliseconds": 1000, "microseconds": 1}[precision]
    moment = moment.replace(microsecond=moment.microsecond // kept * kept)
    written = moment.isoformat(timespec=precision or "seconds") + "Z"
    rows = {
        O: [{"sourcedId": "s-2", "name": "東小", "type": "school", "dateLastModified": written}]
    }
    (org,) = good(delta(rows, BASE_1_2)).orgs
    assert org.modified_at == moment.replace(tzinfo=UTC)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "active", "tobedeleted", "ACTIVE", "tobeDeleted", "NULL"]),
            st.sampled_from(["", MOMENT, "2026-05-11T08:30:00Z", "yesterday"]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["bulk", "delta"]),
)
def test_only_the_two_states_are_read_in_a_delta_and_none_in_bulk(states, mode):
    rows = [
        {"sourcedId": f"s-{i}", "name": "小", "type": "school", "status": status,
         "dateLastModified": moment}
        for i, (status, moment) in enumerate(states)
    ]  # fmt: skip
    result = delta({O: rows}, BASE_1_2, orgs=mode)
    moments = {MOMENT, "2026-05-11T08:30:00Z"}
    if mode == "delta":
        fits = all(s in {"active", "tobedeleted"} and m in moments for s, m in states)
    else:
        fits = all(s in {"", "NULL"} and not m for s, m in states)
    assert isinstance(result, Bundle) is fits
    if fits and mode == "delta":
        assert [org.status for org in result.orgs] == [status for status, _ in states]
    elif not fits:
        assert {p.column for p in result.problems} <= {"status", "dateLastModified"}


def test_what_this_very_delta_takes_away_may_not_be_pointed_at():
    rows = {
        U: [person("aoi", grades="P4", **GONE)],
        E: [enrollment("aoi", "student", CLASS)],
    }
    assert found(delta(rows)) == [(E, 2, "userSourcedId", "gone_reference")]


def test_what_leaves_may_point_at_what_leaves_or_has_left():
    rows = {
        U: [person("aoi", grades="P4", **GONE)],
        R: [role("aoi", "student", **GONE)],
        E: [enrollment("aoi", "student", NO_ONE, **GONE)],
    }
    bundle = good(delta(rows))
    assert [row.status for row in (*bundle.users, *bundle.roles, *bundle.enrollments)] == [
        "tobedeleted"
    ] * 3
    assert bundle.warnings == ()


def test_a_parent_that_stands_is_a_parent():
    east = {"sourcedId": "s-2", "name": "東小", "type": "school", "identifier": "B145220610028"}
    bundle = good(delta({O: [{**east, "parentSourcedId": DISTRICT}]}))
    assert bundle.orgs[0].parent_sourced_id == DISTRICT
    rows = {O: [{**east, "parentSourcedId": NO_ONE}]}
    assert found(delta(rows)) == [(O, 2, "parentSourcedId", "dangling_reference")]


def test_two_rows_of_one_id_are_a_problem_in_a_delta_too():
    leaves, comes = person("aoi", grades="P4", **GONE), person("aoi", grades="P4")
    assert found(delta({U: [leaves, comes]})) == [(U, 3, "sourcedId", "duplicate_sourced_id")]


def test_files_of_one_bundle_may_differ_in_mode():
    modes = {**dict.fromkeys(STEMS, "bulk"), "enrollments": "delta"}
    bundle = good(delta(rows_of(JP_K12), standing=None, **modes))
    assert bundle.modes == {f"{stem}.csv": mode for stem, mode in modes.items()}


def test_what_a_bulk_file_does_not_list_is_gone_for_the_delta_beside_it():
    rows = {U: [person("aoi", grades="P4")], E: [enrollment("ben", "student", CLASS)]}
    problems = found(delta(rows, users="bulk"))
    assert (E, 2, "userSourcedId", "dangling_reference") in problems


def test_a_bulk_file_needs_the_files_it_points_into_whatever_stands():
    rows = {R: [role("aoi", "student")], E: [enrollment("aoi", "student", CLASS)]}
    assert found(delta(rows, roles="bulk")) == [
        (R, 2, "userSourcedId", "file_needed"),
        (R, 2, "orgSourcedId", "file_needed"),
    ]


def test_checks_of_whole_files_are_silent_about_a_part_of_them():
    # A second role beside a first one that stands, and a pupil whose role stands.
    rows = {
        U: [person("ben", grades="P4")],
        R: [role("chiba", "principal", roleType="secondary")],
    }
    assert good(delta(rows)).warnings == ()


def test_a_pupil_without_a_grade_is_still_found_in_a_delta():
    rows = {U: [person("dai")], R: [role("dai", "student")]}
    assert found(delta(rows)) == [(U, 2, "grades", "value_required")]


def test_a_name_that_goes_over_to_somebody_else_is_not_told_twice():
    rows = {
        U: [person("aoi", grades="P4", **GONE), person("dai", username="aoi@hyuga.example")],
        R: [role("dai", "teacher")],
    }
    assert good(delta(rows)).warnings == ()


def test_a_home_class_that_stands_is_found_and_a_title_is_not_guessed():
    rows = {
        U: [
            person("aoi", grades="P4", **{HOME: CLASS}),
            person("ben", grades="P4", **{HOME: "4年2組"}),
        ]
    }
    bundle = good(delta(rows))
    assert [user.home_class_sourced_id for user in bundle.users] == [CLASS, ""]
    assert [(w.line, w.column, w.rule) for w in bundle.warnings] == [
        (3, HOME, "home_class_unknown")
    ]


def test_a_japanese_year_alone_is_known_by_its_last_day():
    year = {"sourcedId": guid("2027"), "title": "2027年度", "type": "schoolYear",
            "startDate": "2027-04-01", "endDate": "2028-03-31", "schoolYear": "2027"}  # fmt: skip
    assert good(delta({S: [year]}, JP_1_2)).dialect is JP_1_2
    year |= {"endDate": "2028-04-01", "schoolYear": "2028"}
    assert good(delta({S: [year]}, BASE_1_2_1)).dialect is BASE_1_2_1


def test_results_of_a_delta_may_point_at_what_is_never_carried():
    rows = {file: left_rows()[file] for file in ("results.csv", "demographics.csv")}
    bundle = good(delta(rows))
    assert {(r.file, r.count) for r in bundle.refused} == {(file, 1) for file in rows}
    rows["results.csv"][0]["studentSourcedId"] = NO_ONE
    assert found(delta(rows)) == [("results.csv", 2, "studentSourcedId", "dangling_reference")]


def test_every_file_may_be_a_delta():
    rows = rows_of(BASE_1_2) | left_rows()
    bundle = good(delta(rows, BASE_1_2, standing=None))
    assert bundle.modes == dict.fromkeys(BASE_FILES, "delta")
