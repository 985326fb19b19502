"""Launches: forged ones about a school's own pupil, and signed ones about the people of others."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from bs4 import BeautifulSoup
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from aarportal.core.ids import NOTHING
from tests.access.newcomers import address_of
from tests.access.world import Seat, World
from tests.attacks.elsewhere import KNOWN_BY, OWN, Elsewhere, client_of, others, platform_id
from tests.attacks.tries import Ground, Try, from_elsewhere, mostly
from tests.cast import Member
from tests.people.lti.forgeries import CLAIM, FORGERIES, sign
from tests.people.lti.platform import DEPLOYMENT, INSTRUCTOR, LEARNER, PORTAL

ATTACKERS = ["nobody"]
#: To tokens that hold no good, and to names of whom nobody may come by this way.
ANSWERS = frozenset({400, 403})
FORGE = dict(FORGERIES)
_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2"
ROLES = (
    LEARNER,
    INSTRUCTOR,
    f"{_VOCABULARY}/institution/person#Administrator",
    f"{_VOCABULARY}/system/person#SysAdmin",
    "Learner",
)
#: Claims that nobody has to believe.
EXTRA = ("user_id", "student_id", "email_verified", "lti11_legacy_user_id", "role_scope_mentor",
         "custom", "preferred_username", "oid")  # fmt: skip


@dataclass(frozen=True)
class Launch(Try):
    """A launch from the attackers' platform, as one school's office has entered it.

    Attributes:
        claims: What its token says beside what every token does.
        forged: How the token is spoilt; empty for one that is signed as it has to be.
        address: Whence it comes.
    """

    school_id: UUID = NOTHING
    known_by: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    forged: str = ""
    address: str = field(default_factory=from_elsewhere, repr=False)
    elsewhere: Elsewhere | None = field(default=None, repr=False)
    is_forged: bool = True

    def ask(self, world: World, seat: Seat) -> TestResponse:
        """Begin the launch, end it, and go on to the portal's own page if there is one."""
        del seat
        assert self.elsewhere is not None
        client, platform = world.app.test_client(), self.elsewhere.platform
        client.environ_base["REMOTE_ADDR"] = self.address
        begin = f"/lti/login/{platform_id(self.school_id, self.known_by)}"
        asked = {"iss": platform.address, "login_hint": "x"}
        answer = client.get(begin, query_string=asked)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        given = dict(parse_qsl(urlsplit(answer.location).query))
        now = int(time.time())
        said = {
            "iss": platform.address,
            "aud": client_of(self.known_by),
            "azp": client_of(self.known_by),
            "nonce": given["nonce"],
            "iat": now,
            "exp": now + 300,
            f"{CLAIM}deployment_id": DEPLOYMENT,
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}target_link_uri": f"{PORTAL}/lti/launch",
            f"{CLAIM}resource_link": {"id": "1"},
            f"{CLAIM}roles": [LEARNER],
            **self.claims,
        }
        fields = {"id_token": sign(platform, said), "state": given["state"]}
        if self.forged:
            fields = FORGE[self.forged](platform, fields)
        answer = client.post("/lti/launch", data=fields)
        page = BeautifulSoup(answer.get_data(as_text=True), "html5lib")
        ticket = page.select_one("input[name=ticket]")
        if ticket is None:
            return answer
        sent = {"ticket": ticket["value"]}
        return client.post("/lti/enter", data=sent, headers={"Origin": PORTAL})


def names_of(member: Member) -> dict[str, Any]:
    """The claims by which a platform names somebody."""
    return {
        "sub": str(member.id),
        "email": address_of(member),
        f"{CLAIM}lis": {"person_sourcedid": str(member.id)},
    }


def honest(ground: Ground, member: Member, school_id: UUID, known_by: str) -> Launch:
    """A launch by which somebody comes in, as they should."""
    return Launch(
        "POST", "/lti/launch", school_id=school_id, known_by=known_by, claims=names_of(member),
        elsewhere=ground.elsewhere,
    )  # fmt: skip


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt by a platform whose office may not be believed, or by whoever is in its way."""
    del name
    return mostly(_of_others(ground), _forged(ground), 2)


def _forged(ground: Ground) -> st.SearchStrategy[Try]:
    """A launch of somebody who may come by this platform, if nothing were wrong with it."""

    @st.composite
    def drawn(draw) -> Try:
        school_id = draw(st.sampled_from(sorted(OWN)))
        return Launch(
            "POST", "/lti/launch", school_id=school_id, known_by=draw(st.sampled_from(KNOWN_BY)),
            claims=names_of(draw(st.sampled_from(OWN[school_id]))),
            forged=draw(st.sampled_from(sorted(FORGE))),
            elsewhere=ground.elsewhere,
        )  # fmt: skip

    return drawn()


def _of_others(ground: Ground) -> st.SearchStrategy[Try]:
    """A launch with nothing wrong but that it speaks of people of other schools."""

    @st.composite
    def drawn(draw) -> Try:
        school_id = draw(st.sampled_from(sorted(OWN)))
        known_by = draw(st.sampled_from(KNOWN_BY))
        people = st.sampled_from(others(school_id))
        claims = names_of(draw(people))
        # What stands where this platform's people are not known by it may be anybody's.
        for claim, value in names_of(draw(people)).items():
            if draw(st.booleans()):
                claims[claim] = value
        claims[f"{CLAIM}roles"] = draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=3))
        for extra in draw(st.lists(st.sampled_from(EXTRA), max_size=3)):
            claims[draw(st.sampled_from((extra, CLAIM + extra)))] = draw(ground.an_id("nobody"))
        if draw(st.booleans()):
            endpoint, _method, rule = draw(ground.a_route("nobody", "GET"))
            path = draw(ground.path("nobody", endpoint, rule))
            claims[f"{CLAIM}target_link_uri"] = PORTAL + path
        return Launch(
            "POST", "/lti/launch", school_id=school_id, known_by=known_by, claims=claims,
            elsewhere=ground.elsewhere,
        )  # fmt: skip

    return drawn()
