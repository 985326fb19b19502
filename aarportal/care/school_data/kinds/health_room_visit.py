"""Visits of the health room."""

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import (
    HEALTH_ROOM,
    Column,
    Fact,
    Kind,
    Reading,
    on_a_day,
)
from aarportal.core.ownership import Classification, Relation
from aarportal.core.words import mark


def _read(cells: Cells) -> Reading | None:
    day = cells.day("day")
    values = {name: cells.text(name) for name in ("reason", "symptom", "treatment", "outcome")}
    values["temperature"] = cells.temperature("temperature")
    if day is None:
        return None
    key = {"day": day, "time": cells.time("time")}
    return on_a_day(day, (Fact("health_room_visits", key, values),))


KIND = Kind(
    key="health_room_visit",
    label=mark("Visits of the health room"),
    about=mark("Who came to the health room, and why. Nothing of it reaches a chart."),
    classification=Classification.II,
    readers=frozenset({Relation.HOMEROOM, Relation.HEALTH}),
    brought_by=HEALTH_ROOM,
    tables=("health_room_visits",),
    columns=(
        Column("day", mark("Day"), "日付 来室日 来室年月日 年月日 日 date", is_needed=True),
        Column("time", mark("Time of day"), "時刻 来室時刻 時間 来室時間 time"),
        Column("reason", mark("Reason"), "理由 来室理由 区分 種別 来室区分"),
        Column("symptom", mark("Symptom"), "症状 主訴 傷病名 けが・病気 部位"),
        Column("temperature", mark("Temperature"), "体温 検温 temperature"),
        Column("treatment", mark("Treatment"), "処置 対応 手当 処置内容"),
        Column("outcome", mark("Afterwards"), "転帰 結果 その後 退室後 帰室 退室"),
    ),
    read=_read,
    order=4,
)
