"""Codes that last half a minute, and the picture by which a device learns to make them.

Source: RFC 6238 (SHA-1, 6 digits, 30 s), RFC 4648 base 32, the key URI of authenticator apps.
"""

import base64
import secrets
from datetime import datetime
from io import BytesIO
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
#: Steps before and after now whose code is taken: a phone's clock may be half a minute off.
DRIFT = 1
#: As RFC 4226 wants it for SHA-1.
_SECRET_BYTES = 20


def new_secret() -> str:
    """A secret of 160 bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, moment: datetime) -> str:
    """The code of the half minute around a moment."""
    return _generator(secret).generate(int(moment.timestamp())).decode()


def step_of(secret: str, code: str, moment: datetime, last_step: int) -> int | None:
    """The step whose code this is, if it is near and later than the one taken last.

    Args:
        secret: In base 32.
        code: Six digits.
        moment: Now.
        last_step: The step whose code was taken last.
    """
    generator = _generator(secret)
    now = int(moment.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        expected = generator.generate(step * STEP_SECONDS)
        if constant_time.bytes_eq(expected, code.encode()) and step > last_step:
            found = step
    return found


def address(secret: str, issuer: str, account: str) -> str:
    """What the picture says: an `otpauth` address."""
    label = f"{quote(issuer)}:{quote(account)}"
    return (
        f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )


def picture(text: str) -> str:
    """A QR code as an SVG address that the policy of pages allows (`data:`)."""
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def _generator(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
