"""What may be done, named resource:action, and which role may do it."""

from enum import StrEnum


class Permission(StrEnum):
    """Named `<resource>:<action>`; alphabetical."""

    ACCESS_MANAGE = "access:manage"
    """The office, how others come in: their sessions, a second factor they have lost."""
    APPS_MANAGE = "apps:manage"
    APPS_OPEN = "apps:open"
    """A student opens a learning app, which is told who comes."""
    ATTENDANCE_WRITE = "attendance:write"
    CARDS_RULE = "cards:rule"
    """The office: from which networks login cards open at any time."""
    CASES_READ = "cases:read"
    """Staff, the pupils on whose case they are."""
    CHARTS_READ = "charts:read"
    CLASS_READ = "class:read"
    DATA_REQUESTS_ASK = "data_requests:ask"
    """A student or a guardian: a copy, a correction, a deletion."""
    DATA_REQUESTS_COUNT = "data_requests:count"
    """The board, how many there are."""
    DATA_REQUESTS_MANAGE = "data_requests:manage"
    """A school's office and head, who answer them."""
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
    PASSWORD_CHANGE = "password:change"  # noqa: S105 # a name
    PASSWORDS_GIVE = "passwords:give"
    """Teachers and the office: a new start password for a pupil, with which all of theirs opens."""
    PEOPLE_MANAGE = "people:manage"
    MIRROR_READ = "mirror:read"
    """A student: what is kept about them, and who looked."""
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
    SECOND_FACTOR_OWN = "second_factor:own"
    """Staff, how they prove in a second way who they are."""
    SESSIONS_OWN = "sessions:own"
    """Where somebody is signed in, and their own password."""
    SIGN_INS_HELP = "sign_ins:help"
    """Teachers and the office: login cards, locks and start passwords of pupils."""
    STATEMENTS_INSPECT = "statements:inspect"
    """Staff, the statement behind a record they see."""
    STATEMENTS_READ = "statements:read"
    STATEMENTS_WRITE = "statements:write"
    TRACES_EXPORT = "traces:export"
    """The board's file of everything that was done and looked at."""
    SYSTEM_READ = "system:read"
    """Whoever runs the installation, how it is."""
    TRACES_READ = "traces:read"
    """Who changed what about a person."""
    UNITS_READ = "units:read"
    UNITS_WRITE = "units:write"
    WAYS_MANAGE = "ways:manage"
    """By which providers people come in: the board and the office, who tell who is who."""


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


_EVERYBODY = frozenset(
    {
        Permission.HOME_READ,
        Permission.PASSWORD_CHANGE,
        Permission.PREFERENCES_WRITE,
        Permission.SESSIONS_OWN,
    }
)

_STAFF = _EVERYBODY | {Permission.SECOND_FACTOR_OWN}

_DIRECTORY = _STAFF | {
    Permission.ACCESS_MANAGE,
    Permission.PEOPLE_MANAGE,
    Permission.PEOPLE_READ,
    Permission.TRACES_READ,
}

