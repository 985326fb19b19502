"""Signed tokens of LTI, pure: RS256 and nothing else, by a key that its id names.

Source: 1EdTech Security Framework 1.0, section 5.1.3; RFC 7515, RFC 7517, RFC 8725.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
_LEAST_BITS = 2048
LONGEST_TOKEN = 64 * 1024


class TokenError(ValueError):
    """A token that is not taken.

    Attributes:
        rule: Which rule it breaks; a key, nothing that the token holds.
    """

    def __init__(self, rule: str) -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule


class _Registry(jws.JWSRegistry):
    """RS256 alone, with room for the claims of a launch."""

    max_header_length = 4 * 1024
    max_payload_length = LONGEST_TOKEN
    max_signature_length = 4 * 1024


_REGISTRY = _Registry(algorithms=[ALGORITHM], strict_check_header=False)


def kid_of(token: str) -> str:
    """The id of the key with which a token says it is signed.

    Raises:
        TokenError: If it is no signed token, or not of the kind that is taken.
    """
    return _kid(_extracted(token))


def verified(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The claims of a token that one of these keys signed.

    Args:
        token: A compact JWS.
        keys: JWKs of whoever should have signed it.

    Raises:
        TokenError: If none did.
    """
    compact = _extracted(token)
    kid = _kid(compact)
    named = [key for key in keys if key.get("kid") == kid]
    if not named:
        raise TokenError("unknown_key")
    if len(named) > 1:
        raise TokenError("ambiguous_key")
    try:
        good = jws.validate_compact(compact, _public(named[0]), registry=_REGISTRY)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenError("signature") from error
    if not good:
        raise TokenError("signature")
    try:
        claims = msgspec.json.decode(compact.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TokenError("format") from error
    if not isinstance(claims, dict):
        raise TokenError("format")
    return claims


def signed(claims: Mapping[str, Any], key: Mapping[str, Any]) -> str:
    """A token with these claims, signed by our private key (a JWK with its id)."""
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key["kid"]}
    payload = msgspec.json.encode(claims)
    return jws.serialize_compact(
        header, payload, RSAKey.import_key(dict(key)), algorithms=[ALGORITHM], registry=_REGISTRY
    )


def new_key() -> tuple[dict[str, Any], dict[str, Any]]:
    """A key pair as JWKs: the private one, and what is published of it."""
    named = {"kid": uuid4().hex, "use": "sig", "alg": ALGORITHM}
    key = RSAKey.generate_key(_LEAST_BITS, private=True)
    private, public = key.as_dict(private=True), key.as_dict(private=False)
    return {**private, **named}, {**public, **named}


def _extracted(token: str) -> jws.CompactSignature:
    if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
        raise TokenError("format")
    try:
        return jws.extract_compact(token.encode(), registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise TokenError("format") from error


def _kid(compact: jws.CompactSignature) -> str:
    header = compact.headers()
    if header.get("alg") != ALGORITHM:
        raise TokenError("algorithm")
    if "crit" in header:
        raise TokenError("format")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenError("no_key_named")
    return kid


def _public(key: Mapping[str, Any]) -> RSAKey:
    """The RSA key behind a JWK that is there for signatures.

    Raises:
        TokenError: If it is no such key.
    """
    if (
        key.get("kty") != "RSA"
        or key.get("use", "sig") != "sig"
        or key.get("alg", ALGORITHM) != ALGORITHM
    ):
        raise TokenError("key")
    try:
        found = RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")})
        if found.public_key.key_size < _LEAST_BITS:
            raise TokenError("key")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenError("key") from error
    return found
