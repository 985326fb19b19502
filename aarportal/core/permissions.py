"""What may be done, named resource:action, and which role may do it."""

from enum import StrEnum


class Permission(StrEnum):
    """Named `<resource>:<action>`; alphabetical."""

    APPS_MANAGE = "apps:manage"
    ATTENDANCE_WRITE = "attendance:write"
    CASES_READ = "cases:read"
    """Staff, the pupils on whose case they are."""
    CHARTS_READ = "charts:read"
    CLASS_READ = "class:read"
    DRAFTS_WRITE = "drafts:write"
    FAMILY_READ = "family:read"
    """A guardian, what their children mean to learn."""
    FEEDBACK_ANSWER = "feedback:answer"
    FEEDBACK_WRITE = "feedback:write"
    GOALS_READ = "goals:read"
    GOALS_WRITE = "goals:write"
    GRADES_READ = "grades:read"
    """Staff: what the school reports about a student's year."""
    GRADES_READ_OWN = "grades:read_own"
    HEALTH_READ = "health:read"
    HANDOVER_MANAGE = "handover:manage"
    """Papers of children who leave or come, and what is deleted after them."""
    HANDOVER_OWN = "handover:own"
    """A student's own export."""
    HANDOVER_RULE = "handover:rule"
    """How long a board of education keeps what leavers have left."""
    HOME_READ = "home:read"
    IDENTITIES_MANAGE = "identities:manage"
    IMPORTS_MANAGE = "imports:manage"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_READ = "people:read"
    PREFERENCES_WRITE = "preferences:write"
    PUBLIC = "public"
    """Everybody, signed in or not; such a view gets no scope and no data."""
    PUPIL_VIEW_OPEN = "pupil_view:open"
    """Staff, the pages of a pupil of theirs as the pupil sees them."""
    RECORDS_DECIDE = "records:decide"
    """A teacher's answer to a doubt about a record."""
    RECORDS_READ = "records:read"
    RECORDS_WRITE = "records:write"
    REFLECTIONS_READ = "reflections:read"
    REFLECTIONS_WRITE = "reflections:write"
    RELATIONS_MANAGE = "relations:manage"
    """A school's office and head: who covers, leads a grade, is on a case, is a guardian."""
    ROLLOVER_MANAGE = "rollover:manage"
    """A school's office, its going over to a new school year."""
    ROSTER_MANAGE = "roster:manage"
    """The office: rosters in and out."""
    ROSTER_READ = "roster:read"
    """Another system, with a token."""
    SCHOOL_DATA_IMPORT = "school_data:import"
    SCHOOL_YEAR_MANAGE = "school_year:manage"
    STATEMENTS_INSPECT = "statements:inspect"
    """Staff, the statement behind a record they see."""
    STATEMENTS_READ = "statements:read"
    STATEMENTS_WRITE = "statements:write"
    SYSTEM_READ = "system:read"
    """Whoever runs the installation, how it is."""
    TRACES_READ = "traces:read"
    """Who changed what about a person."""
    UNITS_READ = "units:read"
    UNITS_WRITE = "units:write"


class Role(StrEnum):
    """OneRoster 1.2 role vocabulary, the part we use."""

    ADMINISTRATOR = "administrator"
    """The office of a school (siteAdministrator)."""
    COUNSELOR = "counselor"
    """Reads about the children on whose case they are, and about nobody else."""
    DISTRICT_ADMINISTRATOR = "districtAdministrator"
    """The board of education; of all schools of its district, and of no child's learning."""
    GUARDIAN = "guardian"
    """A parent or relative (also `parent`, `relative`); sees what their child means to do."""
    NURSE = "nurse"
    """養護教諭: OneRoster has no word for it: `ext:nurse`, or the office says it."""
    PRINCIPAL = "principal"
    STUDENT = "student"
    SYSTEM_ADMINISTRATOR = "systemAdministrator"
    """Runs the installation, and reads neither a name nor a word of anybody here."""
    TEACHER = "teacher"


_EVERYBODY = frozenset({Permission.HOME_READ, Permission.PREFERENCES_WRITE})

_DIRECTORY = _EVERYBODY | {
    Permission.PEOPLE_MANAGE,
    Permission.PEOPLE_READ,
    Permission.TRACES_READ,
}

_OFFICE = _DIRECTORY | {
    Permission.APPS_MANAGE,
    Permission.HANDOVER_MANAGE,
    Permission.IDENTITIES_MANAGE,
    Permission.IMPORTS_MANAGE,
    Permission.RELATIONS_MANAGE,
    Permission.ROLLOVER_MANAGE,
    Permission.ROSTER_MANAGE,
    Permission.SCHOOL_DATA_IMPORT,
    Permission.SCHOOL_YEAR_MANAGE,
    Permission.STATEMENTS_INSPECT,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: _EVERYBODY
    | {
        Permission.CHARTS_READ,
        Permission.DRAFTS_WRITE,
        Permission.FEEDBACK_ANSWER,
        Permission.GOALS_READ,
        Permission.GOALS_WRITE,
        Permission.GRADES_READ_OWN,
        Permission.HANDOVER_OWN,
        Permission.RECORDS_READ,
        Permission.RECORDS_WRITE,
        Permission.REFLECTIONS_READ,
        Permission.REFLECTIONS_WRITE,
    },
    Role.TEACHER: _EVERYBODY
    | {
        Permission.ATTENDANCE_WRITE,
        Permission.CASES_READ,
        Permission.CLASS_READ,
        Permission.FEEDBACK_WRITE,
        Permission.GRADES_READ,
        Permission.HEALTH_READ,
        Permission.PUPIL_VIEW_OPEN,
        Permission.RECORDS_DECIDE,
        Permission.STATEMENTS_INSPECT,
        Permission.UNITS_READ,
        Permission.UNITS_WRITE,
    },
    Role.ADMINISTRATOR: _OFFICE,
    Role.PRINCIPAL: _OFFICE
    | {
        Permission.CASES_READ,
        Permission.GRADES_READ,
        Permission.HEALTH_READ,
        Permission.PUPIL_VIEW_OPEN,
    },
    Role.DISTRICT_ADMINISTRATOR: _DIRECTORY | {Permission.HANDOVER_RULE, Permission.ROSTER_MANAGE},
    Role.NURSE: _EVERYBODY
    | {Permission.CASES_READ, Permission.HEALTH_READ, Permission.SCHOOL_DATA_IMPORT},
    Role.COUNSELOR: _EVERYBODY | {Permission.CASES_READ},
    Role.GUARDIAN: _EVERYBODY | {Permission.FAMILY_READ},
    Role.SYSTEM_ADMINISTRATOR: _EVERYBODY | {Permission.SYSTEM_READ},
}

#: What nobody opens through a pupil's eyes: pages that open on purpose, and papers to take along.
NOT_IN_A_VIEW = frozenset({Permission.GRADES_READ_OWN, Permission.HANDOVER_OWN})

#: Who reads the rows of a district that are the office's alone.
OFFICE = frozenset({Role.ADMINISTRATOR, Role.DISTRICT_ADMINISTRATOR, Role.PRINCIPAL})

#: What the credential of an app may grant; its own statements it reads always.
APP_GRANTS = frozenset({Permission.STATEMENTS_READ, Permission.STATEMENTS_WRITE})

#: What the token of a system that reads the roster may grant.
ROSTER_GRANTS = frozenset({Permission.ROSTER_READ})
