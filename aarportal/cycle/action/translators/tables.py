"""Rows of a table as xAPI statements, by a mapping that says which column holds what.

A statement says what the row says and nothing of the import, the file or the line: the same row of
another export, saved by another spreadsheet in another encoding, is the same statement, and
importing it again changes nothing. Rows that are equal in everything that is mapped are told apart
by counting them.

Source: ICT CONNECT 21, Japan xAPI Assessment Profile v1.0.0, for rows with questions or points.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

import msgspec

from aarportal.core.tables.sheets import Sheet
from aarportal.cycle.action.translators import OURS, Translated
from aarportal.cycle.action.translators.columns import ColumnMapping
from aarportal.cycle.action.translators.rows import CellProblem, RowReader, Work
from aarportal.cycle.action.vocabulary import COURSE_OF_STUDY_CODE, SUBJECT, UNIT

#: Category of every statement that comes from a row of a table.
CATEGORY = OURS + "table:row"
#: Result extensions: questions answered, and those of them that were right.
ITEMS = OURS + "table:items"
CORRECT = OURS + "table:correct"
#: Context extension, true where a row gives the day and not the time of day.
DAY_ONLY = OURS + "table:day-only"
#: Result extension: which attempt; the ending is that of the Digital Agency's study-log profile.
ATTEMPT_COUNT = OURS + "table:/xapi/resultextension/count"
_ASSESSMENT_PROFILE = "https://w3id.org/japan-xapi/profiles/assessment/v1.0.0"

_COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}
_EXPERIENCED = {
    "id": "http://adlnet.gov/expapi/verbs/experienced",
    "display": {"en": "experienced"},
}
_ASSESSMENT_TYPE = "http://adlnet.gov/expapi/activities/assessment"
_LESSON_TYPE = "http://adlnet.gov/expapi/activities/lesson"

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that became no statement.

    Attributes:
        line: Where the row begins, as an editor counts.
        cells: What is wrong with it, at least one.
    """

    line: int
    cells: tuple[CellProblem, ...]


def check(sheet: Sheet, mapping: ColumnMapping) -> list[CellProblem]:
    """What is wrong with a mapping for this table; nothing can be read until it is mended."""
    used = mapping.used()
    problems = [
        CellProblem(column, "column_missing")
        for column in used.values()
        if column not in sheet.headers
    ]
    times = Counter(used.values())
    problems += [CellProblem(column, "column_twice") for column, n in times.items() if n > 1]
    if not mapping.person:
        problems.append(CellProblem("", "column_needed", "person"))
    if not mapping.moment and not mapping.date:
        problems.append(CellProblem("", "column_needed", "date"))
    if mapping.moment and (mapping.date or mapping.time):
        problems.append(CellProblem("", "choose_date_or_moment"))
    return problems


def translate(  # noqa: PLR0913 - each of them is another thing that a table does not say itself
    sheet: Sheet,
    mapping: ColumnMapping,
    *,
    app_id: UUID,
    home_page: str,
    zone: tzinfo,
    not_after: date | None = None,
) -> Iterator[Translated | RowProblem]:
    """One statement or problem for each row, in order; consuming them is all that a dry run is.

    Args:
        sheet: The table.
        mapping: Which column holds what.
        app_id: The app whose table it is; ids of statements hang on it.
        home_page: IRI of where the names of persons are from: one of the app's home pages under
            which it uses the roster's names, or its own for `PersonKind.APP_ACCOUNT`.
        zone: The clock of whoever wrote the table.
        not_after: A later day is a problem; None takes any.
    """
    problems = tuple(check(sheet, mapping))
    numbers = {header: number for number, header in enumerate(sheet.headers)}
    places = {
        field: numbers[column] for field, column in mapping.used().items() if column in numbers
    }
    seen: Counter[str] = Counter()
    for row in sheet.rows:
        if problems:
            yield RowProblem(row.line, problems)
            continue
        reader = RowReader(row, mapping, places, len(sheet.headers))
        work = reader.work(zone, not_after)
        if work is None:
            yield RowProblem(row.line, tuple(reader.problems))
            continue
        said = _ENCODER.encode(work.content()).decode()
        seen[said] += 1
        id_ = uuid5(app_id, f"{said} {seen[said]}")
        statement = {"id": str(id_), **_statement(work, app_id, home_page)}
        # Columns that are not mapped, a child's name among them, are not needed and not kept.
        source = {
            sheet.headers[place]: row.cells[place]
            for place in places.values()
            if place < len(row.cells)
        }
        yield Translated(row.line, id_, _ENCODER.encode(statement), _ENCODER.encode(source))


# --- the statement ------------------------------------------------------------------------------


def _statement(work: Work, app_id: UUID, home_page: str) -> dict[str, Any]:
    """The statement that says what a row says."""
    is_assessment = work.items is not None or work.score is not None
    categories = [{"id": CATEGORY}]
    if is_assessment:
        categories.append({"id": _ASSESSMENT_PROFILE})
    context: dict[str, Any] = {
        "language": "ja-JP",
        "contextActivities": {"category": categories},
    }
    if not work.moment.has_time:
        context["extensions"] = {DAY_ONLY: True}
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": home_page, "name": work.person}},
        "verb": _COMPLETED if is_assessment else _EXPERIENCED,
        "object": _activity(work, app_id, is_assessment=is_assessment),
        "timestamp": work.moment.at.astimezone(UTC).isoformat(),
        "context": context,
        **({"result": result} if (result := _result(work)) else {}),
    }


def _activity(work: Work, app_id: UUID, *, is_assessment: bool) -> dict[str, Any]:
    """What was worked on: the same title in the same unit is the same activity."""
    said = _ENCODER.encode(work.topic()).decode()
    core = {SUBJECT: work.subject, UNIT: work.unit, COURSE_OF_STUDY_CODE: work.unit_code}
    definition: dict[str, Any] = {"type": _ASSESSMENT_TYPE if is_assessment else _LESSON_TYPE}
    if title := work.title or work.unit or work.subject:
        definition["name"] = {"ja-JP": title}
    if extensions := {key: [value] for key, value in core.items() if value}:
        definition["extensions"] = extensions
    return {
        "objectType": "Activity",
        "id": f"urn:uuid:{uuid5(app_id, said)}",
        "definition": definition,
    }


def _result(work: Work) -> dict[str, Any]:
    """Score, duration, counts."""
    result: dict[str, Any] = {}
    raw: Fraction | int | None = work.score
    highest: Fraction | int | None = work.score_max
    if raw is None:
        raw, highest = work.correct, work.items
    if raw is not None:
        score = {"raw": _json_number(raw)}
        if highest:
            score = {
                "scaled": round(float(Fraction(raw) / highest), 7),
                **score,
                "min": 0,
                "max": _json_number(highest),
            }
        result["score"] = score
    if work.items is not None or work.score is not None:
        result["completion"] = True
    if work.seconds is not None:
        result["duration"] = f"PT{work.seconds}S"
    counts = {ITEMS: work.items, CORRECT: work.correct, ATTEMPT_COUNT: work.attempt}
    if extensions := {key: value for key, value in counts.items() if value is not None}:
        result["extensions"] = extensions
    return result


def _json_number(number: Fraction | int) -> float | int:
    return int(number) if Fraction(number).denominator == 1 else float(number)
