"""Credentials and rights of learning apps, on both databases."""

import logging
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.permissions import Permission
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import operations
from aarportal.cycle.action.apps.changing.operations import change_app
from aarportal.cycle.action.apps.operations import AppDraft
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import LearningApp, LearningRecord, QuarantinedStatement
from tests.cast import (
    AOI,
    APP_DRILL,
    APP_SECRET,
    ELSEWHERE,
    HINATA,
    IDENTITY_PROVIDER,
    KEN,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    scope_of,
)
from tests.cycle.action.apps.messages import rows, send, statement

DRAFT = AppDraft("よみもの", home_pages=(IDENTITY_PROVIDER,))


@pytest.fixture(autouse=True)
def open_app(in_app):
    return in_app


@pytest.fixture
def read_all(in_app):
    return digester.of(in_app).read_all


def as_oka(do, *arguments, member=OKA, **options):
    with unit_of_work(scope_of(member)) as scope:
        return do(scope, *arguments, **options)


def let_in(credential, secret: str | None = None):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return operations.who(scope, credential.access_key, secret or credential.secret)


def app_row(app_id=APP_DRILL) -> LearningApp:
    [row] = rows(LearningApp, LearningApp.id == app_id)
    return row


def traces(verb: str) -> list[AuditEntry]:
    return rows(AuditEntry, AuditEntry.verb == verb)


# --- registering ----------------------------------------------------------------------------------


def test_an_app_of_the_office_belongs_to_its_district_and_is_let_in():
    made = as_oka(operations.add_app, DRAFT)
    app = let_in(made)
    assert (app.actor_id, app.district_id) == (made.app_id, HINATA)
    assert app.school_ids == {PRIMARY, SECONDARY}
    assert app.permissions == {Permission.STATEMENTS_WRITE, Permission.STATEMENTS_READ}
    assert not app.reads_others


def test_the_system_says_whose_app_it_is():
    with unit_of_work(SystemScope("test")) as scope:
        made = operations.add_app(scope, DRAFT, district_id=HINATA)
    assert app_row(made.app_id).district_id == HINATA


def test_rights_are_as_the_draft_says():
    draft = AppDraft("x", (SECONDARY,), may_write=False, may_read=True)
    app = let_in(as_oka(operations.add_app, draft))
    assert app.school_ids == {SECONDARY}
    assert app.permissions == {Permission.STATEMENTS_READ}
    assert app.reads_others


def test_registering_leaves_a_trace_of_who_did_it_and_nothing_of_the_secret():
    made = as_oka(operations.add_app, DRAFT)
    [entry] = traces("app:added")
    assert (entry.actor_id, entry.object_id) == (OKA.id, str(made.app_id))
    assert made.secret not in f"{entry.detail}{entry.object_id}"


def test_of_a_secret_only_its_hash_is_kept():
    made = as_oka(operations.add_app, DRAFT)
    row = app_row(made.app_id)
    assert row.secret_hash == sha256(made.secret.encode()).digest()
    kept = [getattr(row, each.key) for each in LearningApp.__mapper__.column_attrs]
    assert not [value for value in kept if value in (made.secret, made.secret.encode())]


def test_secrets_are_long_and_never_the_same():
    made = [as_oka(operations.add_app, DRAFT) for _ in range(3)]
    assert len({each.secret for each in made}) == len({each.access_key for each in made}) == 3
    assert min(len(each.secret) for each in made) >= 40


def test_neither_secret_is_ever_logged(caplog, in_app):
    caplog.set_level(logging.DEBUG)
    made = as_oka(operations.add_app, DRAFT)
    new = as_oka(operations.rotate_secret, made.app_id)
    assert send(in_app, statement(AOI), key=made.access_key, secret=new.secret) == 200
    assert send(in_app, statement(AOI), key=made.access_key, secret="wrong" + new.secret) == 401
    for secret in (made.secret, new.secret):
        assert secret not in caplog.text
        assert not [each for each in rows(AuditEntry) if secret in repr(vars(each))]


