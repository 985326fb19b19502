"""A town that is made to mix children up, and who did what in it: the truth beside what was sent.

Few names for many children, twins in every class, login names that belong to a seat and so to
another child every year, children who change schools and thereby login names with each other, who
leave and come back as new persons of the roster, who stand in it twice, and nicknames of a game
that one child after the other uses. Rosters come as real zips; the truth of a statement is written
in its id, so that a million of them need no list.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from aarportal.core import clock
from aarportal.people.roster.oneroster.dialects import JP_K12
from tests.people.roster.oneroster.bundles import Cells, files_of, pack

#: The days on which a roster comes in: a new year, half a year later, and both again.
IMPORTS = (date(2024, 4, 8), date(2024, 10, 1), date(2025, 4, 7), date(2025, 10, 1))
LAST_DAY = date(2026, 3, 25)
NEW_YEAR = 2
#: What the app's home page is called under which it uses login names, and another one.
OURS, GAME = "https://idp.town.example/", "https://game.example/"
FAMILY, GIVEN = ("佐藤", "鈴木", "高橋"), ("葵", "陽翔", "蓮", "凛")
_UUID4 = 0x4000_8000_0000_0000_0000
_ANSWERED = "http://adlnet.gov/expapi/verbs/answered"


def guid(kind: int, number: int) -> str:
    """A UUID of version 4 in form that holds two numbers."""
    return str(UUID(int=(kind << 96) | (_UUID4 & ~0xFFFF_FFFF) | number))


@dataclass(frozen=True, order=True)
class Seat:
    """A chair in a room of a school; whoever sits on it has its login name."""

    school: int
    room: int
    number: int

    @property
    def username(self) -> str:
        return f"s{self.school}-{self.room}-{self.number:02}@town.example"


@dataclass(frozen=True)
class Sent:
    """A statement, and whose it is: a person of the roster, or 0 if it has to wait."""

    moment: datetime
    person: int
    body: str


@dataclass
class Nickname:
    """A name in a game: one child's in the first year, another's in the second."""

    name: str
    first: int
    second: int


@dataclass
class Town:
    """Everybody, import by import."""

    schools: int
    rooms: int
    size: int
    seed: int = 1
    present: list[dict[int, Seat]] = field(default_factory=list)
    """Import -> person -> seat; persons are numbered from 1."""
    came_back: dict[int, int] = field(default_factory=dict)
    """Person who left -> the new person as whom the same child came back."""
    listed_twice: dict[int, int] = field(default_factory=dict)
    """Second person of a child in a class -> the first."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.names: dict[int, tuple[str, str]] = {}
        self.serial = 0
        self._first_year()
        self._half_year_later()
        self._new_year()
        self._listed_twice()

    # --- who sits where -------------------------------------------------------------------------

    def _new_person(self, name: tuple[str, str] | None = None) -> int:
        number = len(self.names) + 1
        self.names[number] = name or (self.random.choice(FAMILY), self.random.choice(GIVEN))
        return number

    def _first_year(self) -> None:
        seats: dict[int, Seat] = {}
        for school in range(self.schools):
            for room in range(self.rooms):
                for number in range(1, self.size + 1):
                    # Number 2 is the twin of number 1, and they have the same name.
                    twin = self.names[len(self.names)] if number == 2 else None
                    seats[self._new_person(twin)] = Seat(school, room, number)
        self.present.append(seats)

    def _half_year_later(self) -> None:
        seats = dict(self.present[-1])
        people = sorted(seats)
        self.random.shuffle(people)
        tenth = max(len(people) // 10, 4)
        movers, leavers = people[:tenth], people[tenth : tenth + tenth // 2]
        for one, other in zip(movers[::2], movers[1::2], strict=False):
            seats[one], seats[other] = seats[other], seats[one]
        self.leavers = {person: seats.pop(person) for person in leavers}
        for person in leavers[::2]:
            seats[self._new_person(self.names[person])] = self.leavers[person]
        self.present.append(seats)

    def _new_year(self) -> None:
        before, seats = self.present[-1], {}
        by_room: dict[tuple[int, int], list[int]] = {}
        for person, seat in before.items():
            if seat.room + 1 < self.rooms:
                by_room.setdefault((seat.school, seat.room + 1), []).append(person)
        for person, seat in self.leavers.items():
            again = self._new_person(self.names[person])
            self.came_back[person] = again
            by_room.setdefault((seat.school, seat.room), []).append(again)
        for school in range(self.schools):
            by_room.setdefault((school, 0), []).extend(self._new_person() for _ in range(self.size))
        for (school, room), people in sorted(by_room.items()):
            self.random.shuffle(people)
            for number, person in enumerate(people, 1):
                seats[person] = Seat(school, room, number)
        self.present.append(seats)

    def _listed_twice(self) -> None:
        seats = dict(self.present[-1])
        for person in self.random.sample(sorted(seats), max(len(seats) // 60, 2)):
            seat = seats[person]
            number = max(s.number for s in seats.values() if s.school == seat.school) + 1
            second = self._new_person(self.names[person])
            self.listed_twice[second] = person
            seats[second] = Seat(seat.school, seat.room, number)
        self.present.append(seats)

    @cached_property
    def nicknames(self) -> list[Nickname]:
        """Of children who sit where they sat, in each of the years."""
        years = [
            sorted(set(self.present[first]) & set(self.present[first + 1]) - set(self.came_back))
            for first in (0, NEW_YEAR)
        ]
        chosen = [self.random.sample(year, max(len(year) // 20, 6)) for year in years]
        return [
            Nickname(f"kirin{number}", first, second)
            for number, (first, second) in enumerate(zip(*chosen, strict=False))
        ]

    @property
    def twins(self) -> tuple[int, int]:
        """Two of the same name in one class, who are two children."""
        return 1, 2

    # --- the roster -----------------------------------------------------------------------------

    def roster(self, number: int) -> bytes:
        """The zip of an import."""
        day, seats = IMPORTS[number], self.present[number]
        schools = range(self.schools)
        rooms = [(school, room) for school in schools for room in range(self.rooms)]
        place = {key: index for index, key in enumerate(rooms)}
        year = guid(3, day.year - (day.month < 4))
        users: list[Cells] = [_teacher(school) for school in schools]
        roles: list[Cells] = [_role(900_000 + school, school, "teacher") for school in schools]
        enrollments: list[Cells] = []
        for person, seat in seats.items():
            users.append(self._user(person, seat))
            roles.append(_role(person, seat.school, "student"))
            since = number
            while since and self.present[since - 1].get(person) == seat and since != NEW_YEAR:
                since -= 1
            enrollments.append(
                {
                    "sourcedId": guid(80 + since, person),
                    "classSourcedId": guid(5, place[seat.school, seat.room] + 1000 * (number >= 2)),
                    "schoolSourcedId": guid(2, seat.school),
                    "userSourcedId": guid(6, person),
                    "role": "student",
                    "primary": "false",
                    "beginDate": IMPORTS[since].isoformat(),
                    "metadata.jp.shussekiNo": str(seat.number),
                    "metadata.jp.publicFlg": "true",
                }
            )
        return pack(
            files_of(
                JP_K12,
                orgs=[
                    {"sourcedId": guid(1, 0), "name": "町", "type": "district",
                     "identifier": "131234"},
                    *({"sourcedId": guid(2, school), "name": f"{school}番小学校", "type": "school",
                       "identifier": f"B113210{school:06}", "parentSourcedId": guid(1, 0)}
                      for school in schools),
                ],
                academicSessions=[
                    {"sourcedId": year, "title": f"{day.year}年度", "type": "schoolYear",
                     "startDate": f"{day.year}-04-01", "endDate": f"{day.year + 1}-03-31",
                     "schoolYear": str(day.year)}
                ],
                courses=[
                    {"sourcedId": guid(4, index + 1000 * (number >= 2)),
                     "title": f"{day.year}年度{index}", "schoolYearSourcedId": year,
                     "grades": f"P{room % 6 + 1}",
                     "orgSourcedId": guid(2, school)}
                    for (school, room), index in place.items()
                ],
                classes=[
                    {"sourcedId": guid(5, index + 1000 * (number >= 2)), "title": f"{room}組",
                     "grades": f"P{room % 6 + 1}", "classType": "homeroom",
                     "courseSourcedId": guid(4, index + 1000 * (number >= 2)),
                     "schoolSourcedId": guid(2, school), "termSourcedIds": year,
                     "metadata.jp.specialNeeds": "false"}
                    for (school, room), index in place.items()
                ],
                users=users,
                roles=roles,
                enrollments=enrollments,
            )
        )  # fmt: skip

    def _user(self, person: int, seat: Seat) -> Cells:
        family, given = self.names[person]
        return _cells(person, family, given, seat.username, seat.school) | {
            "grades": f"P{seat.room % 6 + 1}"
        }

    # --- what they do ---------------------------------------------------------------------------

    def span(self, number: int) -> tuple[date, date]:
        """First day and the day after the last one on which an import holds."""
        return IMPORTS[number], (*IMPORTS, LAST_DAY)[number + 1]

    def work(self, number: int, count: int) -> Iterator[Sent]:
        """What happened while an import held, in order, and under whatever name it is sent."""
        first, after = self.span(number)
        people = sorted(self.present[number])
        absent = sorted(set().union(*self.present[: number + 1]) - set(people))
        start, _ = clock.day_bounds(first)
        step = ((after - first) - timedelta(hours=1)) / count
        played = [(it.name, it.second if number >= NEW_YEAR else it.first) for it in self.nicknames]
        for place in range(count):
            moment = start + place * step
            kind = self.random.random()
            person = self.random.choice(people)
            if kind < 0.1 and played:
                name, person = self.random.choice(played)
                yield self._said(moment, person, _account(GAME, name))
            elif kind < 0.16:
                yield self._said(moment, 0, self._nobody(number, person))
            elif kind < 0.18 and absent:
                gone = self.random.choice(absent)
                # Once a child is back, the name of the person who left is theirs again.
                truth = self.came_back.get(gone, 0) if number >= NEW_YEAR else 0
                yield self._said(moment, truth, _account(OURS, guid(6, gone)))
            else:
                yield self._said(moment, person, self._actor(number, person))

    def _actor(self, number: int, person: int) -> str:
        username = self.present[number][person].username
        return self.random.choice(
            (
                _account(OURS, username),
                _account(OURS, username),
                _account(OURS, username),
                _account(self.random.choice((OURS, GAME)), guid(6, person)),
                _account(GAME, guid(7, person)),
                f'{{"mbox": "mailto:{username}"}}',
            )
        )

    def _nobody(self, number: int, person: int) -> str:
        """A name that says too little, though it looks much like this person's."""
        seat, (family, given) = self.present[number][person], self.names[person]
        return self.random.choice(
            (
                _account(GAME, seat.username),
                _account(OURS, family + given),
                _account(GAME, given),
                _account(OURS, seat.username.upper()),
                _account(OURS, guid(6, 900_000 + seat.school)),
                f'{{"mbox": "mailto:{given}@town.example", "name": "{family} {given}"}}',
                f'{{"openid": "https://idp.town.example/{seat.username}"}}',
            )
        )

    def _said(self, moment: datetime, person: int, actor: str) -> Sent:
        self.serial += 1
        body = (
            f'{{"id": "{guid(self.serial, person)}", "actor": {actor},'
            f'"verb": {{"id": "{_ANSWERED}"}},'
            f'"object": {{"id": "https://drill.example/q/{self.serial % 500}",'
            f'"definition": {{"name": {{"ja": "もんだい {self.serial % 500}"}}}}}},'
            f'"result": {{"success": {"true" if self.serial % 3 else "false"},'
            f'"duration": "PT{10 + self.serial % 40}S"}},'
            f'"timestamp": "{moment.astimezone(UTC).isoformat()}"}}'
        )
        return Sent(moment, person, body)


def truth_of(statement_id: UUID) -> int:
    """Whose a statement is, by its id; 0 if it has to wait."""
    return statement_id.int & 0xFFFF_FFFF


def person_of(sourced_id: str) -> int:
    """The number of a person by the roster's id."""
    return UUID(sourced_id).int & 0xFFFF_FFFF


def _account(home_page: str, name: str) -> str:
    return f'{{"account": {{"homePage": "{home_page}", "name": {json.dumps(name)}}}}}'


def _cells(person: int, family: str, given: str, username: str, school: int) -> Cells:
    return {
        "sourcedId": guid(6, person),
        "enabledUser": "true",
        "username": username,
        "userMasterIdentifier": guid(7, person),
        "givenName": given,
        "familyName": family,
        "preferredGivenName": given,
        "preferredFamilyName": family,
        "primaryOrgSourcedId": guid(2, school),
        "metadata.jp.kanaGivenName": "アオイ",
        "metadata.jp.kanaFamilyName": "サトウ",
    }


def _teacher(school: int) -> Cells:
    return _cells(900_000 + school, "千葉", "葵", f"t{school}@town.example", school)


def _role(person: int, school: int, word: str) -> Cells:
    return {
        "sourcedId": guid(100 + school, person),
        "userSourcedId": guid(6, person),
        "roleType": "primary",
        "role": word,
        "orgSourcedId": guid(2, school),
    }


@dataclass
class Outcome:
    """What a check found.

    Attributes:
        counts: `received`, `repeated`, `records`, `waiting`.
        wrong: Records whose owner is not the truth.
        kept_waiting: Statements that wait though it is known whose they are.
        waiting_for_a_class: Those of them whose person came back: the child was in no class then.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    kept_waiting: int = 0
    waiting_for_a_class: int = 0
