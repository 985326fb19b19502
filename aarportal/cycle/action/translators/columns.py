"""Which column of a table holds what; kept with the app, so that next time nobody has to say.

A person is named by an account: by 利用者識別子, by login name, or by the app's own account name.
School, class and 出席番号 are not offered, nor is 氏名. The number is given anew every April, and
when somebody comes or goes; a file of last year would be read onto another child. Names are shared.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from aarportal.core.tables.cells import DurationForm
from aarportal.core.tables.heads import header_key


class PersonKind(StrEnum):
    """What the column of persons holds."""

    MASTER_IDENTIFIER = "master_identifier"
    """利用者識別子 of the roster, a UUID."""
    USERNAME = "username"
    """The login name of the roster."""
    APP_ACCOUNT = "app_account"
    """A name that only the app knows; somebody has to say once whose it is."""


class MomentMeaning(StrEnum):
    """What the date and time of a row are those of."""

    END = "end"
    START = "start"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Names of columns as `Sheet.headers` has them; None where there is no such column.

    Attributes:
        person: Required.
        person_kind: What it holds.
        date: A day; required unless there is `moment`.
        time: A time of day, beside `date`.
        moment: A day with a time of day in one cell.
        moment_meaning: Whether the work began or ended then.
        spreadsheet_days: Whether `date` or `moment` hold bare day numbers of a spreadsheet.
        title: What it was about.
        subject: As schools write it (算数).
        unit: Name of the unit.
        unit_code: 学習指導要領コード.
        duration: How long it took.
        duration_form: How durations are written that do not say their units.
        items: Questions answered.
        correct: Those that were right; as a number, a percentage of the items, or 17/20.
        score: Points; a percentage and a fraction have their maximum in them.
        score_max: Highest number of points.
        attempt: Which attempt it was, counted from 1.
    """

    person: str | None = None
    person_kind: PersonKind = PersonKind.USERNAME
    date: str | None = None
    time: str | None = None
    moment: str | None = None
    moment_meaning: MomentMeaning = MomentMeaning.END
    spreadsheet_days: bool = False
    title: str | None = None
    subject: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    duration: str | None = None
    duration_form: DurationForm = DurationForm.MINUTES
    items: str | None = None
    correct: str | None = None
    score: str | None = None
    score_max: str | None = None
    attempt: str | None = None

    def used(self) -> dict[str, str]:
        """What is mapped: field -> name of the column."""
        return {name: column for name in COLUMN_FIELDS if (column := getattr(self, name))}

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain values, to be kept."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "ColumnMapping":
        """A mapping that was kept; what this version does not know is left out."""
        known = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        for name, kind in _CHOICES.items():
            if name in known:
                known[name] = kind(known[name])
        return cls(**known)


_CHOICES: dict[str, type[StrEnum]] = {
    "person_kind": PersonKind,
    "moment_meaning": MomentMeaning,
    "duration_form": DurationForm,
}
#: Fields of a mapping that name a column, in the order in which a page asks for them.
COLUMN_FIELDS = (
    "person",
    "date",
    "time",
    "moment",
    "title",
    "subject",
    "unit",
    "unit_code",
    "duration",
    "items",
    "correct",
    "score",
    "score_max",
    "attempt",
)

