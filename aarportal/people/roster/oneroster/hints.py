"""Which district a zip speaks of, before it is read: a delta need not bring its district."""

from dataclasses import dataclass
from typing import BinaryIO

from aarportal.people.roster.oneroster.archive import Archive, Limits, open_archive
from aarportal.people.roster.oneroster.columns import BASE_FILES, CARRIED, ORGS
from aarportal.people.roster.oneroster.manifest import Manifest, read_manifest
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.reading import GONE
from aarportal.people.roster.oneroster.repairs import Mode
from aarportal.people.roster.oneroster.tables import Table
from aarportal.people.roster.oneroster.values import NULL

_DEFAULT_LIMITS = Limits()
#: Columns that name an org, in whichever carried file they stand.
_ORG_COLUMNS = frozenset(
    column.name.lower() for file in CARRIED for column in BASE_FILES[file] if column.target == ORGS
)
_BLANK = {"", NULL}


@dataclass(frozen=True, slots=True)
class DistrictHint:
    """What a zip says about where it belongs; all of it empty when it cannot be read.

    Attributes:
        district_sourced_id: Of the one district among its orgs; empty if it brings none or several.
        org_sourced_ids: Orgs that it brings or points at. When it brings its district, only those
            of orgs.csv.
    """

    district_sourced_id: str
    org_sourced_ids: frozenset[str]
    source_system_code: str
    source_system_name: str


def district_hint(file: BinaryIO, limits: Limits = _DEFAULT_LIMITS) -> DistrictHint:
    """Look into the zip in a seekable file as little as it takes; nothing is ever raised.

    It checks nothing: whoever acts on a hint reads the bundle next. Files beyond orgs.csv are only
    looked at if that one does not name the district.
    """
    log = ProblemLog(limits.problems_of_a_kind, limits.problems)
    archive = open_archive(file, limits, log, Mode.TOLERANT)
    manifest = read_manifest(archive, limits, log, Mode.TOLERANT) if archive else None
    if archive is None or manifest is None:
        return DistrictHint("", frozenset(), "", "")
    districts, mentioned = _orgs(archive, manifest, limits)
    if len(districts) != 1:
        for name in CARRIED:
            if name != ORGS and name in manifest.modes:
                mentioned |= _mentioned(archive, name, limits)
    return DistrictHint(
        districts.pop() if len(districts) == 1 else "",
        frozenset(mentioned),
        manifest.source_system_code,
        manifest.source_system_name,
    )


def _orgs(archive: Archive, manifest: Manifest, limits: Limits) -> tuple[set[str], set[str]]:
    """Districts of orgs.csv that stay, and all ids in it, parents too."""
    districts: set[str] = set()
    ids: set[str] = set()
    if ORGS in manifest.modes:
        with archive.open(ORGS) as stream:
            table = Table(ORGS, stream, limits.line_bytes, ProblemLog(0, 0), Mode.TOLERANT)
            names = [name.strip().lower() for name in table.header]
            for _, cells in table.rows():
                row = dict(zip(names, map(str.strip, cells), strict=True))
                sourced_id = row.get("sourcedid", "")
                ids |= {sourced_id, row.get("parentsourcedid", "")}
                if row.get("type") == "district" and row.get("status") != GONE:
                    districts.add(sourced_id)
    return districts - _BLANK, ids - _BLANK


def _mentioned(archive: Archive, file: str, limits: Limits) -> set[str]:
    """The orgs that the rows of a file point at."""
    found: set[str] = set()
    with archive.open(file) as stream:
        table = Table(file, stream, limits.line_bytes, ProblemLog(0, 0), Mode.TOLERANT)
        names = [name.strip().lower() for name in table.header]
        places = [place for place, name in enumerate(names) if name in _ORG_COLUMNS]
        for _, cells in table.rows():
            found.update(cells[place].strip() for place in places)
    return found - _BLANK
