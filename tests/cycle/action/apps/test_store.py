"""What came from an app, and what became of it, as an administrator may know it."""

import json
from datetime import date, timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import store
from aarportal.cycle.action.apps.live import store as live
from aarportal.cycle.action.apps.live import trial
from aarportal.cycle.action.apps.store import Counts, Traffic
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.intake.operations import AT_ONCE
from aarportal.cycle.action.models import (
    AppDay,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.action.operations import take_out
from aarportal.cycle.action.xapi.operations import receive
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.people.identity.models import NobodysName
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    DRILL_SCOPE,
    HANA,
    HINATA,
    IDENTITY_PROVIDER,
    KEN,
    MINATO,
    OKA,
    SATO,
    key,
    scope_of,
)
from tests.cycle.action.apps.messages import NOBODY, rows, send, statement, voiding
from tests.cycle.action.xapi.documents.calling import add_app

FRIDAY = date(2026, 11, 20)
ROOT = "https://portal.example"


@pytest.fixture(autouse=True)
def open_app(in_app):
    return in_app


def school_day(day: date) -> bool:
    return day.weekday() < 5


def days_before(day: date, *numbers: int) -> list[date]:
    return [day - timedelta(days=n) for n in numbers]


def log(*statements: dict) -> None:
    """Put them into the log, as a request does, and leave them unread."""
    batch = decode_batch(json.dumps(statements).encode(), clock.now())
    with unit_of_work(DRILL_SCOPE) as scope:
        receive(scope, batch)


def fates(member=OKA, app_id=APP_DRILL):
    scope = scope_of(member)
    with unit_of_work(AppScope(app_id, member.district_id, frozenset()), read_only=True) as own:
        arrivals = live.latest(own)
    with unit_of_work(scope, read_only=True):
        return live.fates(scope, arrivals, f"{ROOT}{trial.OBJECT}")


def seen(member=OKA) -> dict[str, live.Fate]:
    return {str(each.arrival.given_id): each for each in fates(member)}


# --- the rhythm -----------------------------------------------------------------------------------

DAILY = days_before(FRIDAY, 1, 2, 3, 4, 7, 8, 9)


@pytest.mark.parametrize(
    ("days", "last_record_on", "state", "gap"),
    [
        ([], None, "never", 0),
        ([FRIDAY], FRIDAY, "unknown", 0),
        (days_before(FRIDAY, 1, 2), FRIDAY, "unknown", 0),
        ([*DAILY, FRIDAY], FRIDAY, "usual", 1),
        (DAILY, FRIDAY - timedelta(days=1), "quiet", 1),
        (days_before(FRIDAY, 3, 7, 10, 14), None, "quiet", 2),
        (days_before(FRIDAY, 1, 3, 7, 10), None, "usual", 2),
        ([], FRIDAY - timedelta(days=40), "quiet", 0),
        ([], FRIDAY - timedelta(days=5), "unknown", 0),
        # Work of last week that is told today is no silence.
        ([*DAILY, FRIDAY], FRIDAY - timedelta(days=9), "usual", 1),
    ],
)
def test_silence_is_measured_by_the_apps_own_rhythm(days, last_record_on, state, gap):
    traffic = Traffic({day: Counts(recorded=1) for day in days})
    fresh = traffic.freshness(FRIDAY, last_record_on, school_day)
    assert (fresh.state, fresh.gap) == (state, gap)


@pytest.mark.parametrize(("school_days", "state"), [(9, "unknown"), (10, "quiet")])
def test_nothing_is_missing_in_the_long_holidays(school_days, state):
    """Forty days ago came the last record; since then there was school on so many days."""
    days = {FRIDAY - timedelta(days=n) for n in range(school_days)}
    fresh = Traffic({}).freshness(FRIDAY, FRIDAY - timedelta(days=40), days.__contains__)
    assert fresh.state == state


def test_days_on_which_everything_waited_are_no_days_with_records():
    traffic = Traffic({day: Counts(waiting=5, repeated=2) for day in DAILY})
    assert traffic.freshness(FRIDAY, None, school_day).state == "never"


