"""From statements to records: whose they are, where they belong, and that the sums are true."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.scope import AppScope
from aarportal.cycle.action.models import (
    DayRollup,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.action.xapi.operations import StatementConflictError
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import CycleState
from aarportal.cycle.units.models import Unit
from aarportal.people.roster.models import Enrollment, User
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    GEN,
    HANA,
    HINATA,
    KEN,
    PRIMARY,
    SCIENCE_4_2,
    SECONDARY,
    UNIT_DIVISION,
    UNIT_WATER,
    key,
)
from tests.cycle.action.intake.stream import (
    CODE,
    MINUTE,
    NOW,
    OTHER_CODE,
    TODAY,
    account,
    one,
    own_id,
    rows,
    said,
    send,
    write,
)


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


# --- whose it is --------------------------------------------------------------------------------


@pytest.fixture
def names(in_app):
    """Aoi and Ben have another name of each kind; Ben's login name is Aoi's id in the roster."""

    def give(session):
        aoi, ben = session.get(User, AOI.id), session.get(User, BEN.id)
        aoi.master_identifier, aoi.sourced_id = "master-aoi", "roster-aoi"
        ben.master_identifier, ben.sourced_id = "shared", "roster-ben"
        hana = session.get(User, HANA.id)
        hana.username = "shared"
        ken = session.get(User, KEN.id)
        ken.sourced_id = "hana@hinata.example"

    write(give)


STUDENTS = {
    "master identifier": (account("master-aoi"), AOI),
    "login name": (account("aoi@hinata.example"), AOI),
    "id in the roster": (account("roster-aoi"), AOI),
    "another home page": (
        {"account": {"homePage": "https://elsewhere.example/", "name": "master-aoi"}},
        AOI,
    ),
    "mail": ({"mbox": "mailto:aoi@hinata.example"}, AOI),
    "mail, domain in capitals": ({"mbox": "mailto:aoi@HINATA.Example"}, AOI),
    "a master identifier goes before a login name": (account("shared"), BEN),
    "at the other school": (account("hana@hinata.example"), KEN),
    "a group known by its account": ({"objectType": "Group", **account("master-aoi")}, AOI),
}


@pytest.mark.parametrize(("actor", "student"), STUDENTS.values(), ids=STUDENTS)
def test_a_student_is_known_by(names, actor, student):
    [id_] = send(said(actor))
    record = one(LearningRecord)
    assert (record.id, record.student_id, record.school_id) == (
        own_id(id_), student.id, student.school_id,
    )  # fmt: skip
    assert rows(QuarantinedStatement) == []


WAITING = {
    "nobody we know": (account("s0001"), "unknown_actor", ("https://idp.hinata.example/", "s0001")),
    "a mail, but no login name": ({"mbox": "mailto:master-aoi@x.example"}, "unknown_actor", None),
    "a mail like an id in the roster": (
        {"mbox": "mailto:hana@hinata.example"}, "unknown_actor", None,
    ),
    "a login name in other letters": (account("AOI@hinata.example"), "unknown_actor", None),
    "the name of a person": (account("葵"), "unknown_actor", None),
    "a hash": ({"mbox_sha1sum": "0" * 40}, "unknown_actor", ("mbox_sha1sum", "0" * 40)),
    "an OpenID": ({"openid": "https://aoi.example/"}, "unknown_actor", None),
    "several without a name": (
        {"objectType": "Group", "member": [account(AOI.id)]}, "unknown_actor", ("", ""),
    ),
    "a student of another district": (account(GEN.id), "unknown_actor", None),
    "a teacher": (account(CHIBA.id), "not_a_student", None),
}  # fmt: skip


@pytest.mark.parametrize(("actor", "reason", "shown"), WAITING.values(), ids=WAITING)
def test_a_statement_waits_whose_actor_is(names, actor, reason, shown):
    [id_] = send(said(actor))
    waiting = one(QuarantinedStatement)
    assert (waiting.statement_id, waiting.reason, waiting.app_id) == (
        own_id(id_), reason, APP_DRILL,
    )  # fmt: skip
    assert shown is None or (waiting.issuer, waiting.name) == shown
    assert one(StoredStatement).given_id == id_
    assert rows(LearningRecord) == rows(DayRollup) == rows(LearningCycle) == []


def test_what_is_no_learning_waits(in_app):
    send(said(verb="logged-in"))
    assert one(QuarantinedStatement).reason == "no_learning"
    assert rows(LearningRecord) == []


def test_one_who_waits_does_not_keep_the_others(in_app):
    good, bad = said(), said(account("s0001"))
    assert send(bad, good) == [UUID(bad["id"]), UUID(good["id"])]
    assert one(LearningRecord).id == own_id(good["id"])
    assert one(QuarantinedStatement).statement_id == own_id(bad["id"])


def test_what_is_made_of_a_statement_has_its_id_which_grows_as_the_log_does(in_app):
    batches = [[said(), said(account("s0001"))], [said(BEN), said(KEN)], [said(HANA)]]
    sent = [id_ for batch in batches for id_ in send(*batch)]
    log = sorted(rows(StoredStatement), key=lambda row: row.position)
    assert [row.given_id for row in log] == sent
    ids = [row.id for row in log]
    assert ids == sorted(set(ids))
    assert one(QuarantinedStatement).statement_id == ids.pop(1)
    assert sorted(row.id for row in rows(LearningRecord)) == ids


def test_a_replay_of_what_waits_waits_once(in_app):
    bad = said(account("s0001"))
    send(bad)
    send(bad)
    assert len(rows(QuarantinedStatement)) == 1


def test_an_app_of_one_school_writes_nothing_for_another(in_app):
    primary_only = AppScope(APP_DRILL, HINATA, frozenset({PRIMARY}))
    send(said(KEN), said(AOI), scope=primary_only)
    assert one(LearningRecord).student_id == AOI.id
    assert one(QuarantinedStatement).reason == "not_a_student"


#: Change of Aoi's seat in class 4-2 and in science -> is she a student today?
SEATS = {
    "left yesterday": ({"ends_before": TODAY}, False),
    "leaves tomorrow": ({"ends_before": TODAY + timedelta(1)}, True),
    "comes tomorrow": ({"starts_on": TODAY + timedelta(1)}, False),
    "came today": ({"starts_on": TODAY}, True),
}


@pytest.mark.parametrize(("dates", "seated"), SEATS.values(), ids=SEATS)
def test_a_student_is_one_on_the_days_of_the_enrollment(in_app, dates, seated):
    def change(session):
        for seat in session.scalars(select(Enrollment).where(Enrollment.user_id == AOI.id)):
            for name, day in dates.items():
                setattr(seat, name, day)

    write(change)
    send(said())
    assert len(rows(LearningRecord)) == int(seated)
    assert [row.reason for row in rows(QuarantinedStatement)] == ["not_a_student"] * (not seated)


def test_a_child_between_two_schools_waits(in_app):
    write(
        lambda session: session.add(
            Enrollment(
                school_id=SECONDARY, id=key("second seat"), sourced_id="second seat",
                class_id=CLASS_J2_1, user_id=AOI.id, role="student",
            )
        )
    )  # fmt: skip
    send(said())
    assert one(QuarantinedStatement).reason == "ambiguous_actor"


def test_a_conflict_takes_nothing_of_its_batch(in_app):
    known = said()
    send(known)
    with pytest.raises(StatementConflictError, match=known["id"]):
        send(said(BEN), {**known, "result": {"success": False}})
    assert len(rows(StoredStatement)) == len(rows(LearningRecord)) == 1


# --- which unit ---------------------------------------------------------------------------------


def unit(name: str, code: str = "", subject: str = "sansu", class_id=CLASS_4_2, **dates) -> Unit:
    span = {"starts_on": date(2026, 4, 1), "ends_before": date(2027, 4, 1), **dates}
    return Unit(
        school_id=PRIMARY, id=key(name), class_id=class_id, subject=subject, title=name, code=code,
        **span,
    )  # fmt: skip


ENDED = {"ends_before": TODAY}
NOT_YET = {"starts_on": TODAY + timedelta(1)}
#: Units beside the cast's -> what the statement says -> the unit, and the subject kept.
UNITS = {
    "the only one of the subject": ([], {}, UNIT_DIVISION, "sansu"),
    "another subject": ([], {"subject": "理科"}, UNIT_WATER, "rika"),
    "a subject without a unit": ([], {"subject": "社会"}, None, "shakai"),
    "no subject": ([], {"subject": ""}, None, ""),
    "a subject that nobody knows": ([], {"subject": "魔法"}, None, ""),
    "one of two by its code": (
        [unit("angles", CODE)], {"code": CODE}, key("angles"), "sansu",
    ),
    "the code goes before the subject": (
        [unit("stars", CODE, "rika")], {"code": CODE}, key("stars"), "rika",
    ),
    "two of a subject and no code": ([unit("angles", CODE)], {}, None, "sansu"),
    "two of a subject and a code of neither": (
        [unit("angles", CODE)], {"code": OTHER_CODE}, None, "sansu",
    ),
    "two with one code": (
        [unit("angles", CODE), unit("more angles", CODE)], {"code": CODE}, None, "sansu",
    ),
    "an unknown code and one unit of the subject": (
        [], {"code": OTHER_CODE}, UNIT_DIVISION, "sansu",
    ),
    "one that ended": ([unit("angles", CODE, **ENDED)], {"code": CODE}, UNIT_DIVISION, "sansu"),
    "one that has not begun": (
        [unit("angles", CODE, **NOT_YET)], {"code": CODE}, UNIT_DIVISION, "sansu",
    ),
    "of another of her classes": (
        [unit("stars", CODE, "rika", SCIENCE_4_2)], {"code": CODE, "subject": "理科"},
        key("stars"), "rika",
    ),
    "of a class she is not in": (
        [unit("shapes", CODE, "zuko", CLASS_1_1)], {"code": CODE, "subject": ""}, None, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "says", "wanted", "subject"), UNITS.values(), ids=UNITS)
def test_a_record_belongs_to_the_unit(in_app, more, says, wanted, subject):
    def add(session):
        for each in more:
            columns = {c.key: getattr(each, c.key) for c in Unit.__mapper__.column_attrs}
            session.add(Unit(**{name: v for name, v in columns.items() if v is not None}))

    write(add)
    send(said(**says))
    record = one(LearningRecord)
    assert (record.unit_id, record.subject) == (wanted, subject)
    assert record.unit_code == says.get("code", "")


# --- which lap ----------------------------------------------------------------------------------


def lap(opened_at: datetime, **parts) -> UUID:
    """A lap of Aoi's in division, begun with a goal."""
    id_ = uuid4()
    values = {
        "student_id": AOI.id, "class_id": CLASS_4_2, "subject": "sansu", "unit_id": UNIT_DIVISION,
        "state": CycleState.ANTICIPATING, "state_since": opened_at, "updated_at": opened_at,
        "opened_on": clock.school_day_of(opened_at), **parts,
    }  # fmt: skip
    write(
        lambda session: session.add(
            LearningCycle(school_id=PRIMARY, id=id_, opened_at=opened_at, **values)
        )
    )
    return id_


