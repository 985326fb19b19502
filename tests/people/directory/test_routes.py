"""The office's pages of people and classes in a browser without scripts."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.identity import operations as identity
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.imports.models import RosterChange, RosterImport
from aarportal.people.roster.models import User, UserRole
from aarportal.people.roster.names import FullName
from aarportal.web.blueprint import ONCE_FIELD
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    CODES,
    GEN,
    HINATA,
    KEN,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)
from tests.people.directory.office import (
    BOARD_CODE,
    CLASS_3_2,
    IWA,
    LAST_YEAR,
    THIS_YEAR,
    TODAY,
    add_person,
    add_role,
    add_seat,
    settle,
    write,
)
from tests.people.roster.imports.office import brought, confirmed, roster, standing_school

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC)
MAX_QUERIES = 14
PAGES = ("/people", f"/people/{AOI.id}", f"/people/{AOI.id}/history", "/classes",
         f"/classes/{CLASS_4_2}", f"/people/{AOI.id}/identifier")  # fmt: skip
LONG = FullName(
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh",
    "Maximiliano Hubert Blaine",
    "de la Santísima Trinidad y de los Remedios Cipriano Ruiz",
    "ヴォルフェシュレーゲルシュタインハウゼンベルガードルフ",
    "マクシミリアーノ",
)


@pytest.fixture(autouse=True)
def settled(app, monkeypatch):
    clock.shift(NOON - datetime.now(UTC))
    monkeypatch.setitem(CODES, IWA.school_id, BOARD_CODE)
    with app.app_context():
        write(settle)
        write(speak_english)


def speak_english(session):
    for account in session.scalars(select(Account)):
        account.language = "en"


@pytest.fixture
def do(app):
    def act(change):
        with app.app_context():
            write(change)

    return act


@pytest.fixture
def office(browser):
    return browser(OKA)


@pytest.fixture
def board(browser):
    return browser(IWA)


def at(path: str, **query) -> str:
    return f"{path}?{urlencode(query)}"


def listed(page) -> list[str]:
    return [" ".join(a.get_text("").split()) for a in page.html.select("table.people th a")]


def text_of(element) -> str:
    return " ".join(element.get_text(" ").split())


# --- who may ------------------------------------------------------------------------------------


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


# --- the list -----------------------------------------------------------------------------------


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
    assert text_of(part.one("#people h2")) == "1 people"


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
                  "2026.3.31", "ひなた小学校"):  # fmt: skip
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
    assert office.get(f"/people/{AOI.id}").says("taken back on 2026.11.20")
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


# --- who changed what ---------------------------------------------------------------------------


def test_nothing_changed_yet(office):
    assert office.get(f"/people/{BEN.id}/history").says("Nothing more was changed here.")


def roster_import(session, number: int, changes, **columns):
    row = RosterImport(
        id=key(f"import {number}"),
        district_id=HINATA,
        file_name=f"roster-{number}.zip",
        state="written",
        confirmed_by=OKA.id,
        written_at=NOON - timedelta(days=100 - number),
        **columns,
    )
    session.add(row)
    session.flush()
    for place, (kind, school, before, after) in enumerate(changes):
        session.add(
            RosterChange(
                district_id=HINATA, import_id=row.id, place=place, kind=kind, row_id=key("row"),
                school_id=school, user_id=AOI.id, before=before, after=after,
            )
        )  # fmt: skip


def test_what_imports_and_people_did_stands_with_who_and_when(app, office, do):
    def imports(session):
        roster_import(session, 1, [
            ("users", None, None, {"family_name": "高崎", "given_name": "葵", "grade": "P3",
                                   "search_text": "x", "enabled": True}),
            ("enrollments", PRIMARY, None, {"class_id": str(CLASS_3_2), "attendance_no": 7}),
        ])  # fmt: skip
        roster_import(session, 2, [
            ("users", None, {"family_name": "高崎", "grade": "P3"},
             {"family_name": "髙﨑", "grade": "P4"}),
            ("enrollments", SECONDARY, None, {"class_id": str(CLASS_J2_1)}),
        ], undone_at=NOON)  # fmt: skip

    do(imports)
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        identity.link(scope, APP_DRILL, "https://game.example/", "kirin", AOI.id)
        audit.record(scope, "goal:set", key("goal"), student_id=AOI.id)
        audit.record(scope, "reflection:read", key("x"), student_id=AOI.id)
    page = office.get(f"/people/{AOI.id}/history")
    cards = [text_of(card) for card in page.html.select("ol.entries > li")]
    assert len(cards) == 4, cards
    assert cards[0].startswith("It was said that a name of an app means this person.")
    assert "岡 学" in cards[0]
    assert "family name 高崎 → 髙﨑" in cards[1]
    assert "grade Primary 3 → Primary 4" in cards[1]
    assert "taken back on" in cards[1]
    assert "New in the roster. " in cards[2]
    assert "roster-1.zip" in cards[2]
    assert "search_text" not in cards[2]
    assert "class 3年2組" in cards[3]
    assert "attendance number 7" in cards[3]


def test_what_was_done_to_a_link_or_a_merge_belongs_to_both(app, office):
    with app.app_context():
        with unit_of_work(scope_of(OKA)) as scope:
            merge = identity.merge(scope, AOI.id, key("hana"))
        with unit_of_work(scope_of(OKA)) as scope:
            identity.take_back_merge(scope, merge.id)
    for person in (AOI.id, key("hana")):
        page = office.get(f"/people/{person}/history")
        assert [text_of(it) for it in page.html.select("ol.entries h2")] == [
            "Parted again from another person.",
            "Joined with another person: they are one child.",
        ]


def test_a_long_history_comes_in_pages(office, do):
    def many(session):
        for number in range(40):
            changed = [
                ("users", None, {"given_name": f"{number}"}, {"given_name": f"{number + 1}"})
            ]
            roster_import(session, number, changed)

    do(many)
    page = office.get(f"/people/{AOI.id}/history")
    assert len(page.html.select("ol.entries > li")) == 30
    page = office.get(page.one("a[rel=next]")["href"])
    assert len(page.html.select("ol.entries > li")) == 10
    assert not page.html.select("a[rel=next]")
    assert office.get(f"/people/{AOI.id}/history?page=9").status == 200


# --- a 利用者識別子 -------------------------------------------------------------------------------

ISSUED = "3f2a6c1e-8b4d-4e7a-9c05-1d2e3f4a5b6c"
IDENTIFIER = f"/people/{AOI.id}/identifier"


def test_an_identifier_is_registered_and_the_old_one_kept(office):
    page = office.get(IDENTIFIER)
    assert page.says(str(AOI.id))
    fields = {"identifier": f" {ISSUED.upper()} ", ONCE_FIELD: "once"}
    answer = office.post(IDENTIFIER, fields)
    page = office.follow(answer)
    assert page.says(ISSUED)
    assert page.says(f"{AOI.id} every app former 利用者識別子 by 岡")
    assert office.post(IDENTIFIER, fields).location == answer.location, "taken once"
    assert office.get(f"/people/{AOI.id}/history").says("A 利用者識別子 was registered.")


REFUSED = {
    "nothing": ("", "Copy it from the paper"),
    "no UUID": ("aoi", "This is no UUID of version 4."),
    "another version": ("3f2a6c1e-8b4d-1e7a-9c05-1d2e3f4a5b6c", "This is no UUID of version 4."),
    "another variant": ("3f2a6c1e-8b4d-4e7a-cc05-1d2e3f4a5b6c", "This is no UUID of version 4."),
    "much too long": ("3" * 500, "This is no UUID of version 4."),
}


@pytest.mark.parametrize(("typed", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_is_refused_and_kept(office, typed, told):
    page = office.post(IDENTIFIER, {"identifier": typed})
    assert page.status == 422
    assert page.says(told)
    assert page.one("#identifier")["value"] == typed
    assert page.one("#identifier")["aria-invalid"] == "true"


def give(member, identifier):
    def change(session):
        session.get_one(User, member.id).master_identifier = identifier

    return change


def test_somebody_of_the_school_who_has_it_is_named_and_can_be_joined(office, do):
    do(give(BEN, ISSUED))
    page = office.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.status == 422
    assert page.says("Another person of the district has it.")
    assert page.says("𠮷田 勉")
    [join] = [a["href"] for a in page.html.select("main a") if "merges" in a["href"]]
    assert office.get(join).says("Are these two one child?")


def test_somebody_of_another_school_is_not_named(office, board, do):
    do(give(KEN, ISSUED.upper()))
    page = office.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.status == 422
    assert page.says("Somebody of another school of the district."), page.one("main").get_text(" ")
    assert not page.says("濵田")
    page = board.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.says("濵田 健")
    assert not [a for a in page.html.select("main a") if "merges" in a["href"]]


def test_the_board_registers_one_too(board):
    assert board.follow(board.post(IDENTIFIER, {"identifier": ISSUED})).says(ISSUED)


@pytest.mark.parametrize("person", [KEN.id, GEN.id, key("nobody")])
def test_nobody_of_another_school_gets_one(office, person):
    assert office.post(f"/people/{person}/identifier", {"identifier": ISSUED}).status == 404


# --- classes ------------------------------------------------------------------------------------


def test_classes_of_the_year_with_teachers_and_numbers(office):
    page = office.get("/classes")
    rows = [text_of(row) for row in page.html.select("table.classes tbody tr")]
    assert rows == ["1年1組 1 –", "4年2組 2 千葉 さくら", "4年2組 理科 2 土井 実"]
    assert page.says(f"School year {THIS_YEAR}")


def test_last_years_classes_stay(office):
    page = office.get(at("/classes", year=LAST_YEAR))
    [row] = page.html.select("table.classes tbody tr")
    assert text_of(row) == "3年2組 1 –"
    assert page.says("as it is on 2026.3.31")
    page = office.get(row.a["href"])
    assert page.says("7 髙﨑 葵 たかさき あおい")
    assert page.says("Pupils (1)")


@pytest.mark.parametrize("year", ["x", "0", "99999", "1999"])
def test_a_year_that_nobody_knows_is_this_one(office, year):
    assert office.get(at("/classes", year=year)).says(f"School year {THIS_YEAR}")


def test_the_board_chooses_the_school_of_the_classes(board):
    page = board.get(at("/classes", school=SECONDARY))
    assert page.says("2年1組")
    assert not page.says("4年2組")


def test_a_class_says_who_is_here_who_comes_and_who_left(office):
    page = office.get(f"/classes/{CLASS_4_2}")
    rows = {
        part["aria-labelledby"]: [text_of(row) for row in part.select("tbody tr")]
        for part in page.html.select("section[aria-labelledby]")
    }
    assert rows == {
        "here": ["1 髙﨑 葵 たかさき あおい", "2 𠮷田 勉 よしだ べん"],
        "coming": ["– Łukasz Rio José 2026.12.1 – 2027.3.31"],
        "gone": ["3 斎藤 直 さいとう なお 2026.4.1 – 2026.7.20"],
    }
    assert page.says("千葉 さくら (leads the class)")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_little(office, board, queries, path):
    for browser in (office, board):
        with queries() as seen:
            browser.get(path)
        assert len(seen) <= MAX_QUERIES, seen


def test_what_a_real_roster_changed_is_told(app, browser):
    def renamed(files):
        files["users"][0]["preferredGivenName"] = "碧"
        files["enrollments"][0]["metadata.jp.shussekiNo"] = "31"

    with app.app_context():
        standing_school()
        confirmed(brought(roster(change=renamed)))
    page = browser(OKA).get(f"/people/{AOI.id}/history")
    assert page.status == 200
    for words in ("葵 → 碧", "1 → 31", "名簿.zip", "4年2組"):
        assert page.says(words), words
