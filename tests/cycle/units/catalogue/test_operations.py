"""Lines are kept, changed, taken away; an app's own catalogue is replaced as a whole."""

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.catalogue import operations
from aarportal.cycle.units.catalogue.choosing import Choice
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.cycle.units.catalogue.operations import Affected, EntryDraft
from aarportal.cycle.units.catalogue.table import Line
from aarportal.cycle.units.curriculum import operations as curriculum
from aarportal.cycle.units.curriculum.loader import read_sample
from tests.cast import (
    APP_DRILL,
    CHIBA,
    ELSEWHERE,
    HINATA,
    MINATO,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)
from tests.cycle.units.catalogue.lines import entry, keep

CODE = "8250243130000000"
DIVISION = EntryDraft(APP_DRILL, "title", "わり算", "sansu", CODE, "わり{算|ざん}")
ABOUT_DIVISION = Affected(APP_DRILL, "title", "わり算")


def stands():
    """Every line: keeper, kind, value, subject, code, title."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.scalars(select(CatalogueEntry)).all()
        return {
            (it.school_id, it.kind, it.value, it.subject, it.code, it.unit_title) for it in rows
        }


def one_id():
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalars(select(CatalogueEntry.id)).one()


def traces():
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        verbs = scope.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.at))
        return [verb for verb in verbs if "catalogue" in verb]


def add(draft=DIVISION, member=CHIBA):
    with unit_of_work(scope_of(member)) as scope:
        return operations.add_entry(scope, draft)


def test_a_teacher_says_what_an_activity_belongs_to(in_app):
    assert add() == ABOUT_DIVISION
    assert stands() == {(PRIMARY, "title", "わり算", "sansu", CODE, "わり{算|ざん}")}
    assert traces() == ["catalogue:added"]


def test_saying_it_again_replaces_what_was_said(in_app):
    add()
    assert add(EntryDraft(APP_DRILL, "title", "わり算", "rika")) == ABOUT_DIVISION
    assert stands() == {(PRIMARY, "title", "わり算", "rika", "", "")}
    assert traces() == ["catalogue:added", "catalogue:changed"]


def test_each_school_and_the_app_keep_their_own(in_app):
    keep(entry(subject="kokugo"))
    add()
    add(EntryDraft(APP_DRILL, "title", "わり算", "sugaku"), MORI)
    assert {(it[0], it[3]) for it in stands()} == {
        (NOTHING, "kokugo"), (PRIMARY, "sansu"), (SECONDARY, "sugaku"),
    }  # fmt: skip


REFUSED = [
    (EntryDraft(APP_DRILL, "folder", "x", "sansu"), "kind"),
    (EntryDraft(APP_DRILL, "title", "", "sansu"), "value"),
    (EntryDraft(APP_DRILL, "title", "x" * 251, "sansu"), "value"),
    (EntryDraft(APP_DRILL, "title", "x\ny", "sansu"), "value"),
    (EntryDraft(APP_DRILL, "title", "x", ""), "subject"),
    (EntryDraft(APP_DRILL, "title", "x", "alchemy"), "subject"),
    (EntryDraft(APP_DRILL, "title", "x", "sansu", "123"), "code"),
    (EntryDraft(APP_DRILL, "title", "x", "sansu", "", "x" * 61), "unit_title"),
]


@pytest.mark.parametrize(("draft", "field"), REFUSED)
def test_what_cannot_be_a_line_is_refused(in_app, draft, field):
    with pytest.raises(InvalidError) as error:
        add(draft)
    assert error.value.field == field
    assert stands() == set()


def test_a_line_is_changed_and_taken_away(in_app):
    add()
    entry_id = one_id()
    with unit_of_work(scope_of(CHIBA)) as scope:
        changed = operations.change_entry(scope, entry_id, Choice("rika", "", "{水|みず}"))
    assert changed == ABOUT_DIVISION
    assert stands() == {(PRIMARY, "title", "わり算", "rika", "", "{水|みず}")}
    with unit_of_work(scope_of(CHIBA)) as scope:
        assert operations.remove_entry(scope, entry_id) == ABOUT_DIVISION
    assert stands() == set()
    assert traces() == ["catalogue:added", "catalogue:changed", "catalogue:removed"]


FOREIGN = [
    ("another school's", {"school_id": SECONDARY}),
    ("the app's own", {"school_id": NOTHING}),
    ("another district's", {"school_id": ELSEWHERE, "district_id": MINATO}),
]


@pytest.mark.parametrize("parts", [it[1] for it in FOREIGN], ids=[it[0] for it in FOREIGN])
def test_lines_of_others_are_not_found(in_app, parts):
    keep(entry(**parts))
    entry_id, before = one_id(), stands()
    with pytest.raises(NotFoundError), unit_of_work(scope_of(CHIBA)) as scope:
        operations.change_entry(scope, entry_id, Choice("rika", "", ""))
    with pytest.raises(NotFoundError), unit_of_work(scope_of(CHIBA)) as scope:
        operations.remove_entry(scope, entry_id)
    assert stands() == before


OWN = [
    Line("title", "わり算", "sansu"),
    Line("prefix", "https://drill.example/water/", "rika", "8260243121300000", "水"),
    Line("activity", "https://drill.example/q/7", "kokugo"),
]


def load(lines, member=OKA, app_id=APP_DRILL):
    with unit_of_work(scope_of(member)) as scope:
        return operations.load_app_catalogue(scope, app_id, lines)


def test_an_apps_own_catalogue_is_replaced_as_a_whole(in_app):
    add()
    assert load(OWN).added == 3
    found = load([OWN[0], Line("prefix", OWN[1].value, "sansu"), Line("title", "角", "sansu")])
    assert (found.added, found.changed, found.gone, found.same) == (1, 1, 1, 1)
    assert found.affected == (
        Affected(APP_DRILL, "activity", "https://drill.example/q/7"),
        Affected(APP_DRILL, "prefix", "https://drill.example/water/"),
        Affected(APP_DRILL, "title", "角"),
    )
    assert stands() == {
        (PRIMARY, "title", "わり算", "sansu", CODE, "わり{算|ざん}"),
        (NOTHING, "title", "わり算", "sansu", "", ""),
        (NOTHING, "prefix", "https://drill.example/water/", "sansu", "", ""),
        (NOTHING, "title", "角", "sansu", "", ""),
    }
    assert traces() == ["catalogue:added", "app_catalogue:loaded", "app_catalogue:loaded"]


def test_the_same_catalogue_again_changes_nothing(in_app):
    load(OWN)
    found = load(OWN)
    assert (found.same, found.affected) == (3, ())
    assert traces() == ["app_catalogue:loaded"]


def test_a_dry_run_says_the_same_and_changes_nothing(in_app):
    load(OWN)
    before = stands()
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        dry = operations.compare_app_catalogue(scope, APP_DRILL, OWN[1:])
    assert stands() == before
    assert load(OWN[1:]) == dry


def test_the_catalogue_of_another_app_or_district_stays(in_app):
    keep(
        entry(app_id=key("another app"), value="1"),
        entry(district_id=MINATO, app_id=key("app of minato"), value="2"),
    )
    load(OWN)
    load([OWN[0]])
    assert {it[2] for it in stands()} == {"1", "2", "わり算"}


def test_a_line_with_a_code_alone_gets_the_subject_of_the_code(in_app):
    with unit_of_work(SystemScope("test")) as scope:
        curriculum.load(scope, read_sample().items)
    unlisted = "8260253141200000"
    load([Line("title", "a", "", CODE), Line("title", "b", "", unlisted), Line("title", "c", "",
          "84I1503322000000")])  # fmt: skip
    assert {it[2]: it[3] for it in stands()} == {"a": "sansu", "b": "rika", "c": ""}


def test_thousands_of_lines_are_taken_at_once(in_app):
    lines = [Line("activity", f"https://drill.example/q/{n}", "sansu") for n in range(2500)]
    assert load(lines).added == 2500
    assert load(lines[:-1]).gone == 1


def test_an_administrator_of_another_district_touches_nothing(in_app):
    load(OWN)
    before = stands()
    load([Line("title", "x", "sansu")], SATO)
    assert before < stands()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.scalars(select(CatalogueEntry)).all()
    assert {(it.district_id, it.value) for it in rows} >= {(MINATO, "x"), (HINATA, "わり算")}
