"""Pages that open after a proof only, as people meet them in the browser."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from aarportal.audit import operations as audit
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
from tests.architecture.test_grave_pages import ASK_TWICE
from tests.cast import (
    AOI,
    CHIBA,
    CODES,
    DOI,
    HEAD,
    IWA,
    KIKUCHI,
    NURSE,
    OKA,
    PASSWORD,
    SYSTEM,
)
from tests.pages import Page
from tests.web.test_bad_input import everything


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


def test_a_password_alone_gives_nobody_codes_on_paper(browser):
    _, codes = set_up(weak(browser))
    thief = weak(browser)
    stopped = thief.post("/second-factor/codes")
    assert stopped.status == 403
    assert not stopped.html.select("ol.codes")
    assert not stopped.html.select("input[name=password]"), "a password is no second proof"
    for act, fields in (("begin", {}), ("confirm", {"code": "123456"}), ("remove", {})):
        assert thief.post(f"/second-factor/{act}", fields).status in {403, 409}, act
    owner = weak(browser)
    stopped = owner.post("/second-factor/codes")
    page = owner.send(stopped.one("main form:has([name=code])"), code=codes[0])
    fresh = owner.send(page.one("main form")).html.select("ol.codes code")
    assert len(fresh) == 10
    again = weak(browser).post("/prove?wanted=strong&next=/health", {"code": codes[1]})
    assert again.status == 422, "those of before open nothing now"


def test_a_device_begun_in_a_strangers_window_is_none_that_the_owner_confirms(browser):
    stranger, owner = weak(browser), weak(browser)
    theirs = stranger.follow(stranger.post("/second-factor/begin")).one("details code")
    secret = theirs.get_text().replace(" ", "")
    assert not owner.get("/second-factor").html.select("img.qr, details code")
    page = owner.post("/second-factor/confirm", {"code": totp.code_at(secret, clock.now())})
    assert page.status == 422
    assert page.html.select("form[action*=begin]")
    assert page.html.select(".banner[data-kind=warn]")
    set_up(owner)
    assert not stranger.get("/second-factor").html.select("img.qr, details code")


def test_a_device_that_is_not_confirmed_soon_is_begun_anew(browser):
    chiba = weak(browser)
    page = chiba.follow(chiba.post("/second-factor/begin"))
    secret = page.one("details code").get_text().replace(" ", "")
    for minutes in (10, 20):
        clock.shift(timedelta(minutes=minutes))
        chiba.get("/second-factor")
    chiba.post("/prove", {"password": PASSWORD})
    code = totp.code_at(secret, clock.now())
    assert chiba.post("/second-factor/confirm", {"code": code}).status == 422
    set_up(chiba)


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


LETTERS = {"script": "all", "text_size": "l", "font": "ud", "language": "en"}


def test_who_mistypes_often_waits_and_what_they_wrote_waits_with_them(browser):
    chiba = browser(CHIBA)
    clock.shift(timedelta(minutes=20))
    page = chiba.post("/letters", LETTERS)
    for _ in range(6):
        page = chiba.send(page.one("main form:has([name=password])"), password="guess")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.one(".banner time")["datetime"]
    clock.shift(timedelta(minutes=36))
    page = chiba.send(page.one("main form:has([name=password])"), password=PASSWORD)
    sent = chiba.send(page.one("main form"))
    assert chiba.follow(sent).html.html["data-size"] == "l"


def behind(path):
    return {"Referer": f"http://localhost{path}"}


def test_what_was_written_stays_while_a_device_is_set_up_in_another_tab(browser):
    """The network of the school, typed by an office that has no device yet."""
    oka = weak(browser, OKA)
    stopped = oka.post("/cards", {"networks": "203.0.113.0/24"}, headers=behind("/cards?a=1"))
    assert stopped.status == 403
    link = stopped.one("main form a[target=_blank]")
    assert link["rel"] == ["noopener"]
    assert link["href"] == "/second-factor?next=/cards?a%3D1"
    not_yet = oka.send(stopped.one("main form:has([name=done])"), by="done")
    assert not_yet.status == 422
    assert not_yet.html.select(".banner[data-kind=warn]")
    assert not_yet.one("main form a[target=_blank]")["href"] == link["href"]
    set_up(oka)
    for asked in (stopped, not_yet):
        page = oka.send(asked.one("main form:has([name=done])"), by="done")
        assert page.status == 200
    assert oka.send(page.one("main form")).location == "/cards"
    assert oka.get("/cards").one("textarea").text.strip() == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("/sessions", "/sessions"),
        ("/second-factor/confirm", "/"),
        ("/nowhere", "/"),
        ("", "/"),
    ],
    ids=["a page", "a refused form", "no page", "nobody knows"],
)
def test_from_another_tab_nobody_is_led_to_where_only_forms_are_sent(
    browser, app, monkeypatch, came_from, back
):
    way = Way("elsewhere", list, again=lambda _user_id, target: f"/elsewhere?then={target}")
    monkeypatch.setitem(ways._WAYS, "elsewhere", way)
    chiba, other = came_in(browser, app, "elsewhere"), browser(CHIBA)
    clock.shift(timedelta(minutes=20))
    headers = behind(came_from) if came_from else {}
    stopped = chiba.post("/sessions/end-others", headers=headers)
    assert stopped.one("main form a[target=_blank]")["href"] == f"/elsewhere?then={back}"
    prove_again(chiba, app)
    page = chiba.send(stopped.one("main form:has([name=done])"), by="done")
    assert chiba.send(page.one("main form")).location == "/sessions"
    assert other.get("/sessions").location.startswith("/sign-in")


@pytest.mark.parametrize("member", [CHIBA, DOI], ids=["the same person", "a colleague"])
def test_who_can_only_sign_in_anew_does_so_in_another_tab_and_goes_on(browser, app, member):
    """As with Google, which can be asked for nothing."""
    chiba = came_in(browser, app, "google")
    clock.shift(timedelta(minutes=20))
    stopped = chiba.post("/letters", LETTERS, headers=behind("/letters"))
    assert stopped.one("main form a[target=_blank]")["href"] == "/sign-in?next=/letters"
    form = stopped.one("main form:has([name=done])")
    assert chiba.send(form, by="done").status == 422
    chiba.sign_in(member, strong=False)
    page = chiba.send(form, by="done")
    if member is DOI:
        assert page.status == 400, "what somebody else wrote is not theirs to send"
        return
    assert chiba.follow(chiba.send(page.one("main form"))).html.html["data-size"] == "l"


def came_in(browser, app, way):
    """Ms Chiba's browser, in by another way."""
    window = browser()
    with app.app_context():
        with unit_of_work(SystemScope("test"), read_only=True) as scope:
            found = accounts_store.applicant(scope, CODES[CHIBA.school_id], "chiba", clock.today())
        token = accounts.let_in(found, Entrance(way))
    with window.client.session_transaction() as kept:
        kept["token"] = token
    return window


