"""Answers of a provider: forged tokens of its own people, and good ones about those of others."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

from hypothesis import strategies as st
from werkzeug.test import TestResponse

from aarportal.core.ids import NOTHING
from tests.access.newcomers import address_of
from tests.access.world import Seat, World
from tests.attacks.elsewhere import COMPARED_WITH, OWN, Elsewhere, others, provider_id
from tests.attacks.tries import Ground, Try, from_elsewhere, mostly
from tests.cast import Member
from tests.people.accounts.oidc import attacks

ATTACKERS = ["nobody"]
#: To tokens that hold no good, and to names of whom nobody may come by this way.
ANSWERS = frozenset({400, 403})
#: Those of the table that are wrong whenever they come, and at whichever provider.
FORGED = {
    name: each for name, each in attacks.ATTACKS.items()
    if each.kind == attacks.ANY and each.keys is attacks.KEYS
    and not each.expected and not each.rule and "nbf" not in each.claims
}  # fmt: skip
#: Claims that nobody has to believe -> what they say of somebody.
MORE: dict[str, Callable[[Member], Any]] = {
    "amr": lambda _: ["mfa"],
    "email": address_of,
    "email_verified": lambda _: True,
    "hd": lambda _: "hinata.example",
    "oid": lambda it: str(it.id),
    "roles": lambda _: ["administrator"],
    "sub": lambda it: str(it.id),
    "upn": address_of,
    "user_id": lambda it: str(it.id),
}
#: What else can be wrong: the answer comes to another provider's address, or in another browser.
ASTRAY = ("", "address", "browser")


@dataclass(frozen=True)
class Answer(Try):
    """The way to the attackers' provider and back.

    Attributes:
        claims: What its token says beside what every token does.
        forged: How the token is spoilt; empty for one that is signed as it has to be.
        astray: Where the answer goes; empty for where it belongs.
        address: Whence it comes.
    """

    school_id: UUID = NOTHING
    compared_with: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    forged: str = ""
    astray: str = ""
    address: str = field(default_factory=from_elsewhere, repr=False)
    elsewhere: Elsewhere | None = field(default=None, repr=False)
    is_forged: bool = True

    def ask(self, world: World, seat: Seat) -> TestResponse:
        """Go there, and come back with what the provider says."""
        del seat
        assert self.elsewhere is not None
        there = {"REMOTE_ADDR": self.address}
        here = provider_id(self.school_id, self.compared_with)
        client = world.app.test_client()
        answer = client.get(f"/sign-in/oidc/{here}", environ_overrides=there)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        given = dict(parse_qsl(urlsplit(answer.location).query))
        now = int(time.time())
        good = {
            "iss": self.elsewhere.address, "nonce": given["nonce"], "iat": now, "exp": now + 300,
            **self.claims,
        }  # fmt: skip
        spoilt = FORGED.get(self.forged, attacks.Try())
        code = uuid4().hex
        token = replace(spoilt, claims={**good, **spoilt.claims}).token()
        self.elsewhere.tokens[code] = token
        if self.astray == "address":
            here = provider_id(self.school_id, next(
                each for each in COMPARED_WITH if each != self.compared_with
            ))  # fmt: skip
        if self.astray == "browser":
            client = world.app.test_client()
        sent = {"code": code, "state": given["state"]}
        address = f"/sign-in/oidc/{here}/back"
        return client.get(address, query_string=sent, environ_overrides=there)


def names_of(member: Member, compared_with: str) -> dict[str, str]:
    """The claims by which a provider names somebody."""
    named = str(member.id) if compared_with == "master_identifier" else address_of(member)
    return {"sub": f"account of {member.name}", "preferred_username": named}


def honest(ground: Ground, member: Member, school_id: UUID, compared_with: str) -> Answer:
    """An answer by which somebody comes in, as they should."""
    return Answer(
        "GET", "/sign-in/oidc", school_id=school_id, compared_with=compared_with,
        claims=names_of(member, compared_with), elsewhere=ground.elsewhere,
    )  # fmt: skip


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt by a provider whose office may not be believed, or by whoever is in its way."""
    del name

    @st.composite
    def drawn(draw) -> Try:
        school_id = draw(st.sampled_from(sorted(OWN)))
        compared_with = draw(st.sampled_from(COMPARED_WITH))
        is_own = draw(st.integers(0, 3)) == 0
        people = OWN[school_id] if is_own else others(school_id)
        claims: dict[str, Any] = names_of(draw(st.sampled_from(people)), compared_with)
        forged, astray = "", ""
        if is_own:
            astray = draw(st.sampled_from(ASTRAY))
            forged = "" if astray else draw(st.sampled_from(sorted(FORGED)))
        else:
            claims["preferred_username"] = draw(_bent(claims["preferred_username"]))
            for claim in draw(st.lists(st.sampled_from(sorted(MORE)), max_size=4)):
                claims[claim] = MORE[claim](draw(st.sampled_from(others(school_id))))
        return Answer(
            "GET", "/sign-in/oidc", school_id=school_id, compared_with=compared_with,
            claims=claims, forged=forged, astray=astray,
            elsewhere=ground.elsewhere,
        )  # fmt: skip

    return drawn()


def _bent(named: str) -> st.SearchStrategy[str]:
    """The name as it is, mostly, or as careless comparisons would take it for the same."""
    ways = (named.upper(), named.title(), f" {named} ", f"{named}%", f"%{named[1:]}")
    return mostly(st.just(named), st.sampled_from(ways), 2)