_OFFICE = _DIRECTORY | {
    Permission.APPS_MANAGE,
    Permission.CARDS_RULE,
    Permission.DATA_REQUESTS_MANAGE,
    Permission.HANDOVER_MANAGE,
    Permission.IDENTITIES_MANAGE,
    Permission.IMPORTS_MANAGE,
    Permission.PASSWORDS_GIVE,
    Permission.RELATIONS_MANAGE,
    Permission.ROLLOVER_MANAGE,
    Permission.ROSTER_MANAGE,
    Permission.SCHOOL_DATA_IMPORT,
    Permission.SCHOOL_YEAR_MANAGE,
    Permission.SIGN_INS_HELP,
    Permission.STATEMENTS_INSPECT,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: _EVERYBODY
    | {
        Permission.APPS_OPEN,
        Permission.CHARTS_READ,
        Permission.DATA_REQUESTS_ASK,
        Permission.DRAFTS_WRITE,
        Permission.FEEDBACK_ANSWER,
        Permission.GOALS_READ,
        Permission.GOALS_WRITE,
        Permission.GRADES_READ_OWN,
        Permission.HANDOVER_OWN,
        Permission.MIRROR_READ,
        Permission.RECORDS_READ,
        Permission.RECORDS_WRITE,
        Permission.REFLECTIONS_READ,
        Permission.REFLECTIONS_WRITE,
    },
    Role.TEACHER: _STAFF
    | {
        Permission.ATTENDANCE_WRITE,
        Permission.CASES_READ,
        Permission.CLASS_READ,
        Permission.FEEDBACK_WRITE,
        Permission.GRADES_READ,
        Permission.HEALTH_READ,
        Permission.PASSWORDS_GIVE,
        Permission.PUPIL_VIEW_OPEN,
        Permission.RECORDS_DECIDE,
        Permission.SIGN_INS_HELP,
        Permission.STATEMENTS_INSPECT,
        Permission.UNITS_READ,
        Permission.UNITS_WRITE,
    },
    Role.ADMINISTRATOR: _OFFICE | {Permission.WAYS_MANAGE},
    Role.PRINCIPAL: _OFFICE
    | {
        Permission.CASES_READ,
        Permission.GRADES_READ,
        Permission.HEALTH_READ,
        Permission.PUPIL_VIEW_OPEN,
    },
    Role.DISTRICT_ADMINISTRATOR: _DIRECTORY
    | {
        Permission.DATA_REQUESTS_COUNT,
        Permission.HANDOVER_RULE,
        Permission.ROSTER_MANAGE,
        Permission.TRACES_EXPORT,
        Permission.WAYS_MANAGE,
    },
    Role.NURSE: _STAFF
    | {Permission.CASES_READ, Permission.HEALTH_READ, Permission.SCHOOL_DATA_IMPORT},
    Role.COUNSELOR: _STAFF | {Permission.CASES_READ},
    Role.GUARDIAN: _EVERYBODY | {Permission.DATA_REQUESTS_ASK, Permission.FAMILY_READ},
    Role.SYSTEM_ADMINISTRATOR: _STAFF | {Permission.SYSTEM_READ},
}

#: What nobody opens through a pupil's eyes: pages that open on purpose, and papers to take along.
NOT_IN_A_VIEW = frozenset(
    {
        Permission.APPS_OPEN,
        Permission.DATA_REQUESTS_ASK,
        Permission.GRADES_READ_OWN,
        Permission.HANDOVER_OWN,
        Permission.MIRROR_READ,
        Permission.PASSWORD_CHANGE,
        Permission.SESSIONS_OWN,
    }
)

#: Who reads the rows of a district that are the office's alone.
OFFICE = frozenset({Role.ADMINISTRATOR, Role.DISTRICT_ADMINISTRATOR, Role.PRINCIPAL})

#: Who looks at their own or their own child's data only: nobody asks them for a second proof.
WITHOUT_SECOND_FACTOR = frozenset({Role.GUARDIAN, Role.STUDENT})

#: What nobody else does who has proved in one way only who they are: pages of 重要性分類 II and
#: above, and those that let somebody in or hand data out.
STRONG = frozenset(
    {
        Permission.ACCESS_MANAGE,
        Permission.APPS_MANAGE,
        Permission.CARDS_RULE,
        Permission.CASES_READ,
        Permission.DATA_REQUESTS_MANAGE,
        Permission.GRADES_READ,
        Permission.HANDOVER_MANAGE,
        Permission.HANDOVER_RULE,
        Permission.HEALTH_READ,
        Permission.IDENTITIES_MANAGE,
        Permission.IMPORTS_MANAGE,
        # With a pupil's password the pupil's own grades open, too.
        Permission.PASSWORDS_GIVE,
        Permission.PEOPLE_MANAGE,
        Permission.PEOPLE_READ,
        Permission.RELATIONS_MANAGE,
        Permission.ROLLOVER_MANAGE,
        Permission.ROSTER_MANAGE,
        Permission.SCHOOL_DATA_IMPORT,
        Permission.SYSTEM_READ,
        Permission.TRACES_EXPORT,
        Permission.TRACES_READ,
        Permission.WAYS_MANAGE,
    }
)

#: What the credential of an app may grant; its own statements it reads always.
APP_GRANTS = frozenset({Permission.STATEMENTS_READ, Permission.STATEMENTS_WRITE})

#: What the token of a system that reads the roster may grant.
ROSTER_GRANTS = frozenset({Permission.ROSTER_READ})
