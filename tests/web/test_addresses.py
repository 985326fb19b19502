"""Where somebody is led to is always here."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aarportal.web.addresses import own_path
from tests.cast import AOI, CHIBA, CODES, PASSWORD, PRIMARY

HERE = "https://portal.school.jp/sign-in"
TRAPS = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/ /evil.example",
    "///evil.example",
    " //evil.example",
    "/letters\\..\\..\\evil",
    "/x\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil.example",
    "",
)


def where_a_browser_goes(target):
    """The host after WHATWG's rules: tabs and breaks dropped, ends trimmed, `\\` read as `/`."""
    bare = target.strip("".join(map(chr, range(33))))
    bare = "".join(c for c in bare if c not in "\t\n\r").replace("\\", "/")
    return urlsplit(urljoin(HERE, bare)).netloc


@pytest.mark.parametrize("trap", TRAPS)
def test_a_way_elsewhere_is_none(trap):
    assert own_path(trap) is None


@pytest.mark.parametrize("path", ["/", "/letters?x=1", "/units/1#goals", "/あおい?q=%E3%81%82&n=/"])
def test_an_own_path_is_kept_as_it_is(path):
    assert own_path(path) == path


@given(st.text(alphabet="/\\:@?#.%\t\n\r aevil09あ", max_size=20))
@example("/\t/evil.example")
def test_whatever_is_asked_for_a_browser_stays_here(target):
    kept = own_path(target)
    assert kept is None or where_a_browser_goes(kept) == urlsplit(HERE).netloc


@pytest.mark.parametrize("trap", TRAPS)
def test_no_form_leads_elsewhere(browser, trap):
    fields = {"code": CODES[PRIMARY], "login_id": CHIBA.login_id, "password": PASSWORD}
    assert browser().post("/sign-in", fields, query_string={"next": trap}).location == "/"
    page = browser(AOI).post("/drafts/goal/new/choice", {"back": trap, "keep": "mine"})
    assert (page.status, page.location) in {(303, "/"), (404, "")}
