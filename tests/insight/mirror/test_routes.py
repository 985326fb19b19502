"""だれが見た？かがみ: a teacher looks, and the child sees it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.audit.looking.kinds import KINDS
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.errors import UnseenError
from aarportal.core.ownership import Relation, StudentOwned
from aarportal.core.permissions import Permission
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop.models import LearningCycle
from aarportal.insight.mirror import words as mirror_words
from aarportal.insight.purposes.register import kinds
from aarportal.insight.teaching.signals import RULES
from aarportal.web import looks
from aarportal.web.blueprint import PERMISSIONS, SHOWS, PortalBlueprint
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    DOI,
    GEN,
    HANA,
    KEN,
    KIKUCHI,
    OKA,
    YUKARI,
    key,
    scope_of,
)
from tests.insight.sharing.flows import ReadingApp

RECORDS = f"/class/students/{AOI.id}/records"


def traces(app):
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.verb.startswith("look:"))
        return scope.session.scalars(query.order_by(AuditEntry.id)).all()


def names(page):
    return [each.get_text() for each in page.html.select("#main .facts b")]


def test_the_mirror_of_a_new_pupil_shows_nobody(browser):
    page = browser(AOI).get("/mirror")
    assert page.status == 200
    assert page.html.select(".empty")
    assert not names(page)


def test_a_look_stands_in_the_mirror_of_the_child_and_of_no_other(browser, app):
    assert browser(CHIBA).get(RECORDS).status == 200
    assert names(browser(AOI).get("/mirror")) == ["千葉 さくら"]
    for other in (BEN, HANA, KEN):
        assert not names(browser(other).get("/mirror"))
    [trace] = traces(app)
    assert (trace.verb, trace.student_id, trace.actor_id) == ("look:person", AOI.id, CHIBA.id)


def test_within_ten_minutes_it_is_one_look_and_later_another(browser, app):
    chiba = browser(CHIBA)
    for _ in range(3):
        chiba.get(RECORDS)
    assert chiba.client.head(RECORDS).status_code == 200
    assert len(traces(app)) == 1
    looks.REMEMBERED.cache_clear()
    chiba.get(RECORDS)
    assert len(traces(app)) == 1, "the database knows it, if this process does not"
    clock.shift(timedelta(minutes=11))
    chiba.get(RECORDS)
    assert len(traces(app)) == 2
    assert names(browser(AOI).get("/mirror")) == ["千葉 さくら"], "a day tells the same once"


def test_a_page_of_the_class_is_one_look_that_each_of_its_pupils_sees(browser, app):
    chiba = browser(CHIBA)
    url = f"/class/{CLASS_4_2}"
    for _ in range(2):
        assert chiba.get(url).status == 200
    [trace] = traces(app)
    assert (trace.verb, trace.student_id) == ("look:class", None)
    for pupil in (AOI, BEN):
        assert names(browser(pupil).get("/mirror")) == ["千葉 さくら"]
    assert not names(browser(HANA).get("/mirror"))


def test_a_pupil_of_whom_the_class_page_shows_more_is_looked_at(browser, app):
    browser(CHIBA).get(f"/class/{CLASS_4_2}?student={BEN.id}")
    assert {each.student_id for each in traces(app)} == {None, BEN.id}


@pytest.mark.parametrize("stranger", [HANA, KEN])
def test_a_child_out_of_sight_is_not_looked_at_by_asking(browser, app, stranger):
    chiba = browser(CHIBA)
    chiba.get(f"/class/{CLASS_4_2}?student={stranger.id}")
    assert chiba.get(f"/class/students/{stranger.id}/records").status == 404
    assert chiba.get(f"/students/{stranger.id}/school-records").status == 404
    assert [each.verb for each in traces(app)] == ["look:class"]
    assert not names(browser(stranger).get("/mirror"))


def test_the_list_of_the_school_and_its_file_are_looks(browser, app):
    oka = browser(OKA)
    oka.get("/people")
    oka.get(f"/people/{AOI.id}")
    told = {(each.verb, each.detail) for each in traces(app)}
    assert told == {("look:school", "roster"), ("look:person", "roster")}
    assert names(browser(BEN).get("/mirror")) == ["岡 学"]
    assert not names(browser(KEN).get("/mirror")), "he is at another school"


def test_without_its_trace_there_is_no_page(browser, app, monkeypatch):
    chiba = browser(CHIBA)
    book = app.extensions["looks"]

    def cannot(*_):
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(book, "keep", cannot)
    with pytest.raises(RuntimeError, match="cannot be written"):
        chiba.get(RECORDS)
    monkeypatch.undo()
    assert chiba.get(RECORDS).status == 200
    assert len(traces(app)) == 1


class OneDoor(PortalBlueprint):
    """A blueprint that hands out what a request would enter."""

    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
        self.entered = view_func


@pytest.mark.parametrize("said", [None, looks.nobody, looks.told])
def test_a_page_that_reads_children_and_does_not_say_so_is_not_shown(browser, app, said):
    """The guard of the door: what a route forgets, no test has to find."""
    forgetful = OneDoor("forgetful", __name__)

    def student_records(scope, student_id):
        return str(len(scope.session.scalars(select(LearningCycle)).all()))

    forgetful.route("/x", permission=Permission.CLASS_READ, shows=said)(student_records)
    view = app.view_functions["action.student_records"]
    app.view_functions["action.student_records"] = forgetful.entered
    try:
        with pytest.raises(UnseenError, match="LearningCycle"):
            browser(CHIBA).get(RECORDS)
    finally:
        app.view_functions["action.student_records"] = view
        for table in (SHOWS, PERMISSIONS):
            del table["forgetful.student_records"]


def test_the_mirror_counts_what_is_kept(browser):
    page = browser(AOI).get("/mirror")
    counts = {
        section["id"].removeprefix("kind-"): int(
            re.search(r"\d+", section.select_one("h3 small").get_text())[0]
        )
        for section in page.html.select("section[id^=kind-]")
    }
    assert set(counts) == {kind.key for kind in kinds()}
    # She is there once, has an account, and came in a moment ago; she has done nothing yet.
    assert {key_: n for key_, n in counts.items() if n} == {"name": 1, "entry": 1}


def test_who_may_see_is_what_the_guard_lets_see(browser):
    """For each kind and each of the cast: named on the page exactly if rows exist for them."""
    page = browser(AOI).get("/mirror")
    named = {
        section["id"].removeprefix("kind-"): {
            each["data-reader"] for each in section.select("[data-reader]")
        }
        for section in page.html.select("section[id^=kind-]")
    }
    by_table = {m.class_.__tablename__: m.class_ for m in Base.registry.mappers}
    who = {
        "self": scope_of(AOI), "homeroom": scope_of(CHIBA), "teaches": scope_of(DOI),
        "records": scope_of(OKA),
    }  # fmt: skip
    for kind in kinds():
        owned = [by_table[name] for name in kind.tables if issubclass(by_table[name], StudentOwned)]
        for row_class in owned:
            relations = named[kind.key] & {it.value for it in Relation}
            assert {it.value for it in row_class.readers} == relations, (kind.key, row_class)
            for name, scope in who.items():
                seen = scope.visible(row_class.readers)
                # Whoever has the class sees it as its homeroom teacher, too.
                assert (seen is None or AOI.id in seen) == bool(
                    named[kind.key] & ({name, "teaches"} if name == "homeroom" else {name})
                ), (kind.key, row_class, name)


def test_every_look_and_every_rule_has_its_words(app):
    # And what the page of the class says of whoever cannot come in.
    assert set(mirror_words.RULES) == {*RULES, "locked"}
    said = set(_keys(SHOWS.values()))
    assert said <= set(KINDS)
    # Those that no route says are said by views, once they know whose row they show.
    assert set(KINDS) - said == {"archive", "pupil_view", "statement"}


def _keys(declared):
    """The keys of what pages show, out of what the routes say: every text there is but a name."""
    for shows in declared:
        code, cells = getattr(shows, "__code__", None), getattr(shows, "__closure__", None) or ()
        for name, cell in zip(code.co_freevars if code else (), cells, strict=True):
            # What stands in the address has a name there; a relation is a text, too.
            if type(cell.cell_contents) is str and name != "value":
                yield cell.cell_contents


@pytest.mark.parametrize(("pupil", "stage"), [(HANA, "low"), (AOI, "mid"), (KEN, "up")])
def test_every_band_has_its_page(browser, pupil, stage):
    page = browser(pupil).get("/mirror")
    assert page.html.html["data-stage"] == stage
    assert bool(page.html.select("#main rt")) == (stage == "mid")
    assert len(page.html.select("#kind-goals dt")) == (
        4 if stage == "up" else 2
    )  # the law and what is in it, for those who read it


def test_in_english(browser):
    aoi = browser(AOI)
    aoi.post("/letters", {"language": "en", "script": "grade", "font": "system", "text_size": "m"})
    page = aoi.get("/mirror")
    assert page.says("Who looked this week")
    assert page.says("the homeroom teacher")


def test_the_way_there_is_on_every_page_of_a_pupil_and_on_no_other(browser):
    assert browser(AOI).get("/").html.select('a[href="/mirror"]')
    assert not browser(CHIBA).get(f"/class/{CLASS_4_2}").html.select('a[href="/mirror"]')
    assert browser(CHIBA).get("/mirror").status == 403


def test_whoever_looks_through_a_pupils_eyes_is_named(browser, app):
    """Each page of the view is a look of whoever looks, and none of the pupil's own."""
    chiba = browser(CHIBA)
    chiba.follow(chiba.post(f"/class/students/{AOI.id}/view"))
    assert chiba.get("/progress").status == 200
    [trace] = [it for it in traces(app) if it.student_id == AOI.id]
    assert (trace.verb, trace.detail) == ("look:person", "pupil_view")
    assert trace.actor_id == CHIBA.id
    assert chiba.get("/mirror").status == 403, "who else looked is told to the pupil alone"
    page = browser(AOI).get("/mirror")
    assert names(page) == ["千葉 さくら"]
    assert page.one("#main .facts .seen").get_text().startswith("自分のページ")
    assert not names(browser(BEN).get("/mirror"))


