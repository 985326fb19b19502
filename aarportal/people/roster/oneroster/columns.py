"""The 21 data files of base OneRoster 1.2 as data: columns in order, kinds, vocabularies.

Source: OneRoster CSV Binding 1.2 (2022) and 1.2.1 (2023).
"""

from dataclasses import dataclass
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
    YEAR = "year"
    ENUM = "enum"
    LIST = "list"
    GRADES = "grades"
    """A list of grades; Japanese dialects know them by code."""
    USER_IDS = "user_ids"
    """A list of {Type:Id}."""
    BLANK = "blank"
    """Used in delta files only; a bulk file leaves it blank."""
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

    @property
    def is_metadata(self) -> bool:
        """Metadata columns are optional and stand to the right of all others."""
        return self.name.startswith("metadata.")


Columns = tuple[Column, ...]


_OPENING = (
    Column("sourcedId", Kind.ID, "sourced_id", required=True),
    Column("status", Kind.BLANK),
    Column("dateLastModified", Kind.BLANK),
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

#: Files the portal has no use for: their shape is checked, their rows are counted and left.
_LEFT = {
    "categories.csv": "title weight",
    "classResources.csv": "title classSourcedId resourceSourcedId",
    "courseResources.csv": "title courseSourcedId resourceSourcedId",
    "demographics.csv": (
        "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican"
        " nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces"
        " hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth"
        " publicSchoolResidenceStatus"
    ),
    "lineItemLearningObjectiveIds.csv": "lineItemSourcedId source learningObjectiveId",
    "lineItems.csv": (
        "title description assignDate dueDate classSourcedId categorySourcedId"
        " academicSessionSourcedId resultValueMin resultValueMax schoolSourcedId"
    ),
    "lineItemScoreScales.csv": "title lineItemSourcedId scoreScaleSourcedId",
    "resources.csv": "vendorResourceId title roles importance vendorId applicationId",
    "resultLearningObjectiveIds.csv": (
        "resultSourcedId source learningObjectiveId score textScore"
    ),
    "results.csv": (
        "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore"
        " classSourcedId inProgress incomplete late missing"
    ),
    "resultScoreScales.csv": "title resultSourcedId scoreScaleSourcedId",
    "scoreScales.csv": "title type orgSourcedId courseSourcedId classSourcedId scoreScaleValue",
    "userProfiles.csv": (
        "userSourcedId profileType vendorId applicationId description credentialType username"
        " password"
    ),
    "userResources.csv": "userSourcedId orgSourcedId classSourcedId resourceSourcedId",
}


def _left_columns(names: str) -> Columns:
    return (*_OPENING, *(Column(name, Kind.REFUSED) for name in names.split()))


BASE_FILES: dict[str, Columns] = {
    ORGS: ORGS_COLUMNS,
    ACADEMIC_SESSIONS: ACADEMIC_SESSIONS_COLUMNS,
    COURSES: COURSES_COLUMNS,
    CLASSES: CLASSES_COLUMNS,
    USERS: USERS_COLUMNS,
    ROLES: ROLES_COLUMNS,
    ENROLLMENTS: ENROLLMENTS_COLUMNS,
    **{file: _left_columns(names) for file, names in _LEFT.items()},
}
