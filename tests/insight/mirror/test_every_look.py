"""Whoever looks at a child leaves exactly the trace that is said here, and the child reads it.

Written by hand, from what the pages show: a row for each page that shows children to somebody else.
"""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.looking.kinds import KINDS
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.mirror import operations as mirrors
from aarportal.people.roster.models import Enrollment
from aarportal.web import looks
from aarportal.web.blueprint import SHOWS
from tests.access.calls import routes
from tests.access.knocking import Knock, call
from tests.access.people import RAN, WHO, Whose
from tests.access.world import World
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    DOI,
    GEN,
    HANA,
    HINATA,
    KEN,
    PRIMARY,
    SCIENCE_4_2,
    Member,
    hold,
    key,
    scope_of,
)

CLASS, SCHOOL = Whose.CLASS, Whose.SCHOOL


@dataclass(frozen=True)
class Told:
    """What is left of a look.

    Attributes:
        at: As part of what the child was looked at.
        object_id: Which one.
        what: What the page shows.
        child: Who finds it in the mirror.
        other: Who does not.
    """

    at: str
    object_id: UUID
    what: str
    child: Member
    other: Member


def ben(what):
    return Told("person", BEN.id, what, BEN, AOI)


def aoi(what):
    return Told("person", AOI.id, what, AOI, BEN)


def hana(what):
    return Told("person", HANA.id, what, HANA, AOI)


def ran(what):
    return Told("person", RAN.id, what, RAN, HANA)


def class_4_2(what):
    return Told("class", CLASS_4_2, what, BEN, HANA)


def science(what):
    return Told("class", SCIENCE_4_2, what, BEN, HANA)


def school(what):
    return Told("school", PRIMARY, what, HANA, KEN)


def district(what):
    return Told("district", HINATA, what, KEN, GEN)


