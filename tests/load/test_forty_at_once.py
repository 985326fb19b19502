"""A class of forty goes round its loops all at once: nothing is refused, lost or doubled.

A real server process, real connections. `pytest -s` prints how long each kind of request took.
"""

import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url

from aarportal import migrate
from aarportal.app import create_app
from aarportal.audit import operations as audit
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.operations import rebuild
from aarportal.people.accounts import passwords
from aarportal.people.accounts.models import Account
from tests import cast, classroom, drill
from tests.conftest import make_settings
from tests.load.people import Answer, Browser, Times
from tests.server import running

SECONDS = 30
APPS = 2
BATCH = 20
#: Every so many of the children begin with a wrong password; every so many laps see a reload.
MISTYPES, RELOADS = 4, 4
#: What children do when they hand in, in turns.
HABITS, TAPS_TWICE, TYPES_TO_THE_LAST = 3, 0, 1
#: The apps and the teacher are people's pace, not a flood.
APP_PAUSE, TEACHER_PAUSE = 0.1, 0.3
CLASS_PAGE = f"/class/{cast.CLASS_4_2}"
#: What a log says when writers stood in each other's way, or anything broke.
TROUBLE = re.compile(r"Traceback|ERROR|CRITICAL|locked|deadlock|StoreBusy", re.IGNORECASE)


@dataclass
class Lesson:
    """What everybody needs to know to take part."""

    port: int
    hands: Executor
    together: threading.Barrier
    times: Times = field(default_factory=Times)
    ends_at: float = 0.0

    def goes_on(self) -> bool:
        return time.monotonic() < self.ends_at

    def browser(self) -> Browser:
        return Browser(self.port, self.times, self.hands)


def come_in(lesson: Lesson, browser: Browser, member: cast.Member, *, mistypes: bool) -> None:
    """Sign in at the same moment as everybody else."""
    sheet = browser.get("sign-in page", "/sign-in").form("/sign-in")
    typed = {"code": cast.CODES[member.school_id], "login_id": member.login_id}
    lesson.together.wait(timeout=60)
    if mistypes:
        wrong = sheet.filled(**typed, password="ひまわり-2062")
        sheet = browser.post("sign-in refused", sheet.action, wrong, expect=(422,)).form("/sign-in")
    browser.post("sign-in", sheet.action, sheet.filled(**typed, password=cast.PASSWORD))


#: Where a draft is kept, and what.
Autosave = tuple[str, dict[str, str]]


class Child:
    """A pupil who goes round and round: looks ahead, works, looks back, decides."""

    def __init__(self, lesson: Lesson, number: int, member: cast.Member) -> None:
        self.lesson, self.number, self.member = lesson, number, member
        self.handed_in: list[str] = []

    def learn(self) -> None:
        with closing(self.lesson.browser()) as self.browser:
            mistypes = self.number % MISTYPES == 0
            come_in(self.lesson, self.browser, self.member, mistypes=mistypes)
            while self.lesson.goes_on():
                self.lap(f"{self.member.name} lap {len(self.handed_in) + 1}")

    def lap(self, words: str) -> None:
        turn = self.number + len(self.handed_in)
        self.look_ahead(words, turn)
        home = self.browser.get("home", "/")
        assert words in home.text
        if start := self.form(home, "/cycles/", "/start"):
            self.browser.post("start", start.action, start.filled())
        self.look_back(home, words, turn)
        self.handed_in.append(words)

    def look_ahead(self, words: str, turn: int) -> None:
        sheet = self.browser.get("goal sheet", "/goal").form("/goal")
        carried = {"carry": "use"} if "adjustment" in sheet.hidden else {}
        fields = sheet.filled(
            unit=str(cast.UNIT_DIVISION), text=words, amount="10", strategies="picture", **carried
        )
        kept = self.keep_draft("/drafts/goal/new", fields)
        self.hand_in("goal", sheet.action, fields | {"go": "start"}, turn, kept)

    def look_back(self, home: Answer, words: str, turn: int) -> None:
        begin = self.form(home, "/cycles/", "/reflect/begin")
        place = self.browser.post("begin reflection", begin.action, begin.filled()).location
        sheet = self.browser.get("reflection sheet", place).form(place)
        fields = sheet.filled(
            rating="2", text=words, direction="went_well", factors="method",
            next_what="method", next_way="picture", verdict="worked",
        )  # fmt: skip
        draft = f"/drafts/reflection/{place.split('/')[2]}"
        kept = self.keep_draft(draft, fields)
        if turn % RELOADS == 0:
            again = self.browser.get("reflection sheet", place)
            assert words in again.text, "a reload loses nothing"
            fields |= again.form(place).hidden
            kept = self.keep_draft(draft, fields)
        done = self.hand_in("reflection", place, fields | {"go": "done"}, turn, kept)
        assert words in self.browser.get("reflection page", done.location).text

    def keep_draft(self, path: str, fields: dict[str, str]) -> Autosave:
        """Keep what was typed; the last letter is kept when the form is on its way already."""
        kept = self.browser.post(
            "autosave", path, fields | {"rev": "0"}, expect=(200,), X_Draft="1"
        )
        rev = re.search(r'"rev": ?(\d+)', kept.text)[1]
        return path, fields | {"rev": rev, "text": fields["text"] + "。"}

    def hand_in(
        self, kind: str, path: str, fields: dict[str, str], turn: int, kept: Autosave
    ) -> Answer:
        if turn % HABITS == TAPS_TWICE:
            return self.browser.post_twice(kind, path, fields)
        late = None
        if turn % HABITS == TYPES_TO_THE_LAST:
            late = self.browser.aside("autosave", *kept, expect=(200,), X_Draft="1")
        done = self.browser.post(kind, path, fields)
        assert late is None or late.result()
        return done

    def form(self, page: Answer, begins: str, ends: str):
        found = re.search(rf'action="({begins}[^"]*{ends})"', page.text)
        return page.form(found[1]) if found else None


