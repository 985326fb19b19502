"""The family's page: what a child means to do, and nothing that measures it."""

import pytest
from sqlalchemy import delete, update

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import Adjustment
from aarportal.people.relations.models import HeldRelation
from tests.cast import AOI, BEN, CHIBA, HEAD, IWA, KIKUCHI, NURSE, OKA, SYSTEM, YUKARI
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell

MAX_QUERIES = 8


@pytest.fixture(autouse=True)
def stage(everybody):
    set_clock(MOMENT)
    with everybody.app_context():
        tell(
            Told(member=AOI, goal="ひっ算を まちがえない", text="ひみつの ふりかえり", rating=2,
                 items=37, correct=29, seconds=660, planned=41, next_what="time",
                 next_words="あさに する", answers=[("task", "先生の ことば", 0)]),
            Told(member=AOI, goal="まえの 週の めあて", days_ago=9, text="x", next_what="place",
                 next_words="まどの そば"),
            Told(member=BEN, goal="べんの めあて", text="べんの ことば", next_what="time",
                 next_words="べんの つぎ"),
        )  # fmt: skip


def change(app, statement):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(statement)
        audit.record(scope, "test", AOI.id)


def test_a_mother_sees_her_childs_week_and_nobody_elses(browser, queries):
    mother = browser(YUKARI)
    page = mother.follow(mother.get("/"))
    assert page.says("髙﨑 葵") and page.says("ひっ算を まちがえない") and page.says("あさに する")
    assert page.says("まどの そば")
    for hidden in ("まえの 週の めあて", "べん", "ひみつの ふりかえり", "先生の ことば"):
        assert hidden not in page.text
    main = page.one("main").get_text()
    for number in ("37", "29", "41", "660"):
        assert number not in main
    with queries() as seen:
        mother.get("/family")
    assert len(seen) <= MAX_QUERIES


@pytest.mark.parametrize("state", ["withdrawn", "draft"])
def test_a_goal_that_a_child_took_back_is_not_read_at_home(browser, everybody, state):
    change(everybody, update(Goal).where(Goal.student_id == AOI.id).values(state=state))
    assert "ひっ算を まちがえない" not in browser(YUKARI).get("/family").text


@pytest.mark.parametrize("state", ["lapsed", "carried"])
def test_what_was_put_aside_is_not_what_a_child_wants_to_try_next(browser, everybody, state):
    mine = Adjustment.student_id == AOI.id
    older = mine & (Adjustment.what == "place")
    change(everybody, update(Adjustment).where(older).values(state=state))
    page = browser(YUKARI).get("/family")
    assert page.says("あさに する") and "まどの そば" not in page.text


def test_nothing_else_of_the_child_is_open_to_her(browser):
    mother = browser(YUKARI)
    for url in (
        "/goal", "/reflections", "/progress", "/records", "/my-grades", "/class", "/health",
        f"/class/students/{AOI.id}/records", f"/students/{AOI.id}/school-records", "/people",
        f"/cases/{AOI.id}",
    ):  # fmt: skip
        assert mother.get(url).status in {403, 404}, url


def test_whoever_has_no_child_here_is_not_sent_to_ask_about_one(browser, everybody):
    asking = "a[href='/my-requests']"
    assert browser(YUKARI).get("/family").html.select(asking)
    with everybody.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(delete(HeldRelation).where(HeldRelation.holder_id == YUKARI.id))
        audit.record(scope, "test", YUKARI.id)
    page = browser(YUKARI).get("/family")
    assert page.html.select(".empty") and not page.html.select(asking)


@pytest.mark.parametrize(
    "member", [AOI, CHIBA, OKA, HEAD, NURSE, KIKUCHI, SYSTEM, IWA], ids=lambda m: m.name
)
def test_the_page_is_for_families_alone(browser, member):
    assert browser(member).get("/family").status == 403