#: Field -> usual names of its column, the most telling first; compared without space, case, marks.
_NAMES: dict[str, tuple[str, ...]] = {
    "person": (
        "利用者識別子",
        "userMasterIdentifier",
        "masterIdentifier",
        "ユーザーID",
        "ユーザID",
        "利用者ID",
        "ログインID",
        "ログイン名",
        "ユーザー名",
        "ユーザ名",
        "アカウント",
        "アカウントID",
        "アカウント名",
        "児童生徒ID",
        "生徒ID",
        "児童ID",
        "学習者ID",
        "会員ID",
        "userId",
        "username",
        "user",
        "loginId",
        "login",
        "account",
        "accountName",
        "studentId",
        "learnerId",
        "email",
        "メールアドレス",
        "ID",
    ),
    "moment": (
        "終了日時",
        "完了日時",
        "提出日時",
        "解答日時",
        "回答日時",
        "学習終了日時",
        "実施日時",
        "学習日時",
        "受験日時",
        "日時",
        "記録日時",
        "タイムスタンプ",
        "開始日時",
        "学習開始日時",
        "endTime",
        "endedAt",
        "completedAt",
        "finishedAt",
        "submittedAt",
        "dateTime",
        "timestamp",
        "startTime",
        "startedAt",
    ),
    "date": (
        "学習日",
        "実施日",
        "終了日",
        "提出日",
        "受験日",
        "解答日",
        "日付",
        "年月日",
        "実施年月日",
        "日",
        "開始日",
        "date",
        "day",
    ),
    "time": (
        "終了時刻",
        "終了時間",
        "時刻",
        "実施時刻",
        "開始時刻",
        "開始時間",
        "time",
        "clock",
    ),
    "title": (
        "教材名",
        "教材",
        "タイトル",
        "題名",
        "課題名",
        "課題",
        "ドリル名",
        "ドリル",
        "テスト名",
        "テスト",
        "問題名",
        "コンテンツ名",
        "コンテンツ",
        "コース名",
        "内容",
        "学習内容",
        "title",
        "name",
        "content",
        "activity",
        "lesson",
        "quiz",
    ),
    "subject": ("教科", "教科名", "科目", "科目名", "subject"),
    "unit": ("単元", "単元名", "小単元", "unit", "unitName", "unitTitle", "topic"),
    "unit_code": (
        "学習指導要領コード",
        "指導要領コード",
        "単元コード",
        "courseOfStudyCode",
        "unitCode",
    ),
    "duration": (
        "学習時間",
        "所要時間",
        "解答時間",
        "回答時間",
        "利用時間",
        "取組時間",
        "取り組み時間",
        "視聴時間",
        "経過時間",
        "時間",
        "分",
        "秒",
        "minutes",
        "seconds",
        "duration",
        "timeSpent",
    ),
    "items": (
        "問題数",
        "解答数",
        "回答数",
        "解いた数",
        "取り組んだ問題数",
        "出題数",
        "設問数",
        "総問題数",
        "items",
        "questions",
        "answered",
        "total",
    ),
    "correct": ("正解数", "正答数", "正解率", "正答率", "正解", "正答", "correct", "accuracy"),
    "score": ("得点", "点数", "スコア", "score", "points", "result"),
    "score_max": ("満点", "配点", "最高点", "最大点", "maxScore", "scoreMax", "maxPoints"),
    "attempt": ("回", "回数", "回目", "受験回数", "実施回数", "挑戦回数", "attempt", "try"),
}
_MASTER = frozenset({"利用者識別子", "usermasteridentifier", "masteridentifier"})
_OWN_ACCOUNT = frozenset({"会員id", "学習者id", "learnerid", "accountname"})
_RATES = frozenset({"正解率", "正答率", "正解率(%)", "正答率(%)", "accuracy"})
_BRACKETS = re.compile(r"\(([^()]*)\)\Z")


_FIELDS = {
    header_key(name): (field, rank)
    for field, names in _NAMES.items()
    for rank, name in enumerate(names)
}


def _known(header: str) -> tuple[str, int] | None:
    """The field and the rank of a header, with or without the unit in brackets after it."""
    key = header_key(header)
    return _FIELDS.get(key) or _FIELDS.get(_BRACKETS.sub("", key))


def is_known(header: str) -> bool:
    """Whether a text is a usual name of a column, by which a header is found."""
    return _known(header) is not None


def guess(headers: Iterable[str]) -> ColumnMapping:
    """The mapping that the usual names of columns suggest; somebody has to look at it."""
    best: dict[str, tuple[int, str]] = {}
    for header in headers:
        found = _known(header)
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], header)
    chosen: dict[str, Any] = {field: header for field, (_, header) in best.items()}
    if (
        "items" not in chosen
        and "score" not in chosen
        and header_key(chosen.get("correct", "")) in _RATES
    ):
        # A rate alone tells no number of answers.
        chosen["score"] = chosen.pop("correct")
    if "moment" in chosen:
        chosen.pop("date", None)
        chosen.pop("time", None)
    when = f"{chosen.get('moment', '')}{chosen.get('date', '')}{chosen.get('time', '')}"
    if "開始" in when or "start" in when.lower():
        chosen["moment_meaning"] = MomentMeaning.START
    if "duration" in chosen:
        chosen["duration_form"] = _duration_form(chosen["duration"])
    person = header_key(chosen.get("person", ""))
    if person in _MASTER:
        chosen["person_kind"] = PersonKind.MASTER_IDENTIFIER
    elif person in _OWN_ACCOUNT:
        chosen["person_kind"] = PersonKind.APP_ACCOUNT
    return ColumnMapping(**chosen)


def _duration_form(header: str) -> DurationForm:
    """The unit that a header names; minutes without one."""
    key = header_key(header)
    unit = found[1] if (found := _BRACKETS.search(key)) else key
    if unit in {"分:秒", "分秒", "mm:ss", "m:ss"}:
        return DurationForm.MINUTES_SECONDS
    if unit in {"時:分", "時分", "h:mm", "hh:mm"}:
        return DurationForm.HOURS_MINUTES
    if unit in {"秒", "秒数", "s", "sec", "seconds"}:
        return DurationForm.SECONDS
    return DurationForm.MINUTES
