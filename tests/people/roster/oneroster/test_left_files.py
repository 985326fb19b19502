"""All 21 files of the binding are checked alike; what is not carried is counted and never told."""

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Refused, Rejection
from aarportal.people.roster.oneroster.columns import BASE_FILES, CARRIED
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_K12
from tests.people.roster.oneroster.bundles import left_rows, rows_of
from tests.people.roster.oneroster.damages import (
    NO_ONE,
    Damage,
    cell,
    damaged,
    places,
    read,
    renamed,
    without_column,
)

LEFT = sorted(BASE_FILES.keys() - set(CARRIED))
# The headers of the binding, after sourcedId,status,dateLastModified: the order is fixed.
HEADERS = {
    "categories.csv": "title,weight",
    "classResources.csv": "title,classSourcedId,resourceSourcedId",
    "courseResources.csv": "title,courseSourcedId,resourceSourcedId",
    "demographics.csv": (
        "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
        "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
        "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,"
        "publicSchoolResidenceStatus"
    ),
    "lineItemLearningObjectiveIds.csv": "lineItemSourcedId,source,learningObjectiveId",
    "lineItemScoreScales.csv": "title,lineItemSourcedId,scoreScaleSourcedId",
    "lineItems.csv": (
        "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
        "academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId"
    ),
    "resources.csv": "vendorResourceId,title,roles,importance,vendorId,applicationId",
    "resultLearningObjectiveIds.csv": "resultSourcedId,source,learningObjectiveId,score,textScore",
    "resultScoreScales.csv": "title,resultSourcedId,scoreScaleSourcedId",
    "results.csv": (
        "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,"
        "classSourcedId,inProgress,incomplete,late,missing"
    ),
    "scoreScales.csv": "title,type,orgSourcedId,courseSourcedId,classSourcedId,scoreScaleValue",
    "userProfiles.csv": (
        "userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,"
        "password"
    ),
    "userResources.csv": "userSourcedId,orgSourcedId,classSourcedId,resourceSourcedId",
}


def whole(dialect=BASE_1_2):
    """A district with a row in each of the 21 files."""
    return rows_of(dialect) | left_rows()


def test_there_are_21_files_with_the_headers_of_the_binding():
    assert len(BASE_FILES) == 21
    assert HEADERS.keys() == set(LEFT)
    for file, names in HEADERS.items():
        header = [column.name for column in BASE_FILES[file]]
        assert header == ["sourcedId", "status", "dateLastModified", *names.split(",")]


@pytest.mark.parametrize("dialect", DIALECTS, ids=[d.key for d in DIALECTS])
def test_a_bundle_of_all_files_is_read_and_what_is_left_is_counted(dialect):
    bundle = read(damaged(dialect, lambda tables: None, whole(dialect)))
    assert isinstance(bundle, Bundle), bundle.problems
    assert bundle.warnings == ()
    assert bundle.files == BASE_FILES.keys()
    counted = {refused for refused in bundle.refused if not refused.column}
    assert counted == {Refused(file, "", 1) for file in LEFT}
    everything = repr((bundle, *map(tuple, (bundle.users, bundle.classes, bundle.enrollments))))
    for word in ("2016-05-05", "よく見ています", "9.5", "かんさつ", "learning app"):
        assert word not in everything


# Damages of the left files -> column and rule.
DAMAGES = [
    ("demographics.csv", "birthDate", "2016/5/5", "value_date"),
    ("demographics.csv", "sex", "女", "value_enum"),
    ("demographics.csv", "white", "いいえ", "value_boolean"),
    ("demographics.csv", "sourcedId", NO_ONE, "dangling_reference"),
    ("userProfiles.csv", "userSourcedId", NO_ONE, "dangling_reference"),
    ("userProfiles.csv", "credentialType", "", "value_required"),
    ("categories.csv", "weight", "半分", "value_integer"),
    ("scoreScales.csv", "scoreScaleValue", "A:90", "value_pairs"),
    ("scoreScales.csv", "scoreScaleValue", "{A:90},", "value_list"),
    ("scoreScales.csv", "orgSourcedId", NO_ONE, "dangling_reference"),
    ("lineItems.csv", "dueDate", "", "value_required"),
    ("lineItems.csv", "resultValueMax", "十", "value_float"),
    ("lineItems.csv", "categorySourcedId", NO_ONE, "dangling_reference"),
    ("lineItems.csv", "classSourcedId", NO_ONE, "dangling_reference"),
    ("results.csv", "scoreStatus", "採点済", "value_enum"),
    ("results.csv", "score", "A", "value_float"),
    ("results.csv", "missing", "NO", "value_boolean"),
    ("results.csv", "lineItemSourcedId", NO_ONE, "dangling_reference"),
    ("results.csv", "studentSourcedId", NO_ONE, "dangling_reference"),
    ("results.csv", "classSourcedId", NO_ONE, "dangling_reference"),
    ("results.csv", "status", "active", "value_bulk_blank"),
    ("lineItemLearningObjectiveIds.csv", "source", "MEXT", "value_enum"),
    ("lineItemScoreScales.csv", "scoreScaleSourcedId", NO_ONE, "dangling_reference"),
    ("resultLearningObjectiveIds.csv", "score", "1,0", "value_float"),
    ("resultScoreScales.csv", "resultSourcedId", NO_ONE, "dangling_reference"),
    ("resources.csv", "roles", "student,pupil", "value_enum"),
    ("resources.csv", "importance", "ext:high", "value_enum"),
    ("resources.csv", "sourcedId", "本 1", "value_id"),
    ("classResources.csv", "resourceSourcedId", NO_ONE, "dangling_reference"),
    ("courseResources.csv", "courseSourcedId", NO_ONE, "dangling_reference"),
    ("userResources.csv", "orgSourcedId", NO_ONE, "dangling_reference"),
]


@pytest.mark.parametrize(("file", "column", "value", "rule"), DAMAGES)
def test_a_wrong_cell_of_a_left_file_is_named_and_not_repeated(file, column, value, rule):
    result = read(damaged(BASE_1_2, cell(file, 2, column, value), whole()))
    assert isinstance(result, Rejection)
    found = [(p.file, p.line, p.column, p.rule) for p in result.problems]
    assert (file, 2, column, rule) in found
    # What points at a row whose id is wrong is wrong with it, and nothing else is.
    assert {each[3] for each in found} <= {rule, "dangling_reference"}
    assert not value or value not in repr([p.detail for p in result.problems])


def twice(file: str) -> Damage:
    return lambda tables: tables[file].append(list(tables[file][1]))


@pytest.mark.parametrize("file", LEFT)
def test_ids_and_headers_of_every_left_file_are_checked(file):
    assert places(damaged(BASE_1_2, twice(file), whole())) == [
        (file, 3, "sourcedId", "duplicate_sourced_id")
    ]
    first = HEADERS[file].split(",")[0]
    found = places(damaged(BASE_1_2, renamed(file, first, first.upper()), whole()))
    assert found == [(file, 1, first.upper(), "header_case")]
    needed = next((c.name for c in BASE_FILES[file][1:] if c.required), "sourcedId")
    found = places(damaged(BASE_1_2, without_column(file, needed), whole()))
    assert (file, 1, needed, "header_missing") in found


def test_a_left_file_needs_those_it_points_into():
    rows = whole(JP_K12)
    del rows["lineItems.csv"]
    found = places(damaged(JP_K12, lambda tables: None, rows))
    assert ("results.csv", 2, "lineItemSourcedId", "file_needed") in found
    assert {rule for _, _, _, rule in found} == {"file_needed"}
