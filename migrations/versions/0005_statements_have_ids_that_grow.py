"""Statements have ids of their own that grow; what was answered lies together by day."""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


_RECORDS = sa.table(
    "learning_records",
    sa.column("school_id", Key()),
    sa.column("id", Key()),
    sa.column("question_id", sa.String()),
    sa.column("attempt_id", sa.String()),
    sa.column("answer_key", sa.BigInteger()),
)
#: Rows that are changed at once.
_AT_ONCE = 5000


def _answer_key(question_id, attempt_id):
    digest = blake2b(f"{question_id}\n{attempt_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _fill_answer_keys():
    connection, table = op.get_bind(), _RECORDS.c
    key = sa.tuple_(table.school_id, table.id)
    asked = (
        sa.select(table.school_id, table.id, table.question_id, table.attempt_id)
        .where(table.question_id != "")
        .order_by(table.school_id, table.id)
        .limit(_AT_ONCE)
    )
    update = (
        sa.update(_RECORDS)
        .where(table.school_id == sa.bindparam("school"), table.id == sa.bindparam("record"))
        .values(answer_key=sa.bindparam("key"))
    )
    rows = connection.execute(asked).all()
    while rows:
        connection.execute(
            update,
            [
                {"school": row.school_id, "record": row.id, "key": _answer_key(*row[2:])}
                for row in rows
            ],
        )
        last = sa.tuple_(sa.literal(rows[-1].school_id, Key()), sa.literal(rows[-1].id, Key()))
        rows = connection.execute(asked.where(key > last)).all()


def upgrade():
    with op.batch_alter_table("statements", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("given_id", Key(), nullable=True))
    # Statements that are there keep the app's id for their own: what was made of them has it.
    op.execute("UPDATE statements SET given_id = id")
    with op.batch_alter_table("statements") as batch_op:
        batch_op.alter_column("given_id", existing_type=Key(), nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_statements_district_id_given_id"), ["district_id", "given_id"]
        )
    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("answer_key", sa.BigInteger(), nullable=True))
    _fill_answer_keys()
    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_learning_records_of_a_day"),
            ["school_id", "student_id", "day", "ended_at", "answer_key"],
        )
        batch_op.drop_index("ix_learning_records_school_id_student_id_question_id_day")
        batch_op.drop_index("ix_learning_records_school_id_student_id_day")


def downgrade():
    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_learning_records_school_id_student_id_day"),
            ["school_id", "student_id", "day"],
        )
        batch_op.create_index(
            batch_op.f("ix_learning_records_school_id_student_id_question_id_day"),
            ["school_id", "student_id", "question_id", "day"],
            sqlite_where=sa.text("question_id != ''"),
            postgresql_where=sa.text("question_id != ''"),
        )
        batch_op.drop_index("ix_learning_records_of_a_day")
        batch_op.drop_column("answer_key")
    op.create_index("ix_statements_id", "statements", ["id"])
    statements = sa.table("statements", sa.column("id", Key()), sa.column("given_id", Key()))
    for name, column in (
        ("learning_records", "id"),
        ("quarantined_statements", "statement_id"),
        ("imported_rows", "statement_id"),
        ("record_disputes", "record_id"),
    ):
        table = sa.table(name, sa.column(column, Key()))
        own = table.c[column]
        # Two districts may have one; it is the same id then.
        found = sa.select(statements.c.given_id).where(statements.c.id == own).limit(1)
        op.execute(
            sa.update(table)
            .where(own.in_(sa.select(statements.c.id)))
            .values({column: found.scalar_subquery()})
        )
    op.drop_index("ix_statements_id", "statements")
    op.execute("UPDATE statements SET id = given_id")
    with op.batch_alter_table("statements") as batch_op:
        batch_op.drop_constraint("uq_statements_district_id_given_id", type_="unique")
        batch_op.drop_column("given_id")
