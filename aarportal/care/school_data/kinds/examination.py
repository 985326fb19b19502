"""Results of examinations that another system held: MEXCBT, EduSurvey, 学力調査."""

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import OFFICE, Column, Fact, Kind, Reading, on_a_day
from aarportal.core.ownership import Classification, Relation
from aarportal.core.words import mark

_AMOUNTS = ("score", "score_max", "correct", "items")


def _read(cells: Cells) -> Reading | None:
    day, title = cells.day("day"), cells.needed("title")
    values = {name: cells.amount(name) for name in _AMOUNTS}
    values |= {name: cells.text(name) for name in ("level", "remark")}
    if not any(values.values()) and not cells.problems:
        cells.refuse("score", "value_needed")
    if day is None or not title:
        return None
    subject = cells.text("subject")
    key = {"day": day, "title": title, "subject": subject}
    said = values["score"] or values["correct"] or values["level"]
    place = f"{day.isoformat()} {title} {subject}".strip()
    return on_a_day(day, (Fact("examination_results", key, values),), place=place, said=said)


KIND = Kind(
    key="examination",
    label=mark("Results of examinations"),
    about=mark(
        "MEXCBT, EduSurvey and other examinations. Pupils see them on a page that they open on "
        "purpose, and nowhere else. They reach no chart."
    ),
    classification=Classification.II,
    readers=frozenset({Relation.SELF, Relation.HOMEROOM, Relation.LEADS}),
    brought_by=OFFICE,
    tables=("examination_results",),
    columns=(
        Column("day", mark("Day"), "実施日 受検日 受験日 調査日 日付 年月日 date", is_needed=True),
        Column(
            "title",
            mark("Examination"),
            "調査名 テスト名 試験名 検査名 問題セット名 アセスメント名 テスト title",
            is_needed=True,
        ),
        Column("subject", mark("Subject"), "教科 教科名 科目 subject"),
        Column("score", mark("Points"), "得点 点数 スコア IRTスコア 正答率 score"),
        Column("score_max", mark("Most points"), "満点 配点 scoreMax maxScore"),
        Column("correct", mark("Right answers"), "正答数 正解数 correct"),
        Column("items", mark("Questions"), "問題数 設問数 items"),
        Column("level", mark("Level"), "学力レベル レベル IRTバンド バンド 段階 level"),
        Column("remark", mark("Remark"), "備考 コメント note"),
    ),
    read=_read,
    order=6,
)