CLOSED = {"state": CycleState.CLOSED, "closed_at": NOW - 20 * MINUTE}
#: A lap: when it was opened before now (minutes), its other columns, when the record was made
#: (minutes before now), what it says -> does it belong there?
LAPS = {
    "while it was going on": (60, {}, 5, {}, True),
    "at the moment it was opened": (60, {}, 60, {}, True),
    "minutes before the goal was written": (10, {}, 30, {}, True),
    "from yesterday and open still": (24 * 60, {}, 5, {}, True),
    "on the day before it was opened": (60, {}, 24 * 60, {}, False),
    "in a lap that rests": (60, {"state": CycleState.PAUSED}, 5, {}, True),
    "before a lap was closed": (60, CLOSED, 30, {}, True),
    "after a lap was closed": (60, CLOSED, 5, {}, False),
    "of another unit": (60, {}, 5, {"subject": "理科"}, False),
    "in a lap of the subject without a unit": (60, {"unit_id": None}, 5, {}, True),
    "without a unit or subject": (60, {}, 5, {"subject": ""}, False),
}


@pytest.mark.parametrize(("opened", "parts", "made", "says", "linked"), LAPS.values(), ids=LAPS)
def test_a_record_belongs_to_the_lap(in_app, opened, parts, made, says, linked):
    id_ = lap(NOW - opened * MINUTE, **parts)
    send(said(at=NOW - made * MINUTE, **says))
    record, cycle = one(LearningRecord), one(LearningCycle, LearningCycle.id == id_)
    assert (record.cycle_id == id_, cycle.records) == (linked, int(linked))
    assert record.state == ("linked" if record.cycle_id else "valid")


