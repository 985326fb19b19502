"""Secrets of roster sources are sealed as everything else is."""

import base64

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from aarportal.core import sealing

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_USE = "roster_sources.client_secret"
_TABLE = sa.table(
    "roster_sources",
    sa.column("id"),
    sa.column("sealed_secret", sa.LargeBinary),
    sa.column("client_secret", sa.LargeBinary),
)


def _before():
    """The box of the versions before."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"aarportal roster source secret")
    return Fernet(base64.urlsafe_b64encode(derived.derive(key)))


def upgrade():
    box, bind = _before(), op.get_bind()
    with op.batch_alter_table("roster_sources", schema=None) as batch_op:
        batch_op.alter_column("sealed_secret", new_column_name="client_secret")
    for row in bind.execute(sa.select(_TABLE.c.id, _TABLE.c.client_secret)).all():
        try:
            text = box.decrypt(bytes(row.client_secret)).decode()
        except InvalidToken:
            continue  # it was lost before; whoever asks for it is told so
        sealed = sealing.seal(text, _USE)
        bind.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(client_secret=sealed))


def downgrade():
    box, bind = _before(), op.get_bind()
    for row in bind.execute(sa.select(_TABLE.c.id, _TABLE.c.client_secret)).all():
        try:
            text = sealing.opened(bytes(row.client_secret), _USE)
        except sealing.SealedError:
            continue
        sealed = box.encrypt(text.encode())
        bind.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(client_secret=sealed))
    with op.batch_alter_table("roster_sources", schema=None) as batch_op:
        batch_op.alter_column("client_secret", new_column_name="sealed_secret")
