"""Rosters from another system: what comes is a difference to be confirmed, or nothing at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock, sealing
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer
from aarportal.people.roster.imports import operations as imports
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.models import User
from aarportal.people.roster.sources import operations, puller
from aarportal.people.roster.sources.models import RosterSource
from aarportal.people.roster.sources.operations import House, SourceDraft
from tests.cast import HINATA, PRIMARY, SECONDARY
from tests.people.roster.imports import TRACES, all_rows
from tests.people.roster.sources.other_system import BASE, ref, running

BOARD = Scope(
    PRIMARY,
    HINATA,
    SECONDARY,
    Role.DISTRICT_ADMINISTRATOR,
    other_school_ids=frozenset({PRIMARY}),
)
#: What a pull may write: how it went, and what was done.
NOTES = (*TRACES, "roster_sources")


@pytest.fixture
def system():
    with running() as other:
        # The district is the cast's: what comes is about people that are new in it.
        other.rows["orgs"][0].update(sourcedId="131234", identifier="131234")
        other.rows["orgs"][1]["parent"] = ref("131234", "org")
        yield other


@pytest.fixture
def pauses(in_app, monkeypatch):
    settings = in_app.config["SETTINGS"]
    monkeypatch.setitem(in_app.config, "SETTINGS", replace(settings, private_roster_sources=True))
    waits: list[float] = []
    monkeypatch.setattr(puller.of(in_app), "pause", waits.append)
    return waits


def draft(system, **changes) -> SourceDraft:
    values = {
        "title": "校務支援",
        "base_url": f"{system.address}{BASE}/",
        "token_url": f"{system.address}/token",
        "client_id": "us",
        "pull_hour": 4,
        "secret": "secret",
        **changes,
    }
    return SourceDraft(**values)


@pytest.fixture
def entered(in_app, system, pauses):
    with unit_of_work(BOARD) as scope:
        return operations.add(scope, draft(system), puller.here().house).id


def ask(source_id) -> RosterSource:
    """Let it be asked now, and say how that went."""
    with unit_of_work(BOARD) as scope:
        operations.ask_now(scope, source_id)
    puller.here().worker.wake()
    with unit_of_work(BOARD, read_only=True) as scope:
        return scope.session.get(RosterSource, source_id)


def rosters() -> list[RosterImport]:
    with unit_of_work(BOARD, read_only=True) as scope:
        return list(scope.session.scalars(select(RosterImport)))


def names() -> set[str]:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return set(scope.session.scalars(select(User.sourced_id)))


def test_what_comes_is_a_difference_that_somebody_confirms(entered, system):
    before = all_rows(but=NOTES)
    source = ask(entered)
    assert (source.outcome, source.trouble) == ("brought", ""), source.trouble_detail
    assert source.counts["users.csv"] == 5
    assert source.counts["roles.csv"] == 5
    [row] = rosters()
    assert (row.id, row.source_id) == (source.last_import_id, entered)
    assert row.state == "checked", row.findings
    assert "校務支援" in row.file_name
    assert all_rows(but=NOTES) == before, "nothing is written before somebody confirms it"
    with unit_of_work(BOARD) as scope:
        imports.confirm(scope, scope.session.get(RosterImport, row.id), sure=True)
    importer.here().worker.wake()
    assert {f"u{n}" for n in range(5)} <= names()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(select(User).where(User.sourced_id == "u3")).one()
    assert (found.kana_family_name, found.grade, found.extra) == ("タカサキ", "P4", {})
    assert "ひみつ" not in repr(all_rows())


def test_the_same_roster_is_no_new_import_whatever_its_order(entered, system):
    ask(entered)
    for rows in system.rows.values():
        rows.reverse()
    assert ask(entered).outcome == "unchanged"
    assert len(rosters()) == 1
    system.rows["users"][0]["givenName"] = "茜"
    assert ask(entered).outcome == "brought"
    assert len(rosters()) == 2


def test_what_somebody_let_go_of_is_shown_again(entered, system):
    ask(entered)
    [row] = rosters()
    with unit_of_work(BOARD) as scope:
        imports.drop(scope, scope.session.get(RosterImport, row.id))
    assert ask(entered).outcome == "brought"
    [row] = rosters()
    for act in (lambda *them: imports.confirm(*them, sure=True), imports.ask_back):
        with unit_of_work(BOARD) as scope:
            act(scope, scope.session.get(RosterImport, row.id))
        importer.here().worker.wake()
    assert ask(entered).outcome == "brought"
    assert {each.state for each in rosters()} == {"undone", "checked"}


@pytest.mark.parametrize("most", [1, 2, 3, 100])
@pytest.mark.parametrize("counts", [True, False])
def test_every_page_is_read(entered, system, most, counts):
    system.most, system.counts = most, counts
    assert ask(entered).counts["users.csv"] == 5


def changed_between_pages(system, change, *, times, name="users"):
    """Let somebody change a list right after its first page has gone out, so many times."""
    begun = []
    usual = system.page

    def page(asked, offset, limit):
        found = usual(asked, offset, limit)
        if asked == name and offset == 0 and len(begun) < times:
            begun.append(1)
            change(system.rows[name])
        return found

    system.page = page


def replaced(rows):
    """One row less in front and one more at the end: there are as many as before."""
    first = rows.pop(0)
    rows.append({**first, "sourcedId": f"{first['sourcedId']}x", "username": "x@x.example"})


def one_less(rows):
    rows.pop(0)


def one_more(rows):
    rows.insert(0, {**rows[0], "sourcedId": f"{rows[0]['sourcedId']}x"})


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("change", [replaced, one_less, one_more])
def test_a_list_that_changes_while_it_is_read_is_read_anew(entered, system, pauses, change, counts):
    system.most, system.counts = 3, counts
    changed_between_pages(system, change, times=1)
    assert ask(entered).outcome == "brought"
    system.page = system.rows_of_page
    assert ask(entered).outcome == "unchanged", "what came is what there is"
    assert pauses == [20.0]


def test_a_system_that_counts_whole_pages_is_read_and_its_changes_are_seen(entered, system, pauses):
    def whole_page(name, offset, limit):
        return system.rows_of_page(name, offset // limit * limit, limit)

    system.page = whole_page
    assert ask(entered).counts["users.csv"] == 5
    changed_between_pages(system, one_less, times=1)
    assert ask(entered).counts["users.csv"] == 4
    assert pauses == [20.0]


@pytest.mark.parametrize("change", [replaced, one_more])
def test_a_list_that_never_rests_is_no_roster_and_nobody_leaves(entered, system, pauses, change):
    assert ask(entered).outcome == "brought"
    changed_between_pages(system, change, times=99)
    source = ask(entered)
    assert (source.trouble, source.outcome) == ("incomplete", "")
    assert len(rosters()) == 1
    assert pauses == [20.0, 20.0]
    system.page = system.rows_of_page
    assert ask(entered).outcome == "brought", "it is asked again"


def test_who_is_to_be_deleted_is_not_there(entered, system):
    system.rows["users"][4]["status"] = system.rows["enrollments"][4]["status"] = "tobedeleted"
    source = ask(entered)
    assert (source.counts["users.csv"], source.counts["enrollments.csv"]) == (4, 4)


def test_a_token_that_ends_meanwhile_is_fetched_anew(entered, system):
    system.mischief = lambda path, n: (
        system.said(401, {}) if path == f"{BASE}/users" and n == 2 else None
    )
    assert ask(entered).outcome == "brought"
    assert system.asked.count("/token") == 2


def test_whoever_is_asked_to_come_later_comes_later(entered, system, pauses):
    system.mischief = lambda path, n: (
        system.said(429, {}, Retry_After="7") if path == f"{BASE}/users" and n < 3 else None
    )
    assert ask(entered).outcome == "brought"
    assert pauses == [7.0, 7.0]


def test_a_fault_that_passes_is_waited_out(entered, system, pauses):
    system.mischief = lambda path, n: system.said(503, {}) if n == 1 else None
    assert ask(entered).outcome == "brought"
    assert len(pauses) == 7


def cut(system, path, number):
    status, headers, body = system.said(200, {"users": system.rows["users"]})
    return status, {**headers, "Content-Length": str(len(body) + 100)}, body


def two_of_a_name(system):
    system.rows["users"][1] = {**system.rows["users"][1], "sourcedId": "u0"}


def wrong_type(system):
    system.rows["users"][1]["givenName"] = 5


def wrong_day(system):
    system.rows["enrollments"][1]["beginDate"] = "yesterday"


def on(path, reply):
    return lambda system: setattr(
        system,
        "mischief",
        lambda asked, n: reply(system, asked, n) if asked == f"{BASE}/{path}" else None,
    )


def always(status, **headers):
    return lambda system, _path, _n: system.said(status, {}, **headers)


TROUBLES = {
    "twice": two_of_a_name,
    "wrong_type": wrong_type,
    "wrong_value": wrong_day,
    "busy": on("users", always(429, Retry_After="1")),
    "server_error": on("classes", always(500)),
    "refused": on("users", always(403)),
    "not_found": on("courses", always(404)),
    "redirected": on("users", always(302, Location="https://elsewhere.example/")),
    "empty": lambda system: system.rows["users"].clear(),
    "refused_secret": lambda system: setattr(
        system, "mischief", lambda path, n: system.said(401, {}) if path == "/token" else None
    ),
    "incomplete": on(
        "users", lambda system, _path, n: system.said(200, {"users": []}, X_Total_Count="5")
    ),
}


@pytest.mark.parametrize("rule", TROUBLES)
def test_what_is_not_whole_is_nothing_and_the_reason_is_said(entered, system, pauses, rule):
    before = all_rows(but=NOTES)
    TROUBLES[rule](system)
    source = ask(entered)
    assert (source.trouble, source.outcome) == (rule, ""), source.trouble_detail
    assert all_rows(but=NOTES) == before
    assert not rosters()
    assert source.next_pull_at > clock.now(), "it is asked again at its hour"
    assert source.claimed_until is None


@pytest.mark.parametrize(
    "reply",
    [
        cut,
        lambda system, path, n: (200, {}, b'{"users": [{"sourcedId": "u0"'),
        lambda system, path, n: (200, {}, b"<html>"),
        lambda system, path, n: (200, {}, b'{"users": [{"sourcedId": "\xff"}]}'),
    ],
    ids=["cut off", "truncated", "no json", "no text"],
)
def test_a_broken_answer_is_no_roster(entered, system, reply):
    on("users", reply)(system)
    assert ask(entered).trouble == "not_json"
    assert not rosters()


def test_a_401_that_never_ends_is_a_refusal(entered, system):
    on("users", always(401))(system)
    assert ask(entered).trouble == "refused"
    assert system.asked.count("/token") == 2


def test_nobody_there_is_said(in_app, system, pauses):
    gone = draft(system, base_url="http://127.0.0.1:9/x", token_url="http://127.0.0.1:9/token")
    with unit_of_work(BOARD) as scope:
        source_id = operations.add(scope, gone, puller.here().house).id
    assert ask(source_id).trouble == "unreachable"


def test_a_secret_under_another_key_is_lost(entered, monkeypatch):
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys(["another key, also long enough here"])
    assert ask(entered).trouble == "secret_lost"


def test_the_secret_is_not_in_the_database(entered):
    with unit_of_work(BOARD, read_only=True) as scope:
        row = scope.session.get(RosterSource, entered)
    assert "secret" not in str(row.client_secret) + repr(row.client_secret)
    assert "'secret'" not in repr(all_rows(but=("accounts",)))


# --- when it is asked -----------------------------------------------------------------------------


def test_it_is_asked_once_a_day_at_its_hour(entered, system):
    with unit_of_work(BOARD, read_only=True) as scope:
        at = scope.session.get(RosterSource, entered).next_pull_at
    assert at.astimezone(clock.SCHOOL_TIME).hour == 4
    puller.here().worker.wake()
    assert not system.asked
    clock.shift(at - clock.now() + timedelta(seconds=1))
    puller.here().worker.wake()
    assert system.asked
    count = len(system.asked)
    puller.here().worker.wake()
    assert len(system.asked) == count


def test_an_hour_that_has_passed_is_tomorrows():
    now = datetime(2026, 5, 10, 20, 0, tzinfo=UTC)  # 5 o'clock at school
    assert operations.next_pull(4, now) == datetime(2026, 5, 11, 19, 0, tzinfo=UTC)
    assert operations.next_pull(6, now) == datetime(2026, 5, 10, 21, 0, tzinfo=UTC)
    assert operations.next_pull(5, now) == datetime(2026, 5, 11, 20, 0, tzinfo=UTC)


def test_who_is_paused_is_not_asked(entered, system):
    with unit_of_work(BOARD) as scope:
        operations.pause(scope, entered)
    clock.shift(timedelta(days=3))
    puller.here().worker.wake()
    assert not system.asked
    with unit_of_work(BOARD) as scope:
        assert operations.resume(scope, entered).next_pull_at > clock.now()


def test_only_one_process_asks_and_another_goes_on_after_it_was_killed(entered, system):
    with unit_of_work(BOARD) as scope:
        operations.ask_now(scope, entered)
    with unit_of_work(SystemScope("test")) as scope:
        assert operations.claim(scope, entered) is not None
    with unit_of_work(BOARD) as scope:
        operations.ask_now(scope, entered)
    with unit_of_work(SystemScope("test")) as scope:
        assert operations.claim(scope, entered) is None
    clock.shift(operations.CLAIM + timedelta(minutes=1))
    puller.here().worker.wake()
    assert len(rosters()) == 1


def test_whoever_was_killed_is_followed_by_another_without_being_asked(entered, system):
    with unit_of_work(BOARD) as scope:
        operations.ask_now(scope, entered)
    with unit_of_work(SystemScope("test")) as scope:
        assert operations.claim(scope, entered) is not None
    puller.here().worker.wake()
    assert not rosters(), "it is being asked"
    clock.shift(operations.CLAIM + timedelta(minutes=1))
    puller.here().worker.wake()
    assert len(rosters()) == 1


def test_who_was_paused_while_the_asking_process_was_killed_is_not_asked(entered, system):
    with unit_of_work(BOARD) as scope:
        operations.ask_now(scope, entered)
    with unit_of_work(SystemScope("test")) as scope:
        operations.claim(scope, entered)
    with unit_of_work(BOARD) as scope:
        operations.pause(scope, entered)
    clock.shift(operations.CLAIM + timedelta(minutes=1))
    puller.here().worker.wake()
    assert not system.asked


def test_a_name_that_no_database_keeps_is_told_all_the_same(entered, system):
    system.rows["enrollments"][1].update(sourcedId="e\0", beginDate="yesterday")
    source = ask(entered)
    assert (source.trouble, source.trouble_detail) == ("wrong_value", "enrollments e\ufffd")


def test_a_secret_goes_nowhere_else_by_itself(entered, system):
    elsewhere = draft(system, secret="", token_url="http://127.0.0.1:1/token")
    with pytest.raises(InvalidError) as refused, unit_of_work(BOARD) as scope:
        operations.change(scope, entered, elsewhere, puller.here().house)
    assert (refused.value.field, refused.value.rule) == ("secret", "required")
    with unit_of_work(BOARD) as scope:
        operations.change(scope, entered, draft(system, secret="", title="新"), puller.here().house)
    assert ask(entered).outcome == "brought"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://sis.example/", "not_https"),
        ("ftp://sis.example/", "not_https"),
        ("https://", "address"),
        ("https://user:pw@sis.example/", "address"),
        ("https://sis.example/?a=b", "address"),
        ("https://sis.example/#a", "address"),
        ("https://sis.example:99999/", "address"),
        ("https://学校.example/", "address"),
        ("", "not_https"),
    ],
)
def test_addresses_that_are_none(in_app, system, url, rule):
    for name in ("base_url", "token_url"):
        good = {"base_url": "https://sis.example/x", "token_url": "https://sis.example/t"}
        entering = draft(system, **{**good, name: url})
        with pytest.raises(InvalidError) as refused, unit_of_work(BOARD) as scope:
            operations.add(scope, entering, House())
        assert (refused.value.field, refused.value.rule) == (name, rule)
