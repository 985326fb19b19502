"""What a provider says of itself, pure: its discovery document and its keys.

Source: OpenID Connect Discovery 1.0, sections 3 and 4; RFC 9207 (`iss` of the answer).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aarportal.core.wire import WireError, checked
from aarportal.people.accounts.oidc.tokens import ALGORITHMS, Key

_MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class Metadata:
    """Where a provider is asked what.

    Attributes:
        algorithms: Those it signs ID tokens with and we take.
        says_issuer: Whether its answers name it (RFC 9207).
        takes_header: Whether the secret may stand in a header.
        takes_form: Whether it may stand in the form.
        announces_pkce: Whether it says that it knows PKCE; it is used in any case.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    algorithms: tuple[str, ...]
    says_issuer: bool
    takes_header: bool
    takes_form: bool
    announces_pkce: bool

    def told(self, key_count: int) -> dict[str, Any]:
        """What the office is shown."""
        return {**asdict(self), "algorithms": list(self.algorithms), "keys": key_count}


def address(issuer: str) -> str:
    """Where the discovery document is."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def metadata(body: bytes, issuer: str, *, private: bool) -> Metadata:
    """Read a discovery document.

    Args:
        body: As it came.
        issuer: Who was asked: the document has to be about the very same.
        private: Whether addresses of private networks, and http, will do.

    Raises:
        WireError: `not_discovery`, `other_issuer`, `no_algorithm`, or why an address cannot be
            asked.
    """
    document = _document(body)
    if document.get("issuer") != issuer:
        raise WireError("other_issuer")
    authorization = _endpoint(document, "authorization_endpoint", private=private, with_query=True)
    token, jwks = (
        _endpoint(document, name, private=private) for name in ("token_endpoint", "jwks_uri")
    )
    announced = _texts(document.get("id_token_signing_alg_values_supported"))
    algorithms = tuple(each for each in ALGORITHMS if each in (announced or ["RS256"]))
    if not algorithms:
        raise WireError("no_algorithm")
    methods = _texts(document.get("token_endpoint_auth_methods_supported"))
    return Metadata(
        issuer,
        authorization,
        token,
        jwks,
        algorithms,
        says_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        takes_header="client_secret_basic" in methods or not methods,
        takes_form="client_secret_post" in methods,
        announces_pkce="S256" in _texts(document.get("code_challenge_methods_supported")),
    )


def keys(body: bytes) -> Sequence[Key]:
    """Read a key set.

    Raises:
        WireError: `not_keys`.
    """
    found = _document(body).get("keys")
    if not isinstance(found, list):
        raise WireError("not_keys")
    return [each for each in found if isinstance(each, dict)]


def tokens(body: bytes) -> tuple[str, str]:
    """The ID token and the access token of an answer; the latter may be empty.

    Raises:
        WireError: `no_token`.
    """
    document = _document(body)
    token, access = document.get("id_token"), document.get("access_token", "")
    if not isinstance(token, str) or not isinstance(access, str):
        raise WireError("no_token")
    return token, access


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if len(body) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WireError("not_discovery")
    return found


def _endpoint(
    document: dict[str, Any], name: str, *, private: bool, with_query: bool = False
) -> str:
    """An address of the document; where browsers are led, it may have a query (RFC 6749, 3.1)."""
    url = document.get(name)
    if not isinstance(url, str):
        raise WireError("not_discovery", name)
    bare, _, query = url.partition("?") if with_query else (url, "", "")
    checked(bare, private=private)
    if not query.isascii() or not query.isprintable() or any(mark in query for mark in "# "):
        raise WireError("address")
    return url


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
