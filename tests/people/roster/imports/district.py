"""A district that lives: who sits where, month by month, as the truth and as OneRoster files.

Children move in and out, change schools within the district, come back, get other names, and move
up every April; twins sit side by side, and a login name belongs to a chair, so that it goes from
child to child. Every April the whole roster is handed over, every other month what changed.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from aarportal.people.roster.oneroster.dialects import JP_K12
from tests.people.roster.oneroster.bundles import Cells, files_of, pack

GRADES = 6
HOME_PAGE = "https://idp.many.example/"
FAMILY = ("佐藤", "鈴木", "髙橋", "高橋", "𠮷田", "吉田", "渡邉", "渡辺")
GIVEN = ("葵", "陽翔", "蓮", "凛", "葵󠄁", "結衣", "マリア・ルイザ")
_UUID4 = 0x4000_8000_0000_0000_0000
_ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
#: In a thousand children a month.
LEAVE, ARRIVE, MOVE, RETURN, RENAME, REGROUP, SWAP = 4, 4, 6, 2, 3, 3, 2


def guid(kind: int, number: int) -> str:
    """A UUID of version 4 in form that holds two numbers."""
    return str(UUID(int=(kind << 96) | (_UUID4 & ~0xFFFF_FFFF) | number))


@dataclass(frozen=True, order=True)
class Chair:
    """A place in a class of a school in a school year."""

    school: int
    grade: int
    room: int
    number: int

    @property
    def klass(self) -> tuple[int, int, int]:
        return self.school, self.grade, self.room

    @property
    def username(self) -> str:
        return f"s{self.school}g{self.grade}r{self.room}n{self.number:02}@many.example"


@dataclass
class Child:
    """One child, for life."""

    serial: int
    family: str
    given: str
    kana: str
    chair: Chair | None
    begins_on: date
    """Since when the child sits there."""
    username: str = ""


@dataclass
class Month:
    """A roster file, and what it ought to mean.

    Attributes:
        meant: (fate, serial of the child) of everybody to whom something happens.
    """

    day: date
    is_bulk: bool
    content: bytes
    meant: set[tuple[str, int]]


@dataclass
class District:
    """Everybody."""

    schools: int
    rooms: int
    size: int
    seed: int = 1
    first_year: int = 2023
    children: dict[int, Child] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    statements: int = 0
    events: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.year = self.first_year
        self._sent: dict[str, dict[str, Cells]] = {}
        self._serial = 0

    # --- what happens ---------------------------------------------------------------------------

    def months(self, years: int) -> Iterator[Month]:
        """Month by month; the file is made when it is asked for."""
        for year in range(self.first_year, self.first_year + years):
            for number in range(12):
                month = (number + 3) % 12 + 1
                day = date(year + (month < 4), month, 5)
                before = self._state()
                if number == 0:
                    self._april(year, day)
                else:
                    self._ordinary(day)
                yield self._month(day, before, is_bulk=number == 0)

    def _state(self) -> dict[int, tuple[str, tuple[int, ...] | None]]:
        """Child -> the name, and the class."""
        return {
            serial: (
                f"{child.family} {child.given}",
                (self.year, *child.chair.klass) if child.chair else None,
            )
            for serial, child in self.children.items()
        }

    def _child(self, chair: Chair, day: date, name: tuple[str, str] | None = None) -> Child:
        self._serial += 1
        family, given = name or (self.random.choice(FAMILY), self.random.choice(GIVEN))
        child = Child(self._serial, family, given, "サトウ", chair, day, chair.username)
        self.children[child.serial] = child
        return child

    def _april(self, year: int, day: date) -> None:
        """Everybody moves up, in new classes; those of the last grade go, little ones come."""
        self.year = year
        rooms: dict[tuple[int, int], list[Child]] = defaultdict(list)
        for child in self.children.values():
            if child.chair is None:
                continue
            if child.chair.grade == GRADES:
                self._leave(child)
            else:
                rooms[child.chair.school, child.chair.grade + 1].append(child)
        for (school, grade), children in sorted(rooms.items()):
            self.random.shuffle(children)
            for place, child in enumerate(children):
                room, number = place % self.rooms, place // self.rooms + 1
                self._sit(child, Chair(school, grade, room, number), day)
        grades = range(1, GRADES + 1) if not rooms else (1,)
        for school in range(self.schools):
            for grade in grades:
                for room in range(self.rooms):
                    for number in range(1, self.size + 1):
                        last = self.children.get(self._serial)
                        # Number 2 is the twin of number 1, and they have the same name.
                        twin = (last.family, last.given) if number == 2 and last else None
                        self._child(Chair(school, grade, room, number), day, twin)

    def _ordinary(self, day: date) -> None:
        present = [child for child in self.children.values() if child.chair]
        self.random.shuffle(present)
        chosen = iter(present)
        for event, share in (
            ("leaves", LEAVE), ("moves", MOVE), ("renamed", RENAME), ("regrouped", REGROUP),
            ("swapped", SWAP),
        ):  # fmt: skip
            for _ in range(max(1, len(present) * share // 1000)):
                self.events[event] += 1
                getattr(self, f"_{event}")(next(chosen), day)
        for _ in range(max(1, len(present) * ARRIVE // 1000)):
            self.events["arrives"] += 1
            grade = self.random.randint(1, GRADES)
            self._child(self._free_chair(self.random.randrange(self.schools), grade), day)
        back = sorted(self.gone)[: max(1, len(present) * RETURN // 1000)]
        for serial in back if self.random.random() < 0.7 else ():
            self.events["returns"] += 1
            self.gone.discard(serial)
            child = self.children[serial]
            self._sit(child, self._free_chair(self.random.randrange(self.schools), 3), day)

    def _leaves(self, child: Child, _day: date) -> None:
        self._leave(child)
        self.gone.add(child.serial)

    def _leave(self, child: Child) -> None:
        child.chair = None

    def _moves(self, child: Child, day: date) -> None:
        assert child.chair
        others = [school for school in range(self.schools) if school != child.chair.school]
        school = self.random.choice(others)
        self._sit(child, self._free_chair(school, child.chair.grade), day)

    def _regrouped(self, child: Child, day: date) -> None:
        """To the other class of the same grade."""
        assert child.chair
        self._sit(child, self._free_chair(child.chair.school, child.chair.grade), day)

    def _renamed(self, child: Child, _day: date) -> None:
        child.family = self.random.choice([each for each in FAMILY if each != child.family])

    def _swapped(self, child: Child, _day: date) -> None:
        """Two who sit side by side had each other's number, and each other's login name."""
        assert child.chair
        beside = [
            each for each in self.children.values()
            if each.chair and each.chair.klass == child.chair.klass and each is not child
        ]  # fmt: skip
        if beside:
            other = beside[0]
            child.chair, other.chair = other.chair, child.chair
            child.username, other.username = other.username, child.username

    def _sit(self, child: Child, chair: Chair, day: date) -> None:
        if child.chair is None or child.chair.klass != chair.klass or day.month == 4:
            child.begins_on = day
        child.chair, child.username = chair, chair.username

    def _free_chair(self, school: int, grade: int) -> Chair:
        room = self.random.randrange(self.rooms)
        taken = {
            child.chair.number for child in self.children.values()
            if child.chair and child.chair.klass == (school, grade, room)
        }  # fmt: skip
        number = next(n for n in range(1, 10**6) if n not in taken)
        return Chair(school, grade, room, number)

    # --- the files ------------------------------------------------------------------------------

    def _month(self, day: date, before: dict, *, is_bulk: bool) -> Month:
        files = self._files()
        content = self._zip(files) if is_bulk else self._delta(files, day)
        self._sent = files
        return Month(day, is_bulk, content, set(self._meant(before)))

    def _meant(self, before: dict) -> Iterator[tuple[str, int]]:
        for serial, (name, klass) in self._state().items():
            was_called, was_in = before.get(serial, (None, None))
            if was_called is None:
                yield "new", serial
                continue
            if klass and not was_in:
                yield "returns", serial
            elif was_in and not klass:
                yield "leaves", serial
            elif klass != was_in:
                yield "moves", serial
            if name != was_called and klass:
                yield "renamed", serial

    def class_id(self, klass: tuple[int, int, int]) -> str:
        return guid(5, self._class_number(klass))

    def _class_number(self, klass: tuple[int, int, int]) -> int:
        school, grade, room = klass
        return self.year * 100_000 + (school * GRADES + grade) * 10 + room

    def _files(self) -> dict[str, dict[str, Cells]]:
        """Every row of the roster as it stands, by file and sourcedId."""
        year = guid(3, self.year)
        classes = [
            (school, grade, room)
            for school in range(self.schools)
            for grade in range(1, GRADES + 1)
            for room in range(self.rooms)
        ]
        course = {klass: guid(4, self._class_number(klass)) for klass in classes}
        rows: dict[str, list[Cells]] = {
            "orgs": [
                {"sourcedId": guid(1, 0), "name": "大きな市", "type": "district",
                 "identifier": "131245"},
                *({"sourcedId": guid(2, school), "name": f"{school}番小学校", "type": "school",
                   "identifier": f"B113210{school:06}", "parentSourcedId": guid(1, 0)}
                  for school in range(self.schools)),
            ],
            "academicSessions": [
                {"sourcedId": year, "title": f"{self.year}年度", "type": "schoolYear",
                 "startDate": f"{self.year}-04-01", "endDate": f"{self.year + 1}-03-31",
                 "schoolYear": str(self.year)}
            ],
            "courses": [
                {"sourcedId": course[klass], "title": f"{self.year}年度{klass}",
                 "schoolYearSourcedId": year, "grades": f"P{klass[1]}",
                 "orgSourcedId": guid(2, klass[0])}
                for klass in classes
            ],
            "classes": [
                {"sourcedId": self.class_id(klass), "title": f"{klass[1]}年{klass[2] + 1}組",
                 "grades": f"P{klass[1]}", "classType": "homeroom",
                 "courseSourcedId": course[klass], "schoolSourcedId": guid(2, klass[0]),
                 "termSourcedIds": year, "metadata.jp.specialNeeds": "false"}
                for klass in classes
            ],
            "users": [], "roles": [], "enrollments": [],
        }  # fmt: skip
        for number, klass in enumerate(classes):
            self._teacher(rows, 10**6 + number, klass)
        for child in self.children.values():
            if child.chair:
                self._pupil(rows, child, child.chair)
        return {file: {row["sourcedId"]: row for row in found} for file, found in rows.items()}

    def _teacher(self, rows: dict[str, list[Cells]], number: int, klass: tuple[int, int, int]):
        name = _name("千葉", "葵", "チバ")
        username = f"t{number}@many.example"
        rows["users"].append(_user(number, username, klass[0], name))
        role = {"role": "teacher", "orgSourcedId": guid(2, klass[0])}
        rows["roles"].append(_role(guid(8, number), number, role))
        place = {"role": "teacher", "primary": "true", "schoolSourcedId": guid(2, klass[0])}
        seat = {"classSourcedId": self.class_id(klass), **place}
        rows["enrollments"].append(_role(guid(self.year, number), number, seat))

    def _pupil(self, rows: dict[str, list[Cells]], child: Child, chair: Chair) -> None:
        name = _name(child.family, child.given, child.kana)
        user = _user(child.serial, child.username, chair.school, name)
        rows["users"].append({**user, "grades": f"P{chair.grade}"})
        role = {"role": "student", "orgSourcedId": guid(2, chair.school)}
        rows["roles"].append(_role(guid(100 + chair.school, child.serial), child.serial, role))
        begins = child.begins_on
        rows["enrollments"].append(
            _role(
                guid(begins.toordinal(), child.serial),
                child.serial,
                {
                    "classSourcedId": self.class_id(chair.klass),
                    "schoolSourcedId": guid(2, chair.school),
                    "role": "student",
                    "primary": "false",
                    "beginDate": begins.isoformat(),
                    "metadata.jp.shussekiNo": str(chair.number),
                    "metadata.jp.publicFlg": "true",
                },
            )
        )

    def _zip(self, files: dict[str, dict[str, Cells]]) -> bytes:
        return pack(files_of(JP_K12, **{file: list(rows.values()) for file, rows in files.items()}))

    def _delta(self, files: dict[str, dict[str, Cells]], day: date) -> bytes:
        """What differs from the last file, each row with its state."""
        stamp = f"{day.isoformat()}T00:00:00.000Z"
        changed = {}
        for file, rows in files.items():
            before = self._sent.get(file, {})
            active = [row for name, row in rows.items() if before.get(name) != row]
            gone = [row for name, row in before.items() if name not in rows]
            found = [
                {**row, "status": status, "dateLastModified": stamp}
                for status, some in (("active", active), ("tobedeleted", gone))
                for row in some
            ]
            if found:
                changed[file] = found
        modes = {f"file.{file}": "delta" for file in changed}
        absent = {file: None for file in files if file not in changed}
        return pack(files_of(JP_K12, manifest=modes, **changed, **absent))

    # --- what they do ---------------------------------------------------------------------------

    def work(self, day: date, count: int) -> list[tuple[datetime, int, str]]:
        """What children of the month do: moment, whose, and the statement as it is sent."""
        present = [child for child in self.children.values() if child.chair]
        found = []
        for _ in range(count):
            child = self.random.choice(present)
            moment = datetime(day.year, day.month, day.day, 0, tzinfo=UTC) + timedelta(
                days=self.random.randint(1, 21), seconds=self.random.randint(0, 28_000)
            )
            name = child.username if self.random.random() < 0.7 else guid(7, child.serial)
            self.statements += 1
            found.append((moment, child.serial, self._said(moment, child.serial, name)))
        return sorted(found)

    def _said(self, moment: datetime, serial: int, name: str) -> str:
        number = self.statements
        return (
            f'{{"id": "{guid(number, serial)}", "actor": {{"account": {{"homePage":'
            f' "{HOME_PAGE}", "name": "{name}"}}}},"verb": {{"id": "{_ANSWERED}"}},'
            f'"object": {{"id": "https://drill.example/q/{number % 500}"}},'
            f'"result": {{"success": true, "duration": "PT{10 + number % 40}S"}},'
            f'"timestamp": "{moment.isoformat()}"}}'
        )


def _name(family: str, given: str, kana: str) -> Cells:
    return {
        "givenName": given,
        "familyName": family,
        "preferredGivenName": given,
        "preferredFamilyName": family,
        "metadata.jp.kanaGivenName": "アオイ",
        "metadata.jp.kanaFamilyName": kana,
    }


def _user(number: int, username: str, school: int, name: Cells) -> Cells:
    return {
        "sourcedId": guid(6, number),
        "enabledUser": "true",
        "username": username,
        "userMasterIdentifier": guid(7, number),
        "primaryOrgSourcedId": guid(2, school),
        **name,
    }


def _role(sourced_id: str, number: int, cells: Cells) -> Cells:
    kind = {} if "classSourcedId" in cells else {"roleType": "primary"}
    return {"sourcedId": sourced_id, "userSourcedId": guid(6, number), **kind, **cells}
