"""A system that reads the roster of one school, and asks for more."""

from hypothesis import strategies as st

from tests.attacks.tries import Ground, Try, mostly

ATTACKERS = ["roster"]
_OF_PERSONS = ("familyName", "givenName", "username", "identifier", "email", "userMasterIdentifier")
#: List -> the fields that its things have beside those that all have.
FIELDS = {
    "Classes": ("school.sourcedId", "title", "grades"),
    "Enrollments": ("user.sourcedId", "class.sourcedId", "school.sourcedId", "role"),
    "Students": _OF_PERSONS,
    "Teachers": _OF_PERSONS,
    "Users": _OF_PERSONS,
}
OF_ALL = ("sourcedId", "status")
#: Of no list, or of some only.
ODD = ("dateLastModified", "orgs.sourcedId", "metadata.jp.shussekiNo", "role", "nothing")
NONSENSE = ("'", "x", "1=1 OR", "a='b' OR '1'='1'")
SIGNS = ("=", "!=", ">", ">=", "<", "<=", "~")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: any address of the service with filters, fields and an order."""
    values = mostly(ground.an_id(name), ground.a_word(), 2)
    parts = {each: _parts(fields, values) for each, fields in (("", ()), *FIELDS.items())}
    lists = [each for each in ground.routes if each[0].startswith("oneroster.getAll")]

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name, "GET", within="oneroster."))
        if draw(st.booleans()):
            endpoint, method, rule = draw(st.sampled_from(lists))
        known = parts.get(endpoint.removeprefix("oneroster.getAll"), parts[""])
        chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True))
        if "getAll" in endpoint and "filter" not in chosen:
            chosen.append("filter")
        query = tuple((each, draw(known[each])) for each in chosen)
        return Try(method, draw(ground.path(name, endpoint, rule)), query=query)

    return drawn()


def _parts(fields: tuple[str, ...], values: st.SearchStrategy) -> dict[str, st.SearchStrategy]:
    """Parameter -> what stands there, for a list of things with these fields."""
    known = mostly(st.sampled_from((*OF_ALL, *fields)), st.sampled_from(ODD), 9)
    single = st.builds(
        lambda name, sign, value: f"{name}{sign}'{value}'", known, st.sampled_from(SIGNS), values
    )
    joined = st.builds(
        lambda one, both, other: f"{one} {both} {other}",
        single, st.sampled_from(("AND", "OR")), single,
    )  # fmt: skip
    number = st.sampled_from(("1", "100", "100000"))
    return {
        "filter": mostly(mostly(single, joined, 2), st.sampled_from(NONSENSE), 19),
        "fields": st.lists(known, min_size=1, max_size=3).map(",".join),
        "sort": known,
        "orderBy": st.sampled_from(("asc", "desc")),
        "limit": mostly(number, st.just("-1"), 9),
        "offset": mostly(st.sampled_from(("0", "1", "99")), st.just("-1"), 9),
    }
