"""The header of a data file: which cell of a row is which column of the dialect."""

from dataclasses import dataclass

from aarportal.people.roster.oneroster.columns import Column, Columns, Kind
from aarportal.people.roster.oneroster.dialects import OBSOLETE_COLUMNS
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.refused import is_refused
from aarportal.people.roster.oneroster.repairs import Mode

_METADATA = "metadata."


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand in a row, counted from 0."""

    columns: tuple[tuple[int, Column], ...]
    extra: tuple[tuple[int, str], ...]
    """Unknown metadata columns, which are kept under their name."""
    refused: tuple[tuple[int, str], ...]
    """Columns whose cells are counted and left."""
    is_complete: bool
    """Whether all required columns are there, so that rows can be made."""

    @property
    def fewest_cells(self) -> int:
        """How many cells a row has at least, if only optional ones may miss at its end."""
        return 1 + max(index for index, column in self.columns if column.required)


def read_header(
    file: str, names: list[str], columns: Columns, log: ProblemLog, mode: Mode
) -> Header | None:
    """Find the columns; None when the first line is no header of this file at all."""
    found, extra, refused = _find(file, names, columns, log, mode)
    if "sourcedId" not in found:
        log.add(file, 1, "sourcedId", "header_missing", "sourcedId")
        return None
    _check_missing(file, found, columns, log, mode)
    if mode is Mode.STRICT:
        _check_order(file, names, found, columns, log)
    elif any(_out_of_place(names, found, columns)):
        log.repair(file, 1, "", "header_order")
    refused += [
        (found[column.name], column.name)
        for column in columns
        if column.name in found and column.kind is Kind.REFUSED
    ]
    return Header(
        columns=tuple((found[c.name], c) for c in columns if c.name in found),
        extra=tuple(extra),
        refused=tuple(refused),
        is_complete=all(c.name in found for c in columns if c.required),
    )


_Places = list[tuple[int, str]]


def _find(
    file: str, names: list[str], columns: Columns, log: ProblemLog, mode: Mode
) -> tuple[dict[str, int], _Places, _Places]:
    """The places of the dialect's columns, of metadata that is kept, and of what is left."""
    by_name = {name: column for column in columns for name in (column.name, *column.aliases)}
    by_small = {name.lower(): name for name in by_name}
    found: dict[str, int] = {}
    extra: _Places = []
    refused: _Places = []
    seen: set[str] = set()
    _tell_blank(file, names, log, mode)
    for index, written in enumerate(names):
        if not written.strip():
            continue
        name = written if written in by_name else by_small.get(_small(written, mode), written)
        column = by_name.get(name)
        # Two spellings of one column are one column.
        identity = column.name if column else written
        if identity in seen:
            log.add(file, 1, written, "header_twice")
            continue
        seen.add(identity)
        if column is not None:
            found[column.name] = index
            if name != written:
                _tell(file, (written, "header_case", name), log, mode)
        elif written.startswith(_METADATA) and len(written) > len(_METADATA):
            (refused if is_refused(written) else extra).append((index, written))
        elif written in OBSOLETE_COLUMNS.get(file, ()):
            log.add(file, 1, written, "header_obsolete")
            refused.append((index, written))
        else:
            _tell(file, (written, "header_unknown", written), log, mode)
    return found, extra, refused


def _tell_blank(file: str, names: list[str], log: ProblemLog, mode: Mode) -> None:
    """Name the places without a name: a spreadsheet leaves them where cells were emptied."""
    blank = ", ".join(str(place) for place, name in enumerate(names, 1) if not name.strip())
    if blank:
        (log.repair if mode is Mode.TOLERANT else log.add)(file, 1, "", "header_blank", blank)


def _tell(file: str, what: tuple[str, str, str], log: ProblemLog, mode: Mode) -> None:
    """Name a column as written, its rule and the detail: a problem, or mended where it may be."""
    written, rule, detail = what
    if mode is Mode.TOLERANT:
        log.repair(file, 1, detail, rule, written)
    else:
        log.add(file, 1, written, rule, detail)


def _small(written: str, mode: Mode) -> str:
    """The name in small letters, by which a column is found whose name is written otherwise."""
    return (written.strip() if mode is Mode.TOLERANT else written).lower()


def _check_missing(
    file: str, found: dict[str, int], columns: Columns, log: ProblemLog, mode: Mode
) -> None:
    for column in columns:
        if column.name in found:
            continue
        if column.required:
            log.add(file, 1, column.name, "header_missing", column.name)
        elif column.is_metadata or column.name in OBSOLETE_COLUMNS.get(file, ()):
            continue
        elif mode is Mode.TOLERANT:
            log.repair(file, 1, column.name, "header_missing", column.name)
        else:
            log.add(file, 1, column.name, "header_optional_missing", column.name)


def _check_order(
    file: str, names: list[str], found: dict[str, int], columns: Columns, log: ProblemLog
) -> None:
    """Name the first column that is out of its place, and metadata that is not on the right."""
    wrong, metadata = _out_of_place(names, found, columns)
    if wrong:
        right = [c.name for c in columns if c.name in found and not c.is_metadata]
        log.add(file, 1, wrong, "header_order", str(right.index(wrong) + 1))
    if metadata:
        log.add(file, 1, metadata, "header_metadata_place")


def _out_of_place(names: list[str], found: dict[str, int], columns: Columns) -> tuple[str, str]:
    """The first column out of its order, and the first metadata left of another; else empty."""
    right = [c.name for c in columns if c.name in found and not c.is_metadata]
    given = sorted(right, key=found.__getitem__)
    place = next((i for i, name in enumerate(given) if name != right[i]), -1)
    wrong = ""
    if place >= 0:
        # Either this one came too early, or the one that belongs here went to the right.
        came_early = given[place + 1] == right[place]
        wrong = given[place] if came_early else right[place]
    last = max(
        (index for name, index in found.items() if not name.startswith(_METADATA)), default=-1
    )
    metadata = next((name for name in names[:last] if name.startswith(_METADATA)), "")
    return wrong, metadata
