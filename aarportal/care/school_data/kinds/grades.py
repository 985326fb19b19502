"""Grades: three 観点, the 評定 and a remark, a row for a pupil, a term and a subject.

Source: 小学校・中学校 指導要録 (2019): 観点 in three steps A, B, C; 評定 1 to 3 from grade 3 of
primary school, 1 to 5 in lower secondary school.
"""

from aarportal.care.school_data.kinds._cells import Cells
from aarportal.care.school_data.kinds._kind import (
    OFFICE,
    Choice,
    Column,
    Fact,
    Kind,
    Reading,
    over_a_year,
)
from aarportal.core.ownership import Classification, Relation
from aarportal.core.words import mark

#: What a part of a report is called, for people, in the order of a report.
ASPECTS = {
    "knowledge": mark("Knowledge and skills"),
    "thinking": mark("Thinking, judging, expressing"),
    "attitude": mark("Attitude to learning"),
    "rating": mark("Rating"),
    "remark": mark("Remark"),
}
_OBSERVATIONS = ("knowledge", "thinking", "attitude")
_STEPS = {
    **dict.fromkeys(("A", "a", "◎"), "A"),
    **dict.fromkeys(("B", "b", "○", "◯", "〇"), "B"),
    **dict.fromkeys(("C", "c", "△"), "C"),
    # 観点 of a pupil who was away all term.
    "/": "/",
}
_MOST = {"three": 3, "five": 5}


def _read(cells: Cells) -> Reading | None:
    year, term = cells.year("school_year"), cells.term("term")
    subject = cells.needed("subject")
    values = {name: cells.text(name) for name in ASPECTS}
    for name in _OBSERVATIONS:
        if values[name]:
            values[name] = cells.one_of(name, _STEPS, "observation") or ""
    if values["rating"]:
        ratings = {str(n): str(n) for n in range(1, _MOST[cells.choices["ratings"]] + 1)}
        values["rating"] = cells.one_of("rating", {**ratings, "/": "/"}, "rating") or ""
    if year is None or not term or not subject:
        return None
    facts = tuple(
        Fact(
            "school_grades",
            {"school_year": year, "term": term, "subject": subject, "aspect": name},
            {"value": value},
        )
        for name, value in values.items()
        if value
    )
    if not facts and not cells.problems:
        cells.refuse("rating", "value_needed")
    marks = " ".join(value for name, value in values.items() if value and name != "remark")
    return over_a_year(year, facts, place=f"{year} {term} {subject}", said=marks)


KIND = Kind(
    key="grades",
    label=mark("Grades"),
    about=mark(
        "Pupils see them on a page that they open on purpose, and nowhere else. They reach no "
        "chart."
    ),
    classification=Classification.II,
    readers=frozenset({Relation.SELF, Relation.HOMEROOM, Relation.LEADS}),
    brought_by=OFFICE,
    tables=("school_grades",),
    columns=(
        Column("school_year", mark("Academic year"), "年度 対象年度 schoolYear", is_needed=True),
        Column("term", mark("Term"), "学期 期 term"),
        Column("subject", mark("Subject"), "教科 教科名 科目 科目名 subject", is_needed=True),
        Column("knowledge", mark("Knowledge and skills"), "知識・技能 観点1 観点① 知技"),
        Column(
            "thinking", mark("Thinking, judging, expressing"), "思考・判断・表現 観点2 観点② 思判表"
        ),
        Column(
            "attitude",
            mark("Attitude to learning"),
            "主体的に学習に取り組む態度 観点3 観点③ 主体的 態度",
        ),
        Column("rating", mark("Rating"), "評定 評価 段階 rating"),
        Column("remark", mark("Remark"), "所見 備考 コメント"),
    ),
    choices=(
        Choice(
            "ratings",
            mark("Steps of ratings"),
            (
                ("three", mark("1 to 3 (primary school)")),
                ("five", mark("1 to 5 (lower secondary school)")),
            ),
        ),
    ),
    read=_read,
    order=5,
)
