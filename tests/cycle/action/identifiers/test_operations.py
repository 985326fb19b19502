"""A 利用者識別子 that was issued elsewhere: whose the records are before, after, and back again."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.identifiers import operations
from aarportal.cycle.action.models import LearningRecord, QuarantinedStatement
from aarportal.cycle.action.quarantine import operations as quarantine
from aarportal.cycle.action.quarantine.operations import LinkDraft
from aarportal.people.identity import operations as identity
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.models import District, User, UserRole
from tests.cast import AOI, APP_DRILL, BEN, HANA, HINATA, KEN, OKA, SATO, key, scope_of
from tests.cycle.action.intake.stream import NOW, rows, write
from tests.cycle.action.quarantine.waiting import GAME, OFFICE, office, play, read
from tests.people.directory.office import BOARD

ISSUED = "3f2a6c1e-8b4d-4e7a-9c05-1d2e3f4a5b6c"
OTHER = "9b1c2d3e-4f50-4a61-8b72-0c1d2e3f4a5b"


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def identify(member=AOI, identifier=ISSUED, *, scope=OFFICE):
    office(operations.identify, member.id, identifier, scope=scope)


def has(member, identifier):
    """What the roster says of somebody."""
    write(
        lambda session: setattr(session.get_one(User, member.id), "master_identifier", identifier)
    )


def records() -> dict[str, int]:
    """How many records each of the cast has."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.execute(
            select(LearningRecord.student_id, func.count()).group_by(LearningRecord.student_id)
        )
        known = {member.id: member.name for member in (AOI, BEN, HANA, KEN)}
        return {known[student]: count for student, count in found}


def waiting() -> int:
    return len(rows(QuarantinedStatement))


def one(model, id_):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.get_one(model, id_)


def former() -> list[tuple[str, object, object]]:
    return [
        (row.name, row.user_id, row.taken_back_at)
        for row in rows(IdentityLink)
        if row.issuer == "userMasterIdentifier"
    ]


def test_the_roster_says_it_the_version_grows_and_a_trace_is_left():
    before = one(District, HINATA).roster_version
    identify(identifier=f"  {ISSUED.upper()}\n")
    assert one(User, AOI.id).master_identifier == ISSUED
    assert one(District, HINATA).roster_version == before + 1
    [entry] = [it for it in rows(AuditEntry) if it.verb == "person:identified"]
    assert (entry.actor_id, entry.student_id, entry.object_id) == (OKA.id, AOI.id, str(AOI.id))
    [link] = rows(IdentityLink)
    assert (link.system, link.name, link.made_by) == (NOTHING, str(AOI.id), OKA.id)


def test_what_waited_under_it_becomes_the_childs():
    play(ISSUED, times=3)
    assert waiting() == 3
    identify()
    assert (records(), waiting()) == ({"aoi": 3}, 0)


def test_what_comes_under_the_one_before_is_still_the_childs():
    play(str(AOI.id), times=2, days_ago=1)
    identify()
    play(str(AOI.id), times=2)
    play(ISSUED, times=1)
    play(str(AOI.id), page="https://another.example/")
    assert (records(), waiting()) == ({"aoi": 6}, 0)


def test_every_one_that_was_registered_goes_on_meaning_the_child():
    identify()
    identify(identifier=OTHER)
    for name in (str(AOI.id), ISSUED, OTHER):
        play(name)
    assert records() == {"aoi": 3}
    assert {name for name, _, _ in former()} == {str(AOI.id), ISSUED}


def test_the_first_one_can_come_back():
    has(AOI, OTHER)
    identify()
    identify(identifier=OTHER)
    assert one(User, AOI.id).master_identifier == OTHER
    assert [(name, at is None) for name, _, at in former()] == [(OTHER, False), (ISSUED, True)]
    play(OTHER)
    assert records() == {"aoi": 1}


def test_taking_the_former_one_back_moves_what_came_under_it():
    has(AOI, OTHER)
    play(OTHER, times=2)
    identify()
    assert records() == {"aoi": 2}
    [link] = rows(IdentityLink)
    office(quarantine.take_back, link.id)
    assert (records(), waiting()) == ({}, 2)