class App:
    """A learning app that sends what the children do; now and then the same batch twice at once."""

    def __init__(self, lesson: Lesson, number: int, members: list[cast.Member]) -> None:
        self.lesson, self.members = lesson, members
        self.dice = random.Random(number)
        self.acknowledged: list[str] = []

    def send(self) -> None:
        with closing(drill.connect(self.lesson.port)) as connection:
            self.lesson.together.wait(timeout=60)
            while self.lesson.goes_on():
                self.send_batch(connection)
                time.sleep(APP_PAUSE)

    def send_batch(self, connection) -> None:
        batch = [
            drill.answered(self.dice.choice(self.members).id, self.dice.randrange(50))
            for _ in range(BATCH)
        ]
        again = self.dice.random() < 0.2 and self.lesson.hands.submit(self.send_again, batch)
        began = time.perf_counter()
        status, answer = drill.post(connection, batch)
        self.lesson.times.seconds["statements"].append(time.perf_counter() - began)
        assert status == 200, answer
        if again:
            assert again.result() == 200
        self.acknowledged += [one["id"] for one in batch]

    def send_again(self, batch: list[dict]) -> int:
        with closing(drill.connect(self.lesson.port)) as connection:
            return drill.post(connection, batch)[0]


class Teacher:
    """Has the class page open, which asks whether anything changed, and answers at the desk."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.answered: list[str] = []
        self.screen, self.tag = lesson.browser(), "none yet"
        self.class_page: Counter[int] = Counter()

    def watch(self) -> None:
        come_in(self.lesson, self.screen, cast.CHIBA, mistypes=False)
        while self.lesson.goes_on():
            self.look()
            time.sleep(TEACHER_PAUSE)

    def look(self) -> int:
        """Ask for the class page unless it is the one on the screen."""
        page = self.screen.get(
            "class page", CLASS_PAGE, expect=(200, 304), If_None_Match=f'"{self.tag}"'
        )
        self.class_page[page.status] += 1
        if page.status == 200:
            self.tag = tag_in(page)
        return page.status

    def answer(self) -> None:
        with closing(self.lesson.browser()) as browser:
            come_in(self.lesson, browser, cast.CHIBA, mistypes=False)
            while self.lesson.goes_on():
                desk = browser.get("reading desk", "/reading").form("/reading/")
                if desk:
                    words = f"answer {len(self.answered) + 1}"
                    twice = len(self.answered) % HABITS == TAPS_TWICE
                    post = browser.post_twice if twice else browser.post
                    post("feedback", desk.action, desk.filled(kind="process", text=words))
                    self.answered.append(words)
                time.sleep(TEACHER_PAUSE)


def tag_in(page: Answer) -> str:
    found = re.search(r"If-None-Match[^0-9a-f]*([0-9a-f]{24})", page.text)
    assert found, "the part that polls carries the tag of the page"
    return found[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """An empty database of this test alone."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/portal.db"
    shared = make_url(request.getfixturevalue("postgres_url"))
    engine = create_engine(shared, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("drop database if exists portal_load")
        connection.exec_driver_sql("create database portal_load")
    engine.dispose()
    return shared.set(database="portal_load").render_as_string(hide_password=False)


@pytest.fixture
def portal(url, tmp_path) -> Iterator[Flask]:
    """An app on that database with the class in it; passwords cost what they cost in earnest."""
    app = create_app(make_settings(url, tmp_path))
    migrate.upgrade(app)
    dear = passwords.hash_password(cast.PASSWORD)
    with app.app_context():
        with unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
            classroom.fill(scope)
            scope.session.flush()
            for account in scope.session.query(Account):
                account.password_hash = dear
            audit.record(scope, "passwords:set", "cast")
        db.engine.dispose()
        yield app
        db.engine.dispose()


def ask(question: str) -> list[tuple]:
    """What stands in the database, past all of our code."""
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(question)]


