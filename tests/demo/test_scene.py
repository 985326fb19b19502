"""The moment that is shown: a lesson in progress, and logins that lead somewhere."""

from collections import Counter
from datetime import date

import pytest

from aarportal.core.clock import school_day_of
from aarportal.cycle.action.models import DayRollup
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import CycleState
from aarportal.cycle.reflection.models import Reflection, SelfRating, TeacherFeedback
from aarportal.people.accounts.models import Account
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.roster.models import Class, Enrollment
from tests.pages import Browser

TODAY = date(2026, 11, 20)


def class_ids(demo):
    return {row.sourced_id: row.id for row in demo.all(Class)}


def guide_of(demo, title):
    login = next(login for login in demo.made.logins if login.who.startswith(title))
    return next(a.user_id for a in demo.all(Account) if a.login_id == login.login_id)


def mine(demo, model, student_id):
    return [row for row in demo.all(model) if row.student_id == student_id]


def test_class_4_2_is_in_the_middle_of_a_lesson(demo):
    class_id = class_ids(demo)["4-2"]
    pupils = {
        row.user_id
        for row in demo.all(Enrollment)
        if row.class_id == class_id and row.role == "student"
    }
    today = [c for c in demo.all(LearningCycle) if c.class_id == class_id and c.opened_on == TODAY]
    states = Counter(cycle.state for cycle in today)
    with_goal = {g.cycle_id for g in demo.all(Goal)}
    assert len(pupils) == 40
    assert len({row.student_id for row in demo.all(AbsentDay) if row.day == TODAY} & pupils) == 1
    assert 30 <= sum(cycle.id in with_goal for cycle in today) < 39
    assert 1 <= sum(cycle.id not in with_goal for cycle in today) <= 2
    assert len(pupils) - len(today) - 1 >= 3, "some have not begun"
    assert states[CycleState.ANTICIPATING] >= 4
    assert states[CycleState.ACTING] >= 12
    assert 8 <= states[CycleState.CLOSED_OPEN_ADJUST] <= 10
    assert Counter(c.mid for c in today if c.state == CycleState.ACTING)["stuck"] == 1
    assert Counter(c.mid for c in today if c.state == CycleState.ACTING)["ask"] == 1
    acting = [c for c in today if c.state == CycleState.ACTING]
    assert all(cycle.items for cycle in acting)


@pytest.mark.parametrize("key", ["4-2", "1-1", "J2-1"])
def test_the_teacher_has_about_thirty_unread_reflections_of_today_and_yesterday(demo, key):
    cycles = {c.id: c for c in demo.all(LearningCycle) if c.class_id == class_ids(demo)[key]}
    unread = [r for r in demo.all(Reflection) if r.cycle_id in cycles and r.read_at is None]
    assert 24 <= len(unread) <= 32
    assert min(school_day_of(row.submitted_at) for row in unread) >= date(2026, 11, 19)


def test_the_guide_of_4_2_has_everything_waiting(demo):
    student_id = guide_of(demo, "4年2組 髙﨑")
    laps = sorted(mine(demo, LearningCycle, student_id), key=lambda lap: lap.opened_at)
    assert laps[-1].opened_on == date(2026, 11, 19), "no goal today"
    assert laps[-1].state == CycleState.CLOSED_OPEN_ADJUST
    waiting = [a for a in mine(demo, Adjustment, student_id) if a.from_cycle_id == laps[-1].id]
    assert [(a.state, a.what, a.to_value) for a in waiting] == [("proposed", "method", "picture")]
    reflection = next(r for r in mine(demo, Reflection, student_id) if r.cycle_id == laps[-1].id)
    words = [f for f in mine(demo, TeacherFeedback, student_id) if f.reflection_id == reflection.id]
    assert [f.state for f in words] == ["sent"]
    assert words[0].text


def test_the_guides_have_enough_history_for_their_charts(demo):
    for title in ("4年2組 髙﨑", "1年1組 𠮷田", "2年1組 德永"):
        student_id = guide_of(demo, title)
        assert len(mine(demo, SelfRating, student_id)) >= 4
        assert len(mine(demo, LearningCycle, student_id)) >= 8
        rollups = mine(demo, DayRollup, student_id)
        fortnight = {r.day for r in rollups if (TODAY - r.day).days <= 14}
        assert len(fortnight) >= 4
        assert len({r.app_id for r in rollups}) >= 2
        by_unit = Counter()
        for row in rollups:
            by_unit[row.unit_id] += row.first_attempt_items
        assert sum(items >= 5 for items in by_unit.values()) >= 2
        carried = [a for a in mine(demo, Adjustment, student_id) if a.to_cycle_id]
        assert len(carried) >= 2


def test_every_login_comes_in_and_sees_a_page(at_school):
    assert len(at_school.made.logins) >= 8
    for login in at_school.made.logins:
        browser = Browser(at_school.app)
        page = browser.post(
            "/sign-in",
            {"code": login.code, "login_id": login.login_id, "password": login.password},
        )
        assert page.status == 303, (login, page.text)
        home = browser.follow(page)
        while home.status == 303:
            home = browser.get(home.location)
        assert home.status == 200, login
