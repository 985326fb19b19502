"""A pupil's first page: where I am, and the one thing to do next."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.models import TeacherFeedback
from aarportal.people.accounts.models import Account
from aarportal.people.attendance.models import CalendarDay
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_J2_1,
    GEN,
    HANA,
    KEN,
    PRIMARY,
    UNIT_ADDING,
    UNIT_EQUATIONS,
    UNIT_WATER,
    key,
)
from tests.insight.teaching.lessons import Told, set_clock, tell

MAX_QUERIES = 12
#: What a lap of another reader than Aoi needs.
HERS = {"class_id": CLASS_1_1, "unit_id": UNIT_ADDING}
HIS = {"class_id": CLASS_J2_1, "unit_id": UNIT_EQUATIONS, "subject": "sugaku"}


@pytest.fixture(autouse=True)
def friday(app):
    """Half past ten on Friday, 20 November 2026; making the app sets the clock right again."""
    set_clock()


@pytest.fixture
def given(app):
    """Rows from behind the pages."""

    def act(*laps):
        with app.app_context():
            tell(*laps)

    return act


@pytest.fixture
def backstage(app):
    """Runs something with the system's eyes, in a context of its own."""

    def act(change):
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            change(scope)
            audit.record(scope, "test:changed", "home")

    return act


@pytest.fixture
def in_english(backstage):
    """Let somebody read English from now on."""

    def act(member):
        def change(scope):
            account = scope.session.scalar(select(Account).where(Account.user_id == member.id))
            account.language = "en"

        backstage(change)

    return act


def main_action(page):
    """Where the one filled button leads."""
    (found,) = page.html.select('.steps .btn[data-kind="phase"], .steps .btn[data-kind="main"]')
    return found["href"] if found.name == "a" else found.find_parent("form")["action"]


def arcs(page):
    return [step["data-state"] for step in page.html.select("li.step")]


TODAY = Told()
#: A button and no link: pressing it turns the lap to looking back.
LOOK_BACK = f"/cycles/{TODAY.cycle_id}/reflect/begin"
#: The lap of today -> the three steps, and where the one button leads.
MOMENTS = {
    "nothing yet": (None, "now next next", "/goal"),
    "a goal": (TODAY, "done now next", f"/cycles/{TODAY.cycle_id}/start"),
    "at work": (Told(records=2, items=3, planned=8), "done now next", "/records"),
    "at work without a goal": (Told(goal=None, records=1), "next now next", "/records"),
    "enough is done": (
        Told(records=8, items=8, planned=8), "done done now", LOOK_BACK,
    ),
    "looking back": (
        Told(state="reflecting", records=1), "done done now", LOOK_BACK,
    ),
    "resting": (Told(state="paused", records=1), "done now next", "/records"),
    "closed": (Told(text="できた", records=1), "done done done", "/goal"),
}  # fmt: skip


@pytest.mark.parametrize(("lap", "steps", "leads_to"), MOMENTS.values(), ids=MOMENTS)
def test_in_every_state_there_is_one_thing_to_do_next(browser, given, lap, steps, leads_to):
    if lap:
        given(lap)
    aoi = browser(AOI)
    page = aoi.get("/")
    assert page.status == 200
    assert arcs(page) == steps.split()
    assert main_action(page) == leads_to
    current = page.html.select('li[aria-current="step"]')
    assert len(current) == (0 if "now" not in steps else 1)
    if not leads_to.endswith(("/start", "/begin")):
        assert aoi.get(leads_to).status == 200


def test_beginning_from_home_comes_back_home_with_the_next_step(browser, given):
    given(TODAY)
    aoi = browser(AOI)
    page = aoi.follow(aoi.post(main_action(aoi.get("/"))))
    assert main_action(page) == "/records"


def test_a_call_for_the_teacher_is_shown_and_not_offered_twice(browser, given):
    given(Told(records=1))
    aoi = browser(AOI)
    ask = f'form[action="/cycles/{TODAY.cycle_id}/mid"]'
    assert aoi.get("/").html.select(ask)
    page = aoi.follow(aoi.post(f"/cycles/{TODAY.cycle_id}/mid", {"mid": "ask"}))
    assert not page.html.select(ask)


def test_the_goal_stands_in_the_pupils_own_words_without_markup(browser, given):
    given(Told(goal="<b>九九</b>を {漢字|かんじ} おぼえる"))
    shown = browser(AOI).get("/").one(".goal")
    assert shown.get_text() == "<b>九九</b>を {漢字|かんじ} おぼえる"
    assert not shown.find_all(True)


