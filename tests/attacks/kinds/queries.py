"""Ids and words of others in the query of a page: what lists, filters and looks for."""

from hypothesis import strategies as st

from tests.attacks.sight import PERSONS
from tests.attacks.tries import Ground, Try, mostly

ATTACKERS = PERSONS
#: Fields that no page reads, and that a careless one would believe.
NAMES = (
    "student", "student_id", "cycle", "cycle_id", "class", "class_id", "school", "school_id",
    "district", "unit", "at", "words", "q", "next", "kept_id", "merged_id", "user_id", "app",
    "issuer", "name", "person", "day", "from", "to", "on", "year", "page", "show", "step", "state",
    "kind", "grade", "fate", "list", "subject", "goal", "record", "id", "role", "as", "lang",
    "copy", "count", "aside", "reason", "talk", "without",
)  # fmt: skip


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a page of one's own or of others, with one to four such values."""

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "GET"))
        names = st.sampled_from(ground.reads.get((endpoint, method)) or NAMES)
        asked = draw(st.lists(mostly(names, st.sampled_from(NAMES), 3), min_size=1, max_size=4))
        query = tuple((each, draw(ground.field(name, each))) for each in asked)
        own = draw(st.booleans())
        return Try(method, draw(ground.path(name, endpoint, rule, own=own)), query=query)

    return drawn()
