"""The office's pages in a browser without scripts: what waits, whose it is, and taking it back."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningApp, LearningRecord, QuarantinedStatement
from aarportal.people.accounts.models import Account
from aarportal.people.identity.models import IdentityLink, NobodysName, PersonMerge
from aarportal.people.roster.models import Enrollment
from tests.cast import AOI, APP_DRILL, BEN, CHIBA, GEN, HANA, KEN, OKA, SATO, key
from tests.cycle.action.intake.stream import NOW, rows, said, send
from tests.cycle.action.quarantine.waiting import DAY, GAME, play, player

MAX_QUERIES = 12
NAMED = {"app": str(APP_DRILL), "issuer": GAME, "name": "kirin"}
LONG = "https://very.long.example/" + "a" * 900 + "/"


@pytest.fixture(autouse=True)
def friday(app):
    clock.shift(NOW - datetime.now(UTC))
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for account in scope.session.scalars(select(Account)):
            account.language = "en"
        audit.record(scope, "test:read", "cast")


@pytest.fixture
def given(app):
    """Runs something in the app's context."""

    def act(done, *arguments, **options):
        with app.app_context():
            return done(*arguments, **options)

    return act


@pytest.fixture
def the(given):
    return lambda model: given(rows, model)


@pytest.fixture
def office(browser):
    return browser(OKA)


def address(path: str, **query) -> str:
    return f"{path}?{urlencode(query)}" if query else path


ACTOR = address("/quarantine/actor", **NAMED)


def with_child(member=AOI, **more) -> str:
    return address("/quarantine/actor", **NAMED, user_id=str(member.id), **more)


def links_of(page) -> list[str]:
    return [a["href"] for a in page.html.select("main a[href]")]


def cards(page) -> list[str]:
    return [" ".join(li.get_text(" ").split()) for li in page.html.select("ol.entries > li")]


def submit(browser, page, action: str, **changes):
    """Press the button of the form that goes to `action`, as the page has it."""
    [form] = [form for form in page.html.find_all("form") if form["action"] == action]
    fields = {
        field["name"]: field.get("value", "")
        for field in form.select("input[name]")
        if field.get("type") != "checkbox" or field.has_attr("checked")
    }
    fields.pop("csrf_token")
    return browser.post(action, {**fields, **changes})


# --- who may ------------------------------------------------------------------------------------

PAGES = ("/quarantine", ACTOR, "/quarantine/links", "/quarantine/merges",
         address("/quarantine/rule", app=APP_DRILL, issuer=GAME),
         f"/quarantine/links/{key('x')}", f"/quarantine/merges/{key('x')}")  # fmt: skip
POSTS = ("/quarantine/again", "/quarantine/actor/link", "/quarantine/actor/nobody",
         "/quarantine/actor/look-again", "/quarantine/rule", "/quarantine/rule/take-back",
         f"/quarantine/links/{key('x')}/take-back", "/quarantine/merges",
         f"/quarantine/merges/{key('x')}/take-back")  # fmt: skip


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda member: member.name)
def test_neither_pupils_nor_teachers_come_in(browser, member):
    visitor = browser(member)
    assert {visitor.get(page).status for page in PAGES} == {403}
    assert {visitor.post(page, NAMED).status for page in POSTS} == {403}


def test_the_office_of_another_district_finds_nothing_of_ours(browser, given):
    given(play)
    office = browser(SATO)
    assert office.get("/quarantine").says("Nothing waits.")
    assert office.get(ACTOR).status == 404
    for path in POSTS[1:]:
        assert office.post(path, {**NAMED, "user_id": str(GEN.id)}).status == 404, path


