"""A pupil opens a learning app, and it learns who came: no more than it may."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningApp, LearningRecord
from aarportal.people.lti import tokens
from tests.cast import AOI, APP_DRILL, BEN, CHIBA, GEN, HANA, OKA, SATO, SECONDARY
from tests.cycle.action.launching.conftest import LAUNCH, PORTAL, kept
from tests.drill import HEADERS, answered

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


def begun(browser, tool) -> dict[str, str]:
    """What the app is told when it is opened."""
    page = browser.get(f"/my-apps/{tool.id}")
    assert page.status == 302
    assert page.location.startswith("https://drill.example/lti/login?place=hinata&")
    return dict(parse_qsl(urlsplit(page.location).query))


def asking(tool, told: dict[str, str], **other: str) -> str:
    """The app's question, as a path of the portal."""
    question = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": tool.client_id,
        "redirect_uri": LAUNCH,
        "login_hint": told["login_hint"],
        "lti_message_hint": told["lti_message_hint"],
        "state": "a state & more",
        "nonce": "a nonce",
    }
    return f"/lti/authorize?{urlencode(question | other)}"


def claims_of(page, browser) -> dict:
    keys = browser().client.get("/lti/jwks").get_json()["keys"]
    return tokens.verified(page.one("input[name=id_token]")["value"], keys)


def opened(browser, member, tool) -> dict:
    own = browser(member)
    return claims_of(own.get(asking(tool, begun(own, tool))), browser)


def test_the_app_is_told_that_somebody_comes_and_then_who(browser, tool):
    aoi = browser(AOI)
    assert aoi.get("/my-apps").one(f'a[href="/my-apps/{tool.id}"]')
    told = begun(aoi, tool)
    assert str(AOI.id) not in str(told)
    assert (told["iss"], told["client_id"]) == (PORTAL, tool.client_id)
    page = aoi.get(asking(tool, told))
    assert page.status == 200
    assert page.one("#send-on")["action"] == LAUNCH
    assert page.one("input[name=state]")["value"] == "a state & more"
    claims = claims_of(page, browser)
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (PORTAL, tool.client_id, "a nonce")
    assert claims[f"{CLAIM}target_link_uri"] == "https://drill.example/start"
    assert claims[f"{CLAIM}deployment_id"] == told["lti_deployment_id"]


def test_nothing_is_told_that_the_registration_does_not_allow(browser, tool, portal):
    claims = opened(browser, AOI, tool)
    everything = str(claims)
    for personal in (AOI.family_name, AOI.given_name, "4年2組", str(AOI.id), AOI.name):
        assert personal not in everything
    assert set(claims) == {
        *("iss", "aud", "azp", "sub", "nonce", "iat", "exp"),
        *(
            CLAIM + name
            for name in (
                "message_type",
                "version",
                "deployment_id",
                "target_link_uri",
                "resource_link",
                "roles",
            )
        ),
    }
    claims = opened(browser, AOI, kept(portal, tells_name=True, tells_class=True))
    assert claims["name"] == "髙﨑 葵"
    assert claims[f"{CLAIM}context"]["title"] == "4年2組"


def test_a_pupil_keeps_their_name_and_no_two_share_one(browser, tool):
    names = [opened(browser, member, tool)["sub"] for member in (AOI, BEN, AOI)]
    assert names[0] == names[2] != names[1]


@pytest.mark.parametrize("known_as", ["pairwise", "identifier"])
def test_what_the_app_sends_comes_back_under_the_same_person(browser, portal, known_as):
    tool = kept(portal, known_as=known_as)
    subject = opened(browser, AOI, tool)["sub"]
    assert (subject == str(AOI.id)) == (known_as == "identifier")
    statement = answered(AOI.id, 1)
    statement["actor"] = {"account": {"homePage": PORTAL, "name": subject}}
    answer = portal.test_client().post("/xapi/statements", json=[statement], headers=HEADERS)
    assert answer.status_code == 200
    with portal.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        [record] = scope.session.scalars(select(LearningRecord))
        assert record.student_id == AOI.id


QUESTIONS = {
    "another client": {"client_id": "somebody"},
    "no client": {"client_id": ""},
    "another address": {"redirect_uri": "https://evil.example/"},
    "an address with more": {"redirect_uri": LAUNCH + "/"},
    "an address with a query": {"redirect_uri": LAUNCH + "?x=1"},
    "an address below": {"redirect_uri": LAUNCH + "/../evil"},
    "an address in capitals": {"redirect_uri": LAUNCH.upper()},
    "no address": {"redirect_uri": ""},
    "an invented hint": {"login_hint": "1.abc"},
    "no hint": {"login_hint": ""},
    "the id of a pupil as hint": {"login_hint": str(BEN.id)},
    "another message": {"lti_message_hint": str(APP_DRILL)},
    "an answer in the address": {"response_mode": "query"},
    "an answer in the fragment": {"response_mode": "fragment"},
    "a code": {"response_type": "code"},
    "a question to the person": {"prompt": "login"},
    "more than who it is": {"scope": "openid profile email"},
    "no nonce": {"nonce": ""},
    "no state": {"state": ""},
}