@pytest.mark.parametrize(
    ("draft", "field", "rule"),
    [
        (AppDraft(""), "title", "required"),
        (AppDraft("　 "), "title", "required"),
        (AppDraft("a\u202eb"), "title", "required"),
        (AppDraft("長" * 61), "title", "too_long"),
        (AppDraft("x", may_write=False), "may_write", "nothing"),
        (AppDraft("x", origins=("*",)), "origins", "no_origin"),
        (AppDraft("x", origins=("http://app.example",)), "origins", "no_origin"),
        (AppDraft("x", origins=("https://app.example/a",)), "origins", "no_origin"),
        (
            AppDraft("x", origins=tuple(f"https://a{n}.example" for n in range(21))),
            "origins",
            "too_many",
        ),
        (AppDraft("x", home_pages=("roster",)), "home_pages", "no_home_page"),
        (AppDraft("x", home_pages=("mailto",)), "home_pages", "no_home_page"),
        (AppDraft("x", school_ids=()), "school_ids", "no_school"),
        (AppDraft("x", school_ids=(ELSEWHERE,)), "school_ids", "unknown_school"),
        (AppDraft("x", school_ids=(PRIMARY, uuid4())), "school_ids", "unknown_school"),
    ],
)
def test_what_cannot_be_an_app_is_neither_registered_nor_made_of_one(draft, field, rule):
    before = vars(app_row()) | {"_sa_instance_state": None}
    for do, arguments in ((operations.add_app, ()), (change_app, (APP_DRILL,))):
        with pytest.raises(InvalidError) as refused:
            as_oka(do, *arguments, draft)
        assert (refused.value.field, refused.value.rule) == (field, rule)
    assert len(rows(LearningApp)) == 1
    assert vars(app_row()) | {"_sa_instance_state": None} == before


# --- a new secret ---------------------------------------------------------------------------------


def test_after_a_change_both_secrets_work_for_a_day_and_then_the_new_one_alone():
    made = as_oka(operations.add_app, DRAFT)
    new = as_oka(operations.rotate_secret, made.app_id)
    assert new.secret != made.secret
    assert new.access_key == made.access_key
    assert let_in(new)
    assert let_in(made)
    clock.shift(timedelta(hours=23, minutes=59))
    assert let_in(made)
    clock.shift(timedelta(hours=24, seconds=1))
    assert let_in(made) is None
    assert let_in(new)


def test_a_secret_that_somebody_else_may_know_stops_at_once():
    made = as_oka(operations.add_app, DRAFT)
    new = as_oka(operations.rotate_secret, made.app_id, at_once=True)
    assert let_in(made) is None
    assert let_in(new)


def test_of_three_secrets_the_first_does_not_work_any_more():
    first = as_oka(operations.add_app, DRAFT)
    second = as_oka(operations.rotate_secret, first.app_id)
    third = as_oka(operations.rotate_secret, first.app_id)
    assert let_in(first) is None
    assert let_in(second)
    assert let_in(third)


def test_a_server_that_remembers_the_app_forgets_it(in_app):
    made = as_oka(operations.add_app, DRAFT)
    assert send(in_app, statement(AOI), key=made.access_key, secret=made.secret) == 200
    as_oka(operations.rotate_secret, made.app_id, at_once=True)
    assert send(in_app, statement(AOI), key=made.access_key, secret=made.secret) == 401


@pytest.mark.parametrize("guess", ["", "\0" * 32, "x"])
def test_an_app_without_a_secret_before_is_not_opened_by_an_empty_one(guess):
    made = as_oka(operations.add_app, DRAFT)
    assert let_in(made, guess or " ") is None
    as_oka(operations.rotate_secret, made.app_id, at_once=True)
    assert let_in(made, guess or " ") is None


# --- revoking -------------------------------------------------------------------------------------


def test_a_revoked_app_is_let_in_no_more_until_it_is_restored(in_app):
    assert send(in_app, statement(AOI)) == 200
    as_oka(operations.revoke, APP_DRILL)
    assert send(in_app, statement(AOI)) == 401
    as_oka(operations.restore, APP_DRILL)
    assert send(in_app, statement(AOI)) == 200
    assert len(rows(LearningRecord)) == 2
    assert [each.actor_id for each in traces("app:revoked") + traces("app:restored")] == [
        OKA.id
    ] * 2


def test_revoking_ends_the_secret_of_before_for_good():
    made = as_oka(operations.add_app, DRAFT)
    new = as_oka(operations.rotate_secret, made.app_id)
    as_oka(operations.revoke, made.app_id)
    as_oka(operations.restore, made.app_id)
    assert let_in(made) is None
    assert let_in(new)


