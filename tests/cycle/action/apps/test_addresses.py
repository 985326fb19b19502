"""Origins and home pages as people type them."""

import pytest

from aarportal.cycle.action.apps.addresses import LONGEST, is_home_page, is_origin

ORIGINS = (
    "https://app.example",
    "https://app.example.com",
    "https://drill-4.app.example:8443",
    "https://xn--wgv71a.jp",
    "https://localhost",
    "https://10.0.0.7:444",
)
NO_ORIGINS = (
    "",
    "*",
    "null",
    "app.example",
    "http://app.example",
    "https://app.example/",
    "https://app.example/path",
    "https://app.example?x=1",
    "https://app.example#x",
    "https://*.app.example",
    "https://user@app.example",
    "https://App.example",
    "https://アプリ.example",
    "https://app.example:443",
    "https://app.example:0",
    "https://app.example:65536",
    "https://app.example:",
    "https://-app.example",
    "https://app-.example",
    "https://app..example",
    "https://app.example.",
    "https://app.example\n",
    " https://app.example",
    "https://app.example https://b.example",
    "https://" + "a." * 130 + "example",
    "javascript:alert(1)",
)
HOME_PAGES = (
    "https://idp.hinata.example/",
    "https://idp.hinata.example",
    "http://idp.hinata.example/users?x=1#me",
    "https://学校.example/名簿",
)
NO_HOME_PAGES = (
    "",
    "mailto",
    "roster",
    "openid",
    "idp.hinata.example",
    "https://",
    "https:///path",
    "ftp://idp.hinata.example/",
    "https://idp.hinata.example/ x",
    "https://idp.hinata.example/\n",
    "https://idp.hinata.example/" + "x" * LONGEST,
)


@pytest.mark.parametrize("text", ORIGINS)
def test_these_are_origins_as_a_browser_says_them(text):
    assert is_origin(text)


@pytest.mark.parametrize("text", NO_ORIGINS)
def test_these_are_none(text):
    assert not is_origin(text)


@pytest.mark.parametrize("text", HOME_PAGES)
def test_these_can_be_home_pages_of_accounts(text):
    assert is_home_page(text)


@pytest.mark.parametrize("text", NO_HOME_PAGES)
def test_these_cannot(text):
    assert not is_home_page(text)
