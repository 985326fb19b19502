"""ID tokens: what has to be true of one before anybody comes in by it, pure.

Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 (best current practices of JWT).
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256, sha384, sha512
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

#: Signatures with a public key; never `none`, nor any that needs a secret both sides know.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
#: How far the provider's clock may be off.
SKEW_SECONDS = 90
#: The end of the year 9999, the last that Python knows.
_LAST_MOMENT = 253_402_300_799
_MOST_CHARACTERS = 16_384
_MOST_KEYS = 60
_LONGEST_SUBJECT = 255
_LEAST_RSA_BITS = 2048
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_HASHES = {"256": sha256, "384": sha384, "512": sha512}

Key = Mapping[str, Any]


class TokenError(Exception):
    """A token by which nobody comes in.

    Attributes:
        rule: What is wrong with it: `format`, `algorithm`, `key`, `signature`, `issuer`,
            `audience`, `expired`, `not_yet`, `nonce`, `subject`, `access_token`, `stale`.
    """

    def __init__(self, rule: str) -> None:
        """Name what is wrong."""
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Expected:
    """What the token has to say.

    Attributes:
        algorithms: What the provider announced that it signs with; empty if it said nothing.
        nonce: What was sent with the question to which it is the answer.
        asked_at: When that was; an older token is none of this sign-in.
        access_token: What came beside it, or empty.
    """

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    asked_at: datetime
    algorithms: Sequence[str] = ()
    access_token: str = ""


def verified(token: str, keys: Sequence[Key], expected: Expected) -> dict[str, Any]:
    """The claims of a token of which everything is true.

    Args:
        token: As it came.
        keys: The provider's key set (JWKS).
        expected: What it has to say.

    Raises:
        TokenError: If anything is not; `key` if the key set does not know the key.
    """
    header = _header(token)
    algorithm = header["alg"]
    if algorithm not in ALGORITHMS or (
        expected.algorithms and algorithm not in expected.algorithms
    ):
        raise TokenError("algorithm")
    claims = _signed_claims(token, algorithm, _candidates(header, keys))
    _check_parties(claims, expected)
    _check_times(claims, expected)
    _check_hash(claims, algorithm, expected.access_token)
    return claims


def moment_of(claims: Mapping[str, Any], name: str) -> float | None:
    """A claim that is a time, in seconds since 1970; None if it is left out.

    Raises:
        TokenError: If it is no time.
    """
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TokenError("format")
    if not 0 <= value <= _LAST_MOMENT:
        raise TokenError("format")
    return float(value)


def _header(token: str) -> dict[str, Any]:
    """The head of a signed token in three parts, of which nothing chooses its own key."""
    parts = token.split(".")
    if len(token) > _MOST_CHARACTERS or len(parts) != 3 or not all(parts) or not token.isascii():
        raise TokenError("format")
    header = _object(parts[0])
    # An access token or a logout token of the same provider is signed with the same key.
    if "crit" in header or str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenError("format")
    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid", ""), str):
        raise TokenError("format")
    return header


def _object(part: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
        found = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        raise TokenError("format") from None
    if not isinstance(found, dict):
        raise TokenError("format")
    return found


def _candidates(header: Mapping[str, Any], keys: Sequence[Key]) -> list[RSAKey | ECKey]:
    """The keys of the provider that may have signed; a token never brings its own."""
    algorithm, name = header["alg"], header.get("kid")
    fitting = [key for key in keys[:_MOST_KEYS] if _fits(key, algorithm)]
    if name is not None:
        fitting = [key for key in fitting if key.get("kid") == name]
    elif len(fitting) != 1:
        raise TokenError("key")
    found = [key for key in map(_imported, fitting) if key is not None]
    if not found:
        raise TokenError("key")
    return found


def _fits(key: Key, algorithm: str) -> bool:
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    if algorithm in _CURVES:
        return key.get("kty") == "EC" and key.get("crv") == _CURVES[algorithm]
    return key.get("kty") == "RSA"


def _imported(key: Key) -> RSAKey | ECKey | None:
    """A key of the set; None if it cannot be read or is too short to prove anything."""
    names = ("kty", "n", "e") if key["kty"] == "RSA" else ("kty", "crv", "x", "y")
    public = {name: key.get(name) for name in names}
    if public["kty"] == "RSA" and len(str(public["n"])) * 6 < _LEAST_RSA_BITS:
        return None
    try:
        if public["kty"] == "EC":
            return ECKey.import_key(public)  # type: ignore[arg-type] # it checks them
        found = RSAKey.import_key(public)  # type: ignore[arg-type] # it checks them
    except (JoseError, ValueError, TypeError, AttributeError):
        return None
    return found if found.public_key.key_size >= _LEAST_RSA_BITS else None


def _signed_claims(token: str, algorithm: str, keys: Sequence[RSAKey | ECKey]) -> dict[str, Any]:
    for key in keys:
        try:
            jws.deserialize_compact(token, key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError):
            continue
        return _object(token.split(".")[1])
    raise TokenError("signature")


def _check_parties(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenError("issuer")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise TokenError("audience")
    party = claims.get("azp")
    if (party is not None or len(audiences) > 1) and party != expected.client_id:
        raise TokenError("audience")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(errors="replace"), expected.nonce.encode()
    ):
        raise TokenError("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise TokenError("subject")
    if not subject.isprintable():
        raise TokenError("subject")


def _check_times(claims: Mapping[str, Any], expected: Expected) -> None:
    ends, made = moment_of(claims, "exp"), moment_of(claims, "iat")
    begins, now = moment_of(claims, "nbf"), expected.now.timestamp()
    if ends is None or made is None:
        raise TokenError("format")
    if ends <= now - SKEW_SECONDS:
        raise TokenError("expired")
    if made > now + SKEW_SECONDS or (begins is not None and begins > now + SKEW_SECONDS):
        raise TokenError("not_yet")
    if made < expected.asked_at.timestamp() - SKEW_SECONDS:
        raise TokenError("stale")


def _check_hash(claims: Mapping[str, Any], algorithm: str, access_token: str) -> None:
    """That the access token is the one that was given out together with this token."""
    said = claims.get("at_hash")
    if said is None or not access_token:
        return
    digest = _HASHES[algorithm[-3:]](access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(errors="replace"), half):
        raise TokenError("access_token")
