"""The session guard: who is asking decides which rows exist, whatever shape the question has."""

import random
from datetime import date

import pytest
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    inspect,
    literal,
    literal_column,
    select,
    text,
    union,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import count

from aarportal.audit import operations as audit
from aarportal.audit.chain import operations as chaining
from aarportal.audit.chain.models import AuditChain, AuditLink
from aarportal.audit.looking.operations import Book
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.database import Base, db
from aarportal.core.errors import NotFoundError, UnauditedError, UnscopedError
from aarportal.core.looking import Look
from aarportal.core.ownership import Shared, SystemOnly
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import (
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection.models import Attribution
from aarportal.people.accounts.models import SignInThrottle
from aarportal.people.accounts.oidc.models import OidcSpentState
from aarportal.people.lti.models import LtiKey
from aarportal.people.roster.models import Class, User
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    CLASS_J2_1,
    DOI,
    DRILL_SCOPE,
    GEN,
    HANA,
    KEN,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    key,
    scope_of,
)

pytestmark = pytest.mark.both_databases

PUPILS = (AOI, BEN, HANA, KEN)
#: Whose cycles each of the cast may see (table read by teachers).
SEES_CYCLES = {
    AOI: {AOI},
    BEN: {BEN},
    HANA: {HANA},
    KEN: {KEN},
    GEN: set(),
    CHIBA: {AOI, BEN},
    DOI: {AOI, BEN},
    MORI: {KEN},
}
#: Drafts are for their writer alone.
SEES_DRAFTS = {member: {member} & set(PUPILS) for member in SEES_CYCLES}


def a_cycle(member, name="cycle"):
    now = clock.now()
    return LearningCycle(
        id=key(f"{name} {member.name}"),
        school_id=member.school_id,
        student_id=member.id,
        class_id=member.classes[0],
        subject="sansu",
        state="acting",
        state_since=now,
        opened_at=now,
        opened_on=date(2026, 4, 1),
        updated_at=now,
    )


@pytest.fixture
def rows(in_app):
    with unit_of_work(SystemScope("rows")) as scope:
        for member in PUPILS:
            scope.session.add(a_cycle(member))
            scope.session.add(
                Draft(
                    school_id=member.school_id,
                    student_id=member.id,
                    form="goal",
                    key="new",
                    rev=1,
                    content={},
                    saved_at=clock.now(),
                )
            )
        audit.record(scope, "rows:made", "")


@pytest.mark.parametrize("reader", [AOI, CHIBA], ids=lambda m: m.name)
def test_rows_of_another_school_stay_there_even_of_the_same_student(rows, reader):
    """AOI came from the other school: what was written there is not of this one."""
    elsewhere = a_cycle(AOI, "at the school before")
    elsewhere.school_id, elsewhere.class_id = SECONDARY, CLASS_J2_1
    with unit_of_work(SystemScope("rows")) as scope:
        scope.session.add(elsewhere)
        audit.record(scope, "rows:made", "")
    with unit_of_work(scope_of(reader), read_only=True) as scope:
        seen = scope.session.scalars(select(LearningCycle.school_id)).all()
    assert set(seen) == {PRIMARY}


def shapes(session):
    """The same question asked in many ways."""
    other = aliased(LearningCycle)
    yield "entity", {row.student_id for row in session.scalars(select(LearningCycle))}
    yield "column", set(session.scalars(select(LearningCycle.student_id)))
    yield "alias", set(session.scalars(select(other.student_id)))
    sub = select(LearningCycle.student_id).subquery()
    yield "subquery", set(session.scalars(select(sub.c.student_id)))
    cte = select(LearningCycle.student_id).cte()
    yield "cte", set(session.scalars(select(cte.c.student_id)))
    one = select(LearningCycle.student_id)
    yield "union", set(session.scalars(union(one, select(other.student_id))))
    join = select(LearningCycle.student_id).join(
        Draft,
        (Draft.school_id == LearningCycle.school_id)
        & (Draft.student_id == LearningCycle.student_id),
        isouter=True,
    )
    yield "join", set(session.scalars(join))
    yield (
        "in",
        set(session.scalars(select(User.id).where(User.id.in_(select(LearningCycle.student_id))))),
    )
    yield (
        "exists",
        set(
            session.scalars(
                select(User.id).where(
                    select(LearningCycle.id).where(LearningCycle.student_id == User.id).exists()
                )
            )
        ),
    )
    yield (
        "get",
        {m.id for m in PUPILS if session.get(LearningCycle, (m.school_id, key(f"cycle {m.name}")))},
    )


