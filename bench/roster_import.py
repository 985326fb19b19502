"""How long a whole district takes to come in: 60,000 people from a real zip, then the same again.

python bench/roster_import.py [PEOPLE] [DATABASE_URL]
"""

import csv
import io
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from aarportal import migrate
from aarportal.app import create_app
from aarportal.audit import operations as audit
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer, operations
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.imports.states import RosterEvent
from aarportal.people.roster.models import District
from aarportal.people.roster.oneroster.dialects import FILE_PROPERTIES, JP_K12
from aarportal.people.roster.operations import Reach
from aarportal.settings import Settings
from bench.measure import line

PEOPLE = 60_000
CLASS_SIZE = 33
CLASSES_OF_A_SCHOOL = 18
#: What the issue allows for 60,000 people on SQLite.
LIMIT_SECONDS = 120
_UUID4 = 0x4000_8000_0000_0000_0000


def guid(kind: int, number: int) -> str:
    """A UUID of version 4 in form, the same in every run."""
    return str(UUID(int=(kind << 96) | (_UUID4 & ~0xFFFF_FFFF) | number))


def rows_of(people: int, *, next_year: bool = False) -> dict[str, list[dict[str, str]]]:
    """The rows of a district; next year everybody is a grade and a class further."""
    district, year = guid(1, 0), guid(3, 0)
    files: dict[str, list[dict[str, str]]] = {
        "orgs.csv": [
            {"sourcedId": district, "name": "大きな市", "type": "district", "identifier": "131234"}
        ],
        "academicSessions.csv": [
            {
                "sourcedId": year, "title": "2026年度", "type": "schoolYear", "schoolYear": "2026",
                "startDate": "2026-04-01", "endDate": "2027-03-31",
            }
        ],
        **{f"{name}.csv": [] for name in ("courses", "classes", "users", "roles", "enrollments")},
    }  # fmt: skip
    for number in range(people):
        room, seat = divmod(number, CLASS_SIZE)
        school, klass, course = guid(2, room // CLASSES_OF_A_SCHOOL), guid(5, room), guid(4, room)
        grade = f"P{room % 6 + 1}"
        if seat == 0 and room % CLASSES_OF_A_SCHOOL == 0:
            code = f"B1132{room // CLASSES_OF_A_SCHOOL:08}"
            files["orgs.csv"].append(
                {
                    "sourcedId": school, "name": f"{room}番小学校", "type": "school",
                    "identifier": code, "parentSourcedId": district,
                }
            )  # fmt: skip
        if seat == 0:
            files["courses.csv"].append(
                {
                    "sourcedId": course, "title": f"2026年度{grade}", "orgSourcedId": school,
                    "schoolYearSourcedId": year, "grades": grade,
                }
            )  # fmt: skip
            files["classes.csv"].append(
                {
                    "sourcedId": klass, "title": f"{room}組", "grades": grade,
                    "courseSourcedId": course, "classType": "homeroom", "schoolSourcedId": school,
                    "termSourcedIds": year, "metadata.jp.specialNeeds": "false",
                }
            )  # fmt: skip
        person = guid(6, number)
        word = "student" if seat else "teacher"
        name = {"givenName": "葵", "familyName": f"髙﨑{number}"}
        files["users.csv"].append(
            {
                "sourcedId": person, "enabledUser": "true", "username": f"u{number}@big.example",
                "userMasterIdentifier": person, **name, "preferredGivenName": name["givenName"],
                "preferredFamilyName": name["familyName"], "primaryOrgSourcedId": school,
                "metadata.jp.kanaGivenName": "アオイ", "metadata.jp.kanaFamilyName": "タカサキ",
                "grades": (f"J{room % 3 + 1}" if next_year else grade) if seat else "",
            }
        )  # fmt: skip
        files["roles.csv"].append(
            {
                "sourcedId": guid(7, number), "userSourcedId": person, "roleType": "primary",
                "role": word, "orgSourcedId": school,
            }
        )  # fmt: skip
        files["enrollments.csv"].append(
            {
                "sourcedId": guid(9 if next_year else 8, number), "classSourcedId": klass,
                "schoolSourcedId": school, "userSourcedId": person, "role": word,
                "primary": "false" if seat else "true",
                "metadata.jp.shussekiNo": str(seat) if seat else "",
                "metadata.jp.publicFlg": "true",
            }
        )  # fmt: skip
    return files


def zip_of(files: dict[str, list[dict[str, str]]]) -> io.BytesIO:
    """The rows as a bundle of the Japan K-12 profile."""
    packed = io.BytesIO()
    manifest = [
        {"propertyName": "manifest.version", "value": "1.0"},
        {"propertyName": "oneroster.version", "value": JP_K12.version},
        *(
            {"propertyName": name, "value": "bulk" if file in files else "absent"}
            for name, file in FILE_PROPERTIES.items()
        ),
    ]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, rows in {"manifest.csv": manifest, **files}.items():
            columns = JP_K12.files.get(file)
            header = [column.name for column in columns] if columns else ["propertyName", "value"]
            text = io.StringIO()
            writer = csv.DictWriter(text, header, restval="", quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
            archive.writestr(file, text.getvalue())
    return packed


def main() -> None:
    """Print the seconds of reading, planning and writing for each of three imports."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/portal.db"
        app = create_app(
            Settings(
                secret_key="bench " * 8, database_url=url, data_dir=Path(folder),
                cookie_secure=False,
            )
        )  # fmt: skip
        migrate.upgrade(app)
        print(f"Roster import, {people:,} people ({url.partition(':')[0]}), wall time:")
        peak = Peak()
        time.sleep(0.2)
        before = peak.since_last()
        for name, next_year in (("first", False), ("again", False), ("next year", True)):
            # In a process of its own, whose memory is not the import's.
            with ProcessPoolExecutor(1) as maker:
                packed = maker.submit(made, people, next_year=next_year).result()
            peak.since_last()
            total = import_once(app, name, packed)
            most = peak.since_last()
            line(f"{name}: in all", total, "s", f"limit {LIMIT_SECONDS} s")
            line(f"{name}: peak of own memory", most, "MiB", f"{before:.0f} MiB before the first")


def made(people: int, *, next_year: bool) -> bytes:
    """The zip of a district."""
    return zip_of(rows_of(people, next_year=next_year)).getvalue()


class Peak:
    """The most memory of its own that this process has had since it was asked last.

    Pages of the database that are mapped into memory belong to the system, which takes them back.
    """

    def __init__(self) -> None:
        """Look twenty times a second."""
        self.most = 0.0
        Thread(target=self._watch, daemon=True).start()

    def since_last(self) -> float:
        """In MiB."""
        found, self.most = self.most, 0.0
        return found

    def _watch(self) -> None:
        while True:
            status = Path("/proc/self/status").read_text("ascii")
            kilobytes = next(line for line in status.splitlines() if line.startswith("RssAnon"))
            self.most = max(self.most, int(kilobytes.split()[1]) / 1024)
            time.sleep(0.05)


class Neighbour:
    """Somebody who writes a line now and then while a roster is written, and how long it took."""

    def __init__(self, app) -> None:
        """Begin."""
        self.longest = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._write, args=(app,), daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The longest wait, in seconds."""
        self._ended.set()
        self._thread.join()
        return self.longest

    def _write(self, app) -> None:
        with app.app_context():
            while not self._ended.wait(0.05):
                began = time.perf_counter()
                try:
                    with unit_of_work(SystemScope("bench")) as scope:
                        audit.record(scope, "bench:written", "")
                except OperationalError:
                    line("a neighbour gave up after", time.perf_counter() - began, "s")
                self.longest = max(self.longest, time.perf_counter() - began)


def import_once(app, name: str, packed: bytes) -> float:
    """Import a zip as the office does, print the parts, and return the seconds in all."""
    with app.app_context():
        rosters = importer.here()
        with unit_of_work(SystemScope("bench")) as scope:
            within = Reach(district_of(scope))
            row = operations.fetched(scope, within, operations.Brought(name), packed)
            import_id = row.id
        rosters.files.put(import_id, packed)
        began = time.perf_counter()
        rosters.worker.wake()
        looked = time.perf_counter()
        row = state(import_id)
        if row.state == "same":
            line(f"{name}: read and compared, nothing new", looked - began, "s")
            return looked - began
        assert row.state == "checked", (row.state, row.findings["problems"][:3])
        with unit_of_work(SystemScope("bench")) as scope:
            operations.move(scope.session.get(RosterImport, import_id), RosterEvent.CONFIRMED)
            audit.record(scope, "bench:confirmed", import_id)
        neighbour = Neighbour(app)
        confirmed = time.perf_counter()
        rosters.worker.wake()
        ended = time.perf_counter()
        longest = neighbour.stop()
        assert state(import_id).state == "done", state(import_id).trouble
    line(
        f"{name}: read, compared, the difference kept",
        looked - began,
        "s",
        " ".join(f"{fate} {n:,}" for fate, n in row.outcome["fates"].items()),
    )
    line(f"{name}: written", ended - confirmed, "s", f"{row.total:,} rows")
    line(f"{name}: longest wait of another writer", longest, "s", "gives up after 10 s on SQLite")
    return looked - began + ended - confirmed


def district_of(scope: SystemScope) -> UUID:
    """The district, which the command makes with its first roster."""
    found = scope.session.scalar(select(District.id))
    if found is None:
        found = new_id()
        scope.session.add(District(id=found, code="131234", name="大きな市", sourced_id=guid(1, 0)))
        scope.session.flush()
    return found


def state(import_id: UUID) -> RosterImport:
    """The import as it stands."""
    with unit_of_work(SystemScope("bench"), read_only=True) as scope:
        return scope.session.get(RosterImport, import_id)


if __name__ == "__main__":
    main()
