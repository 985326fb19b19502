"""The days of a school year, as they go into 指導要録.

Source: the columns of 賢者/ALP Okinawa's `KNJE150`; 指導要録 for the two sums.
"""

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import OFFICE, Column, Fact, Kind, Reading, over_a_year
from aarportal.core.ownership import Classification, Relation
from aarportal.core.words import mark

_COUNTS = (
    "lesson_days",
    "excused_days",
    "abroad_days",
    "required_days",
    "absent_days",
    "present_days",
    "late_days",
    "left_early_days",
)


def _read(cells: Cells) -> Reading | None:
    year = cells.year("school_year")
    counts = {name: cells.count(name) for name in _COUNTS}
    if not cells.problems:
        _check_sums(cells, counts)
    if not cells.problems and not any(count is not None for count in counts.values()):
        cells.refuse("lesson_days", "value_needed")
    remark = cells.text("remark")
    if year is None:
        return None
    fact = Fact("year_attendances", {"school_year": year}, {**counts, "remark": remark})
    present, required = counts["present_days"], counts["required_days"]
    return over_a_year(year, (fact,), said=f"{_or_dash(present)} / {_or_dash(required)}")


def _check_sums(cells: Cells, counts: dict[str, int | None]) -> None:
    """What the file says twice has to be the same; what it leaves out is not made up."""
    lessons, required = counts["lesson_days"], counts["required_days"]
    if lessons is not None and required is not None:
        away = (counts["excused_days"] or 0) + (counts["abroad_days"] or 0)
        if required != lessons - away:
            cells.refuse("required_days", "required_days")
    absent, present = counts["absent_days"], counts["present_days"]
    if required is None or absent is None or present is None:
        return
    if present != required - absent:
        cells.refuse("present_days", "present_days")


def _or_dash(count: int | None) -> str:
    return "-" if count is None else str(count)


KIND = Kind(
    key="attendance_yearly",
    label=mark("Attendance of a year"),
    about=mark("The days of a school year as the school reports them. They reach no chart."),
    classification=Classification.III,
    readers=frozenset({Relation.HOMEROOM, Relation.LEADS}),
    brought_by=OFFICE,
    tables=("year_attendances",),
    columns=(
        Column("school_year", mark("Academic year"), "年度 対象年度 schoolYear", is_needed=True),
        Column("lesson_days", mark("Days of lessons"), "授業日数"),
        Column(
            "excused_days",
            mark("Days suspended or in mourning"),
            "出席停止・忌引等の日数 出席停止忌引等日数 出停・忌引等 出停忌引日数",
        ),
        Column("abroad_days", mark("Days of lessons abroad"), "留学中の授業日数 留学日数"),
        Column(
            "required_days",
            mark("Days on which attendance was due"),
            "出席しなければならない日数 要出席日数 出席すべき日数",
        ),
        Column("absent_days", mark("Days absent"), "欠席日数 欠席"),
        Column("present_days", mark("Days present"), "出席日数 出席"),
        Column("late_days", mark("Days of coming later"), "遅刻 遅刻回数 遅刻日数"),
        Column("left_early_days", mark("Days of leaving early"), "早退 早退回数 早退日数"),
        Column("remark", mark("Remark"), "備考 出欠の記録備考"),
    ),
    read=_read,
    order=2,
)
