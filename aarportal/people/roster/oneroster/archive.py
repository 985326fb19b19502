"""The zip around a bundle, opened with distrust: nothing that its headers claim is believed."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, cast

from aarportal.people.roster.oneroster.columns import BASE_FILES, MANIFEST
from aarportal.people.roster.oneroster.dialects import SCHOOL_DATA_SYNC_FILES
from aarportal.people.roster.oneroster.encodings import CP932, UTF16, Form, Recoded, Survey
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode

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
#: With what every entry of the directory of a zip begins.
DIRECTORY_ENTRY = b"PK\x01\x02"
#: Below this size nothing is a bomb, however well it is packed.
_HARMLESS_BYTES = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
#: What computers put into the zips they make.
_JUNK_FOLDER = "__MACOSX"
_JUNK_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_JUNK_PREFIX = "._"
#: Set in an entry whose name is written in UTF-8; zipfile reads other names as CP437.
_UTF8_NAME = 0x800
_NO_FORMS: Mapping[str, Form] = MappingProxyType({})
_KNOWN_FILES = {name.lower(): name for name in (MANIFEST, *BASE_FILES)}


def _known_file(path: str) -> str:
    return _KNOWN_FILES.get(path, "")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a bundle is read before it is refused.

    Attributes:
        archive_bytes: Size of the zip.
        total_bytes: Size of all files together, unpacked.
        ratio: Unpacked size by packed size; a roster of 60,000 stays below 30.
        files: Files in the zip.
        line_bytes: Length of one line; no more than the csv module takes in one cell.
        problems_of_a_kind: Problems listed for one rule in one column of one file.
        problems: Problems listed altogether.
    """

    archive_bytes: int = 64 << 20
    total_bytes: int = 512 << 20
    ratio: int = 200
    files: int = 64
    line_bytes: int = 128 << 10
    problems_of_a_kind: int = 1_000
    problems: int = 10_000


class Archive:
    """A zip whose files were all unpacked once and found sound, by their names in OneRoster."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        entries: Mapping[str, zipfile.ZipInfo],
        forms: Mapping[str, Form] = _NO_FORMS,
    ) -> None:
        """Keep the open zip; `forms` names the files that are to be recoded."""
        self._archive = archive
        self._entries = entries
        self._forms = forms
        self.names = frozenset(entries)

    def open(self, name: str) -> io.BufferedReader:
        """A stream of the file's bytes, unpacked as it is read."""
        stream = cast(io.BufferedIOBase, self._archive.open(self._entries[name]))
        if name in self._forms:
            return io.BufferedReader(Recoded(stream, self._forms[name], _CHUNK_BYTES), _CHUNK_BYTES)
        return io.BufferedReader(cast(io.RawIOBase, stream), _CHUNK_BYTES)

    def first_line(self, name: str) -> bytes:
        """The header of a file as it is written, without BOM and quotes; at most 64 KiB."""
        return self.beginning(name).partition(b"\n")[0]

    def beginning(self, name: str) -> bytes:
        """The first 64 KiB of a file without BOM and quotes."""
        with self.open(name) as stream:
            text = stream.read(_CHUNK_BYTES)
        return text.removeprefix(b"\xef\xbb\xbf").replace(b'"', b"")


def open_archive(
    file: BinaryIO,
    limits: Limits,
    log: ProblemLog,
    mode: Mode,
    known: Callable[[str], str] = _known_file,
) -> Archive | None:
    """The zip in a seekable file, or None when the log says why it must not be read.

    Args:
        file: The zip.
        limits: How much of it is read.
        log: Takes the problems.
        mode: Whether what `REPAIRS` lists is mended.
        known: The name that a file in it may have, by its path in lower case; empty if it may not
            be there.
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
    before = len(log.problems)
    entries = _named(archive.infolist(), known, mode, log)
    forms: dict[str, Form] = {}
    if len(log.problems) == before:
        most = min(limits.total_bytes, max(_HARMLESS_BYTES, limits.ratio * size))
        rule = "zip_too_large" if most == limits.total_bytes else "zip_bomb"
        unpacking = _Unpacking(archive, most, rule, mode, log)
        forms = unpacking.check(entries)
    if len(log.problems) > before:
        return None
    for name, form in forms.items():
        _tell_form(name, form, log)
    return Archive(archive, entries, forms)


def _has_more_entries_than(file: BinaryIO, most: int) -> bool:
    """Whether the directory is too long, counted in the bytes before anything is built from it."""
    found, tail = 0, b""
    while found <= most and (chunk := file.read(1 << 20)):
        window = tail + chunk
        found += window.count(DIRECTORY_ENTRY)
        # Shorter than the mark, so that no mark is counted twice.
        tail = window[-(len(DIRECTORY_ENTRY) - 1) :]
    file.seek(0)
    return found > most


def _named(
    entries: list[zipfile.ZipInfo], name_of: Callable[[str], str], mode: Mode, log: ProblemLog
) -> dict[str, zipfile.ZipInfo]:
    """The entries by the names that OneRoster has for them; what is wrong goes to the log."""
    paths = [(_path(entry), entry) for entry in entries]
    foreign = sorted({p.rpartition("/")[2].lower() for p, _ in paths} & SCHOOL_DATA_SYNC_FILES)
    if foreign:
        log.add("", 0, "", "sds_files", ", ".join(foreign))
        return {}
    for path, entry in paths:
        parts = path.split("/")
        if ".." in parts or parts[0] == "" or _DRIVE.match(path) or "\0" in path:
            log.add(_written(entry), 0, "", "zip_path", _written(entry))
    if log.problems:
        return {}
    if mode is Mode.TOLERANT:
        paths = _at_the_top(_without_junk(paths, log), log)
    named: dict[str, zipfile.ZipInfo] = {}
    seen = set()
    for path, entry in paths:
        name = _written(entry) if "/" in path else path
        known = name_of(path.lower())
        rule, detail = _wrong_name(path, known, mode)
        if path in seen or (known in named and not rule):
            log.add(name, 0, "", "zip_duplicate_name", known or name)
        elif rule:
            log.add(name, 0, "", rule, detail or name)
        else:
            named[known] = entry
            if name != known:
                log.repair(known, 0, "", "file_name_case", name)
        seen.add(path)
    return named


def _written(entry: zipfile.ZipInfo) -> str:
    """The name of an entry as it was typed: packers in Japan write Shift JIS, Macs bare UTF-8."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME and not name.isascii():
        for encoding in ("utf-8", CP932):
            with suppress(UnicodeError):
                return name.encode("cp437").decode(encoding)
    return name


