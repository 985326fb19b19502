"""Nobody comes in with a launch that is not as it has to be, or that was used before."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock, published
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import keysets
from aarportal.people.lti.models import LtiBinding
from tests.people.lti.forgeries import FORGERIES, attempt, claims_of, sign
from tests.people.lti.platform import launched, recognized, send


def people_who_came(app) -> int:
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        sessions = select(func.count()).where(AuditEntry.verb == "session:opened")
        bound = select(func.count()).select_from(LtiBinding)
        return scope.session.scalar(sessions) + scope.session.scalar(bound)


@pytest.mark.parametrize("forge", [f for _, f in FORGERIES], ids=[name for name, _ in FORGERIES])
def test_nobody_comes_in_by_a_forged_launch(browser, platform, private, forge):
    somebody = browser()
    assert not attempt(somebody, platform, forge)
    assert somebody.get("/").location.startswith("/sign-in")
    assert people_who_came(private) == 0


def test_the_very_same_launch_unspoilt_is_taken(browser, platform):
    """What the table forges is good before: no entry of it passes for another reason."""
    assert attempt(browser(), platform, lambda _platform, fields: fields)
    assert attempt(
        browser(),
        platform,
        lambda platform, fields: {**fields, "id_token": sign(platform, claims_of(fields))},
    )


def test_a_launch_is_good_once(browser, platform):
    aoi, thief = browser(), browser()
    fields = recognized(aoi, platform, platform.link())
    assert send(aoi, fields).status == 303
    for again in (aoi, thief):
        assert send(again, fields).status == 400


def test_a_token_is_no_answer_to_another_launch(browser, platform):
    aoi, thief = browser(), browser()
    fields = recognized(aoi, platform, platform.link())
    assert send(aoi, fields).status == 303
    others = recognized(thief, platform, platform.link())
    assert send(thief, {**others, "id_token": fields["id_token"]}).status == 400
    # A launch that was tried with a wrong token is over.
    assert send(thief, others).status == 400


def test_a_launch_that_took_too_long_is_over(browser, platform):
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    clock.shift(timedelta(hours=2))
    assert send(aoi, fields).status == 400


def test_a_new_key_of_the_platform_is_fetched_and_the_old_one_opens_nothing(browser, platform):
    aoi = browser()
    assert launched(aoi, platform).status == 303
    assert launched(aoi, platform).status == 303
    assert platform.key_requests == 1
    before = platform.registration.get_platform_private_key()
    old_kid = platform.registration.get_kid()
    platform.use_key(1)
    # Within the first moments an unknown key is taken for an invention.
    assert launched(aoi, platform).status == 400
    assert platform.key_requests == 1
    clock.shift(timedelta(minutes=1))
    assert launched(aoi, platform).status == 303
    assert platform.key_requests == 2
    fields = recognized(aoi, platform, platform.link())
    forged = sign(platform, claims_of(fields), key=before, kid=old_kid)
    assert send(aoi, {**fields, "id_token": forged}).status == 400


def test_while_a_platform_is_down_its_pupils_come_in_by_the_keys_that_are_known(
    browser, platform, monkeypatch
):
    for name in ("_FRESH_SECONDS", "_AGAIN_SECONDS"):
        monkeypatch.setattr(published, name, 0.0)
    assert launched(browser(), platform).status == 303
    keys = platform.conf.get_jwks
    platform.conf.get_jwks = lambda: "down for maintenance"
    for _ in range(3):
        assert launched(browser(), platform).status == 303
    assert platform.key_requests == 2, "it is left alone for a moment"
    platform.use_key(1)
    assert launched(browser(), platform).status == 503
    platform.conf.get_jwks = keys
    assert launched(browser(), platform).status == 503
    assert platform.key_requests == 2
    monkeypatch.setattr(published, "_QUIET_SECONDS", 0.0)
    assert launched(browser(), platform).status == 303


def test_keys_of_a_private_address_are_not_fetched(browser, platform, app):
    """As installations are unless they say otherwise."""
    from dataclasses import replace

    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], private_platforms=False)
    page = send(aoi, fields)
    assert page.status == 503
    assert platform.key_requests == 0


@pytest.mark.parametrize(
    "keys",
    [
        {"keys": []},
        {"keys": "none"},
        [],
        {"keys": [{"kty": "oct", "kid": "k", "k": "c2VjcmV0"}]},
        "too large",
    ],
    ids=str,
)
def test_a_platform_with_odd_keys_brings_nobody(browser, platform, private, keys):
    given = "x" * 300_000 if keys == "too large" else keys
    platform.conf.get_jwks = lambda: given
    with private.app_context():
        keysets.here().forget()
    assert launched(browser(), platform).status in {400, 503}


def test_what_was_refused_leaves_a_trace_without_the_token(browser, platform, private):
    assert not attempt(browser(), platform, dict(FORGERIES)["another nonce"])
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.verb == "lti:refused")
        [entry] = scope.session.scalars(query)
    assert entry.detail == "LTI launch; nonce"
    assert entry.object_id == str(platform.id)
