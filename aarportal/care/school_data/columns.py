"""Which column of a table holds what; kept for the school, so that next time nobody has to say.

A pupil is named by an identifier, or by class, 出席番号 and name together: a number alone is given
anew every April, and names are shared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from aarportal.care.school_data.kinds import Column, Kind
from aarportal.core.tables.heads import header_key
from aarportal.core.words import mark


class PersonKind(StrEnum):
    """By what a table names pupils."""

    STUDENT_NUMBER = "student_number"
    """学籍番号 (`identifier` of the roster)."""
    MASTER_IDENTIFIER = "master_identifier"
    USERNAME = "username"
    SOURCED_ID = "sourced_id"
    SEAT = "seat"
    """Class, 出席番号 and name, which have to fit together."""


#: What a table may name pupils by, for people.
PERSON_KINDS = {
    PersonKind.STUDENT_NUMBER: mark("Student number of the school"),
    PersonKind.MASTER_IDENTIFIER: mark("Master identifier of the roster (UUID)"),
    PersonKind.USERNAME: mark("Login name of the roster"),
    PersonKind.SOURCED_ID: mark("sourcedId of the roster"),
    PersonKind.SEAT: mark("Class, number and name together"),
}

#: Columns that say whose a row is.
PERSON_COLUMNS = (
    Column(
        "person",
        mark("Identifier of the pupil"),
        "学籍番号 利用者識別子 userMasterIdentifier masterIdentifier UUID ログインID "
        "ユーザーID ユーザID 利用者ID ユーザー名 username loginId sourcedId 児童生徒番号 "
        "児童生徒コード 生徒番号 児童番号 児童生徒ID 生徒ID 児童ID 個人番号 studentNumber ID",
    ),
    Column(
        "class_title",
        mark("Class, with its grade"),
        "年組 学年組 学級 学級名 クラス クラス名 class",
    ),
    Column("grade", mark("Grade"), "学年 年 grade"),
    Column("group", mark("Class within the grade"), "組 学級記号 組名"),
    Column("number", mark("Number in the class"), "出席番号 番号 番 No 席番 出席No"),
    Column("name", mark("Name"), "氏名 児童生徒氏名 生徒氏名 児童氏名 名前 name"),
)
_KINDS_BY_NAME = {
    **dict.fromkeys(("学籍番号", "studentnumber", "児童生徒番号"), PersonKind.STUDENT_NUMBER),
    **dict.fromkeys(("児童生徒コード", "生徒番号", "児童番号"), PersonKind.STUDENT_NUMBER),
    **dict.fromkeys(("利用者識別子", "usermasteridentifier"), PersonKind.MASTER_IDENTIFIER),
    **dict.fromkeys(("masteridentifier", "uuid"), PersonKind.MASTER_IDENTIFIER),
    "sourcedid": PersonKind.SOURCED_ID,
}


@dataclass(frozen=True, slots=True)
class ColumnsSaid:
    """What somebody said about the columns of a table.

    Attributes:
        columns: Key of a column -> its name in `Sheet.headers`.
        person_kind: By what it names pupils.
        choices: What the table does not say itself.
        spreadsheet_days: Whether days are bare day numbers of a spreadsheet.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    person_kind: PersonKind = PersonKind.STUDENT_NUMBER
    choices: Mapping[str, str] = field(default_factory=dict)
    spreadsheet_days: bool = False

    def as_json(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "ColumnsSaid":
        """What was kept."""
        return cls(**{**kept, "person_kind": PersonKind(kept["person_kind"])})

    def choices_for(self, kind: Kind) -> dict[str, str]:
        """What was chosen, or what is usual."""
        return {each.key: self.choices.get(each.key, each.options[0][0]) for each in kind.choices}

    def within(self, headers: Sequence[str]) -> "ColumnsSaid":
        """The same without the columns that a table does not have."""
        there = {key: name for key, name in self.columns.items() if name in headers}
        return ColumnsSaid(there, self.person_kind, self.choices, self.spreadsheet_days)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """Every column that a table of a kind may have, in the order in which a page asks for them."""
    return PERSON_COLUMNS + kind.columns


def is_usual(kind: Kind, header: str) -> bool:
    """Whether a text is a usual name of a column, by which a header is found."""
    return header_key(header) in _keys(kind)


@cache
def _keys(kind: Kind) -> dict[str, tuple[str, int]]:
    """Usual name -> its column, and how telling it is."""
    return {
        header_key(name): (column.key, rank)
        for column in reversed(columns_of(kind))
        for rank, name in enumerate(column.names)
    }


def guess(kind: Kind, headers: Iterable[str]) -> ColumnsSaid:
    """What the usual names of columns suggest; somebody has to look at it."""
    known = _keys(kind)
    best: dict[str, tuple[int, str]] = {}
    for header in headers:
        if found := known.get(header_key(header)):
            column, rank = found
            if column not in best or rank < best[column][0]:
                best[column] = (rank, header)
    columns = {column: header for column, (_, header) in best.items()}
    return ColumnsSaid(columns, _person_kind(columns))


def _person_kind(columns: Mapping[str, str]) -> PersonKind:
    if "person" in columns:
        return _KINDS_BY_NAME.get(header_key(columns["person"]), PersonKind.USERNAME)
    return PersonKind.SEAT if "number" in columns else PersonKind.STUDENT_NUMBER


def problems(kind: Kind, said: ColumnsSaid, headers: Sequence[str]) -> list[tuple[str, str]]:
    """What is wrong with it for a table: (key of the column, rule)."""
    times = Counter(said.columns.values())
    found = [
        (key, "column_missing" if name not in headers else "column_twice")
        for key, name in said.columns.items()
        if name not in headers or times[name] > 1
    ]
    needed = [column.key for column in kind.columns if column.is_needed]
    if said.person_kind is PersonKind.SEAT:
        by_parts = {"grade", "group"} <= said.columns.keys()
        needed += ["number", "name", *([] if by_parts else ["class_title"])]
    else:
        needed.append("person")
    return found + [(key, "column_needed") for key in needed if key not in said.columns]
