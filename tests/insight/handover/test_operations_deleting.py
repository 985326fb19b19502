"""A child has left, the time is over, and nothing of the child is anywhere any more."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import String, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ownership import Relation, StudentOwned
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover import keeper
from aarportal.insight.handover import store as contents
from aarportal.insight.handover.deleting import operations
from aarportal.insight.handover.deleting.operations import OrderDraft
from aarportal.insight.handover.erasing import store
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.models import User, UserRole
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    HINATA,
    IDENTITY_PROVIDER,
    KEN,
    MINATO,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)
from tests.insight.handover import elsewhere, life, rows
from tests.insight.sharing.flows import ReadingApp

#: A short name that only this child's link holds.
NICKNAME = "aoi-in-another-app"
#: Where ids stay: what was done, and the order itself.
STAYS = {"audit_entries", "deletion_orders"}
WORDS = ("髙﨑", "たかさき", "あおい", "aoi@hinata.example", NICKNAME,
         *(life.words_of(AOI, words) for words in (
             life.NOTEBOOK, life.REWRITTEN, life.BEGUN, life.AIM, life.FRIEND,
         )))  # fmt: skip


def leave(app, member=AOI, days=400):
    life.leave(app, member, clock.today() - timedelta(days=days))


def order(app, member=AOI, **more):
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        return operations.order(scope, OrderDraft(member.id, "transfer_out", **more)).id


def carry_out(app):
    with app.app_context():
        return keeper.here().delete_due(clock.today())


def the_order(app, order_id):
    with app.app_context(), unit_of_work(scope_of(OKA), read_only=True) as scope:
        return operations.the_order(scope, order_id)


def be_known_everywhere(app):
    """Aoi stands in whatever else a portal has of a child."""
    ReadingApp(app).ask()  # What the laps tell is published.
    life.send(app, [
        life.answered(AOI, 900, clock.now(), actor={
            "account": {"homePage": "https://idp.hinata.example/", "name": NICKNAME}
        }),
        {"id": str(key("voids")), "actor": life.answered(AOI, 1, clock.now())["actor"],
         "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
         "object": {"objectType": "StatementRef", "id": life.answered(AOI, 0, clock.now())["id"]}},
    ])  # fmt: skip
    agent = {"account": {"homePage": "https://idp.hinata.example/", "name": str(AOI.id)}}
    place = {"activityId": "https://drill.example/q", "agent": json.dumps(agent), "stateId": "s"}
    answer = app.test_client().put(
        "/xapi/activities/state", query_string=place, data=b'{"page": 3}', headers=life.DRILL
    )
    assert answer.status_code == 204
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.add_all([
            IdentityLink(district_id=HINATA, id=key("link"), system=APP_DRILL,
                         issuer=IDENTITY_PROVIDER,
                         name=NICKNAME, user_id=AOI.id),
            RosterImport(district_id=HINATA, id=key("import"), file_name="r.zip", state="done",
                         outcome={"renamed": ["髙﨑 葵", "𠮷田 勉"], "counts": {"new": 2}}),
        ])  # fmt: skip
        scope.session.flush()
        scope.session.add_all([
            RosterChange(district_id=HINATA, import_id=key("import"), place=1, kind="users",
                         row_id=AOI.id, user_id=AOI.id, before=None, after={"family": "髙﨑"}),
            PersonFate(district_id=HINATA, import_id=key("import"), fate="new", place=1,
                       user_id=AOI.id, name="髙﨑 葵", before="", after="4-2"),
        ])  # fmt: skip
        audit.record(scope, "test:made", "test")


def test_nothing_of_the_child_is_left_and_nobody_else_is_touched(app, browser):
    life.live(app, BEN, days=(20, 2))
    life.live(app, AOI, days=(30, 5))
    be_known_everywhere(app)
    browser(AOI)
    with app.app_context():
        others = set(dict(keeper.here().made.kept()))
    elsewhere.export(app, AOI)
    leave(app)
    before = rows.dump(app)
    assert all(any(word in row for each in before.values() for row in each) for word in WORDS)
    order_id = order(app)
    assert carry_out(app) == [order_id]
    after = rows.dump(app)
    marks = (*WORDS, str(AOI.id), AOI.id.hex, "葵")
    found = [
        (name, mark, row[:300])
        for name, each in after.items()
        if name not in STAYS
        for row in each
        for mark in marks
        if mark in row
    ]
    assert not found, found[:5]
    for row in after["audit_entries"]:
        assert not [word for word in WORDS if word in row], row
    for name, each in after.items():
        mine = [row for row in each if str(BEN.id) in row or BEN.id.hex in row]
        theirs = [row for row in before[name] if str(BEN.id) in row or BEN.id.hex in row]
        assert mine == theirs, name
    assert list(after["statements"]) == [row for row in before["statements"] if str(BEN.id) in row]
    certificate = the_order(app, order_id)
    assert certificate.state == "done"
    for name, count in certificate.counts.items():
        gone = len(before[name]) - len(after[name])
        assert gone == count or name in {"roster_imports", "statement_terms"}, name
    with app.app_context():
        assert set(dict(keeper.here().made.kept())) == others


def test_what_other_systems_ask_goes_on(app):
    life.live(app, BEN, days=(2,))
    life.live(app, AOI, days=(3,))
    reader = ReadingApp(app)
    reader.ask()
    leave(app)
    order(app, without_export=True)
    carry_out(app)
    found = reader.ask()
    names = {each["actor"].get("account", {}).get("name") for each in found}
    assert str(AOI.id) not in names and str(BEN.id) in names
    by_agent = {"agent": json.dumps({"account": {
        "homePage": "https://idp.hinata.example/", "name": str(AOI.id)}})}  # fmt: skip
    assert reader.ask(**by_agent) == []
    assert reader.ask(verb="http://adlnet.gov/expapi/verbs/answered")


def test_what_came_with_statements_goes_unless_somebody_elses_has_it_too(app):
    mine, shared = b"a photo of a notebook", b"the same worksheet"
    for member, parts in ((AOI, (mine, shared)), (BEN, (shared,))):
        life.attach(app, member, *parts)
    leave(app)
    files = app.extensions["attachments"]
    assert files.get(HINATA, sha256(mine).hexdigest()) == mine
    order_id = order(app, without_export=True)
    carry_out(app)
    assert the_order(app, order_id).counts["attachments"] == 1
    assert files.get(HINATA, sha256(mine).hexdigest()) is None
    assert files.get(HINATA, sha256(shared).hexdigest()) == shared


def agent(name, page=IDENTITY_PROVIDER):
    return {"account": {"homePage": page, "name": str(name)}}


def test_a_login_name_that_went_to_another_child_takes_nothing_of_theirs(app):
    """Aoi had 4201 until her last day; it is Ken's now, and everything since then is his."""
    now = clock.now()
    with app.app_context(), unit_of_work(SystemScope("a name goes on")) as scope:
        scope.session.get(User, KEN.id).username = "4201"
        scope.session.add(
            IdentityLink(
                district_id=HINATA, id=key("4201"), issuer="roster", name="4201", user_id=AOI.id,
                ends_at=now - timedelta(days=300),
            )
        )  # fmt: skip
        audit.record(scope, "roster:changed", "4201")
    life.live(app, AOI, days=(5,))
    life.send(app, [
        life.answered(AOI, 900, now - timedelta(days=400), actor=agent("4201")),
        life.answered(KEN, 901, now - timedelta(days=1), actor=agent("4201")),
        life.answered(KEN, 902, now, actor=agent("4201", "https://another.example/")),
    ])  # fmt: skip
    reader = ReadingApp(app)
    by_name = {"agent": json.dumps(agent("4201"))}
    assert len(reader.ask(**by_name)) == 2
    leave(app)
    order(app, without_export=True)
    carry_out(app)
    assert [each["object"]["id"] for each in reader.ask(**by_name)] == [
        "https://drill.example/question/901"
    ]
    kept = "\n".join(rows.dump(app)["statements"])
    assert "question/902" in kept and "question/900" not in kept