def test_a_new_secret_of_a_revoked_app_leaves_no_old_one_behind():
    made = as_oka(operations.add_app, DRAFT)
    as_oka(operations.revoke, made.app_id)
    new = as_oka(operations.rotate_secret, made.app_id)
    assert let_in(new) is None
    as_oka(operations.restore, made.app_id)
    assert let_in(made) is None
    assert let_in(new)


def test_nothing_is_revoked_or_restored_twice():
    with pytest.raises(StateError):
        as_oka(operations.restore, APP_DRILL)
    as_oka(operations.revoke, APP_DRILL)
    with pytest.raises(StateError):
        as_oka(operations.revoke, APP_DRILL)


@pytest.mark.parametrize(
    ("do", "arguments"),
    [
        (operations.rotate_secret, ()),
        (operations.revoke, ()),
        (operations.restore, ()),
        (change_app, (DRAFT,)),
    ],
)
def test_an_app_of_another_district_is_not_there(do, arguments):
    with pytest.raises(NotFoundError):
        as_oka(do, APP_DRILL, *arguments, member=SATO)
    assert (app_row().title, app_row().revoked_at) == ("ドリルパーク", None)
    assert app_row().secret_hash == sha256(APP_SECRET.encode()).digest()


# --- changing -------------------------------------------------------------------------------------


def test_everything_about_an_app_can_be_changed_and_the_trace_says_what():
    draft = AppDraft(
        "あたらしい なまえ",
        (PRIMARY,),
        may_write=False,
        may_read=True,
        origins=("https://app.example",),
        home_pages=("https://idp.example/",),
    )
    as_oka(change_app, APP_DRILL, draft)
    row = app_row()
    assert (row.title, row.school_ids, row.may_write, row.may_read) == (
        "あたらしい なまえ",
        [str(PRIMARY)],
        False,
        True,
    )
    assert (row.origins, row.home_pages) == (["https://app.example"], ["https://idp.example/"])
    [entry] = traces("app:changed")
    assert entry.detail == "title, school_ids, may_write, may_read, origins, home_pages"
    assert "なまえ" not in entry.detail


def test_a_draft_that_changes_nothing_leaves_no_trace():
    as_oka(change_app, APP_DRILL, AppDraft("ドリルパーク", home_pages=(IDENTITY_PROVIDER,)))
    assert traces("app:changed") == []


def test_a_right_that_is_taken_away_is_gone_for_the_next_request(in_app):
    assert send(in_app, statement(AOI)) == 200
    as_oka(
        change_app,
        APP_DRILL,
        AppDraft("d", may_write=False, may_read=True, home_pages=(IDENTITY_PROVIDER,)),
    )
    assert send(in_app, statement(AOI)) == 403


def test_what_waited_for_a_home_page_becomes_a_record_when_it_is_entered(in_app, read_all):
    as_oka(change_app, APP_DRILL, AppDraft("d"))
    read_all()
    login = f"{AOI.name}@hinata.example"
    assert send(in_app, statement(login)) == 200
    assert [each.reason for each in rows(QuarantinedStatement)] == ["unknown_actor"]
    as_oka(change_app, APP_DRILL, AppDraft("d", home_pages=(IDENTITY_PROVIDER,)))
    read_all()
    assert [each.student_id for each in rows(LearningRecord)] == [AOI.id]
    as_oka(change_app, APP_DRILL, AppDraft("d"))
    read_all()
    assert rows(LearningRecord) == []
    assert len(rows(QuarantinedStatement)) == 1


def test_what_waited_for_a_school_becomes_a_record_when_the_app_serves_it(in_app, read_all):
    pages = (IDENTITY_PROVIDER,)
    as_oka(change_app, APP_DRILL, AppDraft("d", (PRIMARY,), home_pages=pages))
    assert send(in_app, statement(KEN)) == 200
    assert [each.reason for each in rows(QuarantinedStatement)] == ["not_a_student"]
    as_oka(change_app, APP_DRILL, AppDraft("d", home_pages=pages))
    read_all()
    assert [each.student_id for each in rows(LearningRecord)] == [KEN.id]
    as_oka(change_app, APP_DRILL, AppDraft("d", (PRIMARY,), home_pages=pages))
    read_all()
    assert [each.student_id for each in rows(LearningRecord)] == [KEN.id]
