"""One language of several, as somebody wishes."""

import pytest

from aarportal.cycle.action.xapi.languages import accepted, chosen

HEADERS = [
    ("", ()),
    ("ja", ("ja",)),
    ("ja-JP,ja;q=0.9,en;q=0.8", ("ja-jp", "ja", "en")),
    ("en;q=0.2, ja;q=0.9, *;q=0.1", ("ja", "en", "*")),
    ("en;q=0, ja", ("ja",)),
    ("en;q=high, ja", ("ja",)),
    ("en;q=7", ()),
    (",,;q=1, ja ;Q=0.5", ("ja",)),
    ("de, fr, ja", ("de", "fr", "ja")),
    ("en;q=nan, ja", ("ja",)),
]


@pytest.mark.parametrize(("header", "languages"), HEADERS)
def test_the_dearest_language_stands_first(header, languages):
    assert accepted(header) == languages


BOOK = {"en-GB": "colour", "en-US": "color", "ja": "いろ", "zh-Hant-TW": "色"}
CHOICES = [
    ((), "en-GB"),
    (("ja",), "ja"),
    (("ja-jp",), "ja"),
    (("en-us", "ja"), "en-US"),
    (("en",), "en-GB"),
    (("en-au",), "en-GB"),
    (("fr", "ja"), "ja"),
    (("fr",), "en-GB"),
    (("*",), "en-GB"),
    (("zh-hant",), "zh-Hant-TW"),
    (("zh-hant-hk",), "zh-Hant-TW"),
]


@pytest.mark.parametrize(("languages", "tag"), CHOICES)
def test_the_nearest_language_is_taken_or_the_first(languages, tag):
    assert chosen(BOOK, languages) == {tag: BOOK[tag]}


def test_no_language_stays_none():
    assert chosen({}, ("ja",)) == {}