def column(question: str) -> list:
    return sorted(value for (value,) in ask(question))


def count(question: str) -> int:
    ((found,),) = ask(question)
    return found


def ids_in(table: str) -> list[str]:
    keys = column(f"select given_id from statements where id in (select id from {table})")
    return sorted(str(UUID(bytes=key) if isinstance(key, bytes) else key) for key in keys)


def sums() -> list[list[tuple]]:
    return [
        ask("select * from day_rollups order by student_id, day, app_id, subject, unit_id"),
        ask(
            "select id, records, items, first_attempt_items, first_attempt_correct, retry_items,"
            " retry_correct, active_seconds from learning_cycles order by id"
        ),
        ask("select id, active_seconds from learning_records order by id"),
    ]


def have_a_lesson(
    port: int, members: list[cast.Member]
) -> tuple[Lesson, list[Child], list[App], Teacher]:
    """Everybody at once, until the bell; the first trouble anybody had is raised."""
    with (
        ThreadPoolExecutor(len(members), "second hand") as hands,
        ThreadPoolExecutor(len(members) + APPS + 2, "person") as room,
    ):
        lesson = Lesson(port, hands, threading.Barrier(len(members) + APPS + 2))
        lesson.ends_at = time.monotonic() + SECONDS
        children = [Child(lesson, place, member) for place, member in enumerate(members)]
        apps = [App(lesson, place, members) for place in range(APPS)]
        teacher = Teacher(lesson)
        doings = [child.learn for child in children] + [app.send for app in apps]
        busy = [room.submit(doing) for doing in (*doings, teacher.watch, teacher.answer)]
        for one in busy:
            one.result()
    return lesson, children, apps, teacher


def test_forty_children_one_teacher_and_two_apps_at_once(portal, url, tmp_path):
    members = [cast.AOI, cast.BEN, *classroom.classmates()]
    assert len(members) == classroom.SIZE
    with running(url, tmp_path) as server:
        lesson, children, apps, teacher = have_a_lesson(server.port, members)
        drill.wait_until_read(lambda: count("select count(*) from statement_inbox"))
        with closing(teacher.screen):
            teacher.look()
            assert teacher.look() == 304, "the class has gone home"
    log = Path(server.log.name).read_text("utf-8")
    handed_in = sorted(words for child in children for words in child.handed_in)
    acknowledged = sorted(key for app in apps for key in app.acknowledged)
    sys.stdout.write(
        f"\n{db.engine.dialect.name}: {len(handed_in)} laps, {len(acknowledged)} statements,"
        f" {len(teacher.answered)} answers, class page {dict(teacher.class_page)}\n"
        f"{lesson.times.table()}\n"
    )
    assert not TROUBLE.search(log), log

    # Everybody came in through one address and got round.
    assert all(child.handed_in for child in children)
    assert count("select count(*) from sign_in_sessions") == len(members) + 2

    # One goal, one reflection, one rating and one next step a lap, and each belongs to its own lap.
    laps = len(handed_in)
    assert column("select text from goals") == handed_in
    assert column("select text from reflections") == handed_in
    assert count("select count(*) from goal_versions") == 0
    assert (
        count(
            "select count(*) from reflections r join goals g on g.cycle_id = r.cycle_id"
            " and g.school_id = r.school_id and g.student_id = r.student_id and g.text = r.text"
        )
        == laps
    )
    for table in ("self_ratings", "attributions", "adjustments", "success_criteria"):
        assert count(f"select count(*) from {table}") == laps, table
    carried = count("select count(*) from adjustments where to_cycle_id is not null")
    assert carried == laps - len(children)
    assert count("select count(*) from drafts") == 0

    # What apps sent before the next goal may have opened a lap that waits for it; never two.
    waiting = "select count(*) from learning_cycles where closed_at is null group by student_id"
    assert set(column(waiting)) <= {1}
    assert count("select count(*) from learning_cycles where closed_at is not null") == laps

    # The teacher's answers and the keys of all forms.
    assert column("select text from teacher_feedback") == sorted(teacher.answered)
    assert count("select count(*) from submissions") == 2 * laps + len(teacher.answered)

    # What apps were told is taken is there, once, and adds up.
    assert ids_in("statements") == ids_in("learning_records") == acknowledged
    assert count("select count(*) from quarantined_statements") == 0
    assert count("select sum(records) from day_rollups") == len(acknowledged)
    before = sums()
    with unit_of_work(SystemScope("after the lesson")) as scope:
        assert rebuild(scope, cast.PRIMARY) == len(acknowledged)
    assert sums() == before
