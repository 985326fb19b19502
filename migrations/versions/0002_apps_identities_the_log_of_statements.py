"""Apps, identities, the log of statements."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from aarportal.core.database import Key, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STATEMENTS = sa.table(
    "statements",
    sa.column("district_id", Key()),
    sa.column("id", Key()),
    sa.column("stored_at", Moment()),
    sa.column("position", sa.BigInteger()),
)
_QUARANTINE = sa.table(
    "quarantined_statements",
    sa.column("district_id", Key()),
    sa.column("statement_id", Key()),
    sa.column("actor", sa.String()),
    sa.column("issuer", sa.String()),
    sa.column("name", sa.String()),
    sa.column("happened_at", Moment()),
    sa.column("received_at", Moment()),
)


def _filled(name, kind, value):
    """A column that rows which are there already have a value for."""
    return sa.Column(name, kind, nullable=False, server_default=value)


def _place_statements():
    """Every statement has its own moment of storing, in microseconds, in the order they came."""
    connection, table = op.get_bind(), _STATEMENTS.c
    last = {}
    order = (table.district_id, table.stored_at, table.id)
    for district_id, id_, stored_at in connection.execute(
        sa.select(table.district_id, table.id, table.stored_at).order_by(*order)
    ).all():
        position = max((stored_at - _EPOCH) // _MICROSECOND, last.get(district_id, 0) + 1)
        last[district_id] = position
        connection.execute(
            sa.update(_STATEMENTS)
            .where(table.district_id == district_id, table.id == id_)
            .values(position=position)
        )


def _date_statements():
    connection, table = op.get_bind(), _STATEMENTS.c
    for district_id, id_, position in connection.execute(
        sa.select(table.district_id, table.id, table.position)
    ).all():
        connection.execute(
            sa.update(_STATEMENTS)
            .where(table.district_id == district_id, table.id == id_)
            .values(stored_at=_EPOCH + position * _MICROSECOND)
        )


def _split_actors():
    connection, table = op.get_bind(), _QUARANTINE.c
    for district_id, id_, actor in connection.execute(
        sa.select(table.district_id, table.statement_id, table.actor)
    ).all():
        issuer, _, name = actor.partition(" ")
        connection.execute(
            sa.update(_QUARANTINE)
            .where(table.district_id == district_id, table.statement_id == id_)
            .values(issuer=issuer, name=name, happened_at=table.received_at)
        )


def _join_actors():
    op.get_bind().execute(
        sa.update(_QUARANTINE).values(actor=_QUARANTINE.c.issuer + " " + _QUARANTINE.c.name)
    )


def upgrade():
    op.create_table(
        "app_days",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("voiding", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "app_id", "day", name=op.f("pk_app_days")),
    )
    op.create_table(
        "attachments",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("sha2", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "sha2", name=op.f("pk_attachments")),
    )
    op.create_table(
        "catalogue_entries",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit_title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_entries")),
        sa.UniqueConstraint(
            "district_id",
            "app_id",
            "school_id",
            "kind",
            "value",
            name=op.f("uq_catalogue_entries_district_id_app_id_school_id_kind_value"),
        ),
    )
    with op.batch_alter_table("catalogue_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_entries_district_id_school_id"),
            ["district_id", "school_id"],
            unique=False,
        )

    op.create_table(
        "curriculum_items",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_curriculum_items")),
    )
    with op.batch_alter_table("curriculum_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_curriculum_items_parent_code"), ["parent_code"], unique=False
        )

    op.create_table(
        "nobodys_names",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("system", Key(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nobodys_names")),
        sa.UniqueConstraint(
            "district_id",
            "system",
            "issuer",
            "name",
            name=op.f("uq_nobodys_names_district_id_system_issuer_name"),
        ),
    )
    op.create_table(
        "portal_statements",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("statement_id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("cycle_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "statement_id", name=op.f("pk_portal_statements")),
    )
    with op.batch_alter_table("portal_statements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_portal_statements_school_id_cycle_id"),
            ["school_id", "cycle_id"],
            unique=False,
        )

    op.create_table(
        "published_through",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("through", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_published_through")),
    )
    op.create_table(
        "rereadings",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("school_id", Key(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_rereadings")),
    )
    with op.batch_alter_table("rereadings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rereadings_app_id"), ["app_id"], unique=False)

    op.create_table(
        "statement_inbox",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district_id", "position", "again", name=op.f("pk_statement_inbox")
        ),
    )
    with op.batch_alter_table("statement_inbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_inbox_app_id_position"), ["app_id", "position"], unique=False
        )

    op.create_table(
        "statement_references",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("target_id", Key(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("is_voiding", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district_id", "target_id", "position", name=op.f("pk_statement_references")
        ),
    )
    op.create_table(
        "statement_terms",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("positions", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district_id", "term", "last_position", name=op.f("pk_statement_terms")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_documents",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("context_key", sa.LargeBinary(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("registration", Key(), nullable=True),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha1", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district_id", "app_id", "kind", "key", name=op.f("pk_xapi_documents")
        ),
    )
    with op.batch_alter_table("xapi_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_xapi_documents_district_id_app_id_context_key_updated_at"),
            ["district_id", "app_id", "context_key", "updated_at"],
            unique=False,
        )

    op.create_table(
        "table_imports",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("home_page", sa.String(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("good_rows", sa.Integer(), nullable=False),
        sa.Column("unknown_rows", sa.Integer(), nullable=False),
        sa.Column("left_out_rows", sa.Integer(), nullable=False),
        sa.Column("problem_rows", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["app_id"], ["learning_apps.id"], name=op.f("fk_table_imports_app_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_table_imports")),
    )
    with op.batch_alter_table("table_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_table_imports_school_id_made_at"), ["school_id", "made_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_table_imports_state"), ["state"], unique=False)

    op.create_table(
        "table_mappings",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("app_id", Key(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("home_page", sa.String(), nullable=False),
        sa.Column("made_by", Key(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["app_id"], ["learning_apps.id"], name=op.f("fk_table_mappings_app_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_table_mappings")),
    )
    op.create_table(
        "identity_links",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("system", Key(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("begins_at", Moment(), nullable=True),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("taken_back_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identity_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_links")),
    )
    with op.batch_alter_table("identity_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_identity_links_district_id_name"), ["district_id", "name"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_identity_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "imported_rows",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("import_id", Key(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("statement_id", Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "import_id"],
            ["table_imports.school_id", "table_imports.id"],
            name=op.f("fk_imported_rows_school_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "import_id", "line", name=op.f("pk_imported_rows")),
    )
    with op.batch_alter_table("imported_rows", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_imported_rows_school_id_statement_id"),
            ["school_id", "statement_id"],
            unique=False,
        )

    op.create_table(
        "person_merges",
        sa.Column("district_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("kept_id", Key(), nullable=False),
        sa.Column("merged_id", Key(), nullable=False),
        sa.Column("made_by", Key(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("taken_back_at", Moment(), nullable=True),
        sa.Column("taken_back_by", Key(), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["users.id"], name=op.f("fk_person_merges_kept_id")),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["users.id"], name=op.f("fk_person_merges_merged_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merges")),
    )
    with op.batch_alter_table("person_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_merges_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_merges_merged_id"), ["merged_id"], unique=False)

    op.create_table(
        "record_disputes",
        sa.Column("school_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("student_id", Key(), nullable=False),
        sa.Column("record_id", Key(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("decided_by", Key(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["users.id"], name=op.f("fk_record_disputes_student_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_record_disputes")),
    )
    with op.batch_alter_table("record_disputes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_disputes_school_id_record_id"),
            ["school_id", "record_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_record_disputes_school_id_student_id_decided_at"),
            ["school_id", "student_id", "decided_at"],
            unique=False,
        )

    with op.batch_alter_table("learning_apps", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("previous_secret_hash", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("previous_secret_until", Moment(), nullable=True))
        batch_op.add_column(_filled("may_write", sa.Boolean(), sa.true()))
        batch_op.add_column(_filled("may_read", sa.Boolean(), sa.false()))
        batch_op.add_column(_filled("origins", sa.JSON(), "[]"))
        batch_op.add_column(_filled("home_pages", sa.JSON(), "[]"))
        batch_op.add_column(_filled("created_at", Moment(), "2026-11-01 00:00:00.000000"))
        batch_op.add_column(sa.Column("last_used_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("last_record_at", Moment(), nullable=True))

    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.add_column(_filled("activity_id", sa.String(), ""))
        batch_op.add_column(_filled("unit_title", sa.String(), ""))
        batch_op.add_column(sa.Column("link_id", Key(), nullable=True))
        batch_op.add_column(sa.Column("merge_id", Key(), nullable=True))

    with op.batch_alter_table("quarantined_statements", schema=None) as batch_op:
        batch_op.add_column(_filled("issuer", sa.String(), ""))
        batch_op.add_column(_filled("name", sa.String(), ""))
        batch_op.add_column(sa.Column("happened_at", Moment(), nullable=True))
    _split_actors()
    with op.batch_alter_table("quarantined_statements", schema=None) as batch_op:
        batch_op.alter_column("happened_at", existing_type=Moment(), nullable=False)
        batch_op.drop_index(batch_op.f("ix_quarantined_statements_district_id_reason"))
        batch_op.create_index(
            batch_op.f("ix_quarantined_statements_district_id_name"), ["district_id", "name"]
        )
        batch_op.create_index(
            batch_op.f("ix_quarantined_statements_district_id_reason_app_id"),
            ["district_id", "reason", "app_id"],
        )
        batch_op.drop_column("actor")

    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        batch_op.add_column(_filled("voided", sa.Boolean(), sa.false()))
        batch_op.add_column(_filled("version", sa.String(), "1.0.0"))
    _place_statements()
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.BigInteger(), nullable=False)
        batch_op.drop_index(batch_op.f("ix_statements_district_id_stored_at"))
        batch_op.drop_column("stored_at")
        batch_op.create_unique_constraint(
            batch_op.f("uq_statements_district_id_position"), ["district_id", "position"]
        )
    op.create_index(
        "ix_statements_voided",
        "statements",
        ["district_id", "position"],
        sqlite_where=sa.column("voided"),
        postgresql_where=sa.column("voided"),
    )


def downgrade():
    op.drop_index("ix_statements_voided", "statements")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stored_at", Moment(), nullable=True))
    _date_statements()
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.alter_column("stored_at", existing_type=Moment(), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_statements_district_id_position"), type_="unique")
        batch_op.create_index(
            batch_op.f("ix_statements_district_id_stored_at"), ["district_id", "stored_at"]
        )
        batch_op.drop_column("version")
        batch_op.drop_column("voided")
        batch_op.drop_column("position")

    with op.batch_alter_table("quarantined_statements", schema=None) as batch_op:
        batch_op.add_column(_filled("actor", sa.String(), ""))
    _join_actors()
    with op.batch_alter_table("quarantined_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantined_statements_district_id_reason_app_id"))
        batch_op.drop_index(batch_op.f("ix_quarantined_statements_district_id_name"))
        batch_op.create_index(
            batch_op.f("ix_quarantined_statements_district_id_reason"), ["district_id", "reason"]
        )
        batch_op.drop_column("happened_at")
        batch_op.drop_column("name")
        batch_op.drop_column("issuer")

    with op.batch_alter_table("learning_records", recreate="never") as batch_op:
        batch_op.drop_column("merge_id")
        batch_op.drop_column("link_id")
        batch_op.drop_column("unit_title")
        batch_op.drop_column("activity_id")

    with op.batch_alter_table("learning_apps", recreate="never") as batch_op:
        for name in (
            "last_record_at", "last_used_at", "created_at", "home_pages", "origins",
            "may_read", "may_write", "previous_secret_until", "previous_secret_hash",
        ):  # fmt: skip
            batch_op.drop_column(name)

    with op.batch_alter_table("record_disputes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_disputes_school_id_student_id_decided_at"))
        batch_op.drop_index(batch_op.f("ix_record_disputes_school_id_record_id"))

    op.drop_table("record_disputes")
    with op.batch_alter_table("person_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_merges_merged_id"))
        batch_op.drop_index(batch_op.f("ix_person_merges_kept_id"))

    op.drop_table("person_merges")
    with op.batch_alter_table("imported_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_rows_school_id_statement_id"))

    op.drop_table("imported_rows")
    with op.batch_alter_table("identity_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_links_user_id"))
        batch_op.drop_index(batch_op.f("ix_identity_links_district_id_name"))

    op.drop_table("identity_links")
    op.drop_table("table_mappings")
    with op.batch_alter_table("table_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_table_imports_state"))
        batch_op.drop_index(batch_op.f("ix_table_imports_school_id_made_at"))

    op.drop_table("table_imports")
    with op.batch_alter_table("xapi_documents", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_xapi_documents_district_id_app_id_context_key_updated_at")
        )

    op.drop_table("xapi_documents")
    op.drop_table("statement_terms")
    op.drop_table("statement_references")
    with op.batch_alter_table("statement_inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_inbox_app_id_position"))

    op.drop_table("statement_inbox")
    with op.batch_alter_table("rereadings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rereadings_app_id"))

    op.drop_table("rereadings")
    op.drop_table("published_through")
    with op.batch_alter_table("portal_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_portal_statements_school_id_cycle_id"))

    op.drop_table("portal_statements")
    op.drop_table("nobodys_names")
    with op.batch_alter_table("curriculum_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_curriculum_items_parent_code"))

    op.drop_table("curriculum_items")
    with op.batch_alter_table("catalogue_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_entries_district_id_school_id"))

    op.drop_table("catalogue_entries")
    op.drop_table("attachments")
    op.drop_table("app_days")
