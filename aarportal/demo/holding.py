"""Who leads a grade, is on a case, and is a child's family, as the office has entered it."""

from datetime import date

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.demo.rows import Town
from aarportal.demo.school import COUNSELOR, FAMILY, LEADER, NURSE, OFFICE, PRIMARY, School
from aarportal.people.relations import operations
from aarportal.people.relations.kinds import Kind
from aarportal.people.relations.operations import RelationDraft


def give_relations(town: Town, school: School) -> None:
    """Let each login of that sort have something to see; run in an app context."""
    today = clock.today()
    year_ends = clock.school_year_begins_on(clock.school_year_of(today) + 1)
    last_on = date.fromordinal(year_ends.toordinal() - 1)
    group = school.pupils[school.classes[0].key]
    guide = next(pupil for pupil in group if pupil.is_guide)
    other = next(pupil for pupil in group if not pupil.is_guide)
    office = Scope(
        actor_id=town.users[OFFICE],
        district_id=town.district_id,
        school_id=town.schools[PRIMARY],
        role=Role.ADMINISTRATOR,
        students={Relation.RECORDS: None},
    )
    leader, grade = LEADER
    for draft in (
        RelationDraft(Kind.LEADS_GRADE, town.users[leader], today, last_on, grade=grade),
        RelationDraft(Kind.HEALTH_ROOM, town.users[NURSE], today, None),
        RelationDraft(
            Kind.CASE,
            town.users[COUNSELOR],
            today,
            last_on,
            student_id=town.users[other.sourced_id],
            reason="朝、教室に入りにくい日がある。担任といっしょに様子を見る。",
        ),
        RelationDraft(
            Kind.GUARDIAN,
            town.users[FAMILY],
            today,
            None,
            student_id=town.users[guide.sourced_id],
        ),
    ):
        with unit_of_work(office) as scope:
            operations.give(scope, draft)
