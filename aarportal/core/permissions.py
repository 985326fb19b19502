"""What may be done, named resource:action, and which role may do it."""

from enum import StrEnum


class Permission(StrEnum):
    """Named `<resource>:<action>`; alphabetical."""

    ATTENDANCE_WRITE = "attendance:write"
    CHARTS_READ = "charts:read"
    CLASS_READ = "class:read"
    DRAFTS_WRITE = "drafts:write"
    FEEDBACK_ANSWER = "feedback:answer"
    FEEDBACK_WRITE = "feedback:write"
    GOALS_READ = "goals:read"
    GOALS_WRITE = "goals:write"
    HOME_READ = "home:read"
    PREFERENCES_WRITE = "preferences:write"
    PUBLIC = "public"
    """Everybody, signed in or not; such a view gets no scope and no data."""
    RECORDS_READ = "records:read"
    RECORDS_WRITE = "records:write"
    REFLECTIONS_READ = "reflections:read"
    REFLECTIONS_WRITE = "reflections:write"
    STATEMENTS_WRITE = "statements:write"
    UNITS_READ = "units:read"
    UNITS_WRITE = "units:write"


class Role(StrEnum):
    """OneRoster 1.2 role vocabulary, the part we use."""

    ADMINISTRATOR = "administrator"
    STUDENT = "student"
    TEACHER = "teacher"


_EVERYBODY = frozenset({Permission.HOME_READ, Permission.PREFERENCES_WRITE})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: _EVERYBODY
    | {
        Permission.CHARTS_READ,
        Permission.DRAFTS_WRITE,
        Permission.FEEDBACK_ANSWER,
        Permission.GOALS_READ,
        Permission.GOALS_WRITE,
        Permission.RECORDS_READ,
        Permission.RECORDS_WRITE,
        Permission.REFLECTIONS_READ,
        Permission.REFLECTIONS_WRITE,
    },
    Role.TEACHER: _EVERYBODY
    | {
        Permission.ATTENDANCE_WRITE,
        Permission.CLASS_READ,
        Permission.FEEDBACK_WRITE,
        Permission.UNITS_READ,
        Permission.UNITS_WRITE,
    },
    Role.ADMINISTRATOR: _EVERYBODY,
}

#: What an app's own credential may do.
APP_GRANTS = frozenset({Permission.STATEMENTS_WRITE})
