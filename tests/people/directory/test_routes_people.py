"""The list of people and a person, in a browser without scripts."""

import pytest

from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.identity import operations as identity
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.names import FullName
from tests.cast import (
    AOI,
    APP_DRILL,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    HINATA,
    KEN,
    OKA,
    PRIMARY,
    SECONDARY,
    key,
    scope_of,
)
from tests.people.directory.office import (
    LAST_YEAR,
    THIS_YEAR,
    TODAY,
    add_person,
    add_role,
    add_seat,
    at,
    listed,
    text_of,
    write,
)

LONG = FullName(
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh",
    "Maximiliano Hubert Blaine",
    "de la Santísima Trinidad y de los Remedios Cipriano Ruiz",
    "ヴォルフェシュレーゲルシュタインハウゼンベルガードルフ",
    "マクシミリアーノ",
)

pytestmark = pytest.mark.usefixtures("settled_pages")


def test_the_menu_leads_to_the_people(office):
    page = office.get("/people")
    assert text_of(page.one("nav.nav a[aria-current]")) == "People"
    assert page.says("6 people")
    assert [name.split(" ")[0] for name in listed(page)][:2] == ["岡", "髙﨑"]


def test_the_form_finds_and_keeps_what_was_typed(office):
    page = office.get(at("/people", q="タカサキ", role="student", grade="P4", state="here"))
    assert len(listed(page)) == 1
    assert page.one("#q")["value"] == "タカサキ"
    assert [text_of(it) for it in page.html.select("option[selected]")] == [
        "Only pupils", "Primary 4", "here now",
    ]  # fmt: skip


def test_typing_brings_the_list_alone(office):
    headers = {"HX-Request": "true", "HX-Target": "people"}
    part = office.get(at("/people", q="よしだ"), headers=headers)
    assert "<html" not in part.text
    assert len(listed(part)) == 1
    assert text_of(part.one("#people h2")) == "1 person"


def test_a_class_is_listed_by_number(office):
    page = office.get(at("/people", **{"class": CLASS_4_2}))
    rows = [text_of(row) for row in page.html.select("table.people tbody tr")]
    assert rows[0].startswith("1 髙﨑")
    assert rows[1].startswith("2 𠮷田")
    assert page.one("#class option[selected]")["value"] == str(CLASS_4_2)


def test_those_who_left_are_found_with_their_state(office):
    page = office.get(at("/people", q="斎藤", state="gone"))
    [row] = page.html.select("table.people tbody tr")
    assert "was here formerly" in text_of(row)
    assert office.get(at("/people", q="斉藤", state="ever")).says("斎藤")


def test_nobody_fits(office):
    assert office.get(at("/people", q="ぬぬぬ")).says("Nobody fits.")


@pytest.mark.parametrize(
    "query",
    [{"page": "0"}, {"page": "x"}, {"page": "99999"}, {"class": "x"}, {"school": "x"},
     {"state": "x"}, {"role": "x"}, {"grade": "P9"}, {"q": "%' OR 1=1"}, {"q": "あ" * 5000}],
)  # fmt: skip
def test_a_wrong_address_is_no_error(office, query):
    assert office.get(at("/people", **query)).status == 200


def test_the_board_chooses_a_school_then_a_class(board):
    page = board.get("/people")
    assert page.says("9 people")
    assert page.says("ひなた中学校")
    assert not page.html.select("#class")
    page = board.get(at("/people", school=SECONDARY))
    assert page.says("3 people")
    assert page.html.select("#class")
    page = board.get(at("/people", school=SECONDARY, **{"class": CLASS_J2_1}))
    assert len(listed(page)) == 2


