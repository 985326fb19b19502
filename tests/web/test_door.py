"""The door: who may enter, once per form, under which headers."""

import pytest

from tests.cast import AOI, BEN, CHIBA, CODES, PASSWORD, PRIMARY


def test_every_answer_carries_the_policy(browser):
    response = browser().get("/sign-in").response
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "Cookie" in response.headers["Vary"]


def test_the_session_cookie_is_out_of_reach_of_scripts(app, browser):
    cookie = browser(AOI).client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_an_unknown_address_is_a_calm_page(browser):
    page = browser(AOI).get("/nowhere")
    assert page.status in {403, 404}
    assert page.html.h1


def test_a_form_without_its_token_changes_nothing(app, browser):
    aoi = browser(AOI)
    page = aoi.get("/letters")
    answer = aoi.client.post("/letters", data={"text_size": "xl"})
    assert answer.status_code == 400
    assert aoi.get("/letters").html.html["data-size"] == page.html.html["data-size"] == "m"


def test_a_token_of_another_session_is_refused(app, browser):
    token = browser(BEN).client.get("/csrf").get_json()["token"]
    answer = browser(AOI).client.post(
        "/letters", data={"text_size": "xl"}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/class", "/units"])
def test_a_pupil_has_no_way_to_staff_pages(browser, path):
    assert browser(AOI).get(path).status == 403


def test_an_error_of_ours_says_nothing_about_the_inside(app, browser, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", lambda: 1 / 0)
    page = browser().get("/sign-in")
    assert page.status == 500
    assert "ZeroDivision" not in page.text


def test_only_an_address_of_our_own_is_gone_to_after_signing_in(browser):
    fields = {"code": CODES[PRIMARY], "login_id": CHIBA.login_id, "password": PASSWORD}
    for trap in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"):
        page = browser().post("/sign-in", fields, query_string={"next": trap})
        assert page.location == "/"
    page = browser().post("/sign-in", fields, query_string={"next": "/letters?x=1"})
    assert page.location == "/letters?x=1"


def test_offline_shell_holds_nothing_personal(browser):
    aoi = browser(AOI)
    files = aoi.client.get("/static-manifest.json").get_json()["files"]
    assert any(name.endswith("css/portal.css") for name in files)
    for name in files:
        with aoi.client.get(name) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
