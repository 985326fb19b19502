"""The mirror's words: roles as a child calls them, and the rules that tell a teacher something."""

from aarportal.core.permissions import Role
from aarportal.core.words import mark

#: Role -> who that is for a child; anybody else is somebody of the school.
ROLES: dict[str, str] = {
    Role.ADMINISTRATOR: mark("School office"),
    Role.COUNSELOR: mark("School counsellor"),
    Role.DISTRICT_ADMINISTRATOR: mark("Board of education"),
    Role.GUARDIAN: mark("Your family"),
    Role.NURSE: mark("School nurse"),
    Role.PRINCIPAL: mark("Head of the school"),
    Role.SYSTEM_ADMINISTRATOR: mark("Who runs this portal"),
    Role.TEACHER: mark("A teacher"),
    "app": mark("Learning app"),
}
SOMEBODY = mark("Somebody of the school")

#: `at` of a look -> what of it the child is told.
WHERE: dict[str, str] = {
    "person": mark("your own page"),
    "class": mark("the page of the class"),
    "school": mark("a list of the whole school"),
    "district": mark("a list of all schools"),
}

#: Rule of `insight.teaching.signals` -> when it tells a teacher something, said to the pupil; and
#: `locked`, which the page of the class says of whoever cannot come in.
RULES: dict[str, str] = {
    "ask": mark("When you tap “I want to ask”"),
    "stuck": mark("When you tap “I am stuck”"),
    "twice_not_yet": mark("When your self rating is “not yet” two times in a row"),
    "gap": mark("When you chose “on my own” and the record says something else"),
    "no_goal": mark("When you, or half of your class, have begun and you have no goal yet"),
    "locked": mark("When your login ID is taking a rest after many tries with another password"),
}
