"""Looking through a pupil's eyes: what the pupil sees, nothing of the pupil's own, no change."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.drafts.models import Draft
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import Enrollment
from aarportal.web.blueprint import PERMISSIONS, SAFE_METHODS
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    DOI,
    GOTO,
    HANA,
    HEAD,
    KEN,
    KIKUCHI,
    MORI,
    NURSE,
    OKA,
    PRIMARY,
    SYSTEM,
    YUKARI,
    hold,
)
from tests.insight.teaching.lessons import MOMENT, Told, set_clock, tell
from tests.web.test_bad_input import everything

SECRET_DRAFT = "だれにも みせない したがき"
LAP = Told(member=AOI, goal="あおいの めあて", text="図にかいた", rating=2)


@pytest.fixture(autouse=True)
def stage(everybody):
    set_clock(MOMENT)
    with everybody.app_context():
        tell(LAP, Told(member=BEN, goal="べんの めあて"))
        with unit_of_work(SystemScope("draft")) as scope:
            for form, key in (("goal", "new"), ("reflection", str(LAP.cycle_id))):
                scope.session.add(
                    Draft(school_id=PRIMARY, student_id=AOI.id, form=form, key=key, rev=1,
                          content={"text": SECRET_DRAFT, "step": "1"}, saved_at=clock.now())
                )  # fmt: skip
            scope.session.get(Account, AOI.id).script = "kanji"
            audit.record(scope, "test", AOI.id)


def view(window, member):
    return window.post(f"/class/students/{member.id}/view")


def looks(window) -> bool:
    return bool(window.get("/letters").html.select("form[action='/view/end']"))


def test_a_homeroom_teacher_sees_what_her_pupil_sees_until_she_ends_it(browser):
    teacher, pupil = browser(CHIBA), browser(AOI)
    page = teacher.follow(view(teacher, AOI))
    assert page.says("千葉 さくら") and page.says("髙﨑 葵")
    assert page.says("あおいの めあて")
    assert pupil.get("/").says("あおいの めあて")
    told = 0
    for url in ("/", "/progress", "/reflections", "/records", "/goal"):
        mine, theirs = teacher.get(url), pupil.get(url)
        assert (mine.status, theirs.status) == (200, 200), url
        assert mine.html.select("form[action='/view/end']"), url
        assert not mine.says("べんの めあて")
        assert mine.one("h1").get_text() == theirs.one("h1").get_text()
        assert mine.says("あおいの めあて") == theirs.says("あおいの めあて"), url
        told += mine.says("あおいの めあて")
    assert told == 3, "the first page, the goal and what was looked back on"
    assert teacher.get("/class").status == 403
    page = teacher.follow(teacher.post("/view/end"))
    assert page.location == "/class"
    assert not looks(teacher)


def test_what_only_the_pupil_reads_stays_closed(browser, app):
    teacher = browser(CHIBA)
    view(teacher, AOI)
    tried = 0
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints[rule.endpoint.partition(".")[0]]
        if "GET" not in rule.methods or PERMISSIONS[rule.endpoint] == "public":
            continue
        if blueprint.credential != "browser":
            continue
        url = re.sub("<uuid:cycle_id>", str(LAP.cycle_id), rule.rule)
        url = re.sub("<uuid:student_id>", str(AOI.id), url)
        url = re.sub(r"<uuid:[^>]+>", str(uuid4()), url)
        url = re.sub(r"<string:form>|<form>", "goal", url)
        url = re.sub(r"<[^>]+>", "new", url)
        page = teacher.client.get(url)
        assert SECRET_DRAFT not in page.get_data(as_text=True), url
        tried += page.status_code == 200
    assert tried >= 5
    assert teacher.get("/my-grades").status == 403
    assert not teacher.get("/").html.select("meta[name='draft-key'], meta[name='person']")
    assert browser(AOI).get("/").html.select("meta[name='draft-key']")


def test_every_change_is_refused_by_the_door(browser, app):
    """Every form and every method of every route that asks who somebody is."""
    teacher = browser(CHIBA)
    view(teacher, AOI)
    before = everything(app)
    token = teacher.client.get("/csrf").get_json()["token"]
    tried = 0
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        blueprint = app.blueprints[endpoint.partition(".")[0]]
        if PERMISSIONS[endpoint] == "public" or blueprint.credential != "browser":
            continue
        url = re.sub("<uuid:cycle_id>", str(LAP.cycle_id), rule.rule)
        url = re.sub("<uuid:reflection_id>", str(LAP.reflection_id), url)
        url = re.sub(r"<uuid:[^>]+>", str(AOI.id), url)
        url = re.sub(r"<[^>]+>", "goal", url)
        for method in rule.methods - SAFE_METHODS:
            if endpoint == "pupil_view.end":
                continue
            answer = teacher.client.open(
                url, method=method, data={"text": "x"}, headers={"X-CSRFToken": token}
            )
            assert answer.status_code == 403, (endpoint, method)
            tried += 1
    assert tried >= 60
    assert everything(app) == before
    assert looks(teacher)


def test_begin_and_end_are_written_down_under_the_name_of_who_looked(browser, app):
    teacher = browser(CHIBA)
    view(teacher, AOI)
    teacher.post("/view/end")
    view(teacher, AOI)
    teacher.post("/sign-out")
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        told = scope.session.execute(
            select(AuditEntry.verb, AuditEntry.actor_id, AuditEntry.student_id)
            .where(AuditEntry.verb.startswith("pupil_view:"))
            .order_by(AuditEntry.at, AuditEntry.id)
        ).all()
    assert [it.verb.partition(":")[2] for it in told] == ["begun", "ended", "begun", "ended"]
    assert {it.student_id for it in told} == {AOI.id}
    assert [it.actor_id for it in told[:3]] == [CHIBA.id] * 3


@pytest.mark.parametrize(
    ("member", "pupil"),
    [(CHIBA, HANA), (CHIBA, KEN), (DOI, AOI), (MORI, AOI), (GOTO, AOI), (HEAD, AOI)],
    ids=lambda it: it.name,
)
def test_of_somebody_elses_pupil_there_is_no_view(browser, member, pupil):
    window = browser(member)
    assert view(window, pupil).status == 404
    assert not looks(window)


@pytest.mark.parametrize(
    "member", [AOI, OKA, NURSE, KIKUCHI, YUKARI, SYSTEM], ids=lambda it: it.name
)
def test_most_people_have_no_view_at_all(browser, member):
    window = browser(member)
    assert view(window, BEN).status == 403
    assert window.post("/view/end").status == 303
    assert not looks(window)


def test_the_head_looks_at_a_pupil_on_whose_case_they_are(browser, app):
    with app.app_context(), unit_of_work(SystemScope("case")) as scope:
        hold(scope, HEAD, "case", student_id=AOI.id, reason="x")
        audit.record(scope, "test", AOI.id)
    head = browser(HEAD)
    page = head.follow(view(head, AOI))
    assert page.status == 200
    assert looks(head)
    assert view(browser(HEAD), BEN).status == 404


def test_a_view_ends_with_what_it_came_from(browser, app):
    teacher = browser(CHIBA)
    view(teacher, AOI)
    with app.app_context(), unit_of_work(SystemScope("moved")) as scope:
        for row in scope.session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            row.ends_before = clock.today()
        audit.record(scope, "test", AOI.id)
    assert not looks(teacher)
    assert teacher.get("/class").status == 303


def test_the_pupil_and_their_ways_of_reading_stay_untouched(browser, app):
    teacher = browser(CHIBA)
    view(teacher, AOI)
    reading = {"script": "kana", "text_size": "m", "font": "system", "language": "ja"}
    assert teacher.post("/letters", reading).status == 403
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.get(Account, AOI.id).script == "kanji"
    assert not looks(browser(AOI))


def test_a_pupil_who_has_never_come_in_is_looked_at_like_everybody_else(browser, app):
    teacher, ways = browser(CHIBA), "[name=script][checked], [name=text_size][checked]"
    view(teacher, AOI)
    own = teacher.get("/letters").html.select(ways)
    assert [it["value"] for it in own] == ["kanji", "m"]
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.delete(scope.session.get(Account, AOI.id))
        audit.record(scope, "test", AOI.id)
    for url in ("/", "/letters", "/progress", "/records", "/goal"):
        assert teacher.get(url).status == 200, url
    plain = teacher.get("/letters").html.select(ways)
    assert [it["value"] for it in plain] == ["grade", "m"]


def test_the_head_proves_in_two_ways_before_looking_through_the_eyes_of_a_case(browser, app):
    """The page of the case asks for it, and the view shows no less."""
    with app.app_context(), unit_of_work(SystemScope("case")) as scope:
        hold(scope, HEAD, "case", student_id=AOI.id, reason="x")
        audit.record(scope, "test", AOI.id)
    weak = browser().sign_in(HEAD, strong=False)
    before = everything(app)
    page = view(weak, AOI)
    assert page.status == 403
    form = page.one("main form[action^='/prove']")["action"]
    assert parse_qs(urlsplit(form).query)["wanted"] == ["strong"]
    assert not looks(weak)
    assert not weak.get("/").says("あおいの めあて")
    assert everything(app) == before
    assert view(weak, BEN).status == 404, "of whom there is no case nothing is said"
    teacher = browser().sign_in(CHIBA, strong=False)
    assert teacher.follow(view(teacher, AOI)).status == 200, "her own class is her everyday work"
