"""The frame of every page."""

import pytest

from aarportal.web.view import _MENUS
from tests.cast import AOI, CHIBA, OKA
from tests.pages import Browser


@pytest.mark.parametrize("member", [AOI, CHIBA, OKA], ids=lambda member: member.role.value)
def test_the_menu_leads_to_every_place_of_a_role(in_app, member):
    browser = Browser(in_app).sign_in(member)
    page = browser.get("/")
    while page.status == 303:
        page = browser.get(page.location)
    links = page.html.select("nav a[href]")
    hrefs = {link["href"] for link in links}
    assert len(_MENUS[member.role]) <= len(hrefs)
    for href in hrefs:
        page = browser.get(href)
        while page.status == 303:
            page = browser.get(page.location)
        assert page.status == 200, href


def test_every_entry_of_a_menu_names_a_page(in_app):
    for menu in _MENUS.values():
        for endpoint, _icon, _label, blueprints in menu:
            assert endpoint in in_app.view_functions
            assert blueprints <= in_app.blueprints.keys()
