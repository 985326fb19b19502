"""Where the data of attachments lies: outside the database, by hash, in a folder or in S3."""

import os
import tempfile
from pathlib import Path
from typing import Protocol
from uuid import UUID

from aarportal.cycle.action.xapi.hashes import has_sha2, is_sha2


class DamagedError(RuntimeError):
    """Data that does not have the hash under which it lies, or would be put there."""


class AttachmentStore(Protocol):
    """Keeps data by its hash; what lies there once is never written again.

    Raises:
        DamagedError: If data does not have its hash, on the way in or out.
    """

    def put(self, district_id: UUID, sha2: str, data: bytes) -> None:
        """Keep data; nothing happens if it is there already."""

    def get(self, district_id: UUID, sha2: str) -> bytes | None:
        """Fetch data; None if it is not there."""

    def forget(self, district_id: UUID, sha2: str) -> None:
        """Delete data, if it is there; nothing may point at it any more."""


def place(district_id: UUID, sha2: str) -> str:
    """Where data lies, below the folder or bucket: no folder gets more than a 256th of it.

    Raises:
        DamagedError: If the hash is none; a name from outside never becomes a path.
    """
    if not is_sha2(sha2):
        raise DamagedError("not a SHA-2 in lower-case hex")
    return f"{district_id}/{sha2[:2]}/{sha2}"


def checked(data: bytes, sha2: str) -> bytes:
    """The same data, if it has this hash.

    Raises:
        DamagedError: If it has another.
    """
    if not has_sha2(data, sha2):
        raise DamagedError(f"the data of {sha2} has another hash")
    return data


class FolderStore:
    """Data in files of this machine, or of one that it has mounted."""

    def __init__(self, folder: Path) -> None:
        """Keep files below a folder, which is made when it is needed first."""
        self._folder = folder

    def put(self, district_id: UUID, sha2: str, data: bytes) -> None:
        """Keep data: whole or not at all, also when the power fails."""
        target = self._folder / place(district_id, sha2)
        checked(data, sha2)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".arriving-", dir=target.parent)
        arriving = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _settle(arriving, target)
        finally:
            arriving.unlink(missing_ok=True)

    def get(self, district_id: UUID, sha2: str) -> bytes | None:
        """Fetch data."""
        try:
            data = (self._folder / place(district_id, sha2)).read_bytes()
        except FileNotFoundError:
            return None
        return checked(data, sha2)

    def forget(self, district_id: UUID, sha2: str) -> None:
        """Delete data."""
        (self._folder / place(district_id, sha2)).unlink(missing_ok=True)


def _settle(arriving: Path, target: Path) -> None:
    """Give a whole file its name, unless another was quicker."""
    try:
        os.link(arriving, target)
    except FileExistsError:
        return
    except OSError:
        # Some mounted file systems have no links; whoever was quicker brought the same bytes.
        arriving.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def open_store(where: str, data_dir: Path) -> AttachmentStore:
    """The store that a setting names.

    Args:
        where: Empty for a folder below `data_dir`, or
            `s3://bucket/prefix?endpoint=https://…&region=…`.
        data_dir: Where files made at run time go.

    Raises:
        ValueError: If the setting names no store.
    """
    if not where:
        return FolderStore(data_dir / "attachments")
    if not where.startswith("s3://"):
        raise ValueError(f"attachments go to s3://bucket/prefix or nowhere else, not to {where!r}")
    try:
        # The client of S3 is an extra that most schools do not need.
        from aarportal.cycle.action.xapi.attachments.s3 import S3Store  # noqa: PLC0415
    except ImportError as error:
        raise ValueError('attachments in S3 need the extra: pip install "aarportal[s3]"') from error
    return S3Store(where)
