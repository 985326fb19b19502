"""LTI 1.3, both sides: keys, platforms, launches on their way, and tools of learning apps."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "lti_keys",
        sa.Column("id", Key(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.JSON(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_lti_keys_kid")),
    )
    op.create_table(
        "lti_platforms",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("auth_url", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(), nullable=False),
        sa.Column("jwks_url", sa.String(), nullable=False),
        sa.Column("deployments", sa.JSON(), nullable=False),
        sa.Column("known_by", sa.String(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_lti_platforms_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platforms")),
        sa.UniqueConstraint(
            "district_id",
            "issuer",
            "client_id",
            name=op.f("uq_lti_platforms_district_id_issuer_client_id"),
        ),
    )
    op.create_index(op.f("ix_lti_platforms_issuer"), "lti_platforms", ["issuer"])
    op.create_table(
        "lti_bindings",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("platform_id", Key(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        _of_platform("lti_bindings"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lti_bindings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_bindings")),
        sa.UniqueConstraint(
            "platform_id", "subject", name=op.f("uq_lti_bindings_platform_id_subject")
        ),
    )
    op.create_index(op.f("ix_lti_bindings_user_id"), "lti_bindings", ["user_id"])
    op.create_table(
        "lti_logins",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("platform_id", Key(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=True),
        sa.Column("user_id", Key(), nullable=True),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        _of_platform("lti_logins"),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_lti_logins")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_lti_logins_ticket_hash")),
    )
    op.create_index(op.f("ix_lti_logins_expires_at"), "lti_logins", ["expires_at"])
    op.create_table(
        "lti_contexts",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("platform_id", Key(), nullable=False),
        sa.Column("context_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("memberships_url", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("last_import_id", Key(), nullable=True),
        _of_platform("lti_contexts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_contexts")),
        sa.UniqueConstraint(
            "platform_id", "context_id", name=op.f("uq_lti_contexts_platform_id_context_id")
        ),
    )
    op.create_table(
        "lti_choices",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("platform_id", Key(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        _of_platform("lti_choices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_choices")),
    )
    op.create_table(
        "lti_tools",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("login_url", sa.String(), nullable=False),
        sa.Column("launch_url", sa.String(), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("known_as", sa.String(), nullable=False),
        sa.Column("tells_name", sa.Boolean(), nullable=False),
        sa.Column("tells_class", sa.Boolean(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["learning_apps.id"], name=op.f("fk_lti_tools_app_id")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_lti_tools_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_tools")),
        sa.UniqueConstraint("app_id", name=op.f("uq_lti_tools_app_id")),
        sa.UniqueConstraint("client_id", name=op.f("uq_lti_tools_client_id")),
    )


def downgrade():
    for name in (
        "lti_tools",
        "lti_choices",
        "lti_contexts",
        "lti_logins",
        "lti_bindings",
        "lti_platforms",
        "lti_keys",
    ):
        op.drop_table(name)


def _of_platform(table):
    return sa.ForeignKeyConstraint(
        ["platform_id"],
        ["lti_platforms.id"],
        name=op.f(f"fk_{table}_platform_id"),
        ondelete="CASCADE",
    )