@pytest.mark.parametrize("member", [KEN, GEN, CHIBA], ids=lambda member: member.name)
def test_a_child_of_another_school_cannot_be_chosen(office, given, the, member):
    given(play)
    assert office.get(with_child(member)).status == 404
    assert office.post("/quarantine/actor/link", {**NAMED, "user_id": member.id}).status == 404
    pair = {"kept_id": str(AOI.id), "merged_id": str(member.id)}
    assert office.get(address("/quarantine/merges", **pair)).status == 404
    assert office.post("/quarantine/merges", pair).status == 404
    assert the(IdentityLink) == the(PersonMerge) == []


@pytest.mark.parametrize("path", ["/quarantine?app=x", "/quarantine/actor", "/quarantine/rule",
                                  f"/quarantine/actor?app={key('no app')}&issuer=a&name=b",
                                  "/quarantine/merges?kept_id=x"])  # fmt: skip
def test_an_address_that_leads_nowhere_is_not_found(office, path):
    assert office.get(path).status == 404


# --- what waits ---------------------------------------------------------------------------------


def test_an_empty_quarantine_says_so(office):
    page = office.get("/quarantine")
    assert page.says("Nothing waits.")
    assert not page.html.select("table")


def test_what_waits_is_counted_by_app_and_reason_and_listed_by_name(office, given):
    given(play, times=3, question=4)
    given(play, "zou", days_ago=3)
    given(send, said(CHIBA), said(verb="logged-in"))
    page = office.get("/quarantine")
    numbers = [cell.get_text().strip() for cell in page.html.select("tbody td")]
    assert numbers == ["4", "0", "1", "0", "1"]
    first = cards(page)[0]
    assert "kirin" in first
    assert "3 statements wait" in first
    assert "Nobody is known by this name" in first
    assert "もんだい 4" in first
    assert f"{GAME}" in first
    only = office.get(address("/quarantine", app=APP_DRILL, reason="not_a_student"))
    assert len(cards(only)) == 1
    assert "In no class on that day" in cards(only)[0]


def test_a_reason_that_nobody_knows_filters_nothing(office, given):
    given(play)
    assert len(cards(office.get("/quarantine?reason=rain"))) == 1


def test_forty_names_are_on_a_page(office, given):
    given(send, *(said(player(f"game {number:02}")) for number in range(45)))
    page = office.get("/quarantine")
    assert len(cards(page)) == 40
    assert len(cards(office.get("/quarantine?page=2"))) == 5
    assert len(cards(office.get("/quarantine?page=99"))) == 5


def test_what_an_app_sends_is_text_and_no_mark_up(office, given):
    nasty = "<script>alert(1)</script>"
    given(send, said(player(nasty)), said(player("x", LONG)))
    page = office.get("/quarantine")
    assert nasty in page.text.replace("&lt;", "<").replace("&gt;", ">")
    hrefs = [href for href in links_of(page) if href.startswith("/quarantine/actor")]
    for href in hrefs:
        assert office.get(href).status == 200
        query = parse_qs(urlsplit(href).query)
        assert query["name"][0] in {nasty, "x"}


def test_a_name_shows_what_came_under_it(office, given):
    given(play, question=5, right=False)
    page = office.get(ACTOR)
    [card] = cards(page)
    assert "もんだい 5" in card
    assert "not right yet" in card
    assert "answered" in card
    assert '"homePage": "https://game.example/"' in page.one("details pre").get_text()


# --- one by one ---------------------------------------------------------------------------------


def test_a_child_is_looked_for_chosen_confirmed_and_taken_back(office, given, the):
    given(play, times=3, days_ago=1)
    page = office.get(address("/quarantine/actor", **NAMED, words="あおい"))
    [href] = [href for href in links_of(page) if "user_id" in href]
    page = office.get(href)
    assert page.says("3 statements become records of this child.")
    page = office.follow(submit(office, page, "/quarantine/actor/link"))
    assert page.says("It is kept whose this name is.")
    assert page.says("ドリルパーク 3")
    assert page.says("Nothing under this name waits.")
    assert {row.student_id for row in the(LearningRecord)} == {AOI.id}
    [link] = the(IdentityLink)
    assert (link.made_by, link.system) == (OKA.id, APP_DRILL)
    page = office.get(f"/quarantine/links/{link.id}")
    assert page.says("Then 3 records leave the child's days")
    page = office.follow(submit(office, page, f"/quarantine/links/{link.id}/take-back"))
    assert page.says("taken back on 20 Nov 2026")
    assert page.says("3 statements under this name wait.")
    assert the(LearningRecord) == []
    assert len(the(QuarantinedStatement)) == 3


