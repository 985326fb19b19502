"""Pages that open after a proof only, as people meet them in the browser."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from aarportal.core import clock
from aarportal.core.permissions import GRANTS, STRONG, WITHOUT_SECOND_FACTOR, Permission
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts import ways
from aarportal.people.accounts.operations import Entrance
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.second_factor import totp
from aarportal.people.accounts.ways import Way
from aarportal.web.blueprint import FRESH, PERMISSIONS
from tests.cast import AOI, CHIBA, CODES, DOI, OKA, PASSWORD


def weak(browser, member=CHIBA):
    return browser().sign_in(member, strong=False)


def set_up(window):
    """Set up a device as the pages say; gives its secret and the codes on paper."""
    page = window.follow(window.post("/second-factor/begin"))
    secret = page.one("details code").get_text().replace(" ", "")
    page = window.post("/second-factor/confirm", {"code": totp.code_at(secret, clock.now())})
    assert page.status == 200
    clock.shift(timedelta(minutes=1))
    return secret, [code.get_text() for code in page.html.select("ol.codes code")]


def test_a_grave_page_asks_for_a_second_proof_and_then_opens(browser):
    chiba = weak(browser)
    secret, _ = set_up(chiba)
    again = weak(browser)
    asked = again.get("/health?day=1")
    assert asked.status == 303
    assert asked.location.startswith("/prove?")
    page = again.follow(asked)
    assert page.one("input[name=code]")["autocomplete"] == "one-time-code"
    assert not page.html.select("input[name=password]"), "a password is no second proof"
    assert page.html.select(".who") == [], "no name for whoever sits there"
    wrong = again.post(asked.location, {"code": "000000"})
    assert wrong.status == 422
    assert wrong.html.select("[role=alert]")
    right = again.post(asked.location, {"code": totp.code_at(secret, clock.now())})
    assert (right.status, right.location) == (303, "/health?day=1")
    assert again.follow(right).status == 200


def test_whoever_has_no_device_is_led_to_setting_one_up_and_comes_back(browser):
    chiba = weak(browser)
    page = chiba.follow(chiba.get("/health"))
    assert not page.html.select("input[name=code]")
    link = page.one("a[data-kind=main]")["href"]
    assert link == "/second-factor?next=/health"
    page = chiba.get(link)
    form = page.one('form[action*="begin"]')["action"]
    page = chiba.follow(chiba.post(form))
    picture = page.one("img.qr")
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    secret = page.one("details code").get_text().replace(" ", "")
    action = page.one('form[action*="confirm"]')["action"]
    refused = chiba.post(action, {"code": "12345"})
    assert refused.status == 422
    assert refused.one("img.qr")["src"] == picture["src"], "the same picture is still good"
    page = chiba.post(action, {"code": totp.code_at(secret, clock.now())})
    codes = page.html.select("ol.codes code")
    assert len(codes) == 10
    assert page.one("a[data-kind=main]")["href"] == "/health"
    assert chiba.get("/health").status == 200
    assert not chiba.get("/second-factor").html.select("details code, ol.codes")


def test_a_code_on_paper_opens_once(browser):
    _, codes = set_up(weak(browser))
    again = weak(browser)
    assert again.post("/prove?wanted=strong&next=/health", {"code": codes[2]}).location == "/health"
    third = weak(browser)
    assert third.post("/prove?wanted=strong&next=/health", {"code": codes[2]}).status == 422


def test_pupils_are_asked_for_nothing(browser):
    aoi = browser(AOI)
    clock.shift(timedelta(hours=9))
    assert aoi.get("/my-grades").status == 200
    assert aoi.get("/second-factor").status == 403
    assert aoi.get("/sessions").status == 200


def test_pages_of_every_day_open_without_a_second_proof(browser):
    chiba = weak(browser)
    assert chiba.follow(chiba.get("/class")).status == 200
    assert chiba.get("/units").status == 200


@pytest.mark.parametrize("trap", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_page_leads_nowhere_else(browser, trap):
    chiba = weak(browser)
    page = chiba.post("/prove", {"password": PASSWORD}, query_string={"next": trap})
    assert page.location == "/"
    kept = {"password": PASSWORD, "stopped": "1", "kept.a": "b"}
    page = chiba.post("/prove", kept, query_string={"next": trap})
    assert page.one("main form")["action"] == "/"


def test_a_stranger_finds_the_sign_in_page(browser):
    page = browser().get("/prove?next=/health")
    assert (page.status, page.location) == (303, "/sign-in?next=/health")


# --- after a while without a touch ----------------------------------------------------------------


def test_after_a_while_staff_prove_again_and_go_on_where_they_were(browser):
    chiba = browser(CHIBA)
    clock.shift(timedelta(minutes=17))
    asked = chiba.get("/units?kept=1")
    assert parse_qs(urlsplit(asked.location).query)["wanted"] == ["again"]
    assert chiba.follow(asked).one("input[name=password]").has_attr("data-again")
    assert chiba.post(asked.location, {"password": "guess"}).status == 422
    page = chiba.post(asked.location, {"password": PASSWORD})
    assert page.location == "/units?kept=1"
    assert chiba.follow(page).status == 200


def test_whoever_works_is_not_asked(browser):
    chiba = browser(CHIBA)
    for minutes in range(0, 60, 5):
        clock.shift(timedelta(minutes=minutes))
        assert chiba.get("/units").status == 200
    clock.shift(timedelta(minutes=55 + 17))
    assert chiba.get("/units").status == 303


def test_after_ten_hours_everybody_signs_in_anew(browser):
    chiba = browser(CHIBA)
    for minutes in range(0, 600, 10):
        clock.shift(timedelta(minutes=minutes))
        assert chiba.get("/units").status == 200
    clock.shift(timedelta(minutes=601))
    assert chiba.get("/units").location.startswith("/sign-in")


def test_what_was_written_meanwhile_comes_through(browser):
    """A form that was open for too long is kept on the page that asks, and sent from there."""
    chiba = browser(CHIBA)
    clock.shift(timedelta(minutes=20))
    fields = {"script": "all", "text_size": "l", "font": "ud", "language": "en"}
    stopped = chiba.post("/letters", fields)
    assert stopped.status == 403
    form = stopped.one("main form:has([name=password])")
    hidden = {tag["name"]: tag["value"] for tag in form.select("input[type=hidden]")}
    wrong = chiba.post(form["action"], {**hidden, "password": "guess"})
    assert wrong.status == 422
    form = wrong.one("main form:has([name=password])")
    hidden = {tag["name"]: tag["value"] for tag in form.select("input[type=hidden]")}
    page = chiba.post(form["action"], {**hidden, "password": PASSWORD})
    form = page.one("main form")
    assert form["action"] == "/letters"
    sent = {tag["name"]: tag["value"] for tag in form.select("input[type=hidden]")}
    assert chiba.follow(chiba.post("/letters", sent)).html.html["data-size"] == "l"


def test_a_file_is_chosen_once_more_and_the_page_says_so(browser):
    oka = browser(OKA)
    clock.shift(timedelta(minutes=20))
    fields = {"file": (BytesIO(b"PK"), "roster.zip")}
    behind = {"Referer": "http://localhost/rosters/new"}
    page = oka.post("/rosters/new", fields, content_type="multipart/form-data", headers=behind)
    assert page.status == 403
    form = page.one("main form:has([name=password])")
    assert parse_qs(urlsplit(form["action"]).query)["next"] == ["/rosters/new"]
    assert not form.select("[name=stopped]")
    assert page.html.select(".banner[data-kind=warn]")
    assert oka.post(form["action"], {"password": PASSWORD}).location == "/rosters/new"


def test_looking_at_pages_writes_once_a_minute_at_most(browser, queries):
    chiba = browser(CHIBA)
    aoi = browser(AOI)

    def writes(window, path):
        with queries() as seen:
            assert window.get(path).status == 200
        return [it for it in seen if not it.lstrip().upper().startswith(("SELECT", "WITH"))]

    assert not writes(chiba, "/units")
    clock.shift(timedelta(minutes=3))
    assert len(writes(chiba, "/units")) == 1
    assert not writes(chiba, "/units")
    assert not writes(aoi, "/records")


# --- before something grave -----------------------------------------------------------------------


def test_before_something_grave_staff_prove_once_more(browser):
    oka = browser(OKA)
    assert oka.post("/rosters/export", {"dialect": "oneroster"}).status != 403
    for minutes in (7, 14):
        clock.shift(timedelta(minutes=minutes))
        assert oka.get("/rosters/export").status == 200
    clock.shift(timedelta(minutes=16))
    stopped = oka.post("/rosters/export", {"dialect": "oneroster"})
    assert stopped.status == 403
    action = stopped.one("main form:has([name=password])")["action"]
    assert parse_qs(urlsplit(action).query) == {"next": ["/rosters/export"], "wanted": ["fresh"]}


def test_a_fragment_leads_the_whole_page(browser):
    chiba = weak(browser)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/units?a=1"}
    page = chiba.get("/health", headers=asked)
    assert page.status == 401
    address = urlsplit(page.response.headers["HX-Redirect"])
    assert (address.path, parse_qs(address.query)["next"]) == ("/prove", ["/units?a=1"])
    foreign = {**asked, "HX-Current-URL": "https://evil.example/units"}
    page = chiba.get("/health", headers=foreign)
    assert parse_qs(urlsplit(page.response.headers["HX-Redirect"]).query)["next"] == ["/"]


def test_a_script_that_sends_is_told_and_keeps_what_it_has(browser):
    chiba = browser(CHIBA)
    clock.shift(timedelta(minutes=20))
    page = chiba.post("/letters", {"script": "all"}, headers={"X-Outbox": "1"})
    assert page.status == 401


def test_whoever_came_from_an_identity_provider_proves_it_there(browser, app, monkeypatch):
    way = Way("elsewhere", list, again=lambda _user_id, target: f"/elsewhere?then={target}")
    monkeypatch.setitem(ways._WAYS, "elsewhere", way)
    chiba = weak(browser)
    with chiba.client.session_transaction() as kept, app.app_context():
        with unit_of_work(SystemScope("test"), read_only=True) as scope:
            found = accounts_store.applicant(scope, CODES[CHIBA.school_id], "chiba", clock.today())
        kept["token"] = accounts.let_in(found, Entrance("elsewhere"))
    page = chiba.follow(chiba.get("/health"))
    assert page.one('a[href="/elsewhere?then=/health"]')
    clock.shift(timedelta(minutes=20))
    page = chiba.follow(chiba.get("/units"))
    assert page.one('a[href="/elsewhere?then=/units"]')
    assert not page.html.select("input[name=password], input[name=code]")
    with chiba.client.session_transaction() as kept, app.app_context():
        kept["token"] = proving.proved(kept["token"], is_strong=True)
    assert chiba.get("/units").status == 200
    assert chiba.get("/health").status == 200


# --- all routes -----------------------------------------------------------------------------------


def test_every_grave_page_stays_shut_without_a_second_proof(browser, app):
    """Each route behind a grave permission, asked by somebody whose role grants it."""
    app.config["WTF_CSRF_ENABLED"] = False
    asked = set()
    try:
        for member in (CHIBA, OKA):
            window = weak(browser, member)
            for rule in app.url_map.iter_rules():
                permission = PERMISSIONS[rule.endpoint]
                if permission not in STRONG & GRANTS[member.role]:
                    continue
                url = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000001", rule.rule)
                url = re.sub("<[^>]+>", "1", url)
                for method in rule.methods - {"HEAD", "OPTIONS"}:
                    answer = window.client.open(url, method=method)
                    is_shut = answer.status_code == 403 or (
                        answer.status_code == 303 and answer.location.startswith("/prove?")
                    )
                    assert is_shut, (rule, method, answer.status_code)
                    asked.add(rule.endpoint)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert len(asked) >= 60


def test_pupils_have_no_permission_that_asks_for_a_second_proof():
    for role in WITHOUT_SECOND_FACTOR:
        assert not GRANTS[role] & STRONG


def test_what_asks_for_a_fresh_proof_stands_behind_a_second_one_or_is_ones_own():
    own = {Permission.SECOND_FACTOR_OWN, Permission.SESSIONS_OWN}
    assert FRESH
    assert {PERMISSIONS[name] for name in FRESH} <= STRONG | own


def test_in_a_demonstration_staff_come_in_without_codes(browser, app, monkeypatch):
    settings = replace(app.config["SETTINGS"], demo=True, second_factor="off")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert weak(browser, DOI).get("/health").status == 200