def _path(entry: zipfile.ZipInfo) -> str:
    return _written(entry).replace("\\", "/")


def _wrong_name(path: str, known: str, mode: Mode) -> tuple[str, str]:
    """The rule that a name breaks and its detail, if that is another name; else empty."""
    if _is_junk(path):
        return "zip_junk", ""
    if "/" in path and not known:
        return "zip_folder", ""
    if not known:
        return "file_unknown", ""
    if path != known and mode is Mode.STRICT:
        return "file_name_case", known
    return "", ""


_Paths = list[tuple[str, zipfile.ZipInfo]]


def _is_junk(path: str) -> bool:
    *folders, name = path.split("/")
    return _JUNK_FOLDER in folders or name.startswith(_JUNK_PREFIX) or name.lower() in _JUNK_FILES


def _without_junk(paths: _Paths, log: ProblemLog) -> _Paths:
    kept = []
    for path, entry in paths:
        if _is_junk(path):
            log.repair("", 0, "", "junk_entry", path)
        else:
            kept.append((path, entry))
    return kept


def _at_the_top(paths: _Paths, log: ProblemLog) -> _Paths:
    """The paths below the one folder that holds all of them, if there is one."""
    folders = {path.partition("/")[0] for path, _ in paths if "/" in path}
    if len(folders) != 1 or not all("/" in path for path, _ in paths):
        return paths
    (folder,) = folders
    log.repair("", 0, "", "top_folder", folder)
    inside = [(path.removeprefix(f"{folder}/"), entry) for path, entry in paths]
    return [(path, entry) for path, entry in inside if path]


@dataclass(slots=True)
class _Unpacking:
    """Everything unpacked once and thrown away, so that what is read later is whole and small."""

    archive: zipfile.ZipFile
    most_bytes: int
    rule: str
    mode: Mode
    log: ProblemLog
    total: int = 0

    def check(self, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, Form]:
        """How the files are written that are to be recoded; none in strict mode."""
        forms = {}
        for name, entry in entries.items():
            if entry.flag_bits & 0x1:
                self.log.add(name, 0, "", "zip_encrypted", name)
            elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self.log.add(name, 0, "", "zip_method", name)
            else:
                form = self._form(name, entry)
                if self.total > self.most_bytes:
                    self.log.add(name, 0, "", self.rule, str(self.most_bytes))
                    break
                if not form.is_plain:
                    forms[name] = form
        return forms

    def _form(self, name: str, entry: zipfile.ZipInfo) -> Form:
        survey = Survey()
        is_asked = self.mode is Mode.TOLERANT
        try:
            with self.archive.open(entry) as stream:
                while (chunk := stream.read(_CHUNK_BYTES)) and self.total <= self.most_bytes:
                    self.total += len(chunk)
                    if is_asked:
                        survey.look(chunk)
        except _DAMAGE:
            self.log.add(name, 0, "", "zip_damaged", name)
            return Form()
        survey.look(b"", is_last=True)
        return survey.form()


def _tell_form(name: str, form: Form, log: ProblemLog) -> None:
    rules = {CP932: "text_cp932", UTF16: "text_utf16"}
    if form.encoding in rules:
        log.repair(name, 0, "", rules[form.encoding])
    if form.ends_in_cr:
        log.repair(name, 0, "", "line_end_cr")
