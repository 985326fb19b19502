"""manifest.csv: the version of the bundle and which files it brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from aarportal.people.roster.oneroster.archive import Archive, Limits
from aarportal.people.roster.oneroster.columns import MANIFEST, ORGS, USERS
from aarportal.people.roster.oneroster.dialects import DIALECTS, FILE_PROPERTIES
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode
from aarportal.people.roster.oneroster.tables import Table

_HEADER = ["propertyName", "value"]
#: What a file of a bundle is: the whole of it, or only what changed.
BULK, DELTA = "bulk", "delta"
_MODES = ("absent", BULK, DELTA)
_VERSIONS = frozenset(dialect.version for dialect in DIALECTS)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the manifest says.

    Attributes:
        announced: File -> bulk or delta, of those that it says are there.
        modes: The same, of those that the zip holds.
    """

    version: str
    announced: Mapping[str, str]
    modes: Mapping[str, str]
    source_system_name: str
    source_system_code: str


def read_manifest(archive: Archive, limits: Limits, log: ProblemLog, mode: Mode) -> Manifest | None:
    """The manifest of a bundle, or None when the files cannot be understood without it."""
    if MANIFEST not in archive.names:
        rule = "sds_files" if _is_school_data_sync(archive) else "manifest_missing"
        log.add("", 0, "", rule, "V2.1" if rule == "sds_files" else "")
        return None
    properties = _read_properties(archive, limits, log, mode)
    if properties is None:
        return None
    line, version = properties.get("oneroster.version", (0, ""))
    if version and version not in _VERSIONS:
        # The manifests of other versions name other files; one problem says it all.
        log.add(MANIFEST, line, "value", "oneroster_version", version)
        return None
    line, own_version = properties.get("manifest.version", (0, ""))
    if own_version and own_version != "1.0":
        log.add(MANIFEST, line, "value", "manifest_version", own_version)
    for name in ("manifest.version", "oneroster.version"):
        if name not in properties:
            log.add(MANIFEST, 0, "propertyName", "manifest_property_missing", name)
        elif not properties[name][1]:
            log.add(MANIFEST, properties[name][0], "value", "value_required")
    announced = _read_modes(properties, archive, log)
    if version not in _VERSIONS:
        return None
    return Manifest(
        version=version,
        announced=announced,
        modes={file: mode for file, mode in announced.items() if file in archive.names},
        source_system_name=properties.get("source.systemName", (0, ""))[1],
        source_system_code=properties.get("source.systemCode", (0, ""))[1],
    )


def _read_properties(
    archive: Archive, limits: Limits, log: ProblemLog, mode: Mode
) -> dict[str, tuple[int, str]] | None:
    """Line and value of each property; None when the header is not a manifest's."""
    is_tolerant = mode is Mode.TOLERANT
    with archive.open(MANIFEST) as stream:
        table = Table(MANIFEST, stream, limits.line_bytes, log, mode)
        header = table.header
        if is_tolerant and header != _HEADER:
            header = _mended_header(header, log)
        if sorted(header) != sorted(_HEADER) or (header != _HEADER and not is_tolerant):
            if table.is_whole:
                _explain_header(table.header, log)
            return None
        name_at = header.index(_HEADER[0])
        properties: dict[str, tuple[int, str]] = {}
        for line, cells in table.rows():
            name, value = cells[name_at], cells[1 - name_at]
            if is_tolerant and (name, value) != (name.strip(), value.strip()):
                log.repair(MANIFEST, line, "", "spaces")
                name, value = name.strip(), value.strip()
            if name in properties:
                log.add(MANIFEST, line, "propertyName", "manifest_property_twice", name)
            else:
                properties[name] = (line, value)
    return properties


def _mended_header(header: list[str], log: ProblemLog) -> list[str]:
    """The header with the letters of the standard; what is mended of it goes to the log."""
    by_small = {name.lower(): name for name in _HEADER}
    mended = [by_small.get(written.strip().lower(), written) for written in header]
    if sorted(mended) == sorted(_HEADER):
        for written, name in zip(header, mended, strict=True):
            if written != name:
                log.repair(MANIFEST, 1, name, "header_case", written)
        if mended != _HEADER:
            log.repair(MANIFEST, 1, "", "header_order")
    return mended


def _explain_header(header: list[str], log: ProblemLog) -> None:
    for name in _HEADER:
        if name not in header:
            log.add(MANIFEST, 1, name, "header_missing", name)
    for name in header:
        if name not in _HEADER:
            log.add(MANIFEST, 1, name, "header_unknown", name)
    if len(header) > len(_HEADER) and set(header) == set(_HEADER):
        log.add(MANIFEST, 1, header[-1], "header_twice")
    elif sorted(header) == _HEADER:
        log.add(MANIFEST, 1, "value", "header_order", "propertyName")


def _read_modes(
    properties: Mapping[str, tuple[int, str]], archive: Archive, log: ProblemLog
) -> dict[str, str]:
    announced = {}
    for name, file in FILE_PROPERTIES.items():
        if name not in properties:
            log.add(MANIFEST, 0, "propertyName", "manifest_property_missing", name)
            continue
        line, mode = properties[name]
        is_there = file in archive.names
        if mode not in _MODES:
            log.add(MANIFEST, line, "value", "manifest_value", mode)
        elif mode in (BULK, DELTA):
            announced[file] = mode
            if not is_there:
                log.add(MANIFEST, line, "value", "manifest_file_missing", file)
        elif is_there:
            log.add(MANIFEST, line, "value", "manifest_file_extra", file)
    return announced


def _is_school_data_sync(archive: Archive) -> bool:
    """Whether files under OneRoster's names have the headers of School Data Sync V2.1."""
    orgs, users = (
        archive.first_line(name) if name in archive.names else b"" for name in (ORGS, USERS)
    )
    return orgs.startswith(b"sourcedId,name,type") or b"activeDirectoryMatchId" in users