#: Who looks, verb, endpoint, about whose data -> what is left; None where nothing is left, because
#: nobody stands there.
LOOKS = {
    # How children learn.
    ("homeroom", "GET", "action.student_records", CLASS): ben("records"),
    ("cover", "GET", "action.student_records", CLASS): ben("records"),
    ("office", "GET", "apps.app", SCHOOL): school("records"),
    ("homeroom", "GET", "teaching.class_view", CLASS): class_4_2("class"),
    ("subject", "GET", "teaching.class_view", CLASS): science("class"),
    ("leader", "GET", "teaching.class_view", CLASS): class_4_2("class"),
    ("homeroom", "GET", "teaching.projection", CLASS): class_4_2("class"),
    ("homeroom", "GET", "reading.queue", None): class_4_2("reflections"),
    ("subject", "GET", "reading.queue", None): science("reflections"),
    ("cover", "GET", "reading.queue", None): class_4_2("reflections"),
    ("homeroom", "GET", "letters.handed_on", CLASS): ben("handed_on"),
    ("homeroom", "GET", "disputes.disputes", None): class_4_2("doubts"),
    ("subject", "GET", "disputes.disputes", None): science("doubts"),
    ("cover", "GET", "disputes.disputes", None): None,
    ("homeroom", "GET", "disputes.statement", CLASS): ben("statement"),
    ("homeroom", "POST", "disputes.open_statement", CLASS): ben("statement"),
    ("office", "GET", "disputes.statement", SCHOOL): hana("statement"),
    ("office", "POST", "disputes.open_statement", SCHOOL): hana("statement"),
    ("counsellor", "GET", "cases.cases", None): ben("case"),
    ("counsellor", "GET", "cases.student", CLASS): ben("case"),
    ("nurse", "GET", "cases.cases", None): None,
    ("guardian", "GET", "family.family", None): aoi("family"),
    # Health, grades, and what the school office knows.
    ("homeroom", "GET", "wellbeing.health", None): class_4_2("health"),
    ("subject", "GET", "wellbeing.health", None): None,
    ("nurse", "GET", "wellbeing.health", None): school("health"),
    ("head", "GET", "wellbeing.health", None): school("health"),
    ("homeroom", "GET", "school_records.pupil", CLASS): ben("grades"),
    ("head", "GET", "school_records.pupil", SCHOOL): hana("grades"),
    ("office", "GET", "school_data.imports", None): school("school_data"),
    ("nurse", "GET", "school_data.imports", None): school("school_data"),
    ("office", "GET", "school_data.new", None): school("school_data"),
    ("office", "GET", "school_data.file", None): school("school_data"),
    ("office", "GET", "school_data.school_data_import", SCHOOL): school("school_data"),
    ("office", "GET", "school_data.columns", SCHOOL): school("school_data"),
    ("office", "GET", "school_data.undo", SCHOOL): school("school_data"),
    # Who they are, and how they come in.
    ("office", "GET", "people.people", None): school("roster"),
    ("board", "GET", "people.people", None): district("roster"),
    ("office", "GET", "people.person", SCHOOL): hana("roster"),
    ("board", "GET", "people.person", CLASS): ben("roster"),
    ("office", "GET", "people.school_class", CLASS): class_4_2("roster"),
    ("office", "GET", "people.history", SCHOOL): hana("traces"),
    ("board", "POST", "proof.download", None): district("traces"),
    ("office", "GET", "rollover.rollover", None): school("roster"),
    ("office", "GET", "rosters.rosters", None): school("roster"),
    ("board", "GET", "rosters.rosters", None): district("roster"),
    ("office", "GET", "rosters.new", None): school("roster"),
    ("office", "GET", "rosters.roster_import", SCHOOL): school("roster"),
    ("office", "GET", "rosters.undo", SCHOOL): school("roster"),
    ("office", "POST", "exports.download", None): school("roster"),
    ("office", "GET", "relations.relations", None): school("relations"),
    ("office", "GET", "relations.new", None): school("relations"),
    ("homeroom", "GET", "cards.cards", CLASS): class_4_2("sign_ins"),
    ("homeroom", "POST", "cards.hand_out", CLASS): class_4_2("sign_ins"),
    ("office", "GET", "locks.sign_ins", None): school("sign_ins"),
    ("homeroom", "POST", "locks.give_password", CLASS): ben("sign_ins"),
    ("office", "GET", "sessions.of_person", SCHOOL): hana("sign_ins"),
    # By which names apps know them, and tables of apps.
    ("office", "GET", "identifiers.identifier", SCHOOL): hana("identities"),
    ("office", "GET", "quarantine.waiting", None): school("identities"),
    ("office", "GET", "quarantine.actor", SCHOOL): school("identities"),
    ("office", "GET", "quarantine.rule", SCHOOL): school("identities"),
    ("office", "GET", "quarantine.links", None): school("identities"),
    ("office", "GET", "quarantine.one_link", SCHOOL): school("identities"),
    ("office", "GET", "quarantine.merges", None): school("identities"),
    ("office", "GET", "quarantine.one_merge", SCHOOL): school("identities"),
    ("office", "GET", "imports.imports", None): school("imports"),
    ("office", "GET", "imports.new", None): school("imports"),
    ("office", "GET", "imports.table_import", SCHOOL): school("imports"),
    ("office", "GET", "imports.columns", SCHOOL): school("imports"),
    ("office", "GET", "imports.undo", SCHOOL): school("imports"),
    # What they ask, and papers for whoever leaves.
    ("guardian", "GET", "data_requests.own", None): aoi("requests"),
    ("guardian", "GET", "data_requests.new", None): aoi("requests"),
    ("office", "GET", "data_requests.requests", None): school("requests"),
    ("office", "GET", "data_requests.new_in_person", None): school("requests"),
    ("office", "GET", "data_requests.one", SCHOOL): hana("requests"),
    ("office", "GET", "handover.leavers", None): school("leaving"),
    ("office", "GET", "handover.leaver", SCHOOL): ran("leaving"),
    ("office", "POST", "handover.fetch", SCHOOL): ran("archive"),
    ("office", "GET", "deletions.deletions", None): school("leaving"),
    ("office", "GET", "deletions.deletion", SCHOOL): school("leaving"),
    ("board", "GET", "deletions.rule", None): district("leaving"),
    ("office", "GET", "intakes.imports", None): school("leaving"),
    ("office", "GET", "intakes.new", None): school("leaving"),
    ("office", "GET", "intakes.intake", SCHOOL): school("leaving"),
    # Machines.
    ("app", "GET", "xapi.get_statements", CLASS): district("records"),
    ("app", "GET", "xapi_documents.get_state", CLASS): district("records"),
    ("app", "GET", "xapi_documents.get_activity_profile", CLASS): district("records"),
    ("app", "GET", "xapi_documents.get_agent_profile", CLASS): district("records"),
    ("app", "GET", "xapi_resources.activity", None): district("records"),
    ("app", "GET", "xapi_resources.agent", None): district("records"),
}
#: Looks of which tests elsewhere say what is left: through a pupil's eyes (see `test_routes`).
ELSEWHERE = {"pupil_view"}
#: Pages on which a list or a sum stands that is about nobody.
SUMS = {
    "catalogue.app_catalogue",
    "catalogue.decided",
    "catalogue.undecided",
    "data_requests.counts",
}
#: A pupil's own pages in a blueprint of the office, and the card with which a pupil comes in.
OWN = {"cards.card", "cards.scanned", "handover.own"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World("sqlite", "", tmp_path_factory.mktemp("looks"))


def traces(app):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.verb.startswith("look:"))
        return [
            (
                row.verb.removeprefix("look:"),
                row.object_id,
                row.detail,
                row.actor_id,
                row.student_id,
            )
            for row in scope.session.scalars(query.order_by(AuditEntry.id))
        ]