def test_what_others_did_with_the_child_stays_and_names_nobody(app):
    now = clock.now()
    both = {"objectType": "Group", "member": [agent(AOI.id), agent(BEN.id)]}
    alone = {"objectType": "Group", "member": [agent(AOI.id)]}
    told = life.answered(BEN, 500, now, context={"team": both, "instructor": agent(AOI.id)})
    group = life.answered(BEN, 501, now, actor=alone)
    life.send(app, [told, group])
    reader = ReadingApp(app)
    near = {"agent": json.dumps(agent(AOI.id)), "related_agents": "true"}
    assert len(reader.ask(**near)) == 2
    leave(app)
    order_id = order(app, without_export=True)
    carry_out(app)
    assert the_order(app, order_id).counts["redacted"] == 2
    assert not [row for row in rows.dump(app)["statements"] if str(AOI.id) in row]
    assert reader.ask(**near) == []
    near["agent"] = json.dumps(agent(BEN.id))
    [found] = reader.ask(**near)
    assert found["context"]["team"]["member"][1]["account"]["name"] == str(BEN.id)
    assert found["context"]["team"]["member"][0]["account"]["name"] == "nobody"
    # Whoever sends it again is told that it is there.
    life.send(app, [told])


def test_reports_of_others_stay_whole(app):
    """A short login name stands in many a text, and a child of the name in other districts."""
    outcome = {"line": ["row 1 of 12"], "1": ["𠮷田 勉", "12"], "who": ["髙﨑 葵"]}
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.get(User, AOI.id).sourced_id = "1"
        for district_id in (HINATA, MINATO):
            scope.session.add(
                RosterImport(district_id=district_id, id=key(f"import {district_id}"),
                             file_name="r.zip", state="done", outcome=outcome)
            )  # fmt: skip
        audit.record(scope, "test:made", "test")
    leave(app)
    order(app, without_export=True)
    carry_out(app)
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = {
            row.district_id: row.outcome for row in scope.session.scalars(select(RosterImport))
        }
    assert found == {HINATA: {**outcome, "who": [""]}, MINATO: outcome}


