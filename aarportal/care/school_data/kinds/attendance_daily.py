"""The list of attendance, a row for a pupil and a day.

Source: columns of daily attendance in school-office systems and parents' apps; there is no
published list of fields of 生活活動.
"""

import re
import unicodedata

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import OFFICE, Column, Fact, Kind, Reading, on_a_day
from aarportal.core.ownership import Classification, Relation
from aarportal.core.tables.dates import plain
from aarportal.core.words import mark

#: What a mark is called, for people.
MARKS = {
    "present": mark("Present"),
    "absent": mark("Absent"),
    "sick": mark("Absent, ill"),
    "private": mark("Absent for private reasons"),
    "hospital": mark("In hospital"),
    "unknown": mark("Absent, reason unknown"),
    "suspended": mark("Attendance suspended"),
    "mourning": mark("In mourning"),
    "official": mark("Away officially"),
    "late": mark("Came later"),
    "left_early": mark("Left early"),
    "late_and_left_early": mark("Came later and left early"),
}
#: Of these marks the charts know that the day does not count, and nothing else.
_MASK = {
    **dict.fromkeys(("absent", "sick", "private", "hospital", "unknown"), "absent"),
    **dict.fromkeys(("suspended", "mourning", "official"), "excused"),
}
#: Mark -> how schools write it.
_WRITTEN = {
    "present": "出席 出 ○ ◯ 〇 在",
    "absent": "欠席 欠",
    "sick": "病欠 病気 病気欠席 傷病 体調不良",
    "private": "事故欠 事故欠席 事欠 家事都合 家庭の都合 私事",
    "hospital": "入院",
    "unknown": "理由不明 不明 無断欠席 連絡なし",
    "suspended": "出席停止 出停 感染症 学級閉鎖",
    "mourning": "忌引 忌引き",
    "official": "公欠 公認欠席",
    "late": "遅刻 遅",
    "left_early": "早退 早",
    "late_and_left_early": "遅刻早退 遅刻・早退 遅早",
}
_WORDS = {word: each for each, words in _WRITTEN.items() for word in words.split()}
_WITH_MORE = re.compile(r"(?P<mark>[^()]+?) ?\((?P<more>[^()]*)\)")


def _read(cells: Cells) -> Reading | None:
    day = cells.day("day")
    word = plain(cells.needed("mark"))
    more = ""
    if word not in _WORDS and (found := _WITH_MORE.fullmatch(word)):
        # 出席停止（インフルエンザ）, 欠席(病欠): the word in brackets may be a mark of its own.
        word, more = found["mark"], found["more"]
        if word == "欠席" and more in _WORDS:
            word, more = more, ""
    said = _WORDS.get(word)
    if word and said is None:
        cells.refuse("mark", "attendance_mark")
    values = {
        "mark": said,
        "reason": _both(unicodedata.normalize("NFC", more), cells.text("reason")),
        "time": cells.time("time"),
        "told_by": cells.text("told_by"),
        "remark": cells.text("remark"),
    }
    if day is None or said is None:
        return None
    kind = _MASK.get(said)
    mask = Fact("absent_days", {"day": day}, {"kind": kind} if kind else None)
    entry = Fact("attendance_entries", {"day": day}, values)
    return on_a_day(day, (entry, mask), said=word)


def _both(more: str, reason: str) -> str:
    """What the brackets and the column of reasons say, once where they say the same."""
    return reason if more in reason else "、".join(filter(None, (more, reason)))


KIND = Kind(
    key="attendance_daily",
    label=mark("Attendance, day by day"),
    about=mark(
        "Days of absence leave the charts: they count neither for nor against anybody. Reasons and "
        "late arrivals never reach a chart."
    ),
    classification=Classification.II,
    readers=frozenset({Relation.HOMEROOM, Relation.HEALTH}),
    brought_by=OFFICE,
    tables=("attendance_entries", "absent_days"),
    columns=(
        Column("day", mark("Day"), "日付 年月日 出欠日 欠席日 対象日 日 date", is_needed=True),
        Column(
            "mark",
            mark("Present or absent"),
            "区分 出欠区分 出欠 出欠状況 勤怠区分 欠席区分 連絡種別 種別 attendance",
            is_needed=True,
        ),
        Column("reason", mark("Reason"), "理由 欠席理由 事由 症状・病名 症状 病名 感染症名 reason"),
        Column("time", mark("Time of coming or leaving"), "時刻 登校時刻 早退時刻 到着時刻 time"),
        Column("told_by", mark("Who told it"), "登録者 連絡者 入力者 報告者"),
        Column("remark", mark("Remark"), "備考 メモ 連絡事項 その他 note"),
    ),
    read=_read,
    order=1,
)
