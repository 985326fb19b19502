"""Who opens the pages of people and classes, and what a page asks the database."""

import pytest
from sqlalchemy import select

from aarportal.people.roster.models import UserRole
from tests.cast import (
    AOI,
    CHIBA,
    CLASS_4_2,
    CLASS_J2_1,
    GEN,
    IWA,
    KEN,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
)
from tests.people.directory.office import at, listed

MAX_QUERIES = 14
PAGES = ("/people", f"/people/{AOI.id}", f"/people/{AOI.id}/history", "/classes",
         f"/classes/{CLASS_4_2}", f"/people/{AOI.id}/identifier")  # fmt: skip

pytestmark = pytest.mark.usefixtures("settled_pages")


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda member: member.name)
@pytest.mark.parametrize("path", PAGES)
def test_neither_pupils_nor_teachers_come_in(browser, member, path):
    assert browser(member).get(path).status == 403


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda member: member.name)
def test_neither_of_them_registers_anything(browser, member):
    assert browser(member).post(PAGES[-1], {"identifier": "x"}).status == 403


@pytest.mark.parametrize("path", PAGES)
def test_the_office_the_head_and_the_board_read(browser, do, path):
    assert browser(OKA).get(path).status == 200
    assert browser(IWA).get(path).status == 200

    def lead(session):
        [role] = session.scalars(select(UserRole).where(UserRole.user_id == OKA.id))
        role.role = "principal"

    do(lead)
    assert browser(OKA).get(path).status == 200


@pytest.mark.parametrize("path", PAGES[1:3] + PAGES[4:])
def test_another_district_finds_nothing_of_ours(browser, path):
    assert browser(SATO).get(path).status == 404


def test_another_district_lists_its_own_people_alone(browser):
    sato = browser(SATO)
    assert len(listed(sato.get("/people"))) == 2
    assert not sato.get(at("/people", **{"class": CLASS_4_2, "school": PRIMARY})).says("葵")
    assert not sato.get("/classes").says("4年2組")


@pytest.mark.parametrize("tail", ["", "/history", "/identifier"])
def test_an_office_does_not_read_about_people_of_other_schools(office, tail):
    for person in (KEN, GEN, IWA):
        assert office.get(f"/people/{person.id}{tail}").status == 404
    assert office.get(f"/people/{key('nobody')}{tail}").status == 404


def test_an_office_does_not_read_classes_of_other_schools(office, board):
    assert office.get(f"/classes/{CLASS_J2_1}").status == 404
    assert board.get(f"/classes/{CLASS_J2_1}").status == 200
    assert office.get(at("/classes", school=SECONDARY)).says("4年2組")


def test_the_board_reads_of_every_school_and_of_itself_nobodys_learning(board):
    assert board.get(f"/people/{KEN.id}").status == 200
    assert board.get(f"/people/{GEN.id}").status == 404
    assert board.get("/quarantine").status == 403
    assert board.get("/class").status == 403


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_little(office, board, queries, path):
    for browser in (office, board):
        with queries() as seen:
            browser.get(path)
        assert len(seen) <= MAX_QUERIES, seen
