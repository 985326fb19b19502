"""A system that reads the roster of one school, and asks for more."""

from hypothesis import strategies as st

from tests.attacks.tries import Ground, Try

ATTACKERS = ["roster"]
FIELDS = (
    "sourcedId", "familyName", "givenName", "username", "identifier", "status", "dateLastModified",
    "school.sourcedId", "user.sourcedId", "orgs.sourcedId", "metadata.jp.shussekiNo", "email",
    "role", "grades", "nothing",
)  # fmt: skip
NONSENSE = ("'", "x", "1=1 OR", "a='b' OR '1'='1'")
SIGNS = ("=", "!=", ">", ">=", "<", "<=", "~")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: any address of the service with filters, fields and an order."""
    values = st.one_of(ground.an_id(), ground.a_word())
    names = st.sampled_from(FIELDS)
    single = st.builds(
        lambda name, sign, value: f"{name}{sign}'{value}'", names, st.sampled_from(SIGNS), values
    )
    joined = st.builds(
        lambda one, both, other: f"{one} {both} {other}", single, st.sampled_from(("AND", "OR")),
        single,
    )  # fmt: skip
    parts = {
        "filter": st.one_of(single, joined, st.sampled_from(NONSENSE)),
        "fields": st.lists(names, min_size=1, max_size=4).map(",".join),
        "sort": names,
        "orderBy": st.sampled_from(("asc", "desc")),
        "limit": st.sampled_from(("1", "100", "100000", "-1")),
        "offset": st.sampled_from(("0", "1", "99", "-1")),
    }

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "GET", within="oneroster."))
        chosen = draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True))
        query = tuple((name, draw(parts[name])) for name in chosen)
        return Try(method, draw(ground.path(endpoint, rule)), query=query)

    return drawn()