def prove_again(window, app):
    with window.client.session_transaction() as kept, app.app_context():
        kept["token"] = proving.proved(kept["token"])


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


@pytest.mark.parametrize(
    ("url", "header", "status"),
    [("/letters", "X-Outbox", 401), ("/drafts/goal/new", "X-Draft", 403)],
    ids=["a form of the outbox", "a draft"],
)
def test_what_a_script_sends_before_the_own_password_is_chosen_stays_on_the_device(
    browser, app, url, header, status
):
    """204 with an address would say that it was taken, and the device would forget it."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        accounts_store.person(scope, AOI.id)[1].must_change = True
        audit.record(scope, "test", AOI.id)
    aoi = browser(AOI)
    before = everything(app)
    fields = {"script": "all", "text_size": "l", "font": "ud", "language": "en", "text": "書いた"}
    page = aoi.post(url, fields, headers={header: "1"})
    assert page.status == status
    assert not {"Location", "X-Location"} & set(page.response.headers.keys())
    assert everything(app) == before, "nothing of it was taken"


def test_whoever_came_from_an_identity_provider_proves_it_there(browser, app, monkeypatch):
    way = Way("elsewhere", list, again=lambda _user_id, target: f"/elsewhere?then={target}")
    monkeypatch.setitem(ways._WAYS, "elsewhere", way)
    chiba = came_in(browser, app, "elsewhere")
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


#: Who does something for which a second proof is asked -> so many routes they have at least.
WEAK = {CHIBA: 7, OKA: 150, HEAD: 145, NURSE: 16, KIKUCHI: 2, IWA: 60, SYSTEM: 1}


@pytest.mark.parametrize("member", WEAK, ids=lambda it: it.name)
def test_every_grave_page_stays_shut_without_a_second_proof(browser, everybody, member):
    """Each route behind a grave permission, asked by somebody whose role grants it."""
    everybody.config["WTF_CSRF_ENABLED"] = False
    asked = set()
    try:
        window = weak(browser, member)
        for rule in everybody.url_map.iter_rules():
            permission = PERMISSIONS[rule.endpoint]
            if permission not in ASK_TWICE & GRANTS[member.role]:
                continue
            url = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000001", rule.rule)
            url = re.sub("<[^>]+>", "1", url)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = window.client.open(url, method=method)
                if method == "GET":
                    assert answer.status_code == 303, (rule, answer.status_code)
                    assert urlsplit(answer.location).path == "/prove", rule
                    asked_for = urlsplit(answer.location).query
                else:
                    assert answer.status_code == 403, (rule, method, answer.status_code)
                    form = Page(answer).one("main form[action^='/prove']")
                    asked_for = urlsplit(form["action"]).query
                assert parse_qs(asked_for)["wanted"] == ["strong"], (rule, method)
                asked.add((rule.rule, method))
    finally:
        everybody.config["WTF_CSRF_ENABLED"] = True
    assert len(asked) >= WEAK[member]


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
