"""When what pupils do is published: lazily, once, in few questions; and taken back when it goes."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningRecord, PortalStatement, StoredStatement
from aarportal.cycle.action.xapi import publishing
from aarportal.cycle.anticipation.models import Goal, PlanSession, Prediction, SuccessCriterion
from aarportal.cycle.loop.models import LearningCycle
from aarportal.insight.sharing import operations
from aarportal.insight.sharing.models import PublishedThrough
from aarportal.people.roster.models import Enrollment, User
from tests.cast import (
    AOI,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    ELSEWHERE,
    HINATA,
    MINATO,
    PRIMARY,
    UNIT_DIVISION,
    key,
)
from tests.cycle.action.xapi.documents.calling import CallingApp, add_app
from tests.insight.sharing.flows import (
    GOAL_TEXT,
    VOIDED,
    ReadingApp,
    a_whole_lap,
    lap_of,
    revise_goal,
    set_goal,
    withdraw_goal,
)

ENOUGH_SECONDS = 60.0


@pytest.fixture
def app(in_app):
    """A request has a context of its own, and what pupils do has this one."""
    return in_app


@pytest.fixture
def publisher(app):
    return app.extensions["publishing"].publisher


def rows(model, *having):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalars(select(model).where(*having)).all()


def count(model) -> int:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalar(select(func.count()).select_from(model))


def enter_goals(number: int, *, days_ago=0, per_day=0) -> None:
    """So many laps of Aoi with a goal each, all at once or so many a day."""
    now = clock.now() - timedelta(days=days_ago)
    laps, goals = [], []
    for n in range(number):
        at = now + timedelta(days=n // per_day if per_day else 0, milliseconds=n)
        owner = {"school_id": PRIMARY, "student_id": AOI.id}
        lap = {
            **owner, "id": uuid4(), "class_id": CLASS_4_2, "subject": "sansu",
            "unit_id": UNIT_DIVISION, "state": "anticipating", "state_since": at,
            "opened_at": at, "opened_on": clock.school_day_of(at), "updated_at": at,
        }  # fmt: skip
        laps.append(lap)
        goals.append(
            {
                **owner, "id": uuid4(), "cycle_id": lap["id"], "text": f"めあて {n}",
                "author": "pupil", "due_on": lap["opened_on"], "confirmed_at": at,
                "state": "active",
            }
        )  # fmt: skip
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(insert(LearningCycle), laps)
        scope.session.execute(insert(Goal), goals)
        audit.record(scope, "test:entered", "laps")


# --- how much it costs ----------------------------------------------------------------------------


def test_five_hundred_goals_take_no_more_questions_than_one(publisher, queries):
    enter_goals(1)
    publisher.publish(HINATA, ENOUGH_SECONDS)
    enter_goals(1)
    with queries() as few:
        publisher.publish(HINATA, ENOUGH_SECONDS)
    enter_goals(498)
    with queries() as many:
        publisher.publish(HINATA, ENOUGH_SECONDS)
    assert count(PortalStatement) == 500
    # Five hundred laps are one look; whether there is one more the next look has to find out.
    assert len(few) < 30
    assert len(many) <= len(few) + 4


def test_when_nothing_is_new_nothing_is_written(publisher, queries):
    a_whole_lap()
    publisher.publish(HINATA, ENOUGH_SECONDS)
    with queries() as seen:
        publisher.publish(HINATA, ENOUGH_SECONDS)
    assert len(seen) <= 14
    assert all(each.startswith("SELECT") for each in seen)


def test_nothing_of_it_happens_while_a_pupil_waits(app, browser):
    ReadingApp(app)
    set_goal()
    browser(AOI).get("/")
    assert count(StoredStatement) == 0


# --- how far --------------------------------------------------------------------------------------


def test_history_is_published_day_by_day_until_time_is_up(publisher):
    enter_goals(12, days_ago=6, per_day=2)
    publisher.publish(HINATA, 0)
    begun = count(PortalStatement)
    assert begun < 12
    publisher.publish(HINATA, ENOUGH_SECONDS)
    assert count(PortalStatement) == 12


def test_more_laps_than_are_looked_at_together_are_all_published(publisher, monkeypatch):
    monkeypatch.setattr(operations, "_LAPS", 3)
    monkeypatch.setattr(operations, "_STATEMENTS", 2)
    enter_goals(10)
    publisher.publish(HINATA, ENOUGH_SECONDS)
    assert count(PortalStatement) == count(StoredStatement) == 10


def test_laps_of_one_moment_are_all_published(publisher, monkeypatch):
    monkeypatch.setattr(operations, "_LAPS", 3)
    enter_goals(10)
    with unit_of_work(SystemScope("test")) as scope:
        for lap in scope.session.scalars(select(LearningCycle)):
            lap.updated_at = clock.now().replace(microsecond=0)
        audit.record(scope, "test:moved", "laps")
    publisher.publish(HINATA, ENOUGH_SECONDS)
    assert count(PortalStatement) == 10


def test_what_is_committed_a_little_late_is_published_as_well(publisher):
    enter_goals(1)
    publisher.publish(HINATA, ENOUGH_SECONDS)
    enter_goals(1)
    with unit_of_work(SystemScope("test")) as scope:
        for lap in scope.session.scalars(select(LearningCycle)):
            lap.updated_at = clock.now() - timedelta(seconds=20)
        audit.record(scope, "test:moved", "laps")
    publisher.publish(HINATA, ENOUGH_SECONDS)
    assert count(PortalStatement) == 2


def test_it_is_kept_how_far_was_looked(publisher):
    publisher.publish(HINATA, ENOUGH_SECONDS)
    [first] = rows(PublishedThrough)
    enter_goals(1)
    publisher.publish(HINATA, ENOUGH_SECONDS)
    [second] = rows(PublishedThrough)
    assert first.through < second.through <= clock.now()


def test_what_was_published_leaves_a_trace_without_words(publisher):
    a_whole_lap()
    publisher.publish(HINATA, ENOUGH_SECONDS)
    [trace] = rows(AuditEntry, AuditEntry.verb == "statements:published")
    assert (trace.district_id, trace.detail) == (HINATA, "7")


# --- several at once ------------------------------------------------------------------------------


def test_several_who_publish_at_once_publish_everything_once(app, publisher):
    enter_goals(40)
    start = threading.Barrier(4)
    troubles = []

    def publish():
        with app.app_context():
            start.wait()
            try:
                publisher.publish(HINATA, ENOUGH_SECONDS)
            except Exception as error:  # noqa: BLE001 - it belongs to the test
                troubles.append(error)

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert count(PortalStatement) == count(StoredStatement) == 40


def test_whoever_reads_is_answered_when_nothing_can_be_published(app, monkeypatch, caplog):
    set_goal()
    reader = ReadingApp(app)
    assert len(reader.ask()) == 3

    def fail(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(operations, "look", fail)
    assert len(reader.ask()) == 3
    assert "could not be published" in caplog.text


# --- without being asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [({}, 3), ({"may_read": False}, 0), ({"district_id": MINATO}, 0), ({"revoked": True}, 0)],
    ids=str,
)
def test_now_and_then_it_is_published_where_somebody_reads(app, publisher, columns, expected):
    columns = {"may_read": True, **columns}
    if columns.pop("revoked", False):
        columns["revoked_at"] = clock.now()
    add_app(app, "reader", **columns)
    set_goal()
    publisher.publish_where_read(ENOUGH_SECONDS)
    assert count(PortalStatement) == expected


def test_the_thread_publishes_when_it_is_time_and_not_before(app, monkeypatch):
    add_app(app, "reader", may_read=True)
    set_goal()
    turns = app.extensions["publishing"]
    # The app lives longer than a test: its time may have come already.
    monkeypatch.setattr(turns, "_next", time.monotonic() + 3600)
    publishing.publish_now_and_then(ENOUGH_SECONDS)
    assert count(PortalStatement) == 0
    monkeypatch.setattr(turns, "_next", 0.0)
    publishing.publish_now_and_then(ENOUGH_SECONDS)
    assert count(PortalStatement) == 3


# --- what is gone ---------------------------------------------------------------------------------


def forget(*models) -> None:
    with unit_of_work(SystemScope("test")) as scope:
        for model in models:
            scope.session.execute(delete(model))
        audit.record(scope, "test:forgot", "rows")


def test_what_is_deleted_is_taken_back(app):
    reader = ReadingApp(app)
    lap_id = lap_of(set_goal())
    assert len(reader.ask()) == 3
    forget(PlanSession)
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.get(LearningCycle, (PRIMARY, lap_id)).updated_at = clock.now()
        audit.record(scope, "test:moved", lap_id)
    left = reader.ask()
    assert [each["verb"]["id"] for each in left if each["verb"]["id"] == VOIDED]
    assert not [each for each in left if each["verb"]["id"].endswith("/edited")]


def test_when_a_lap_is_gone_everything_of_it_is_taken_back(app, publisher, monkeypatch):
    # The app lives longer than a test: it may have looked a moment ago.
    monkeypatch.setattr(publisher, "_lost_next", 0.0)
    reader = ReadingApp(app)
    set_goal()
    told = reader.ask()
    forget(PlanSession, Prediction, SuccessCriterion, Goal, LearningCycle)
    publisher.publish_where_read(ENOUGH_SECONDS)
    left = reader.ask()
    assert {each["verb"]["id"] for each in left} == {VOIDED}
    assert {each["object"]["id"] for each in left} == {each["id"] for each in told}
    publisher.take_back_lost(HINATA)
    assert reader.ask() == left


# --- from portal to portal ------------------------------------------------------------------------


def move_to_minato() -> None:
    """Aoi goes to school in another district as well, under the same 利用者識別子."""
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            User(
                id=key("aoi elsewhere"), district_id=MINATO, sourced_id="aoi", username="aoi",
                master_identifier=str(AOI.id), family_name="", given_name="", grade="P4",
            )
        )  # fmt: skip
        scope.session.flush()
        scope.session.add(
            Enrollment(
                school_id=ELSEWHERE, id=key("aoi's seat elsewhere"), sourced_id="seat",
                class_id=CLASS_ELSEWHERE, user_id=key("aoi elsewhere"), role="student",
            )
        )  # fmt: skip
        audit.record(scope, "test:moved", AOI.id)


def test_what_one_portal_tells_another_portal_shows_as_lines_of_the_day(app):
    move_to_minato()
    lap_id = a_whole_lap()
    told = ReadingApp(app).ask()
    other = CallingApp(app, add_app(app, "portal hinata", district_id=MINATO))
    answer = other.ask("POST", "statements", told)
    assert answer.status_code == 200
    assert answer.get_json() == [each["id"] for each in told]
    lines = rows(LearningRecord, LearningRecord.school_id == ELSEWHERE)
    lines = sorted(lines, key=lambda line: line.started_at)
    assert {line.student_id for line in lines} == {key("aoi elsewhere")}
    assert {line.connector for line in lines} == {"srl"}
    assert sorted(line.verb for line in lines) == [
        "goal_set", "planned", "planned", "reflected", "reflected", "reviewed",
    ]  # fmt: skip
    [goal] = [line for line in lines if line.verb == "goal_set"]
    assert (goal.title, goal.subject) == (GOAL_TEXT, "sansu")
    # What another portal says brings neither time nor items, and no lap.
    assert {(line.active_seconds, line.items, line.cycle_id) for line in lines} == {(0, 0, None)}
    assert {line.attempt_id for line in lines} == {str(lap_id)}


def test_what_is_taken_back_in_one_portal_is_gone_in_the_other(app):
    move_to_minato()
    goal_id = set_goal()
    reader = ReadingApp(app)
    other = CallingApp(app, add_app(app, "portal hinata", district_id=MINATO))
    first = reader.ask()
    assert other.ask("POST", "statements", first).status_code == 200
    revise_goal(goal_id, "5問 とく")
    withdraw_goal(goal_id)
    later = reader.ask(since=first[-1]["stored"])
    assert other.ask("POST", "statements", later).status_code == 200
    lines = rows(LearningRecord, LearningRecord.school_id == ELSEWHERE)
    standing = [line for line in lines if line.state != "voided"]
    assert {line.verb for line in standing} == {"planned"}
    assert GOAL_TEXT not in {line.title for line in standing}
