"""data.json of an export as plain values, pure; docs/handover-format.md describes it.

Field names stay as they are: another installation may read a file years later. New fields may
come, each with a default; whatever changes a meaning gets a new `manifests.VERSION`.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct, ValidationError, convert, json

from aarportal.insight.handover.known_values import KNOWN, Evidence
from aarportal.insight.handover.manifests import DATA, FORMAT, MANIFEST, VERSION, Manifest


class Name(Struct, frozen=True):
    """The name of the student, and the grade (P1 to J3) when the export was made."""

    family_name: str
    given_name: str
    middle_name: str = ""
    kana_family_name: str = ""
    kana_given_name: str = ""
    kana_middle_name: str = ""
    grade: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """Something with an id. The id of its first school stays, however often a student moves."""

    #: Field -> the field of `Contents` whose rows it names.
    refers: ClassVar[dict[str, str]] = {}

    id: UUID


class TeacherRow(Row, frozen=True, kw_only=True):
    """A teacher as the student knows them."""

    name: str


class AppRow(Row, frozen=True, kw_only=True):
    """A learning app."""

    title: str


class ClassRow(Row, frozen=True, kw_only=True):
    """A class in which the student learned."""

    title: str
    school: str
    grades: list[str]


class UnitRow(Row, frozen=True, kw_only=True):
    """A unit (単元) that the student worked on; the title may carry readings."""

    refers: ClassVar[dict[str, str]] = {"class_id": "classes"}

    class_id: UUID
    subject: str
    title: str
    code: str
    starts_on: date
    ends_before: date


class LapRow(Row, frozen=True, kw_only=True):
    """One lap (わ): 見通す, 学ぶ, ふりかえる."""

    refers: ClassVar[dict[str, str]] = {
        "class_id": "classes",
        "unit_id": "units",
        "prev_cycle_id": "laps",
        "next_cycle_id": "laps",
    }

    class_id: UUID
    subject: str
    unit_id: UUID | None
    kind: str
    state: str
    state_since: datetime
    opened_at: datetime
    opened_on: date
    acted_first_at: datetime | None
    reflected_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    goal_before: bool
    mid: str
    prompt_stage: int
    prev_cycle_id: UUID | None
    next_cycle_id: UUID | None


class GoalRow(Row, frozen=True, kw_only=True):
    """めあて."""

    refers: ClassVar[dict[str, str]] = {"cycle_id": "laps", "parent_goal_id": "goals"}

    cycle_id: UUID
    level: str
    parent_goal_id: UUID | None
    text: str
    author: str
    reach: str
    why_text: str
    amount_planned: int | None
    amount_unit: str
    strategies: list[str]
    due_on: date
    version: int
    confirmed_at: datetime
    state: str
    difficulty_ratio: float | None


class GoalVersionRow(Struct, frozen=True, kw_only=True):
    """How a goal read before it was revised."""

    refers: ClassVar[dict[str, str]] = {"goal_id": "goals"}

    goal_id: UUID
    version: int
    text: str
    amount_planned: int | None
    strategies: list[str]
    reason: str
    replaced_at: datetime


class CriterionRow(Row, frozen=True, kw_only=True):
    """できたの目じるし."""

    refers: ClassVar[dict[str, str]] = {"goal_id": "goals"}

    goal_id: UUID
    type: str
    target: int | None
    text: str
    source: str


class IfThenRow(Row, frozen=True, kw_only=True):
    """もし〜なら."""

    refers: ClassVar[dict[str, str]] = {"goal_id": "goals"}

    goal_id: UUID
    cue: str
    obstacle: str
    response: str
    state: str


class PlanRow(Row, frozen=True, kw_only=True):
    """よてい."""

    refers: ClassVar[dict[str, str]] = {"cycle_id": "laps"}

    cycle_id: UUID
    planned_on: date
    slot: str
    planned_amount: int | None
    state: str
    moved_count: int


class PredictionRow(Row, frozen=True, kw_only=True):
    """よそう."""

    refers: ClassVar[dict[str, str]] = {"cycle_id": "laps"}

    cycle_id: UUID
    predicted_correct: int
    of_items: int
    confidence: int | None
    made_at: datetime
    state: str


class ReflectionRow(Row, frozen=True, kw_only=True):
    """ふり返り."""

    refers: ClassVar[dict[str, str]] = {"cycle_id": "laps"}

    cycle_id: UUID
    state: str
    prompt_id: str
    text: str
    lang: str
    version: int
    submitted_at: datetime
    read_at: datetime | None


class ReflectionVersionRow(Struct, frozen=True, kw_only=True):
    """How a reflection read before it was revised."""

    refers: ClassVar[dict[str, str]] = {"reflection_id": "reflections"}

    reflection_id: UUID
    version: int
    text: str
    rating: int | None
    replaced_at: datetime


class RatingRow(Row, frozen=True, kw_only=True):
    """じこひょうか: 0 (まだ) to 3 (じぶんで)."""

    refers: ClassVar[dict[str, str]] = {"cycle_id": "laps", "criterion_id": "criteria"}

    cycle_id: UUID
    criterion_id: UUID | None
    value: int
    fact_met: bool | None
    made_at: datetime


class AttributionRow(Row, frozen=True, kw_only=True):
    """わけ."""

    refers: ClassVar[dict[str, str]] = {"reflection_id": "reflections"}

    reflection_id: UUID
    direction: str
    factors: list[str]


class FeedbackRow(Row, frozen=True, kw_only=True):
    """先生から."""

    refers: ClassVar[dict[str, str]] = {"reflection_id": "reflections", "teacher_id": "teachers"}

    reflection_id: UUID
    teacher_id: UUID
    kind: str
    text: str
    state: str
    sent_at: datetime
    seen_at: datetime | None
    reply: str


class AdjustmentRow(Row, frozen=True, kw_only=True):
    """つぎの工夫."""

    refers: ClassVar[dict[str, str]] = {"from_cycle_id": "laps", "to_cycle_id": "laps"}

    from_cycle_id: UUID
    to_cycle_id: UUID | None
    kind: str
    what: str
    to_value: str
    state: str
    proposed_at: datetime
    decided_at: datetime | None
    verdict: str


class RecordRow(Row, frozen=True, kw_only=True):
    """きろく: what an app told, or what the student wrote down by hand."""

    refers: ClassVar[dict[str, str]] = {"app_id": "apps", "cycle_id": "laps", "unit_id": "units"}

    app_id: UUID | None
    connector: str
    cycle_id: UUID | None
    unit_id: UUID | None
    subject: str
    unit_code: str
    title: str
    activity_id: str
    unit_title: str
    verb: str
    question_id: str
    attempt_id: str
    started_at: datetime
    ended_at: datetime
    day: date
    active_seconds: int
    own_duration: int | None
    has_time: bool
    items: int
    first_attempt_items: int
    first_attempt_correct: int
    retry_items: int
    retry_correct: int
    self_reported: bool
    state: str
    received_at: datetime
    statement_id: UUID | None
    """The xAPI id of the statement in statements.json that it was made of."""


class DoubtRow(Row, frozen=True, kw_only=True):
    """これは ちがう: a record that the student doubted, and what a teacher decided."""

    refers: ClassVar[dict[str, str]] = {"record_id": "records", "decided_by": "teachers"}

    record_id: UUID
    reason: str
    made_at: datetime
    decision: str
    explanation: str
    decided_by: UUID | None
    decided_at: datetime | None
    seen_at: datetime | None


class LetterRow(Row, frozen=True, kw_only=True):
    """学期の手紙; `evidence` has the words of laps as they stood."""

    year: int
    term: int
    evidence: list[dict[str, Any]]
    text: str
    lang: str
    made_at: datetime
    changed_at: datetime
    read_until: date


class DraftRow(Struct, frozen=True, kw_only=True):
    """What was begun and not handed in; only in an export that the student made."""

    refers: ClassVar[dict[str, str]] = {}

    form: str
    key: str
    rev: int
    content: dict[str, list[str]]
    other: dict[str, list[str]] | None
    saved_at: datetime


class Contents(Struct, frozen=True, kw_only=True):
    """Everything in data.json; rows stand in the order in which they were made."""

    student: Name
    teachers: list[TeacherRow] = []
    apps: list[AppRow] = []
    classes: list[ClassRow] = []
    units: list[UnitRow] = []
    laps: list[LapRow] = []
    goals: list[GoalRow] = []
    goal_versions: list[GoalVersionRow] = []
    criteria: list[CriterionRow] = []
    if_thens: list[IfThenRow] = []
    plans: list[PlanRow] = []
    predictions: list[PredictionRow] = []
    reflections: list[ReflectionRow] = []
    reflection_versions: list[ReflectionVersionRow] = []
    ratings: list[RatingRow] = []
    attributions: list[AttributionRow] = []
    feedback: list[FeedbackRow] = []
    adjustments: list[AdjustmentRow] = []
    records: list[RecordRow] = []
    doubts: list[DoubtRow] = []
    letters: list[LetterRow] = []
    drafts: list[DraftRow] = []
    format: str = FORMAT
    version: int = VERSION

    def counts(self) -> dict[str, int]:
        """Rows by kind."""
        return {kind: len(getattr(self, kind)) for kind in KINDS}

    def unknown(self) -> Iterator[str]:
        """Fields of rows with a value for which there are no words here."""
        for kind, fields in KNOWN.items():
            for name, values in fields.items():
                known = frozenset(values)
                for row in getattr(self, kind):
                    found = getattr(row, name)
                    items = found if isinstance(found, list) else [found]
                    if found is not None and not known.issuperset(items):
                        yield f"{kind}.{name}"
        for each in chain.from_iterable(letter.evidence for letter in self.letters):
            try:
                convert(each, Evidence)
            except ValidationError:
                yield "letters.evidence"


#: Kinds of rows, each after those that it refers to.
KINDS: tuple[str, ...] = tuple(
    name for name in Contents.__struct_fields__ if name not in {"student", "format", "version"}
)

ROWS: dict[str, type[Any]] = {
    "teachers": TeacherRow,
    "apps": AppRow,
    "classes": ClassRow,
    "units": UnitRow,
    "laps": LapRow,
    "goals": GoalRow,
    "goal_versions": GoalVersionRow,
    "criteria": CriterionRow,
    "if_thens": IfThenRow,
    "plans": PlanRow,
    "predictions": PredictionRow,
    "reflections": ReflectionRow,
    "reflection_versions": ReflectionVersionRow,
    "ratings": RatingRow,
    "attributions": AttributionRow,
    "feedback": FeedbackRow,
    "adjustments": AdjustmentRow,
    "records": RecordRow,
    "doubts": DoubtRow,
    "letters": LetterRow,
    "drafts": DraftRow,
}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of data.json and manifest.json, as docs/ has it."""
    shapes = {DATA: Contents, MANIFEST: Manifest}
    (data, manifest), parts = json.schema_components(shapes.values(), ref_template="#/$defs/{name}")
    for kind, fields in KNOWN.items():
        properties = parts[ROWS[kind].__name__]["properties"]
        for name, values in fields.items():
            shape = properties[name]
            choice = shape["items"] if shape.get("type") == "array" else shape
            # What may be null says so in a choice of its own.
            for each in choice.get("anyOf", [choice]):
                if each.get("type") != "null":
                    each["enum"] = list(values)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        "oneOf": [{**data, "title": DATA}, {**manifest, "title": MANIFEST}],
        "$defs": parts,
    }
