"""Every answer carries every header, and every cookie is out of reach."""

import re

import pytest

from tests.cast import AOI, CODES, MORI, PASSWORD, PRIMARY

NEVER_ASKED = "00000000-0000-0000-0000-000000000001"
#: Written by hand: what every answer says to every browser.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "object-src 'none'; frame-src 'none'; media-src 'none'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
        "identity-credentials-get=(), idle-detection=(), interest-cohort=(), local-fonts=(), "
        "magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), "
        "picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), "
        "screen-wake-lock=(), serial=(), storage-access=(), sync-xhr=(), usb=(), "
        "window-management=(), xr-spatial-tracking=()"
    ),
    "X-App": "manabinowa",
}
#: What holds nothing of anybody, and for how long others may keep it.
KEPT = {
    "/lti/jwks": "public, max-age=300",
    "/manifest.webmanifest": "no-cache",
    "/sw.js": "no-cache",
}


def addresses(app):
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods:
            url = re.sub(r"<uuid:[^>]+>", NEVER_ASKED, rule.rule)
            yield re.sub(r"<(?:date|[^>]*day)[^>]*>", "2026-05-01", re.sub("<int:[^>]+>", "1", url))


def says_it_all(answer, **others):
    """That an answer has each header, once, with what stands here."""
    for name, value in (HEADERS | others).items():
        assert answer.headers.getlist(name) == [value], (answer.request.path, answer.status, name)
    path = answer.request.path
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == KEPT.get(path, "no-store"), path
        assert "Cookie" in answer.headers["Vary"], path


def test_every_page_error_file_and_answer_to_a_machine_carries_every_header(app, browser):
    people = [browser().client, browser(AOI).client, browser(MORI).client]
    version = app.config["ASSET_VERSION"]
    others = [
        "/nowhere",
        "/xapi/nothing",
        "/ims/oneroster/none",
        f"/static/{version}/css/portal.css",
        "/static/none.css",
    ]
    asked = 0
    for path in [*addresses(app), *others]:
        # What a card says is told to no page.
        own = {"Referrer-Policy": "no-referrer"} if re.match("/card(/|$)", path) else {}
        for client in people:
            with client.get(re.sub("<[^>]+>", "1", path)) as answer:
                says_it_all(answer, **own)
                asked += 1
    assert asked > 300


def test_what_is_refused_or_goes_wrong_carries_every_header_too(app, browser, monkeypatch):
    aoi = browser(AOI).client
    token = {"X-CSRFToken": aoi.get("/csrf").get_json()["token"]}
    no_token = aoi.post("/letters", data={"language": "en"})
    too_much = aoi.post("/letters", data={"language": "e" * 300 * 1024}, headers=token)
    elsewhere = aoi.post("/letters", headers=token | {"Sec-Fetch-Site": "cross-site"})
    machine = aoi.post("/xapi/statements", json=[])
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "accounts.reading", lambda: {}["nothing"])
    broken = aoi.get("/letters")
    answers = [no_token, too_much, elsewhere, machine, broken]
    assert [it.status_code for it in answers] == [400, 413, 403, 401, 500]
    for answer in answers:
        says_it_all(answer)


def test_a_file_is_for_pages_of_the_portal_alone(app, browser):
    path = f"/static/{app.config['ASSET_VERSION']}/css/portal.css"
    with browser().client.get(path) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.fixture
def behind_tls(another):
    return another(cookie_secure=True)


def test_behind_tls_a_browser_comes_back_by_tls_alone(behind_tls):
    answer = behind_tls.test_client().get("https://localhost/sign-in")
    said = answer.headers["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", said)[1]) >= 365 * 24 * 3600
    assert "includeSubDomains" in said


def test_without_tls_nothing_is_said_about_it(browser):
    assert "Strict-Transport-Security" not in browser().get("/sign-in").response.headers


def test_behind_tls_every_cookie_is_for_this_host_alone(behind_tls):
    client = behind_tls.test_client()
    here = {"base_url": "https://localhost"}
    page = client.get("/sign-in", **here).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    referer = {"Referer": "https://localhost/sign-in"}
    fields = {
        "code": CODES[PRIMARY],
        "login_id": AOI.login_id,
        "password": PASSWORD,
        "csrf_token": token,
    }
    left = client.post("/sign-in", data=fields, headers=referer, **here)
    assert left.status_code == 303
    language = client.post(
        "/language",
        data={"language": "en"},
        headers=referer | {"X-CSRFToken": client.get("/csrf", **here).get_json()["token"]},
        **here,
    )
    cookies = left.headers.getlist("Set-Cookie") + language.headers.getlist("Set-Cookie")
    assert len(cookies) >= 3
    for cookie in cookies:
        name, _, _ = cookie.partition("=")
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert name.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts, cookie
        assert not any(part.startswith("Domain") for part in parts)
    assert client.get("/", **here).status_code == 200


def test_no_method_is_known_that_nobody_needs(app, browser):
    me = browser(AOI).client
    known = {method for rule in app.url_map.iter_rules() for method in rule.methods}
    assert known <= {"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"}
    for method in ("TRACE", "TRACK", "CONNECT", "PATCH"):
        assert me.open("/letters", method=method).status_code == 405