def test_the_last_days_stand_there_with_those_without_anything():
    traffic = Traffic({FRIDAY: Counts(3, 2, 1, 9), FRIDAY - timedelta(days=6): Counts(1)})
    last = traffic.last(FRIDAY)
    assert [day for day, _ in last] == days_before(FRIDAY, *range(14))
    assert last[0][1].received == 6
    assert sum(counts.received for _, counts in last) == 7
    assert traffic.since(FRIDAY - timedelta(days=6)) == Counts(4, 2, 1, 9)
    assert traffic.since(FRIDAY - timedelta(days=5)) == Counts(3, 2, 1, 9)


# --- counts ---------------------------------------------------------------------------------------


def test_what_was_sent_is_counted_by_what_became_of_it(in_app):
    first = statement(AOI)
    send(in_app, first, statement(NOBODY), statement(BEN))
    send(in_app, voiding(first))
    send(in_app, first)
    today = clock.today()
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found = store.traffic(scope, [APP_DRILL], today)
        assert store.waiting(scope, [APP_DRILL]) == {APP_DRILL: 1}
    assert found[APP_DRILL].on(today) == Counts(recorded=2, waiting=1, voiding=1, repeated=1)
    assert found[APP_DRILL].on(today).received == 4


def test_names_that_are_nobodys_do_not_count_as_waiting(in_app):
    send(in_app, statement(NOBODY), statement("somebody-else"))
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            NobodysName(
                district_id=HINATA, system=APP_DRILL, issuer=IDENTITY_PROVIDER, name=NOBODY,
                made_by=OKA.id,
            )
        )  # fmt: skip
        audit.record(scope, "test:aside", NOBODY)
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert store.waiting(scope, [APP_DRILL]) == {APP_DRILL: 1}


def test_days_longer_ago_than_four_weeks_are_not_asked_for():
    today = clock.today()
    with unit_of_work(SystemScope("test")) as scope:
        for n in (0, 28, 29):
            scope.session.add(
                AppDay(
                    district_id=HINATA, app_id=APP_DRILL, day=today - timedelta(days=n),
                    recorded=1, last_at=clock.now(),
                )
            )  # fmt: skip
        audit.record(scope, "test:days", "x")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found = store.traffic(scope, [APP_DRILL], today)
    assert sorted(found[APP_DRILL].days) == [today - timedelta(days=28), today]


def test_the_list_has_the_apps_of_the_own_district_revoked_ones_last(in_app):
    add_app(in_app, "あ")
    add_app(in_app, "い", revoked_at=clock.now())
    add_app(in_app, "ん")
    add_app(in_app, "elsewhere", district_id=MINATO)
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        found, count = store.page(scope, 1, 40)
        assert ([row.title for row in found], count) == (["あ", "ん", "ドリルパーク", "い"], 4)
        assert [row.title for row in store.page(scope, 2, 3)[0]] == ["い"]
    with unit_of_work(scope_of(SATO), read_only=True) as scope:
        assert [row.title for row in store.page(scope, 1, 40)[0]] == ["elsewhere"]


# --- the live view --------------------------------------------------------------------------------


def test_every_fate_is_told_and_learning_of_the_own_school_only(in_app):
    sent = {
        "aoi": statement(AOI, "わり算 3"),
        "ken": statement(KEN, "れんりつ"),
        "nobody": statement(NOBODY),
        "gone": statement(HANA, "たしざん"),
    }
    send(in_app, *sent.values())
    back = voiding(sent["gone"])
    send(in_app, back)
    found = seen()
    states = {name: found[each["id"]].state for name, each in sent.items()}
    assert states == {
        "aoi": "recorded", "ken": "elsewhere", "nobody": "waiting", "gone": "taken_back",
    }  # fmt: skip
    assert found[back["id"]].state == "voiding"
    assert found[sent["nobody"]["id"]].reason == "unknown_actor"
    learned = found[sent["aoi"]["id"]].learned
    assert (learned.name, learned.class_title, learned.attendance_no) == (
        "髙﨑\u2009葵", "4年2組", 1,
    )  # fmt: skip
    assert (learned.title, learned.items, learned.active_seconds) == ("わり算 3", 1, 90)
    assert found[sent["ken"]["id"]].learned is None
    assert not found[sent["ken"]["id"]].has_page
    assert not found[sent["ken"]["id"]].has_json


