"""The zip of an export: written file by file, and read with distrust."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

import msgspec

from aarportal.insight.handover import signing
from aarportal.insight.handover.formats import (
    ALL_FILES,
    DATA,
    FORMAT,
    MANIFEST,
    SIGNATURE,
    SIGNED_FILES,
    STATEMENTS,
    VERSION,
    Contents,
    FileEntry,
    Issuer,
    Manifest,
)
from aarportal.insight.handover.signing import InstallationKey
from aarportal.people.roster.oneroster.archive import Archive, Limits, open_archive
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode

#: Nine years of one child stay far below.
LIMITS = Limits(archive_bytes=96 << 20, total_bytes=512 << 20, files=len(ALL_FILES))
_CHUNK_BYTES = 1 << 16
_KNOWN = {name.lower(): name for name in ALL_FILES}
#: What is wrong with a zip -> what the office is told.
_ZIP_RULES = {
    "not_a_zip": "not_a_zip",
    "zip_too_large": "too_large",
    "zip_too_many_files": "not_an_export",
    "zip_bomb": "too_large",
    "file_unknown": "not_an_export",
}


class PackageError(ValueError):
    """A file that is no sound export.

    Attributes:
        rule: Key in rules.RULES.
    """

    def __init__(self, rule: str) -> None:
        """Keep the key."""
        super().__init__(rule)
        self.rule = rule


class PackageWriter:
    """Writes the files of an export and signs them at the end."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin a zip in an empty file."""
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._entries: list[FileEntry] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, piece by piece."""
        digest, length = sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as stream:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                stream.write(piece)
        self._entries.append(FileEntry(name, digest.hexdigest(), length))

    def sign(
        self, key: InstallationKey, issuer: Issuer, made_at: datetime, master_identifier: str
    ) -> None:
        """Write the manifest and its signature, and end the zip."""
        manifest = msgspec.json.encode(
            Manifest(
                made_at=made_at,
                issuer=issuer,
                user_master_identifier=master_identifier,
                files=tuple(self._entries),
            )
        )
        self._zip.writestr(MANIFEST, manifest)
        self._zip.writestr(SIGNATURE, key.sign(manifest))
        self._zip.close()


@dataclass(frozen=True)
class Package:
    """An export whose signature and sums are right."""

    manifest: Manifest
    contents: Contents
    archive: Archive

    def statements(self) -> list[msgspec.Raw]:
        """The statements, each as its own JSON."""
        try:
            return _STATEMENTS.decode(_whole(self.archive, STATEMENTS))
        except (ValueError, RecursionError) as error:
            raise PackageError("not_readable") from error


_STATEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_MANIFEST = msgspec.json.Decoder(Manifest)
_CONTENTS = msgspec.json.Decoder(Contents)


@contextmanager
def opened(file: BinaryIO) -> Iterator[Package]:
    """An export in a seekable file.

    Raises:
        PackageError: If it is none, is damaged, was changed after it was signed, or comes from a
            later version.
    """
    log = ProblemLog(LIMITS.problems_of_a_kind, LIMITS.problems)
    archive = open_archive(file, LIMITS, log, Mode.STRICT, _KNOWN)
    if archive is None:
        raise PackageError(_ZIP_RULES.get(log.problems[0].rule, "damaged"))
    if archive.names != frozenset(ALL_FILES):
        raise PackageError("not_an_export")
    manifest = _checked_manifest(archive)
    for entry in manifest.files:
        if _digest(archive, entry.name) != entry.sha256:
            raise PackageError("changed")
    try:
        contents = _CONTENTS.decode(_whole(archive, DATA))
    except (ValueError, RecursionError) as error:
        raise PackageError("not_readable") from error
    yield Package(manifest, contents, archive)


def _checked_manifest(archive: Archive) -> Manifest:
    raw = _whole(archive, MANIFEST)
    try:
        manifest = _MANIFEST.decode(raw)
    except (ValueError, RecursionError) as error:
        raise PackageError("not_an_export") from error
    if manifest.format != FORMAT:
        raise PackageError("not_an_export")
    if manifest.version > VERSION:
        raise PackageError("too_new")
    public = manifest.issuer.public_key
    if not signing.is_signed(raw, _whole(archive, SIGNATURE), public):
        raise PackageError("not_signed")
    if manifest.issuer.fingerprint != signing.fingerprint(public):
        raise PackageError("not_signed")
    if sorted(entry.name for entry in manifest.files) != sorted(SIGNED_FILES):
        raise PackageError("changed")
    return manifest


def _whole(archive: Archive, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read()


def _digest(archive: Archive, name: str) -> str:
    digest = sha256()
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def pieces_of(rows: Iterable[bytes]) -> Iterator[bytes]:
    """JSON values as an array, one a line."""
    yield b"["
    for number, row in enumerate(rows):
        yield b",\n" if number else b"\n"
        yield row
    yield b"\n]\n"


def in_memory(data: bytes) -> BinaryIO:
    """Bytes as a seekable file."""
    return io.BytesIO(data)
