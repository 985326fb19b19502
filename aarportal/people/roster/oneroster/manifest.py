"""manifest.csv: the version of the bundle and which files it brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from aarportal.people.roster.oneroster.archive import Archive, Limits
from aarportal.people.roster.oneroster.columns import MANIFEST, ORGS, USERS
from aarportal.people.roster.oneroster.dialects import DIALECTS, FILE_PROPERTIES
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.tables import Table

_HEADER = ["propertyName", "value"]
_MODES = ("absent", "bulk", "delta")
_VERSIONS = frozenset(dialect.version for dialect in DIALECTS)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the manifest says.

    Attributes:
        announced: Files that it says to be bulk.
        files: Those of them that the zip holds.
    """

    version: str
    announced: frozenset[str]
    files: frozenset[str]
    source_system_name: str
    source_system_code: str


def read_manifest(archive: Archive, limits: Limits, log: ProblemLog) -> Manifest | None:
    """The manifest of a bundle, or None when the files cannot be understood without it."""
    if MANIFEST not in archive.names:
        rule = "sds_files" if _is_school_data_sync(archive) else "manifest_missing"
        log.add("", 0, "", rule, "V2.1" if rule == "sds_files" else "")
        return None
    properties = _read_properties(archive, limits, log)
    if properties is None:
        return None
    line, version = properties.get("oneroster.version", (0, ""))
    if version and version not in _VERSIONS:
        log.add(MANIFEST, line, "value", "oneroster_version", version)
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
        files=announced & archive.names,
        source_system_name=properties.get("source.systemName", (0, ""))[1],
        source_system_code=properties.get("source.systemCode", (0, ""))[1],
    )


def _read_properties(
    archive: Archive, limits: Limits, log: ProblemLog
) -> dict[str, tuple[int, str]] | None:
    """Line and value of each property; None when the header is not a manifest's."""
    with archive.open(MANIFEST) as stream:
        table = Table(MANIFEST, stream, limits.line_bytes, log)
        if table.header != _HEADER:
            if table.is_whole:
                _explain_header(table.header, log)
            return None
        properties: dict[str, tuple[int, str]] = {}
        for line, (name, value) in table.rows():
            if name in properties:
                log.add(MANIFEST, line, "propertyName", "manifest_property_twice", name)
            else:
                properties[name] = (line, value)
    return properties


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
) -> frozenset[str]:
    announced = set()
    for name, file in FILE_PROPERTIES.items():
        if name not in properties:
            log.add(MANIFEST, 0, "propertyName", "manifest_property_missing", name)
            continue
        line, mode = properties[name]
        is_there = file in archive.names
        if mode not in _MODES:
            log.add(MANIFEST, line, "value", "manifest_value", mode)
        elif mode == "delta":
            # The seam for a later reader of changes: the file itself is not looked at.
            log.add(MANIFEST, line, "value", "delta_not_supported", file)
        elif mode == "bulk":
            announced.add(file)
            if not is_there:
                log.add(MANIFEST, line, "value", "manifest_file_missing", file)
        elif is_there:
            log.add(MANIFEST, line, "value", "manifest_file_extra", file)
    return frozenset(announced)


def _is_school_data_sync(archive: Archive) -> bool:
    """Whether files under OneRoster's names have the headers of School Data Sync V2.1."""
    orgs, users = (
        archive.first_line(name) if name in archive.names else b"" for name in (ORGS, USERS)
    )
    return orgs.startswith(b"sourcedId,name,type") or b"activeDirectoryMatchId" in users
