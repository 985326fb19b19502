"""Ids of others in addresses: of the right kind, of another, or nearly one; in any method."""

from hypothesis import strategies as st

from tests.access.calls import SENT, Sent
from tests.access.people import CHILDREN
from tests.attacks.sight import ATTACKERS as EVERYBODY
from tests.attacks.tries import Ground, Try, mostly, told

ATTACKERS = list(EVERYBODY)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt."""

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name))
        method = draw(mostly(st.just(method), st.sampled_from(METHODS), 19))
        sent = SENT.get(endpoint, Sent())
        if sent.about is not None:
            sent = sent.about(draw(st.sampled_from(CHILDREN))) or Sent()
        return Try(
            method,
            draw(ground.path(name, endpoint, rule)),
            query=tuple(sent.query.items()),
            form=told(sent.form) if method == "POST" else (),
            json=sent.json if method in {"POST", "PUT"} else None,
        )

    return drawn()
