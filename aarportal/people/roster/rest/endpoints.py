"""Every address of the rostering service, as data.

Source: OneRoster 1.2 Rostering Service (OpenAPI of 2022), operations with their scopes.
"""

from dataclasses import dataclass

SCOPE_PREFIX = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
CORE, ROSTER = "roster-core.readonly", "roster.readonly"
#: What may be asked for; demographics are not held here.
SCOPES = (CORE, ROSTER)


@dataclass(frozen=True)
class Endpoint:
    """One address.

    Attributes:
        operation: Its name in the OpenAPI document.
        path: Below the base; `<path:…>` names a sourcedId.
        objects: The list its objects belong to.
        narrowed: Which of them: `schools`, `students`, `teachers`, `terms` or `gradingPeriods`;
            empty for all.
        scopes: One of these has to be in the token.
    """

    operation: str
    path: str
    objects: str
    narrowed: str = ""
    scopes: frozenset[str] = frozenset(SCOPES)

    @property
    def is_single(self) -> bool:
        """Whether it answers with one object."""
        return self.path.endswith("<path:sourced_id>")


def _both(name: str, one: str, objects: str, narrowed: str = "") -> tuple[Endpoint, ...]:
    """A list and each of its objects."""
    title = name[0].upper() + name[1:]
    return (
        Endpoint(f"getAll{title}", f"/{name}", objects, narrowed),
        Endpoint(f"get{one}", f"/{name}/<path:sourced_id>", objects, narrowed),
    )


def _below(operation: str, path: str, objects: str, narrowed: str = "") -> Endpoint:
    return Endpoint(operation, path, objects, narrowed, frozenset({ROSTER}))


_SCHOOL, _CLASS = "/schools/<path:school>", "/classes/<path:klass>"

ENDPOINTS = (
    *_both("academicSessions", "AcademicSession", "academicSessions"),
    *_both("classes", "Class", "classes"),
    *_both("courses", "Course", "courses"),
    *_both("enrollments", "Enrollment", "enrollments"),
    *_both("gradingPeriods", "GradingPeriod", "academicSessions", "gradingPeriods"),
    *_both("orgs", "Org", "orgs"),
    *_both("schools", "School", "orgs", "schools"),
    *_both("students", "Student", "users", "students"),
    *_both("teachers", "Teacher", "users", "teachers"),
    *_both("terms", "Term", "academicSessions", "terms"),
    *_both("users", "User", "users"),
    _below("getStudentsForClass", f"{_CLASS}/students", "users", "students"),
    _below("getTeachersForClass", f"{_CLASS}/teachers", "users", "teachers"),
    _below("getClassesForCourse", "/courses/<path:course>/classes", "classes"),
    _below("getClassesForSchool", f"{_SCHOOL}/classes", "classes"),
    _below("getCoursesForSchool", f"{_SCHOOL}/courses", "courses"),
    _below("getEnrollmentsForSchool", f"{_SCHOOL}/enrollments", "enrollments"),
    _below("getStudentsForSchool", f"{_SCHOOL}/students", "users", "students"),
    _below("getTeachersForSchool", f"{_SCHOOL}/teachers", "users", "teachers"),
    _below("getTermsForSchool", f"{_SCHOOL}/terms", "academicSessions", "terms"),
    _below("getEnrollmentsForClassInSchool", f"{_SCHOOL}{_CLASS}/enrollments", "enrollments"),
    _below("getStudentsForClassInSchool", f"{_SCHOOL}{_CLASS}/students", "users", "students"),
    _below("getTeachersForClassInSchool", f"{_SCHOOL}{_CLASS}/teachers", "users", "teachers"),
    _below("getClassesForStudent", "/students/<path:student>/classes", "classes"),
    _below("getClassesForTeacher", "/teachers/<path:teacher>/classes", "classes"),
    _below("getClassesForTerm", "/terms/<path:term>/classes", "classes"),
    _below(
        "getGradingPeriodsForTerm",
        "/terms/<path:term>/gradingPeriods",
        "academicSessions",
        "gradingPeriods",
    ),
    _below("getClassesForUser", "/users/<path:user>/classes", "classes"),
)
