"""Nothing gets in for which a page has no words."""

import json
from typing import get_args

import msgspec
import pytest

from aarportal.insight.handover.formats import KINDS, ROWS, Contents, Name
from aarportal.insight.handover.known_values import KNOWN
from aarportal.insight.handover.manifests import DATA
from tests.cast import AOI
from tests.insight.handover import elsewhere, life
from tests.insight.handover.test_archive import files_of, rule_of
from tests.insight.handover.test_attacks import resigned

#: Texts that pages show as they are: a child's own words, names, codes and ids of other systems.
FREE = {
    "teachers.name", "apps.title", "classes.title", "classes.school", "classes.grades",
    "units.title", "units.code", "goals.text", "goals.why_text", "goal_versions.text",
    "criteria.text", "if_thens.cue", "if_thens.obstacle", "if_thens.response", "reflections.text",
    "reflections.lang", "reflection_versions.text", "feedback.text", "adjustments.to_value",
    "records.connector", "records.unit_code", "records.title", "records.activity_id",
    "records.unit_title", "records.verb", "records.question_id", "records.attempt_id",
    "doubts.explanation", "letters.text", "letters.lang", "drafts.key",
    "drafts.content",
}  # fmt: skip
FIELDS = [(kind, name) for kind, fields in KNOWN.items() for name in fields]


def test_of_every_text_it_is_said_whether_it_is_a_key():
    texts = {
        f"{kind}.{each.name}"
        for kind in KINDS
        for each in msgspec.structs.fields(ROWS[kind])
        if {str, list[str]} & {each.type, *get_args(each.type)}
    }
    numbers = {f"{kind}.{name}" for kind, name in FIELDS} - texts
    assert texts == FREE | ({f"{kind}.{name}" for kind, name in FIELDS} - numbers)
    assert numbers == {
        "laps.prompt_stage", "predictions.confidence", "reflection_versions.rating",
        "ratings.value", "letters.term",
    }  # fmt: skip


def is_list(kind: str, name: str) -> bool:
    [of] = [each.type for each in msgspec.structs.fields(ROWS[kind]) if each.name == name]
    return getattr(of, "__origin__", None) is list


def unknown(kind: str, name: str, value) -> list[str]:
    """What is found in a row that is known but for one value."""
    values = dict.fromkeys(ROWS[kind].__struct_fields__, None)
    for each, known in KNOWN[kind].items():
        first = next(iter(known))
        values[each] = [first] if is_list(kind, each) else first
    if kind == "letters":
        values["evidence"] = []
    values[name] = [value] if is_list(kind, name) else value
    student = Name(family_name="髙﨑", given_name="葵")
    return [*Contents(student=student, **{kind: [ROWS[kind](**values)]}).unknown()]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_value_without_words_is_found(kind, name):
    first = next(iter(KNOWN[kind][name]))
    unheard = 99 if isinstance(first, int) else "unheard_of"
    assert unknown(kind, name, unheard) == [f"{kind}.{name}"]
    for value in KNOWN[kind][name]:
        assert unknown(kind, name, value) == []


@pytest.mark.parametrize("evidence", [
    {}, {"cycle": "x", "on": "2026-04-08", "subject": "", "words": "", "readings": False},
    {"cycle": "0" * 32, "on": "now", "subject": "", "words": "", "readings": False},
    {"cycle": "0" * 32, "on": "2026-04-08", "subject": "", "words": {}, "readings": False},
])  # fmt: skip
def test_what_stands_beside_a_letter_can_be_shown(evidence):
    assert unknown("letters", "evidence", evidence) == ["letters.evidence"]


@pytest.mark.both_databases
def test_a_package_that_was_signed_and_has_an_unknown_state_is_refused(app):
    life.live(app, days=(2,))
    data = elsewhere.export(app, AOI)
    for kind, name in (("laps", "state"), ("goals", "strategies"), ("feedback", "kind")):
        contents = json.loads(files_of(data)[DATA])
        row = contents[kind][0]
        row[name] = ["none"] if isinstance(row[name], list) else "none"
        bad = resigned(app, data, data=json.dumps(contents).encode())
        assert rule_of(bad) == "not_readable", (kind, name)