def test_what_takes_back_work_of_another_school_shows_nothing_of_it(in_app):
    kens, aois = statement(KEN), statement(AOI)
    send(in_app, kens, aois)
    send(in_app, voiding(kens), voiding(aois))
    by_target = {each.arrival.object_id: each for each in fates() if each.state == "voiding"}
    assert not by_target[kens["id"]].has_json
    assert by_target[aois["id"]].has_json
    assert aois["id"] in by_target[aois["id"]].json


def test_a_record_that_a_teacher_took_out_is_taken_back(in_app):
    sent = statement(AOI)
    send(in_app, sent)
    with unit_of_work(DRILL_SCOPE) as scope:
        found = scope.session.query(LearningRecord).all()
        take_out(scope, found)
        audit.record(scope, "test:out", "x")
    assert seen()[sent["id"]].state == "taken_back"


def test_what_waits_in_the_inbox_is_unread(in_app):
    log(statement(AOI), statement(BEN))
    assert {each.state for each in fates()} == {"unread"}
    digester.of(in_app).read_all()
    assert {each.state for each in fates()} == {"recorded"}


def test_the_last_fifty_stand_there_the_latest_first(in_app):
    sent = [statement(AOI) for _ in range(60)]
    for each in range(0, 60, 20):
        send(in_app, *sent[each : each + 20])
    found = fates()
    latest_first = [each["id"] for each in reversed(sent[10:])]
    assert [str(each.arrival.given_id) for each in found] == latest_first


def test_statements_of_other_apps_are_not_among_them(in_app):
    other = add_app(in_app, "other", home_pages=[IDENTITY_PROVIDER])
    mine = statement(AOI)
    send(in_app, mine)
    send(in_app, statement(AOI), key=other[0], secret=other[1])
    refers = {**statement(AOI), "object": {"objectType": "StatementRef", "id": mine["id"]}}
    assert send(in_app, refers, key=other[0], secret=other[1]) == 200
    assert [str(each.arrival.given_id) for each in fates()] == [mine["id"]]
    assert len(fates(app_id=key("app other"))) == 2


def test_another_district_sees_none_of_it(in_app):
    send(in_app, statement(AOI))
    assert fates(SATO) == []


def test_a_child_in_several_classes_stands_there_once_with_the_homeroom_class(in_app):
    send(in_app, statement(AOI))
    [fate] = fates()
    assert fate.learned.class_title == "4年2組"


# --- a test message -------------------------------------------------------------------------------


def test_a_test_message_goes_the_whole_way_and_counts_for_nobody(in_app):
    used_at = rows(LearningApp)[0].last_used_at
    outcome = trial.send(DRILL_SCOPE, ROOT, "まなびのわ")
    assert (outcome.state, outcome.reason) == ("waiting", "unknown_actor")
    assert rows(LearningRecord) == []
    assert rows(QuarantinedStatement) == []
    assert rows(LearningApp)[0].last_used_at == used_at
    assert [(each.state, each.is_test) for each in fates()] == [
        ("voiding", True), ("taken_back", True),
    ]  # fmt: skip
    assert all(each.has_json for each in fates())
    assert "まなびのわからのテスト" in fates()[1].json
    assert len(rows(StoredStatement)) == 2


def test_a_test_message_behind_many_others_says_so(in_app):
    for _ in range(2):
        log(*(statement(NOBODY) for _ in range(AT_ONCE)))
    assert trial.send(DRILL_SCOPE, ROOT, "x").state == "unread"
    digester.of(in_app).read_all()
    assert [each.state for each in fates()[:3]] == ["voiding", "taken_back", "waiting"]


def test_two_test_messages_are_two(in_app):
    ids = {trial.send(DRILL_SCOPE, ROOT, "x").id for _ in range(2)}
    assert len(ids) == 2
    assert len(rows(StoredStatement)) == 4
