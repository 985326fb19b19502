"""Tokens by which nobody may come in: one table, each row one thing wrong.

`gets_through(ATTACKS[name])` says whether it would have; nobody else has to know how.
"""

import base64
import hmac
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from aarportal.people.accounts.oidc.tokens import Expected, TokenError, verified
from aarportal.people.accounts.oidc.whom import (
    ANY,
    ENTRA,
    GOOGLE,
    GOOGLE_ISSUER,
    Identity,
    Rule,
    WhomError,
    entra_issuer,
    identity,
)

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
CLIENT = "client-of-the-portal"
NONCE = "the-nonce-of-this-flight"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OTHER_TENANT = "11111111-2222-4333-8444-555555555555"
OID = "690222be-ff1a-4d56-abd1-7e4f7d38e474"
ISSUER = "https://idp.example"

RSA = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig", "alg": "RS256"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"})
STRANGERS = RSAKey.generate_key(2048, {"kid": "rsa-1"})
with warnings.catch_warnings():
    # The library says itself that such a key proves nothing.
    warnings.simplefilter("ignore")
    SHORT = RSAKey.generate_key(1024, {"kid": "short-1"})
FOR_SECRETS = RSAKey.generate_key(2048, {"kid": "enc-1", "use": "enc"})
KEYS = tuple(each.as_dict(private=False) for each in (RSA, EC, SHORT, FOR_SECRETS))
PEM = RSA.public_key.public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)

RULES = {
    GOOGLE: Rule(GOOGLE, ("hinata.example",), "email"),
    ENTRA: Rule(ENTRA, (TENANT,), "preferred_username"),
    ANY: Rule(ANY, (), "preferred_username", ("urn:two-factors",)),
}
ISSUERS = {GOOGLE: GOOGLE_ISSUER, ENTRA: entra_issuer(TENANT), ANY: ISSUER}
_OWN = {
    GOOGLE: {
        "sub": "110169484474386276334",
        "hd": "hinata.example",
        "email": "aoi@hinata.example",
        "email_verified": True,
        "azp": CLIENT,
    },
    ENTRA: {
        "sub": "pairwise",
        "oid": OID,
        "tid": TENANT,
        "ver": "2.0",
        "preferred_username": "aoi@hinata.example",
    },
    ANY: {"sub": "aoi", "preferred_username": "aoi@hinata.example"},
}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: Any, key: Any = RSA) -> str:
    """A token as whoever has the key can make it; a library would refuse half of them."""
    text = f"{part(header)}.{part(claims)}"
    if isinstance(key, ECKey):
        return jws.serialize_compact(header, json.dumps(claims), key, algorithms=["ES256"])
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    scheme = pss if header["alg"] == "PS256" else padding.PKCS1v15()
    return f"{text}.{part(key.private_key.sign(text.encode(), scheme, hashes.SHA256()))}"


@dataclass(frozen=True)
class Try:
    """A token, and what the portal knows when it comes."""

    kind: str = ANY
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSA)
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    expected: dict[str, Any] = field(default_factory=dict)
    rule: dict[str, Any] = field(default_factory=dict)
    keys: tuple[Any, ...] = KEYS

    def token(self) -> str:
        """The token as it comes."""
        claims = {
            "iss": ISSUERS[self.kind],
            "aud": CLIENT,
            "nonce": NONCE,
            "iat": AT,
            "exp": AT + 3600,
            **_OWN[self.kind],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.without}
        header = {"alg": "RS256", "kid": "rsa-1", "typ": "JWT"} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        if self.sign:
            return self.sign(header, claims)
        return signed(header, claims, self.key)

    def judged(self) -> Identity:
        """Whose account it is, if everything is true.

        Raises:
            TokenError: If it is not.
            WhomError: The same.
        """
        expected = Expected(
            **(
                {
                    "issuer": ISSUERS[self.kind],
                    "client_id": CLIENT,
                    "nonce": NONCE,
                    "now": NOW,
                    "asked_at": NOW,
                }
                | self.expected
            )
        )
        claims = verified(self.token(), self.keys, expected)
        return identity(claims, replace(RULES[self.kind], **self.rule))


