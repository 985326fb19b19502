"""The key of an installation, and what it signs."""

import base64
import binascii
import contextlib
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: Characters of a fingerprint: 128 bits, short enough to be read out on the telephone.
_FINGERPRINT_CHARACTERS = 32


class InstallationKey:
    """An Ed25519 key that never leaves its file."""

    def __init__(self, path: Path) -> None:
        """Say where the key lies; it is made when it is needed first."""
        self._path = path

    def sign(self, data: bytes) -> bytes:
        """The signature over some bytes."""
        return self._key().sign(data)

    @property
    def public(self) -> str:
        """The other half of the key, in base64."""
        return base64.b64encode(self._key().public_key().public_bytes_raw()).decode()

    def _key(self) -> Ed25519PrivateKey:
        try:
            seed = self._path.read_bytes()
        except FileNotFoundError:
            seed = self._make()
        return Ed25519PrivateKey.from_private_bytes(seed)

    def _make(self) -> bytes:
        """Make the key; where two processes do at once, the first one's counts."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Such a file belongs to its maker alone (0600) from the beginning.
        handle, name = tempfile.mkstemp(prefix=".key-", dir=self._path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(Ed25519PrivateKey.generate().private_bytes_raw())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(name, self._path)
        finally:
            Path(name).unlink(missing_ok=True)
        return self._path.read_bytes()


def is_signed(data: bytes, signature: bytes, public: str) -> bool:
    """Whether the key whose public half this is signed these bytes."""
    try:
        raw = base64.b64decode(public, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def fingerprint(public: str) -> str:
    """By what two offices compare a key: the beginning of the SHA-256 of its 32 bytes, in hex."""
    digest = sha256(base64.b64decode(public)).hexdigest()
    return digest[:_FINGERPRINT_CHARACTERS]


def spoken(print_: str) -> str:
    """A fingerprint in groups of four, as one reads it out."""
    return " ".join(print_[at : at + 4] for at in range(0, len(print_), 4))
