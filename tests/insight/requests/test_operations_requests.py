"""Asking, taking up, answering; who finds what of it; and that nothing of it stays behind."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
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
from aarportal.insight.handover.models import HandoverPackage
from aarportal.insight.requests import operations, store
from aarportal.insight.requests.models import DataRequest
from aarportal.insight.requests.operations import AnswerDraft, RequestDraft
from aarportal.insight.requests.states import MAX_WORDS, RequestKind
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
    SATO,
    SYSTEM,
    YUKARI,
    scope_of,
)

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
    assert [(it.row.id, it.row.words, it.row.asked_as) for it in waiting] == [
        (request_id, SECRET, "guardian")
    ]
    assert not answered


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


@pytest.mark.parametrize("data_kind", ["goals", "reflections", "thoughts", "drafts"])
def test_a_pupils_own_words_are_changed_by_the_pupil(data_kind):
    request_id = asked(AOI, data_kind=data_kind)
    taken(OKA, request_id)
    with pytest.raises(InvalidError, match="own_words"):
        finished(OKA, request_id, **CHANGED)
    finished(OKA, request_id, answer="じぶんで なおせます")
    assert "data_request:corrected" not in {each.verb for each in traces(request_id)}


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