def gets_through(attempt: Try) -> bool:
    """Whether somebody would come in by it."""
    try:
        attempt.judged()
    except (TokenError, WhomError):
        return False
    return True


def _unsigned(header, claims) -> str:
    return f"{part(header)}.{part(claims)}."


def _with_secret(secret: bytes, algorithm: str = "HS256"):
    def sign(header, claims) -> str:
        text = f"{part(header | {'alg': algorithm})}.{part(claims)}"
        return f"{text}.{part(hmac.digest(secret, text.encode(), f'sha{algorithm[2:]}'))}"

    return sign


def _otherwise(**changed):
    """Signed rightly, and changed afterwards."""

    def sign(header, claims) -> str:
        token = signed(header, claims)
        head, _, signature = token.split(".")
        return f"{head}.{part(claims | changed)}.{signature}"

    return sign


def _stripped(header, claims) -> str:
    token = signed(header, claims)
    return token.rpartition(".")[0] + "."


def _twice(header, claims) -> str:
    return ".".join([part(header), part(claims), "AA", "AA", "AA"])


def _lenient(header, claims) -> str:
    """Line breaks between the letters: two readers may see two different tokens."""
    token = signed(header, claims)
    head, body, signature = token.split(".")
    return f"{head}.{body[:8]}\n{body[8:]}.{signature}"


_STRANGERS_PUBLIC = STRANGERS.as_dict(private=False)

