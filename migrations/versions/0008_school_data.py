"""Data of the school office: imports, attendance, health, grades, examinations."""

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "school_data_imports",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("new_rows", sa.Integer(), nullable=False),
        sa.Column("changed_rows", sa.Integer(), nullable=False),
        sa.Column("same_rows", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", Key(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("unknown_rows", sa.Integer(), nullable=False),
        sa.Column("left_out_rows", sa.Integer(), nullable=False),
        sa.Column("problem_rows", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_school_data_imports")),
    )
    with op.batch_alter_table("school_data_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_school_data_imports_school_id_made_at"),
            ["school_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_school_data_imports_state"), ["state"], unique=False)

    op.create_table(
        "school_data_mappings",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "kind", name=op.f("pk_school_data_mappings")),
    )
    op.create_table(
        "school_data_changes",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "import_id"],
            ["school_data_imports.school_id", "school_data_imports.id"],
            name=op.f("fk_school_data_changes_school_id_import_id"),
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "import_id", "place", name=op.f("pk_school_data_changes")
        ),
    )
    with op.batch_alter_table("school_data_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_school_data_changes_school_id_student_id"),
            ["school_id", "student_id"],
            unique=False,
        )

    op.create_table(
        "attendance_entries",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("time", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_attendance_entries_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "day", name=op.f("pk_attendance_entries")
        ),
    )
    with op.batch_alter_table("attendance_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attendance_entries_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )

    op.create_table(
        "examination_results",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("score_max", sa.String(), nullable=False),
        sa.Column("correct", sa.String(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_examination_results_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id",
            "student_id",
            "day",
            "title",
            "subject",
            name=op.f("pk_examination_results"),
        ),
    )
    with op.batch_alter_table("examination_results", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_examination_results_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )

    op.create_table(
        "health_observations",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(), nullable=False),
        sa.Column("mood", sa.Integer(), nullable=True),
        sa.Column("mood_said", sa.String(), nullable=False),
        sa.Column("waking", sa.String(), nullable=False),
        sa.Column("temperature", sa.String(), nullable=False),
        sa.Column("wants_to_talk", sa.Boolean(), nullable=False),
        sa.Column("talk_with", sa.String(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("came_at", Moment(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_health_observations_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "day", "time", name=op.f("pk_health_observations")
        ),
    )
    with op.batch_alter_table("health_observations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_health_observations_school_id_day"), ["school_id", "day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_health_observations_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_health_observations_school_id_wants_to_talk_came_at"),
            ["school_id", "wants_to_talk", "came_at"],
            unique=False,
        )

    op.create_table(
        "health_room_visits",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("symptom", sa.String(), nullable=False),
        sa.Column("temperature", sa.String(), nullable=False),
        sa.Column("treatment", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_health_room_visits_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "day", "time", name=op.f("pk_health_room_visits")
        ),
    )
    with op.batch_alter_table("health_room_visits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_health_room_visits_school_id_day"), ["school_id", "day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_health_room_visits_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )

    op.create_table(
        "school_grades",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("aspect", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_school_grades_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id",
            "student_id",
            "school_year",
            "term",
            "subject",
            "aspect",
            name=op.f("pk_school_grades"),
        ),
    )
    with op.batch_alter_table("school_grades", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_school_grades_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )

    op.create_table(
        "seen_observations",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(), nullable=False),
        sa.Column("came_at", Moment(), nullable=False),
        sa.Column("seen_by", Key(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_seen_observations_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "day", "time", "came_at", name=op.f("pk_seen_observations")
        ),
    )
    op.create_table(
        "year_attendances",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("lesson_days", sa.Integer(), nullable=True),
        sa.Column("excused_days", sa.Integer(), nullable=True),
        sa.Column("abroad_days", sa.Integer(), nullable=True),
        sa.Column("required_days", sa.Integer(), nullable=True),
        sa.Column("absent_days", sa.Integer(), nullable=True),
        sa.Column("present_days", sa.Integer(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("left_early_days", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("import_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_year_attendances_student_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "student_id", "school_year", name=op.f("pk_year_attendances")
        ),
    )
    with op.batch_alter_table("year_attendances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_year_attendances_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )

    with op.batch_alter_table("absent_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("import_id", Key(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_absent_days_school_id_import_id"),
            ["school_id", "import_id"],
            unique=False,
        )


def downgrade():
    with op.batch_alter_table("absent_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absent_days_school_id_import_id"))
        batch_op.drop_column("import_id")

    with op.batch_alter_table("year_attendances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_attendances_school_id_import_id"))

    op.drop_table("year_attendances")
    op.drop_table("seen_observations")
    with op.batch_alter_table("school_grades", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_grades_school_id_import_id"))

    op.drop_table("school_grades")
    with op.batch_alter_table("health_room_visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_health_room_visits_school_id_import_id"))
        batch_op.drop_index(batch_op.f("ix_health_room_visits_school_id_day"))

    op.drop_table("health_room_visits")
    with op.batch_alter_table("health_observations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_health_observations_school_id_wants_to_talk_came_at"))
        batch_op.drop_index(batch_op.f("ix_health_observations_school_id_import_id"))
        batch_op.drop_index(batch_op.f("ix_health_observations_school_id_day"))

    op.drop_table("health_observations")
    with op.batch_alter_table("examination_results", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_examination_results_school_id_import_id"))

    op.drop_table("examination_results")
    with op.batch_alter_table("attendance_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_entries_school_id_import_id"))

    op.drop_table("attendance_entries")
    with op.batch_alter_table("school_data_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_data_changes_school_id_student_id"))

    op.drop_table("school_data_changes")
    op.drop_table("school_data_mappings")
    with op.batch_alter_table("school_data_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_data_imports_state"))
        batch_op.drop_index(batch_op.f("ix_school_data_imports_school_id_made_at"))

    op.drop_table("school_data_imports")
