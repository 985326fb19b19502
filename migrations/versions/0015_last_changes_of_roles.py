"""The last change of what somebody is at a school is found in the index of their roles."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEX = "ix_user_roles_of_user"
_REST = ["status", "ends_before", "starts_on", "school_id", "role"]


def _put(columns):
    with op.batch_alter_table("user_roles", schema=None) as batch_op:
        batch_op.drop_index(_INDEX)
        batch_op.create_index(_INDEX, columns, unique=False)


def upgrade():
    _put(["user_id", "last_modified", *_REST])


def downgrade():
    _put(["user_id", *_REST])
