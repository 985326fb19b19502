"""Forged and replayed launches: each takes a good one and spoils it in one way.

`FORGERIES` holds (name, forge); `forge(platform, fields)` gives the fields that are sent instead.
Whoever counts attacks runs all of them through `attempt`, which says whether somebody came in.
"""

import base64
import json
import time
from collections.abc import Callable

import jwt

from tests.pages import Browser
from tests.people.lti.platform import CLIENT_ID, Platform, key_pair, recognized, send

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
HOUR = 3600

Fields = dict[str, str]
Forge = Callable[[Platform, Fields], Fields]


def claims_of(fields: Fields) -> dict:
    return jwt.decode(fields["id_token"], options={"verify_signature": False})


def sign(platform: Platform, claims: dict, *, key: str = "", **header) -> str:
    """A token with the platform's own key, unless another is given."""
    private = key or platform.registration.get_platform_private_key()
    named = {"kid": platform.registration.get_kid(), **header}
    return jwt.encode(claims, private, algorithm="RS256", headers=named)


def _without(claims: dict, *names: str) -> dict:
    return {name: value for name, value in claims.items() if name not in names}


def changed(**more) -> Forge:
    """Claims that differ, in a token that the platform itself signed."""

    def forge(platform, fields):
        claims = claims_of(fields)
        for name, value in more.items():
            full = CLAIM + name if CLAIM + name in claims else name
            claims[full] = value(claims) if callable(value) else value
        return {**fields, "id_token": sign(platform, claims)}

    return forge


def missing(name: str) -> Forge:
    def forge(platform, fields):
        claims = _without(claims_of(fields), name, CLAIM + name)
        return {**fields, "id_token": sign(platform, claims)}

    return forge


def _part(data: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def unsigned(alg: str) -> Forge:
    def forge(platform, fields):
        head = _part({"alg": alg, "typ": "JWT", "kid": platform.registration.get_kid()})
        return {**fields, "id_token": f"{head}.{_part(claims_of(fields))}."}

    return forge


def by_public_key(platform: Platform, fields: Fields) -> Fields:
    """HS256 with the public key as its secret, which everybody can fetch."""
    import hashlib
    import hmac

    head = _part({"alg": "HS256", "typ": "JWT", "kid": platform.registration.get_kid()})
    signed = f"{head}.{_part(claims_of(fields))}"
    secret = platform.registration.get_platform_public_key().encode()
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    tail = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    return {**fields, "id_token": f"{signed}.{tail}"}


def by_strangers_key(platform: Platform, fields: Fields) -> Fields:
    return {**fields, "id_token": sign(platform, claims_of(fields), key=key_pair(7)[0])}


def with_key_inside(platform: Platform, fields: Fields) -> Fields:
    """The token brings its own key along (jwk), and says where to fetch more (jku)."""
    private, public = key_pair(7)
    jwk = platform.registration.get_jwk(public)
    token = sign(platform, claims_of(fields), key=private, jwk=jwk, jku=f"{platform.address}/jwks")
    return {**fields, "id_token": token}


def header(**more) -> Forge:
    def forge(platform, fields):
        return {**fields, "id_token": sign(platform, claims_of(fields), **more)}

    return forge


def other_signature(platform: Platform, fields: Fields) -> Fields:
    """The claims of one launch under the signature of another."""
    other = sign(platform, claims_of(fields) | {"sub": "somebody else"})
    head, _, tail = fields["id_token"].split(".")
    return {**fields, "id_token": f"{head}.{other.split('.')[1]}.{tail}"}


def field(**more: str) -> Forge:
    return lambda _platform, fields: {**fields, **more}


def at(seconds: int) -> Callable[[dict], int]:
    """A moment so far from now; far enough that no slow machine matters."""
    return lambda _claims: int(time.time()) + seconds


FORGERIES: list[tuple[str, Forge]] = [
    ("alg none", unsigned("none")),
    ("alg None", unsigned("None")),
    ("alg empty", unsigned("")),
    ("RS256 without a signature", unsigned("RS256")),
    ("HS256 by the public key", by_public_key),
    ("a stranger's key under our kid", by_strangers_key),
    ("a key inside the token", with_key_inside),
    ("another kid", header(kid="somebody's")),
    ("a kid that leads to a file", header(kid="../../../../dev/null")),
    ("a critical extension", header(crit=["exp"])),
    ("another's signature", other_signature),
    ("another issuer", changed(iss="https://elsewhere.example")),
    ("an issuer with a slash", changed(iss=lambda claims: claims["iss"] + "/")),
    ("another audience", changed(aud="another-tool")),
    ("an audience without us", changed(aud=["another-tool", "a third"])),
    (
        "several audiences without azp",
        lambda p, f: missing("azp")(p, changed(aud=[CLIENT_ID, "another-tool"])(p, f)),
    ),
    ("another authorized party", changed(azp="another-tool")),
    ("another nonce", changed(nonce="of-another-launch")),
    ("a nonce that is a list", changed(nonce=lambda claims: [claims["nonce"]])),
    ("expired", changed(exp=at(-HOUR))),
    ("made in the future", changed(iat=at(HOUR), exp=at(2 * HOUR))),
    ("not valid before an hour", changed(nbf=at(HOUR))),
    ("made before the launch began", changed(iat=at(-24 * HOUR))),
    ("exp as text", changed(exp=lambda claims: str(claims["exp"]))),
    ("exp beyond all time", changed(exp=1e300)),
    ("another deployment", changed(deployment_id="S_9999999999999")),
    ("a list of deployments", changed(deployment_id=["S_1234567890123"])),
    ("a list of messages", changed(message_type=["LtiResourceLinkRequest"])),
    ("another message", changed(message_type="LtiStartProctoring")),
    ("another version", changed(version="1.1")),
    ("a target elsewhere", changed(target_link_uri="https://evil.example/")),
    ("a target that looks like ours", changed(target_link_uri="http://localhost.evil.example/")),
    ("a target behind a name", changed(target_link_uri="http://localhost@evil.example/")),
    ("a target with another scheme", changed(target_link_uri="javascript:alert(1)")),
    ("a target on another port", changed(target_link_uri="http://localhost:8080/")),
    ("nobody", missing("sub")),
    ("an empty sub", changed(sub="")),
    ("a sub that is a number", changed(sub=1)),
    ("a sub with NUL", changed(sub="a\0b")),
    (
        "an anonymous guest",
        changed(roles=["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Guest"]),
    ),
    ("roles as text", changed(roles="Learner")),
    *(
        (f"no {name}", missing(name))
        for name in (
            "iss",
            "aud",
            "exp",
            "iat",
            "nonce",
            "deployment_id",
            "message_type",
            "version",
            "target_link_uri",
            "roles",
            "resource_link",
        )
    ),
    ("no token", field(id_token="")),
    ("no token at all", field(id_token="a.b.c")),
    ("five parts", field(id_token="a.b.c.d.e")),
    ("a long token", field(id_token="a" * 70_000 + ".b.c")),
    ("another state", field(state="somebody's")),
    ("no state", field(state="")),
]


def attempt(browser: Browser, platform: Platform, forge: Forge) -> bool:
    """Whether somebody comes in by a forged launch."""
    fields = recognized(browser, platform, platform.link())
    page = send(browser, forge(platform, fields))
    return page.status == 303 or bool(page.html.select("input[name=ticket]"))
