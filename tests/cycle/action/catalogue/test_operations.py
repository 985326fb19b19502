"""A teacher says which unit it is, and what was said before is read again."""

from datetime import UTC, datetime, timedelta

import pytest

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.catalogue import operations
from aarportal.cycle.action.catalogue.operations import Decision
from aarportal.cycle.action.models import LearningApp, Rereading
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.cycle.units.models import Unit
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    DOI,
    HANA,
    KEN,
    MINATO,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_WATER,
    key,
    scope_of,
)
from tests.cycle.action.days import NOW, by_hand, enter, record
from tests.cycle.action.intake.stream import rows, write
from tests.cycle.units.catalogue.lines import entry, keep

SITE = "https://drill.example/"
CODE = "8250243130000000"


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def unknown(activity=SITE + "p4/x/1", member=AOI, **parts):
    """A record of which neither the subject nor the unit is known."""
    values = {"subject": "", "unit_id": None, "activity_id": activity, **parts}
    return record(member=member, **values)


def undecided(member=CHIBA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return [(it.kind, it.value, it.records) for it in operations.undecided(scope)]


def decide(belongs, kind="title", value="わり算", member=CHIBA, app_id=APP_DRILL):
    with unit_of_work(scope_of(member)) as scope:
        operations.decide(scope, Decision(app_id, kind, value, belongs))


def asked():
    return sorted(
        (it.kind, it.value, it.app_id, it.school_id) for it in rows(Rereading)
    )  # fmt: skip


def lines():
    return [(it.school_id, it.value, it.subject, it.code, it.unit_title)
            for it in rows(CatalogueEntry)]  # fmt: skip


# --- what is asked about ------------------------------------------------------------------------


def test_teachers_are_asked_about_what_their_students_sent():
    enter(
        unknown(),
        unknown(member=BEN),
        unknown(SITE + "first-graders", member=HANA),
        unknown(SITE + "lower-secondary", member=KEN, unit_title="方程式"),
    )
    assert undecided() == [("activity", SITE + "p4/x/1", 2)]
    assert undecided(MORI) == [("title", "方程式", 1)]


NOT_ASKED = [
    ("known", {"subject": "sansu", "unit_id": UNIT_DIVISION}),
    ("taken back", {"state": "voided"}),
    ("long ago", {"ended_at": NOW - timedelta(days=31)}),
]


@pytest.mark.parametrize("parts", [parts for _, parts in NOT_ASKED], ids=[n for n, _ in NOT_ASKED])
def test_nobody_is_asked_about_what_needs_no_answer(parts):
    enter(unknown(**parts), by_hand(subject="", unit_id=None, unit_title="わり算"))
    assert undecided() == []


ASKED = [
    ("no unit", {"subject": "sansu"}),
    ("doubted", {"state": "disputed"}),
    ("of a month ago", {"ended_at": NOW - timedelta(days=30)}),
]


@pytest.mark.parametrize("parts", [parts for _, parts in ASKED], ids=[name for name, _ in ASKED])
def test_everything_else_is_asked_about(parts):
    enter(unknown(**parts))
    assert len(undecided()) == 1


def test_what_is_decided_is_not_asked_again():
    enter(unknown(), unknown(SITE + "p4/x/2"), unknown(unit_title="わり算"))
    assert len(undecided()) == 2
    decide("subject:sansu", "prefix", SITE + "p4/x/")
    assert undecided() == []
    keep(entry(value="水"))
    enter(unknown(SITE + "y", unit_title="水"))
    assert undecided() == []


def test_asking_costs_the_same_for_a_thousand_activities(queries):
    enter(*(unknown(SITE + f"p4/x{n}/1") for n in range(300)))
    with queries() as seen:
        assert len(undecided()) == 300
    assert len(seen) == 2


# --- what is answered ---------------------------------------------------------------------------


def test_a_unit_brings_its_subject_its_code_and_its_title():
    write(lambda session: setattr(session.get(Unit, (PRIMARY, UNIT_DIVISION)), "code", CODE))
    decide(f"unit:{UNIT_DIVISION}")
    assert lines() == [(PRIMARY, "わり算", "sansu", CODE, "わり{算|ざん}の{筆算|ひっさん}")]


def test_a_subject_alone_is_an_answer():
    decide("subject:rika")
    assert lines() == [(PRIMARY, "わり算", "rika", "", "")]


REFUSED = ["", "subject:", "subject:alchemy", "unit:", "unit:x", f"unit:{UNIT_ADDING}",
           f"unit:{key('nothing')}", str(UNIT_DIVISION), f"class:{UNIT_DIVISION}"]  # fmt: skip


@pytest.mark.parametrize("belongs", REFUSED)
def test_what_is_no_unit_of_the_teacher_and_no_subject_is_refused(belongs):
    with pytest.raises(InvalidError):
        decide(belongs)
    assert lines() == asked() == []


def test_a_subject_teacher_answers_with_units_of_her_classes():
    write(lambda session: setattr(
        session.get(Unit, (PRIMARY, UNIT_WATER)), "class_id", DOI.classes[0]
    ))  # fmt: skip
    decide(f"unit:{UNIT_WATER}", member=DOI)
    assert [line[2] for line in lines()] == ["rika"]


def test_an_app_of_another_district_is_not_found():
    write(lambda session: session.add(LearningApp(
        id=key("app of minato"), district_id=MINATO, title="x", access_key="x", secret_hash=b"x"
    )))  # fmt: skip
    for app_id in (key("app of minato"), key("no app"), NOTHING):
        with pytest.raises(NotFoundError):
            decide("subject:sansu", app_id=app_id)
    assert lines() == []


def test_the_records_that_are_there_are_read_again_in_this_school_only():
    decide("subject:sansu", "prefix", SITE)
    assert asked() == [("prefix", SITE, APP_DRILL, PRIMARY)]
    [line] = rows(CatalogueEntry)
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.change(scope, line.id, f"unit:{UNIT_WATER}")
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.remove(scope, line.id)
    assert asked() == [("prefix", SITE, APP_DRILL, PRIMARY)] * 3
    assert lines() == []


def test_a_refused_change_changes_nothing():
    decide("subject:sansu")
    [line] = rows(CatalogueEntry)
    with pytest.raises(InvalidError), unit_of_work(scope_of(CHIBA)) as scope:
        operations.change(scope, line.id, f"unit:{UNIT_ADDING}")
    assert [it[2] for it in lines()] == ["sansu"]
    assert len(asked()) == 1


# --- an app's own catalogue ---------------------------------------------------------------------


def sheet(*lines):
    text = "kind,value,subject\n" + "".join(f"{line}\n" for line in lines)
    return operations.read_sheet(text.encode())


def load(found, *, really=True, member=OKA, app_id=APP_DRILL):
    with unit_of_work(scope_of(member)) as scope:
        return operations.load(scope, app_id, found, really=really)


def test_an_administrator_replaces_an_apps_catalogue():
    assert load(sheet("title,わり算,算数", "title,水,小学校理科")).added == 2
    assert {line[:3] for line in lines()} == {
        (NOTHING, "わり算", "sansu"), (NOTHING, "水", "rika"),
    }  # fmt: skip
    assert asked() == [("title", "わり算", APP_DRILL, None), ("title", "水", APP_DRILL, None)]


def test_a_dry_run_changes_nothing():
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found = operations.load(scope, APP_DRILL, sheet("title,わり算,算数"), really=False)
    assert found.added == 1
    assert lines() == asked() == []


@pytest.mark.parametrize("bad", [("title,わり算,れんきんじゅつ",), ()])
def test_a_sheet_with_a_problem_is_not_taken(bad):
    load(sheet("title,角,算数"))
    with pytest.raises(InvalidError):
        load(sheet(*bad))
    assert [line[1] for line in lines()] == ["角"]


def test_of_a_large_change_everything_is_read_again_at_once():
    load(sheet(*(f"activity,{SITE}{n},算数" for n in range(51))))
    assert asked() == [("prefix", "", APP_DRILL, None)]


def test_a_catalogue_is_loaded_for_apps_of_the_district_only():
    with pytest.raises(NotFoundError):
        load(sheet("title,わり算,算数"), member=SATO)
    assert lines() == []
