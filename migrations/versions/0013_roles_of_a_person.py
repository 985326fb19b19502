"""Whatever is asked of somebody's roles and places stands in one index."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = ("user_roles", "enrollments")
_COLUMNS = ["user_id", "status", "ends_before", "starts_on", "school_id", "role"]


def upgrade():
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_user_id"))
            batch_op.create_index(f"ix_{table}_of_user", _COLUMNS, unique=False)


def downgrade():
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(f"ix_{table}_of_user")
            batch_op.create_index(batch_op.f(f"ix_{table}_user_id"), ["user_id"], unique=False)
