"""Lists of 60,000 people, a person's traces and a school's day, read from indexes alone."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Table -> the columns of its new index, and those of the one in whose place it comes.
INDEXES = (
    ("users", ("district_id", "sort_key", "id", "grade"), ("district_id", "sort_key")),
    ("audit_entries", ("student_id", "at"), None),
    ("audit_entries", ("object_id", "at"), None),
    ("attendance_entries", ("school_id", "day"), None),
)


def _name(table, columns):
    return op.f(f"ix_{table}_{'_'.join(columns)}")


def upgrade():
    for table, new, old in INDEXES:
        if old:
            op.drop_index(_name(table, old), table_name=table)
        op.create_index(_name(table, new), table, list(new))


def downgrade():
    for table, new, old in reversed(INDEXES):
        op.drop_index(_name(table, new), table_name=table)
        if old:
            op.create_index(_name(table, old), table, list(old))
