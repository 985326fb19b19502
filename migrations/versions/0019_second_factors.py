"""Second factors of staff, and when their sessions were last used."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    # Sessions of staff that nobody has touched would never be: whoever is signed in comes in again.
    op.execute(sa.delete(sa.table("sign_in_sessions")))
    op.create_table(
        "session_touches",
        sa.Column("session_id", Key(), nullable=False),
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sign_in_sessions.id"],
            name=op.f("fk_session_touches_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_touches")),
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("begun_in", Key(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("district_id", Key(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("district_id", Key(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "number", name=op.f("pk_recovery_codes")),
    )


def downgrade():
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_table("session_touches")
