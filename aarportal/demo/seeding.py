"""Make the demonstration: who there is, what they wrote, and what their apps then sent."""

import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import Authorization

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.action.apps import operations as learning_apps
from aarportal.cycle.action.apps.operations import AppDraft, Credential
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.demo import rows
from aarportal.demo.apps import APPS, live, nightly
from aarportal.demo.bringing import bring
from aarportal.demo.curriculum import curriculum
from aarportal.demo.days import SchoolTime, at, school_time, shown_moment
from aarportal.demo.history import HistoryRows, Place, paper_laps
from aarportal.demo.holding import give_relations
from aarportal.demo.laps import Happening, Lap
from aarportal.demo.logins import Login, logins
from aarportal.demo.personas import assign
from aarportal.demo.roster_file import roster_zip
from aarportal.demo.rows import Town
from aarportal.demo.school import PRIMARY, ClassPlan, School, make_school
from aarportal.demo.school_tables import tables
from aarportal.demo.school_year import enter_events, enter_school_year
from aarportal.demo.simulation import Learner, simulate
from aarportal.demo.standing import mark_begun, mark_seeded
from aarportal.demo.teaching import read_and_answer
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.roster.imports.working import operations as roster
from aarportal.people.roster.oneroster.bundle import Rejection, read_bundle

REASON = "the demonstration"
WEEKS = 12
#: When the apps bring what happened the day before; today they send at once.
_NIGHT = time(5, 0)
_TELL_EVERY = 12
_SCHOOL_OPENS = time(7, 30)
#: When office and health room bring what they know by then.
_OFFICE_OPENS = time(8, 35)

Say = Callable[[str], None]


class SeedingError(RuntimeError):
    """The portal refused what the demonstration brought; says what and why."""


@dataclass(frozen=True)
class Demonstration:
    """What was made.

    Attributes:
        day: The day that it shows.
        moment: The moment of that day that the clock was set to.
        statements: How many xAPI statements the portal took.
    """

    day: date
    moment: datetime
    logins: tuple[Login, ...]
    statements: int


@dataclass(frozen=True)
class _Room:
    """A class with its place in the database and what its pupils did."""

    plan: ClassPlan
    place: Place
    learners: list[Learner]


def _silent(_sentence: str) -> None:
    """Say nothing."""


def seed(  # noqa: PLR0913 - what may differ between demonstrations, each with a default
    app: Flask,
    *,
    seed: int = 1,
    weeks: int = WEEKS,
    classes: int | None = None,
    now: datetime | None = None,
    say: Say = _silent,
) -> Demonstration:
    """Fill an empty, migrated database, and leave the clock at the moment that is shown.

    Args:
        app: The portal.
        seed: The same number makes the same demonstration of the same day.
        weeks: School weeks of history.
        classes: How many classes, 4年2組 first; None for all.
        now: Aware; what a clock on the wall says, if not the time of this computer.
        say: Told what is being done, in plain words.

    Raises:
        SeedingError: If the portal refuses what the demonstration brings.
    """
    moment = shown_moment(now or wall_clock())
    days = school_time(moment.date(), weeks)
    rng = Random(seed)  # noqa: S311 - chance that can be repeated is the point here
    set_clock(at(days.first, _SCHOOL_OPENS))
    school = make_school(rng, classes)
    say("The school office sends the roster …")
    with app.app_context():
        with unit_of_work(SystemScope(REASON)) as scope:
            mark_begun(scope, days.today)
        town = _import_roster(rng, school, days)
        with unit_of_work(SystemScope(REASON)) as scope:
            rows.open_accounts(scope, town, school)
            rows.enter_calendar(scope, town, days)
            enter_events(scope, town, days)
            enter_school_year(scope, town, school, days)
            credentials = _register_apps(scope, town)
        give_relations(town, school)
        say(f"{len(days.lessons)} school days of goals and reflections are written …")
        rooms = [_room(rng, town, school, plan, days) for plan in school.classes]
    sender = _Sender(app, rng, town, credentials)
    _send_all(sender, rooms, days, say)
    set_clock(moment)
    shown = logins(school)
    with app.app_context(), unit_of_work(SystemScope(REASON)) as scope:
        mark_seeded(scope, days.today)
    return Demonstration(days.today, moment, shown, sender.statements)


def wall_clock() -> datetime:
    """What time it is outside the demonstration; sets the portal's clock to it."""
    clock.shift(timedelta(0))
    return clock.now()


def set_clock(moment: datetime) -> None:
    """Let the clock of this process go on from `moment`."""
    clock.shift(moment - wall_clock())


def _import_roster(rng: Random, school: School, days: SchoolTime) -> Town:
    bundle = read_bundle(io.BytesIO(roster_zip(rng, school, days.today)))
    if isinstance(bundle, Rejection):
        raise SeedingError(f"the roster was refused: {bundle.problems[0]}")
    with unit_of_work(SystemScope(REASON)) as scope:
        roster.import_bundle(scope, bundle, today=days.first)
    with unit_of_work(SystemScope(REASON)) as scope:
        return rows.find_town(scope)


def _register_apps(scope: SystemScope, town: Town) -> dict[str, Credential]:
    return {
        key: learning_apps.add_app(scope, AppDraft(plan.title), district_id=town.district_id)
        for key, plan in APPS.items()
    }


