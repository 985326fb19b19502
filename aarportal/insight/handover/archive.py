"""The zip of an export: written file by file, and read with distrust."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO, TypeVar

import msgspec

from aarportal.cycle.action.xapi.hashes import has_sha2
from aarportal.insight.handover import attached, signing
from aarportal.insight.handover.formats import Contents
from aarportal.insight.handover.manifests import (
    ALL_FILES,
    DATA,
    FORMAT,
    INDEX,
    MANIFEST,
    SIGNATURE,
    SIGNED_FILES,
    STATEMENTS,
    VERSION,
    FileEntry,
    Issuer,
    Manifest,
    known_name,
    sha2_of,
)
from aarportal.insight.handover.signing import InstallationKey
from aarportal.people.roster.oneroster.archive import (
    DIRECTORY_ENTRY,
    Archive,
    Limits,
    open_archive,
)
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode

#: Unpacked. A child with twenty records on each of two hundred days in nine years has 36,000; a
#: record takes about 1,000 bytes of data.json and its statement as many: some 40 MB of each.
MOST_BYTES = {
    INDEX: 64 << 20,
    DATA: 64 << 20,
    STATEMENTS: 128 << 20,
    MANIFEST: 2 << 20,
    SIGNATURE: 1 << 10,
}
#: Two photos in each week of nine years, 500 KB each, are 360 MB.
MOST_ATTACHMENTS, ATTACHMENT_BYTES, ATTACHMENTS_BYTES = 4_000, 64 << 20, 400 << 20
#: The files of a zip are counted before its directory is read, by what begins an entry; a zip or
#: an office paper that is attached begins entries of its own.
_MOST_MARKS = 60_000
LIMITS = Limits(
    archive_bytes=512 << 20,
    total_bytes=ATTACHMENTS_BYTES + sum(MOST_BYTES.values()),
    files=_MOST_MARKS + 2 * MOST_ATTACHMENTS,
)
_CHUNK_BYTES = 1 << 20

_Decoded = TypeVar("_Decoded")
#: What is wrong with a zip -> what the office is told.
_ZIP_RULES = {
    "not_a_zip": "not_a_zip",
    "zip_too_large": "too_large",
    "zip_too_many_files": "too_large",
    "zip_bomb": "too_large",
    "zip_folder": "not_an_export",
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
        self._attached_bytes = self._marks = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, piece by piece."""
        digest, length = sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as stream:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                stream.write(piece)
        self._entries.append(FileEntry(name, digest.hexdigest(), length))

    def attach(self, name: str, data: bytes) -> bool:
        """Write an attachment as it is; False if no more of this size would be taken in."""
        marks = data.count(DIRECTORY_ENTRY)
        if (
            len(data) > ATTACHMENT_BYTES
            or self._attached_bytes + len(data) > ATTACHMENTS_BYTES
            or self._marks + marks > _MOST_MARKS
            or len(self._entries) >= MOST_ATTACHMENTS
        ):
            return False
        self._attached_bytes += len(data)
        self._marks += marks
        # Photos are packed already, and what would be packed very well looks like a bomb.
        self._zip.writestr(name, data, zipfile.ZIP_STORED)
        self._entries.append(FileEntry(name, sha256(data).hexdigest(), len(data)))
        return True

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
    """An export whose signature and sums are right.

    Attributes:
        attachments: SHA-2 by which statements name an attachment -> its name in the zip.
    """

    manifest: Manifest
    contents: Contents
    archive: Archive
    attachments: Mapping[str, str] = field(default_factory=dict)

    def statements(self) -> list[msgspec.Raw]:
        """The statements, each as its own JSON."""
        return _decoded(_STATEMENTS, _whole(self.archive, STATEMENTS))

    def attachment(self, sha2: str) -> bytes:
        """The data of an attachment."""
        return _whole(self.archive, self.attachments[sha2])


_STATEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_MANIFEST = msgspec.json.Decoder(Manifest)
_CONTENTS = msgspec.json.Decoder(Contents)


