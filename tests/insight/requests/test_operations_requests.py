"""Asking, taking up, answering; who finds what of it; and that nothing of it stays behind."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import InvalidRequestError

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.errors import (
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StateError,
)
from aarportal.core.ownership import Relation
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover.erasing.store import places
from aarportal.insight.handover.leaving import operations as leaving
from aarportal.insight.handover.models import HandoverPackage
from aarportal.insight.purposes import register
from aarportal.insight.requests import operations, store
from aarportal.insight.requests.models import DataRequest
from aarportal.insight.requests.operations import AnswerDraft, RequestDraft
from aarportal.insight.requests.states import MAX_WORDS, OWN_WORDS, RequestKind
from aarportal.people.roster.models import Enrollment, UserRole
from tests import cast
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    DOI,
    GEN,
    GOTO,
    HANA,
    HEAD,
    IWA,
    KEN,
    KIKUCHI,
    MORI,
    NURSE,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    SYSTEM,
    YUKARI,
    scope_of,
)
from tests.insight.handover import life

EXPORT, CORRECTION, DELETION = RequestKind
SECRET = "ないしょの ことば"


@pytest.fixture(autouse=True)
def stage(database):
    with database.app.app_context():
        with unit_of_work(SystemScope("more")) as scope:
            cast.enter_more(scope)
        yield


def seen_by(member):
    """The scope of one of the cast, with the relations that it holds."""
    scope = scope_of(member)
    if member is YUKARI:
        scope.students[Relation.GUARDS] = frozenset({AOI.id})
    if member is KIKUCHI:
        scope.students[Relation.CASE] = frozenset({BEN.id, AOI.id})
    return scope


def asked(member, kind=CORRECTION, student=None, **values):
    values = {"data_kind": "name", "words": SECRET, "wanted": "ほんとうの じ"} | values
    draft = RequestDraft(kind, (student or member).id, **values)
    with unit_of_work(seen_by(member)) as scope:
        return operations.ask(scope, draft).id


def taken(member, request_id):
    with unit_of_work(seen_by(member)) as scope:
        operations.take_up(scope, request_id)


def finished(member, request_id, **values):
    draft = AnswerDraft(**({"is_done": True, "answer": "なおしました"} | values))
    with unit_of_work(seen_by(member)) as scope:
        operations.finish(scope, request_id, draft)


CHANGED = {"changed_what": "名簿", "changed_from": "高崎", "changed_to": "髙﨑"}


def row_of(request_id):
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        return scope.session.scalars(select(DataRequest).where(DataRequest.id == request_id)).one()


def traces(request_id):
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.object_id == str(request_id))
        found = scope.session.scalars(query).all()
        # Two traces of one step have one moment.
        return sorted(found, key=lambda each: (each.at, each.verb))


def own_words_of(member):
    with unit_of_work(seen_by(member), read_only=True) as scope:
        return [it.row.words for it in store.own(scope)]


def test_every_step_leaves_a_trace_that_says_nothing_of_the_words():
    request_id = asked(AOI)
    taken(OKA, request_id)
    finished(OKA, request_id, **CHANGED)
    found = traces(request_id)
    assert [(each.verb.partition(":")[2], each.actor_id) for each in found] == [
        ("asked", AOI.id), ("taken_up", OKA.id), ("corrected", OKA.id), ("done", OKA.id),
    ]  # fmt: skip
    assert {each.student_id for each in found} == {AOI.id}
    assert {each.detail for each in found} == {"correction name", "correction"}
    row = row_of(request_id)
    assert (row.changed_what, row.changed_from, row.changed_to) == tuple(CHANGED.values())
    assert (row.state, row.answer, row.answered_by) == ("done", "なおしました", OKA.id)


def test_the_words_do_not_stand_in_the_database_in_the_clear(database):
    request_id = asked(AOI)
    taken(OKA, request_id)
    finished(OKA, request_id, answer=SECRET, **CHANGED)
    from aarportal.core.database import db

    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select words, wanted, answer, changed_what, changed_from, changed_to"
            " from data_requests"
        ).one()
    plain = [text.encode() for text in (SECRET, "ほんとう", *CHANGED.values())]
    for sealed in found:
        assert len(sealed) > 20
        assert not [text for text in plain if text in bytes(sealed)]


def test_each_asker_finds_what_they_asked_and_nothing_of_the_other():
    asked(AOI, words="葵の ことば")
    asked(YUKARI, student=AOI, words="母の ことば")
    assert own_words_of(AOI) == ["葵の ことば"]
    assert own_words_of(YUKARI) == ["母の ことば"]
    assert own_words_of(BEN) == []


@pytest.mark.parametrize(
    "member",
    [BEN, HANA, KEN, GEN, CHIBA, DOI, MORI, SATO, NURSE, KIKUCHI, IWA, SYSTEM, GOTO],
    ids=lambda it: it.name,
)
def test_for_nobody_else_there_is_a_row(member):
    request_id = asked(AOI)
    with unit_of_work(seen_by(member), read_only=True) as scope:
        assert not scope.session.scalars(select(DataRequest)).all()
        with pytest.raises(NotFoundError):
            store.one(scope, request_id)
    for act in (taken, finished):
        with pytest.raises(NotFoundError):
            act(member, request_id)
    assert row_of(request_id).state == "asked"


@pytest.mark.parametrize("member", [OKA, HEAD], ids=lambda it: it.name)
def test_the_office_and_the_head_of_the_school_read_it(member):
    request_id = asked(YUKARI, student=AOI)
    with unit_of_work(seen_by(member), read_only=True) as scope:
        waiting, answered = store.of_school(scope)
        assert [(it.row.id, it.row.asked_as) for it in waiting] == [(request_id, "guardian")]
        assert not answered
    with unit_of_work(seen_by(member), read_only=True) as scope:
        assert store.one(scope, request_id).row.words == SECRET


def test_one_request_that_cannot_be_opened_hides_no_other(database):
    broken, whole = asked(AOI), asked(BEN)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("update data_requests set answer = words, wanted = words")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        waiting, _answered = store.of_school(scope)
        assert {it.row.id for it in waiting} == {broken, whole}
        with pytest.raises(InvalidRequestError):
            _ = waiting[0].row.words


def test_the_school_that_was_asked_answers_though_the_child_is_at_another_one_by_now(database):
    request_id, copy = asked(AOI), asked(AOI, kind=EXPORT)
    gone(database.app, AOI, SECONDARY, starts_on=clock.today())
    with unit_of_work(seen_by(OKA), read_only=True) as scope:
        waiting, _answered = store.of_school(scope)
        assert {it.row.id for it in waiting} == {request_id, copy}
    for each, more in ((request_id, CHANGED), (copy, {})):
        taken(OKA, each)
        finished(OKA, each, **more)
    moved = replace(seen_by(AOI), school_id=SECONDARY, other_school_ids=frozenset({PRIMARY}))
    with unit_of_work(moved, read_only=True) as scope:
        assert {it.row.answer for it in store.own(scope)} == {"なおしました"}
    with unit_of_work(seen_by(MORI), read_only=True) as scope:
        assert not scope.session.scalars(select(DataRequest)).all()


def test_a_mother_reads_the_answer_after_the_first_of_april_too():
    request_id = asked(YUKARI, student=AOI)
    next_year = date(clock.today().year + 2, 4, 1)
    with unit_of_work(replace(seen_by(YUKARI), since=next_year), read_only=True) as scope:
        assert [it.row.id for it in store.own(scope)] == [request_id]


def test_a_child_of_two_schools_asks_the_one_at_which_they_came_in():
    with unit_of_work(SystemScope("roster")) as scope:
        scope.session.add(
            UserRole(school_id=SECONDARY, sourced_id="two", user_id=AOI.id, role="student",
                     role_type="secondary")
        )  # fmt: skip
        audit.record(scope, "test", AOI.id)
    for kind, here, other in ((EXPORT, PRIMARY, SECONDARY), (DELETION, SECONDARY, PRIMARY)):
        there = replace(seen_by(AOI), school_id=here, other_school_ids=frozenset({other}))
        with unit_of_work(there) as scope:
            request_id = operations.ask(scope, RequestDraft(kind, AOI.id)).id
        assert row_of(request_id).school_id == here


@pytest.mark.parametrize(
    ("member", "student"),
    [(AOI, BEN), (YUKARI, BEN), (OKA, KEN), (SATO, AOI), (OKA, GEN)],
    ids=lambda it: it.name,
)
def test_nobody_asks_about_a_pupil_who_is_not_theirs(member, student):
    with pytest.raises(InvalidError, match="student_id"):
        asked(member, student=student)


@pytest.mark.parametrize("member", [CHIBA, KIKUCHI, NURSE, IWA, SYSTEM], ids=lambda it: it.name)
def test_whoever_has_no_child_here_asks_nothing(member):
    with pytest.raises(NotAllowedError):
        asked(member, student=AOI)


def test_what_somebody_came_to_say_is_written_down_by_the_office():
    request_id = asked(OKA, student=BEN, kind=DELETION)
    row = row_of(request_id)
    assert (row.asked_as, row.asked_by, row.student_id) == ("in_person", OKA.id, BEN.id)
    assert (row.data_kind, row.wanted) == ("", "")
    assert own_words_of(BEN) == []


def gone(app, member, role=None, **values):
    """The roster says that somebody left; `role` says where they are now."""
    life.leave(app, member, clock.today())
    with unit_of_work(SystemScope("roster")) as scope:
        seat = update(Enrollment).where(Enrollment.user_id == member.id)
        scope.session.execute(seat.values(ends_before=clock.today()))
        if role is not None:
            scope.session.add(
                UserRole(school_id=role, sourced_id="later", user_id=member.id, role="student",
                         role_type="primary", **values)
            )  # fmt: skip
        audit.record(scope, "test", member.id)


def offered(member):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return {it.id for it in store.leavers(scope, clock.today())}


@pytest.mark.parametrize("member", [OKA, HEAD], ids=lambda it: it.name)
def test_the_office_asks_about_those_who_left_and_nobody_elses_children(database, member):
    gone(database.app, BEN)
    gone(database.app, KEN)
    gone(database.app, GEN)
    assert offered(member) == {BEN.id}
    rows, _count = leaving.leavers(scope_of(member), "", 1, 40)
    assert {it.leaver.id for it in rows} == offered(member)
    request_id = asked(member, student=BEN)
    assert row_of(request_id).school_id == BEN.school_id
    for other in (KEN, GEN):
        with pytest.raises(InvalidError, match="student_id"):
            asked(member, student=other)
    taken(member, request_id)
    finished(member, request_id, **CHANGED)


def test_whoever_goes_on_at_another_school_is_that_schools_to_ask(database):
    gone(database.app, BEN, SECONDARY, starts_on=clock.today())
    assert not offered(OKA)
    with pytest.raises(InvalidError, match="student_id"):
        asked(OKA, student=BEN)


def test_nobody_else_asks_about_those_who_left(database):
    gone(database.app, AOI)
    for member in (AOI, YUKARI, SATO):
        assert not offered(member)
        with pytest.raises(InvalidError, match="student_id"):
            asked(member, student=AOI)


def test_a_copy_for_whoever_left_is_the_offices_to_hand_out(database):
    gone(database.app, BEN)
    request_id = asked(OKA, kind=EXPORT, student=BEN)
    taken(OKA, request_id)
    finished(OKA, request_id)
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        [package] = scope.session.scalars(select(HandoverPackage)).all()
    assert (package.student_id, package.for_student) == (BEN.id, False)


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"data_kind": "nothing"}, "data_kind", "choice"),
        ({"data_kind": ""}, "data_kind", "choice"),
        ({"words": "  "}, "words", "needed"),
        ({"words": "x" * (MAX_WORDS + 1)}, "words", "length"),
        ({"wanted": "x" * (MAX_WORDS + 1)}, "wanted", "length"),
    ],
)
def test_a_correction_says_what_and_not_too_much(values, field, rule):
    with pytest.raises(InvalidError) as caught:
        asked(AOI, **values)
    assert (caught.value.field, caught.value.rule) == (field, rule)


def test_the_same_is_asked_once_until_it_is_answered():
    first = asked(AOI)
    with pytest.raises(InvalidError, match="standing"):
        asked(AOI)
    asked(AOI, data_kind="grades")
    asked(YUKARI, student=AOI)
    taken(OKA, first)
    finished(OKA, first, is_done=False)
    asked(AOI)


def test_an_answer_needs_somebody_who_took_it_up_and_comes_once():
    request_id = asked(AOI)
    with pytest.raises(StateError):
        finished(OKA, request_id, **CHANGED)
    taken(OKA, request_id)
    with pytest.raises(StateError):
        taken(HEAD, request_id)
    finished(HEAD, request_id, **CHANGED)
    with pytest.raises(StateError):
        finished(OKA, request_id, is_done=False)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"answer": " ", **CHANGED}, "answer"),
        ({"is_done": False, "answer": ""}, "answer"),
        ({}, "changed_what"),
        ({**CHANGED, "changed_from": ""}, "changed_from"),
        ({**CHANGED, "changed_to": "x" * 101}, "changed_to"),
    ],
)
def test_an_answer_that_says_too_little_changes_nothing(values, field):
    request_id = asked(AOI)
    taken(OKA, request_id)
    with pytest.raises(InvalidError) as caught:
        finished(OKA, request_id, **values)
    assert caught.value.field == field
    assert row_of(request_id).state == "taken_up"


@pytest.mark.parametrize("data_kind", sorted(OWN_WORDS))
def test_a_pupils_own_words_are_changed_by_the_pupil(data_kind):
    request_id = asked(AOI, data_kind=data_kind)
    taken(OKA, request_id)
    with pytest.raises(InvalidError, match="own_words"):
        finished(OKA, request_id, **CHANGED)
    finished(OKA, request_id, answer="じぶんで なおせます")
    assert "data_request:corrected" not in {each.verb for each in traces(request_id)}


@pytest.mark.parametrize(
    ("table", "is_own"),
    [("goals", True), ("plan_sessions", True), ("if_thens", True), ("reflections", True),
     ("term_letters", True), ("drafts", True), ("attributions", True),
     ("teacher_feedback", False), ("users", False), ("learning_records", False)],
)  # fmt: skip
def test_what_a_pupil_wrote_is_the_pupils_to_change_and_what_a_teacher_wrote_is_not(table, is_own):
    (data_kind,) = (kind.key for kind in register.kinds() if table in kind.tables)
    request_id = asked(AOI, data_kind=data_kind)
    taken(OKA, request_id)
    if is_own:
        with pytest.raises(InvalidError, match="own_words"):
            finished(OKA, request_id, **CHANGED)
    else:
        finished(OKA, request_id, **CHANGED)
        assert row_of(request_id).changed_to == CHANGED["changed_to"]


def test_a_copy_is_the_pupils_own_export_and_the_pupils_alone():
    request_id = asked(YUKARI, kind=EXPORT, student=AOI)
    taken(OKA, request_id)
    finished(OKA, request_id)
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        [package] = scope.session.scalars(select(HandoverPackage)).all()
    assert (package.student_id, package.for_student, package.made_by) == (AOI.id, True, OKA.id)


@pytest.mark.parametrize("kind", [CORRECTION, DELETION])
def test_nothing_else_makes_a_file_or_deletes(kind):
    request_id = asked(AOI, kind=kind)
    taken(OKA, request_id)
    finished(OKA, request_id, **(CHANGED if kind is CORRECTION else {}))
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        assert not scope.session.scalars(select(HandoverPackage)).all()


def test_a_refused_copy_makes_no_file():
    request_id = asked(AOI, kind=EXPORT)
    taken(OKA, request_id)
    finished(OKA, request_id, is_done=False, answer="いまは できません")
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        assert not scope.session.scalars(select(HandoverPackage)).all()
    assert row_of(request_id).answer == "いまは できません"


def test_the_board_counts_and_a_due_day_that_is_past_is_counted_apart():
    first = asked(AOI)
    asked(KEN)
    asked(GEN)
    asked(BEN, kind=EXPORT)
    taken(OKA, first)
    finished(OKA, first, is_done=False)
    counted = {it.school: (it.waiting, it.past_due, it.done, it.refused)
               for it in operations.counts(seen_by(IWA))}  # fmt: skip
    assert counted == {"ひなた小学校": (1, 0, 0, 1), "ひなた中学校": (1, 0, 0, 0)}
    clock.shift(timedelta(days=31))
    late = {it.school: it.past_due for it in operations.counts(seen_by(IWA))}
    assert late == {"ひなた小学校": 1, "ひなた中学校": 1}


def test_a_request_that_is_none_is_not_found():
    with pytest.raises(NotFoundError):
        taken(OKA, uuid4())


def test_the_deletion_of_a_leaver_finds_the_table():
    found = {place.name: place.columns for place in places()}
    assert found["data_requests"] == ("student_id",)
