"""Planning units, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units import operations, store
from aarportal.cycle.units.models import GoalCard, Unit
from aarportal.cycle.units.operations import CardDraft, UnitDraft
from tests.cast import (
    AOI,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    DOI,
    MORI,
    PRIMARY,
    UNIT_ADDING,
    UNIT_DIVISION,
    scope_of,
)

DRAFT = UnitDraft(
    CLASS_4_2, "sansu", "わり{算|ざん}", date(2026, 11, 2), date(2026, 11, 30), "8250263113100000",
    (CardDraft(0, "{筆算|ひっさん}が できる"), CardDraft(1, "8{問|もん} とく", "count", 8),
     CardDraft(2, "8わり あう", "accuracy", 80)),
)  # fmt: skip


def add(draft=DRAFT, member=CHIBA):
    with unit_of_work(scope_of(member)) as scope:
        return operations.add_unit(scope, draft).id


def change(unit_id, draft, member=CHIBA):
    with unit_of_work(scope_of(member)) as scope:
        operations.change_unit(scope, unit_id, draft)


def cards(unit_id):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        return store.cards(scope, [unit_id])[unit_id]


def words(unit_id):
    return [(card.text, card.criterion_type, card.criterion_target) for card in cards(unit_id)]


def test_a_unit_is_kept_with_its_cards_and_the_last_day_belongs_to_it(in_app):
    unit_id = add()
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        unit = store.unit(scope, unit_id)
        assert (unit.title, unit.code) == ("わり{算|ざん}", "8250263113100000")
        days = [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 30), date(2026, 12, 1)]
        offered = [
            unit_id in {it.id for it in store.open_units(scope, [CLASS_4_2], day)} for day in days
        ]
    assert offered == [False, True, True, False]
    assert words(unit_id) == [
        ("{筆算|ひっさん}が できる", "can_do", None), ("8{問|もん} とく", "count", 8),
        ("8わり あう", "accuracy", 80),
    ]  # fmt: skip


def test_cards_that_keep_their_places_stay_the_same_cards(in_app):
    unit_id = add()
    first, _second, third = (card.id for card in cards(unit_id))
    change(unit_id, replace(DRAFT, cards=(CardDraft(0, "あたらしい"), CardDraft(2, "さんばんめ"))))
    assert [card.id for card in cards(unit_id)] == [first, third]
    assert words(unit_id) == [("あたらしい", "can_do", None), ("さんばんめ", "can_do", None)]


def test_cards_beyond_those_of_the_sheet_stay(in_app):
    unit_id = add()
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            GoalCard(
                school_id=PRIMARY,
                unit_id=unit_id,
                position=7,
                text="4まいめ",
                criterion_type="can_do",
            )
        )
        audit.record(scope, "test:added", unit_id)
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        unit = store.unit(scope, unit_id)
        assert [it.place for it in operations.card_drafts(scope, unit)] == [0, 1, 2]
    change(unit_id, replace(DRAFT, cards=()))
    assert words(unit_id) == [("4まいめ", "can_do", None)]


def test_a_number_that_the_criterion_does_not_need_is_dropped(in_app):
    assert words(add(replace(DRAFT, cards=(CardDraft(0, "できる", "can_do", 8),)))) == [
        ("できる", "can_do", None)
    ]


BAD = [
    pytest.param({"subject": "magic"}, "subject", id="no such subject"),
    pytest.param({"title": ""}, "title", id="no title"),
    pytest.param({"title": "あ" * 61}, "title", id="a long title"),
    pytest.param({"last_on": date(2026, 11, 1)}, "last_on", id="ends before it starts"),
    pytest.param({"starts_on": date(26, 11, 1)}, "starts_on", id="a slip of the year"),
    pytest.param({"last_on": date.max}, "last_on", id="the end of time"),
    pytest.param({"code": "825"}, "code", id="a short code"),
    pytest.param({"code": "８２５０２６３１１３１０００００"}, "code", id="wide digits"),
    pytest.param({"code": "8250263113100000\n"}, "code", id="a line break"),
    pytest.param({"cards": (CardDraft(1, ""),)}, "card_1", id="a card without words"),
    pytest.param({"cards": (CardDraft(1, "あ" * 61),)}, "card_1", id="a long card"),
    pytest.param(
        {"cards": (CardDraft(2, "できる", "luck"),)}, "criterion_2", id="no such criterion"
    ),
    pytest.param({"cards": (CardDraft(3, "できる"),)}, "criterion_3", id="a fourth card"),
    pytest.param({"cards": (CardDraft(0, "とく", "count"),)}, "target_0", id="a count of nothing"),
    pytest.param({"cards": (CardDraft(0, "とく", "count", 0),)}, "target_0", id="none"),
    pytest.param({"cards": (CardDraft(0, "とく", "count", 201),)}, "target_0", id="too many"),
    pytest.param(
        {"cards": (CardDraft(0, "あう", "accuracy", 101),)}, "target_0", id="over 100 per cent"
    ),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_what_cannot_be_taken_names_its_field_and_changes_nothing(in_app, values, field):
    unit_id = add()
    before = words(unit_id)
    for act in (add, lambda draft: change(unit_id, draft)):
        with pytest.raises(InvalidError) as caught:
            act(replace(DRAFT, **values))
        assert caught.value.field == field
    assert words(unit_id) == before


@pytest.mark.parametrize("member", [DOI, MORI], ids=lambda m: m.name)
def test_only_the_teachers_of_a_class_plan_for_it(in_app, member):
    with pytest.raises(NotFoundError):
        add(member=member)
    with pytest.raises(NotFoundError):
        change(UNIT_DIVISION, DRAFT, member=member)


def test_a_unit_of_another_class_is_not_found_and_a_unit_never_changes_its_class(in_app):
    with pytest.raises(NotFoundError):
        change(UNIT_ADDING, DRAFT)
    with pytest.raises(NotFoundError):
        change(add(), replace(DRAFT, class_id=CLASS_1_1))


def test_every_change_leaves_a_trace(in_app):
    unit_id = add()
    change(unit_id, DRAFT)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        entries = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.object_id == str(unit_id))
        ).all()
    assert [(it.verb, it.actor_id) for it in entries] == [
        ("unit:added", CHIBA.id), ("unit:changed", CHIBA.id),
    ]  # fmt: skip


def test_the_units_of_now_come_first_and_those_that_are_over_last():
    today = date(2026, 11, 20)

    def unit(title, starts_on, ends_before):
        return Unit(title=title, starts_on=starts_on, ends_before=ends_before)

    over = unit("over", date(2026, 9, 1), date(2026, 11, 20))
    now = unit("now", date(2026, 11, 20), date(2026, 11, 21))
    coming = unit("coming", date(2026, 11, 21), date(2026, 12, 1))
    assert operations.in_order([coming, over, now], today) == [now, coming, over]