def _room(rng: Random, town: Town, school: School, plan: ClassPlan, days: SchoolTime) -> _Room:
    """Let a class learn, and write down what is not told by apps."""
    units = curriculum(plan, days.first, days.today)
    pupils = school.pupils[plan.key]
    personas = assign(rng, pupils)
    learners = [Learner(pupil, personas[pupil.sourced_id]) for pupil in pupils]
    simulate(rng, learners, units, days)
    read_and_answer(rng, learners, days)
    with unit_of_work(SystemScope(REASON)) as scope:
        place = rows.plan_units(scope, town, school, plan, units)
        history = HistoryRows(rng, place, _calendar(days), days.today)
        for learner in learners:
            history.add_learner(learner)
        rows.enter_rows(scope, place, history.rows)
    return _Room(plan, place, learners)


def _calendar(days: SchoolTime) -> Calendar:
    return Calendar({day: kind for day, (kind, _title) in days.special.items()})


def _send_all(sender: "_Sender", rooms: Sequence[_Room], days: SchoolTime, say: Say) -> None:
    """Let the apps send day by day, and pupils report by hand what they did on paper."""
    happened = _by_day(rooms)
    paper = _paper_by_day(rooms)
    for index, day in enumerate(sorted({*happened, *paper, days.today})):
        if index % _TELL_EVERY == 0:
            say(f"The learning apps send what happened from {day:%Y-%m-%d} on …")
        for room, lap in paper[day]:
            _report_by_hand(sender.app, sender.town, room, lap)
        if day == days.today:
            _rest(sender.app, sender.town, rooms, days)
            _bring_school_data(sender, rooms, days)
            sender.send(happened[day], None)
        else:
            sender.send(happened[day], at(day + timedelta(days=1), _NIGHT))


def _by_day(rooms: Sequence[_Room]) -> dict[date, list[Happening]]:
    found: dict[date, list[Happening]] = defaultdict(list)
    for room in rooms:
        for learner in room.learners:
            for happenings in (learner.loose, *(lap.happenings for lap in learner.laps)):
                for happening in happenings:
                    found[happening.at.date()].append(happening)
    return found


def _paper_by_day(rooms: Sequence[_Room]) -> dict[date, list[tuple[_Room, Lap]]]:
    found: dict[date, list[tuple[_Room, Lap]]] = defaultdict(list)
    for room in rooms:
        for lap in paper_laps(room.learners):
            found[lap.day].append((room, lap))
    return found


@dataclass
class _Sender:
    """The apps' side of the wire: real requests with the apps' own credentials."""

    app: Flask
    rng: Random
    town: Town
    credentials: dict[str, Credential]
    statements: int = 0

    def send(self, happenings: Sequence[Happening], arrives: datetime | None) -> None:
        """Send in batches: at night, or (without a time of arrival) while it happens."""
        client = self.app.test_client()
        batches = nightly if arrives else live
        for batch in batches(self.rng, happenings):
            set_clock(arrives or batch.last.at + timedelta(seconds=2))
            credential = self.credentials[batch.app]
            answer = client.post(
                "/xapi/statements",
                data=batch.body,
                content_type="application/json",
                headers={"X-Experience-API-Version": "1.0.3"},
                auth=Authorization(
                    "basic", {"username": credential.access_key, "password": credential.secret}
                ),
            )
            if answer.status_code != 200:
                raise SeedingError(f"{answer.status_code}: {answer.get_data(as_text=True)}")
            self.statements += len(answer.get_json())


def _report_by_hand(app: Flask, town: Town, room: _Room, lap: Lap) -> None:
    assert lap.paper_at is not None, "only work on paper is reported by hand"
    set_clock(lap.paper_at)
    with app.app_context(), unit_of_work(_scope_of(town, room, lap.pupil.sourced_id)) as scope:
        cycle = cycles.cycle(scope, lap.id)
        title = lap.goal.text if lap.goal else ""
        action.record_by_hand(scope, cycle, action.PaperWork(title, lap.paper_items, "items"))


def _rest(app: Flask, town: Town, rooms: Sequence[_Room], days: SchoolTime) -> None:
    """Before today's lessons: laps that nobody touched for ten school days rest."""
    set_clock(at(days.today, _SCHOOL_OPENS))
    calendar = _calendar(days)
    for room in rooms:
        for learner in room.learners:
            if all(lap.look_back or lap.day == days.today for lap in learner.laps):
                continue
            scope = _scope_of(town, room, learner.pupil.sourced_id)
            with app.app_context(), unit_of_work(scope):
                loop.pass_days(scope, scope.actor_id, calendar, days.today)


def _bring_school_data(sender: _Sender, rooms: Sequence[_Room], days: SchoolTime) -> None:
    """Before today's lessons: what office and health room of the primary school know."""
    set_clock(at(days.today, _OFFICE_OPENS))
    of_school = [(room.plan, room.learners) for room in rooms if room.plan.school == PRIMARY]
    with sender.app.app_context():
        bring(sender.town, tables(sender.rng, of_school, days))


def _scope_of(town: Town, room: _Room, sourced_id: str) -> Scope:
    student_id: UUID = town.users[sourced_id]
    return Scope(
        actor_id=student_id,
        district_id=town.district_id,
        school_id=room.place.school_id,
        role=Role.STUDENT,
        students={Relation.SELF: frozenset({student_id})},
        class_ids=(room.place.class_id,),
    )
