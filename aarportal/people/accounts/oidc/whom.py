"""Which account of a provider it is, and what the roster is asked for it, pure.

Source: Google, OpenID Connect (`hd`, `sub`); Microsoft, ID token claims reference (`tid`, `oid`);
RFC 8176 (values of `amr`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aarportal.people.roster.letters import folded

GOOGLE, ENTRA, ANY = "google", "entra", "any"
GOOGLE_ISSUER = "https://accounts.google.com"
_ENTRA_HOST = "https://login.microsoftonline.com/"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_EVERYBODY = re.compile(
    r"https://(login\.microsoftonline\.|sts\.windows\.|login\.windows\.)", re.IGNORECASE
)
#: The tenant of everybody's private Microsoft account.
_PRIVATE_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
#: What people choose for themselves at their provider says nothing about who they are.
CHOSEN_BY_THEMSELVES = frozenset(
    {
        "name", "nickname", "given_name", "family_name", "middle_name", "picture", "profile",
        "website", "zoneinfo", "locale", "birthdate", "gender", "address", "phone_number",
    }
)  # fmt: skip

#: RFC 8176, by what kind of thing each is: two kinds together are two factors.
_KINDS = {
    "pwd": "known", "pin": "known", "kba": "known",
    "otp": "held", "hwk": "held", "swk": "held", "sc": "held", "sms": "held", "tel": "held",
    "fpt": "are", "face": "are", "iris": "are", "retina": "are", "vbm": "are",
}  # fmt: skip


class WhomError(Exception):
    """An account that this provider's entry does not let in.

    Attributes:
        rule: `wrong_tenant`, `guest`, `unverified` or `no_claim`.
        shown: What the account calls itself, to be shown to whoever uses it.
    """

    def __init__(self, rule: str, shown: str = "") -> None:
        """Name what is wrong."""
        super().__init__(rule)
        self.rule = rule
        self.shown = shown


@dataclass(frozen=True)
class Rule:
    """What the office entered about a provider; see `OidcProvider`."""

    kind: str
    tenants: Sequence[str]
    claim: str
    strong_acr: Sequence[str] = ()


@dataclass(frozen=True)
class Identity:
    """An account at a provider.

    Attributes:
        subject: Its name that never changes.
        value: What the roster is asked for, the first time.
        is_strong: Whether two factors were proved.
    """

    subject: str
    value: str
    is_strong: bool


def identity(claims: Mapping[str, Any], rule: Rule) -> Identity:
    """The account that a verified token is about.

    Raises:
        WhomError: If it is none of this school's.
    """
    shown = _shown(claims)
    if rule.kind == GOOGLE:
        subject, value = _of_google(claims, rule, shown)
    elif rule.kind == ENTRA:
        subject, value = _of_entra(claims, rule, shown)
    else:
        subject, value = _of_any(claims, rule, shown)
    return Identity(subject, value, _is_strong(claims, rule.strong_acr))


def entra_issuer(tenant: str) -> str:
    """The issuer of one tenant; there is none for several."""
    return f"{_ENTRA_HOST}{tenant}/v2.0"


def is_tenant(text: str) -> bool:
    """Whether it is the id of one organisation's tenant."""
    return bool(_UUID.fullmatch(text)) and text != _PRIVATE_TENANT


def needs_own_kind(issuer: str) -> bool:
    """Whether an issuer serves everybody, so that a tenant has to be checked as well."""
    return issuer.rstrip("/").lower() == GOOGLE_ISSUER or bool(_OF_EVERYBODY.match(issuer))


def _of_google(claims: Mapping[str, Any], rule: Rule, shown: str) -> tuple[str, str]:
    if claims.get("hd") not in rule.tenants:
        raise WhomError("wrong_tenant", shown)
    return claims["sub"], _address(claims, rule.tenants, shown)


def _of_entra(claims: Mapping[str, Any], rule: Rule, shown: str) -> tuple[str, str]:
    if claims.get("tid") not in rule.tenants:
        raise WhomError("wrong_tenant", shown)
    # Somebody of another organisation who was invited: their name is not this tenant's to give.
    own = {None, claims["iss"], f"https://sts.windows.net/{claims['tid']}/"}
    if claims.get("idp") not in own or claims.get("acct") in {1, "1"}:
        raise WhomError("guest", shown)
    subject = claims.get("oid")
    if not isinstance(subject, str) or not _UUID.fullmatch(subject):
        raise WhomError("no_claim", shown)
    return subject, _text(claims, rule.claim, shown)


def _of_any(claims: Mapping[str, Any], rule: Rule, shown: str) -> tuple[str, str]:
    if rule.claim == "email":
        return claims["sub"], _address(claims, rule.tenants, shown)
    return claims["sub"], _text(claims, rule.claim, shown)


def _address(claims: Mapping[str, Any], domains: Sequence[str], shown: str) -> str:
    """The address of e-mail, which the provider verified and which is of one of the domains."""
    address = _text(claims, "email", shown)
    if claims.get("email_verified") is not True:
        raise WhomError("unverified", shown)
    local, _, domain = address.rpartition("@")
    if not local or "@" in local or (domains and folded(domain) not in domains):
        raise WhomError("wrong_tenant", shown)
    return address


def _text(claims: Mapping[str, Any], name: str, shown: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255 or not value.isprintable():
        raise WhomError("no_claim", shown)
    return value


def _shown(claims: Mapping[str, Any]) -> str:
    """What somebody knows their own account by."""
    for name in ("email", "upn", "preferred_username"):
        value = claims.get(name)
        if isinstance(value, str) and value.isprintable():
            return value[:100]
    return ""


def _is_strong(claims: Mapping[str, Any], strong_acr: Sequence[str]) -> bool:
    """Whether the provider says that two factors were proved."""
    told = claims.get("acrs")
    contexts = [claims.get("acr"), *(told if isinstance(told, list) else [])]
    if any(isinstance(each, str) and each in strong_acr for each in contexts):
        return True
    methods = claims.get("amr")
    if not isinstance(methods, list):
        return False
    kinds = {_KINDS[each] for each in methods if isinstance(each, str) and each in _KINDS}
    return "mfa" in methods or len(kinds) > 1
