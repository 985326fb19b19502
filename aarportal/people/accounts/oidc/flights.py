"""What is remembered while somebody is at their provider, pure: in their own browser, signed.

The nonce and the PKCE verifier follow from the state and the secret key: they stand in no cookie.
"""

import base64
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

#: A small child needs a while to type a password somewhere else.
FLIGHT_LENGTH = timedelta(minutes=20)
_SALT = "oidc flight"


@dataclass(frozen=True)
class Flight:
    """One way to a provider and back.

    Attributes:
        state: What the provider gives back; names the flight.
        began_at: Whole seconds since 1970.
        target: Where somebody wanted to go; not yet looked at.
        code: The code of the school that was typed, or empty.
        again: The open session whose person proves anew who they are; empty for a sign-in.
    """

    state: str
    provider_id: str
    began_at: int
    target: str = ""
    code: str = ""
    again: str = ""

    @property
    def provider(self) -> UUID:
        """Which provider."""
        return UUID(self.provider_id)

    @property
    def asked_at(self) -> datetime:
        """When it began."""
        return datetime.fromtimestamp(self.began_at, UTC)

    @property
    def state_hash(self) -> bytes:
        """What is kept once it has come to its end."""
        return sha256(self.state.encode()).digest()

    def is_over(self, now: datetime) -> bool:
        """Whether it took too long."""
        return not timedelta(0) <= now - self.asked_at + timedelta(seconds=1) <= FLIGHT_LENGTH

    def nonce(self, secret: str) -> str:
        """What the ID token has to repeat."""
        return _derived(secret, "nonce", self.state)

    def verifier(self, secret: str) -> str:
        """What only we can say to exchange the code (PKCE)."""
        return _derived(secret, "verifier", self.state)

    def challenge(self, secret: str) -> str:
        """What the provider is told of the verifier (S256)."""
        return _base64(sha256(self.verifier(secret).encode()).digest())

    def sealed(self, secret: str) -> str:
        """The flight as a cookie holds it."""
        return str(URLSafeSerializer(secret, _SALT).dumps(asdict(self)))


def begin(provider_id: UUID, now: datetime, *, target: str, code: str, again: str = "") -> Flight:
    """A flight that nobody can guess."""
    state = secrets.token_urlsafe(32)
    return Flight(state, str(provider_id), int(now.timestamp()), target[:500], code[:40], again)


def opened(cookie: str, secret: str) -> Flight | None:
    """The flight that a cookie holds; None if it is none of ours."""
    try:
        return Flight(**URLSafeSerializer(secret, _SALT).loads(cookie))
    except (BadData, TypeError):
        return None


def _derived(secret: str, use: str, state: str) -> str:
    return _base64(hmac.digest(secret.encode(), f"oidc {use} {state}".encode(), "sha256"))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