def test_a_link_of_some_days_is_shown_with_its_days(office, given):
    given(play, days_ago=1)
    given(play, days_ago=9)
    page = submit(office, office.get(with_child()), "/quarantine/actor/link",
                  begins_on="2026-11-16", ends_on="2026-11-20", everywhere="y")  # fmt: skip
    page = office.follow(page)
    assert page.says("16 Nov 2026 – 20 Nov 2026")
    assert page.says("every app")
    assert page.says("1 statement under this name waits.")


def test_days_in_the_wrong_order_are_refused_with_everything_still_there(office, given, the):
    given(play)
    page = submit(office, office.get(with_child()), "/quarantine/actor/link",
                  begins_on="2026-11-16", ends_on="2026-11-15", everywhere="y")  # fmt: skip
    assert page.status == 422
    assert page.says("The last day has to come after the first one.")
    assert page.one("input[name=begins_on]")["value"] == "2026-11-16"
    assert page.one("input[name=everywhere]").has_attr("checked")
    assert the(IdentityLink) == []


def test_a_name_of_another_child_is_refused_in_words(office, given, the):
    given(play)
    submit(office, office.get(with_child(BEN)), "/quarantine/actor/link")
    page = submit(office, office.get(with_child(AOI)), "/quarantine/actor/link")
    assert page.status == 422
    assert page.says("This name is linked to another child for these days.")
    assert len(the(IdentityLink)) == 1


