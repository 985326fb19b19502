"""Traces are chained, and the database itself refuses to change them."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SAYS = "traces stay as they are"
# An entry goes when its time is over, and while somebody lets such entries go.
_TIME_IS_OVER = "EXISTS (SELECT 1 FROM audit_chain WHERE let_go_before > OLD.at)"
_LETS_GO = "EXISTS (SELECT 1 FROM audit_chain WHERE let_go_before IS NOT NULL)"
_GUARDED = (("audit_entries", _TIME_IS_OVER), ("audit_links", _LETS_GO))


def upgrade():
    op.create_table(
        "audit_links",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", Key(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_links_entry_id")),
    )
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("newest_id", Key(), nullable=True),
        sa.Column("let_go_before", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    for table, unless in _GUARDED:
        for statement in _guards(table, unless):
            op.execute(statement)


def downgrade():
    for table, _unless in _GUARDED:
        for statement in _guards_gone(table):
            op.execute(statement)
    op.drop_table("audit_chain")
    op.drop_table("audit_links")


def _is_postgresql():
    return op.get_bind().dialect.name == "postgresql"


def _guards(table, unless):
    if not _is_postgresql():
        return (
            (
                f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            ),
            (
                f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN NOT {unless} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            ),
        )
    return (
        f"""CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND {unless} THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '{_SAYS}';
        END $$""",
        (
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stay()"
        ),
    )


def _guards_gone(table):
    if not _is_postgresql():
        return (f"DROP TRIGGER {table}_unchanged", f"DROP TRIGGER {table}_kept")
    return (f"DROP TRIGGER {table}_stay ON {table}", f"DROP FUNCTION {table}_stay()")
