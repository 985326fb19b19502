"""A teacher chooses what a link of their platform opens, and pupils come to that very place."""

from datetime import timedelta

import pytest

from aarportal.core import clock
from aarportal.people.lti.keys import operations as keys
from tests.cast import AOI, BEN, CHIBA, MORI, UNIT_DIVISION, UNIT_EQUATIONS, UNIT_WATER
from tests.pages import Browser
from tests.people.lti.conftest import platform, private  # noqa: F401 - fixtures
from tests.people.lti.forgeries import changed
from tests.people.lti.platform import INSTRUCTOR, PORTAL, launched, recognized, send

CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def choosing(browser, platform):  # noqa: F811 - a fixture
    """Ms Chiba's browser at the choice, and its address."""
    platform.user_id, platform.roles = str(CHIBA.id), [INSTRUCTOR]
    platform.deep_links_to = f"{platform.address}/chosen?x=1"
    chiba = browser()
    page = launched(chiba, platform)
    assert page.status == 303
    assert page.location.startswith("/links/")
    yield chiba, page.location
    platform.deep_links_to = None


def test_the_answer_is_signed_and_brings_back_what_the_platform_gave(choosing, platform):  # noqa: F811
    chiba, path = choosing
    page = chiba.get(path)
    assert page.says("わり算の筆算")
    assert not page.html.select(f"input[value$='{UNIT_EQUATIONS}']")
    sent = chiba.post(path, {"link": f"goal:{UNIT_DIVISION}"})
    assert sent.status == 200
    assert sent.one("#send-on")["action"] == f"{platform.address}/chosen?x=1"
    policy = sent.response.headers["Content-Security-Policy"].split("; ")
    assert f"form-action {platform.address}" in policy
    token = sent.one("input[name=JWT]")["value"]
    keys = chiba.client.get("/lti/jwks").get_json()
    platform.registration.set_tool_key_set(keys)
    [item] = platform.conf.validate_deeplinking_resp({"JWT": token})
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == f"{PORTAL}/places/goal/{UNIT_DIVISION}"
    claims = platform.conf.tool_validate_and_decode(token)
    assert claims[f"{CLAIM}data"] == "give it back"
    assert (claims["iss"], claims["aud"]) == ("portal-1", platform.address)
    # The link that the platform keeps leads a pupil to the very place.
    platform.deep_links_to = None
    platform.user_id = str(AOI.id)
    aoi = Browser(chiba.app)
    arrived = launched(aoi, platform, target=item["url"])
    assert arrived.location == f"/places/goal/{UNIT_DIVISION}"
    assert aoi.follow(arrived).location == f"/goal?unit={UNIT_DIVISION}"
    # A second tap gets an answer, too; a moment later it is given.
    again = chiba.post(path, {"link": f"goal:{UNIT_DIVISION}"}).one("input[name=JWT]")["value"]
    assert platform.conf.validate_deeplinking_resp({"JWT": again}) == [item]
    assert again != token
    clock.shift(timedelta(minutes=1))
    assert chiba.get(path).status == 404
    assert chiba.post(path, {"link": f"goal:{UNIT_DIVISION}"}).status == 404


def test_a_choice_that_could_not_be_signed_is_still_to_be_made(choosing, monkeypatch):
    chiba, path = choosing
    with monkeypatch.context() as broken:
        broken.setattr(keys, "signed", lambda _claims: keys.no_such_thing())
        with pytest.raises(AttributeError):
            chiba.post(path, {"link": "none"})
    clock.shift(timedelta(minutes=2))
    assert chiba.post(path, {"link": "none"}).status == 200


def test_nothing_can_be_chosen_too(choosing, platform):  # noqa: F811
    chiba, path = choosing
    sent = chiba.post(path, {"link": "none"})
    platform.registration.set_tool_key_set(chiba.client.get("/lti/jwks").get_json())
    token = sent.one("input[name=JWT]")["value"]
    assert platform.conf.validate_deeplinking_resp({"JWT": token}) == []


@pytest.mark.parametrize(
    "link", ["", "goal", f"goal:{UNIT_EQUATIONS}", f"secret:{UNIT_DIVISION}", "goal:x"]
)
def test_what_is_not_offered_is_not_sent(choosing, link):
    chiba, path = choosing
    page = chiba.post(path, {"link": link})
    assert page.status == 422
    assert page.says("Nothing was sent") or page.html.select(".banner")
    assert chiba.get(path).status == 200


def test_a_choice_is_one_teachers_own(choosing, browser):
    _, path = choosing
    assert browser(MORI).get(path).status == 404
    assert browser(MORI).post(path, {"link": f"goal:{UNIT_EQUATIONS}"}).status == 404
    assert browser(AOI).get(path).status == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"deep_link_return_url": "https://evil.example/", "accept_types": ["ltiResourceLink"]},
        {"deep_link_return_url": "javascript:alert(1)", "accept_types": ["ltiResourceLink"]},
        {"accept_types": ["ltiResourceLink"]},
        {},
        "link",
    ],
    ids=str,
)
def test_an_answer_goes_to_the_platform_and_nowhere_else(browser, platform, asked):  # noqa: F811
    platform.user_id, platform.deep_links_to = str(CHIBA.id), f"{platform.address}/chosen"
    chiba = browser()
    fields = recognized(chiba, platform, platform.link())
    forge = changed(**{f"{CLAIM}deep_linking_settings": asked})
    assert send(chiba, forge(platform, fields)).status == 400


def test_pupils_choose_no_links(browser, platform):  # noqa: F811
    platform.user_id, platform.deep_links_to = str(BEN.id), f"{platform.address}/chosen"
    assert launched(browser(), platform).status == 403


def test_each_place_is_where_it_says(browser):
    aoi, chiba = browser(AOI), browser(CHIBA)
    goal = f"/goal?unit={UNIT_WATER}"
    for kind, where in (
        ("goal", goal),
        ("reflection", goal),
        ("unit", f"/records?unit={UNIT_WATER}"),
    ):
        page = aoi.get(f"/places/{kind}/{UNIT_WATER}")
        assert (page.status, page.location) == (303, where)
        assert aoi.get(where).status == 200
        assert chiba.get(f"/places/{kind}/{UNIT_WATER}").location == f"/units/{UNIT_WATER}"
    assert aoi.get(f"/places/other/{UNIT_WATER}").status == 404
    assert aoi.get(f"/places/goal/{UNIT_EQUATIONS}").status == 404
