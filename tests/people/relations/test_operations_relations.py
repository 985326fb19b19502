"""What a relation opens, on the day before, the first, the last and the day after."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.errors import InvalidError, NotAllowedError, NotFoundError, UnscopedError
from aarportal.core.ids import NOTHING
from aarportal.core.ownership import OfRoster, Shared, StudentOwned
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection import operations as reflection
from aarportal.cycle.reflection.models import Reflection, TeacherFeedback
from aarportal.cycle.reflection.operations import FeedbackDraft
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.attendance import operations as attendance
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.relations import operations, store
from aarportal.people.relations.kinds import Kind
from aarportal.people.relations.models import HeldRelation
from aarportal.people.relations.operations import RelationDraft
from aarportal.people.roster.models import UserRole
from tests import cast
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    CODES,
    DOI,
    GEN,
    GOTO,
    HANA,
    HEAD,
    KEN,
    KIKUCHI,
    MORI,
    NURSE,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    SECONDARY,
    SYSTEM,
    YUKARI,
    Member,
    hold,
    key,
    scope_of,
)
from tests.insight.teaching.lessons import set_clock
from tests.over_time import lived_rows

PUPILS = (AOI, BEN, HANA, KEN, GEN)
FIRST, LAST = date(2026, 11, 24), date(2026, 11, 26)
DAYS = {
    "the day before": (FIRST - timedelta(days=1), False),
    "the first day": (FIRST, True),
    "the last day": (LAST, True),
    "the day after": (LAST + timedelta(days=1), False),
}


@pytest.fixture(autouse=True)
def lives(database):
    """A November in which every pupil has had a lap this year, and one a year ago."""
    on(FIRST - timedelta(days=1))
    with database.app.app_context():
        with unit_of_work(SystemScope("lives")) as scope:
            cast.enter_more(scope)
            scope.session.execute(update(HeldRelation).values(ended_at=clock.now()))
            for member in PUPILS:
                lived_rows(scope, member, "now", clock.now())
                lived_rows(scope, member, "before", clock.now() - timedelta(days=365))
        yield


def on(day: date) -> None:
    set_clock(clock.day_bounds(day)[0] + timedelta(hours=10))


def given(holder: Member, kind: str, **values) -> UUID:
    values = {"starts_on": FIRST, "ends_before": LAST + timedelta(days=1)} | values
    with unit_of_work(SystemScope("given")) as scope:
        row = hold(scope, holder, kind, **values)
        audit.record(scope, "relation:given", holder.id)
        scope.session.flush()
        return row.id


def scope_today(member: Member):
    """What signing in opens, by the password."""
    draft = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "10.0.0.1")
    found = accounts.who(accounts.sign_in(draft, "secret"))
    assert found
    return found[0]


def whose(scope, row_class) -> set[str]:
    """Names of the pupils of whom a row exists."""
    names = {member.id: member.name for member in PUPILS}
    with unit_of_work(scope, read_only=True) as asked:
        return {names[id_] for id_ in asked.session.scalars(select(row_class.student_id))}


def tables() -> list[type]:
    found = [mapper.class_ for mapper in Base.registry.mappers]
    return [it for it in found if issubclass(it, StudentOwned)]


COVER = {"learning_cycles", "goals", "goal_versions", "success_criteria", "if_thens",
         "plan_sessions", "predictions", "self_ratings", "reflections", "reflection_versions",
         "attributions", "teacher_feedback", "adjustments", "learning_records", "day_rollups",
         "absent_days", "portal_statements"}  # fmt: skip
GRADE = COVER - {"predictions", "attributions"}
#: Kind -> who holds it, of what, whose rows it opens, and of which tables.
OPENS = {
    "cover": (GOTO, {"class_id": CLASS_1_1}, {"hana"}, COVER),
    "leads_grade": (GOTO, {"grade": "P4"}, {"aoi", "ben"}, GRADE),
    "case": (KIKUCHI, {"student_id": HANA.id, "reason": "ようす"}, {"hana"}, GRADE),
    "guardian": (YUKARI, {"student_id": AOI.id}, {"aoi"}, {"goals", "adjustments"}),
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("kind", OPENS)
def test_a_relation_opens_what_it_should_on_its_days_and_nothing_on_others(kind, day):
    holder, values, pupils, names = OPENS[kind]
    given(holder, kind, **values)
    today, opens = DAYS[day]
    on(today)
    scope = scope_today(holder)
    for row_class in tables():
        seen = whose(scope, row_class)
        expected = pupils if opens and row_class.__tablename__ in names else set()
        assert seen == expected, row_class


@pytest.mark.parametrize("kind", OPENS)
def test_one_that_was_taken_back_opens_nothing_at_the_next_request(kind):
    holder, values, _pupils, _names = OPENS[kind]
    relation_id = given(holder, kind, **values)
    on(FIRST)
    draft = SignInDraft("hinata-e", holder.login_id, PASSWORD, "10.0.0.1")
    token = accounts.sign_in(draft, "secret")
    assert whose(accounts.who(token)[0], Goal)
    with unit_of_work(scope_of(OKA)) as scope:
        operations.end(scope, relation_id)
    scope = accounts.who(token)[0]
    assert not whose(scope, Goal)
    assert not scope.lent_class_ids


def test_a_pupil_of_this_year_is_seen_this_year_only():
    given(KIKUCHI, "case", student_id=HANA.id, reason="ようす")
    on(FIRST)
    with unit_of_work(scope_today(KIKUCHI), read_only=True) as scope:
        days = set(scope.session.scalars(select(LearningCycle.opened_on)))
    assert days and min(days) >= date(2026, 4, 1)


def test_own_classes_stay_as_they_are_beside_a_cover():
    given(CHIBA, "cover", class_id=CLASS_1_1)
    on(FIRST)
    scope = scope_today(CHIBA)
    assert scope.class_ids == (CLASS_4_2,)
    assert scope.lent_class_ids == (CLASS_1_1,)
    assert whose(scope, Goal) == {"aoi", "ben", "hana"}


@pytest.mark.parametrize(
    ("holder", "kind"),
    [(NURSE, "case"), (HEAD, "case"), (CHIBA, "case"), (OKA, "case"), (AOI, "case"),
     (NURSE, "cover"), (KIKUCHI, "cover"), (KIKUCHI, "leads_grade"), (OKA, "leads_grade"),
     (SYSTEM, "case"), (SYSTEM, "cover"), (SYSTEM, "guardian"), (CHIBA, "guardian"),
     (AOI, "guardian"), (YUKARI, "case")],
    ids=lambda it: getattr(it, "name", it),
)  # fmt: skip
def test_a_relation_opens_something_only_beside_a_fitting_role(holder, kind):
    on(FIRST)
    before = whose(scope_today(holder), Goal)
    given(holder, kind, student_id=HANA.id, class_id=CLASS_1_1, grade="P1", reason="x")
    opens = kind == "case" and holder in {NURSE, HEAD, CHIBA}
    assert whose(scope_today(holder), Goal) == (before | {"hana"} if opens else before)


def test_of_another_school_and_another_district_nothing_opens():
    """Rows that no form can make: a class and children of elsewhere, at the holder's school."""
    for pupil in (KEN, GEN):
        given(KIKUCHI, "case", student_id=pupil.id, reason="x")
        given(YUKARI, "guardian", student_id=pupil.id)
        given(KIKUCHI, "case", school_id=pupil.school_id, student_id=pupil.id, reason="x")
        given(YUKARI, "guardian", school_id=pupil.school_id, student_id=pupil.id)
        given(GOTO, "leads_grade", school_id=pupil.school_id, grade=pupil.grade)
        given(GOTO, "leads_grade", grade=pupil.grade)
    given(GOTO, "cover", school_id=SECONDARY, class_id=CLASS_J2_1)
    on(FIRST)
    for holder in (KIKUCHI, YUKARI, GOTO):
        scope = scope_today(holder)
        assert scope.school_ids == {PRIMARY}
        assert not whose(scope, Goal)


