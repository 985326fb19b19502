"""The published list of what tolerant reading mends; everything else is refused as in strict mode.

Never mended, because it could take one child for another or write what nobody meant: ids (not
even their capitals), names beyond the width of their katakana, which child a row is about, rows
that share an id and differ, required references that point at nothing, and versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: Marks a sentence for the translators; the page translates it when it is shown.
N_ = str


class Mode(StrEnum):
    """How a bundle is read: refused with all its problems, or mended where the list says how."""

    STRICT = "strict"
    TOLERANT = "tolerant"


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was read otherwise than it is written, and where.

    Attributes:
        file: Name of the file in the bundle; empty when it is about the zip itself.
        line: As in a problem; 0 when it is about the whole file.
        column: Name of the column as the standard writes it; empty when it is about the line.
        rule: Key in `REPAIRS`.
        detail: What was written, unless it names a person or is personal.
    """

    file: str
    line: int
    column: str
    rule: str
    detail: str = ""


#: What is done, in a sentence for each rule; `%(detail)s` is the detail of the repair.
REPAIRS: Mapping[str, str] = MappingProxyType(
    {
        # The zip
        "top_folder": N_("All files lie in the folder %(detail)s; it was read as the top."),
        "junk_entry": N_("%(detail)s was made by the computer that packed the zip; left out."),
        "file_name_case": N_("%(detail)s was read, whatever its capital and small letters."),
        "empty_file": N_("The file has no rows; it was read as absent."),
        # The text of a file
        "text_cp932": N_("The file is written in Shift JIS (CP932) and was read as such."),
        "text_utf16": N_("The file is written in UTF-16 and was read as such."),
        "line_end_cr": N_("The lines end in CR alone and were read as lines."),
        "line_break": N_("A line break inside a cell became a space."),
        "row_short": N_("The line ends early (%(detail)s); the missing cells were read as blank."),
        "row_blank": N_("All cells of the line are blank; it was left out."),
        # The header
        "header_case": N_("The column %(detail)s was read in spite of its capital letters."),
        "header_order": N_("The columns stand in another order and were read by their names."),
        "header_missing": N_("The optional column %(detail)s is missing and was read as blank."),
        "header_blank": N_(
            "Columns without a name were left out; their places from the left: %(detail)s."
        ),
        "header_unknown": N_("OneRoster knows no column %(detail)s; it was left out."),
        # The cells
        "spaces": N_("Spaces around the cell were taken away."),
        "boolean_case": N_("%(detail)s was read as true or false in small letters."),
        "date_form": N_("%(detail)s was read as a date of the form 2026-04-01."),
        "last_day": N_("31 March was read as the last day of the school year."),
        "half_width": N_("Half-width katakana became full-width."),
        "grade_form": N_("%(detail)s was read as a grade of this school."),
        "bulk_state": N_("status or dateLastModified of a bulk file was left unread."),
        "enabled_blank": N_("enabledUser is blank and was read as true."),
        "primary_student": N_("primary of a pupil was read as false."),
        "home_class_title": N_("homeClass holds a title; the class of this title was taken."),
        # Between rows
        "identical_row": N_("The line is the same as line %(detail)s and was read once."),
        "dangling_blank": N_("An optional reference that points at nothing was read as blank."),
        "role_alone": N_("The only role of this person is secondary; it was read as primary."),
    }
)
