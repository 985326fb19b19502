"""Platforms that want to know who handed a reflection in, and what they were told."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    # Not in a batch: SQLite would make the table anew, and what hangs on its rows goes with them.
    op.add_column(
        "lti_platforms",
        sa.Column("sends_completion", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "lti_lines",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("platform_id", Key(), nullable=False),
        sa.Column("context_id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("items_url", sa.String(), nullable=False),
        sa.Column("item_url", sa.String(), nullable=False),
        sa.Column("is_item_ours", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["lti_platforms.id"],
            name=op.f("fk_lti_lines_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_lines")),
        sa.UniqueConstraint(
            "platform_id",
            "context_id",
            "link_id",
            name=op.f("uq_lti_lines_platform_id_context_id_link_id"),
        ),
    )
    op.create_table(
        "lti_completions",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("line_id", Key(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["lti_lines.id"],
            name=op.f("fk_lti_completions_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lti_completions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_completions")),
        sa.UniqueConstraint("line_id", "user_id", name=op.f("uq_lti_completions_line_id_user_id")),
    )
    op.create_index(
        op.f("ix_lti_completions_user_id_state"), "lti_completions", ["user_id", "state"]
    )
    op.create_index(
        op.f("ix_lti_completions_state_next_try_at"), "lti_completions", ["state", "next_try_at"]
    )
    op.create_index(op.f("ix_reflections_submitted_at"), "reflections", ["submitted_at"])


def downgrade():
    op.drop_index(op.f("ix_reflections_submitted_at"), table_name="reflections")
    op.drop_table("lti_completions")
    op.drop_table("lti_lines")
    op.drop_column("lti_platforms", "sends_completion")