@pytest.mark.parametrize("seed", range(4))
def test_nobody_sees_through_anothers_eyes(rows, seed):
    order = list(SEES_CYCLES)
    random.Random(seed).shuffle(order)
    for member in order:
        wanted = {pupil.id for pupil in SEES_CYCLES[member]}
        with unit_of_work(scope_of(member), read_only=True) as scope:
            for shape, got in shapes(scope.session):
                assert got == wanted, (member.name, shape)
            total = scope.session.scalar(select(count()).select_from(LearningCycle))
            assert total == len(wanted)
            drafts = set(scope.session.scalars(select(Draft.student_id)))
            assert drafts == {pupil.id for pupil in SEES_DRAFTS[member]}


def test_an_app_sees_records_of_its_schools_and_no_words(rows):
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert set(scope.session.scalars(select(LearningCycle.student_id))) == {
            m.id for m in PUPILS
        }
        assert not scope.session.scalars(select(Draft)).all()
        assert not scope.session.scalars(select(Attribution)).all()


def test_what_is_the_systems_is_nobodys(rows):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert not scope.session.scalars(select(StoredStatement)).all()


OF_NOBODY = {
    "AuditChain": AuditChain,
    "AuditLink": AuditLink,
    "LtiKey": LtiKey,
    "OidcSpentState": OidcSpentState,
    "SignInThrottle": SignInThrottle,
}


def test_what_belongs_to_the_installation_and_is_the_systems_alone_is_told_by_hand():
    found = {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Shared) and issubclass(mapper.class_, SystemOnly)
    }
    assert found == OF_NOBODY.keys()


@pytest.mark.parametrize("reader", [AOI, CHIBA, OKA, SATO], ids=lambda m: m.name)
def test_of_what_is_the_installations_and_the_systems_people_see_nothing(rows, reader):
    """Which login ids were tried, keys with which tools are told who comes, the chain of traces."""
    now = clock.now()
    with unit_of_work(SystemScope("rows")) as scope:
        scope.session.add_all(
            [
                LtiKey(kid="k", private_key=Secret("a key"), public_key={}),
                OidcSpentState(state_hash=b"state", spent_at=now),
                SignInThrottle(key="account:tried", tries=3, window_opened_at=now),
            ]
        )
        audit.record(scope, "rows:made", "")
    chaining.link_all()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        for row_class in OF_NOBODY.values():
            assert scope.session.scalars(select(row_class)).all(), row_class
    for it in (scope_of(reader), DRILL_SCOPE):
        with unit_of_work(it, read_only=True) as scope:
            for row_class in OF_NOBODY.values():
                assert not scope.session.scalars(select(row_class)).all(), row_class
                assert not scope.session.scalar(select(count()).select_from(row_class)), row_class


def test_other_districts_do_not_exist(rows):
    with unit_of_work(scope_of(GEN), read_only=True) as scope:
        assert not scope.session.scalars(select(LearningApp)).all()
        assert set(scope.session.scalars(select(User.id))) == {GEN.id, SATO.id}
        with pytest.raises(NotFoundError):
            scope.one(Class, CLASS_4_2)


@pytest.mark.parametrize(
    "statement",
    [
        select(LearningCycle),
        select(count()).select_from(LearningCycle),
        select(select(LearningCycle.id).exists()),
        text("select 1"),
        select(LearningCycle.__table__),
        update(LearningCycle).values(mid="x"),
        delete(LearningCycle),
    ],
    ids=["entity", "count", "exists", "text", "table", "update", "delete"],
)
def test_without_a_scope_nothing_is_said(rows, statement):
    with pytest.raises(UnscopedError):
        db.session.execute(statement)
    db.session.remove()


