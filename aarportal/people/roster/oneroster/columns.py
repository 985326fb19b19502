"""The 21 data files of base OneRoster 1.2 as data: columns in order, kinds, vocabularies.

Source: OneRoster CSV Binding 1.2 (2022) and 1.2.1 (2023).
"""

from dataclasses import dataclass, replace
from enum import Enum

MANIFEST = "manifest.csv"
ACADEMIC_SESSIONS = "academicSessions.csv"
ORGS = "orgs.csv"
COURSES = "courses.csv"
CLASSES = "classes.csv"
USERS = "users.csv"
ROLES = "roles.csv"
ENROLLMENTS = "enrollments.csv"

#: The files that become rows, each after the files it refers to.
CARRIED = (ORGS, ACADEMIC_SESSIONS, COURSES, CLASSES, USERS, ROLES, ENROLLMENTS)


class Kind(Enum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    """A person's name: kept byte for byte, and never repeated in a problem."""
    ID = "id"
    """GUID of OneRoster: up to 255 of 0-9 A-Z a-z . - _ / @"""
    REFERENCE = "reference"
    """The sourcedId of a row in the column's `target` file."""
    REFERENCES = "references"
    DATE = "date"
    LAST_DAY = "last_day"
    """A date that should be exclusive, but 31 March is written for the last day of a 年度."""
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    YEAR = "year"
    ENUM = "enum"
    ENUMS = "enums"
    """A list of words of the vocabulary."""
    LIST = "list"
    GRADES = "grades"
    """A list of grades; Japanese dialects know them by code."""
    USER_IDS = "user_ids"
    """A list of {Type:Id}."""
    PAIRS = "pairs"
    """A list of {word:value}."""
    STATUS = "status"
    """What a delta file does with the row; a bulk file leaves it blank."""
    MODIFIED = "modified"
    """When a row of a delta file changed, in UTC; a bulk file leaves it blank."""
    REFUSED = "refused"
    """Counted when filled, and never carried."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data file; `field` is its name in the row, empty when it is not carried."""

    name: str
    kind: Kind
    field: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    extensible: bool = False
    """Whether `ext:...` words may stand beside `values`."""
    target: str = ""
    full_width: bool = False
    """Japanese dialects allow no half-width katakana here."""
    aliases: tuple[str, ...] = ()
    is_private: bool = False
    """Whether a cell is never repeated in a problem or a repair."""

    @property
    def is_metadata(self) -> bool:
        """Metadata columns are optional and stand to the right of all others."""
        return self.name.startswith("metadata.")


Columns = tuple[Column, ...]


_OPENING = (
    Column("sourcedId", Kind.ID, "sourced_id", required=True),
    Column("status", Kind.STATUS, "status"),
    Column("dateLastModified", Kind.MODIFIED, "modified_at"),
)

ORGS_COLUMNS = (
    *_OPENING,
    Column("name", Kind.TEXT, "name", required=True, full_width=True),
    Column(
        "type",
        Kind.ENUM,
        "type",
        required=True,
        values=("department", "school", "district", "local", "state", "national"),
        extensible=True,
    ),
    Column("identifier", Kind.TEXT, "identifier"),
    Column("parentSourcedId", Kind.REFERENCE, "parent_sourced_id", target=ORGS),
)

ACADEMIC_SESSIONS_COLUMNS = (
    *_OPENING,
    Column("title", Kind.TEXT, "title", required=True, full_width=True),
    Column(
        "type",
        Kind.ENUM,
        "type",
        required=True,
        values=("gradingPeriod", "semester", "schoolYear", "term"),
        extensible=True,
    ),
    Column("startDate", Kind.DATE, "starts_on", required=True),
    Column("endDate", Kind.DATE, "ends_before", required=True),
    Column("parentSourcedId", Kind.REFERENCE, "parent_sourced_id", target=ACADEMIC_SESSIONS),
    Column("schoolYear", Kind.YEAR, "school_year", required=True),
)

COURSES_COLUMNS = (
    *_OPENING,
    Column(
        "schoolYearSourcedId",
        Kind.REFERENCE,
        "school_year_sourced_id",
        target=ACADEMIC_SESSIONS,
    ),
    Column("title", Kind.TEXT, "title", required=True, full_width=True),
    Column("courseCode", Kind.TEXT, "course_code"),
    Column("grades", Kind.GRADES, "grades"),
    Column("orgSourcedId", Kind.REFERENCE, "org_sourced_id", required=True, target=ORGS),
    Column("subjects", Kind.LIST, "subjects"),
    Column("subjectCodes", Kind.LIST, "subject_codes"),
)

CLASSES_COLUMNS = (
    *_OPENING,
    Column("title", Kind.TEXT, "title", required=True, full_width=True),
    Column("grades", Kind.GRADES, "grades"),
    Column("courseSourcedId", Kind.REFERENCE, "course_sourced_id", required=True, target=COURSES),
    Column("classCode", Kind.TEXT, "class_code"),
    Column(
        "classType",
        Kind.ENUM,
        "class_type",
        required=True,
        values=("homeroom", "scheduled"),
        extensible=True,
    ),
    Column("location", Kind.TEXT, "location", full_width=True),
    Column("schoolSourcedId", Kind.REFERENCE, "school_sourced_id", required=True, target=ORGS),
    Column(
        "termSourcedIds",
        Kind.REFERENCES,
        "term_sourced_ids",
        required=True,
        target=ACADEMIC_SESSIONS,
    ),
    Column("subjects", Kind.LIST, "subjects"),
    Column("subjectCodes", Kind.LIST, "subject_codes"),
    Column("periods", Kind.LIST, "periods"),
)

USERS_COLUMNS = (
    *_OPENING,
    Column("enabledUser", Kind.BOOLEAN, "enabled_user", required=True),
    Column("username", Kind.TEXT, "username", required=True),
    Column("userIds", Kind.USER_IDS, "user_ids"),
    Column("givenName", Kind.NAME, "given_name", required=True, full_width=True),
    Column("familyName", Kind.NAME, "family_name", required=True, full_width=True),
    Column("middleName", Kind.NAME, "middle_name", full_width=True),
    Column("identifier", Kind.TEXT, "identifier"),
    Column("email", Kind.REFUSED),
    Column("sms", Kind.REFUSED),
    Column("phone", Kind.REFUSED),
    # A child's guardians: not part of what a learning portal receives.
    Column("agentSourcedIds", Kind.REFUSED),
    Column("grades", Kind.GRADES, "grades"),
    Column("password", Kind.REFUSED),
    Column("userMasterIdentifier", Kind.TEXT, "user_master_identifier"),
    Column("resourceSourcedIds", Kind.REFUSED),
    Column("preferredGivenName", Kind.NAME, "preferred_given_name", full_width=True),
    Column("preferredMiddleName", Kind.NAME, "preferred_middle_name", full_width=True),
    Column("preferredFamilyName", Kind.NAME, "preferred_family_name", full_width=True),
    Column("primaryOrgSourcedId", Kind.REFERENCE, "primary_org_sourced_id", target=ORGS),
    Column("pronouns", Kind.REFUSED),
)

ROLES_COLUMNS = (
    *_OPENING,
    Column("userSourcedId", Kind.REFERENCE, "user_sourced_id", required=True, target=USERS),
    Column("roleType", Kind.ENUM, "role_type", required=True, values=("primary", "secondary")),
    Column(
        "role",
        Kind.ENUM,
        "role",
        required=True,
        values=(
            "aide",
            "counselor",
            "districtAdministrator",
            "guardian",
            "parent",
            "principal",
            "proctor",
            "relative",
            "siteAdministrator",
            "student",
            "systemAdministrator",
            "teacher",
        ),
        extensible=True,
    ),
    Column("beginDate", Kind.DATE, "starts_on"),
    Column("endDate", Kind.DATE, "ends_before"),
    Column("orgSourcedId", Kind.REFERENCE, "org_sourced_id", required=True, target=ORGS),
    # It points into userProfiles.csv, which holds credentials and is not carried either.
    Column("userProfileSourcedId", Kind.REFUSED),
)

ENROLLMENTS_COLUMNS = (
    *_OPENING,
    Column("classSourcedId", Kind.REFERENCE, "class_sourced_id", required=True, target=CLASSES),
    Column("schoolSourcedId", Kind.REFERENCE, "school_sourced_id", required=True, target=ORGS),
    Column("userSourcedId", Kind.REFERENCE, "user_sourced_id", required=True, target=USERS),
    Column(
        "role",
        Kind.ENUM,
        "role",
        required=True,
        values=("administrator", "proctor", "student", "teacher"),
        extensible=True,
    ),
    Column("primary", Kind.BOOLEAN, "primary"),
    Column("beginDate", Kind.DATE, "starts_on"),
    Column("endDate", Kind.DATE, "ends_before"),
)


def _link(name: str, target: str, *, required: bool = True) -> Column:
    return Column(name, Kind.REFERENCE, required=required, target=target)


def _needed(*names: str) -> Columns:
    return tuple(Column(name, Kind.TEXT, required=True) for name in names)


def _free(*names: str, kind: Kind = Kind.TEXT) -> Columns:
    return tuple(Column(name, kind) for name in names)


_CATEGORIES, _LINE_ITEMS, _RESULTS = "categories.csv", "lineItems.csv", "results.csv"
_RESOURCES, _SCORE_SCALES = "resources.csv", "scoreScales.csv"
_OBJECTIVE = (
    Column("source", Kind.ENUM, required=True, values=("case", "unknown"), extensible=True),
    *_needed("learningObjectiveId"),
)
_RESOURCE = _link("resourceSourcedId", _RESOURCES)
_SCORE_SCALE = _link("scoreScaleSourcedId", _SCORE_SCALES)

#: Files the portal has no use for: they are checked like the others, counted and left. Each
#: stands after the files it refers to.
_LEFT: dict[str, Columns] = {
    "demographics.csv": (
        Column("birthDate", Kind.DATE),
        Column(
            "sex",
            Kind.ENUM,
            values=("male", "female", "unspecified", "other"),
            extensible=True,
        ),
        *_free(
            "americanIndianOrAlaskaNative",
            "asian",
            "blackOrAfricanAmerican",
            "nativeHawaiianOrOtherPacificIslander",
            "white",
            "demographicRaceTwoOrMoreRaces",
            "hispanicOrLatinoEthnicity",
            kind=Kind.BOOLEAN,
        ),
        *_free("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth"),
        *_free("publicSchoolResidenceStatus"),
    ),
    "userProfiles.csv": (
        _link("userSourcedId", USERS),
        *_needed("profileType", "vendorId"),
        *_free("applicationId", "description"),
        *_needed("credentialType", "username"),
        *_free("password"),
    ),
    _CATEGORIES: (*_needed("title"), Column("weight", Kind.INTEGER)),
    _SCORE_SCALES: (
        *_needed("title", "type"),
        _link("orgSourcedId", ORGS),
        _link("courseSourcedId", COURSES),
        _link("classSourcedId", CLASSES),
        Column("scoreScaleValue", Kind.PAIRS, required=True),
    ),
    _LINE_ITEMS: (
        *_needed("title"),
        *_free("description"),
        Column("assignDate", Kind.DATE, required=True),
        Column("dueDate", Kind.DATE, required=True),
        _link("classSourcedId", CLASSES),
        _link("categorySourcedId", _CATEGORIES),
        _link("academicSessionSourcedId", ACADEMIC_SESSIONS),
        *_free("resultValueMin", "resultValueMax", kind=Kind.FLOAT),
        _link("schoolSourcedId", ORGS),
    ),
    _RESULTS: (
        _link("lineItemSourcedId", _LINE_ITEMS),
        _link("studentSourcedId", USERS),
        Column(
            "scoreStatus",
            Kind.ENUM,
            required=True,
            values=("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
            extensible=True,
        ),
        Column("score", Kind.FLOAT),
        Column("scoreDate", Kind.DATE, required=True),
        *_free("comment", "textScore"),
        _link("classSourcedId", CLASSES, required=False),
        *_free("inProgress", "incomplete", "late", "missing", kind=Kind.BOOLEAN),
    ),
    "lineItemLearningObjectiveIds.csv": (_link("lineItemSourcedId", _LINE_ITEMS), *_OBJECTIVE),
    "lineItemScoreScales.csv": (
        *_free("title"),
        _link("lineItemSourcedId", _LINE_ITEMS),
        _SCORE_SCALE,
    ),
    "resultLearningObjectiveIds.csv": (
        _link("resultSourcedId", _RESULTS),
        *_OBJECTIVE,
        Column("score", Kind.FLOAT),
        *_free("textScore"),
    ),
    "resultScoreScales.csv": (*_free("title"), _link("resultSourcedId", _RESULTS), _SCORE_SCALE),
    _RESOURCES: (
        *_needed("vendorResourceId"),
        *_free("title"),
        Column(
            "roles",
            Kind.ENUMS,
            values=(
                "administrator",
                "aide",
                "guardian",
                "parent",
                "proctor",
                "relative",
                "student",
                "teacher",
            ),
            extensible=True,
        ),
        Column("importance", Kind.ENUM, values=("primary", "secondary")),
        *_free("vendorId", "applicationId"),
    ),
    "classResources.csv": (*_free("title"), _link("classSourcedId", CLASSES), _RESOURCE),
    "courseResources.csv": (*_free("title"), _link("courseSourcedId", COURSES), _RESOURCE),
    "userResources.csv": (
        _link("userSourcedId", USERS),
        _link("orgSourcedId", ORGS, required=False),
        _link("classSourcedId", CLASSES, required=False),
        _RESOURCE,
    ),
}


def _left_columns(file: str) -> Columns:
    """All columns of a file that is left; its rows are about people, so no cell is repeated."""
    first, *others = (*_OPENING, *_LEFT[file])
    if file == "demographics.csv":
        # Its rows have no ids of their own but those of the people they describe.
        first = replace(first, target=USERS)
    return tuple(replace(column, field="", is_private=True) for column in (first, *others))


BASE_FILES: dict[str, Columns] = {
    ORGS: ORGS_COLUMNS,
    ACADEMIC_SESSIONS: ACADEMIC_SESSIONS_COLUMNS,
    COURSES: COURSES_COLUMNS,
    CLASSES: CLASSES_COLUMNS,
    USERS: USERS_COLUMNS,
    ROLES: ROLES_COLUMNS,
    ENROLLMENTS: ENROLLMENTS_COLUMNS,
    **{file: _left_columns(file) for file in _LEFT},
}
