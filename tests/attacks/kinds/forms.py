"""Ids of others in forms: in fields that a form has, and in fields that it should not have."""

import re
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from tests.access.people import CHILDREN
from tests.attacks.sight import PERSONS
from tests.attacks.tries import Ground, Try, form_of

ATTACKERS = PERSONS
_TEMPLATES = Path(__file__).parents[3] / "templates"
#: Fields that no form has, and that a careless one would believe.
HIDDEN = (
    "student_id", "student", "user_id", "person_id", "actor_id", "school_id", "district_id",
    "class_id", "cycle_id", "goal_id", "record_id", "reflection_id", "unit_id", "id", "role",
    "permission", "author", "made_by", "teacher_id", "kept_id", "merged_id", "evidence", "card",
    "unit", "app", "back", "next", "carried", "adjustment",
)  # fmt: skip


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

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "POST"))
        form = form_of(endpoint)
        for _ in range(draw(st.integers(1, 5))):
            form[draw(st.sampled_from(fields()))] = draw(ground.value())
        if draw(st.integers(0, 3)) == 0:
            form["idem"] = draw(keys)
        pairs = [*form.items()]
        if draw(st.booleans()):
            pairs.append((draw(st.sampled_from(HIDDEN)), draw(ground.an_id())))
        return Try(method, draw(ground.path(endpoint, rule)), form=tuple(pairs))

    return drawn()
