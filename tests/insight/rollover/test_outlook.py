"""Who moves up, who leaves, what ends: the pure look at a school before a new year."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.rollover.outlook import (
    Lot,
    Standing,
    next_grade,
    outlook,
    title_of_next,
)

BEGINS, NOW = date(2027, 4, 1), datetime(2027, 3, 20, tzinfo=UTC)
SCHOOL, DISTRICT = uuid4(), uuid4()
_ROW = {"status": "active", "last_modified": NOW, "sent_modified_at": None, "extra": {}}


class Town:
    """A school that a test fills."""

    def __init__(self) -> None:
        self.users: dict[UUID, dict] = {}
        self.classes: list[dict] = []
        self.roles: list[dict] = []
        self.enrollments: list[dict] = []
        self.sessions: list[dict] = []

    def add_class(self, title, grade, kind="homeroom", terms=(), **more):
        row = {
            "school_id": SCHOOL, "id": uuid4(), "sourced_id": title, "title": title,
            "class_type": kind, "class_code": "", "location": "",
            "grades": [grade] if isinstance(grade, str) else grade, "periods": [],
            "subjects": [], "subject_codes": [], "course_id": None,
            "term_sourced_ids": list(terms), "special_needs": False, **_ROW, **more,
        }  # fmt: skip
        self.classes.append(row)
        return row["id"]

    def person(self, name, grade="", role="student", ends=None):
        row = {
            "id": uuid4(), "family_name": name, "given_name": "", "grade": grade,
            "enabled": True, **_ROW,
        }  # fmt: skip
        self.users[row["id"]] = row
        self.roles.append(
            {
                "school_id": SCHOOL, "id": uuid4(), "user_id": row["id"], "role": role,
                "role_type": "primary", "starts_on": None, "ends_before": ends, **_ROW,
            }
        )  # fmt: skip
        return row["id"]

    def seat(self, user_id, class_id, starts=None, ends=None, role="student", number=3):
        self.enrollments.append(
            {
                "school_id": SCHOOL, "id": uuid4(), "sourced_id": str(uuid4()),
                "class_id": class_id, "user_id": user_id, "role": role, "primary": False,
                "starts_on": starts, "ends_before": ends, "public": None, "attendance_no": number,
                **_ROW,
            }
        )  # fmt: skip

    def look(self):
        standing = Standing(
            DISTRICT, SCHOOL, 2027, self.sessions, self.classes, self.users, self.roles,
            self.enrollments,
        )  # fmt: skip
        return outlook(standing, make_id=uuid4, now=NOW)

    def lot(self, user_id):
        return {each.user_id: each for each in self.look().people}[user_id]


@pytest.fixture
def town():
    return Town()


def test_without_a_roster_every_class_moves_up_as_it_is(town):
    old = town.add_class("4年2組", "P4")
    aoi, chiba = town.person("葵", "P4"), town.person("千葉", role="teacher")
    town.seat(aoi, old)
    town.seat(chiba, old, role="teacher")
    found = town.look()
    assert not found.has_roster
    assert (found.closing, found.opening) == (["4年2組"], [("5年2組", 1)])
    (line,) = found.people
    assert (line.lot, line.after, line.grade_after) == (Lot.PROMOTED, "5年2組", "P5")
    kinds = [(it.kind, it.before is None) for it in found.changes]
    assert kinds == [
        ("academic_sessions", True), ("classes", True), ("classes", False), ("users", False),
        ("enrollments", False), ("enrollments", False), ("enrollments", True),
        ("enrollments", True),
    ]  # fmt: skip
    made = found.changes[1].after
    assert made["term_sourced_ids"] == [found.changes[0].after["sourced_id"]]
    assert {it.after["class_id"] for it in found.changes[-2:]} == {made["id"]}
    assert all(it.after["starts_on"] == BEGINS for it in found.changes[-2:])
    assert found.changes[-1].after["attendance_no"] == 3


def test_people_stand_in_the_order_of_their_classes_and_numbers(town):
    klass = town.add_class("4年2組", "P4")
    people = [town.person(name, "P4") for name in ("葵", "勉", "健")]
    for person, number in zip(people, (3, 1, 2), strict=True):
        town.seat(person, klass, number=number)
    assert [(it.user_id, it.number) for it in town.look().people] == [
        (people[1], 1), (people[2], 2), (people[0], 3),
    ]  # fmt: skip


def test_who_finishes_leaves_at_the_end_of_march(town):
    old = town.add_class("6年1組", "P6")
    hana = town.person("花", "P6")
    town.seat(hana, old)
    found = town.look()
    assert town.lot(hana).lot is Lot.GRADUATES
    ends = [it for it in found.changes if "ends_before" in it.after]
    assert [(it.kind, it.after["ends_before"]) for it in ends] == [
        ("roles", BEGINS),
        ("enrollments", BEGINS),
    ]
    assert not found.opening


def test_at_a_school_of_nine_grades_the_sixth_goes_on(town):
    sixth = town.add_class("6年1組", "P6")
    ninth = town.add_class("9年1組", "J3")
    hana, ken = town.person("花", "P6"), town.person("健", "J3")
    town.seat(hana, sixth)
    town.seat(ken, ninth)
    assert (town.lot(hana).lot, town.lot(hana).grade_after) == (Lot.PROMOTED, "J1")
    assert town.lot(ken).lot is Lot.GRADUATES


def test_a_roster_of_the_new_year_says_who_is_where(town):
    old, same = town.add_class("4年2組", "P4"), town.add_class("4年1組 新", "P4")
    new, odd = town.add_class("5年1組", "P5"), town.add_class("6年1組", "P6")
    people = {name: town.person(name, "P5") for name in ("up", "again", "odd", "nowhere")}
    for user_id in people.values():
        town.seat(user_id, old)
    town.seat(people["up"], new, BEGINS)
    town.seat(people["again"], same, BEGINS)
    town.seat(people["odd"], odd, BEGINS)
    newcomer = town.person("comes", "P5")
    town.roles[-1]["starts_on"] = BEGINS
    town.seat(newcomer, new, BEGINS)
    teacher = town.person("先生", role="teacher")
    found = town.look()
    lots = {each.user_id: each.lot for each in found.people}
    assert found.has_roster
    assert lots == {
        people["up"]: Lot.PROMOTED,
        people["again"]: Lot.REPEATS,
        people["odd"]: Lot.OTHER_GRADE,
        people["nowhere"]: Lot.UNPLACED,
        newcomer: Lot.ARRIVES,
        teacher: Lot.STAFF_UNPLACED,
    }
    assert found.closing == ["4年2組"]
    assert {it.kind for it in found.changes} == {"classes", "enrollments"}
    assert all(it.before is not None for it in found.changes)
    assert dict(found.opening) == {"5年1組": 2, "4年1組 新": 1, "6年1組": 1}


def test_a_class_of_the_new_school_year_without_dates_is_not_moved_up_again(town):
    town.sessions.append(
        {"sourced_id": "2027", "title": "2027年度", "type": "schoolYear", "starts_on": BEGINS}
    )
    new = town.add_class("5年2組", "P5", terms=["2027"])
    aoi = town.person("葵", "P5")
    town.seat(aoi, new)
    found = town.look()
    assert found.has_roster
    assert not found.changes


def test_who_has_left_already_is_not_spoken_of(town):
    old = town.add_class("4年2組", "P4")
    gone = town.person("gone", "P4", ends=date(2026, 10, 1))
    town.seat(gone, old, ends=date(2026, 10, 1))
    found = town.look()
    assert not found.people
    assert not found.changes


@pytest.mark.parametrize(
    ("title", "grade", "after"),
    [
        ("4年2組", "P4", "5年2組"), ("４年２組", "P4", "５年２組"), ("1年1組", "J1", "2年1組"),
        ("4-2", "P4", "5-2"), ("たんぽぽ", "P4", "たんぽぽ"), ("2年4組", "P4", "2年4組"),
        ("6年1組", "P6", "1年1組"), ("", "P1", ""),
    ],
)  # fmt: skip
def test_a_title_counts_on(title, grade, after):
    assert title_of_next(title, grade) == after


@given(st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "", "X"]))
def test_grades_go_on_to_the_ninth(grade):
    after = next_grade(grade)
    assert (after == "") == (grade in {"J3", "", "X"})


GRADES = st.sampled_from(["P1", "P3", "P6"])


@given(
    st.lists(st.tuples(GRADES, st.sampled_from(["", "next", "same"])), max_size=12),
    st.booleans(),
)
def test_everybody_is_in_one_lot_and_every_row_changes_once(pupils, with_roster):
    town = Town()
    old = {grade: town.add_class(f"{grade} old", grade) for grade in ("P1", "P3", "P6")}
    new = {grade: town.add_class(f"{grade} new", grade) for grade in ("P1", "P2", "P3", "P4", "P6")}
    ids = []
    for grade, place in pupils:
        user_id = town.person(grade, grade)
        ids.append(user_id)
        town.seat(user_id, old[grade])
        after = next_grade(grade) if place == "next" else grade
        if with_roster and place and after in new:
            town.seat(user_id, new[after], BEGINS)
    found = town.look()
    assert sorted(each.user_id for each in found.people) == sorted(ids)
    touched = [(it.kind, it.row_id) for it in found.changes]
    assert len(touched) == len(set(touched))
    for change in found.changes:
        assert change.before is None or change.before.keys() == change.after.keys()
    ended = {it.row_id for it in found.changes if it.after.get("ends_before") == BEGINS}
    places = {row["id"] for row in town.enrollments if row["starts_on"] is None}
    assert places <= ended