def test_a_guardian_of_children_at_two_schools_of_the_district_sees_both():
    given(YUKARI, "guardian", student_id=AOI.id)
    given(YUKARI, "guardian", school_id=SECONDARY, student_id=KEN.id)
    with unit_of_work(SystemScope("roster")) as scope:
        scope.session.add(
            UserRole(school_id=SECONDARY, sourced_id="mother", user_id=YUKARI.id, role="parent",
                     role_type="primary")
        )  # fmt: skip
        audit.record(scope, "test", YUKARI.id)
    on(FIRST)
    scope = scope_today(YUKARI)
    assert whose(scope, Goal) == {"aoi", "ken"}
    assert whose(scope, Reflection) == set()


def test_a_child_who_left_is_seen_by_nobody_through_a_relation():
    given(KIKUCHI, "case", student_id=HANA.id, reason="x")
    given(YUKARI, "guardian", student_id=HANA.id)
    with unit_of_work(SystemScope("left")) as scope:
        scope.session.execute(
            update(UserRole).where(UserRole.user_id == HANA.id).values(ends_before=FIRST)
        )
        audit.record(scope, "test", HANA.id)
    on(FIRST)
    assert not whose(scope_today(KIKUCHI), Goal)
    assert not whose(scope_today(YUKARI), Goal)
    with unit_of_work(scope_today(KIKUCHI), read_only=True) as scope:
        assert not store.cases(scope, FIRST)


