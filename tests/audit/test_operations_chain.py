"""The chain of traces: what was changed, taken out, slipped in or turned round is found."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from aarportal.audit import operations as audit
from aarportal.audit.chain import operations, store
from aarportal.audit.chain.hashing import canonical
from aarportal.audit.chain.models import AuditLink
from aarportal.audit.exporting import operations as exporting
from aarportal.audit.models import AuditEntry
from aarportal.audit.verifying import operations as verifying
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.errors import UnscopedError
from aarportal.core.ids import id_at
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from tests.cast import AOI, CHIBA, HINATA, scope_of

#: So many entries the property test breaks; they lie two hours apart.
COUNT = 8


def leave(scope, count, *, hours_apart=0):
    """Traces that end a few hours ago, oldest first."""
    now = clock.now()
    for number in range(count):
        at = now - timedelta(hours=hours_apart * (count - number))
        scope.session.add(
            AuditEntry(
                id=id_at(int(at.timestamp() * 1_000_000)),
                at=at,
                actor_kind="person",
                actor_id=CHIBA.id,
                district_id=HINATA,
                student_id=AOI.id,
                verb="look:person",
                object_id=str(AOI.id),
                detail=f"{number}",
            )
        )


def verify(lines=()):
    with unit_of_work(SystemScope("verify"), read_only=True) as scope:
        return verifying.verify(scope, lines)


@pytest.fixture
def chained(in_app):
    with unit_of_work(SystemScope("traces")) as scope:
        leave(scope, 5)
    operations.link_all()


def test_every_trace_is_linked_once(chained):
    operations.link_all()
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        entries = set(scope.session.scalars(select(AuditEntry.id)))
        links = scope.session.scalars(select(AuditLink).order_by(AuditLink.sequence)).all()
    assert {link.entry_id for link in links} == entries
    assert [link.sequence for link in links] == list(range(1, len(entries) + 1))
    report = verify()
    assert (report.broken_at, report.waiting) == (None, 0)
    assert report.hash == links[-1].hash


def test_what_is_not_linked_yet_waits_and_breaks_nothing(chained):
    with unit_of_work(SystemScope("more")) as scope:
        audit.record(scope, "goal:set", "1")
    report = verify()
    assert (report.broken_at, report.waiting) == (None, 1)
    operations.link_all()
    assert verify().waiting == 0


@pytest.mark.parametrize("row_class", [AuditEntry, AuditLink])
@pytest.mark.parametrize("scope", [SystemScope("somebody"), scope_of(CHIBA)], ids=["system", "her"])
def test_no_scope_changes_or_deletes_a_trace(chained, scope, row_class):
    column = "verb" if row_class is AuditEntry else "hash"
    for statement in (update(row_class).values({column: "x"}), delete(row_class)):
        with pytest.raises(UnscopedError, match="only added to"), unit_of_work(scope):
            scope.session.execute(statement)
    if isinstance(scope, SystemScope):
        with pytest.raises(UnscopedError, match="only added to"), unit_of_work(scope):
            setattr(scope.session.scalars(select(row_class)).first(), column, "x")
        with pytest.raises(UnscopedError, match="only added to"), unit_of_work(scope):
            scope.session.delete(scope.session.scalars(select(row_class)).first())
    assert verify().broken_at is None


@pytest.mark.parametrize("table", ["audit_entries", "audit_links"])
@pytest.mark.parametrize("change", ["update {} set {} = 'x'", "delete from {}"])
def test_the_database_itself_refuses(chained, table, change):
    column = "verb" if table == "audit_entries" else "hash"
    with pytest.raises(DBAPIError, match="traces stay"), db.engine.begin() as connection:
        connection.execute(text(change.format(table, column)))
    assert verify().broken_at is None


def test_what_is_too_old_goes_and_the_rest_stays_whole(in_app):
    now = clock.now()
    with unit_of_work(SystemScope("traces")) as scope:
        for years in (7, 6, 1):
            at = operations.years_ago(now, years)
            scope.session.add(
                AuditEntry(
                    id=id_at(int(at.timestamp() * 1_000_000)),
                    at=at,
                    actor_kind="system",
                    verb="goal:set",
                    object_id=str(years),
                )
            )
    operations.link_all()
    assert operations.let_go(5) == 2
    assert operations.let_go(5) == 0
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        left = scope.session.scalars(select(AuditEntry.object_id)).all()
        assert not {"7", "6"} & set(left)
        assert "1" in left
        assert store.chain(scope).let_go_before is None
    operations.link_all()
    assert verify().broken_at is None


def test_when_exactly_one_trace_was_let_go_the_rest_is_whole(in_app):
    """The very first link is then the anchor, and its entry is gone with good reason."""
    at = operations.years_ago(clock.now(), 7)
    with unit_of_work(SystemScope("traces")) as scope:
        scope.session.add(
            AuditEntry(
                id=id_at(int(at.timestamp() * 1_000_000)),
                at=at,
                actor_kind="system",
                verb="goal:set",
                object_id="the oldest",
            )
        )
    operations.link_all()
    assert operations.let_go(5) == 1
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        first = next(iter(store.links(scope)))
        assert (first.sequence, first.entry) == (1, None)
    assert verify().broken_at is None
    operations.link_all()
    assert verify().broken_at is None
    assert operations.let_go(5) == 0


def test_an_anchor_that_no_trace_names_is_found(in_app):
    with unit_of_work(SystemScope("traces")) as scope:
        leave(scope, 4)
    operations.link_all()
    with unguarded() as connection:
        connection.execute(
            text("delete from audit_entries where id in "
                 "(select entry_id from audit_links where sequence <= 3)")
        )  # fmt: skip
        connection.execute(text("delete from audit_links where sequence < 3"))
    assert verify().broken_at == 3


def test_a_tail_that_was_cut_off_is_found_with_an_export(in_app, tmp_path):
    with unit_of_work(SystemScope("traces")) as scope:
        leave(scope, 6)
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8") as file:
        assert exporting.write(HINATA, clock.now() - timedelta(days=1), file) == 6
    lines = path.read_text("utf-8").splitlines()
    operations.link_all()
    assert verify(lines).broken_at is None
    with unit_of_work(SystemScope("cut"), read_only=True) as scope:
        kept = list(store.links(scope))[3]
    with unguarded() as connection:
        connection.execute(
            text("delete from audit_entries where id in "
                 "(select entry_id from audit_links where sequence > 4)")
        )  # fmt: skip
        connection.execute(text("delete from audit_links where sequence > 4"))
        connection.execute(
            text("update audit_chain set sequence = 4, hash = :hash"), {"hash": kept.hash}
        )
    assert verify().broken_at is None, "by itself the chain cannot know"
    assert verify(lines).broken_at == 5
    forged = [line.replace("look:person", "look:nobody") for line in lines]
    assert verify(forged).why == "the export itself was changed"


class unguarded:  # noqa: N801 - reads like a block
    """Somebody who holds the database in their hands: no trigger stops them."""

    def __enter__(self):
        self.block = db.engine.begin()
        connection = self.block.__enter__()
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.triggers = []
        if self.is_sqlite:
            query = "select name, sql from sqlite_master where type = 'trigger'"
            self.triggers = connection.execute(text(query)).all()
            for name, _sql in self.triggers:
                connection.execute(text(f"drop trigger {name}"))
        else:
            connection.execute(text("set local session_replication_role = replica"))
        self.connection = connection
        return connection

    def __exit__(self, *error):
        for _name, sql in self.triggers:
            self.connection.execute(text(sql))
        return self.block.__exit__(*error)


class UndoneError(Exception):
    """Takes back what the property test broke."""


def _entries(connection):
    query = select(AuditLink.sequence, AuditLink.entry_id).order_by(AuditLink.sequence)
    return connection.execute(query).all()


def _change(connection, rows, number, column, _other):
    value = {"at": "2020-01-01 00:00:00.000000"}.get(column, "0" * 32)
    if column in {"verb", "object_id", "detail"}:
        value = "forged"
    query = update(AuditEntry).where(AuditEntry.id == rows[number].entry_id)
    new = {"at": clock.now() - timedelta(days=900), "verb": value}.get(column, value)
    if column.endswith("_id") and column != "object_id":
        new = None
    connection.execute(query.values({column: new}))


def _remove(connection, rows, number, _column, _other):
    connection.execute(delete(AuditEntry).where(AuditEntry.id == rows[number].entry_id))


def _remove_both(connection, rows, number, _column, _other):
    connection.execute(delete(AuditEntry).where(AuditEntry.id == rows[number].entry_id))
    connection.execute(delete(AuditLink).where(AuditLink.sequence == rows[number].sequence))


def _insert(connection, rows, number, _column, _other):
    table = AuditEntry.metadata.tables["audit_entries"]
    row = connection.execute(select(table).where(table.c.id == rows[number].entry_id)).one()
    before = {**row._asdict(), "id": id_at(int(row.at.timestamp() * 1_000_000) - 1_000)}
    connection.execute(table.insert().values(before))


def _swap(connection, rows, number, _column, other):
    table = AuditLink.metadata.tables["audit_links"]
    one, two = rows[number], rows[other]
    places = ((one.sequence, id_at(1)), (two.sequence, one.entry_id), (one.sequence, two.entry_id))
    for sequence, entry_id in places:
        where = table.c.sequence == sequence
        connection.execute(table.update().where(where).values(entry_id=entry_id))


BREAKS = {
    "change": _change, "remove": _remove, "remove both": _remove_both,
    "insert": _insert, "swap": _swap,
}  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    how=st.sampled_from(sorted(BREAKS)),
    number=st.integers(0, COUNT - 1),
    other=st.integers(0, COUNT - 1),
    column=st.sampled_from(
        ["at", "verb", "object_id", "detail", "student_id", "actor_id", "district_id"]
    ),
)
def test_whatever_is_done_to_a_trace_is_found(in_app, how, number, other, column):
    """The cast's own trace is the last; the eight before it lie two hours apart."""
    with unit_of_work(SystemScope("how many"), read_only=True) as scope:
        is_first = store.chain(scope).sequence == 0
    if is_first:
        with unit_of_work(SystemScope("traces")) as scope:
            leave(scope, COUNT, hours_apart=2)
        operations.link_all()
    assert verify().broken_at is None
    if how == "swap" and number == other:
        other = (number + 1) % COUNT
    kept = _snapshot()
    with unguarded() as connection:
        BREAKS[how](connection, _entries(connection), number, column, other)
    report = verify()
    with unguarded() as connection:
        _restore(connection, kept)
    assert report.broken_at is not None, (how, number, column)
    if how != "insert":
        # Of a first link that is gone with its entry, the second one tells.
        assert report.broken_at <= max(number, other) + 2


def _tables():
    return [AuditEntry.metadata.tables[name] for name in ("audit_entries", "audit_links")]


def _snapshot():
    with db.engine.connect() as connection:
        return [
            (table, [row._asdict() for row in connection.execute(select(table))])
            for table in _tables()
        ]


def _restore(connection, kept):
    for table, rows in kept:
        connection.execute(table.delete())
        connection.execute(table.insert(), rows)


def test_an_entry_is_hashed_alike_on_every_database(chained):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        link = next(iter(store.links(scope)))
    assert list(link.entry) != []
    line = canonical(link.entry)
    assert '"at":"20' in line
    assert "+00:00" in line
