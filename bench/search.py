"""What it costs to find statements again: the same questions in stores of growing size.

The statements are those of a class and its drill, as in `bench.intake`, half a second apart, and
they are appended and indexed as the server does it, without making records of them.

Run: `python bench/search.py [sizes …]`, by default 1000 10000 100000.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from flask import Flask
from sqlalchemy import delete, event

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import InboxEntry, LearningApp
from aarportal.cycle.action.xapi import operations
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.settings import Settings
from bench.intake import ADL, HEADERS, statement
from bench.measure import cpu_ms, line
from tests import cast, classroom

SIZES = (1_000, 10_000, 100_000)
#: Statements that are read at once, as far as they come at once.
GROUP = 40
DRILL = "https://drill.example/assessments/p4/sansu/division-3"


class Stage:
    """A database that grows."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app = make_app(url, folder)
        migrate.upgrade(self.app)
        with self.app.app_context(), unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
            self.pupils = [cast.AOI, cast.BEN, *classroom.fill(scope)]
            scope.session.get_one(LearningApp, cast.APP_DRILL).may_read = True
        self.numbers = count()
        self.size = 0
        self.chance = random.Random(1)

    def grow(self, size: int) -> None:
        """Append and index until so many statements are there, half a second between each two."""
        began = clock.now() - timedelta(seconds=(size - self.size) / 2)
        while self.size < size:
            at = began + timedelta(seconds=self.size / 2)
            clock.shift(at - datetime.now(UTC))
            with self.app.app_context(), unit_of_work(cast.DRILL_SCOPE) as scope:
                batch = [self._statement(n, at) for n in islice(self.numbers, GROUP)]
                receipt = operations.receive(scope, decode_batch(msgspec.json.encode(batch), at))
                operations.index(scope, [(each.position, each.statement) for each in receipt.new])
                scope.session.execute(delete(InboxEntry))
            self.size += GROUP
        clock.shift(timedelta(0))

    def _statement(self, number: int, at: datetime) -> dict[str, Any]:
        said = statement(number, self.chance.choice(self.pupils), at)
        if number % 50 == 0:
            said["verb"] = {"id": f"{ADL}verbs/completed"}
        if number % 500 == 0:
            said["context"]["registration"] = f"00000000-0000-4000-8000-{number % 5000:012d}"
        return said


def make_app(url: str, folder: Path) -> Flask:
    return create_app(
        Settings(
            secret_key="a secret for benches, long enough to start with",
            database_url=url,
            data_dir=folder,
            cookie_secure=False,
            xapi_requests_per_minute=0,
        )
    )


def questions(stage: Stage) -> dict[str, dict[str, str]]:
    """What is asked: name -> parameters."""
    aoi = {"account": {"homePage": "https://idp.hinata.example/", "name": str(cast.AOI.id)}}
    agent = msgspec.json.encode(aoi).decode()
    answered, completed = f"{ADL}verbs/answered", f"{ADL}verbs/completed"
    recently = (clock.now() - timedelta(seconds=60)).isoformat()
    question = f"{DRILL}/questions/3"
    return {
        "the latest 100": {},
        "the latest of a pupil": {"agent": agent},
        "the oldest of a pupil": {"agent": agent, "ascending": "true"},
        "a verb that all use": {"verb": answered},
        "a verb of one in fifty": {"verb": completed},
        "a pupil and a verb that all use": {"agent": agent, "verb": answered},
        "a pupil and a question": {"agent": agent, "activity": question},
        "all around an activity": {"activity": DRILL, "related_activities": "true"},
        "a pupil, anywhere in it": {"agent": agent, "related_agents": "true"},
        "the last minute": {"since": recently},
        "a registration": {"registration": "00000000-0000-4000-8000-000000000500"},
        "nothing at all": {"verb": "https://v.example/never"},
        "the latest 100, ids alone": {"format": "ids"},
        "the latest 100, canonical": {"format": "canonical"},
    }


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The questions to the database in a block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, asked: str, *_: Any) -> None:
        if asked.startswith("SELECT"):
            seen.append(asked)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measure(stage: Stage) -> None:
    """Print what each question costs now."""
    client = stage.app.test_client()
    print(f"{stage.size} statements, CPU per GET (all in, 100 statements at most):")
    for name, query in questions(stage).items():

        def ask(query: dict[str, str] = query) -> Any:
            return client.get("/xapi/statements", query_string=query, headers=HEADERS)

        answer = ask()
        assert answer.status_code == 200, answer.text
        with counted(stage.app) as seen:
            found = len(ask().get_json()["statements"])
        cost = cpu_ms(ask, rounds=3, times=5)
        line(name, cost, "ms", f"{found} found, {len(seen)} SELECTs")


def main() -> None:
    """Measure at each size, in one store."""
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(f"sqlite:///{folder}/portal.db", Path(folder))
        for size in sizes:
            stage.grow(size)
            measure(stage)


if __name__ == "__main__":
    main()
