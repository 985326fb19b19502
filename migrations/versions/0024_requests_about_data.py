"""What pupils and guardians ask the school about data."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "data_requests",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_as", sa.String(), nullable=False),
        sa.Column("asked_by", Key(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("data_kind", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", Key(), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("answered_by", Key(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("changed_what", sa.LargeBinary(), nullable=False),
        sa.Column("changed_from", sa.LargeBinary(), nullable=False),
        sa.Column("changed_to", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_data_requests_student_id_users")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_data_requests")),
    )
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_requests_school_id_due_on"), ["school_id", "due_on"]
        )
        batch_op.create_index(
            batch_op.f("ix_data_requests_school_id_student_id"), ["school_id", "student_id"]
        )


def downgrade():
    op.drop_table("data_requests")
