"""What people hold beside their roles, and who looks through a pupil's eyes."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "relations",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("holder_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("class_id", Key(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("student_id", Key(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_before", sa.Date(), nullable=True),
        sa.Column("given_by", Key(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("ended_by", Key(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["users.id"], name=op.f("fk_relations_holder_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_relations_school_id_classes"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_relations_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_relations_student_id_users")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_relations")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relations_holder_id_ends_before"), ["holder_id", "ends_before"]
        )
        batch_op.create_index(batch_op.f("ix_relations_student_id"), ["student_id"])
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sees_as", Key(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_sessions_sees_as_users"), "users", ["sees_as"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_sign_in_sessions_sees_as_users"), type_="foreignkey"
        )
        batch_op.drop_column("sees_as")
    op.drop_table("relations")
