"""Accounts that rest, passwords that have to be changed, login cards."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.alter_column("must_change", server_default=None)
    op.create_table(
        "pupil_locks",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_pupil_locks_student_id_users")
        ),
        sa.PrimaryKeyConstraint("school_id", "student_id", name=op.f("pk_pupil_locks")),
    )
    op.create_table(
        "staff_locks",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_locks_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_locks")),
    )
    op.create_table(
        "login_cards",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("class_id", Key(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pictures", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("stopped_at", Moment(), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_login_cards_student_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_login_cards_school_id_classes"),
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "school_year", name=op.f("pk_login_cards")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_cards_token_hash")),
    )
    op.create_table(
        "school_networks",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_networks_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("school_id", "network", name=op.f("pk_school_networks")),
    )


def downgrade():
    op.drop_table("school_networks")
    op.drop_table("login_cards")
    op.drop_table("staff_locks")
    op.drop_table("pupil_locks")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("must_change")
