"""Nobody comes in by a token with anything wrong."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.accounts.oidc.tokens import SKEW_SECONDS, Expected, TokenError, verified
from aarportal.people.accounts.oidc.whom import identity, needs_own_kind
from aarportal.people.roster.letters import folded
from tests.people.accounts.oidc.attacks import (
    ANY,
    AT,
    ATTACKS,
    CLIENT,
    HONEST,
    ISSUER,
    KEYS,
    NONCE,
    NOW,
    OID,
    RULES,
    Try,
    gets_through,
)


@pytest.mark.parametrize("name", ATTACKS)
def test_none_gets_through(name):
    assert not gets_through(ATTACKS[name])


@pytest.mark.parametrize("name", HONEST)
def test_what_is_true_gets_through(name):
    assert gets_through(HONEST[name])


_GOOD = Try().token()
_EXPECTED = Expected(ISSUER, CLIENT, NONCE, NOW, NOW)


@settings(max_examples=600)
@given(st.integers(0, len(_GOOD) - 1), st.characters(codec="ascii"))
def test_no_letter_can_be_changed(place, letter):
    """But for the last one of a part, of which some bits say nothing."""
    changed = f"{_GOOD[:place]}{letter}{_GOOD[place + 1 :]}"
    try:
        claims = verified(changed, KEYS, _EXPECTED)
    except TokenError:
        return
    assert claims == verified(_GOOD, KEYS, _EXPECTED)


@settings(max_examples=400)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "nonce", "sub", "azp", "at_hash"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(allow_nan=True, allow_infinity=True),
            st.text(max_size=8),
            st.lists(st.text(max_size=4), max_size=2),
            st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        ),
        min_size=1,
    )
)
def test_strange_claims_are_refused_and_never_break_anything(claims):
    attempt = Try(claims=claims)
    if not gets_through(attempt):
        return
    assert attempt.judged().value == "aoi@hinata.example"
    # Nothing here is long enough to be one of these by chance.
    assert not claims.keys() & {"iss", "aud", "nonce"}
    assert claims.get("azp") is None
    assert claims.get("sub", "aoi"), "somebody"
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if claims.get(name) is not None}
    assert all(type(value) in {int, float} for value in times.values())
    assert times.get("exp", AT) > AT - SKEW_SECONDS
    assert abs(times.get("iat", AT) - AT) <= SKEW_SECONDS
    assert times.get("nbf", AT) <= AT + SKEW_SECONDS


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(["exp", "iat", "nbf"]), st.integers(AT - 200, AT + 200), min_size=1
    )
)
def test_clocks_may_be_a_minute_and_a_half_apart_and_no_more(times):
    is_of_now = (
        times.get("exp", AT) > AT - 90
        and AT - 90 <= times.get("iat", AT) <= AT + 90
        and times.get("nbf", AT) <= AT + 90
    )
    assert gets_through(Try(claims=times)) == is_of_now


def test_the_access_token_that_belongs_to_it_is_taken():
    half = sha256(b"an-access-token").digest()[:16]
    said = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    attempt = Try(claims={"at_hash": said}, expected={"access_token": "an-access-token"})
    assert gets_through(attempt)


def test_the_name_that_stays_is_taken_and_not_the_one_that_changes():
    subjects = {name: HONEST[name].judged().subject for name in ("any", "Google", "Entra")}
    assert subjects == {"any": "aoi", "Google": "110169484474386276334", "Entra": OID}


@pytest.mark.parametrize(
    ("claims", "is_strong"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["otp"]}, False),
        ({"amr": ["pwd", "kba"]}, False),
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": ["pin", "hwk"]}, True),
        ({"amr": ["mfa"]}, True),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], {"mfa": 1}]}, False),
        ({"acr": "urn:two-factors"}, True),
        ({"acr": ["urn:two-factors"]}, False),
        ({"acr": "urn:password"}, False),
        ({"acrs": ["c1", "urn:two-factors"]}, True),
    ],
)
def test_two_factors_are_believed_where_they_are_said(claims, is_strong):
    assert identity({"sub": "aoi", "preferred_username": "a"} | claims, RULES[ANY]).is_strong == (
        is_strong
    )


def test_letters_that_look_alike_do_not_fall_together():
    assert folded("Aoi@Hinata.Example") == "aoi@hinata.example"
    kelvin = "\N{KELVIN SIGN}en@hinata.example"
    assert folded(kelvin) == kelvin


@pytest.mark.parametrize(
    "issuer",
    [
        "https://accounts.google.com",
        "https://accounts.google.com/",
        "https://login.microsoftonline.com/common/v2.0",
        "https://LOGIN.microsoftonline.com/organizations/v2.0",
        "https://sts.windows.net/x/",
    ],
)
def test_who_serves_everybody_is_entered_with_a_tenant(issuer):
    assert needs_own_kind(issuer)
    assert not needs_own_kind("https://login.town.example.jp")
