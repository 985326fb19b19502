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


def test_reading_is_remembered(browser):
    chiba = browser(CHIBA)
    page = chiba.post(
        "/letters", {"script": "all", "text_size": "l", "font": "ud", "language": "en"}
    )
    assert chiba.follow(page).html.html["data-size"] == "l"
