"""Giving a roster out: one zip for whoever may have it, and a trace of who took it."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.exports import store
from aarportal.people.roster.exports.store import Extent
from aarportal.people.roster.oneroster.columns import ENROLLMENTS, USERS
from aarportal.people.roster.oneroster.dialects import Dialect
from aarportal.people.roster.oneroster.fitting import Fitting, Shortfall
from aarportal.people.roster.oneroster.writer import write_bundle

#: What stands in `source.systemName`.
SYSTEM_NAME = "aarportal"
_NO_NAME = re.compile(r"[^0-9A-Za-z-]+")


@dataclass(frozen=True)
class Written:
    """A bundle that lies in a file.

    Attributes:
        name: What the zip is called: RO_, the day, and the code of the school or the board.
        counts: File -> its rows.
        shortfalls: What is missing for this dialect; with any, the zip must not be given out.
    """

    name: str
    counts: dict[str, int]
    shortfalls: Sequence[Shortfall]


def extent_of(scope: Scope) -> Extent:
    """What somebody may take along: the board its district, everybody else their own school."""
    is_board = scope.role is Role.DISTRICT_ADMINISTRATOR
    schools = None if is_board else frozenset({scope.school_id})
    return Extent(scope.district_id, schools, clock.today())


def write(scope: Scope | SystemScope, extent: Extent, dialect: Dialect, file: BinaryIO) -> Written:
    """Write the roster as it stands into a file; changes nothing.

    Args:
        scope: Who sees the rows.
        extent: Which part of the roster.
        dialect: How it is written.
        file: A seekable file; memory stays flat however large the roster is.
    """
    without = store.relatives(scope, extent) if dialect.is_japanese else frozenset()
    fitting = Fitting(dialect, without=without)
    counts = write_bundle(
        file,
        dialect,
        fitting.rows(store.rows(scope, extent)),
        own_columns=store.own_columns(scope, extent),
        system_name=SYSTEM_NAME,
    )
    missing = (*fitting.shortfalls, *fitting.missing_files(counts))
    code, _ = store.place(scope, extent)
    return Written(zip_name(code, extent), counts, missing)


def zip_name(code: str, extent: Extent) -> str:
    """The name that the Japanese profiles give a bundle."""
    return f"RO_{extent.day:%Y%m%d}_{_NO_NAME.sub('-', code)}.zip"


def note(scope: Scope | SystemScope, extent: Extent, dialect: Dialect, written: Written) -> None:
    """Leave a trace that a roster was taken along."""
    people, places = (written.counts.get(file, 0) for file in (USERS, ENROLLMENTS))
    whose = next(iter(extent.school_ids)) if extent.school_ids else extent.district_id
    detail = f"{dialect.key}, people {people}, places {places}"
    audit.record(scope, "roster:exported", whose, detail=detail)


def working_file(folder: Path) -> BinaryIO:
    """A file without a name in a folder of the server; it is gone once it is closed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)
