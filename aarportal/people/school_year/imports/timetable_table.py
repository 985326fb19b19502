"""The timetables of a school as a table: read, and written; pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aarportal.core import subjects
from aarportal.core.tables.cells import is_blank
from aarportal.core.tables.dates import plain
from aarportal.core.tables.sheets import Row, Sheet
from aarportal.core.tables.writing import as_meant
from aarportal.people.attendance.lessons import Slot
from aarportal.people.roster.names import search_key
from aarportal.people.school_year.imports.columns import DAY_COLUMNS, Problem

HEADERS = ("年組", "曜日", "校時", "教科", "教員")
WEEKDAYS = "月火水木金土"
_WEEKDAYS = {
    **{f"{name}{tail}": n for n, name in enumerate(WEEKDAYS, 1) for tail in ("", "曜", "曜日")},
    **DAY_COLUMNS,
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
    **{str(n): n for n in range(1, 7)},
}  # fmt: skip
_PERIOD = re.compile(r"第?([1-8])(?:校時|時間目|時限目?|限目?|時|コマ目?)?")
_CLASS = re.compile(r"([1-9])(?:学?年|[-‐‑−–—ー_のノ・./])(.{1,20}?)(?:組|学級|クラス)?")
#: Lessons that tables name by what is done in them; all of them are 特別活動.
_TOKKATSU = frozenset(
    {
        "学活", "クラブ", "クラブ活動", "委員会", "委員会活動", "児童会", "児童会活動", "生徒会",
        "生徒会活動", "学校行事", "ロング", "ホームルーム",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Teacher:
    """Somebody who may be named in a table."""

    id: UUID
    family_name: str
    given_name: str
    username: str

    @property
    def name(self) -> str:
        """Family name, space, given name."""
        return f"{self.family_name} {self.given_name}".strip()


@dataclass(frozen=True)
class People:
    """What a table may name.

    Attributes:
        classes: Id -> title.
        homerooms: Those that are 学級; a name that others have as well means one of these.
        teachers: Whoever teaches, or stands in a timetable.
    """

    classes: Mapping[UUID, str]
    homerooms: Collection[UUID]
    teachers: Sequence[Teacher]


Slots = dict[tuple[int, int], Slot]


def read(
    sheet: Sheet, columns: Mapping[str, str], people: People
) -> tuple[dict[UUID, Slots], list[Problem]]:
    """The week of each class that a table names, and what is wrong with its lines.

    A line is one lesson, or one period of a class with a column for each weekday.
    """
    reader = _Reader(sheet, columns, people)
    found: dict[UUID, Slots] = {}
    problems: list[Problem] = []
    for row in sheet.rows:
        try:
            for class_id, at, slot, column in reader.read(row):
                slots = found.setdefault(class_id, {})
                if slots.setdefault(at, slot) != slot:
                    cell = f"{people.classes[class_id]} {WEEKDAYS[at[0] - 1]}{at[1]}"
                    problems.append(Problem(row.line, column, "slot_twice", cell))
        except _LineError as error:
            problems.append(error.problem)
    return found, problems


class _LineError(Exception):
    """A line that cannot be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.rule)
        self.problem = problem