def test_the_lap_opened_last_goes_before_an_older_one(in_app):
    lap(NOW - 180 * MINUTE)
    later = lap(NOW - 60 * MINUTE)
    send(said())
    assert one(LearningRecord).cycle_id == later


def test_another_child_s_lap_is_not_touched(in_app):
    id_ = lap(NOW - 60 * MINUTE)
    send(said(BEN))
    assert one(LearningCycle, LearningCycle.id == id_).records == 0
    assert one(LearningRecord).cycle_id != id_


def test_a_record_of_today_opens_a_lap_that_began_with_doing(in_app):
    first, second = NOW - 10 * MINUTE, NOW - 5 * MINUTE
    send(said(at=second, question=2), said(at=first))
    cycle = one(LearningCycle)
    assert (cycle.student_id, cycle.class_id, cycle.unit_id) == (AOI.id, CLASS_4_2, UNIT_DIVISION)
    assert (cycle.state, cycle.goal_before) == (CycleState.ACTING, False)
    assert cycle.opened_at == cycle.acted_first_at == first
    assert (cycle.records, cycle.items, cycle.opened_on) == (2, 2, TODAY)
    assert {record.cycle_id for record in rows(LearningRecord)} == {cycle.id}


def test_the_next_batch_goes_on_in_the_lap_that_a_record_opened(in_app):
    for minute in (9, 6, 3):
        send(said(at=NOW - minute * MINUTE, question=minute))
    assert one(LearningCycle).records == 3


