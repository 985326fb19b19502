"""How somebody came in, and when they last proved who they are."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NEW = ("id", "way", "device", "proved_at", "strong_at")


def upgrade():
    # Whoever is signed in comes in again: nothing says how they came.
    op.execute(sa.delete(sa.table("sign_in_sessions")))
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id", Key(), nullable=False))
        batch_op.add_column(sa.Column("way", sa.String(), nullable=False))
        batch_op.add_column(sa.Column("device", sa.String(), nullable=False))
        batch_op.add_column(sa.Column("proved_at", Moment(), nullable=False))
        batch_op.add_column(sa.Column("strong_at", Moment(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_sign_in_sessions_id"), ["id"])


def downgrade():
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_sign_in_sessions_id"), type_="unique")
        for name in reversed(_NEW):
            batch_op.drop_column(name)
