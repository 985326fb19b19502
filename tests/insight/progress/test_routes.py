"""A pupil's charts in the browser."""

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from tests.cast import AOI, BEN, CHIBA, GEN, HANA, KEN, UNIT_ADDING, UNIT_EQUATIONS, UNIT_WATER
from tests.cycle.action.days import enter, record, set_clock
from tests.cycle.reflection.laps import enter_carried, enter_lap, submit

MAX_QUERIES = 12
A_DAY = 24 * 60
CHARTS = {"cycle_band", "goals_reached", "rhythm", "unit_map"}
#: What nobody says to a child.
NEVER = ("失敗", "遅れ", "最下位", "ランキング", "平均", "順位")


@pytest.fixture(autouse=True)
def friday(app):
    """Half past ten on Friday, 20 November 2026; making the app sets the clock right again."""
    set_clock()


@pytest.fixture
def live(app):
    """Three weeks of one member: records on every school day, and a lap with a rating."""

    def act(member, units, *, days=15, ratings=(3, 2, 1, 0, 3, 3)):
        with app.app_context():
            enter(
                *(
                    record(10 * k + 5 + A_DAY * n, member, unit_id=unit, subject=subject)
                    for n in range(days)
                    for k, (unit, subject) in enumerate(units)
                )
            )
            for n, rating in enumerate(ratings):
                cycle_id = enter_lap(member, days_ago=2 * n)
                if n == 0:
                    enter_carried(cycle_id, member)
                submit(cycle_id, member, rating=rating, verdict="worked")

    return act


@pytest.fixture
def in_english(app):
    def act(member):
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            account = scope.session.scalar(select(Account).where(Account.user_id == member.id))
            account.language = "en"
            audit.record(scope, "test:read", member.id)

    return act


AOIS = [(None, "sansu"), (UNIT_WATER, "rika")]
READERS = {
    "grade 1": (HANA, [(UNIT_ADDING, "sansu")]),
    "grade 4": (AOI, AOIS),
    "grade 8": (KEN, [(UNIT_EQUATIONS, "sugaku")]),
}


def states(page):
    return {fig["id"].removeprefix("c-"): fig["data-state"] for fig in page.html.select("figure")}


@pytest.mark.parametrize("member", [HANA, AOI, KEN, GEN], ids=lambda member: member.name)
def test_before_the_first_record_every_chart_says_what_it_waits_for(browser, member):
    page = browser(member).get("/progress")
    assert page.status == 200
    assert states(page) == dict.fromkeys(CHARTS, "not_yet")
    for figure in page.html.select("figure"):
        assert figure.select(".not-yet p")[0].get_text(strip=True)
        assert not figure.select(".drawing, table")


@pytest.mark.parametrize(("member", "units"), READERS.values(), ids=READERS)
def test_after_three_weeks_the_charts_are_drawn_for_every_reader(browser, live, member, units):
    live(member, units)
    page = browser(member).get("/progress")
    found = states(page)
    assert set(found) == CHARTS
    for key in CHARTS - {"unit_map"}:  # a map needs two units
        assert found[key] == "ready", key
    for figure in page.html.select('figure[data-state="ready"]'):
        assert figure.select(".drawing svg"), "a picture"
        assert figure.select(".says")[0].get_text(strip=True), "a sentence"
        assert len(figure.select("table tbody tr")) >= 1, "a table"
    assert not [word for word in NEVER if page.says(word)]


def test_the_sentences_tell_what_the_rows_say(browser, live, in_english):
    in_english(AOI)
    live(AOI, AOIS)
    page = browser(AOI).get("/progress")
    says = page.one("#c-goals_reached .says").get_text(" ", strip=True)
    assert "last 6 goals" in says
    for count in ("by myself: 3", "with a hint: 1", "a little more: 1", "not yet: 1"):
        assert count in says, says
    told = [
        row.select("td")[-2].get_text() for row in page.html.select("#c-goals_reached tbody tr")
    ]
    # The oldest first: the first of the ratings was given for today, the last for ten days ago.
    assert told == [
        "By myself", "By myself", "Not yet", "A little more", "With a hint", "By myself",
    ]  # fmt: skip


def test_every_button_under_a_chart_leads_to_a_page_that_is_there(browser, live):
    live(AOI, [*AOIS, (UNIT_WATER, "rika")])
    aoi = browser(AOI)
    links = [a["href"] for a in aoi.get("/progress").html.select("figure a.btn")]
    assert links
    for href in links:
        assert aoi.get(href).status == 200, href


def test_one_subject_can_be_looked_at_alone(browser, live, in_english):
    in_english(AOI)
    live(AOI, AOIS)
    aoi = browser(AOI)
    page = aoi.get("/progress")
    links = {a["href"] for a in page.html.select("nav.filters a")}
    assert links == {"/progress", "/progress?subject=rika", "/progress?subject=sansu"}
    assert page.one('nav.filters a[aria-current="true"]')["href"] == "/progress"
    rika = aoi.get("/progress?subject=rika")
    assert rika.one('nav.filters a[aria-current="true"]')["href"] == "/progress?subject=rika"
    assert states(rika)["rhythm"] == "ready"
    # Every lap was one of arithmetic.
    assert states(rika)["goals_reached"] == states(rika)["cycle_band"] == "not_yet"


def test_with_one_subject_there_is_nothing_to_choose(browser, live):
    live(AOI, [(UNIT_WATER, "rika")])
    assert not browser(AOI).get("/progress").html.select("nav.filters")


@pytest.mark.parametrize("subject", ["", "x", "kokugo", "sansu%27"])
def test_a_subject_that_is_none_shows_everything(browser, live, subject):
    live(AOI, AOIS)
    aoi = browser(AOI)
    page = aoi.get(f"/progress?subject={subject}")
    assert states(page) == states(aoi.get("/progress"))
    assert page.one('nav.filters a[aria-current="true"]')["href"] == "/progress"


def test_nothing_of_another_pupil_changes_the_page(browser, live):
    live(AOI, AOIS)
    aoi = browser(AOI)
    before = aoi.get("/progress").one("main").decode()
    live(BEN, AOIS, ratings=(0, 0, 0, 0))
    assert aoi.get("/progress").one("main").decode() == before


def test_somebody_elses_life_leaves_an_empty_page_empty(browser, live):
    live(BEN, AOIS)
    assert states(browser(AOI).get("/progress")) == dict.fromkeys(CHARTS, "not_yet")


def test_charts_are_for_the_pupil_alone(browser):
    assert browser(CHIBA).get("/progress").status == 403
    assert browser().get("/progress").location.startswith("/sign-in")


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_the_charts_ask_the_database_twelve_times_at_most(browser, live, queries, full):
    if full:
        live(AOI, AOIS, days=20)
    aoi = browser(AOI)
    with queries() as seen:
        assert aoi.get("/progress").status == 200
    assert len(seen) <= MAX_QUERIES, seen


def test_no_table_shows_a_key_instead_of_a_word(browser, live, in_english):
    in_english(AOI)
    live(AOI, AOIS)
    cells = {td.get_text() for td in browser(AOI).get("/progress").html.select("figure td")}
    assert "Arithmetic" in cells
    assert not cells & {"sansu", "rika"}
