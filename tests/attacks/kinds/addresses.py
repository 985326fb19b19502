"""Ids of others in addresses: of the right kind, of another, or nearly one; in any method."""

from hypothesis import strategies as st

from tests.access.calls import SENT, Sent
from tests.attacks.sight import ATTACKERS as EVERYBODY
from tests.attacks.tries import Ground, Try, form_of

ATTACKERS = list(EVERYBODY)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt."""

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name))
        if draw(st.integers(0, 9)) == 0:
            method = draw(st.sampled_from(METHODS))
        sent = SENT.get(endpoint, Sent())
        return Try(
            method,
            draw(ground.path(endpoint, rule)),
            query=tuple(sent.query.items()),
            form=tuple(form_of(endpoint).items()) if method == "POST" else (),
            json=sent.json if method in {"POST", "PUT"} else None,
        )

    return drawn()
