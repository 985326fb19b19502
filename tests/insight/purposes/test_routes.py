"""The register over HTTP: before anybody signs in, in seven languages."""

import pytest

from aarportal.insight.purposes import register
from tests.cast import AOI


@pytest.mark.parametrize("language", register.LANGUAGES)
def test_a_stranger_reads_it_in_every_language(browser, language):
    page = browser().get(f"/purposes?lang={language}")
    assert page.status == 200
    article = page.one("article")
    assert article["lang"] == language
    assert len(article.select("section")) == len(register.kinds())
    assert "%(" not in page.text
    assert "{" not in article.get_text()
    assert page.one(".filter[aria-current]")["lang"] == language
    offered = [each["lang"] for each in page.html.select(".filter")]
    assert offered == list(register.LANGUAGES)


def test_plain_japanese_has_a_reading_over_every_kanji(browser):
    page = browser().get("/purposes?lang=ja")
    for ruby in page.html.select("article ruby"):
        ruby.decompose()
    assert not any("一" <= letter <= "龯" for letter in page.one("article").get_text())


@pytest.mark.parametrize("asked", ["", "?lang=xx", "?lang=../../etc/passwd", "?lang=ja.toml"])
def test_another_language_than_there_is_is_the_readers_own(browser, asked):
    page = browser().get(f"/purposes{asked}", headers={"Accept-Language": "en"})
    assert page.one("article")["lang"] == "en"


def test_a_pupil_comes_there_from_the_mirror(browser):
    aoi = browser(AOI)
    assert aoi.get("/mirror").html.select('a[href="/purposes"]')
    assert aoi.get("/purposes").status == 200


def test_whoever_is_about_to_sign_in_finds_it(browser):
    assert browser().get("/sign-in").html.select('a[href^="/purposes"]')
