"""What comes to the door of launches that no browser of a class would send, and a class at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import store
from aarportal.people.lti.claims import NRPS_CLAIM
from aarportal.people.lti.completing import store as completing
from aarportal.people.lti.models import LtiCompletion, LtiContext, LtiLine, LtiPlatform
from aarportal.web.guard import MAX_FORM_BYTES
from tests.cast import AOI, BEN, CHIBA, HANA
from tests.people.lti.forgeries import changed
from tests.people.lti.platform import INSTRUCTOR, launched, recognized, send

pytestmark = pytest.mark.both_databases

SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
CLASS = (AOI, BEN, HANA)


@pytest.mark.parametrize("name", ["iss", "login_hint", "client_id", "lti_storage_target"])
def test_a_login_with_a_character_that_nobody_types_is_refused_and_breaks_nothing(browser, name):
    asked = {"iss": "https://lms.example", "login_hint": "x", "client_id": "1"} | {name: "a\0b"}
    stranger = browser()
    assert stranger.get("/lti/login", query_string=asked).status == 400
    assert stranger.client.post("/lti/login", data=asked).status_code == 400
    assert stranger.client.post("/lti/launch", data={"state": "\0"}).status_code == 400


def test_a_launch_larger_than_any_form_is_not_read(browser):
    sent = {"id_token": "x" * (MAX_FORM_BYTES + 1), "state": "y"}
    assert browser().client.post("/lti/launch", data=sent).status_code == 413


def test_a_platform_that_wants_back_what_no_database_keeps_is_refused_in_words(browser, platform):
    platform.user_id, platform.roles = str(CHIBA.id), [INSTRUCTOR]
    platform.deep_links_to = f"{platform.address}/links"
    chiba = browser()
    fields = recognized(chiba, platform, platform.link())
    spoil = changed(**{SETTINGS: lambda claims: claims[SETTINGS] | {"data": "a\0b"}})
    assert send(chiba, spoil(platform, fields)).status == 400
    assert send(chiba, recognized(chiba, platform, platform.link())).status == 303


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [("?x=あ", False), ("?x=a b", False), (f"?x={'x' * 1000}", True), (f"?x={'x' * 2000}", False)],
    ids=["other letters", "a space", "long", "too long"],
)
def test_an_address_that_can_be_asked_one_day_is_kept_however_long_and_no_other(
    browser, platform, private, query, is_kept
):
    address = f"{platform.address}/members{query}"
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    spoil = changed(**{NRPS_CLAIM: {"context_memberships_url": address}})
    assert send(aoi, spoil(platform, fields)).status == 303
    assert [row.memberships_url for row in rows(private, LtiContext)] == [address] * is_kept


def rows(app, kind):
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.scalars(select(kind)).all()


@pytest.mark.parametrize("look", [(store, "context"), (completing, "line")], ids=lambda at: at[1])
def test_a_class_that_taps_a_new_link_at_once_comes_in_together(
    browser, platform, private, database, monkeypatch, look
):
    """Each looks for the course, or the link, before anybody has written it."""
    platform.grading = {"lineitems_url": f"{platform.address}/items"}
    if look[1] == "line":
        assert launched(browser(), platform).status == 303
    with private.app_context(), unit_of_work(SystemScope("registration")) as scope:
        scope.session.get(LtiPlatform, platform.id).sends_completion = True
        audit.record(scope, "lti_platform:changed", platform.id)
    together, looked = threading.Barrier(len(CLASS)), threading.local()
    ask = getattr(*look)

    def looks(*given):
        found = ask(*given)
        # SQLite has one writer: there nobody looks while another one writes.
        if database.kind == "postgresql" and not hasattr(looked, "once"):
            looked.once = True
            together.wait(timeout=60)
        return found

    monkeypatch.setattr(*look, looks)
    on_their_way = []
    for member in CLASS:
        platform.user_id = str(member.id)
        one = browser()
        on_their_way.append((one, recognized(one, platform, platform.link())))
    with ThreadPoolExecutor(len(CLASS)) as pool:
        pages = list(pool.map(lambda each: send(*each), on_their_way))
    assert [page.status for page in pages] == [303] * len(CLASS)
    assert [urlsplit(page.location).path for page in pages] == ["/"] * len(CLASS)
    assert (len(rows(private, LtiContext)), len(rows(private, LtiLine))) == (1, 1)
    assert {row.user_id for row in rows(private, LtiCompletion)} == {each.id for each in CLASS}
