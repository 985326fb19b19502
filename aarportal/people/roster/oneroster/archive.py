"""The zip around a bundle, opened with distrust: nothing that its headers claim is believed."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, cast

from aarportal.people.roster.oneroster.columns import BASE_FILES, MANIFEST
from aarportal.people.roster.oneroster.dialects import SCHOOL_DATA_SYNC_FILES
from aarportal.people.roster.oneroster.problems import ProblemLog

#: What zipfile and zlib raise over bytes that are no sound zip.
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_CHUNK_BYTES = 1 << 16
_DIRECTORY_ENTRY = b"PK\x01\x02"
#: Below this size nothing is a bomb, however well it is packed.
_HARMLESS_BYTES = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
_KNOWN_FILES = {name.lower(): name for name in (MANIFEST, *BASE_FILES)}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a bundle is read before it is refused.

    Attributes:
        archive_bytes: Size of the zip.
        total_bytes: Size of all files together, unpacked.
        ratio: Unpacked size by packed size; a roster of 60,000 stays below 30.
        files: Files in the zip.
        line_bytes: Length of one line.
        problems_of_a_kind: Problems listed for one rule in one column of one file.
        problems: Problems listed altogether.
    """

    archive_bytes: int = 64 << 20
    total_bytes: int = 512 << 20
    ratio: int = 200
    files: int = 64
    line_bytes: int = 256 << 10
    problems_of_a_kind: int = 1_000
    problems: int = 10_000


class Archive:
    """A zip whose files were all unpacked once and found sound, by their names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Keep the open zip."""
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def open(self, name: str) -> io.BufferedReader:
        """A stream of the file's bytes, unpacked as it is read."""
        stream = cast(io.BufferedIOBase, self._archive.open(name))
        return io.BufferedReader(stream, _CHUNK_BYTES)

    def first_line(self, name: str) -> bytes:
        """The header of a file as it is written, without BOM and quotes; at most 64 KiB."""
        with self.open(name) as stream:
            line = stream.readline(_CHUNK_BYTES)
        return line.removeprefix(b"\xef\xbb\xbf").replace(b'"', b"")


def open_archive(
    file: BinaryIO, limits: Limits, log: ProblemLog, known: Mapping[str, str] = _KNOWN_FILES
) -> Archive | None:
    """The zip in a seekable file, or None when the log says why it must not be read.

    Args:
        file: The zip.
        limits: How much of it is read.
        log: Takes the problems.
        known: Names that files in it may have, by the same in lower case.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > limits.archive_bytes:
        log.add("", 0, "", "zip_too_large", str(limits.archive_bytes))
        return None
    if _has_more_entries_than(file, limits.files):
        log.add("", 0, "", "zip_too_many_files", str(limits.files))
        return None
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE:
        log.add("", 0, "", "not_a_zip")
        return None
    entries = archive.infolist()
    before = len(log.problems)
    _check_names(entries, known, log)
    if len(log.problems) == before:
        _check_contents(archive, entries, size, limits, log)
    return Archive(archive) if len(log.problems) == before else None


def _has_more_entries_than(file: BinaryIO, most: int) -> bool:
    """Whether the directory is too long, counted in the bytes before anything is built from it."""
    found, tail = 0, b""
    while found <= most and (chunk := file.read(1 << 20)):
        window = tail + chunk
        found += window.count(_DIRECTORY_ENTRY)
        # Shorter than the mark, so that no mark is counted twice.
        tail = window[-(len(_DIRECTORY_ENTRY) - 1) :]
    file.seek(0)
    return found > most


def _check_names(entries: list[zipfile.ZipInfo], known: Mapping[str, str], log: ProblemLog) -> None:
    small = {entry.orig_filename.lower() for entry in entries}
    foreign = sorted(small & SCHOOL_DATA_SYNC_FILES)
    if foreign:
        log.add("", 0, "", "sds_files", ", ".join(foreign))
        return
    seen = set()
    for entry in entries:
        name = entry.orig_filename
        if name in seen:
            log.add(name, 0, "", "zip_duplicate_name", name)
            continue
        seen.add(name)
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or _DRIVE.match(name) or "\0" in name:
            log.add(name, 0, "", "zip_path", name)
        elif len(parts) > 1:
            log.add(name, 0, "", "zip_folder", name)
        elif name.lower() not in known:
            log.add(name, 0, "", "file_unknown", name)
        elif name not in known.values():
            log.add(name, 0, "", "file_name_case", known[name.lower()])


def _check_contents(
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    archive_bytes: int,
    limits: Limits,
    log: ProblemLog,
) -> None:
    """Unpack everything once and throw it away, so that what is read later is whole and small."""
    total = 0
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            log.add(name, 0, "", "zip_encrypted", name)
            continue
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            log.add(name, 0, "", "zip_method", name)
            continue
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    total += len(chunk)
                    if total > limits.total_bytes:
                        log.add(name, 0, "", "zip_too_large", str(limits.total_bytes))
                        return
                    if total > max(_HARMLESS_BYTES, limits.ratio * archive_bytes):
                        log.add(name, 0, "", "zip_bomb")
                        return
        except _DAMAGE:
            log.add(name, 0, "", "zip_damaged", name)
