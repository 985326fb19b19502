"""Rosters over REST: who reads ours, with which tokens, and whose we fetch."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "roster_clients",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("school_ids", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("secret_since", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_roster_clients_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_roster_clients_client_id")),
    )
    with op.batch_alter_table("roster_clients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_clients_district_id_made_at"),
            ["district_id", "made_at"],
            unique=False,
        )

    op.create_table(
        "roster_sources",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("pull_hour", sa.Integer(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("next_pull_at", Moment(), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("last_pull_at", Moment(), nullable=True),
        sa.Column("last_success_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("trouble_detail", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("last_sha256", sa.String(), nullable=False),
        sa.Column("last_import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_roster_sources_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_sources")),
    )
    with op.batch_alter_table("roster_sources", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_sources_district_id_made_at"),
            ["district_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_roster_sources_next_pull_at"), ["next_pull_at"], unique=False
        )

    op.create_table(
        "roster_tokens",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("client_row_id", Key(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_row_id"], ["roster_clients.id"], name=op.f("fk_roster_tokens_client_row_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_roster_tokens")),
    )
    with op.batch_alter_table("roster_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_tokens_client_row_id"), ["client_row_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_roster_tokens_expires_at"), ["expires_at"], unique=False
        )


def downgrade():
    with op.batch_alter_table("roster_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_tokens_expires_at"))
        batch_op.drop_index(batch_op.f("ix_roster_tokens_client_row_id"))

    op.drop_table("roster_tokens")
    with op.batch_alter_table("roster_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_sources_next_pull_at"))
        batch_op.drop_index(batch_op.f("ix_roster_sources_district_id_made_at"))

    op.drop_table("roster_sources")
    with op.batch_alter_table("roster_clients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_clients_district_id_made_at"))

    op.drop_table("roster_clients")
