"""Ids of others in forms: in fields that a form has, and in fields that it should not have."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from aarportal.core import clock
from tests.access.people import CHILDREN
from tests.attacks.sight import PERSONS
from tests.attacks.tries import Ground, Try, form_of, mostly
from tests.cast import BEN, KIKUCHI, UNIT_DIVISION

ATTACKERS = PERSONS
_TEMPLATES = Path(__file__).parents[3] / "templates"
#: Fields that no form has, and that a careless one would believe.
HIDDEN = (
    "student_id", "student", "user_id", "person_id", "actor_id", "school_id", "district_id",
    "class_id", "cycle_id", "goal_id", "record_id", "reflection_id", "unit_id", "id", "role",
    "permission", "author", "made_by", "teacher_id", "kept_id", "merged_id", "evidence", "card",
    "unit", "app", "back", "next", "carried", "adjustment",
)  # fmt: skip
_SOON = (clock.today() + timedelta(days=5)).isoformat()
#: Forms that hold good but for the one field that names somebody.
GOOD: dict[str, dict[str, str]] = {
    "anticipation.set_goal": {
        "unit": str(UNIT_DIVISION), "text": "めあて", "carry": "use", "amount": "3",
    },
    "cards.end": {"student": str(BEN.id)},
    "cards.hand_out": {"student": str(BEN.id)},
    "data_requests.finish": {"outcome": "done", "answer": "なおしました。"},
    "deletions.hold": {"reason": "まってください。"},
    "handover.order": {"kind": "transfer_out"},
    "letters.write": {"text": "こんにちは"},
    "relations.give": {
        "kind": "case", "holder_id": str(KIKUCHI.id), "student_id": str(BEN.id),
        "starts_on": clock.today().isoformat(), "last_on": _SOON, "reason": "ようすを見る",
    },
}  # fmt: skip


@cache
def fields() -> tuple[str, ...]:
    """Names of fields in the templates, and more."""
    found = set(HIDDEN)
    for path in _TEMPLATES.rglob("*.html"):
        found |= set(re.findall(r'name="([A-Za-z_-]+)"', path.read_text("utf-8")))
    return tuple(sorted(found - {"csrf_token"}))


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a form that would hold good, with some fields of others."""
    keys = st.sampled_from([f"idem {child.name}" for child in CHILDREN])
    anything = mostly(st.sampled_from(HIDDEN), st.sampled_from(fields()), 2)

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "POST"))
        form = {**GOOD.get(endpoint, {}), **form_of(endpoint)}
        # Of one's own what is one's own: then nothing but a field is in the way.
        own = draw(st.booleans())
        naming = [each for each in ground.reads.get((endpoint, method), ()) if each in HIDDEN]
        known = st.sampled_from(naming) if naming else anything
        for _ in range(draw(st.integers(1, 3))):
            field = draw(mostly(known, anything, 2))
            form[field] = draw(ground.field(name, field))
        if draw(st.integers(0, 3)) == 0:
            form["idem"] = draw(keys)
        pairs = [*form.items()]
        if draw(st.booleans()):
            pairs.append((draw(st.sampled_from(HIDDEN)), draw(ground.an_id(name))))
        return Try(method, draw(ground.path(name, endpoint, rule, own=own)), form=tuple(pairs))

    return drawn()