@contextmanager
def opened(file: BinaryIO) -> Iterator[Package]:
    """An export in a seekable file; of its files, data and statements are in memory.

    Raises:
        PackageError: If it is none, is damaged, was changed after it was signed, comes from a
            later version, or says what this version does not know.
    """
    log = ProblemLog(LIMITS.problems_of_a_kind, LIMITS.problems)
    archive = open_archive(file, LIMITS, log, Mode.STRICT, known_name)
    if archive is None:
        raise PackageError(_ZIP_RULES.get(log.problems[0].rule, "damaged"))
    if not archive.names.issuperset(ALL_FILES):
        raise PackageError("not_an_export")
    manifest = _checked_manifest(archive)
    _check_files(archive, manifest)
    contents: Contents = _decoded(_CONTENTS, _whole(archive, DATA))
    if next(contents.unknown(), ""):
        raise PackageError("not_readable")
    attachments = {sha2: each.name for each in manifest.files if (sha2 := sha2_of(each.name))}
    package = Package(manifest, contents, archive, attachments)
    _check_attached(package)
    yield package


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
    return manifest


def _check_files(archive: Archive, manifest: Manifest) -> None:
    """Whether the zip has what its manifest lists, unchanged, and nothing else."""
    attachments = archive.names - set(ALL_FILES)
    if attachments and not manifest.has_attachments:
        raise PackageError("not_an_export")
    if len(attachments) > MOST_ATTACHMENTS:
        raise PackageError("too_large")
    if sorted(entry.name for entry in manifest.files) != sorted({*SIGNED_FILES, *attachments}):
        raise PackageError("changed")
    if sum(each.bytes for each in manifest.files if sha2_of(each.name)) > ATTACHMENTS_BYTES:
        raise PackageError("too_large")
    for entry in manifest.files:
        with archive.open(entry.name) as stream:
            length, digest = measured(stream, _most_bytes(entry.name))
        if (length, digest) != (entry.bytes, entry.sha256):
            raise PackageError("changed")
        sha2 = sha2_of(entry.name)
        # Most are named by the SHA-256 that was just looked at.
        if sha2 and sha2 != digest and not has_sha2(_whole(archive, entry.name), sha2):
            raise PackageError("changed")


def _check_attached(package: Package) -> None:
    """Whether every attachment is a statement's, and every statement has its attachments."""
    if not package.manifest.has_attachments:
        return
    named: set[str] = set()
    try:
        for statement in package.statements():
            for header in attached.headers(statement):
                named.add(header.key)
                if header.key not in package.attachments and not header.file_url:
                    raise PackageError("not_readable")
    except (msgspec.DecodeError, RecursionError) as error:
        raise PackageError("not_readable") from error
    if not named.issuperset(package.attachments):
        raise PackageError("not_readable")


def _decoded(decoder: msgspec.json.Decoder[_Decoded], data: bytes) -> _Decoded:
    try:
        return decoder.decode(data)
    except (ValueError, RecursionError) as error:
        raise PackageError("not_readable") from error


def _most_bytes(name: str) -> int:
    return MOST_BYTES.get(name, ATTACHMENT_BYTES)


def _whole(archive: Archive, name: str) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(_most_bytes(name) + 1)
    if len(data) > _most_bytes(name):
        raise PackageError("too_large")
    return data


def measured(file: BinaryIO, most: int = LIMITS.total_bytes) -> tuple[int, str]:
    """Bytes and SHA-256 of what is left of a file.

    Raises:
        PackageError: If it is longer than that.
    """
    digest, length = sha256(), 0
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        length += len(chunk)
        if length > most:
            raise PackageError("too_large")
    return length, digest.hexdigest()


def pieces_of(rows: Iterable[bytes]) -> Iterator[bytes]:
    """JSON values as an array, one a line."""
    yield b"["
    for number, row in enumerate(rows):
        yield b",\n" if number else b"\n"
        yield row
    yield b"\n]\n"