@pytest.mark.parametrize(
    "statement",
    [
        text("select * from goals"),
        select(LearningCycle.__table__),
        select(LearningCycle.__table__.c.id),
        select(LearningRecord.id).join(
            LearningCycle.__table__,
            LearningCycle.__table__.c.id == LearningRecord.cycle_id,
        ),
        select(LearningCycle.id, LearningCycle.__table__.alias().c.mid),
        select(LearningCycle.__table__.alias().c.mid).where(exists(select(LearningCycle.id))),
        select(LearningRecord.id, LearningCycle.__table__.alias().alias()),
        select(LearningRecord.id, literal_column("(select max(mid) from learning_cycles)")),
        select(LearningRecord.id).where(text("exists (select 1 from learning_cycles)")),
    ],
    ids=[
        "text",
        "table",
        "column of a table",
        "join of a table",
        "a table beside its class",
        "a table around its class",
        "an alias of an alias",
        "a column in SQL",
        "a condition in SQL",
    ],
)
def test_asking_past_the_classes_is_refused(rows, statement):
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI), read_only=True) as scope:
        scope.session.execute(statement)


BESIDE = {
    "exists of conditions": lambda: select(exists().where(LearningCycle.mid == "")),
    "a number for each row": lambda: select(literal(1)).where(LearningCycle.mid == ""),
    "a neighbour in the conditions": lambda: select(LearningRecord.id).where(
        LearningRecord.cycle_id == LearningCycle.id
    ),
    "a neighbour in an exists": lambda: select(LearningRecord.id).where(
        exists().where(LearningCycle.id == LearningRecord.cycle_id)
    ),
    "an alias in an exists": lambda: select(LearningCycle.id).where(
        exists(select(literal(1)).where(aliased(LearningCycle).id == LearningCycle.id))
    ),
    "a neighbour of a subquery": lambda: select(
        select(literal(1)).where(LearningCycle.mid == "").subquery()
    ),
    "one half of a union": lambda: select(LearningCycle.id).union(
        select(LearningRecord.id).where(LearningRecord.cycle_id == LearningCycle.id)
    ),
    "an order": lambda: select(LearningRecord.id).order_by(LearningCycle.opened_at),
    "the same anew, and whole": lambda: select(LearningCycle.id).where(
        select(literal(1)).where(LearningCycle.mid == "x").correlate(None).exists()
    ),
    "an update": lambda: (
        update(LearningRecord)
        .where(exists().where(LearningCycle.id == LearningRecord.cycle_id))
        .values(title="x")
    ),
}


@pytest.mark.parametrize("statement", BESIDE.values(), ids=BESIDE)
def test_what_stands_in_conditions_alone_is_refused(rows, statement):
    """No criterion reaches it: SQLAlchemy narrows columns, FROM and joins."""
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.execute(statement())


def test_what_a_select_reads_its_conditions_may_name(rows):
    inner = select(LearningRecord.id).where(LearningRecord.cycle_id == LearningCycle.id)
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        for statement in (
            select(LearningCycle.id).where(inner.exists()),
            select(LearningCycle.id).join(
                LearningRecord, LearningRecord.cycle_id == LearningCycle.id
            ),
            select(LearningCycle.id, LearningRecord.id).where(
                LearningRecord.cycle_id == LearningCycle.id
            ),
            select(func.count()).select_from(LearningCycle).where(LearningCycle.mid == ""),
        ):
            scope.session.execute(statement).all()


def test_a_change_without_trace_is_refused(rows):
    with pytest.raises(UnauditedError, match="LearningCycle"), unit_of_work(scope_of(AOI)) as scope:
        scope.session.add(a_cycle(AOI, "second"))
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert len(scope.session.scalars(select(LearningCycle)).all()) == 1


