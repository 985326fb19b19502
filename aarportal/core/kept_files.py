"""Where the bytes of a file that somebody brought lie while they are needed."""

import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

_ARRIVING = ".arriving-"
#: A file to which nobody has written for so long does not arrive any more.
_ABANDONED_SECONDS = 60 * 60


class KeptFiles:
    """Files in a folder that only the server reads, by the id of what they were brought for."""

    def __init__(self, folder: Path) -> None:
        """Keep files in a folder, which is made when it is needed first."""
        self._folder = folder

    def put(self, file_id: UUID, data: bytes) -> None:
        """Keep a file: whole or not at all."""
        with self.writing(file_id) as file:
            file.write(data)

    @contextmanager
    def writing(self, file_id: UUID) -> Iterator[BinaryIO]:
        """A file to be written piece by piece; it is there when the block ends well."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_abandoned()
        handle, name = tempfile.mkstemp(prefix=_ARRIVING, dir=self._folder)
        arriving = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            arriving.replace(self._folder / str(file_id))
        finally:
            arriving.unlink(missing_ok=True)

    def open(self, file_id: UUID) -> BinaryIO | None:
        """A file to be read piece by piece; None if it is not there."""
        try:
            return (self._folder / str(file_id)).open("rb")
        except FileNotFoundError:
            return None

    def get(self, file_id: UUID) -> bytes | None:
        """Fetch a file; None if it is not there."""
        try:
            return (self._folder / str(file_id)).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, file_id: UUID) -> None:
        """Delete a file, if it is there."""
        (self._folder / str(file_id)).unlink(missing_ok=True)

    def kept(self) -> Iterator[tuple[UUID, float]]:
        """Every file: whose it is, and when it came, in seconds since 1970."""
        for path in self._folder.glob("*"):
            with suppress(ValueError, FileNotFoundError):
                # What bears no id is none of ours; what is gone by now another process deleted.
                yield UUID(path.name), path.stat().st_mtime

    def sweep(
        self,
        needed: Callable[[list[UUID]], Collection[UUID]],
        *,
        arriving_seconds: float,
        longest_seconds: float = inf,
    ) -> None:
        """Delete files that nobody needs, and those that nobody went on with.

        Args:
            needed: Which of these files somebody needs; not asked where there is none.
            arriving_seconds: One that came just now may be needed by what is not committed yet.
            longest_seconds: What lies there longer is needed by nobody.
        """
        kept = dict(self.kept())
        if not kept:
            return
        wanted = needed(list(kept))
        for file_id, came_at in kept.items():
            age = time.time() - came_at
            if age > longest_seconds or (file_id not in wanted and age > arriving_seconds):
                self.forget(file_id)

    def _forget_abandoned(self) -> None:
        """Delete what was on its way when a server died: it may hold names of children."""
        for path in self._folder.glob(f"{_ARRIVING}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                    path.unlink()
