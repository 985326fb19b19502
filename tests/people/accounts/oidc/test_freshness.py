"""When somebody proved who they are: what a provider does not say counts for nothing."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import SignInSession
from aarportal.people.accounts.oidc.discovery import Metadata
from aarportal.people.accounts.oidc.operations import Portal
from tests.backstage import backstage, stage  # noqa: F401 - the fixture
from tests.cast import CHIBA
from tests.conftest import SECRET
from tests.people.accounts.oidc.attacks import (
    ANY,
    ENTRA,
    GOOGLE,
    ISSUERS,
    KEYS,
    OID,
    RULES,
    TENANT,
    signed,
)
from tests.people.accounts.oidc.conftest import PROVIDER, back, entered
from tests.people.accounts.oidc.provider import CLIENT_ID

START = f"/sign-in/oidc/{PROVIDER}"
#: What each says of whoever signs in there.
SAYS = {
    GOOGLE: {"sub": "1", "hd": "hinata.example", "email_verified": True},
    ENTRA: {"sub": "1", "oid": OID, "tid": TENANT, "amr": ["pwd", "mfa"]},
    ANY: {"sub": "1", "amr": ["pwd", "otp"]},
}


class Provider:
    """A provider of one kind, as far as its answers go; it says of everybody that it is Chiba."""

    def __init__(self, kind: str) -> None:
        self.kind, self.issuer = kind, ISSUERS[kind]
        self.nonce = ""
        self.proved_at = None

    def known(self, _issuer):
        ways = [f"{self.issuer}/{each}" for each in ("authorize", "token", "keys")]
        flags = dict.fromkeys(("says_issuer", "takes_header", "takes_form", "announces_pkce"))
        return Metadata(self.issuer, *ways, ("RS256",), **dict.fromkeys(flags, False)), KEYS

    def newer_keys(self, _issuer):
        return None

    def exchange(self, *_asked):
        at = int(clock.now().timestamp())
        name = f"{CHIBA.name}@hinata.example"
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "nonce": self.nonce,
            "iat": at,
            "exp": at + 600,
            RULES[self.kind].claim: name,
            **SAYS[self.kind],
        }
        if self.proved_at is not None:
            claims["auth_time"] = int(self.proved_at.timestamp())
        return signed({"alg": "RS256", "kid": "rsa-1"}, claims), ""


@pytest.fixture(params=[GOOGLE, ENTRA, ANY])
def kind(request):
    return request.param


@pytest.fixture
def provider(app, kind):
    made, before = Provider(kind), app.extensions["oidc"]
    app.extensions["oidc"] = Portal(SECRET, made)
    with app.app_context():
        rule = RULES[kind]
        entered(made.issuer, kind=kind, tenants=list(rule.tenants), claim=rule.claim)
    yield made
    app.extensions["oidc"] = before


def asked_at(window, start=START) -> dict[str, str]:
    """What the address at the provider asks, to which somebody is led."""
    query = parse_qs(urlsplit(window.get(start).location).query)
    return {name: values[0] for name, values in query.items()}


def there_and_back(window, provider, start=START):
    asked = asked_at(window, start)
    provider.nonce = asked["nonce"]
    return window.get(f"{back(PROVIDER)}?state={asked['state']}&code=x")


@backstage
def session_of_chiba() -> SignInSession:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        return scope.session.scalars(
            select(SignInSession).where(SignInSession.user_id == CHIBA.id)
        ).one()


@backstage
def an_hour_passed() -> None:
    with unit_of_work(SystemScope("time")) as scope:
        for row in scope.session.scalars(select(SignInSession)):
            row.proved_at -= timedelta(hours=1)
        audit.record(scope, "time:passed", "")


def test_on_a_shared_tablet_every_provider_asks_who_it_is(browser, provider, kind):
    tablet = browser()
    assert "prompt" not in asked_at(tablet)
    tablet.post("/shared-device", {"shared": "1"})
    assert asked_at(tablet)["prompt"] == ("login" if kind == ANY else "select_account")


def test_who_does_not_say_when_has_proved_nothing_anew(browser, provider):
    """Whoever sits at an unlocked computer strikes `prompt` and `max_age` out of the address."""
    chiba = browser()
    assert there_and_back(chiba, provider).status == 303
    an_hour_passed()
    before = session_of_chiba().proved_at
    again = f"{START}?again=1"
    assert there_and_back(chiba, provider, again).status == 403
    provider.proved_at = clock.now() - timedelta(hours=1)
    assert there_and_back(chiba, provider, again).status == 403
    assert session_of_chiba().proved_at == before
    provider.proved_at = clock.now()
    assert there_and_back(chiba, provider, again).status == 303
    assert session_of_chiba().proved_at > before


def test_whom_a_provider_knew_since_no_one_says_when_is_asked_before_something_grave(
    browser, provider, kind
):
    """But for Google, whose people could not even set up a device: it never says when."""
    chiba = browser()
    there_and_back(chiba, provider)
    page = chiba.post("/second-factor/begin")
    if kind == GOOGLE:
        assert page.location == "/second-factor"
        return
    assert page.status == 403
    provider.proved_at = clock.now()
    there_and_back(chiba, provider, page.one(f'a[href^="{START}"]')["href"])
    assert chiba.post("/second-factor/begin").location == "/second-factor"
