"""A form is taken from a page of ours alone, also when it waited for days without a connection."""

import pytest

from tests.cast import AOI

FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
)
FROM_HERE = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},
)


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_even_with_the_right_token_no_other_site_sends_a_form(browser, headers):
    aoi = browser(AOI)
    page = aoi.post("/letters", {"text_size": "xl"}, headers=headers)
    assert page.status == 403
    assert aoi.get("/letters").html.html["data-size"] == "m"


@pytest.mark.parametrize("headers", FROM_HERE, ids=str)
def test_a_page_of_ours_does(browser, headers):
    fields = {"text_size": "l", "script": "grade", "font": "system", "language": "ja"}
    assert browser(AOI).post("/letters", fields, headers=headers).status == 303


def test_behind_a_proxy_with_another_name_the_public_one_counts(another):
    from tests.pages import Browser

    app = another(public_url="https://portal.example/", hosts=("localhost",))
    fields = {"text_size": "l", "script": "grade", "font": "system", "language": "ja"}
    aoi = Browser(app).sign_in(AOI)
    origin = {"Origin": "https://portal.example"}
    assert aoi.post("/letters", fields, headers=origin).status == 303


def test_a_link_from_elsewhere_opens_a_page(browser):
    page = browser(AOI).get("/letters", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 200


def test_what_waited_goes_with_a_token_of_the_session_it_goes_under(browser):
    """The outbox asks for a token when it sends; the one the form was drawn with may be old."""
    aoi = browser(AOI)
    old = aoi.client.get("/csrf").get_json()
    aoi.post("/sign-out")
    aoi.sign_in(AOI)
    form = {"text_size": "l", "script": "grade", "font": "system", "language": "ja"}

    def send(token):
        headers = {"X-CSRFToken": token, "X-Outbox": "1"}
        return aoi.client.post("/letters", data=form, headers=headers)

    assert send(old["token"]).status_code == 400
    new = aoi.client.get("/csrf").get_json()
    assert new["person"] == old["person"]
    answer = send(new["token"])
    assert (answer.status_code, answer.headers["X-Location"]) == (204, "/letters")


def test_the_outbox_of_another_child_learns_that_it_is_not_theirs(browser):
    from tests.cast import BEN

    assert (
        browser(AOI).client.get("/csrf").get_json()["person"]
        != browser(BEN).client.get("/csrf").get_json()["person"]
    )