def go_on(app, today):
    """Aoi leaves the primary school for the secondary one."""
    leave(app, days=100)
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            UserRole(
                school_id=SECONDARY, id=key("role aoi later"), sourced_id="role aoi later",
                user_id=AOI.id, role="student", role_type="primary",
                starts_on=today - timedelta(days=100),
            )
        )  # fmt: skip
        audit.record(scope, "roster:changed", "aoi")


@pytest.mark.parametrize("has_left", [False, True])
def test_the_school_before_neither_exports_nor_deletes(app, browser, has_left):
    """A child went on to another school of the district, and may have left that one, too."""
    today = clock.today()
    go_on(app, today)
    if has_left:
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            role = scope.session.get(UserRole, (SECONDARY, key("role aoi later")))
            role.ends_before = today
            audit.record(scope, "roster:changed", "aoi")
    me = browser(OKA)
    assert not me.get("/handover").says(AOI.given_name)
    url = f"/handover/leavers/{AOI.id}"
    assert me.get(url).status == 404
    assert me.post(f"{url}/package", {}).status == 404
    form = {"kind": "request", "without_export": "y"}
    assert me.post(f"{url}/order", form).status == 404
    dumped = rows.dump(app)
    assert dumped["handover_packages"] == dumped["deletion_orders"] == []
    with app.app_context(), unit_of_work(replace(scope_of(OKA), school_id=SECONDARY)) as scope:
        if has_left:
            assert operations.order(scope, OrderDraft(AOI.id, "graduate")).school_id == SECONDARY


def test_an_order_waits_for_its_day_an_export_and_whoever_comes_back(app):
    life.live(app, AOI, days=(5,))
    leave(app, days=10)
    order_id = order(app)
    assert carry_out(app) == []
    assert the_order(app, order_id).due_on == clock.today() + timedelta(days=365 - 11)
    clock.shift(timedelta(days=400))
    assert carry_out(app) == []
    assert the_order(app, order_id).trouble == "no_export"
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        operations.allow_without_export(scope, operations.the_order(scope, order_id))
    life.leave(app, AOI, None)
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.get(UserRole, (PRIMARY, key("role aoi"))).status = "active"
        audit.record(scope, "roster:changed", "aoi")
    assert carry_out(app) == []
    assert the_order(app, order_id).trouble == "at_school"
    leave(app)
    assert carry_out(app) == [order_id]


def test_a_hold_keeps_everything(app):
    life.live(app, AOI, days=(5,))
    leave(app)
    order_id = order(app, without_export=True)
    before = elsewhere.contents(app, AOI)
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        row = operations.the_order(scope, order_id)
        with pytest.raises(InvalidError, match="needed"):
            operations.hold(scope, row, "")
        operations.hold(scope, row, "家庭裁判所")
        with pytest.raises(StateError):
            operations.cancel(scope, row)
    assert carry_out(app) == []
    assert elsewhere.contents(app, AOI) == before
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        operations.release(scope, operations.the_order(scope, order_id))
    assert carry_out(app) == [order_id]
    assert the_order(app, order_id).held_because == ""


def test_only_whoever_left_this_school_can_be_ordered(app):
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope, pytest.raises(NotFoundError):
        operations.order(scope, OrderDraft(AOI.id, "request"))
    leave(app)
    with app.app_context(), unit_of_work(scope_of(SATO)) as scope, pytest.raises(NotFoundError):
        operations.order(scope, OrderDraft(AOI.id, "request"))
    order(app)
    with pytest.raises(InvalidError, match="ordered"):
        order(app)


def test_every_table_that_points_at_persons_is_found(app):
    """A table that comes later is deleted from as well, or a column is called otherwise here."""
    found = {place.name for place in store.places()} | store.KEPT_TABLES
    #: Persons who do something: staff, whose doing stays when a child goes.
    doers = {"made_by", "decided_by", "confirmed_by", "undone_by", "ordered_by", "held_by",
             "fetched_by", "taken_back_by", "teacher_id",
             "seen_by", "told_by", "worked_on_by", "given_by", "ended_by", "asked_by", "taken_by",
             "answered_by"}  # fmt: skip
    things = set()
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        for column in table.columns:
            is_person = column.key in store.PERSON_COLUMNS or any(
                each.column.table.name == "users" for each in column.foreign_keys
            )
            if is_person:
                assert table.name in found, table.name
            elif column.key.endswith("_by") and not isinstance(column.type, String):
                assert column.key in doers, (table.name, column.key)
        if issubclass(mapper.class_, StudentOwned):
            assert table.name in found
    assert not things


def test_whatever_a_child_reads_is_in_the_export_or_said_to_be_left_out(app):
    own = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, StudentOwned) and Relation.SELF in mapper.class_.readers
    }
    told = {row_class.__tablename__ for row_class in contents.MODELS.values()}
    assert own == told | contents.LEFT_OUT.keys()
    assert not told & contents.LEFT_OUT.keys()