def test_a_form_that_is_sent_twice_makes_one_link(office, given, the):
    given(play)
    page = office.get(with_child())
    [form] = page.html.select("form[action='/quarantine/actor/link']")
    hidden = form.select("input[type=hidden]")
    fields = {field["name"]: field["value"] for field in hidden}
    answers = [office.post("/quarantine/actor/link", fields) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(the(IdentityLink)) == 1


def test_nobody_found_and_many_found_are_said(office, given, monkeypatch):
    given(play)
    page = office.get(address("/quarantine/actor", **NAMED, words="zzz"))
    assert page.says("No child of this school fits.")
    monkeypatch.setattr("aarportal.people.identity.store.MOST_FOUND", 1)
    page = office.get(address("/quarantine/actor", **NAMED, words="hinata"))
    assert page.says("There are more.")


def test_what_the_days_of_the_child_leave_waiting_is_said_before(office, given, app):
    given(play, days_ago=1)
    given(play, days_ago=9)
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for seat in scope.session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            seat.starts_on = date(2026, 11, 16)
        audit.record(scope, "test:moved", "aoi")
    page = office.get(with_child())
    assert page.says("1 statement becomes a record of this child.")
    assert page.says("1 go on waiting")


def test_joined_persons_stand_among_the_people(office):
    def here(path):
        page = office.get(path)
        return [
            page.one(f"nav.{row} a[aria-current]").get_text(strip=True)
            for row in ("nav", "sections")
        ]

    assert here("/quarantine/merges") == ["People", "Joined persons"]
    assert here("/quarantine/links") == ["Apps", "Linked names"]


# --- by rule, and nobody's ----------------------------------------------------------------------

ELSE = "https://else.example/"


def test_a_rule_is_shown_declared_and_taken_back(office, given, the):
    for member in (AOI, KEN):
        given(play, f"{member.name}@hinata.example", page=ELSE, times=2, days_ago=1)
    given(play, "s0001", page=ELSE)
    path = address("/quarantine/rule", app=APP_DRILL, issuer=ELSE)
    page = office.get(path)
    assert page.says("Names of children of this school: 1 (statements: 2)")
    assert page.says("1 name belongs to somebody of another school or to staff.")
    assert page.says("1 name stays unknown and goes on waiting.")
    [card] = cards(page)
    assert "髙﨑" in card
    assert "濵田" not in page.text
    [form] = [f for f in page.html.find_all("form") if f["action"] == "/quarantine/rule"]
    page = office.follow(office.post("/quarantine/rule", {"app": str(APP_DRILL), "issuer": ELSE}))
    assert form
    assert page.says("The rule holds")
    assert page.says("Names of children of this school: 0 (statements: 0)")
    assert {row.student_id for row in the(LearningRecord)} == {AOI.id, KEN.id}
    page = office.post("/quarantine/rule/take-back", {"app": str(APP_DRILL), "issuer": ELSE})
    assert office.follow(page).says("The rule is taken back.")
    assert the(LearningRecord) == []
    [drill] = [row for row in the(LearningApp) if row.id == APP_DRILL]
    assert ELSE not in drill.home_pages


def test_a_mail_address_is_no_home_page(office):
    page = office.get(address("/quarantine/rule", app=APP_DRILL, issuer="mailto"))
    assert page.says("Only the home page of an account")
    answer = office.post("/quarantine/rule", {"app": str(APP_DRILL), "issuer": "mailto"})
    assert answer.status == 422


def test_a_name_is_put_aside_and_found_again(office, given, the):
    given(play, times=2)
    page = office.follow(submit(office, office.get(ACTOR), "/quarantine/actor/nobody"))
    assert page.says("The name is put aside.")
    assert cards(page) == []
    assert len(the(QuarantinedStatement)) == 2
    page = office.get("/quarantine?aside=1")
    assert page.says("Nobody's names (2 statements)")
    page = office.get(links_of(page)[-1] if "actor" in links_of(page)[-1] else ACTOR)
    page = office.follow(submit(office, page, "/quarantine/actor/look-again"))
    assert page.says("The name is in the list again.")
    assert the(NobodysName) == []


def test_all_that_waits_is_read_once_more(office, given):
    given(play)
    page = office.follow(submit(office, office.get("/quarantine"), "/quarantine/again"))
    assert page.says("What waits is read again.")


# --- links and merges ---------------------------------------------------------------------------


def test_links_are_listed_and_found(office, given):
    assert office.get("/quarantine/links").says("No name is linked yet.")
    given(play)
    submit(office, office.get(with_child()), "/quarantine/actor/link")
    assert len(cards(office.get("/quarantine/links"))) == 1
    assert len(cards(office.get("/quarantine/links?words=kir"))) == 1
    assert office.get("/quarantine/links?words=zou").says("No link has these letters.")


def test_two_persons_are_chosen_joined_and_parted(office, given, the):
    given(send, *(said(HANA, NOW - DAY - timedelta(minutes=n), question=n) for n in range(4)))
    page = office.get("/quarantine/merges?words=あおい")
    [href] = [href for href in links_of(page) if "kept_id" in href]
    page = office.get(href)
    assert page.says("This person stays")
    page = office.get(address("/quarantine/merges", kept_id=AOI.id, words="はな"))
    [href] = [href for href in links_of(page) if "merged_id" in href]
    page = office.get(href)
    assert page.says("ドリルパーク 4")
    page = office.follow(submit(office, page, "/quarantine/merges"))
    assert page.says("The two persons are one child now.")
    assert page.says("ドリルパーク 4")
    assert {row.student_id for row in the(LearningRecord)} == {AOI.id}
    [merge] = the(PersonMerge)
    assert page.says("Then 4 records go back to the other person")
    page = office.follow(submit(office, page, f"/quarantine/merges/{merge.id}/take-back"))
    assert page.says("The two persons are parted.")
    assert {row.student_id for row in the(LearningRecord)} == {HANA.id}
    assert len(cards(office.get("/quarantine/merges"))) == 1


def test_classmates_are_joined_only_by_somebody_who_made_sure(office, the):
    pair = {"kept_id": str(AOI.id), "merged_id": str(BEN.id)}
    page = office.get(address("/quarantine/merges", **pair))
    assert page.says("They may be twins")
    page = submit(office, page, "/quarantine/merges")
    assert page.status == 422
    assert page.says("Say that you have made sure.")
    assert the(PersonMerge) == []
    assert submit(office, page, "/quarantine/merges", confirmed="y").status == 303
    assert len(the(PersonMerge)) == 1


@pytest.mark.parametrize("pair", [(AOI, AOI), (HANA, AOI)], ids=["oneself", "a ring"])
def test_a_pair_that_cannot_be_is_refused_in_words(office, the, pair):
    office.post("/quarantine/merges", {"kept_id": str(AOI.id), "merged_id": str(HANA.id)})
    fields = dict(zip(("kept_id", "merged_id"), (str(each.id) for each in pair), strict=True))
    for page in (office.get(address("/quarantine/merges", **fields)),
                 office.post("/quarantine/merges", fields)):  # fmt: skip
        assert page.status == 422
        assert page.html.select("[data-errors] li")
    assert len(the(PersonMerge)) == 1


def test_every_act_leaves_its_trace(office, given, the):
    given(play)
    submit(office, office.get(with_child()), "/quarantine/actor/link")
    [link] = the(IdentityLink)
    office.post(f"/quarantine/links/{link.id}/take-back")
    office.post("/quarantine/actor/nobody", NAMED)
    office.post("/quarantine/actor/look-again", NAMED)
    office.post("/quarantine/rule", {"app": str(APP_DRILL), "issuer": ELSE})
    office.post("/quarantine/rule/take-back", {"app": str(APP_DRILL), "issuer": ELSE})
    office.post("/quarantine/merges", {"kept_id": str(AOI.id), "merged_id": str(HANA.id)})
    [merge] = the(PersonMerge)
    office.post(f"/quarantine/merges/{merge.id}/take-back")
    office.post("/quarantine/again")
    traces = [row.verb for row in the(AuditEntry) if row.actor_id == OKA.id]
    assert traces[-9:] == [
        "identity:linked", "identity:taken_back", "name:put_aside", "name:taken_up",
        "app:home_page_added", "app:home_page_removed", "person:merged", "person:parted",
        "quarantine:read_again",
    ]  # fmt: skip


# --- the price ----------------------------------------------------------------------------------


def test_every_page_asks_few_questions_however_much_waits(office, given, queries, the):
    given(send, *(said(player(f"game {n:02}"), NOW - n * DAY) for n in range(60)))
    given(play, times=30)
    submit(office, office.get(with_child()), "/quarantine/actor/link")
    given(play, page=GAME.upper(), times=30)
    office.post("/quarantine/merges", {"kept_id": str(AOI.id), "merged_id": str(HANA.id)})
    [link], [merge] = the(IdentityLink), the(PersonMerge)
    named = {**NAMED, "issuer": GAME.upper()}
    for path in (
        "/quarantine", address("/quarantine/actor", **named),
        address("/quarantine/actor", **named, words="hinata"),
        address("/quarantine/actor", **named, user_id=AOI.id),
        address("/quarantine/rule", app=APP_DRILL, issuer=GAME), "/quarantine/links",
        f"/quarantine/links/{link.id}", "/quarantine/merges?words=hinata",
        address("/quarantine/merges", kept_id=AOI.id, words="hinata"),
        address("/quarantine/merges", kept_id=BEN.id, merged_id=AOI.id),
        f"/quarantine/merges/{merge.id}",
    ):  # fmt: skip
        with queries() as seen:
            office.get(path)
        assert len(seen) <= MAX_QUERIES, (path, len(seen))
