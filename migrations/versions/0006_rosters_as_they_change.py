"""Rosters as they change: imports with every row they change, states of rows, the board's roles."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment
from aarportal.people.roster import names

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Table -> texts and lists that its rows get; every row gets its state as well.
_TEXTS = {
    "academic_sessions": ("parent_sourced_id",),
    "classes": ("class_code", "location"),
    "courses": ("org_sourced_id", "course_code"),
    "enrollments": (),
    "schools": (),
    "user_roles": (),
    "users": (
        "kana_middle_name",
        "search_text",
        "sort_key",
        "identifier",
        "primary_org_sourced_id",
    ),
}
_LISTS = {"classes": ("periods", "subjects"), "courses": ("subjects",), "users": ("user_ids",)}
_USERS = sa.table(
    "users",
    sa.column("id", Key()),
    *(
        sa.column(name, sa.String())
        for name in (
            "family_name",
            "given_name",
            "middle_name",
            "kana_family_name",
            "kana_given_name",
            "username",
            "search_text",
            "sort_key",
        )
    ),
)
#: People whose names are worked on at once.
_AT_ONCE = 5000


def _add_columns(table, now):
    def text(name, default=""):
        return sa.Column(name, sa.String(), nullable=False, server_default=default)

    # Nothing is made anew: other tables point at these.
    with op.batch_alter_table(table, recreate="never") as batch_op:
        for name in _TEXTS[table]:
            batch_op.add_column(text(name))
        for name in _LISTS.get(table, ()):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(text("status", "active"))
        batch_op.add_column(
            sa.Column("last_modified", Moment(), nullable=False, server_default=now)
        )
        batch_op.add_column(sa.Column("sent_modified_at", Moment(), nullable=True))


def _fill_names():
    table, connection = _USERS.c, op.get_bind()
    asked = sa.select(*table).order_by(table.id).limit(_AT_ONCE)
    update = (
        sa.update(_USERS)
        .where(table.id == sa.bindparam("user"))
        .values(search_text=sa.bindparam("text"), sort_key=sa.bindparam("key"))
    )
    rows = connection.execute(asked).all()
    while rows:
        called = [
            names.FullName(
                row.family_name,
                row.given_name,
                row.middle_name,
                row.kana_family_name,
                row.kana_given_name,
            )
            for row in rows
        ]
        filled = [
            {"user": row.id, "text": name.search_text(row.username), "key": name.sort_key()}
            for row, name in zip(rows, called, strict=True)
        ]
        connection.execute(update, filled)
        last = sa.literal(rows[-1].id, Key())
        rows = connection.execute(asked.where(table.id > last)).all()


def upgrade():
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if op.get_bind().dialect.name == "postgresql":
        now += "+00"
    with op.batch_alter_table("districts", recreate="never") as batch_op:
        batch_op.add_column(
            sa.Column("roster_version", sa.Integer(), nullable=False, server_default="0")
        )
    for table in _TEXTS:
        _add_columns(table, now)
    with op.batch_alter_table("enrollments", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("public", sa.Boolean(), nullable=True))
    _fill_names()
    op.create_index("ix_users_district_id_sort_key", "users", ["district_id", "sort_key"])
    op.create_table(
        "roster_imports",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("source_id", Key(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("worked_on_by", Key(), nullable=True),
        sa.Column("worked_on_until", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("confirmed_by", Key(), nullable=True),
        sa.Column("written_at", Moment(), nullable=True),
        sa.Column("undone_by", Key(), nullable=True),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_roster_imports_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_imports")),
    )
    with op.batch_alter_table("roster_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_imports_district_id_made_at"),
            ["district_id", "made_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_roster_imports_state"), ["state"], unique=False)

    op.create_table(
        "district_roles",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("role_type", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_before", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("last_modified", Moment(), nullable=False),
        sa.Column("sent_modified_at", Moment(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_district_roles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_roles")),
        sa.UniqueConstraint(
            "district_id", "sourced_id", name=op.f("uq_district_roles_district_id_sourced_id")
        ),
    )
    with op.batch_alter_table("district_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_district_roles_user_id"), ["user_id"], unique=False)

    op.create_table(
        "person_fates",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_imports.id"], name=op.f("fk_person_fates_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "fate", "place", name=op.f("pk_person_fates")),
    )
    op.create_table(
        "roster_changes",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("user_id", Key(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_imports.id"], name=op.f("fk_roster_changes_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "place", name=op.f("pk_roster_changes")),
    )
    with op.batch_alter_table("roster_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_changes_district_id_user_id_import_id"),
            ["district_id", "user_id", "import_id"],
            unique=False,
        )


def downgrade():
    with op.batch_alter_table("roster_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_changes_district_id_user_id_import_id"))

    op.drop_table("roster_changes")
    op.drop_table("person_fates")
    with op.batch_alter_table("district_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_district_roles_user_id"))

    op.drop_table("district_roles")
    with op.batch_alter_table("roster_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_imports_state"))
        batch_op.drop_index(batch_op.f("ix_roster_imports_district_id_made_at"))

    op.drop_table("roster_imports")
    op.drop_index("ix_users_district_id_sort_key", "users")
    with op.batch_alter_table("enrollments", recreate="never") as batch_op:
        batch_op.drop_column("public")
    for table, texts in _TEXTS.items():
        with op.batch_alter_table(table, recreate="never") as batch_op:
            for name in (*texts, *_LISTS.get(table, ()), "status", "last_modified"):
                batch_op.drop_column(name)
            batch_op.drop_column("sent_modified_at")
    with op.batch_alter_table("districts", recreate="never") as batch_op:
        batch_op.drop_column("roster_version")