def mirror(app, child):
    """Who looked, as the child is told -> at what, and as part of what."""
    with app.app_context():
        days = mirrors.mirror(scope_of(child)).days
    return {seen.who.name: set(seen.things) for _day, some in days for seen in some}


@pytest.mark.parametrize(
    ("asked", "told"), LOOKS.items(), ids=[f"{who} {name}" for who, _, name, _ in LOOKS]
)
def test_a_look_leaves_its_trace_and_the_child_finds_it_in_the_mirror(world, asked, told):
    who, method, endpoint, whose = asked
    world.back()
    looks.REMEMBERED.cache_clear()
    [rule] = [
        rule for name, verb, rule in routes(world.app) if (name, verb) == (endpoint, method)
    ]  # fmt: skip
    answer = call(world, Knock(endpoint, method, rule, who, whose))
    assert answer.status_code in {200, 303, 304, 422}
    answer.close()
    member = WHO[who].member
    actor = member.id if member else key("app drill")
    name = f"{member.family_name} {member.given_name}" if member else "ドリルパーク"
    if told is None:
        assert traces(world.app) == []
        return
    student_id = told.object_id if told.at == "person" else None
    assert traces(world.app) == [(told.at, str(told.object_id), told.what, actor, student_id)]
    assert mirror(world.app, told.child) == {name: {(told.what, told.at)}}
    assert mirror(world.app, told.other) == {}


def test_every_page_that_shows_children_stands_in_the_table(app):
    gets = {endpoint for endpoint, method, _rule in routes(app) if method == "GET"}
    there = {name for name in gets if SHOWS.get(name) not in {None, looks.nobody}}
    told = {endpoint for _who, method, endpoint, _whose in LOOKS if method == "GET"}
    assert there == told | SUMS | OWN
    assert {told.what for told in LOOKS.values() if told} | ELSEWHERE == set(KINDS)


# --- teachers of several classes ------------------------------------------------------------------


def placed(app, member, class_id):
    """Let somebody be a teacher of one more class."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        name = f"{member.name} in {class_id}"
        scope.session.add(
            Enrollment(
                school_id=PRIMARY, id=key(name), sourced_id=name, class_id=class_id,
                user_id=member.id, role="teacher", primary=True,
            )
        )  # fmt: skip
        audit.record(scope, "test", member.id)


def test_a_homeroom_teacher_of_two_classes_is_named_to_the_children_of_both(app, browser):
    """And a class that she only teaches is not looked at: the page shows nobody of it."""
    placed(app, CHIBA, CLASS_1_1)
    placed(app, CHIBA, SCIENCE_4_2)
    assert browser(CHIBA).get("/health").status == 200
    left = [("class", str(each), "health", CHIBA.id, None) for each in (CLASS_1_1, CLASS_4_2)]
    assert sorted(traces(app)) == sorted(left)
    for child in (AOI, BEN, HANA):
        assert list(mirror(app, child)) == ["千葉 さくら"]
    assert mirror(app, KEN) == {}


def test_a_teacher_who_covers_a_class_looks_at_doubts_of_the_own_class_alone(app, browser):
    """Of the class that is lent the page shows no doubt, and its children are told of no look."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        hold(scope, DOI, "cover", class_id=CLASS_1_1)
        audit.record(scope, "test", DOI.id)
    doi = browser(DOI)
    assert doi.get(f"/class/{CLASS_1_1}").status == 200, "it is lent to him"
    looked = {("class", str(CLASS_1_1), "class", DOI.id, None)}
    assert set(traces(app)) == looked
    assert doi.get("/disputes").status == 200
    looked |= {("class", str(SCIENCE_4_2), "doubts", DOI.id, None)}
    assert set(traces(app)) == looked
    assert mirror(app, AOI) == {"土井 実": {("doubts", "class")}}
    assert mirror(app, HANA) == {"土井 実": {("class", "class")}}
