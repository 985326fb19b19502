"""People over time."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key

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


def downgrade():
    # What was carried to another school stands at the school before as well.
    op.execute(sa.text("DELETE FROM adjustments WHERE from_cycle_id IS NULL"))
    op.execute(sa.text("UPDATE adjustments SET state = 'proposed' WHERE state = 'carried'"))
    with op.batch_alter_table("adjustments") as table:
        table.drop_constraint("uq_adjustments_school_id_carried_from_id", type_="unique")
        table.drop_column("carried_from_cycle_id")
        table.drop_column("carried_from_id")
        table.alter_column("from_cycle_id", existing_type=Key(), nullable=False)