class _Reader:
    """Reads the lines of one table."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, str], people: People) -> None:
        self._places = {field: sheet.headers.index(it) for field, it in columns.items()}
        self._columns = columns
        self._homerooms = people.homerooms
        self._classes = _index((class_key(it), key) for key, it in people.classes.items())
        self._exact = _index((search_key(it), key) for key, it in people.classes.items())
        self._teachers = _index(
            (key, it.id)
            for it in people.teachers
            for key in {search_key(it.name), search_key(it.family_name), search_key(it.username)}
        )
        self._whole = _index((search_key(it.name), it.id) for it in people.teachers)

    def read(self, row: Row) -> Iterator[tuple[UUID, tuple[int, int], Slot, str]]:
        """The lessons of a line, each with its class, its place and the column of its subject.

        Raises:
            _LineError: If it cannot be taken.
        """
        days = [field for field in DAY_COLUMNS if field in self._columns]
        named = [field for field in (days or ["subject"]) if not is_blank(self._cell(row, field))]
        if not named:
            return
        class_id, period = self._class(row), self._period(row)
        teacher_id = self._teacher(row)
        for field in named:
            weekday = DAY_COLUMNS[field] if days else self._weekday(row)
            slot = Slot(self._subject(row, field), teacher_id)
            yield class_id, (weekday, period), slot, self._columns[field]

    def _cell(self, row: Row, field: str) -> str:
        place = self._places.get(field)
        if place is None or place >= len(row.cells):
            return ""
        return as_meant(row.cells[place])

    def _error(self, row: Row, field: str, rule: str, cell: str = "") -> _LineError:
        said = cell or self._cell(row, field)
        return _LineError(Problem(row.line, self._columns.get(field, ""), rule, said))

    def _class(self, row: Row) -> UUID:
        field, said = "class", self._cell(row, "class")
        if "class" not in self._columns:
            field = "group"
            grade = plain(self._cell(row, "grade")).rstrip("年")
            said = f"{grade}年{plain(self._cell(row, 'group')).rstrip('組')}組"
        if is_blank(said):
            raise self._error(row, field, "value_needed")
        found = self._exact.get(search_key(said)) or self._classes.get(class_key(said), [])
        if len(found) > 1:
            found = [class_id for class_id in found if class_id in self._homerooms] or found
        if len(found) != 1:
            raise self._error(row, field, "class_several" if found else "class_unknown", said)
        return found[0]

    def _weekday(self, row: Row) -> int:
        said = plain(self._cell(row, "weekday")).lower().strip("()")
        if said not in _WEEKDAYS:
            raise self._error(row, "weekday", "weekday")
        return _WEEKDAYS[said]

    def _period(self, row: Row) -> int:
        found = _PERIOD.fullmatch(plain(self._cell(row, "period")).replace(" ", ""))
        if found is None:
            raise self._error(row, "period", "period")
        return int(found[1])

    def _subject(self, row: Row, field: str) -> str:
        key = subject_named(self._cell(row, field))
        if key is None:
            raise self._error(row, field, "subject_unknown")
        return key

    def _teacher(self, row: Row) -> UUID | None:
        said = self._cell(row, "teacher")
        if is_blank(said):
            return None
        key = search_key(said)
        found = self._whole.get(key) or self._teachers.get(key, [])
        if len(found) != 1:
            raise self._error(row, "teacher", "teacher_several" if found else "teacher_unknown")
        return found[0]


def _index(pairs: Iterable[tuple[object, UUID]]) -> dict[object, list[UUID]]:
    found: dict[object, list[UUID]] = {}
    for key, value in pairs:
        if value not in found.setdefault(key, []):
            found[key].append(value)
    return found


def class_key(title: str) -> object:
    """What 4年2組, 4-2 and ４の２ have in common."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", title))
    found = _CLASS.fullmatch(text)
    return (found[1], found[2].casefold()) if found else text.casefold()


def subject_named(text: str) -> str | None:
    """The key of the subject that a table names; None for anything that is none."""
    name = subjects.plain_name(text)
    if name in _TOKKATSU:
        return "tokkatsu"
    return subjects.NAMES.get(name) or subjects.NAMES.get(name.removesuffix("科"))


def rows(
    timetables: Mapping[UUID, Mapping[tuple[int, int], Slot]], people: People
) -> list[list[str]]:
    """Timetables as lines of a table, one for each lesson.

    Args:
        timetables: Class -> its week.
        people: The names of all classes and teachers in them.
    """
    names = _distinct(people.teachers)
    return [
        [
            people.classes[class_id],
            WEEKDAYS[weekday - 1],
            str(period),
            subjects.usual_name(slot.subject),
            names.get(slot.teacher_id, "") if slot.teacher_id else "",
        ]
        for class_id, slots in timetables.items()
        for (weekday, period), slot in sorted(slots.items())
    ]


def _distinct(teachers: Sequence[Teacher]) -> dict[UUID, str]:
    """A name for each teacher that means nobody else: the login name where two have the same."""
    keys = [search_key(it.name) for it in teachers]
    return {
        it.id: it.name if keys.count(search_key(it.name)) == 1 else it.username for it in teachers
    }
