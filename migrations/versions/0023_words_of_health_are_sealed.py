"""Words about a child's health, and what stood before an import, are encrypted."""

import sqlalchemy as sa
from alembic import op

from aarportal.core import sealing
from aarportal.core.database import Key

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

#: Table -> its columns that are sealed, and whether each may be NULL.
_SEALED = {
    "attendance_entries": ("reason", "remark"),
    "health_observations": ("mood_said", "talk_with", "topics", "words"),
    "health_room_visits": ("reason", "symptom", "treatment", "outcome"),
    "school_data_changes": ("before",),
}
#: Table -> its key.
_KEYS = {
    "attendance_entries": ("school_id", "student_id", "day"),
    "health_observations": ("school_id", "student_id", "day", "time"),
    "health_room_visits": ("school_id", "student_id", "day", "time"),
    "school_data_changes": ("school_id", "import_id", "place"),
}
_AT_ONCE = 500


def upgrade():
    for name in _SEALED:
        _retype(name, _plain_type(name), sa.LargeBinary(), "convert_to({}::text, 'UTF8')")
        _each(name, lambda value, use: sealing.seal(bytes(value).decode(), use))


def downgrade():
    for name, columns in _SEALED.items():
        _each(name, lambda value, use: sealing.opened(bytes(value), use).encode())
        back = "convert_from({}, 'UTF8')" + ("::json" if name == "school_data_changes" else "")
        _retype(name, sa.LargeBinary(), _plain_type(name), back)
        if op.get_bind().dialect.name == "sqlite":
            # A column of JSON is copied as it is, and what lies in it would stay bytes.
            table = sa.table(name, *map(sa.column, columns))
            as_text = {each: sa.cast(table.c[each], sa.Text()) for each in columns}
            op.execute(table.update().values(as_text))


def _plain_type(name):
    return sa.JSON() if name == "school_data_changes" else sa.String()


def _retype(name, before, after, by):
    with op.batch_alter_table(name, schema=None) as batch_op:
        for column in _SEALED[name]:
            batch_op.alter_column(
                column,
                existing_type=before,
                type_=after,
                existing_nullable=name == "school_data_changes",
                postgresql_using=by.format(f'"{column}"'),
            )


def _each(name, change):
    """Change every value, a handful of rows at a time."""
    bind = op.get_bind()
    kinds = {"school_id": Key(), "student_id": Key(), "import_id": Key(), "day": sa.Date()}
    keys = [sa.column(key, kinds.get(key)) for key in _KEYS[name]]
    columns = [sa.column(column, sa.LargeBinary()) for column in _SEALED[name]]
    table = sa.table(name, *keys, *columns)
    last = None
    while True:
        query = sa.select(*keys, *columns).select_from(table).order_by(*keys).limit(_AT_ONCE)
        if last is not None:
            query = query.where(_after(keys, last))
        rows = bind.execute(query).all()
        for row in rows:
            values = {
                column.name: change(value, f"{name}.{column.name}")
                for column, value in zip(columns, row[len(keys) :], strict=True)
                if value is not None
            }
            if values:
                same = (key == value for key, value in zip(keys, row, strict=False))
                bind.execute(table.update().where(*same).values(values))
        if len(rows) < _AT_ONCE:
            return
        last = row[: len(keys)]


def _after(keys, last):
    """Whether a row comes after another in the order of their keys."""
    key, value = keys[0], last[0]
    if len(keys) == 1:
        return key > value
    return sa.or_(key > value, sa.and_(key == value, _after(keys[1:], last[1:])))
