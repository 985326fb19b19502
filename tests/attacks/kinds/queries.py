"""Ids and words of others in the query of a page: what lists, filters and looks for."""

from hypothesis import strategies as st

from tests.attacks.sight import PERSONS
from tests.attacks.tries import Ground, Try

ATTACKERS = PERSONS
NAMES = (
    "student", "student_id", "cycle", "cycle_id", "class", "class_id", "school", "school_id",
    "district", "unit", "at", "words", "q", "next", "kept_id", "merged_id", "user_id", "app",
    "issuer", "name", "person", "day", "from", "to", "on", "year", "page", "show", "step", "state",
    "kind", "grade", "fate", "list", "subject", "goal", "record", "id", "role", "as", "lang",
    "copy", "count", "aside", "reason", "talk", "without",
)  # fmt: skip


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a page with one to four such values, one of them now and then said twice."""
    pairs = st.lists(st.tuples(st.sampled_from(NAMES), ground.value()), min_size=1, max_size=4)

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "GET"))
        return Try(method, draw(ground.path(endpoint, rule)), query=tuple(draw(pairs)))

    return drawn()
