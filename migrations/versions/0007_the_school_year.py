"""The school year: calendar, terms, timetable."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bell_schedules",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("is_usual", sa.Boolean(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_bell_schedules")),
    )
    op.create_table(
        "terms",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_before", sa.Date(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "starts_on", name=op.f("pk_terms")),
    )
    op.create_table(
        "year_imports",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("undone_by", Key(), nullable=True),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_year_imports")),
    )
    with op.batch_alter_table("year_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_year_imports_school_id_made_at"), ["school_id", "made_at"], unique=False
        )

    op.create_table(
        "timetables",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("class_id", Key(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_timetables_school_id_class_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_timetables")),
        sa.UniqueConstraint(
            "school_id",
            "class_id",
            "starts_on",
            name=op.f("uq_timetables_school_id_class_id_starts_on"),
        ),
    )
    op.create_table(
        "timetable_lessons",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("timetable_id", Key(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("teacher_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "timetable_id"],
            ["timetables.school_id", "timetables.id"],
            name=op.f("fk_timetable_lessons_school_id_timetable_id"),
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["users.id"], name=op.f("fk_timetable_lessons_teacher_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "timetable_id", "weekday", "period", name=op.f("pk_timetable_lessons")
        ),
    )
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bells_id", Key(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_calendar_days_school_id_bells_id"),
            "bell_schedules",
            ["school_id", "bells_id"],
            ["school_id", "id"],
        )


def downgrade():
    # What came before knew no days of tests; like events they counted for nobody.
    days = sa.table("calendar_days", sa.column("kind", sa.String()))
    op.execute(sa.update(days).where(days.c.kind == "exam").values(kind="event"))
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_calendar_days_school_id_bells_id"), type_="foreignkey"
        )
        batch_op.drop_column("bells_id")

    op.drop_table("timetable_lessons")
    op.drop_table("timetables")
    with op.batch_alter_table("year_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_imports_school_id_made_at"))

    op.drop_table("year_imports")
    op.drop_table("terms")
    op.drop_table("bell_schedules")
