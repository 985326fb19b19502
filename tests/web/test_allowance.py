"""How much one person, one session or one address may ask for."""

import base64
import threading
from uuid import uuid4

import pytest

from aarportal.web.rate_limit import _MOST_BUCKETS, TokenBuckets
from tests.access import senders
from tests.cast import AOI, APP_SECRET, OKA
from tests.pages import Browser

UNTIL_NEXT = "Retry-After"


def test_costly_pages_are_counted_by_person_and_others_are_not(another):
    app = another(costly_per_minute=5)
    oka, other = Browser(app).sign_in(OKA), Browser(app).sign_in(OKA)
    seen = [oka.get("/people").status for _ in range(4)] + [other.get("/people").status]
    assert seen == [200] * 5
    page = other.get("/people")
    assert page.status == 429
    assert int(page.response.headers[UNTIL_NEXT]) >= 1
    assert page.html.h1
    assert oka.get("/letters").status == 200
    assert Browser(app).sign_in(AOI).get("/progress").status == 200


def test_what_costs_more_than_a_minute_allows_is_had_once(another):
    oka = Browser(another(costly_per_minute=3)).sign_in(OKA)
    assert oka.get("/school-year/calendar.csv").status in {200, 404}
    assert oka.get("/school-year/calendar.csv").status == 429


def test_one_session_cannot_try_one_id_after_the_other(another):
    app = another(refusals_per_minute=5)
    aoi = Browser(app).sign_in(AOI)
    seen = [aoi.client.get(f"/units/{uuid4()}").status_code for _ in range(7)]
    assert {*seen[:5]} <= {403, 404}
    assert seen[5:] == [429, 429]
    assert aoi.get("/").status == 200, "a page of their own is there all the same"
    assert Browser(app).sign_in(OKA).client.get("/nowhere").status_code in {403, 404}


def test_a_stranger_who_tries_addresses_is_slowed_and_the_class_behind_it_comes_in(another):
    app = another(refusals_per_minute=5)
    stranger = app.test_client()
    seen = [stranger.get(f"/nowhere/{n}").status_code for n in range(7)]
    assert seen[5:] == [429, 429]
    assert stranger.get("/class").status_code == 429
    assert stranger.get("/sign-in").status_code == 200
    assert Browser(app).sign_in(AOI).get("/").status == 200


def test_an_app_with_a_bad_credential_is_slowed(another):
    client = another(refusals_per_minute=3).test_client()
    seen = []
    for n in range(5):
        credential = base64.b64encode(f"key:{n}".encode()).decode()
        headers = {
            "Authorization": f"Basic {credential}",
            "X-Experience-API-Version": "1.0.3",
        }
        seen.append(client.get("/xapi/statements", headers=headers).status_code)
    assert seen == [401, 401, 401, 429, 429]


def test_an_app_that_is_known_may_ask_for_what_is_not_there_as_often_as_it_likes(another):
    """The bookmark of a child who begins is not there yet: apps ask for it all morning."""
    client = another(refusals_per_minute=3).test_client()
    headers = {**senders.basic("drill", APP_SECRET), **senders.VERSION}
    asked = senders.document(AOI)
    for _ in range(8):
        answer = client.get(senders.STATES, query_string=asked, headers=headers)
        assert answer.status_code == 404
    bad = {**senders.basic("drill", "guessed"), **senders.VERSION}
    seen = [client.get(senders.STATES, query_string=asked, headers=bad) for _ in range(4)]
    assert [it.status_code for it in seen] == [401, 401, 401, 429], "nothing was counted before"


def test_machines_and_people_behind_one_address_do_not_stop_each_other(another):
    app = another(refusals_per_minute=3)
    stranger, machine = app.test_client(), app.test_client()
    bad = {**senders.basic("key", "guessed"), **senders.VERSION}
    assert [stranger.get("/class").status_code for _ in range(4)] == [303, 303, 303, 429]
    tried = [machine.get("/xapi/statements", headers=bad).status_code for _ in range(4)]
    assert tried == [401, 401, 401, 429], "the school's machines still have all of theirs"


def test_the_first_page_leads_every_child_to_the_door_however_many_come(another):
    app = another(refusals_per_minute=3)
    for _ in range(8):
        answer = app.test_client().get("/")
        assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")
    stranger = app.test_client()
    assert [stranger.get("/class").status_code for _ in range(4)] == [303, 303, 303, 429]
    assert app.test_client().get("/").status_code == 303, "even now"


@pytest.mark.parametrize("path", ["/rosters/export", "/my-record", "/imports/new", "/rosters/new"])
def test_what_makes_or_takes_files_has_a_price(app, path):
    """A view with a price is refused when the person has none left, whatever the form says."""
    from aarportal.core.errors import TooManyTriesError

    asked = threading.Event()

    class Empty:
        def pay(self, _visitor, costs):
            assert costs >= 10
            asked.set()
            raise TooManyTriesError(7)

    me = Browser(app).sign_in(AOI if path == "/my-record" else OKA)
    kept, app.extensions["allowance"] = app.extensions["allowance"], Empty()
    try:
        assert me.post(path).status == 429
    finally:
        app.extensions["allowance"] = kept
    assert asked.is_set()


def test_buckets_that_are_full_again_are_forgotten():
    now = [0.0]
    buckets = TokenBuckets(60, lambda: now[0])
    for n in range(_MOST_BUCKETS):
        buckets.take(n)
    now[0] = 3600.0
    buckets.take("one more")
    assert len(buckets._buckets) == 1
