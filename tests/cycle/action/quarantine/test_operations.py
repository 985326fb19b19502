"""What waits becomes records once it is known whose it is, and goes back when that was wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningApp, LearningRecord, QuarantinedStatement
from aarportal.cycle.action.operations import rebuild
from aarportal.cycle.action.quarantine import operations, store
from aarportal.cycle.action.quarantine.operations import ActorDraft, LinkDraft
from aarportal.people.identity import operations as identity
from aarportal.people.roster.models import Enrollment, User
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CLASS_4_2,
    GEN,
    HANA,
    HINATA,
    IDENTITY_PROVIDER,
    KEN,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)
from tests.cycle.action.intake.stream import (
    APP_READER,
    NOW,
    READER_SCOPE,
    account,
    given_ids,
    rows,
    said,
    send,
    write,
)
from tests.cycle.action.quarantine.waiting import (
    DAY,
    GAME,
    OFFICE,
    everything,
    office,
    play,
    player,
    read,
)

KIRIN = ActorDraft(APP_DRILL, GAME, "kirin")


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def kirin_is(to=AOI, **parts) -> LinkDraft:
    return LinkDraft(APP_DRILL, GAME, "kirin", to.id, **parts)


def owners() -> dict:
    given = given_ids()
    return {given[row.id]: row.student_id for row in rows(LearningRecord)}


def waiting() -> dict:
    given = given_ids()
    return {given[row.statement_id]: row.reason for row in rows(QuarantinedStatement)}


def look(question, *arguments, scope=OFFICE, **options):
    with unit_of_work(scope, read_only=True) as opened:
        return question(opened, *arguments, **options)


def sums_are_true() -> None:
    kept = everything()
    with unit_of_work(SystemScope("test")) as scope:
        rebuild(scope, PRIMARY)
        rebuild(scope, SECONDARY)
    assert everything() == kept


# --- one by one ---------------------------------------------------------------------------------


def test_what_waits_under_a_name_becomes_the_records_of_the_child(in_app):
    ids, others = play(times=3), play("zou")
    id_ = office(operations.link, kirin_is())
    assert owners() == dict.fromkeys(ids, AOI.id)
    assert waiting() == dict.fromkeys(others, "unknown_actor")
    assert {row.link_id for row in rows(LearningRecord)} == {id_}
    sums_are_true()


def test_what_comes_later_is_the_childs_too(in_app):
    office(operations.link, kirin_is())
    [id_] = play()
    assert owners() == {id_: AOI.id}


def test_a_link_of_some_days_leaves_the_others_waiting(in_app):
    [before], [within], [after] = play(days_ago=3), play(days_ago=2), play(days_ago=1)
    day = clock.today() - 2 * DAY
    office(operations.link, kirin_is(begins_on=day, ends_on=day))
    assert owners() == {within: AOI.id}
    office(operations.link, kirin_is(BEN, ends_on=day - DAY))
    assert owners() == {within: AOI.id, before: BEN.id}
    assert list(waiting()) == [after]


def test_a_link_that_is_taken_back_leaves_nothing_behind(in_app):
    play(times=3, days_ago=1)
    send(said(AOI, NOW - DAY), said(BEN, NOW - DAY))
    before = everything()
    id_ = office(operations.link, kirin_is())
    assert everything() != before
    office(operations.take_back, id_)
    assert everything() == before


def test_a_link_of_every_app_holds_in_another_app(in_app):
    write(
        lambda session: session.add(
            LearningApp(
                id=APP_READER, district_id=HINATA, title="よみもの", access_key="reader",
                secret_hash=b"", home_pages=[],
            )
        )
    )  # fmt: skip
    send(said(player()), scope=READER_SCOPE)
    only_here = office(operations.link, kirin_is())
    assert owners() == {}
    office(operations.take_back, only_here)
    office(operations.link, kirin_is(everywhere=True))
    assert list(owners().values()) == [AOI.id]


def test_a_link_goes_before_the_roster_for_what_is_recorded_already(in_app):
    name = "ben@hinata.example"
    [late], [early] = (
        send(said(account(name), NOW - DAY)),
        send(said(account(name), NOW - 9 * DAY)),
    )
    assert owners() == {late: BEN.id, early: BEN.id}
    last = clock.today() - 5 * DAY
    draft = LinkDraft(APP_DRILL, IDENTITY_PROVIDER, name, AOI.id, ends_on=last)
    before = everything()
    id_ = office(operations.link, draft)
    assert owners() == {late: BEN.id, early: AOI.id}
    sums_are_true()
    office(operations.take_back, id_)
    assert everything() == before


def test_no_link_goes_before_the_master_identifier(in_app):
    draft = LinkDraft(APP_DRILL, GAME, str(BEN.id), AOI.id)
    with pytest.raises(InvalidError) as refused:
        office(operations.link, draft)
    assert refused.value.rule == "identified"


@pytest.mark.parametrize("who", [KEN, GEN, CHIBA], ids=lambda who: who.name)
def test_a_child_of_another_school_cannot_be_chosen(in_app, who):
    play()
    with pytest.raises(NotFoundError):
        office(operations.link, kirin_is(who))
    assert owners() == {}


def test_an_app_of_another_district_has_no_names_here(in_app):
    draft = LinkDraft(APP_DRILL, GAME, "kirin", GEN.id)
    with pytest.raises(NotFoundError):
        office(operations.link, draft, scope=scope_of(SATO))


# --- by rule ------------------------------------------------------------------------------------

ELSE = "https://else.example/"


def home_pages():
    [app] = [row for row in rows(LearningApp) if row.id == APP_DRILL]
    return app.home_pages


def test_a_rule_reads_every_name_under_a_home_page(in_app):
    ids = [
        id_
        for member in (AOI, BEN, KEN)
        for id_ in play(f"{member.name}@hinata.example", times=2, days_ago=1, page=ELSE)
    ]
    [unknown], [other_page] = play("s0001", page=ELSE), play("aoi@hinata.example", page=GAME)
    before = everything()
    office(operations.trust, APP_DRILL, ELSE)
    assert home_pages() == [IDENTITY_PROVIDER, ELSE]
    assert set(owners()) == set(ids)
    assert set(owners().values()) == {AOI.id, BEN.id, KEN.id}
    assert set(waiting()) == {unknown, other_page}
    sums_are_true()
    office(operations.distrust, APP_DRILL, ELSE)
    assert home_pages() == [IDENTITY_PROVIDER]
    assert everything() == before


def test_a_rule_that_holds_already_reads_what_waits_once_more(in_app):
    [id_] = send(said(account("new@hinata.example")))
    write(lambda session: setattr(session.get(User, BEN.id), "username", "new@hinata.example"))
    office(operations.trust, APP_DRILL, IDENTITY_PROVIDER)
    assert owners() == {id_: BEN.id}
    assert home_pages() == [IDENTITY_PROVIDER]


def test_everything_can_be_read_once_more(in_app):
    [known], [unknown] = send(said(account("new@hinata.example"))), play()
    write(lambda session: setattr(session.get(User, BEN.id), "username", "new@hinata.example"))
    office(operations.read_everything_again)
    assert owners() == {known: BEN.id}
    assert list(waiting()) == [unknown]


@pytest.mark.parametrize("issuer", ["", "mailto", "openid", "mbox_sha1sum", "roster"])
def test_only_a_home_page_can_have_the_names_of_the_roster(in_app, issuer):
    with pytest.raises(InvalidError):
        office(operations.trust, APP_DRILL, issuer)


def test_a_rule_that_nobody_made_is_not_taken_back(in_app):
    with pytest.raises(StateError):
        office(operations.distrust, APP_DRILL, ELSE)


def test_the_preview_of_a_rule_is_what_it_then_does(in_app):
    for member, times in ((AOI, 3), (BEN, 1), (KEN, 1), (CHIBA, 1)):
        play(f"{member.name}@hinata.example", times=times, page=ELSE)
    play("s0001", page=ELSE)
    found, persons = look(operations.would_trust, APP_DRILL, ELSE)
    assert [(each.name, each.count, each.person_id) for each in found.here] == [
        ("aoi@hinata.example", 3, AOI.id),
        ("ben@hinata.example", 1, BEN.id),
    ]
    assert (found.statements, found.elsewhere, found.unknown) == (4, 2, 1)
    assert set(persons) == {AOI.id, BEN.id}
    office(operations.trust, APP_DRILL, ELSE)
    assert sorted(map(str, owners().values())) == sorted(
        map(str, [AOI.id, AOI.id, AOI.id, BEN.id, KEN.id])
    )


# --- nobody's -----------------------------------------------------------------------------------


def names(wanted=None) -> list[str]:
    found, _, _ = look(store.actors, wanted or store.Wanted())
    return [each.name for each in found]


def test_a_name_that_is_nobodys_leaves_the_list_and_loses_nothing(in_app):
    ids = [*play(), *play("zou")]
    office(operations.put_aside, KIRIN)
    ids += play()
    assert names() == ["zou"]
    assert names(store.Wanted(aside=True)) == ["kirin"]
    assert set(waiting()) == set(ids)
    counts, aside = look(store.counts)
    assert (counts, aside) == ({(APP_DRILL, "unknown_actor"): 1}, 2)
    office(operations.look_again, KIRIN)
    assert set(names()) == {"kirin", "zou"}


def test_only_a_name_that_waits_can_be_put_aside(in_app):
    with pytest.raises(NotFoundError):
        office(operations.put_aside, KIRIN)


# --- two persons, one child ---------------------------------------------------------------------


def a_week_of(*members) -> None:
    for days_ago in range(5):
        moment = NOW - days_ago * DAY
        send(
            *(
                said(member, moment - timedelta(minutes=7 * number), question=number)
                for member in members
                for number in range(3)
            )
        )


def test_what_was_sent_about_the_one_is_the_others(in_app):
    a_week_of(AOI, HANA, BEN)
    of_hana = {row.id for row in rows(LearningRecord) if row.student_id == HANA.id}
    id_ = office(operations.merge, AOI.id, HANA.id)
    assert set(owners().values()) == {AOI.id, BEN.id}
    assert {row.id for row in rows(LearningRecord) if row.merge_id == id_} == of_hana
    sums_are_true()
    [later] = send(said(HANA, NOW + timedelta(minutes=1)))
    assert owners()[later] == AOI.id


def test_there_and_back_everything_is_as_it_was(in_app):
    office(operations.link, kirin_is(HANA))
    play(times=2, days_ago=1, question=9)
    a_week_of(AOI, HANA, BEN)
    before = everything()
    laps = set(before["laps"])
    id_ = office(operations.merge, AOI.id, HANA.id)
    assert everything() != before
    office(operations.take_back_merge, id_)
    after = everything()
    # A lap that a record of today opened stays, with nothing in it.
    assert all(not any(after["laps"].pop(each)) for each in set(after["laps"]) - laps)
    assert after == before
    sums_are_true()


def test_what_waited_for_a_class_is_read_with_the_other_persons_classes(in_app):
    def leave(session):
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == HANA.id)):
            seat.ends_before = clock.today() - 2 * DAY

    write(leave)
    [id_] = send(said(HANA))
    assert waiting() == {id_: "not_a_student"}
    before = everything()
    merge_id = office(operations.merge, AOI.id, HANA.id)
    assert owners() == {id_: AOI.id}
    office(operations.take_back_merge, merge_id)
    assert everything()["waiting"] == before["waiting"]
    assert owners() == {}


def test_the_preview_of_a_merge_is_what_it_then_does(in_app):
    def come_late(session):
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            seat.starts_on = clock.today() - 2 * DAY

    write(come_late)
    a_week_of(HANA)
    foreseen = look(
        lambda scope: operations.would_merge(scope, identity.pair(scope, AOI.id, HANA.id))
    )
    id_ = office(operations.merge, AOI.id, HANA.id)
    row = look(lambda scope: operations.identities.merge(scope, id_))
    assert foreseen.going_over == look(store.records_by_merge, row)
    assert sum(foreseen.waiting.values()) == len(waiting())
    assert sum(foreseen.going_over.values()) + len(waiting()) == 15


def test_the_preview_of_a_link_is_what_it_then_does(in_app):
    def come_late(session):
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            seat.starts_on = clock.today() - 4 * DAY

    write(come_late)
    for days_ago in range(8):
        play(days_ago=days_ago)
    draft = kirin_is(begins_on=clock.today() - 6 * DAY, ends_on=clock.today() - DAY)
    foreseen = look(
        lambda scope: operations.would_link(scope, draft, identity.person(scope, AOI.id))
    )
    assert (foreseen.become, foreseen.out_of_class, foreseen.out_of_span) == (4, 2, 2)
    office(operations.link, draft)
    assert len(owners()) == 4
    assert sorted(waiting().values()) == ["not_a_student"] * 2 + ["unknown_actor"] * 2


def test_merging_moves_nobody_elses_child(in_app):
    with pytest.raises(NotFoundError):
        office(operations.merge, AOI.id, KEN.id)
    with pytest.raises(NotFoundError):
        office(operations.merge, AOI.id, HANA.id, scope=replace(OFFICE, school_id=SECONDARY))


# --- the list -----------------------------------------------------------------------------------


def test_names_are_listed_with_their_reasons_and_what_they_did(in_app):
    play(times=3, days_ago=2, question=7)
    play(question=8)
    send(said(CHIBA), said(player("zou"), verb="logged-in"))
    found, number, total = look(store.actors, store.Wanted(), size=2)
    assert (number, total) == (1, 3)
    first = found[0]
    assert (first.app_id, first.issuer, first.name, first.count) == (APP_DRILL, GAME, "kirin", 4)
    assert first.reasons == {"unknown_actor": 4}
    assert (first.last_at - first.first_at).days >= 1
    assert first.titles == ("もんだい 8", "もんだい 7")
    assert names(store.Wanted(reason="not_a_student")) == [str(CHIBA.id)]
    assert names(store.Wanted(app_id=key("no app"))) == []


def test_nothing_of_another_district_is_listed(in_app):
    play()
    found, _, total = look(store.actors, store.Wanted(), scope=scope_of(SATO))
    assert (found, total) == ([], 0)
    assert look(store.counts, scope=scope_of(SATO)) == ({}, 0)


def test_the_statements_of_a_name_are_the_latest_first(in_app):
    ids = [id_ for days_ago in range(5) for id_ in play(days_ago=days_ago)]
    actor = look(store.actor, APP_DRILL, GAME, "kirin")
    first = look(store.statements, actor, number=1, size=3)
    second = look(store.statements, actor, number=2, size=3)
    given = given_ids()
    assert [given[row.id] for row in (*first, *second)] == ids
    assert all(b"kirin" in row.body for row in first)


def test_what_is_still_to_be_read_is_said(in_app):
    play()
    with unit_of_work(OFFICE) as scope:
        operations.link(scope, kirin_is())
    assert look(store.is_being_read)
    read()
    assert not look(store.is_being_read)


def test_a_seat_of_long_ago_is_no_seat(in_app):
    write(
        lambda session: session.add(
            Enrollment(
                school_id=PRIMARY, id=key("old"), sourced_id="old", class_id=CLASS_4_2,
                user_id=KEN.id, role="student", ends_before=date(2020, 4, 1),
            )
        )
    )  # fmt: skip
    play()
    office(operations.link, kirin_is(KEN))
    assert list(owners().values()) == [KEN.id]
    assert [row.school_id for row in rows(LearningRecord)] == [SECONDARY]
