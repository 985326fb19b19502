"""A row for every doubt.

Before 0002 a doubted line was nothing but a state of its records, and no teacher's page asks for
that. Each such line gets the row that whoever doubts it now would write.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment
from aarportal.core.ids import new_id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: As lines were drawn when their records were doubted.
_TOGETHER = timedelta(minutes=20)

_RECORDS = sa.table(
    "learning_records",
    sa.column("school_id", Key()),
    sa.column("id", Key()),
    sa.column("student_id", Key()),
    sa.column("app_id", Key()),
    sa.column("unit_id", Key()),
    sa.column("subject", sa.String()),
    sa.column("ended_at", Moment()),
    sa.column("day", sa.Date()),
    sa.column("self_reported", sa.Boolean()),
    sa.column("state", sa.String()),
    sa.column("received_at", Moment()),
)
_DISPUTES = sa.table(
    "record_disputes",
    sa.column("school_id", Key()),
    sa.column("id", Key()),
    sa.column("student_id", Key()),
    sa.column("record_id", Key()),
    sa.column("reason", sa.String()),
    sa.column("made_at", Moment()),
    sa.column("decision", sa.String()),
    sa.column("explanation", sa.String()),
    sa.column("decided_at", Moment()),
)
_AUDIT = sa.table(
    "audit_entries",
    sa.column("at", Moment()),
    sa.column("school_id", Key()),
    sa.column("student_id", Key()),
    sa.column("verb", sa.String()),
    sa.column("object_id", sa.String()),
)


def _days():
    """(school, student, day) with a doubted record."""
    table = _RECORDS.c
    return op.get_bind().execute(
        sa.select(table.school_id, table.student_id, table.day)
        .where(table.state == "disputed")
        .distinct()
        .order_by(table.school_id, table.student_id, table.day)
    )


def _lines(school_id, student_id, day):
    """The records of a day that count, as lines."""
    table = _RECORDS.c
    lines = []
    for row in op.get_bind().execute(
        sa.select(_RECORDS)
        .where(
            table.school_id == school_id,
            table.student_id == student_id,
            table.day == day,
            table.state != "voided",
        )
        .order_by(table.ended_at, table.id)
    ):
        if lines and _belongs(lines[-1][-1], row):
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def _belongs(last, row):
    def same(each):
        return each.app_id, each.unit_id, each.subject, each.self_reported

    close = row.ended_at - last.ended_at <= _TOGETHER
    return close and same(last) == same(row) and not row.self_reported


def _without_a_row(line, asked):
    """The first doubted record of a line that no row is about; None if there is none."""
    for row in line:
        if row.id in asked:
            return None
        if row.state == "disputed":
            return row
    return None


def _doubted_at(row):
    """When the student doubted it, by the trace that was left."""
    table = _AUDIT.c
    at = op.get_bind().scalar(
        sa.select(table.at)
        .where(
            table.verb == "record:disputed",
            table.object_id == str(row.id),
            table.student_id == row.student_id,
        )
        .order_by(table.at.desc())
        .limit(1)
    )
    return at or row.received_at


def upgrade():
    connection = op.get_bind()
    table = _DISPUTES.c
    asked = set(connection.scalars(sa.select(table.record_id).where(table.decided_at.is_(None))))
    for day in _days().all():
        for line in _lines(*day):
            row = _without_a_row(line, asked)
            if row is not None:
                connection.execute(
                    sa.insert(_DISPUTES).values(
                        school_id=row.school_id,
                        id=new_id(),
                        student_id=row.student_id,
                        record_id=row.id,
                        reason="",
                        made_at=_doubted_at(row),
                        decision="",
                        explanation="",
                    )
                )


def downgrade():
    """The rows stay: nothing says which of them were made here, and 0002 takes the table along."""
