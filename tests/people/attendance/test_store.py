"""Questions about days, on both databases."""

from datetime import date

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance import operations, store
from aarportal.people.attendance.models import CalendarDay
from tests.cast import AOI, BEN, CHIBA, ELSEWHERE, PRIMARY, SECONDARY, scope_of

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


def special(school, day, kind):
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(CalendarDay(school_id=school, day=day, kind=kind))
        audit.record(scope, "test:planned", day)


def test_the_calendar_is_that_of_the_own_school_and_both_ends_belong_to_it(in_app):
    special(PRIMARY, WEDNESDAY, "closed")
    special(PRIMARY, FRIDAY, "event")
    special(SECONDARY, THURSDAY, "closed")
    special(ELSEWHERE, THURSDAY, "closed")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.calendar(scope, WEDNESDAY, FRIDAY).special == {
            WEDNESDAY: "closed", FRIDAY: "event",
        }  # fmt: skip
        assert store.calendar(scope, THURSDAY, THURSDAY).special == {}
        assert store.recent_calendar(scope, FRIDAY, days=1).special == {FRIDAY: "event"}


def test_absent_days_are_those_of_one_student(in_app):
    with unit_of_work(scope_of(CHIBA)) as scope:
        for member, day in ((AOI, WEDNESDAY), (AOI, FRIDAY), (BEN, THURSDAY)):
            operations.mark_absent(scope, member.id, day)
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert store.absent_days(scope, AOI.id, WEDNESDAY, THURSDAY) == {WEDNESDAY: "absent"}
        assert set(store.absent_days(scope, AOI.id, WEDNESDAY, FRIDAY)) == {WEDNESDAY, FRIDAY}
        assert store.absent_on(scope, [AOI.id, BEN.id], THURSDAY) == {BEN.id: "absent"}
        assert store.absent_on(scope, [], THURSDAY) == {}