ATTACKS: dict[str, Try] = {
    # --- how it is signed
    "alg none": Try(header={"alg": "none"}, sign=_unsigned),
    "alg None": Try(header={"alg": "None"}, sign=_unsigned),
    "alg nOnE with a signature": Try(
        sign=lambda h, c: f"{part(h | {'alg': 'nOnE'})}.{part(c)}.{part(b'signed')}"
    ),
    "alg left out": Try(sign=lambda h, c: f"{part({'kid': 'rsa-1'})}.{part(c)}.AA"),
    "alg a list": Try(sign=lambda h, c: f"{part(h | {'alg': ['RS256']})}.{part(c)}.AA"),
    "signature left out": Try(sign=_stripped),
    "HS256 with the public key as its secret": Try(sign=_with_secret(PEM)),
    "HS256 with the modulus as its secret": Try(sign=_with_secret(KEYS[0]["n"].encode())),
    "HS256 with the client id": Try(sign=_with_secret(CLIENT.encode() * 2)),
    "HS512 with the public key": Try(sign=_with_secret(PEM, "HS512")),
    "HS256 where the key set holds a secret": Try(
        sign=_with_secret(b"k" * 32),
        keys=({"kty": "oct", "kid": "rsa-1", "k": part(b"k" * 32)},),
    ),
    "somebody else's key under the same name": Try(key=STRANGERS),
    "a key it brings itself (jwk)": Try(key=STRANGERS, header={"jwk": _STRANGERS_PUBLIC}),
    "a key it leads to (jku)": Try(
        key=STRANGERS, header={"jku": "https://evil.example/keys", "kid": "evil"}
    ),
    "a name no key has": Try(header={"kid": "rsa-2"}),
    "a name that is a path": Try(header={"kid": "../../dev/null"}),
    "a name that is a number": Try(
        sign=lambda h, c: f"{part(h | {'kid': 1})}.{part(c)}.AA",
    ),
    "no name where several keys fit": Try(header={"kid": None}, keys=(*KEYS, _STRANGERS_PUBLIC)),
    "a key for encryption": Try(key=FOR_SECRETS, header={"kid": "enc-1"}),
    "a key that is too short": Try(key=SHORT, header={"kid": "short-1"}),
    "another algorithm than the key is for": Try(header={"alg": "PS256"}),
    "an elliptic key called RSA": Try(sign=lambda h, c: f"{part(h)}.{part(c)}.{part(b'0' * 64)}"),
    "an algorithm the provider never announced": Try(
        key=EC, header={"alg": "ES256", "kid": "ec-1"}, expected={"algorithms": ("RS256",)}
    ),
    "an ECDSA signature of zeros": Try(
        sign=lambda h, c: f"{part({'alg': 'ES256', 'kid': 'ec-1'})}.{part(c)}.{part(bytes(64))}"
    ),
    "no keys at all": Try(keys=()),
    "claims changed after signing": Try(sign=_otherwise(sub="teacher")),
    "nonce changed after signing": Try(claims={"nonce": "x"}, sign=_otherwise(nonce=NONCE)),
    "crit that nobody understands": Try(header={"crit": ["x"], "x": 1}),
    "an access token of the same provider": Try(header={"typ": "at+jwt"}),
    "a logout token of the same provider": Try(header={"typ": "logout+jwt"}),
    "five parts": Try(sign=_twice),
    "two parts": Try(sign=lambda h, c: f"{part(h)}.{part(c)}"),
    "empty": Try(sign=lambda h, c: ""),
    "no JSON": Try(sign=lambda h, c: f"{part(b'x')}.{part(b'x')}.AA"),
    "a list instead of claims": Try(sign=lambda h, c: signed(h, [])),
    "far too long": Try(claims={"padding": "x" * 20_000}),
    "line breaks in it": Try(sign=_lenient),
    # --- whom it is from and for
    "another issuer": Try(claims={"iss": "https://evil.example"}),
    "the issuer with a slash more": Try(claims={"iss": f"{ISSUER}/"}),
    "no issuer": Try(without=("iss",)),
    "the issuer as a list": Try(claims={"iss": [ISSUER]}),
    "another audience": Try(claims={"aud": "another-client"}),
    "no audience": Try(without=("aud",)),
    "an empty audience": Try(claims={"aud": []}),
    "an audience that begins alike": Try(claims={"aud": f"{CLIENT}-2"}),
    "an audience that holds it as a part": Try(claims={"aud": f"x {CLIENT}"}),
    "the audience as an object": Try(claims={"aud": {CLIENT: 1}}),
    "several audiences and no azp": Try(claims={"aud": [CLIENT, "another-client"]}),
    "another azp": Try(claims={"azp": "another-client"}),
    "several audiences and another azp": Try(
        claims={"aud": [CLIENT, "another-client"], "azp": "another-client"}
    ),
    # --- when
    "expired": Try(claims={"iat": AT, "exp": AT - 91}),
    "expired long ago": Try(claims={"iat": AT - 7200, "exp": AT - 3600}),
    "no end": Try(without=("exp",)),
    "an end that is a text": Try(claims={"exp": str(AT + 3600)}),
    "an end that is true": Try(claims={"exp": True}),
    "an end beyond all bounds": Try(claims={"exp": 10**400}),
    "an end that is no number": Try(claims={"exp": float("nan")}),
    "an end that never comes": Try(claims={"exp": float("inf")}),
    "made in the future": Try(claims={"iat": AT + 91}),
    "no time of making": Try(without=("iat",)),
    "made before the question": Try(claims={"iat": AT - 91}),
    "not yet": Try(claims={"nbf": AT + 91}),
    "not yet, as a text": Try(claims={"nbf": "0"}),
    # --- whose answer
    "another nonce": Try(claims={"nonce": "the-nonce-of-another-flight"}),
    "no nonce": Try(without=("nonce",)),
    "an empty nonce": Try(claims={"nonce": ""}),
    "the nonce as a list": Try(claims={"nonce": [NONCE]}),
    "another access token beside it": Try(
        claims={"at_hash": part(b"0" * 16)}, expected={"access_token": "an-access-token"}
    ),
    "at_hash that is no text": Try(
        claims={"at_hash": 1}, expected={"access_token": "an-access-token"}
    ),
    # --- whom it is about
    "no subject": Try(without=("sub",)),
    "an empty subject": Try(claims={"sub": ""}),
    "a subject that is a number": Try(claims={"sub": 7}),
    "a subject without end": Try(claims={"sub": "x" * 256}),
    "a subject with a line break": Try(claims={"sub": "aoi\n"}),
    "no claim that says who": Try(without=("preferred_username",)),
    "the claim as a list": Try(claims={"preferred_username": ["aoi@hinata.example"]}),
    "the claim empty": Try(claims={"preferred_username": ""}),
    "an address that nobody verified": Try(
        claims={"email": "aoi@hinata.example"}, rule={"claim": "email"}
    ),
    "an address verified as a text": Try(
        claims={"email": "aoi@hinata.example", "email_verified": "true"}, rule={"claim": "email"}
    ),
    "an address of another domain": Try(
        claims={"email": "aoi@evil.example", "email_verified": True},
        rule={"claim": "email", "tenants": ("hinata.example",)},
    ),
    # --- Google
    "Google: a private account": Try(GOOGLE, without=("hd",)),
    "Google: another domain": Try(GOOGLE, claims={"hd": "evil.example"}),
    "Google: a domain below ours": Try(GOOGLE, claims={"hd": "x.hinata.example"}),
    "Google: a domain that ends alike": Try(GOOGLE, claims={"hd": "evilhinata.example"}),
    "Google: the domain as a list": Try(GOOGLE, claims={"hd": ["hinata.example"]}),
    "Google: an address nobody verified": Try(GOOGLE, claims={"email_verified": False}),
    "Google: verified as a text": Try(GOOGLE, claims={"email_verified": "true"}),
    "Google: verified left out": Try(GOOGLE, without=("email_verified",)),
    "Google: an address elsewhere": Try(GOOGLE, claims={"email": "aoi@evil.example"}),
    "Google: two addresses in one": Try(
        GOOGLE, claims={"email": "aoi@evil.example@hinata.example"}
    ),
    "Google: no address": Try(GOOGLE, without=("email",)),
    "Google: the old name of the issuer": Try(GOOGLE, claims={"iss": "accounts.google.com"}),
    "Google: another provider's token": Try(GOOGLE, claims={"iss": ISSUER}),
    # --- Entra
    "Entra: another tenant": Try(ENTRA, claims={"tid": OTHER_TENANT}),
    "Entra: another tenant's issuer": Try(
        ENTRA, claims={"iss": entra_issuer(OTHER_TENANT), "tid": OTHER_TENANT}
    ),
    "Entra: another tenant's issuer with our tid": Try(
        ENTRA, claims={"iss": entra_issuer(OTHER_TENANT)}
    ),
    "Entra: the issuer of all tenants": Try(
        ENTRA, claims={"iss": "https://login.microsoftonline.com/common/v2.0"}
    ),
    "Entra: the issuer as a pattern": Try(
        ENTRA, claims={"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"}
    ),
    "Entra: version 1": Try(ENTRA, claims={"iss": f"https://sts.windows.net/{TENANT}/"}),
    "Entra: no tid": Try(ENTRA, without=("tid",)),
    "Entra: no oid": Try(ENTRA, without=("oid",)),
    "Entra: an oid that is none": Try(ENTRA, claims={"oid": "aoi"}),
    "Entra: a guest": Try(ENTRA, claims={"idp": entra_issuer(OTHER_TENANT)}),
    "Entra: a guest with a private account": Try(ENTRA, claims={"idp": "live.com"}),
    "Entra: a guest by acct": Try(ENTRA, claims={"acct": 1}),
    "Entra: only an address of e-mail": Try(
        ENTRA, claims={"email": "aoi@hinata.example"}, without=("preferred_username",)
    ),
}

#: What has to get through, so that the rows above are refused for what is wrong with them.
HONEST: dict[str, Try] = {
    "any": Try(),
    "Google": Try(GOOGLE),
    "Entra": Try(ENTRA),
    "Entra, with the idp of its own tenant": Try(
        ENTRA, claims={"idp": f"https://sts.windows.net/{TENANT}/", "acct": 0}
    ),
    "an elliptic key": Try(key=EC, header={"alg": "ES256", "kid": "ec-1"}),
    "no name where one key fits": Try(header={"kid": None}, keys=KEYS[:1]),
    "PS256": Try(
        header={"alg": "PS256", "kid": "x"},
        keys=({**KEYS[0], "alg": "PS256", "kid": "x"},),
    ),
    "several audiences, with azp": Try(claims={"aud": ["other", CLIENT], "azp": CLIENT}),
    "a clock that is a little ahead": Try(claims={"iat": AT + 80, "nbf": AT + 80}),
    "a clock that is a little behind": Try(claims={"iat": AT - 80, "exp": AT - 80}),
    "no typ": Try(header={"typ": None}),
    "an address that is verified": Try(
        claims={"email": "aoi@hinata.example", "email_verified": True}, rule={"claim": "email"}
    ),
}
