"""Whatever stands in a launch, it is either taken or refused by a rule."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.lti.claims import PREFIX, Expected, checked, origin_of, own_target
from aarportal.people.lti.tokens import TokenError, kid_of, verified

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
ROOT = "https://portal.example"
EXPECTED = Expected(
    issuer="https://lms.example",
    client_id="portal-1",
    deployments=["1"],
    nonce="n",
    root=ROOT,
    begun_at=NOW,
    now=NOW,
    origins=frozenset({"https://lms.example"}),
)
GOOD = {
    "iss": "https://lms.example",
    "aud": "portal-1",
    "sub": "somebody",
    "nonce": "n",
    "iat": NOW.timestamp(),
    "exp": NOW.timestamp() + 300,
    f"{PREFIX}deployment_id": "1",
    f"{PREFIX}message_type": "LtiResourceLinkRequest",
    f"{PREFIX}version": "1.3.0",
    f"{PREFIX}target_link_uri": f"{ROOT}/goal?unit=1",
    f"{PREFIX}resource_link": {"id": "1"},
    f"{PREFIX}roles": [],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [*GOOD, "azp", "nbf", "email", f"{PREFIX}context", f"{PREFIX}lis", f"{PREFIX}custom"]
)


def test_a_good_launch_is_taken():
    launch = checked(GOOD, EXPECTED)
    assert (launch.subject, launch.deployment_id, launch.target) == (
        "somebody",
        "1",
        "/goal?unit=1",
    )


@given(st.dictionaries(NAMES, ANYTHING, min_size=1, max_size=4))
def test_odd_claims_break_a_rule_and_nothing_else(odd):
    try:
        launch = checked(GOOD | odd, EXPECTED)
    except TokenError:
        return
    assert launch.target.startswith("/")
    assert not launch.target.startswith("//")


@given(st.text(), st.sampled_from(["", ROOT, f"{ROOT}/", f"{ROOT}//", f"{ROOT}@", "//", "https:"]))
def test_a_target_is_a_path_of_ours_or_none(text, before):
    try:
        target = own_target(before + text, ROOT)
    except TokenError:
        return
    assert origin_of(before + text) == ROOT
    assert target.startswith("/")
    assert not target.startswith(("//", "/lti/", "/\\"))


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_no_text_is_a_token_by_chance(text):
    for ask in (kid_of, lambda given: verified(given, [])):
        with pytest.raises(TokenError):
            ask(text)