def test_a_family_and_whoever_is_on_a_case_are_named_with_what_they_are(browser, everybody):
    assert browser(YUKARI).get("/family").says(AOI.given_name)
    assert browser(KIKUCHI).get("/cases").says(BEN.given_name)
    assert browser(KIKUCHI).get(f"/cases/{BEN.id}").status == 200
    page = browser(AOI).get("/mirror")
    assert names(page) == [f"{YUKARI.family_name} {YUKARI.given_name}"]
    assert page.one("#main .facts .muted").get_text() == "家の人"
    assert names(browser(BEN).get("/mirror")) == [f"{KIKUCHI.family_name} {KIKUCHI.given_name}"]


def test_somebody_elses_child_leaves_no_look(browser, everybody, app):
    assert browser(KIKUCHI).get(f"/cases/{AOI.id}").status == 404
    assert browser(CHIBA).get(f"/classes/{CLASS_4_2}/cards").status == 200
    assert browser(DOI).post(f"/sign-ins/pupils/{AOI.id}/password").status == 404
    assert {(it.verb, it.detail) for it in traces(app)} == {("look:class", "sign_ins")}


def test_long_lists_fold(browser, app):
    with app.app_context(), unit_of_work(SystemScope("many")) as scope:
        for number in range(30):
            scope.session.add(
                AuditEntry(
                    at=clock.now(), actor_kind="person", actor_id=key(f"reader {number}"),
                    student_id=AOI.id, district_id=CHIBA.district_id, verb="look:person",
                    object_id=str(AOI.id), detail="records",
                )
            )  # fmt: skip
    page = browser(AOI).get("/mirror")
    assert len(names(page)) == 30
    assert len(page.html.select("details .facts b")) == 30 - 12


def test_an_app_that_reads_what_others_sent_is_named_once(browser, app):
    reader = ReadingApp(app, "よみとりアプリ")
    reader.ask()
    reader.ask()
    assert len(traces(app)) == 1
    page = browser(AOI).get("/mirror")
    assert names(page) == ["よみとりアプリ"]
    assert not names(browser(GEN).get("/mirror")), "another district"


def test_an_app_that_reads_only_its_own_saw_nothing_of_a_child_without_records(browser, app):
    ReadingApp(app, "べつのアプリ", may_read=False).ask()
    assert len(traces(app)) == 1
    assert not names(browser(AOI).get("/mirror"))
