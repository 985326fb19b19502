"""What an import means for people, and what it asks about."""

from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import pytest

from aarportal.core.scratch import Scratch
from aarportal.people.roster.changes import Manner, Wanted
from aarportal.people.roster.difference import Doubt, Fate, Watch
from aarportal.people.roster.planning import KINDS
from tests.people.roster.listed import outcomes

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
YESTERDAY = date(2026, 11, 19)
NEXT_YEAR = date(2027, 4, 1)
DISTRICT = UUID(int=9)
SIZE = 10


def id_of(name: str) -> UUID:
    return UUID(bytes=name.encode().ljust(16, b"\0")[:16])


class Town:
    """A district as rows: pupils p0, p1 … ten to a class, two classes to a school."""

    def __init__(self, pupils: int) -> None:
        self.schools = {f"s{n}": f"第{n}小学校" for n in range(-(-pupils // (2 * SIZE)))}
        self.users = {f"p{n}": {"given_name": f"名{n}", "enabled": True} for n in range(pupils)}
        self.seats = {f"p{n}": (f"c{n // SIZE}", None, None) for n in range(pupils)}
        self.roles = {}
        self.classes = {seat: f"組{seat}" for seat, *_ in self.seats.values()}

    def school_of(self, class_name: str) -> UUID:
        return id_of(f"s{int(class_name[1:]) // 2}")

    def rows(self) -> dict[str, list[dict]]:
        rows = dict.fromkeys(KINDS, ())
        rows["schools"] = [
            {"id": id_of(name), "sourced_id": name, "district_id": DISTRICT, "name": title}
            for name, title in self.schools.items()
        ]
        rows["classes"] = [
            {"id": id_of(name), "sourced_id": name, "school_id": self.school_of(name),
             "title": title, "class_type": "homeroom"}
            for name, title in self.classes.items()
        ]  # fmt: skip
        rows["users"] = [
            {"id": id_of(name), "sourced_id": name, "district_id": DISTRICT, "family_name": "青木",
             "middle_name": "", **values}
            for name, values in self.users.items()
        ]  # fmt: skip
        rows["roles"] = [
            {"id": id_of(f"r{name}{school}"), "sourced_id": f"r{name}{school}", "role": role,
             "school_id": id_of(school), "user_id": id_of(name), "starts_on": None,
             "ends_before": ends}
            for name, (role, school, ends) in self.roles.items()
        ]  # fmt: skip
        rows["enrollments"] = [
            {"id": id_of(f"e{name}{seat}"), "sourced_id": f"e{name}{seat}", "role": "student",
             "school_id": self.school_of(seat), "class_id": id_of(seat), "user_id": id_of(name),
             "starts_on": begins, "ends_before": ends}
            for name, (seat, begins, ends) in self.seats.items()
        ]  # fmt: skip
        return rows


OWNERS = {"classes": "school_id", "roles": "school_id", "enrollments": "school_id"}
ENDED = lambda row: {"ends_before": TODAY}  # noqa: E731
ENDS = {"users": lambda row: {"enabled": False}, "roles": ENDED, "enrollments": ENDED}


STATE = {"status": "active", "last_modified": None, "sent_modified_at": None}


def meant(before: Town, after: Town):
    """What it means that the second district is handed in where the first one stands."""
    numbers = count(10**6)
    standing, wanted = before.rows(), after.rows()
    watch = Watch(TODAY, Scratch())
    for kind in KINDS:
        manner = Manner(
            owner=OWNERS.get(kind, "district_id"),
            make_id=lambda: UUID(int=next(numbers)),
            now=NOW,
            retire=ENDS.get(kind),
            leaves=lambda _row: True,
        )
        rows = [Wanted({k: v for k, v in row.items() if k != "id"}) for row in wanted[kind]]
        for outcome in outcomes(rows, [row | STATE for row in standing[kind]], manner):
            watch.see(kind, outcome)
    return watch.difference()


def told(found):
    """Changes without the ids of people."""
    return [(each.fate, each.name, each.before, each.after) for each in found.people]


def test_the_same_roster_again_means_nothing():
    assert list(meant(Town(60), Town(60)).people) == []
    assert meant(Town(60), Town(60)).doubts == ()


def test_who_leaves_moves_and_is_called_otherwise_is_told_by_name():
    after = Town(60)
    del after.users["p3"], after.seats["p3"]
    after.seats["p4"] = ("c2", None, None)
    after.users["p5"]["given_name"] = "新"
    found = meant(Town(60), after)
    assert told(found) == [
        (Fate.LEAVES, "青木 名3", "第0小学校 組c0", ""),
        (Fate.MOVES, "青木 名4", "第0小学校 組c0", "第1小学校 組c2"),
        (Fate.RENAMED, "青木 新", "青木 名5", "青木 新"),
    ]
    assert [each.user_id for each in found.people] == [id_of("p3"), id_of("p4"), id_of("p5")]
    assert found.doubts == ()


def test_who_was_away_returns():
    before = Town(60)
    before.users["p7"]["enabled"] = False
    [back] = meant(before, Town(60)).people
    assert (back.fate, back.after) == (Fate.RETURNS, "第0小学校 組c0")


def test_a_seat_of_next_year_counts_and_one_that_is_over_does_not():
    before = Town(60)
    before.seats["p1"] = ("c1", None, YESTERDAY)
    after = Town(60)
    after.seats["p2"] = ("c3", NEXT_YEAR, None)
    found = {each.name: each for each in meant(before, after).people}
    assert (found["青木 名1"].before, found["青木 名1"].after) == ("", "第0小学校 組c0")
    assert found["青木 名2"].after == "第1小学校 組c3"


LOSSES = [
    # How many of class c0 are not in the file, and what is asked.
    (2, []),
    (3, [Doubt("class_empties", "第0小学校 組c0", 3, 10)]),
    (10, [Doubt("class_empties", "第0小学校 組c0", 10, 10)]),
]


@pytest.mark.parametrize(("gone", "doubts"), LOSSES)
def test_a_class_that_would_lose_many_is_asked_about(gone, doubts):
    after = Town(60)
    for number in range(gone):
        del after.users[f"p{number}"], after.seats[f"p{number}"]
    assert list(meant(Town(60), after).doubts) == doubts


def test_a_class_that_is_not_held_any_more_or_goes_over_to_another_is_none():
    closed = Town(60)
    del closed.classes["c0"]
    for number in range(SIZE):
        del closed.users[f"p{number}"], closed.seats[f"p{number}"]
    assert meant(Town(60), closed).doubts == ()
    moved = Town(60)
    for number in range(SIZE):
        moved.seats[f"p{number}"] = ("c1", None, None)
    assert meant(Town(60), moved).doubts == ()


def test_a_school_that_is_not_in_the_file_is_asked_about():
    after = Town(60)
    for number in range(2 * SIZE):
        del after.users[f"p{number}"], after.seats[f"p{number}"]
    found = meant(Town(60), after)
    assert Doubt("school_empties", "第0小学校", 20, 20) in found.doubts
    assert Doubt("many_leave", "", 20, 60) in found.doubts
    assert not [each for each in found.doubts if each.rule == "class_empties"]


STAFF = [
    # Who is gone, and what is asked.
    (["t0"], []),
    (["t0", "t1"], [("no_teacher", 2)]),
    (["n"], [("no_nurse", 1)]),
    (["h", "o"], [("no_head", 1), ("no_office", 1)]),
]


@pytest.mark.parametrize(("gone", "doubts"), STAFF)
def test_a_school_that_would_be_without_staff_of_a_kind_is_asked_about(gone, doubts):
    before, after = staffed(Town(60)), staffed(Town(60))
    for name in gone:
        del after.users[name], after.roles[name]
    found = meant(before, after)
    assert [(each.rule, each.count) for each in found.doubts] == doubts
    assert {each.what for each in found.doubts} <= {"第0小学校"}
    assert {(each.fate, each.before, each.after) for each in found.people} == {
        (Fate.LEAVES, "第0小学校", "")
    }


def test_a_school_whose_pupils_are_gone_is_asked_about_though_its_staff_stay():
    before, after = staffed(Town(60)), staffed(Town(60))
    for number in range(2 * SIZE):
        del after.users[f"p{number}"], after.seats[f"p{number}"]
    assert Doubt("school_empties", "第0小学校", 20, 20) in meant(before, after).doubts


def test_a_teacher_of_another_school_moves_and_a_role_that_is_over_is_none():
    before, after = staffed(Town(60)), staffed(Town(60))
    after.roles["t0"] = ("teacher", "s1", None)
    after.roles["t1"] = ("teacher", "s0", YESTERDAY)
    found = meant(before, after)
    assert told(found) == [
        (Fate.MOVES, "青木 職t1", "第0小学校", ""),
        (Fate.MOVES, "青木 職t0", "第0小学校", "第1小学校"),
    ]
    assert found.doubts == (Doubt("no_teacher", "第0小学校", 2, 2),)


def staffed(town: Town) -> Town:
    """Two teachers, a nurse, a head and an office at the first school."""
    kinds = {"t0": "teacher", "t1": "teacher", "n": "ext:nurse", "h": "principal"}
    for name, role in {**kinds, "o": "administrator"}.items():
        town.users[name] = {"given_name": f"職{name}", "enabled": True}
        town.roles[name] = (role, "s0", None)
    return town


def test_names_that_went_over_to_other_ids_are_asked_about():
    after = Town(60)
    for number in range(5):
        after.users[f"p{number}"]["given_name"] = f"名{number + 1}"
    assert meant(Town(60), after).doubts == (Doubt("many_renamed", "", 5, 60),)
