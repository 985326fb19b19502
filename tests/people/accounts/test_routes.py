"""Coming in, going out, reading."""

from tests.cast import AOI, CHIBA


def test_a_stranger_is_asked_who_they_are(browser):
    page = browser().get("/letters")
    assert page.status == 303
    assert page.location.startswith("/sign-in?next=")


def test_signing_in_opens_the_pages_and_signing_out_closes_them(browser):
    aoi = browser(AOI)
    assert aoi.get("/letters").status == 200
    aoi.post("/sign-out")
    assert aoi.get("/letters").status == 303


def test_a_second_tab_that_signs_out_later_lands_at_the_door_too(browser):
    """The other tab's token is as old as its page."""
    aoi = browser(AOI)
    token = aoi.client.get("/csrf").get_json()["token"]
    aoi.post("/sign-out")
    answer = aoi.client.post("/sign-out", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    again = browser(AOI)
    assert again.client.post("/sign-out", data={"csrf_token": token}).status_code == 400
    assert again.get("/letters").status == 200


def test_reading_is_remembered(browser):
    chiba = browser(CHIBA)
    page = chiba.post(
        "/letters", {"script": "all", "text_size": "l", "font": "ud", "language": "en"}
    )
    assert chiba.follow(page).html.html["data-size"] == "l"
