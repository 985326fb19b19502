"""Links and merges: what is refused, what holds, and whose children can be chosen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.identity import operations, store
from aarportal.people.identity.models import IdentityLink, NobodysName, PersonMerge
from aarportal.people.roster.models import Enrollment, User, UserRole
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    GEN,
    HANA,
    HINATA,
    KEN,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)

pytestmark = pytest.mark.usefixtures("in_app")

PAGE = "https://game.example/"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICE = scope_of(OKA)
OTHER_OFFICE = replace(OFFICE, school_id=SECONDARY)


def link(to=AOI, *, scope=OFFICE, system=APP_DRILL, issuer=PAGE, name="kirin", **span):
    with unit_of_work(scope) as opened:
        return operations.link(opened, system, issuer, name, to.id, **span).id


def merge(kept=AOI, merged=HANA, *, scope=OFFICE, **options):
    with unit_of_work(scope) as opened:
        return operations.merge(opened, kept.id, merged.id, **options).id


def act(operation, *arguments, scope=OFFICE):
    with unit_of_work(scope) as opened:
        return operation(opened, *arguments)


def rows(model):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(model)))


def write(change) -> None:
    with unit_of_work(SystemScope("test")) as scope:
        change(scope.session)
        audit.record(scope, "stage:prepared", "test")


def traces():
    return [(row.verb, row.student_id) for row in rows(AuditEntry) if row.actor_kind == "person"]


# --- links --------------------------------------------------------------------------------------


def test_a_link_says_whose_a_name_is_and_who_said_so():
    id_ = link(begins_at=NOW, ends_at=NOW + DAY)
    [row] = rows(IdentityLink)
    assert (row.id, row.system, row.issuer, row.name, row.user_id) == (
        id_, APP_DRILL, PAGE, "kirin", AOI.id,
    )  # fmt: skip
    assert (row.begins_at, row.ends_at, row.made_by, row.taken_back_at) == (
        NOW, NOW + DAY, OKA.id, None,
    )  # fmt: skip
    assert traces() == [("identity:linked", AOI.id)]


#: Spans of a link that is there and of another one -> whether they can both hold.
SPANS = {
    "both for ever": ({}, {}, False),
    "one after the other": ({"ends_at": NOW}, {"begins_at": NOW}, True),
    "one before the other": ({"begins_at": NOW}, {"ends_at": NOW}, True),
    "a day in common": ({"ends_at": NOW + DAY}, {"begins_at": NOW}, False),
    "one inside the other": ({}, {"begins_at": NOW, "ends_at": NOW + DAY}, False),
    "a day between": ({"ends_at": NOW}, {"begins_at": NOW + DAY}, True),
}


@pytest.mark.parametrize(("first", "second", "both"), SPANS.values(), ids=SPANS)
def test_a_name_never_means_two_at_a_time(first, second, both):
    link(**first)
    if both:
        link(BEN, **second)
        return
    with pytest.raises(InvalidError) as refused:
        link(BEN, **second)
    assert (refused.value.field, refused.value.rule) == ("user_id", "taken")
    assert len(rows(IdentityLink)) == 1


#: Another link of the same name beside one of the drill's -> whether both can hold.
BESIDE = {
    "of another app": ({"system": key("reader")}, True),
    "of every app": ({"system": NOTHING}, False),
    "under another home page": ({"issuer": "https://other.example/"}, True),
    "in other letters": ({"name": "Kirin"}, True),
}


@pytest.mark.parametrize(("parts", "both"), BESIDE.values(), ids=BESIDE)
def test_the_same_name_elsewhere_is_another_name(parts, both):
    link()
    if both:
        link(BEN, **parts)
    else:
        with pytest.raises(InvalidError):
            link(BEN, **parts)


def test_a_link_that_was_taken_back_is_in_nobodys_way():
    act(operations.take_back, link())
    link(BEN)
    held = [row.user_id for row in rows(IdentityLink) if row.taken_back_at is None]
    assert held == [BEN.id]
    assert traces()[1] == ("identity:taken_back", AOI.id)


REFUSED = {
    "no name": ({"name": ""}, "name"),
    "no issuer": ({"issuer": ""}, "name"),
    "the roster's own": ({"issuer": "roster"}, "issuer"),
    "an empty span": ({"begins_at": NOW, "ends_at": NOW}, "ends_at"),
    "a span that ends before it begins": ({"begins_at": NOW, "ends_at": NOW - DAY}, "ends_at"),
}


@pytest.mark.parametrize(("parts", "field"), REFUSED.values(), ids=REFUSED)
def test_a_link_is_refused_for(parts, field):
    with pytest.raises(InvalidError) as refused:
        link(**parts)
    assert refused.value.field == field
    assert rows(IdentityLink) == []


@pytest.mark.parametrize("who", [KEN, GEN, CHIBA, OKA], ids=lambda who: who.name)
def test_only_children_of_the_own_school_can_be_chosen(who):
    with pytest.raises(NotFoundError):
        link(who)
    with pytest.raises(NotFoundError):
        merge(who, AOI)
    with pytest.raises(NotFoundError):
        merge(AOI, who)


def test_a_child_that_was_here_formerly_can_be_chosen():
    write(
        lambda session: session.add(
            Enrollment(
                school_id=PRIMARY, id=key("former"), sourced_id="former", class_id=CLASS_1_1,
                user_id=KEN.id, role="student", ends_before=date(2020, 4, 1),
            )
        )
    )  # fmt: skip
    link(KEN)


def go_on(session) -> None:
    """Aoi went from the primary to the secondary school; her row is one and the same."""
    for row in session.scalars(select(UserRole).where(UserRole.user_id == AOI.id)):
        row.ends_before = date(2026, 4, 1)
    for row in session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
        row.ends_before = date(2026, 4, 1)
    session.add_all([
        UserRole(
            school_id=SECONDARY, id=key("role later"), sourced_id="role later", user_id=AOI.id,
            role="student", role_type="primary", starts_on=date(2026, 4, 1),
        ),
        Enrollment(
            school_id=SECONDARY, id=key("later"), sourced_id="later", class_id=KEN.classes[0],
            user_id=AOI.id, role="student", starts_on=date(2026, 4, 1),
        ),
    ])  # fmt: skip


IDENTIFIER = "0b1f0f57-7c5e-4c0a-9d3a-3a7c2f5b8e11"


def test_a_school_says_nothing_more_of_a_child_that_went_on_to_another():
    write(go_on)
    before = [(row.master_identifier, row.last_modified) for row in rows(User)]
    for refused in (
        link,
        lambda: merge(AOI, HANA),
        lambda: merge(HANA, AOI),
        lambda: act(operations.identify, AOI.id, IDENTIFIER),
        lambda: act(operations.person, AOI.id),
    ):
        with pytest.raises(NotFoundError):
            refused()
    assert rows(IdentityLink) == rows(PersonMerge) == []
    assert [(row.master_identifier, row.last_modified) for row in rows(User)] == before
    assert AOI.id not in {each.id for each in act(store.find_persons, AOI.family_name)}


def test_the_school_of_now_and_the_board_go_on_with_the_child():
    write(go_on)
    link(scope=OTHER_OFFICE)
    merge(AOI, KEN, scope=OTHER_OFFICE, confirmed=True)
    act(operations.identify, AOI.id, IDENTIFIER, scope=OTHER_OFFICE)
    assert AOI.id in {
        each.id for each in act(store.find_persons, AOI.family_name, scope=OTHER_OFFICE)
    }
    board = replace(OFFICE, other_school_ids=frozenset({SECONDARY}))
    act(operations.identify, AOI.id, IDENTIFIER.replace("0b1f", "0b2f"), scope=board)


def test_whoever_left_the_district_stays_with_the_last_school():
    def leave(session):
        for row in session.scalars(select(UserRole).where(UserRole.user_id == AOI.id)):
            row.ends_before = date(2026, 4, 1)

    write(leave)
    link()
    act(operations.identify, AOI.id, IDENTIFIER)


def test_lost_children_take_no_place_among_those_found(monkeypatch):
    there = [each.id for each in act(store.find_persons, "hinata")]
    write(go_on)
    for most in range(len(there)):
        monkeypatch.setattr(store, "MOST_FOUND", most)
        left = [id_ for id_ in there if id_ != AOI.id]
        assert [each.id for each in act(store.find_persons, "hinata")] == left[: most + 1]


def test_the_same_link_is_made_once():
    link()
    with pytest.raises(InvalidError, match="same"):
        link()


def test_another_office_can_take_nothing_back():
    link_id, merge_id = link(), merge()
    for other in (OTHER_OFFICE, scope_of(SATO)):
        with pytest.raises(NotFoundError):
            act(operations.take_back, link_id, scope=other)
        with pytest.raises(NotFoundError):
            act(operations.take_back_merge, merge_id, scope=other)


def test_nothing_is_taken_back_twice():
    link_id, merge_id = link(), merge()
    act(operations.take_back, link_id)
    act(operations.take_back_merge, merge_id)
    with pytest.raises(StateError):
        act(operations.take_back, link_id)
    with pytest.raises(StateError):
        act(operations.take_back_merge, merge_id)


def test_what_the_roster_keeps_is_not_taken_back():
    write(
        lambda session: session.add(
            IdentityLink(
                id=key("kept"), district_id=HINATA, issuer="roster", name="old", user_id=AOI.id
            )
        )
    )
    with pytest.raises(StateError):
        act(operations.take_back, key("kept"))


# --- merges -------------------------------------------------------------------------------------


def test_two_persons_become_one_child_and_part_again():
    id_ = merge()
    [row] = rows(PersonMerge)
    assert (row.id, row.kept_id, row.merged_id, row.made_by) == (id_, AOI.id, HANA.id, OKA.id)
    act(operations.take_back_merge, id_)
    [row] = rows(PersonMerge)
    assert row.taken_back_by == OKA.id
    assert row.taken_back_at is not None
    assert traces() == [("person:merged", AOI.id), ("person:parted", AOI.id)]
    merge(HANA, AOI)


#: Merges that are there -> one that is refused, and about whom.
RINGS = {
    "with oneself": ([], (AOI, AOI), ("merged_id", "same")),
    "twice": ([(AOI, HANA)], (AOI, HANA), ("merged_id", "merged")),
    "into somebody else as well": ([(AOI, HANA)], (BEN, HANA), ("merged_id", "merged")),
    "the other way round": ([(AOI, HANA)], (HANA, AOI), ("kept_id", "merged")),
    "into one who was merged": ([(AOI, HANA)], (HANA, BEN), ("kept_id", "merged")),
    "of one who keeps another": ([(AOI, HANA)], (BEN, AOI), ("merged_id", "kept")),
}


@pytest.mark.parametrize(("there", "pair", "refusal"), RINGS.values(), ids=RINGS)
def test_a_merge_is_refused(there, pair, refusal):
    for one in there:
        merge(*one)
    with pytest.raises(InvalidError) as refused:
        merge(*pair, confirmed=True)
    assert (refused.value.field, refused.value.rule) == refusal
    assert len(rows(PersonMerge)) == len(there)


def test_a_third_person_can_be_merged_into_the_same():
    merge(AOI, HANA)
    merge(AOI, BEN, confirmed=True)
    assert len(rows(PersonMerge)) == 2


def test_two_in_one_class_are_twins_until_somebody_made_sure():
    with pytest.raises(InvalidError) as refused:
        merge(AOI, BEN)
    assert refused.value.rule == "classmates"
    merge(AOI, BEN, confirmed=True)


def test_two_who_followed_each_other_in_a_class_are_no_twins():
    def change(session):
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            seat.ends_before = date(2026, 4, 1)
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == BEN.id)):
            seat.starts_on = date(2026, 4, 1)

    write(change)
    merge(AOI, BEN)


# --- nobody's -----------------------------------------------------------------------------------


def test_that_a_name_is_nobodys_is_said_once_and_taken_back():
    for _ in range(2):
        act(operations.put_aside, APP_DRILL, PAGE, "kirin")
    assert len(rows(NobodysName)) == 1
    for _ in range(2):
        act(operations.look_again, APP_DRILL, PAGE, "kirin")
    assert rows(NobodysName) == []
    assert [verb for verb, _ in traces()] == ["name:put_aside", "name:taken_up"]


# --- looking for a child ------------------------------------------------------------------------

#: Words -> who is found.
SEARCHES = {
    "葵": [AOI],
    "髙﨑葵": [AOI],
    "髙﨑 葵": [AOI],
    "あおい": [AOI],
    "アオイ": [AOI],
    "ｱｵｲ": [AOI],
    "たかさき": [AOI],
    "AOI@": [AOI],
    "hinata.example": [AOI, HANA, BEN],
    "4年2組": [AOI, BEN],
    "4年2組 2": [BEN],
    "２": [BEN],
    "1年 1": [HANA],
    "葵 べん": [],
    "%": [],
    "_": [],
    "   ": [],
    "けん": [],
    "ちば": [],
}


@pytest.mark.parametrize(("words", "found"), SEARCHES.items(), ids=SEARCHES)
def test_a_child_is_found_by(words, found):
    with unit_of_work(OFFICE, read_only=True) as scope:
        persons = store.find_persons(scope, words)
    assert {person.id for person in persons} == {member.id for member in found}


def test_a_person_comes_with_all_that_tells_them_from_others():
    write(lambda session: setattr(session.get(User, AOI.id), "enabled", False))
    with unit_of_work(OFFICE, read_only=True) as scope:
        [person] = store.find_persons(scope, "あおい")
    assert (person.name, person.kana, person.username, person.enabled) == (
        "髙﨑\u2009葵", "たかさき あおい", "aoi@hinata.example", False,
    )  # fmt: skip
    assert (person.seats[0].class_id, person.seats[0].attendance_no) == (CLASS_4_2, 1)


def test_so_many_are_found_that_one_sees_there_are_more(monkeypatch):
    monkeypatch.setattr(store, "MOST_FOUND", 1)
    with unit_of_work(OFFICE, read_only=True) as scope:
        assert len(store.find_persons(scope, "hinata")) == 2


def test_the_offices_of_other_schools_see_no_links_of_ours():
    link_id = link()
    for other, seen in ((OFFICE, 1), (OTHER_OFFICE, 0), (scope_of(SATO), 0)):
        with unit_of_work(other, read_only=True) as scope:
            assert store.links(scope, "", number=1, size=40)[2] == seen
            assert (store.link(scope, link_id) is not None) == bool(seen)


@pytest.mark.parametrize(
    ("words", "seen"),
    {
        "kir": 1,
        "KIRIN": 1,
        "game.example": 1,
        "あおい": 1,
        "葵 kirin": 1,
        "べん": 0,
        "zou": 0,
    }.items(),
)
def test_a_link_is_found_by(words, seen):
    link()
    with unit_of_work(OFFICE, read_only=True) as scope:
        rows_found, _, count = store.links(scope, words, number=9, size=40)
    assert len(rows_found) == count == seen