def test_the_goal_of_a_card_carries_readings(browser, given, backstage):
    given(Told(goal="{割合|わりあい}を もとめる"))

    def from_card(scope):
        scope.session.scalar(select(Goal)).author = "card"

    backstage(from_card)
    page = browser(AOI).get("/")
    shown = page.one(".goal")
    assert '<ruby>割合<rt aria-hidden="true">わりあい</rt></ruby>' in page.text
    assert "{" not in shown.get_text()


def test_what_was_done_stands_beside_what_was_planned(browser, given, in_english):
    in_english(AOI)
    given(Told(records=3, items=3, planned=8))
    page = browser(AOI).get("/")
    assert page.says("3 of 8 done")
    assert len(page.html.select(".beads i.on")) == 3
    assert len(page.html.select(".beads i")) == 8


def test_the_adjustment_of_last_time_comes_back(browser, given, in_english):
    in_english(AOI)
    given(
        Told(days_ago=3, text="できた", next_what="time", next_words="さいしょに もんだいを よむ")
    )
    note = browser(AOI).get("/").one('.note[data-kind="self"]')
    assert note.select(".quote")[0].get_text() == "さいしょに もんだいを よむ"
    assert "17 Nov" in note.get_text()


def test_an_adjustment_of_the_first_lesson_is_of_that_day_at_school(
    browser, given, in_english, backstage
):
    in_english(AOI)
    given(Told(days_ago=1, text="できた", next_what="time"))

    def before_nine(scope):
        row = scope.session.scalar(select(Adjustment))
        # Ten to nine on the 19th at school is still the 18th in Greenwich.
        row.proposed_at = datetime(2026, 11, 18, 23, 50, tzinfo=UTC)

    backstage(before_nine)
    assert "19 Nov" in browser(AOI).get("/").one('.note[data-kind="self"]').get_text()


@pytest.mark.parametrize(
    ("state", "at_home", "offered"),
    [("proposed", True, True), ("in_effect", True, False), ("lapsed", False, False)],
)
def test_what_is_being_tried_stays_in_sight_and_is_offered_once(
    browser, given, backstage, state, at_home, offered
):
    given(Told(days_ago=1, text="できた", next_what="time", next_words="はやく はじめる"))

    def become(scope):
        scope.session.scalar(select(Adjustment)).state = state

    backstage(become)
    aoi = browser(AOI)
    assert aoi.get("/").says("はやく はじめる") == at_home
    assert aoi.get("/goal").says("はやく はじめる") == offered


def test_the_teachers_last_word_is_on_the_page_and_can_be_opened(browser, given):
    given(
        Told(days_ago=2, text="さきに", answers=[("task", "ふるい ことば", 1)]),
        Told(days_ago=1, text="あとで", answers=[("process", "図が よく かけています", 0)]),
    )
    aoi = browser(AOI)
    page = aoi.get("/")
    assert page.says("図が よく かけています")
    assert not page.says("ふるい ことば")
    assert page.html.select(".teacher-word svg.hanko")
    link = page.one(".note h2 a.end")
    assert aoi.get(link["href"]).says("あとで")


def test_a_word_that_was_seen_stays_and_no_longer_calls(browser, given, backstage):
    given(Told(days_ago=1, text="あとで", answers=[("process", "図が よく かけています", 0)]))

    def seen(scope):
        scope.session.scalar(select(TeacherFeedback)).state = "seen"

    backstage(seen)
    page = browser(AOI).get("/")
    assert page.says("図が よく かけています")
    assert not page.html.select(".note h2 a.end")


# --- the week -----------------------------------------------------------------------------------


def week(page):
    return [
        "".join(arc["data-state"][0] for arc in it.select("path[data-state]"))
        for it in page.html.select("ul.week li")
    ]


def test_the_week_shows_how_far_each_day_got(browser, given):
    given(
        Told(days_ago=4, text="げつ", records=1), Told(days_ago=2, records=1),
        Told(state="reflecting"),
    )  # fmt: skip
    page = browser(AOI).get("/")
    # Finished parts of Monday to Friday; parts that are now or next are no finished ones.
    assert [each.count("d") for each in week(page)] == [3, 0, 1, 0, 2]
    assert len(page.html.select('ul.week li[aria-current="date"]')) == 1


def test_of_several_laps_of_a_day_the_farthest_is_shown(browser, given):
    given(
        Told(days_ago=1, records=1, minutes_ago=5), Told(days_ago=1, text="できた", minutes_ago=60)
    )
    assert week(browser(AOI).get("/"))[3] == "ddd"