def test_a_wrong_one_can_be_given_to_the_right_child_afterwards():
    """Ben's was registered for Aoi: put Aoi's right, take the link back, register it for Ben."""
    has(AOI, OTHER)
    identify(AOI, ISSUED)
    play(ISSUED, times=2)
    assert records() == {"aoi": 2}
    identify(AOI, OTHER)
    with pytest.raises(InvalidError) as refused:
        identify(BEN, ISSUED)
    assert refused.value.rule == "taken"
    [link] = [row for row in rows(IdentityLink) if row.taken_back_at is None]
    office(quarantine.take_back, link.id)
    identify(BEN, ISSUED)
    assert (records(), waiting()) == ({"ben": 2}, 0)


def test_a_link_of_the_same_name_gives_way():
    play(ISSUED, times=2)
    office(quarantine.link, LinkDraft(APP_DRILL, GAME, ISSUED, BEN.id))
    assert records() == {"ben": 2}
    identify()
    assert records() == {"aoi": 2}


def test_no_link_goes_before_a_former_one():
    identify()
    with pytest.raises(InvalidError) as refused:
        office(quarantine.link, LinkDraft(APP_DRILL, GAME, str(AOI.id), BEN.id))
    assert refused.value.rule == "identified"


REFUSED = {
    "no UUID": ("aoi", "uuid4"),
    "another version": (ISSUED.replace("-4", "-7", 1), "uuid4"),
    "another variant": (ISSUED.replace("-9", "-f", 1), "uuid4"),
    "braces": (f"{{{ISSUED}}}", "uuid4"),
    "something behind it": (f"{ISSUED}0", "uuid4"),
    "nothing": ("", "uuid4"),
}


@pytest.mark.parametrize(("identifier", "rule"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_is_refused(identifier, rule):
    with pytest.raises(InvalidError) as refused:
        identify(identifier=identifier)
    assert (refused.value.field, refused.value.rule) == ("identifier", rule)
    assert one(User, AOI.id).master_identifier == str(AOI.id)


@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_the_same_again_is_refused(spelled):
    has(AOI, spelled(ISSUED))
    with pytest.raises(InvalidError) as refused:
        identify()
    assert refused.value.rule == "same"
    with pytest.raises(InvalidError) as refused:
        identify(BEN)
    assert refused.value.rule == "taken"


def holder(identifier, *, scope=OFFICE):
    with unit_of_work(scope, read_only=True):
        return operations.holder(scope, identifier)


def test_who_has_it_is_told_to_those_who_may_know():
    has(KEN, ISSUED)
    assert holder(OTHER) is None
    assert (holder(ISSUED).id, holder(ISSUED).name) == (KEN.id, "")
    assert holder(ISSUED, scope=BOARD).name == "濵田\u2009健"
    assert holder(ISSUED, scope=scope_of(SATO)) is None, "another district has names of its own"
    identify(BEN, OTHER)
    identify(BEN, "11111111-2222-4333-8444-555555555555")
    assert holder(OTHER).name == "𠮷田\u2009勉", "it was Ben's and still means him"


@pytest.mark.parametrize("person", [KEN.id, key("nobody")])
def test_people_of_other_schools_do_not_exist(person):
    with pytest.raises(NotFoundError), unit_of_work(OFFICE) as scope:
        operations.identify(scope, person, ISSUED)
    with pytest.raises(NotFoundError), unit_of_work(scope_of(SATO)) as scope:
        operations.identify(scope, AOI.id, ISSUED)


def test_the_board_registers_for_every_school():
    play(ISSUED, times=2)
    identify(KEN, scope=BOARD)
    assert records() == {"ken": 2}


def test_somebody_who_left_can_still_be_identified():
    def leave(session):
        [role] = session.scalars(select(UserRole).where(UserRole.user_id == AOI.id))
        role.ends_before = NOW.date()

    write(leave)
    identify()
    assert one(User, AOI.id).master_identifier == ISSUED


def test_without_one_before_nothing_is_kept():
    has(AOI, "")
    identify()
    assert former() == []
    play(ISSUED)
    read()
    assert records() == {"aoi": 1}


def test_merged_and_identified_go_together():
    """Hana is Aoi under another number: what comes under either is Aoi's."""
    with unit_of_work(OFFICE) as scope:
        identity.merge(scope, AOI.id, HANA.id)
    identify(HANA)
    play(ISSUED)
    play(str(HANA.id))
    assert records() == {"aoi": 2}
