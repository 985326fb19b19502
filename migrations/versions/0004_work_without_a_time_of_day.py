"""Work without a time of day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.add_column(
            sa.Column("has_time", sa.Boolean(), nullable=False, server_default=sa.true())
        )


def downgrade():
    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.drop_column("has_time")
