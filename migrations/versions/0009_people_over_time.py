"""People over time."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("adjustments") as table:
        table.alter_column("from_cycle_id", existing_type=Key(), nullable=True)
        table.add_column(sa.Column("carried_from_id", Key()))
        table.add_column(sa.Column("carried_from_cycle_id", Key()))
        table.create_unique_constraint(
            "uq_adjustments_school_id_carried_from_id", ["school_id", "carried_from_id"]
        )
    op.create_table(
        "term_letters",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("read_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["users.id"], name="fk_term_letters_student_id"),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_term_letters"),
        sa.UniqueConstraint(
            "school_id",
            "student_id",
            "year",
            "term",
            name="uq_term_letters_school_id_student_id_year_term",
        ),
    )
    op.create_table(
        "rollovers",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("laps_closed_at", Moment()),
        sa.Column("closed_laps", sa.Integer(), nullable=False),
        sa.Column("settled_at", Moment()),
        sa.Column("reopened_at", Moment()),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_rollovers_school_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rollovers"),
    )
    op.create_index("ix_rollovers_import_id", "rollovers", ["import_id"])
    op.create_index(
        "ix_rollovers_school_id_year_made_at", "rollovers", ["school_id", "year", "made_at"]
    )


def downgrade():
    op.drop_table("rollovers")
    op.drop_table("term_letters")
    # What was carried to another school stands at the school before as well.
    op.execute(sa.text("DELETE FROM adjustments WHERE from_cycle_id IS NULL"))
    op.execute(sa.text("UPDATE adjustments SET state = 'proposed' WHERE state = 'carried'"))
    with op.batch_alter_table("adjustments") as table:
        table.drop_constraint("uq_adjustments_school_id_carried_from_id", type_="unique")
        table.drop_column("carried_from_cycle_id")
        table.drop_column("carried_from_id")
        table.alter_column("from_cycle_id", existing_type=Key(), nullable=False)
