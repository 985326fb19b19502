"""The scope of whoever is signed in, made of roles, places in classes and relations of today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.store import Known
from aarportal.people.accounts.ways import CARD
from aarportal.people.relations import store as relations
from aarportal.people.relations.store import Held
from aarportal.people.roster import store as roster
from aarportal.people.roster.store import Seat

Students = dict[Relation, frozenset[UUID] | None]

#: Staff who see every student of the school, and by which relations.
_OF_EVERY_STUDENT = {
    # Where records come from and whose they are is the office's work; goals and words are not.
    Role.ADMINISTRATOR: (Relation.RECORDS,),
    Role.NURSE: (Relation.HEALTH,),
    Role.PRINCIPAL: (Relation.RECORDS, Relation.HEALTH, Relation.LEADS),
}
#: What a login card, which a classmate can find, does not open.
_NOT_BY_CARD = frozenset(
    {
        Permission.DATA_REQUESTS_ASK,
        Permission.GRADES_READ_OWN,
        Permission.HANDOVER_OWN,
        Permission.PASSWORD_CHANGE,
    }
)
#: Whoever looks at this school year, and at none before.
_OF_THIS_YEAR = frozenset({Role.TEACHER, Role.COUNSELOR, Role.GUARDIAN})


@dataclass
class _Sight:
    """Students by relation, and classes at which somebody looks for a time."""

    students: Students = field(default_factory=dict)
    lent: list[UUID] = field(default_factory=list)


def scope_of(system: SystemScope, known: Known) -> Scope:
    """What exists for somebody today.

    One question for classes, one for their students; and one for what is held, if anything is.
    """
    day = clock.today()
    school_id, user_id = known.session.school_id, known.user.id
    role = Role(known.session.role)
    held = Held()
    if known.holds:
        held = relations.held(system, school_id, user_id, role, day)
    if held.runs_health_room:
        role = Role.NURSE
    seats = roster.seats(system, school_id, user_id, day)
    sight = _Sight()
    if role is Role.STUDENT:
        sight.students[Relation.SELF] = frozenset({user_id})
    elif role in _OF_EVERY_STUDENT:
        sight.students |= dict.fromkeys(_OF_EVERY_STUDENT[role], None)
    elif seats or held.class_ids:
        sight.students |= _of_classes(system, school_id, seats, held.class_ids, day)
        sight.lent += held.class_ids
    _look_further(system, school_id, held, sight, day)
    class_ids = tuple(seat.class_id for seat in seats)
    since = None
    if role in _OF_THIS_YEAR:
        since = clock.school_year_begins_on(clock.school_year_of(day))
    return Scope(
        user_id,
        known.user.district_id,
        school_id,
        role,
        sight.students,
        class_ids,
        _elsewhere(system, known, role, held) - {school_id},
        since,
        without=_NOT_BY_CARD if known.session.way == CARD else frozenset(),
        lent_class_ids=tuple(it for it in dict.fromkeys(sight.lent) if it not in class_ids),
        homeroom_class_ids=() if role is Role.STUDENT else _homerooms(seats),
    )


def _of_classes(
    system: SystemScope,
    school_id: UUID,
    seats: Sequence[Seat],
    covered: Sequence[UUID],
    day: date,
) -> Students:
    """The students of one's own classes, and of those that one covers."""
    own = [seat.class_id for seat in seats]
    by_class = roster.student_ids(system, school_id, list(dict.fromkeys([*own, *covered])), day)

    def of(class_ids: Sequence[UUID]) -> frozenset[UUID]:
        return frozenset().union(*(by_class[key] for key in class_ids))

    found: Students = {Relation.HOMEROOM: of(_homerooms(seats)), Relation.TEACHES: of(own)}
    return found | {Relation.COVERS: of(covered)} if covered else found


def _homerooms(seats: Sequence[Seat]) -> tuple[UUID, ...]:
    return tuple(seat.class_id for seat in seats if seat.class_type == "homeroom")


def _look_further(
    system: SystemScope, school_id: UUID, held: Held, sight: _Sight, day: date
) -> None:
    """Add those whom one sees by relations to a grade or to single students."""
    if held.grades:
        led = roster.students_of_grades(system, school_id, held.grades, day)
        sight.students[Relation.GRADE] = frozenset().union(*led.values())
        sight.lent += led
    if held.students:
        sight.students[Relation.CASE] = held.students
    if held.wards:
        sight.students[Relation.GUARDS] = frozenset(student_id for student_id, _at in held.wards)


def _elsewhere(system: SystemScope, known: Known, role: Role, held: Held) -> frozenset[UUID]:
    """Further schools whose rows exist for somebody."""
    if role is Role.DISTRICT_ADMINISTRATOR:
        return roster.school_ids(system, known.user.district_id)
    if role is Role.STUDENT and known.was_elsewhere:
        return roster.schools_of_student(system, known.user.id)
    return frozenset(school_id for _student, school_id in held.wards)
