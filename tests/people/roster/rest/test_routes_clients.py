"""Letting systems read the roster: the pages of the office and of the board."""

import pytest

from tests.cast import AOI, CHIBA, OKA, SATO
from tests.people.roster.oneroster.bundles import SCHOOL
from tests.people.roster.rest.service import SECOND, System, open_district, school_id, staff

PAGE = "/rosters/clients"


class Made:
    """What the page with the secret shows."""

    def __init__(self, page) -> None:
        assert page.status == 200, page.text
        self.codes = [code.get_text() for code in page.html.select("code")]
        self.client_id, self.secret = self.codes[2:4]
        assert page.one("code.secret").get_text() == self.secret


@pytest.fixture
def district(app):
    open_district(app)
    return app


def test_an_office_lets_a_system_read_its_school(district):
    office = staff(district, SECOND)
    assert not office.get(f"{PAGE}/new").html.select("[name=school_ids]")
    made = Made(office.post(f"{PAGE}/new", {"title": "保健ソフト", "which": "all", "idem": "a"}))
    assert System(district, made).ids("/schools") == [SECOND]
    page = office.get(PAGE)
    assert page.says("保健ソフト")
    assert page.says(made.client_id)
    assert made.secret not in page.text


def test_a_page_that_is_loaded_again_shows_no_secret(district):
    office = staff(district, SECOND)
    made = Made(office.post(f"{PAGE}/new", {"title": "x", "idem": "same"}))
    again = office.post(f"{PAGE}/new", {"title": "x", "idem": "same"})
    assert again.status == 303
    assert made.secret not in office.follow(again).text
    assert len(office.get(PAGE).html.select("ol.entries > li")) == 1


def test_the_board_chooses_schools_or_all(district):
    board = staff(district)
    with district.app_context():
        chosen = str(school_id(SCHOOL))
    fields = {"title": "図書", "which": "chosen", "school_ids": [chosen]}
    assert System(district, Made(board.post(f"{PAGE}/new", fields))).ids("/schools") == [SCHOOL]
    made = Made(board.post(f"{PAGE}/new", {"title": "全市", "which": "all"}))
    assert len(System(district, made).ids("/orgs")) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "あ" * 61},
        {"title": "x", "which": "chosen"},
        {"title": "x", "which": "chosen", "school_ids": ["none"]},
        {"title": "x", "which": "chosen", "school_ids": ["00000000-0000-0000-0000-000000000001"]},
    ],
)
def test_what_cannot_be_is_asked_again_with_what_was_typed(district, fields):
    page = staff(district).post(f"{PAGE}/new", {"which": "all", **fields})
    assert page.status == 422
    assert page.html.select("[data-errors]")
    assert page.one("input[name=title]")["value"] == fields["title"]


def test_a_new_secret_and_no_more_reading(district):
    office = staff(district, SECOND)
    made = Made(office.post(f"{PAGE}/new", {"title": "x"}))
    reader = System(district, made)
    rotate, revoke = (form["action"] for form in office.get(PAGE).html.select("ol.entries form"))
    fresh = Made(office.post(rotate))
    assert fresh.client_id == made.client_id
    assert reader.get("/orgs").status_code == 401
    reader = System(district, fresh)
    assert reader.get("/orgs").status_code == 200
    page = office.follow(office.post(revoke))
    assert not page.html.select("ol.entries form")
    assert reader.get("/orgs").status_code == 401
    assert office.post(rotate).status == 409
    assert office.post(revoke).status == 409


def test_a_school_does_not_see_what_another_or_the_board_let_read(district):
    first = staff(district, SCHOOL)
    made = Made(first.post(f"{PAGE}/new", {"title": "わたしたちの"}))
    revoke = first.get(PAGE).html.select("ol.entries form")[1]["action"]
    second = staff(district, SECOND)
    assert not second.get(PAGE).says("わたしたちの")
    assert second.post(revoke).status == 404
    assert staff(district).get(PAGE).says("わたしたちの")
    assert System(district, made).ids("/schools") == [SCHOOL]


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda one: one.name)
@pytest.mark.parametrize("page", [PAGE, f"{PAGE}/new", "/rosters/sources", "/rosters/sources/new"])
def test_nobody_but_the_office_may(browser, member, page):
    assert browser(member).get(page).status == 403


@pytest.mark.parametrize("member", [OKA, SATO], ids=lambda one: one.name)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_are_there_when_nothing_is(browser, member, language):
    opened = browser(member)
    opened.client.set_cookie("lang", language)
    for page in (
        PAGE,
        f"{PAGE}/new",
        "/rosters/sources",
        "/rosters/sources/new",
        "/rosters/export",
    ):
        assert opened.get(page).status == 200, page