def test_many_people_come_in_pages_and_keep_the_question(office, do):
    def many(session):
        for number in range(60):
            name = FullName("多", f"{number}", "", "おおい", "い" * (number + 1))
            person = add_person(session, f"many {number}", name)
            add_role(session, person, PRIMARY, "student")
            add_seat(session, person, CLASS_1_1, number + 1)

    do(many)
    page = office.get(at("/people", q="おおい", role="student"))
    assert (len(listed(page)), page.says("60 people")) == (50, True)
    page = office.get(page.one("a[rel=next]")["href"])
    assert len(listed(page)) == 10
    assert page.one("#q")["value"] == "おおい"
    assert page.one("a[rel=prev]")


def test_names_stand_as_they_are_written(office, do):
    written = FullName("葛\U000e0101城", "祇\ufe00園", "", "かつらぎ", "ぎおん")

    def come(session):
        for name, called in (("ivs", written), ("long", LONG)):
            person = add_person(session, name, called)
            add_role(session, person, PRIMARY, "student")
            add_seat(session, person, CLASS_4_2, 30)

    do(come)
    page = office.get(at("/people", q="葛城"))
    assert "葛\U000e0101城\u2009祇\ufe00園" in page.text
    page = office.get(at("/people", q="trinidad wolfe"))
    assert LONG.middle in page.text
    for path in (f"/people/{key('ivs')}", f"/people/{key('long')}", f"/classes/{CLASS_4_2}"):
        assert office.get(path).status == 200


# --- one person ---------------------------------------------------------------------------------


def test_a_person_with_their_years(office):
    page = office.get(f"/people/{AOI.id}")
    for words in ("髙﨑\u2009葵", "たかさき あおい", "aoi", str(AOI.id), "4年2組", "3年2組",
                  "31 Mar 2026", "ひなた小学校"):  # fmt: skip
        assert words in page.text, words
    years = [text_of(row.select("td")[0]) for row in page.html.select("tbody tr")]
    assert years == [str(THIS_YEAR), str(THIS_YEAR), str(LAST_YEAR)]


def test_a_person_who_moved_is_seen_by_each_school_as_far_as_it_goes(office, board):
    nao = f"/people/{key('nao')}"
    assert not office.get(nao).says("ひなた中学校")
    assert board.get(nao).says("ひなた中学校")
    assert office.get(nao).says("was here formerly")
    assert board.get(nao).says("here now")


def test_somebody_without_an_account(office):
    assert office.get(f"/people/{key('nao')}").says("not opened yet")


def test_names_in_apps_say_who_said_so_and_lead_to_taking_back(app, office, board):
    with app.app_context():
        with unit_of_work(scope_of(OKA)) as scope:
            link = identity.link(scope, APP_DRILL, "https://game.example/", "kirin", AOI.id)
        with unit_of_work(scope_of(OKA)) as scope:
            identity.merge(scope, AOI.id, key("hana"))
    page = office.get(f"/people/{AOI.id}")
    assert page.says("kirin ドリルパーク https://game.example/")
    assert page.says("by 岡\u2009学".replace("\u2009", " "))
    taking_back = office.get(page.one(f"a[href='/quarantine/links/{link.id}']")["href"])
    assert taking_back.says("Take the link back")
    assert page.says("This person stays; joined with 山本\u2009花".replace("\u2009", " "))
    office.post(f"/quarantine/links/{link.id}/take-back")
    assert office.get(f"/people/{AOI.id}").says("taken back on 20 Nov 2026")
    page = board.get(f"/people/{AOI.id}")
    assert page.says("kirin")
    assert not page.html.select("a[href^='/quarantine']"), "the board has no such pages"


def test_another_school_is_not_told_who_said_so(app, office):
    def of_both(session):
        add_role(session, KEN.id, PRIMARY, "student", None, TODAY)
        session.add(
            IdentityLink(district_id=HINATA, issuer="https://x.example/", name="ken-x",
                         user_id=KEN.id, made_by=key("mori"))
        )  # fmt: skip

    with app.app_context():
        write(of_both)
    page = office.get(f"/people/{KEN.id}")
    assert page.says("ken-x")
    assert page.says("by another school or the board of education")
    assert not page.says("森")