@pytest.mark.parametrize("day", DAYS)
def test_a_counselor_of_a_japanese_roster_is_the_nurse_if_the_office_says_so(day):
    relation_id = given(KIKUCHI, "health_room")
    today, opens = DAYS[day]
    on(today)
    scope = scope_today(KIKUCHI)
    assert scope.role is (Role.NURSE if opens else Role.COUNSELOR)
    assert scope.students == scope_of(NURSE if opens else KIKUCHI).students
    with unit_of_work(scope_of(OKA)) as office:
        operations.end(office, relation_id)
    assert scope_today(KIKUCHI).role is Role.COUNSELOR


# --- reading and writing --------------------------------------------------------------------------


def an_answer(scope) -> None:
    reflection.give_feedback(scope, FeedbackDraft(key("reflection now hana"), "task", "よく見たね"))


def an_absence(scope) -> None:
    attendance.mark_absent(scope, HANA.id, clock.today())


def a_change_of_a_goal(scope) -> None:
    goal = scope.session.scalars(select(Goal)).first()
    goal.text = "ちがう"
    audit.record(scope, "test", goal.id)


def test_who_covers_a_class_answers_and_notes_who_is_away():
    given(GOTO, "cover", class_id=CLASS_1_1)
    on(FIRST)
    for act in (an_answer, an_absence):
        with unit_of_work(scope_today(GOTO)) as scope:
            act(scope)
    with unit_of_work(scope_today(GOTO), read_only=True) as scope:
        assert scope.session.scalar(select(func.count(TeacherFeedback.id))) == 2
        assert FIRST in scope.session.scalars(select(AbsentDay.day)).all()


@pytest.mark.parametrize(
    ("holder", "kind", "values"),
    [(GOTO, "leads_grade", {"grade": "P1"}),
     (KIKUCHI, "case", {"student_id": HANA.id, "reason": "x"}),
     (YUKARI, "guardian", {"student_id": HANA.id})],
    ids=["grade", "case", "guardian"],
)  # fmt: skip
def test_who_only_reads_writes_nothing(holder, kind, values):
    given(holder, kind, **values)
    on(FIRST)
    seer = scope_today(holder)
    for act in (an_answer, an_absence):
        with pytest.raises((NotAllowedError, NotFoundError)), unit_of_work(seer) as scope:
            act(scope)
    with pytest.raises(NotAllowedError), unit_of_work(seer) as scope:
        a_change_of_a_goal(scope)
    with unit_of_work(seer) as scope:
        changed = scope.session.execute(update(Goal).values(text="ちがう"))
        assert changed.rowcount == 0
        audit.record(scope, "test", "goals")
    with pytest.raises(UnscopedError), unit_of_work(seer) as scope:
        scope.session.add(AbsentDay(school_id=PRIMARY, student_id=KEN.id, day=FIRST))


def test_a_cover_changes_no_goal():
    given(GOTO, "cover", class_id=CLASS_1_1)
    on(FIRST)
    with pytest.raises(NotAllowedError), unit_of_work(scope_today(GOTO)) as scope:
        a_change_of_a_goal(scope)


# --- who knows of relations -----------------------------------------------------------------------