def test_a_saturday_is_shown_when_there_is_school(browser, backstage):
    def school(scope):
        scope.session.add(CalendarDay(school_id=PRIMARY, day=date(2026, 11, 21), kind="open"))

    aoi = browser(AOI)
    assert len(week(aoi.get("/"))) == 5
    backstage(school)
    assert len(week(aoi.get("/"))) == 6


# --- several laps -------------------------------------------------------------------------------

WATER = Told(minutes_ago=30, subject="rika", unit_id=UNIT_WATER, goal="水を しらべる")


def test_of_several_laps_the_one_touched_last_is_in_the_middle_and_the_others_a_tap_away(
    browser, given
):
    given(TODAY, WATER)
    aoi = browser(AOI)
    page = aoi.get("/")
    assert page.one(".goal").get_text() == TODAY.goal
    (other,) = page.html.select("nav.filters a.filter")
    page = aoi.get(other["href"])
    assert page.one(".goal").get_text() == WATER.goal
    assert main_action(page) == f"/cycles/{WATER.cycle_id}/start"
    (back,) = page.html.select("nav.filters a.filter")
    assert aoi.get(back["href"]).one(".goal").get_text() == TODAY.goal


def test_an_open_lap_of_an_earlier_day_is_not_forgotten(browser, given):
    given(Told(days_ago=1, goal="きのうの めあて", records=1))
    assert browser(AOI).get("/").one(".goal").get_text() == "きのうの めあて"


def test_a_lap_closed_yesterday_makes_room_for_a_new_one(browser, given):
    given(Told(days_ago=1, text="できた"))
    assert main_action(browser(AOI).get("/")) == "/goal"


@pytest.mark.parametrize("chosen", ["", "x", str(key("nothing")), "ben"])
def test_a_choice_that_is_none_shows_the_own_lap(browser, given, chosen):
    bens = Told(member=BEN, goal="べんの めあて")
    given(TODAY, bens)
    page = browser(AOI).get(f"/?cycle={bens.cycle_id if chosen == 'ben' else chosen}")
    assert page.one(".goal").get_text() == TODAY.goal
    assert not page.says("べんの めあて")


# --- who sees it --------------------------------------------------------------------------------


def test_nothing_of_another_pupil_changes_the_page(browser, given):
    given(Told(records=2, items=3, planned=8))
    aoi = browser(AOI)

    def shown():
        return aoi.get("/").one("main").get_text(" ", strip=True)

    before = shown()
    given(
        *(Told(member=BEN, days_ago=n, text="べんの ことば", rating=3, next_what="time",
               next_words="べんの くふう", answers=[("task", "べんへ", 0)]) for n in (0, 1, 2)),
    )  # fmt: skip
    assert shown() == before


@pytest.mark.parametrize(
    ("member", "more"),
    [(HANA, HERS), (AOI, {}), (KEN, HIS), (GEN, None)],
    ids=["grade 1", "grade 4", "grade 8", "nothing yet"],
)
def test_the_page_is_there_for_every_reader(browser, given, member, more):
    if more is not None:
        given(Told(member=member, records=1, items=3, planned=8, **more))
    page = browser(member).get("/")
    assert page.status == 200
    assert len(page.html.select("li.step")) == 3
    assert page.html.select("svg.ring[role=img]")


def test_closed_rings_stay_and_are_counted(browser, given, in_english):
    in_english(AOI)
    given(*(Told(days_ago=n, text="できた") for n in (0, 1, 30)))
    assert browser(AOI).get("/").says("You closed ring 3")


def test_a_teacher_is_led_to_the_class_and_a_stranger_to_the_door(browser):
    assert browser(CHIBA).get("/").location == "/class"
    assert browser().get("/").location.startswith("/sign-in")


def test_looking_at_home_changes_nothing(browser, given, app):
    given(TODAY)

    def state():
        with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return [(c.state, c.updated_at) for c in scope.session.scalars(select(LearningCycle))]

    before = state()
    browser(AOI).get("/")
    assert state() == before


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_home_asks_the_database_twelve_times_at_most(browser, given, queries, full):
    if full:
        given(
            *(Told(days_ago=n, text="できた", next_what="time", answers=[("task", "よい", n)],
                   rating=2) for n in range(1, 20)),
            TODAY, WATER, Told(minutes_ago=50, subject="kokugo", unit_id=None),
        )  # fmt: skip
    aoi = browser(AOI)
    with queries() as seen:
        assert aoi.get("/").status == 200
    assert len(seen) <= MAX_QUERIES, seen
