"""Providers of OpenID Connect, and whose account is whose there."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oidc_providers",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=True),
        sa.Column("tenants", sa.JSON(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("compared_with", sa.String(), nullable=False),
        sa.Column("strong_acr", sa.JSON(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_oidc_providers_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_providers")),
    )
    op.create_index(
        op.f("ix_oidc_providers_district_id_made_at"), "oidc_providers", ["district_id", "made_at"]
    )
    op.create_table(
        "oidc_bindings",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("provider_id", Key(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["oidc_providers.id"], name=op.f("fk_oidc_bindings_provider_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_oidc_bindings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_bindings")),
        sa.UniqueConstraint(
            "provider_id", "subject", name=op.f("uq_oidc_bindings_provider_id_subject")
        ),
        sa.UniqueConstraint(
            "provider_id", "user_id", name=op.f("uq_oidc_bindings_provider_id_user_id")
        ),
    )
    op.create_index(op.f("ix_oidc_bindings_user_id"), "oidc_bindings", ["user_id"])
    op.create_table(
        "oidc_spent_states",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("spent_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oidc_spent_states")),
    )
    op.create_index(op.f("ix_oidc_spent_states_spent_at"), "oidc_spent_states", ["spent_at"])
    op.create_table(
        "passwordless_schools",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passwordless_schools")),
        sa.UniqueConstraint(
            "district_id", "school_id", name=op.f("uq_passwordless_schools_district_id_school_id")
        ),
    )


def downgrade():
    op.drop_table("passwordless_schools")
    op.drop_table("oidc_spent_states")
    op.drop_table("oidc_bindings")
    op.drop_table("oidc_providers")
