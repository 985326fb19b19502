"""Login cards of others: a code that was found without its pictures, codes that are none.

Whoever came in by a card of their own tries everything else, as everybody does (`by_card` of
sight.py); some of it a card does not open even of what is theirs.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from hypothesis import strategies as st
from sqlalchemy import delete
from werkzeug.test import TestResponse

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.cards.pictures import PICTURES
from aarportal.people.accounts.models import SignInThrottle
from tests.access.objects import card_of, pictures_of
from tests.access.people import CHILDREN
from tests.access.world import Seat, World
from tests.attacks.tries import Ground, Try, from_elsewhere, mostly

ATTACKERS = ["nobody", "by_card"]
NAMES = tuple(PICTURES)


@dataclass(frozen=True)
class Card(Try):
    """A card that somebody holds up, and the pictures they tap.

    Attributes:
        address: Whence it comes.
    """

    token: str = ""
    pictures: tuple[str, ...] = ()
    address: str = field(default_factory=from_elsewhere, repr=False)
    is_forged: bool = True

    def ask(self, world: World, seat: Seat) -> TestResponse:
        """Scan it in a browser of its own, and tap; that the child's card rests is no help."""
        del seat
        with world.app.app_context(), unit_of_work(SystemScope("test")) as scope:
            scope.session.execute(delete(SignInThrottle))
        client, there = world.app.test_client(), {"REMOTE_ADDR": self.address}
        client.get(f"/card/{self.token}", environ_overrides=there).close()
        token = client.get("/csrf", environ_overrides=there).get_json()["token"]
        sent = {f"picture_{place}": each for place, each in enumerate(self.pictures, 1)}
        return client.post(
            "/card", data=sent, headers={"X-CSRFToken": token}, environ_overrides=there
        )


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a card of another, or a page that a card does not open."""
    if name == "nobody":
        return _held_up(ground)
    return mostly(_held_up(ground), _page(ground, name), 1)


def _held_up(ground: Ground) -> st.SearchStrategy[Try]:
    @st.composite
    def drawn(draw) -> Try:
        child, other = draw(st.sampled_from(CHILDREN)), draw(st.sampled_from(CHILDREN))
        found, right = card_of(child), pictures_of(child)
        hashed = sha256(found.encode())
        spoilt = st.sampled_from(
            (found.upper(), found[:-1], f"{found}=", f"%20{found}", hashed.hexdigest())
        )
        by_id = ground.an_id("nobody").map(lambda it: it.replace("/", "%2f") or "x")
        token = draw(mostly(st.just(found), st.one_of(spoilt, by_id), 1))
        tapped = draw(
            st.one_of(
                st.just(right),
                st.just(pictures_of(other)),
                st.lists(st.sampled_from(NAMES), min_size=3, max_size=3).map(tuple),
                st.lists(st.sampled_from((*NAMES, "", "x")), max_size=4).map(tuple),
            )
        )
        if token == found and tapped == right:
            # That is the child with the card; luck with pictures is not what is tried here.
            tapped = right[::-1]
        return Card("POST", "/card", token=token, pictures=tapped)

    return drawn()


def _page(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name))
        return Try(method, draw(ground.path(name, endpoint, rule)))

    return drawn()