def test_of_a_relation_its_holder_knows_and_the_office_and_head_of_the_school():
    given(KIKUCHI, "case", student_id=HANA.id, reason="ないしょの わけ")
    on(FIRST)
    for member in (OKA, HEAD, KIKUCHI, GOTO, CHIBA, NURSE, HANA, AOI, MORI, SATO, SYSTEM, YUKARI):
        with unit_of_work(scope_today(member), read_only=True) as scope:
            reasons = set(scope.session.scalars(select(HeldRelation.reason)))
        assert ("ないしょの わけ" in reasons) == (member in {OKA, HEAD, KIKUCHI}), member.name


def test_the_board_knows_of_no_relation(in_app):
    given(KIKUCHI, "case", student_id=HANA.id, reason="ないしょの わけ")
    board = scope_today(cast.IWA)
    assert board.role is Role.DISTRICT_ADMINISTRATOR and board.school_id == NOTHING
    with unit_of_work(board, read_only=True) as scope:
        assert not scope.session.scalars(select(HeldRelation)).all()


def test_the_reason_does_not_stand_in_the_database_in_the_clear(database):
    given(KIKUCHI, "case", student_id=HANA.id, reason="ないしょの わけ")
    from aarportal.core.database import db

    with db.engine.connect() as connection:
        kept = connection.exec_driver_sql("select reason from relations").scalars().all()
    assert not [it for it in kept if "ないしょ".encode() in bytes(it)]


# --- whoever runs the system ----------------------------------------------------------------------


def test_whoever_runs_the_system_reads_no_table_about_a_student():
    """Table by table over the mapping: of all that is guarded only what is one's own."""
    scope = scope_today(SYSTEM)
    own = {"users": {SYSTEM.id}, "accounts": {SYSTEM.id}, "user_roles": {SYSTEM.id}}
    tried = 0
    for mapper in Base.registry.mappers:
        row_class = mapper.class_
        if issubclass(row_class, Shared):
            continue
        name = row_class.__tablename__
        with unit_of_work(SystemScope("truth"), read_only=True) as system:
            there = system.session.scalar(select(func.count()).select_from(row_class))
        with unit_of_work(scope, read_only=True) as asked:
            rows = asked.session.scalars(select(row_class)).all()
            owners = {getattr(row, "user_id", None) or row.id for row in rows}
        assert owners == own.get(name, set()), name
        tried += bool(there) and issubclass(row_class, (StudentOwned, OfRoster))
    assert tried >= 25


# --- giving and ending ----------------------------------------------------------------------------


def draft(**values) -> RelationDraft:
    usual = {
        "kind": Kind.CASE, "holder_id": KIKUCHI.id, "starts_on": FIRST, "last_on": LAST,
        "student_id": HANA.id, "reason": "教室に 入りにくい",
    }  # fmt: skip
    return RelationDraft(**{**usual, **values})


GOOD = {
    "case": {},
    "cover": {"kind": Kind.COVER, "holder_id": DOI.id, "class_id": CLASS_1_1, "student_id": None},
    "leads_grade": {"kind": Kind.LEADS_GRADE, "holder_id": CHIBA.id, "grade": "P4",
                    "student_id": None},
    "guardian": {"kind": Kind.GUARDIAN, "holder_id": YUKARI.id, "last_on": None},
    "health_room": {"kind": Kind.HEALTH_ROOM, "last_on": None, "student_id": None},
}  # fmt: skip


@pytest.mark.parametrize("values", GOOD.values(), ids=GOOD)
@pytest.mark.parametrize("giver", [OKA, HEAD], ids=lambda m: m.name)
def test_office_and_head_give_a_relation_and_take_it_back(giver, values):
    with unit_of_work(scope_today(giver)) as scope:
        relation_id = operations.give(scope, draft(**values)).id
    on(FIRST)
    with unit_of_work(scope_today(giver)) as scope:
        operations.end(scope, relation_id)
        operations.end(scope, relation_id)
    with unit_of_work(SystemScope("truth"), read_only=True) as scope:
        told = scope.session.execute(
            select(AuditEntry.verb, AuditEntry.actor_id, AuditEntry.student_id)
            .where(AuditEntry.object_id == str(relation_id))
            .order_by(AuditEntry.at)
        ).all()
    student_id = values.get("student_id", HANA.id)
    assert [tuple(it) for it in told] == [
        ("relation:given", giver.id, student_id), ("relation:ended", giver.id, student_id)
    ]  # fmt: skip