def test_that_somebody_looked_is_no_trace_of_what_they_changed(rows):
    with pytest.raises(UnauditedError, match="LearningCycle"), unit_of_work(scope_of(AOI)) as scope:
        Book().keep(scope, Look("person", BEN.id, "records"))
        scope.session.add(a_cycle(AOI, "second"))
    with pytest.raises(UnauditedError, match="LearningCycle"), unit_of_work(scope_of(AOI)) as scope:
        Book().keep(scope, Look("person", BEN.id, "records"))
        scope.session.execute(update(LearningCycle).values(mid="x"))
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert scope.session.scalars(select(LearningCycle.mid)).all() == [""]
    with unit_of_work(scope_of(AOI)) as scope:
        Book().keep(scope, Look("person", BEN.id, "records"))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        looks = select(count()).select_from(AuditEntry).where(AuditEntry.verb == "look:person")
        assert scope.session.scalar(looks) == 1, "a look alone is kept"


def test_a_change_with_trace_is_kept(rows):
    with unit_of_work(scope_of(AOI)) as scope:
        scope.session.add(a_cycle(AOI, "second"))
        audit.record(scope, "cycle:opened", "second")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert len(scope.session.scalars(select(LearningCycle)).all()) == 2


@pytest.mark.parametrize(
    "statement", [update(LearningCycle).values(mid="x"), delete(LearningCycle)]
)
def test_bulk_changes_reach_only_visible_rows_and_need_a_trace(rows, statement):
    with pytest.raises(UnauditedError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.execute(statement)
    with unit_of_work(scope_of(AOI)) as scope:
        changed = scope.session.execute(statement)
        assert changed.rowcount == 1
        audit.record(scope, "cycle:changed", "all mine")


@pytest.mark.parametrize("other", [BEN, KEN, GEN], ids=lambda m: m.name)
def test_rows_of_others_cannot_be_made(rows, other):
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.add(a_cycle(other, "forged"))
        scope.session.flush()
    row = {
        "id": key("forged"),
        "school_id": other.school_id,
        "student_id": other.id,
        "class_id": CLASS_J2_1,
        "subject": "",
        "state": "acting",
        "state_since": clock.now(),
        "opened_at": clock.now(),
        "opened_on": date(2026, 4, 1),
        "updated_at": clock.now(),
    }
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.execute(insert(LearningCycle), [row])
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        append(scope, LearningCycle, [row])


def mapped_values(row):
    """Every column of a row that nothing gave a default yet."""
    columns = inspect(type(row)).local_table.columns
    return {column.key: getattr(row, column.key) for column in columns}


class UndoneError(Exception):
    """Takes back what a unit of work did."""


@pytest.fixture
def second(in_app):
    """The values of another lap of Aoi's, defaults and all."""
    with pytest.raises(UndoneError), unit_of_work(scope_of(AOI)) as scope:
        row = a_cycle(AOI, "second")
        scope.session.add(row)
        scope.session.flush()
        values = mapped_values(row)
        raise UndoneError
    return values


def test_rows_in_bulk_are_the_rows_the_orm_would_write(rows, second):
    with unit_of_work(scope_of(AOI)) as scope:
        append(scope, LearningCycle, [second, {**second, "id": key("third")}])
        append(scope, LearningCycle, [{**second, "id": key("fourth")}])
        append(scope, LearningCycle, [])
        audit.record(scope, "cycle:opened", "three")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        found = [
            scope.one(LearningCycle, second["id"]),
            *(scope.one(LearningCycle, key(name)) for name in ("third", "fourth")),
        ]
        for row, id_ in zip(found, [second["id"], key("third"), key("fourth")], strict=True):
            assert mapped_values(row) == {**second, "id": id_}


def test_rows_in_bulk_are_written_after_what_came_before(rows, second):
    with pytest.raises(IntegrityError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.add(a_cycle(AOI, "second"))
        append(scope, LearningCycle, [second])


def test_rows_in_bulk_need_a_trace_and_somebody_who_writes(rows, second):
    with pytest.raises(UnauditedError), unit_of_work(scope_of(AOI)) as scope:
        append(scope, LearningCycle, [second])
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI), read_only=True) as scope:
        append(scope, LearningCycle, [second])
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)):
        append(scope_of(BEN), LearningCycle, [second])


