"""What a list of members changes, written as a OneRoster delta, pure.

A bulk file would say that everybody outside of the one class is gone.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

from aarportal.core.tables.writing import Exact
from aarportal.people.roster.oneroster.columns import MANIFEST
from aarportal.people.roster.oneroster.dialects import BASE_1_2, FILE_PROPERTIES

#: File -> its rows; a row is column -> cell, with its `status`.
Rows = Mapping[str, Sequence[Mapping[str, str]]]

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_delta(rows: Rows, moment: datetime, system_name: str) -> bytes:
    """A zip with these rows.

    Args:
        rows: What changes; a file without rows is absent.
        moment: When it was looked at.
        system_name: Whose list it was.
    """
    brought = {file: found for file, found in rows.items() if found}
    said = f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, found in brought.items():
            columns = [column.name for column in BASE_1_2.files[file]]
            stated = [{"dateLastModified": said, **row} for row in found]
            cells = [[row.get(name, "") for name in columns] for row in stated]
            archive.writestr(zipfile.ZipInfo(file, _ZIP_DATE), _csv([columns, *cells]))
        properties = {
            "manifest.version": "1.0",
            "oneroster.version": BASE_1_2.version,
            **{n: "delta" if file in brought else "absent" for n, file in FILE_PROPERTIES.items()},
            "source.systemName": system_name,
        }
        table = [["propertyName", "value"], *map(list, properties.items())]
        archive.writestr(zipfile.ZipInfo(MANIFEST, _ZIP_DATE), _csv(table))
    return packed.getvalue()


def _csv(table: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    Exact(text).write(table)
    return text.getvalue()
