"""What the pages of people and classes cost in a district of 60,000 people and 30 schools.

Four fifths are here, the others left; each pupil was in a class last year, too. The office is that
of one school, the board of education sees all of them. There are 100,000 traces of what was done;
of one child as many as a school life leaves.

Run: `python bench/directory.py [people] [database URL]`, by default 60000 on SQLite.
"""

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask
from sqlalchemy import insert

from aarportal import migrate
from aarportal.app import create_app
from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock, upkeep
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.names import FullName
from aarportal.settings import Settings
from bench.measure import cpu_ms, line
from bench.search import counted
from tests.cast import PASSWORD, PASSWORD_HASH

SCHOOLS = 30
CLASS_SIZE = 35
TRACES = 100_000
#: Of these of the one child whose page is asked for.
TRACES_OF_CHILD = 5_000
#: Most that a page may take.
LIMIT_MS = 100
FAMILIES = """
佐藤 さとう 鈴木 すずき 髙橋 たかはし 田中 たなか 渡邉 わたなべ 伊藤 いとう 山本 やまもと
中村 なかむら 小林 こばやし 加藤 かとう 𠮷田 よしだ 山田 やまだ 佐々木 ささき 山口 やまぐち
松本 まつもと 井上 いのうえ 木村 きむら 林 はやし 齋藤 さいとう 清水 しみず 濵田 はまだ
東海林 しょうじ 五十嵐 いがらし 勅使河原 てしがわら SILVA シルバ
"""
GIVEN = """
葵 あおい 陽翔 はると 蓮 れん 凛 りん 結衣 ゆい 湊 みなと 陽葵 ひまり 樹 いつき 芽依 めい
悠真 ゆうま 翔太 しょうた さくら さくら 一郎 いちろう 花 はな José ジョゼ
"""


def pairs(text: str) -> list[tuple[str, str]]:
    """Names with their readings."""
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


