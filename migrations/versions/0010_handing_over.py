"""Handing over what is a pupil's own."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "deletion_orders",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("without_export", sa.Boolean(), nullable=False),
        sa.Column("ordered_by", Key(), nullable=False),
        sa.Column("ordered_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held_because", sa.String(), nullable=False),
        sa.Column("held_by", Key(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_orders")),
    )
    with op.batch_alter_table("deletion_orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deletion_orders_district_id_school_id_state_due_on"),
            ["district_id", "school_id", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_deletion_orders_state_due_on"), ["state", "due_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deletion_orders_student_id"), ["student_id"], unique=False
        )

    op.create_table(
        "handover_imports",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("student_id", Key(), nullable=True),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("confirmed_by", Key(), nullable=True),
        sa.Column("written_at", Moment(), nullable=True),
        sa.Column("undone_by", Key(), nullable=True),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_imports")),
    )
    with op.batch_alter_table("handover_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handover_imports_district_id_school_id_made_at"),
            ["district_id", "school_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_handover_imports_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_handover_imports_student_id"), ["student_id"], unique=False
        )

    op.create_table(
        "handover_rules",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_handover_rules")),
    )
    op.create_table(
        "trusted_issuers",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("confirmed_by", Key(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_issuers")),
        sa.UniqueConstraint(
            "district_id", "fingerprint", name=op.f("uq_trusted_issuers_district_id_fingerprint")
        ),
    )
    op.create_table(
        "carried_rows",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", Key(), nullable=False),
        sa.Column("given_id", Key(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("carried_at", Moment(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_carried_rows_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "kind", "row_id", name=op.f("pk_carried_rows")
        ),
    )
    with op.batch_alter_table("carried_rows", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_carried_rows_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_carried_rows_school_id_student_id_given_id"),
            ["school_id", "student_id", "given_id"],
            unique=False,
        )

    op.create_table(
        "handover_packages",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("for_student", sa.Boolean(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=True),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("fetched_by", Key(), nullable=True),
        sa.Column("fetched_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_handover_packages_student_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_handover_packages")),
    )
    with op.batch_alter_table("handover_packages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handover_packages_school_id_student_id_made_at"),
            ["school_id", "student_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_handover_packages_state"), ["state"], unique=False)


def downgrade():
    with op.batch_alter_table("handover_packages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_packages_state"))
        batch_op.drop_index(batch_op.f("ix_handover_packages_school_id_student_id_made_at"))

    op.drop_table("handover_packages")
    with op.batch_alter_table("carried_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carried_rows_school_id_student_id_given_id"))
        batch_op.drop_index(batch_op.f("ix_carried_rows_school_id_import_id"))

    op.drop_table("carried_rows")
    op.drop_table("trusted_issuers")
    op.drop_table("handover_rules")
    with op.batch_alter_table("handover_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_imports_student_id"))
        batch_op.drop_index(batch_op.f("ix_handover_imports_state"))
        batch_op.drop_index(batch_op.f("ix_handover_imports_district_id_school_id_made_at"))

    op.drop_table("handover_imports")
    with op.batch_alter_table("deletion_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deletion_orders_student_id"))
        batch_op.drop_index(batch_op.f("ix_deletion_orders_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_deletion_orders_district_id_school_id_state_due_on"))

    op.drop_table("deletion_orders")