NO_LAPS = {
    "of yesterday": {"at": NOW - timedelta(1)},
    "of the last minute of yesterday": {"at": datetime(2026, 11, 19, 14, 59, 59, tzinfo=UTC)},
    "of nobody knows which subject": {"subject": ""},
}


@pytest.mark.parametrize("says", NO_LAPS.values(), ids=NO_LAPS)
def test_no_lap_is_opened_by_a_record(in_app, says):
    send(said(**says))
    assert rows(LearningCycle) == []
    record = one(LearningRecord)
    assert (record.cycle_id, record.state) == (None, "valid")
    assert one(DayRollup).records == 1


def test_a_record_of_the_first_minute_of_today_opens_a_lap(in_app):
    send(said(at=datetime(2026, 11, 19, 15, 0, tzinfo=UTC)))
    assert one(LearningCycle).opened_on == TODAY


#: State before -> after a record.
MOVES = {
    CycleState.ANTICIPATING: CycleState.ACTING,
    CycleState.ACTING: CycleState.ACTING,
    CycleState.PAUSED: CycleState.ACTING,
    CycleState.REFLECTING: CycleState.REFLECTING,
}


@pytest.mark.parametrize(("before", "after"), MOVES.items())
def test_a_record_moves_the_lap(in_app, before, after):
    opened, made = NOW - 60 * MINUTE, NOW - 5 * MINUTE
    id_ = lap(opened, state=before)
    send(said(at=made))
    cycle = one(LearningCycle, LearningCycle.id == id_)
    assert cycle.state == after
    assert cycle.state_since == (opened if before is after else made)
    assert cycle.acted_first_at == (made if after is CycleState.ACTING else None)
    assert cycle.updated_at >= NOW, "the class page has to see the change"
    assert cycle.goal_before


def test_facts_of_a_closed_lap_grow_while_its_state_stays(in_app):
    id_ = lap(NOW - 60 * MINUTE, **CLOSED)
    send(said(at=NOW - 30 * MINUTE, right=False))
    cycle = one(LearningCycle, LearningCycle.id == id_)
    assert (cycle.state, cycle.records, cycle.first_attempt_items) == (CycleState.CLOSED, 1, 1)
    assert (cycle.first_attempt_correct, cycle.active_seconds) == (0, 60)
    assert cycle.updated_at >= NOW


# --- trying again -------------------------------------------------------------------------------

ATTEMPT = "2a6f1f5e-1d5c-4a0e-9d3a-0f4f7d1c9b11"
OTHER_ATTEMPT = "2a6f1f5e-1d5c-4a0e-9d3a-0f4f7d1c9b12"
MIDNIGHT = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
BEFORE, AFTER = {"at": MIDNIGHT - MINUTE}, {"at": MIDNIGHT + MINUTE}
#: An answer 30 minutes ago and one now -> first attempts and retries of the second.
AGAIN = {
    "the same question": ({}, {}, (0, 1)),
    "another question": ({}, {"question": 2}, (1, 0)),
    "another child": ({"who": BEN}, {}, (1, 0)),
    "the same attempt": ({"attempt": ATTEMPT}, {"attempt": ATTEMPT}, (0, 1)),
    "another attempt": ({"attempt": ATTEMPT}, {"attempt": OTHER_ATTEMPT}, (1, 0)),
    "on another day": ({"at": NOW - timedelta(1)}, {}, (1, 0)),
    "after midnight": (BEFORE, AFTER, (1, 0)),
    "the same attempt after midnight": (
        {**BEFORE, "attempt": ATTEMPT}, {**AFTER, "attempt": ATTEMPT}, (0, 1),
    ),
    "another attempt after midnight": (
        {**BEFORE, "attempt": ATTEMPT}, {**AFTER, "attempt": OTHER_ATTEMPT}, (1, 0),
    ),
    "an attempt after midnight, and none before": (BEFORE, {**AFTER, "attempt": ATTEMPT}, (1, 0)),
    "not marked": ({}, {"right": None}, (0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize(("before", "now", "wanted"), AGAIN.values(), ids=AGAIN)
def test_trying_again_is_told_from_the_first_time(in_app, before, now, wanted, batches):
    earlier, later = said(**{"at": NOW - 30 * MINUTE, **before}), said(**now)
    if batches == 1:
        send(later, earlier)
    else:
        send(earlier)
        send(later)
    record = one(LearningRecord, LearningRecord.id == own_id(later["id"]))
    assert (record.first_attempt_items, record.retry_items) == wanted
    assert (record.first_attempt_correct, record.retry_correct) == wanted
    assert record.items == 1
