"""Columns that are encrypted at rest: words of check-ins, secrets of other systems.

AES-256-GCM with a nonce of its own for every value. What is sealed is bound to its column: moved
into another one it cannot be read. The first key seals; every key of the ring reads, so that keys
are changed by putting a new one in front and sealing everything anew (`aarportal reseal`).

A sealed value: 1 byte version, 4 bytes name of the key, 12 bytes nonce, cipher text with its tag.
"""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = b"\x01"
_NAME_BYTES = 4
_NONCE_BYTES = 12
_HEAD = len(_VERSION) + _NAME_BYTES


class SealedError(Exception):
    """A value that no key of this installation opens, or that was moved or changed."""


@dataclass(frozen=True)
class _Key:
    name: bytes
    box: AESGCM


class _Ring:
    """The keys of this process. Those of an app that was made before go on reading."""

    def __init__(self) -> None:
        self.first: _Key | None = None
        self.known: dict[bytes, AESGCM] = {}


_ring = _Ring()


def use_keys(secrets: list[str]) -> None:
    """Say which keys seal and read.

    Args:
        secrets: At least 32 characters each; the first one seals.
    """
    keys = [_key_of(each) for each in secrets]
    _ring.known.update({key.name: key.box for key in keys})
    _ring.first = keys[0]


def seal(text: str, use: str) -> bytes:
    """Encrypt a text for one column.

    Args:
        text: Any text.
        use: `table.column`.
    """
    key = _ring.first
    if key is None:
        raise SealedError("no key is set")
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + key.name + nonce + key.box.encrypt(nonce, text.encode(), use.encode())


def opened(sealed: bytes, use: str) -> str:
    """Decrypt what was sealed for one column.

    Raises:
        SealedError: If no key opens it, or it was sealed for another column.
    """
    box = _ring.known.get(sealed[len(_VERSION) : _HEAD])
    if box is None or not sealed.startswith(_VERSION):
        raise SealedError(use)
    nonce, body = sealed[_HEAD : _HEAD + _NONCE_BYTES], sealed[_HEAD + _NONCE_BYTES :]
    try:
        return box.decrypt(nonce, body, use.encode()).decode()
    except (InvalidTag, ValueError):
        raise SealedError(use) from None


def sealed_anew(sealed: bytes, use: str) -> bytes:
    """The same value under the first key.

    Raises:
        SealedError: If no key opens it, or it was sealed for another column.
    """
    return seal(opened(sealed, use), use)


def is_fresh(sealed: bytes) -> bool:
    """Whether a value is sealed with the first key."""
    return _ring.first is not None and sealed[len(_VERSION) : _HEAD] == _ring.first.name


@dataclass(frozen=True, repr=False)
class Secret:
    """A secret that is shown to nobody by accident: it is read by asking for it.

    A lost key is noticed by whoever needs the secret, and not by every list it stands in.
    """

    _text: str | None
    _sealed: bytes = b""
    _use: str = ""

    def reveal(self) -> str:
        """The secret itself.

        Raises:
            SealedError: If no key opens it any more.
        """
        return opened(self._sealed, self._use) if self._text is None else self._text

    def __str__(self) -> str:
        """Nothing that a log could keep."""
        return "********"

    __repr__ = __str__


class SealedText(TypeDecorator[str]):
    """A text, encrypted in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, use: str) -> None:
        """Say for which column, as `table.column`."""
        super().__init__()
        self.use = use

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else seal(value, self.use)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else opened(value, self.use)


class SealedJson(TypeDecorator[Any]):
    """A value of JSON, encrypted in the database and plain in Python; None is NULL."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, use: str) -> None:
        """Say for which column, as `table.column`."""
        super().__init__()
        self.use = use

    def process_bind_param(self, value: Any, _dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else seal(json.dumps(value, ensure_ascii=False), self.use)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> Any:
        """Decrypt."""
        return None if value is None else json.loads(opened(value, self.use))


class SealedSecret(TypeDecorator[Secret]):
    """A `Secret`, encrypted in the database and opened when somebody asks for it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, use: str) -> None:
        """Say for which column, as `table.column`."""
        super().__init__()
        self.use = use

    def process_bind_param(self, value: Secret | None, _dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else seal(value.reveal(), self.use)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> Secret | None:
        """Wrap; nothing is decrypted yet."""
        return None if value is None else Secret(None, value, self.use)


#: The types of columns that are sealed.
SEALED = (SealedText, SealedJson, SealedSecret)


def _key_of(secret: str) -> _Key:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"aarportal data at rest")
    raw = derived.derive(secret.encode())
    return _Key(sha256(b"name of " + raw).digest()[:_NAME_BYTES], AESGCM(raw))