BAD = {
    "a pupil on a case": ({"holder_id": AOI.id}, "holder_id"),
    "the office on a case": ({"holder_id": OKA.id}, "holder_id"),
    "a counsellor of another school": ({"holder_id": MORI.id}, "holder_id"),
    "a pupil of another school": ({"student_id": KEN.id}, "student_id"),
    "a pupil of another district": ({"student_id": GEN.id}, "student_id"),
    "no pupil": ({"student_id": None}, "student_id"),
    "no reason": ({"reason": " \u3000 "}, "reason"),
    "a long reason": ({"reason": "あ" * 201}, "reason"),
    "no last day": ({"last_on": None}, "last_on"),
    "a last day before the first": ({"last_on": FIRST - timedelta(days=1)}, "last_on"),
    "for ever": ({"last_on": FIRST + timedelta(days=366)}, "last_on"),
    "in the past": ({"starts_on": FIRST - timedelta(days=2)}, "starts_on"),
    "a class of another school": ({**GOOD["cover"], "class_id": CLASS_J2_1}, "class_id"),
    "no class": ({**GOOD["cover"], "class_id": None}, "class_id"),
    "a guardian until the last day there is": (
        {**GOOD["guardian"], "last_on": date.max},
        "last_on",
    ),
    "a last day in ten thousand years": (
        {"starts_on": date.max - timedelta(days=1), "last_on": date.max},
        "starts_on",
    ),
    "a term of covering": ({**GOOD["cover"], "last_on": FIRST + timedelta(31)}, "last_on"),
    "a grade that is not here": ({**GOOD["leads_grade"], "grade": "J2"}, "grade"),
    "a teacher as guardian": ({**GOOD["guardian"], "holder_id": CHIBA.id}, "holder_id"),
}


@pytest.mark.parametrize(("values", "field"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_beside_its_field(values, field):
    with pytest.raises(InvalidError) as error, unit_of_work(scope_of(OKA)) as scope:
        operations.give(scope, draft(**values))
    assert error.value.field == field
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert not scope.session.scalar(
            select(HeldRelation.id).where(HeldRelation.ended_at.is_(None))
        )


def test_what_somebody_holds_is_not_given_again():
    with unit_of_work(scope_of(OKA)) as scope:
        operations.give(scope, draft())
    again = draft(starts_on=LAST, last_on=LAST + timedelta(days=5))
    with pytest.raises(InvalidError, match="standing"), unit_of_work(scope_of(OKA)) as scope:
        operations.give(scope, again)
    later = draft(starts_on=LAST + timedelta(days=1), last_on=LAST + timedelta(days=5))
    with unit_of_work(scope_of(OKA)) as scope:
        operations.give(scope, later)


def listed_on(day):
    on(day)
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        return {it.row.id for it in store.listed(scope, day)}


def test_what_was_ended_stays_in_the_list_for_a_while_and_not_for_ever():
    """The autumn's relations of the whole cast were ended before; a guardian's has no last day."""
    before = listed_on(FIRST)
    relation_id = given(YUKARI, "guardian", student_id=HANA.id, ends_before=None)
    with unit_of_work(scope_of(OKA)) as scope:
        operations.end(scope, relation_id)
    assert listed_on(FIRST) == before | {relation_id}
    assert relation_id in listed_on(FIRST + store.SHOWN_AFTERWARDS)
    assert not listed_on(FIRST + store.SHOWN_AFTERWARDS + timedelta(days=1))


def test_a_relation_of_another_school_cannot_be_ended():
    relation_id = given(KIKUCHI, "case", student_id=HANA.id, reason="x")
    for stranger in (SATO, MORI):
        with pytest.raises(NotFoundError), unit_of_work(scope_of(stranger)) as scope:
            operations.end(scope, relation_id)


def test_who_holds_nothing_is_asked_nothing_more(queries):
    """No page becomes slower: pupils and most staff are not asked for relations."""
    on(FIRST)
    tokens = {}
    for member in (AOI, CHIBA, GOTO):
        draft_ = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "10.0.0.1")
        tokens[member] = accounts.sign_in(draft_, "secret")
    counts = {}
    given(GOTO, "cover", class_id=CLASS_1_1)
    for member, token in tokens.items():
        with queries() as seen:
            accounts.who(token)
        counts[member.name] = len(seen)
    assert counts == {"aoi": 2, "chiba": 3, "goto": 4}