@pytest.mark.parametrize("other", QUESTIONS.values(), ids=QUESTIONS)
def test_no_other_question_is_answered(browser, tool, other):
    aoi = browser(AOI)
    page = aoi.get(asking(tool, begun(aoi, tool), **other))
    assert page.status == 400
    assert "id_token" not in page.text
    assert "form-action 'self'" in page.response.headers["Content-Security-Policy"]


def test_a_hint_is_good_for_one_signin_and_for_minutes(browser, tool):
    aoi, ben = browser(AOI), browser(BEN)
    told = begun(aoi, tool)
    # An address that somebody else was made to open: they are not who was meant.
    assert ben.get(asking(tool, told)).status == 400
    again = browser(AOI)
    assert again.get(asking(tool, told)).status == 400
    assert browser().get(asking(tool, told)).location.startswith("/sign-in")
    assert aoi.get(asking(tool, told)).status == 200
    clock.shift(timedelta(minutes=20))
    assert aoi.get(asking(tool, told)).status == 400


def test_the_answer_can_be_sent_to_the_registered_origin_and_nowhere_else(browser, tool):
    aoi = browser(AOI)
    page = aoi.get(asking(tool, begun(aoi, tool)))
    policy = page.response.headers["Content-Security-Policy"].split("; ")
    assert "form-action https://drill.example" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.response.headers["X-Frame-Options"] == "DENY"
    after = aoi.get("/my-apps").response.headers["Content-Security-Policy"].split("; ")
    assert "form-action 'self'" in after


def test_an_app_is_opened_by_pupils_of_its_schools(browser, tool, portal):
    for member, status in ((CHIBA, 403), (OKA, 403), (GEN, 404)):
        assert browser(member).get(f"/my-apps/{tool.id}").status == status, member.name
    assert browser(HANA).get(f"/my-apps/{tool.id}").status == 302
    with portal.app_context(), unit_of_work(SystemScope("for one school")) as scope:
        scope.session.get(LearningApp, APP_DRILL).school_ids = [str(SECONDARY)]
        audit.record(scope, "app:changed", APP_DRILL)
    assert browser(HANA).get(f"/my-apps/{tool.id}").status == 404


def test_a_revoked_app_is_not_opened(browser, tool):
    aoi = browser(AOI)
    told = begun(aoi, tool)
    assert browser(OKA).post(f"/apps/{APP_DRILL}/revoke").status == 303
    assert aoi.get(f"/my-apps/{tool.id}").status == 404
    assert aoi.get(asking(tool, told)).status == 400


def test_what_was_told_is_traced_by_name_and_not_by_value(browser, portal):
    opened(browser, AOI, kept(portal, tells_name=True))
    with portal.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.verb == "app:opened")
        [entry] = scope.session.scalars(query)
    assert (entry.actor_id, entry.student_id, entry.object_id) == (AOI.id, AOI.id, str(APP_DRILL))
    assert entry.detail == "pairwise, name, family_name, given_name"


# --- the office -----------------------------------------------------------------------------------


def fields(**other) -> dict[str, str]:
    return {
        "login_url": "https://drill.example/login",
        "launch_url": "https://drill.example/start",
        "redirect_uris": f"{LAUNCH}\n",
        "known_as": "pairwise",
    } | other


def test_the_office_says_how_an_app_is_opened(browser, portal):
    oka, path = browser(OKA), f"/apps/{APP_DRILL}/opening"
    assert oka.get(f"/apps/{APP_DRILL}").one(f'a[href="{path}"]')
    page = oka.follow(oka.post(path, fields(tells_class="y")))
    assert page.one("input[name=tells_class]").has_attr("checked")
    assert not page.one("input[name=tells_name]").has_attr("checked")
    assert page.html.select_one("dl code").get_text() == PORTAL
    assert browser(AOI).get("/my-apps").html.select("main a[href^='/my-apps/']")
    assert oka.post(f"{path}/remove").status == 303
    assert not browser(AOI).get("/my-apps").html.select("main a[href^='/my-apps/']")
    assert oka.post(f"{path}/remove").status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"login_url": "http://drill.example/login"},
        {"login_url": "javascript:alert(1)"},
        {"launch_url": ""},
        {"redirect_uris": ""},
        {"redirect_uris": "https://drill.example/; form-action *"},
        {"redirect_uris": "https://user@drill.example/"},
        {"redirect_uris": "https://drill.example/#x"},
        {"redirect_uris": "\n".join(f"https://drill.example/{n}" for n in range(21))},
        {"known_as": "name"},
    ],
    ids=str,
)
def test_what_cannot_be_an_address_is_shown_again(browser, portal, wrong):
    page = browser(OKA).post(f"/apps/{APP_DRILL}/opening", fields(**wrong))
    assert page.status == 422
    assert page.html.select(".field-error")
    for name, value in fields(**wrong).items():
        if name != "known_as":
            box = page.one(f"[name={name}]")
            assert (box.get("value") or box.get_text()).strip() == value.strip()


def test_other_offices_do_not_find_it(browser, tool):
    assert browser(SATO).get(f"/apps/{APP_DRILL}/opening").status == 404
    assert browser(SATO).post(f"/apps/{APP_DRILL}/opening", fields()).status in {404, 422}
    assert browser(CHIBA).get(f"/apps/{APP_DRILL}/opening").status == 403