@pytest.mark.parametrize("columns", [{"nonsense": 1}, {"state": None}])
def test_rows_in_bulk_name_every_column(rows, second, columns):
    row = {key_: value for key_, value in second.items() if key_ != "records"} | columns
    with pytest.raises(TypeError), unit_of_work(scope_of(AOI)) as scope:
        append(scope, LearningCycle, [row])


def test_a_row_cannot_be_moved_to_somebody_else(rows):
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        row = scope.session.scalars(select(LearningCycle)).one()
        row.student_id = BEN.id
        audit.record(scope, "cycle:stolen", row.id)


def test_a_read_only_unit_of_work_changes_nothing(rows):
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI), read_only=True) as scope:
        scope.session.add(a_cycle(AOI, "second"))
        audit.record(scope, "cycle:opened", "second")


def test_operations_never_commit(rows):
    with pytest.raises(UnscopedError), unit_of_work(scope_of(AOI)) as scope:
        scope.session.commit()


def test_the_scope_of_a_session_never_changes(rows):
    with (
        pytest.raises(UnscopedError),
        unit_of_work(scope_of(AOI), read_only=True),
        unit_of_work(scope_of(BEN), read_only=True),
    ):
        pass


@pytest.fixture
def statements(in_app):
    """A statement that became Aoi's record, one that waits, and one of the other school's Ken."""
    now = clock.now()
    with unit_of_work(SystemScope("statements")) as scope:
        for number, name in enumerate(("aoi", "waiting", "ken"), 1):
            scope.session.add(
                StoredStatement(
                    district_id=DRILL_SCOPE.district_id,
                    id=key(f"statement {name}"),
                    given_id=key(f"statement {name} in xAPI"),
                    app_id=DRILL_SCOPE.actor_id,
                    position=number,
                    fingerprint=b"",
                    body=b"{}",
                )
            )
        for member in (AOI, KEN):
            scope.session.add(
                LearningRecord(
                    **a_record(member), id=key(f"statement {member.name}"), received_at=now
                )
            )
        scope.session.add(
            QuarantinedStatement(
                district_id=DRILL_SCOPE.district_id,
                statement_id=key("statement waiting"),
                app_id=DRILL_SCOPE.actor_id,
                reason="unknown_actor",
                happened_at=now,
                received_at=now,
            )
        )
        audit.record(scope, "rows:made", "")


def a_record(member):
    now = clock.now()
    return {
        "school_id": member.school_id, "student_id": member.id, "app_id": DRILL_SCOPE.actor_id,
        "connector": "xapi_generic", "subject": "", "title": "", "verb": "answered",
        "started_at": now, "ended_at": now, "day": clock.today(), "active_seconds": 0,
        "state": "valid",
    }  # fmt: skip


SEES_STATEMENTS = {
    AOI: {"aoi"},
    BEN: set(),
    CHIBA: {"aoi"},
    DOI: {"aoi"},
    MORI: {"ken"},
    OKA: {"aoi", "waiting"},
    SATO: set(),
    GEN: set(),
}


@pytest.mark.parametrize("reader", SEES_STATEMENTS, ids=lambda m: m.name)
def test_a_statement_is_seen_by_whoever_sees_what_was_made_of_it(statements, reader):
    with unit_of_work(scope_of(reader), read_only=True) as scope:
        seen = set(scope.session.scalars(select(StoredStatement.id)))
        held = scope.session.scalar(select(count(StoredStatement.id)))
    assert seen == {key(f"statement {name}") for name in SEES_STATEMENTS[reader]}
    assert held == len(seen)


@pytest.mark.parametrize("reader", SEES_STATEMENTS, ids=lambda m: m.name)
def test_of_persons_only_an_administrator_of_the_district_sees_what_waits(statements, reader):
    with unit_of_work(scope_of(reader), read_only=True) as scope:
        seen = scope.session.scalars(select(QuarantinedStatement.reason)).all()
    assert list(seen) == (["unknown_actor"] if reader is OKA else [])


def test_an_app_sees_every_statement_of_its_district_below_the_routes(statements):
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert len(scope.session.scalars(select(StoredStatement)).all()) == 3