class Town:
    """A district with its rows, kind by kind."""

    def __init__(self, people: int) -> None:
        self.chance = random.Random(1)
        self.families, self.given = pairs(FAMILIES), pairs(GIVEN)
        self.district = new_id()
        today = clock.today()
        self.year = today.year - (today.month < 4)
        self.april = date(self.year, 4, 1)
        self.schools = [new_id() for _ in range(SCHOOLS)]
        self.rows: dict[type, list[dict[str, Any]]] = {
            model: []
            for model in (
                District, School, AcademicSession, Class, User, UserRole, DistrictRole, Enrollment,
                Account, AuditEntry,
            )
        }  # fmt: skip
        self._frame()
        for school in self.schools:
            self._school(school, people // SCHOOLS)
        self.child = self.rows[Enrollment][0]["user_id"]
        self.group = self.rows[Enrollment][0]["class_id"]
        self._traces()

    def _frame(self) -> None:
        owner = {"district_id": self.district}
        self.rows[District].append(
            {"id": self.district, "code": "131234", "name": "大きな市", "sourced_id": "district"}
        )
        for number, school in enumerate(self.schools):
            self.rows[School].append(
                {**owner, "id": school, "sourced_id": f"school {number}", "code": f"s{number}",
                 "name": f"第{number + 1}小学校"}
            )  # fmt: skip
        for year in (self.year - 1, self.year):
            self.rows[AcademicSession].append(
                {**owner, "id": new_id(), "sourced_id": f"year {year}", "title": f"{year}年度",
                 "type": "schoolYear", "starts_on": date(year, 4, 1),
                 "ends_before": date(year + 1, 4, 1), "school_year": year}
            )  # fmt: skip
        board = self._person("", grade="")
        self.rows[DistrictRole].append(
            {**owner, "id": new_id(), "sourced_id": "board", "user_id": board,
             "role": "districtAdministrator", "role_type": "primary"}
        )  # fmt: skip
        self._account(board, "board")

    def _school(self, school: UUID, people: int) -> None:
        office = self._person(school, grade="")
        self._role(school, office, "administrator", None, None)
        self._account(office, f"office {self.schools.index(school)}")
        staff, left = people // 20, people // 5
        for _ in range(staff):
            self._role(school, self._person(school, grade=""), "teacher", self.april, None)
        pupils = people - staff - left - 1
        groups = [self._class(school, number) for number in range(-(-pupils // CLASS_SIZE))]
        before = [self._class(school, number, year=self.year - 1) for number in range(len(groups))]
        for number in range(pupils):
            child = self._person(school, grade=f"P{number // CLASS_SIZE % 6 + 1}")
            self._role(school, child, "student", date(self.year - 1, 4, 1), None)
            self._seat(school, groups[number // CLASS_SIZE], child, number % CLASS_SIZE + 1)
            last = before[self.chance.randrange(len(before))]
            self._seat(school, last, child, number % CLASS_SIZE + 1, ends_before=self.april)
        for number in range(left):
            child = self._person(school, grade="P6", enabled=False)
            last = before[self.chance.randrange(len(before))]
            self._role(school, child, "student", date(self.year - 6, 4, 1), self.april)
            self._seat(school, last, child, number % CLASS_SIZE + 1, ends_before=self.april)

    def _person(self, place: object, *, grade: str, enabled: bool = True) -> UUID:
        family, kana_family = self.chance.choice(self.families)
        given, kana_given = self.chance.choice(self.given)
        name = FullName(family, given, "", kana_family, kana_given)
        id_ = new_id()
        username = f"{id_.hex[-10:]}@city.example"
        self.rows[User].append(
            {"id": id_, "district_id": self.district, "sourced_id": str(id_),
             "username": username, "enabled": enabled, "family_name": family,
             "given_name": given, "kana_family_name": kana_family, "kana_given_name": kana_given,
             "search_text": name.search_text(username), "sort_key": name.sort_key(),
             "master_identifier": str(id_), "primary_org_sourced_id": str(place),
             "grade": grade}
        )  # fmt: skip
        return id_

    def _account(self, person: UUID, login_id: str) -> None:
        self.rows[Account].append(
            {"district_id": self.district, "user_id": person, "login_id": login_id,
             "password_hash": PASSWORD_HASH}
        )  # fmt: skip

    def _role(self, school: UUID, person: UUID, role: str, *days: date | None) -> None:
        self.rows[UserRole].append(
            {"school_id": school, "id": new_id(), "sourced_id": f"role {person}",
             "user_id": person, "role": role, "role_type": "primary", "starts_on": days[0],
             "ends_before": days[1]}
        )  # fmt: skip

    def _class(self, school: UUID, number: int, year: int = 0) -> UUID:
        id_, year = new_id(), year or self.year
        self.rows[Class].append(
            {"school_id": school, "id": id_, "sourced_id": f"class {year} {number}",
             "title": f"{number % 6 + 1}年{number // 6 + 1}組", "class_type": "homeroom",
             "grades": [f"P{number % 6 + 1}"], "term_sourced_ids": [f"year {year}"]}
        )  # fmt: skip
        return id_

    def _seat(
        self, school: UUID, group: UUID, child: UUID, number: int, ends_before: date | None = None
    ) -> None:
        id_ = new_id()
        self.rows[Enrollment].append(
            {"school_id": school, "id": id_, "sourced_id": str(id_), "class_id": group,
             "user_id": child, "role": "student", "primary": False, "attendance_no": number,
             "starts_on": None, "ends_before": ends_before}
        )  # fmt: skip

    def _traces(self) -> None:
        """What children did all year, and now and then something about a person."""
        people = [row["id"] for row in self.rows[User]]
        began = clock.now() - timedelta(days=300)
        for number in range(TRACES):
            is_childs = number % (TRACES // TRACES_OF_CHILD) == 0
            person = self.child if is_childs else self.chance.choice(people)
            is_about = number % 1000 == 0
            self.rows[AuditEntry].append(
                {"id": new_id(), "at": began + timedelta(minutes=number * 4),
                 "actor_kind": "person", "actor_id": person, "district_id": self.district,
                 "school_id": self.schools[0], "student_id": person,
                 "verb": "person:identified" if is_about else "goal:set",
                 "object_id": str(person if is_about else new_id()), "detail": ""}
            )  # fmt: skip

    def enter(self, app: Flask) -> None:
        """Write all of it."""
        with app.app_context():
            with unit_of_work(SystemScope("bench")) as scope:
                for model, rows in self.rows.items():
                    scope.session.execute(insert(model), rows)
                audit.record(scope, "bench:entered", self.district)
            upkeep.learn()
            upkeep.copy_log()


def pages(town: Town, *, board: bool) -> Iterator[tuple[str, str]]:
    """What is asked: name, address."""

    def people(**query: Any) -> str:
        return f"/people?{urlencode(query)}"

    yield "everybody who is here", "/people"
    yield "a name", people(q="高橋")
    yield "a name of few", people(q="勅使河原 José")
    yield "a reading", people(q="たかはし")
    yield "a name by its variant", people(q="渡辺")
    yield "a name by its variant and a reading", people(q="斉藤 はな")
    yield "a letter", people(q="あ")
    yield "nobody", people(q="ぬぬぬ")
    yield "pupils of a grade", people(role="student", grade="P4")
    yield "those who left", people(state="gone")
    yield "at any time", people(state="ever")
    yield "page 500 (or the last one)", people(page=500)
    yield "the last page", people(page=99_999)
    yield "page 500 at any time", people(state="ever", page=500)
    yield "page 300 of the pupils", people(role="student", page=300)
    yield "the last page of those who left", people(state="gone", page=99_999)
    yield "page 100 of a letter", people(q="い", page=100)
    yield (
        "a school" if board else "a class",
        (people(school=town.schools[0]) if board else people(**{"class": town.group})),
    )
    yield "a person", f"/people/{town.child}"
    yield "who changed what", f"/people/{town.child}/history"
    yield "classes", "/classes"
    yield "a class by number", f"/classes/{town.group}"


def wall_ms(act: Callable[[], object], *, times: int = 5) -> float:
    """How long somebody waits, PostgreSQL's own work included: the best of several."""

    def once() -> float:
        began = time.perf_counter()
        act()
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(times))


def measure(app: Flask, town: Town, code: str, login_id: str) -> None:
    """Print what each page costs somebody."""
    client = app.test_client()
    token = client.get("/csrf").get_json()["token"]
    sent = {"code": code, "login_id": login_id, "password": PASSWORD}
    assert client.post("/sign-in", data=sent, headers={"X-CSRFToken": token}).status_code == 303
    with client.session_transaction() as kept, app.app_context():
        kept["token"] = proving.proved(kept["token"], is_strong=True)
    for name, address in pages(town, board=login_id == "board"):

        def ask(address: str = address) -> Any:
            return client.get(address)

        answer = ask()
        assert answer.status_code == 200, (address, answer.status_code)
        with counted(app) as seen:
            ask()
        cost = cpu_ms(ask, rounds=3, times=3)
        waited = wall_ms(ask)
        over = "  OVER" if cost > LIMIT_MS else ""
        line(name, cost, "ms", f"{waited:6.0f} ms waited, {len(seen)} SELECTs{over}")


def main() -> None:
    """Fill a district and ask for its pages, as an office and as the board."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/portal.db"
        app = create_app(
            Settings(
                secret_key="a secret for benches, long enough to start with",
                database_url=url,
                data_dir=Path(folder),
                cookie_secure=False,
                costly_per_minute=0,
            )
        )
        migrate.upgrade(app)
        town = Town(people)
        town.enter(app)
        town.rows.clear()
        # As the server does: what the app is made of is never garbage.
        gc.collect()
        gc.freeze()
        print(f"{people} people, {SCHOOLS} schools; CPU per page, all in:")
        print("the office of a school")
        measure(app, town, "s0", "office 0")
        print("the board of education")
        measure(app, town, "131234", "board")


if __name__ == "__main__":
    main()
