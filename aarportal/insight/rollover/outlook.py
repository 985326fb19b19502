"""What a new school year means for a school, pure: who moves up, who leaves, what ends."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from aarportal.core.clock import school_year_begins_on
from aarportal.people.roster.grades import grade_number
from aarportal.people.roster.planning import Change

Values = Mapping[str, Any]
_GRADES = ("P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3")
_LEADING_NUMBER = re.compile(r"[0-9０-９]+")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


class Lot(StrEnum):
    """What becomes of a person at the turn of the year."""

    PROMOTED = "promoted"
    GRADUATES = "graduates"
    REPEATS = "repeats"
    OTHER_GRADE = "other_grade"
    """Neither the next grade nor the same: somebody should look."""
    UNPLACED = "unplaced"
    """A pupil without a class in the new year."""
    ARRIVES = "arrives"
    STAFF_UNPLACED = "staff_unplaced"


@dataclass(frozen=True)
class Person:
    """A line of a list.

    Attributes:
        before: The homeroom class until March; empty for none.
        after: The homeroom class from April on; empty for none.
        grade_before: P1 to J3; empty for staff.
        grade_after: The same; empty for whoever leaves.
        number: In the class until March, or else in that from April on; None for none.
    """

    user_id: UUID
    name: str
    lot: Lot
    before: str = ""
    after: str = ""
    grade_before: str = ""
    grade_after: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Standing:
    """The roster of one school, as rows.

    Attributes:
        year: The 年度 that begins.
        sessions: School years of the district.
        users: By id, everybody of the roles who is enabled.
    """

    district_id: UUID
    school_id: UUID
    year: int
    sessions: Sequence[Values]
    classes: Sequence[Values]
    users: Mapping[UUID, Values]
    roles: Sequence[Values]
    enrollments: Sequence[Values]

    @property
    def begins(self) -> date:
        """The first day of the new year."""
        return school_year_begins_on(self.year)


@dataclass
class Outlook:
    """What a new school year means.

    Attributes:
        session: Title of the new year in the roster; empty if it is not there.
        has_roster: Whether a roster of the new year came: pupils have places that begin then.
        closing: Titles of the classes that end.
        opening: Titles of the classes of the new year, with how many pupils.
        people: Everybody of whom there is something to say, by class and number.
        changes: Rows that change, in the order in which they are written.
    """

    session: str = ""
    has_roster: bool = False
    closing: list[str] = field(default_factory=list)
    opening: list[tuple[str, int]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def of(self, lot: Lot) -> list[Person]:
        """The people of one lot."""
        return [each for each in self.people if each.lot is lot]


def next_grade(grade: str) -> str:
    """P5 after P4, J1 after P6; empty after J3 and for anything else."""
    number = grade_number(grade)
    return _GRADES[number] if 0 < number < len(_GRADES) else ""


def title_of_next(title: str, grade: str) -> str:
    """`5年2組` after `4年2組`: the number of the grade grows, everything else stays."""
    number = grade_number(grade)
    old, new = (str(n if n <= 6 else n - 6) for n in (number, number + 1))
    found = _LEADING_NUMBER.search(title)
    if found and found.group() in {old, old.translate(_WIDE)}:
        wide = found.group() != old
        return (
            title[: found.start()] + (new.translate(_WIDE) if wide else new) + title[found.end() :]
        )
    return title


def outlook(standing: Standing, *, make_id: Callable[[], UUID], now: datetime) -> Outlook:
    """What the new year means for the school, and every row that changes."""
    return _Turn(standing, make_id, now).look()


class _Turn:
    """One look at one school."""

    def __init__(self, standing: Standing, make_id: Callable[[], UUID], now: datetime) -> None:
        self.at, self.make_id, self.now = standing, make_id, now
        self.begins = standing.begins
        self.classes = {row["id"]: row for row in standing.classes}
        self.session = next(
            (
                row
                for row in standing.sessions
                if row["type"] == "schoolYear" and row["starts_on"] == self.begins
            ),
            None,
        )
        name = self.session["sourced_id"] if self.session else None
        self.of_session = {
            row["id"] for row in standing.classes if name and name in row["term_sourced_ids"]
        }
        coming = {row["class_id"] for row in standing.enrollments if self._is_coming(row)}
        self.next_ids = coming | self.of_session
        self.has_roster = any(
            row["role"] == "student" and self._is_coming(row) and self._is_homeroom(row)
            for row in standing.enrollments
        )
        self.students = {
            row["user_id"] for row in standing.roles if self._was_here(row) and _is_student(row)
        }
        self.last_grade = self._last_grade()
        self.old_seats = self._homerooms(self._was_here)
        self.new_seats = self._homerooms(self._is_coming)

    # --- what stands ---

    def _is_coming(self, row: Values) -> bool:
        """Whether a place begins with the new year, or later in it.

        Rosters may leave the day out: then the school year of the class says it.
        """
        starts, ends = row["starts_on"], row["ends_before"]
        if starts is None:
            return row["class_id"] in self.of_session
        return bool(starts >= self.begins and (ends is None or ends > starts))

    def _was_here(self, row: Values) -> bool:
        """Whether a role or a place reaches the last day of the old year."""
        starts, ends = row["starts_on"], row["ends_before"]
        if starts is None and row.get("class_id") in self.of_session:
            return False
        return (starts is None or starts < self.begins) and (ends is None or ends >= self.begins)

    def _goes_on(self, row: Values) -> bool:
        """Whether one that reaches the last day reaches the first of the new year as well."""
        ends = row["ends_before"]
        return self._was_here(row) and (ends is None or ends > self.begins)

    def _is_homeroom(self, row: Values) -> bool:
        found = self.classes.get(row["class_id"])
        return found is not None and found["class_type"] == "homeroom"

    def _homerooms(self, counts: Callable[[Values], bool]) -> dict[UUID, Values]:
        """Student -> the place in a homeroom class."""
        return {
            row["user_id"]: row
            for row in self.at.enrollments
            if _is_student(row) and counts(row) and self._is_homeroom(row)
        }

    def _grade(self, user_id: UUID) -> str:
        """The grade until March: that of the class, because the roster of April knows the next."""
        seat = self.old_seats.get(user_id)
        grades = self.classes[seat["class_id"]]["grades"] if seat else []
        user = self.at.users.get(user_id)
        grade: str = grades[0] if len(grades) == 1 else (user["grade"] if user else "")
        return grade

    def _last_grade(self) -> str:
        """P6 at a primary school; J3 where there are grades of a lower secondary one."""
        grades = {grade for row in self.at.classes for grade in row["grades"]}
        return "J3" if any(grade.startswith("J") for grade in grades) else "P6"

    # --- what becomes of it ---

    def look(self) -> Outlook:
        found = Outlook(
            session=self.session["title"] if self.session else "", has_roster=self.has_roster
        )
        self.moving_up = {} if self.has_roster else self._classes_moving_up()
        found.people = sorted(
            (*self._pupils(), *self._staff()),
            key=lambda each: (each.before, each.number or 0, each.after, each.name),
        )
        self.gone = {each.user_id for each in found.people if each.lot is Lot.GRADUATES}
        closing = self._closing()
        found.closing = sorted(row["title"] for row in closing)
        found.changes = [
            *self._session_changes(),
            *self._class_changes(closing),
            *self._user_changes(found.people),
            *self._role_changes(),
            *self._enrollment_changes(),
        ]
        found.opening = self._opening()
        return found

    def _classes_moving_up(self) -> dict[UUID, dict[str, Any]]:
        """Old homeroom class -> the class that it becomes, where no roster says otherwise."""
        found = {}
        for class_id in {row["class_id"] for row in self.old_seats.values()}:
            row = self.classes[class_id]
            grades = row["grades"]
            grade = grades[0] if len(grades) == 1 else ""
            if grade == self.last_grade or (grade and not next_grade(grade)):
                continue
            found[class_id] = {
                **row,
                "id": self.make_id(),
                "sourced_id": str(self.make_id()),
                "title": title_of_next(row["title"], grade),
                "grades": [next_grade(grade)] if grade else _all_next(grades, self.last_grade),
                "status": "active",
                "last_modified": self.now,
                "sent_modified_at": None,
                "extra": {},
            }
        return found

    def _pupils(self) -> Iterator[Person]:
        for user_id in self.students | self.new_seats.keys():
            user = self.at.users.get(user_id)
            if user is None:
                continue
            old, new = self.old_seats.get(user_id), self.new_seats.get(user_id)
            before = self.classes[old["class_id"]]["title"] if old else ""
            grade = self._grade(user_id)
            if not self.has_roster and old and grade != self.last_grade:
                row = self.moving_up.get(old["class_id"])
                after, grade_after = (row["title"], next_grade(grade)) if row else ("", "")
            else:
                after, grade_after = self._place(new)
            lot = self._lot(user_id, grade, grade_after, is_placed=bool(after))
            if lot in {Lot.GRADUATES, Lot.UNPLACED}:
                grade_after = ""
            elif not grade_after:
                grade_after = user["grade"]
            number = (old or new or {}).get("attendance_no")
            yield Person(user_id, _name(user), lot, before, after, grade, grade_after, number)

    def _place(self, seat: Values | None) -> tuple[str, str]:
        if seat is None:
            return "", ""
        row = self.classes[seat["class_id"]]
        return row["title"], row["grades"][0] if len(row["grades"]) == 1 else ""

    def _lot(self, user_id: UUID, grade: str, after: str, *, is_placed: bool) -> Lot:
        if user_id not in self.students or (is_placed and user_id not in self.old_seats):
            return Lot.ARRIVES
        if not is_placed:
            return Lot.GRADUATES if grade == self.last_grade else Lot.UNPLACED
        if after == grade and grade:
            return Lot.REPEATS
        # A class of several grades (複式, 特別支援) says nothing about one pupil's.
        return Lot.PROMOTED if after in {next_grade(grade), ""} else Lot.OTHER_GRADE

    def _staff(self) -> Iterator[Person]:
        """Teachers of whom no class of the new year is known."""
        placed = {row["user_id"] for row in self.at.enrollments if self._is_coming(row)}
        kept = {row["user_id"] for row in self.at.enrollments if self._moves_up(row)}
        for row in self.at.roles:
            if row["role"] != "teacher" or not self._goes_on(row):
                continue
            user = self.at.users.get(row["user_id"])
            if user is not None and row["user_id"] not in placed | kept:
                yield Person(user["id"], _name(user), Lot.STAFF_UNPLACED)

    def _moves_up(self, row: Values) -> bool:
        """Whether a place becomes one in the class that the class becomes."""
        if row["class_id"] not in self.moving_up or not self._was_here(row):
            return False
        is_pupil = _is_student(row)
        return not is_pupil or self._grade(row["user_id"]) != self.last_grade

    def _closing(self) -> list[Values]:
        """Classes of the old year that somebody was in, and that the new one does not know."""
        was = {row["class_id"] for row in self.at.enrollments if self._was_here(row)}
        return [row for id_, row in self.classes.items() if id_ in was - self.next_ids]

    def _opening(self) -> list[tuple[str, int]]:
        counts: dict[UUID, int] = {}
        for row in self.at.enrollments:
            if _is_student(row) and self._is_coming(row) and self._is_homeroom(row):
                counts[row["class_id"]] = counts.get(row["class_id"], 0) + 1
        found = [(self.classes[id_]["title"], n) for id_, n in counts.items()]
        for old_id, row in self.moving_up.items():
            pupils = [it for it in self.at.enrollments if _is_student(it) and self._moves_up(it)]
            found.append((row["title"], sum(it["class_id"] == old_id for it in pupils)))
        return sorted(found)

    # --- rows that change ---

    def _change(self, kind: str, row: Values, after: dict[str, Any]) -> Change:
        values = {**after, "last_modified": self.now}
        before = {name: row[name] for name in values}
        user_id = row["id"] if kind == "users" else row.get("user_id")
        return Change(kind, row["id"], row.get("school_id"), user_id, before, values)

    def _session_changes(self) -> Iterator[Change]:
        self.session_name = self.session["sourced_id"] if self.session else str(self.make_id())
        if self.session is not None or not self.moving_up:
            return
        last = next((row for row in self.at.sessions if row["type"] == "schoolYear"), None)
        year = self.at.year
        title = f"{year}年度" if last is None else last["title"].replace(str(year - 1), str(year))
        row: dict[str, Any] = {
            "district_id": self.at.district_id,
            "id": self.make_id(),
            "sourced_id": self.session_name,
            "title": title,
            "type": "schoolYear",
            "starts_on": self.begins,
            "ends_before": school_year_begins_on(year + 1),
            "school_year": year,
            "parent_sourced_id": "",
            "status": "active",
            "last_modified": self.now,
            "sent_modified_at": None,
            "extra": {},
        }
        yield Change("academic_sessions", row["id"], None, None, None, row)

    def _class_changes(self, closing: Iterable[Values]) -> Iterator[Change]:
        for row in self.moving_up.values():
            made = {**row, "term_sourced_ids": [self.session_name]}
            yield Change("classes", made["id"], made["school_id"], None, None, made)
        for each in closing:
            if each["status"] != "tobedeleted":
                yield self._change("classes", each, {"status": "tobedeleted"})

    def _user_changes(self, people: Iterable[Person]) -> Iterator[Change]:
        """Where a roster came, it said the grades itself."""
        if self.has_roster:
            return
        for each in people:
            user = self.at.users[each.user_id]
            if each.lot is Lot.PROMOTED and user["grade"] != each.grade_after:
                yield self._change("users", user, {"grade": each.grade_after})

    def _role_changes(self) -> Iterator[Change]:
        for row in self.at.roles:
            if _is_student(row) and row["user_id"] in self.gone and self._goes_on(row):
                yield self._change("roles", row, {"ends_before": self.begins})

    def _enrollment_changes(self) -> Iterator[Change]:
        for row in self.at.enrollments:
            if self._goes_on(row) and row["class_id"] not in self.next_ids:
                yield self._change("enrollments", row, {"ends_before": self.begins})
        for row in self.at.enrollments:
            if self._moves_up(row):
                made = {
                    **row,
                    "id": self.make_id(),
                    "sourced_id": str(self.make_id()),
                    "class_id": self.moving_up[row["class_id"]]["id"],
                    "starts_on": self.begins,
                    "ends_before": None,
                    "status": "active",
                    "last_modified": self.now,
                    "sent_modified_at": None,
                    "extra": {},
                }
                yield Change(
                    "enrollments", made["id"], made["school_id"], made["user_id"], None, made
                )


def _is_student(row: Values) -> bool:
    return bool(row["role"] == "student")


def _name(user: Values) -> str:
    return f"{user['family_name']}\u2009{user['given_name']}"


def _all_next(grades: Iterable[str], last: str) -> list[str]:
    """The grades of a class of several a year later; the youngest are not known yet."""
    return [next_grade(grade) for grade in grades if grade != last and next_grade(grade)]
