"""What can be wrong with a bundle: where, which rule, and the sentence that helps to mend it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aarportal.people.roster.oneroster.repairs import Repair

#: Marks a sentence for the translators; the page translates it when it is shown.
N_ = str

_DETAIL_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    Attributes:
        file: Name of the file in the zip; empty when it is about the zip itself.
        line: As an editor counts, the header being 1; 0 when it is about the whole file.
        column: Name of the column in the header; empty when it is about the whole line.
        rule: Key in `RULES`.
        detail: The word that is wrong or is missing. Names of people are never repeated; other
            cells are, so it may be shown to the person who sent the file, and not be logged.
    """

    file: str
    line: int
    column: str
    rule: str
    detail: str = ""


#: Sentence of help for each rule, in English; `%(detail)s` is the detail of the problem. Braces
#: and underscores mark readings and phrases in our texts, so that no sentence may hold them.
RULES: Mapping[str, str] = MappingProxyType(
    {
        # The zip
        "not_a_zip": N_("This is not a zip file. Send the zip that the school system wrote."),
        "zip_damaged": N_("The zip is damaged: %(detail)s cannot be read. Export it again."),
        "zip_encrypted": N_(
            "%(detail)s is locked with a password. Make the zip again without one."
        ),
        "zip_method": N_(
            "%(detail)s is packed in a way that OneRoster does not know. Make an ordinary zip."
        ),
        "zip_path": N_(
            "The name %(detail)s leads out of the zip. This file is not safe; nothing was read."
        ),
        "zip_folder": N_(
            "%(detail)s lies in a folder. All files must lie at the top of the zip: mark the "
            "files themselves and not the folder when you make it."
        ),
        "zip_junk": N_(
            "%(detail)s was made by the computer that packed the zip. Pack the CSV files alone, "
            "or choose that small flaws are mended."
        ),
        "zip_duplicate_name": N_("The zip holds %(detail)s more than once."),
        "zip_too_many_files": N_("The zip holds too many files; %(detail)s are allowed."),
        "zip_too_large": N_("The zip is too large; %(detail)s bytes are allowed."),
        "zip_bomb": N_("The zip grows without end when it is unpacked; nothing was read."),
        "file_name_case": N_(
            "The file must be called %(detail)s, with capital and small letters as here."
        ),
        "file_unknown": N_("OneRoster knows no file of this name. Take it out of the zip."),
        "sds_files": N_(
            "These are files of Microsoft School Data Sync (%(detail)s), not of OneRoster. "
            "Export OneRoster 1.2 from the school system."
        ),
        # The manifest
        "manifest_missing": N_(
            "manifest.csv is missing. OneRoster 1.0 has none; export version 1.2."
        ),
        "manifest_property_missing": N_("manifest.csv has no line for %(detail)s."),
        "manifest_property_twice": N_("manifest.csv names %(detail)s more than once."),
        "manifest_value": N_("Only absent, bulk or delta may stand here, not %(detail)s."),
        "manifest_version": N_("manifest.version must be 1.0, not %(detail)s."),
        "oneroster_version": N_(
            "This is OneRoster %(detail)s. Versions 1.2 and 1.2.1 can be read, and "
            "those of the Japanese profiles."
        ),
        "manifest_file_missing": N_(
            "The manifest announces %(detail)s, and the zip does not hold it."
        ),
        "manifest_file_extra": N_(
            "The zip holds %(detail)s, and the manifest says that it is absent."
        ),
        "file_required": N_("The Japanese profile needs %(detail)s, and the zip does not hold it."),
        "file_needed": N_(
            "This column points into %(detail)s, and the zip does not hold that file."
        ),
        # The text of a file
        "encoding_cp932": N_(
            "The file is written in Shift JIS (CP932). Save it as UTF-8 and pack it again."
        ),
        "encoding_utf16": N_("The file is written in UTF-16. Save it as UTF-8 and pack it again."),
        "encoding_utf8": N_("This line is not valid UTF-8."),
        "file_empty": N_("The file is empty. Leave it out and write absent in the manifest."),
        "file_no_rows": N_(
            "The file has a header and no rows. Leave it out and write absent in the manifest."
        ),
        "line_too_long": N_("This line is longer than %(detail)s bytes; the rest was not read."),
        "line_end_cr": N_("The lines end in CR alone. Save the file with CR+LF."),
        "line_break": N_("There is a line break inside a cell; OneRoster allows none."),
        "control_character": N_("There is an invisible control character in this cell."),
        "csv_quotes": N_(
            "The double quotes of this line do not match; write a quote inside a cell twice."
        ),
        "csv_separator": N_("The cells must be separated by commas."),
        "row_short": N_("This line has too few cells (%(detail)s)."),
        "row_long": N_("This line has too many cells (%(detail)s)."),
        # The header
        "header_missing": N_("The header lacks the column %(detail)s."),
        "header_optional_missing": N_(
            "The header lacks the column %(detail)s; it was read as blank."
        ),
        "header_blank": N_(
            "The header has columns without a name (places from the left: %(detail)s). Take them "
            "out."
        ),
        "header_unknown": N_(
            "OneRoster knows no column of this name here; own columns begin with metadata."
        ),
        "header_case": N_(
            "The column must be written %(detail)s, with capital and small letters as here."
        ),
        "header_twice": N_("The header names this column more than once."),
        "header_order": N_(
            "This column stands in the wrong place; it should be number %(detail)s."
        ),
        "header_metadata_place": N_("Metadata columns must stand to the right of all others."),
        # The cells
        "value_required": N_("This cell must not be blank."),
        "value_bulk_blank": N_(
            "In a bulk file status and dateLastModified are blank; they are for delta files."
        ),
        "value_status": N_("Only active or tobedeleted may stand here, not %(detail)s."),
        "value_moment": N_(
            "%(detail)s is not a moment in UTC of the form 2026-04-01T08:30:00.000Z."
        ),
        "value_float": N_("%(detail)s is not a number."),
        "value_pairs": N_(
            "Each entry of the list must be written in curly brackets: a word, a colon, its value."
        ),
        "value_date": N_("%(detail)s is not a date of the form 2026-04-01."),
        "value_boolean": N_("Only true or false may stand here, not %(detail)s."),
        "value_integer": N_("%(detail)s is not a whole number."),
        "value_year": N_("%(detail)s is not a year of four digits."),
        "value_id": N_(
            "%(detail)s is not an id: up to 255 of A-Z, a-z, 0-9, . - / @ and underscore fit."
        ),
        "value_enum": N_(
            "This word is not allowed here; the allowed ones stand in brackets: %(detail)s"
        ),
        "value_list": N_("The list has an empty place: %(detail)s"),
        "value_grade": N_(
            "%(detail)s is not a grade; P1 to P6, J1 to J3, H1 to H3 and E1 to E3 are."
        ),
        "value_user_ids": N_(
            "Each id of the list must be written in curly brackets: its type, a colon, the id."
        ),
        "value_half_width": N_("Katakana must be full-width here."),
        # Between rows
        "duplicate_sourced_id": N_("This sourcedId stands on line %(detail)s already."),
        "dangling_reference": N_("Nothing in the bundle has this id: %(detail)s"),
        "gone_reference": N_("This very file marks %(detail)s as tobedeleted."),
        "reference_type": N_("This points at something of another type: %(detail)s"),
        "parent_cycle": N_("The chain of parents comes back to this row."),
        "school_differs": N_("The class belongs to another school: %(detail)s"),
        "date_order": N_("The end lies before the beginning."),
        "list_lengths": N_("subjects and subjectCodes must have the same number of entries."),
        "role_primary_twice": N_(
            "This person has a primary role at this org on line %(detail)s already."
        ),
        "role_secondary_alone": N_("This person has a secondary role and no primary one."),
        "primary_student": N_("primary must be false for a pupil."),
        "jp_session_title": N_("The title of a school year must be %(detail)s."),
        "jp_session_dates": N_("A school year begins and ends in April: %(detail)s is expected."),
        "jp_district_parent": N_("A district has no parent."),
        "jp_two_districts": N_("A bundle holds one district; another is on line %(detail)s."),
        # Warnings
        "header_obsolete": N_("This version has no such column; it was left out."),
        "home_class_title": N_("homeClass holds the title of a class, not its id: %(detail)s"),
        "home_class_unclear": N_("More than one class has this title: %(detail)s"),
        "home_class_unknown": N_("homeClass names no class that is known here: %(detail)s"),
        "user_without_role": N_("This person has no line in roles.csv."),
        "username_twice": N_("This username stands on line %(detail)s already."),
        "master_identifier_twice": N_(
            "This userMasterIdentifier stands on line %(detail)s already."
        ),
        "master_identifier_form": N_("userMasterIdentifier should be a UUID (version 4)."),
        "primary_twice": N_("This class has another primary teacher on line %(detail)s."),
        "jp_identifier": N_("This is not a 学校コード or 教育委員会コード: %(detail)s"),
        "jp_course_code": N_("The Japanese profile leaves courseCode blank."),
        "jp_course_title": N_("The title of a course should begin with the 年度: %(detail)s"),
    }
)

#: Rules that are told and do not stop the import: what was meant is certain.
WARNINGS = frozenset(
    {
        "header_optional_missing",
        "header_obsolete",
        "home_class_title",
        "home_class_unclear",
        "home_class_unknown",
        "user_without_role",
        "username_twice",
        "master_identifier_twice",
        "master_identifier_form",
        "primary_twice",
        "jp_identifier",
        "jp_course_code",
        "jp_course_title",
    }
)


def shown(text: str) -> str:
    """The text fit for a message: short, and without characters that a terminal obeys."""
    if len(text) > _DETAIL_CHARACTERS:
        text = text[: _DETAIL_CHARACTERS - 1] + "…"
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


class ProblemLog:
    """Collects problems and repairs up to a limit: a hopeless file cannot fill the memory."""

    def __init__(self, most_of_a_kind: int, most: int) -> None:
        """Keep at most `most` of each, and `most_of_a_kind` of one rule in one column."""
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.repairs: list[Repair] = []
        self.unlisted = 0
        self._most_of_a_kind = most_of_a_kind
        self._most = most
        self._of_a_kind: Counter[tuple[type, str, str, str]] = Counter()

    def add(self, file: str, line: int, column: str, rule: str, detail: str = "") -> None:
        """Note a problem, or only count it when there are too many already."""
        kept = self.warnings if rule in WARNINGS else self.problems
        if self._has_room(Problem, len(kept), file, column, rule):
            kept.append(Problem(shown(file), line, shown(column), rule, shown(detail)))

    def repair(self, file: str, line: int, column: str, rule: str, detail: str = "") -> None:
        """Note a repair, or only count it when there are too many already."""
        if self._has_room(Repair, len(self.repairs), file, column, rule):
            self.repairs.append(Repair(shown(file), line, shown(column), rule, shown(detail)))

    def _has_room(self, what: type, kept: int, file: str, column: str, rule: str) -> bool:
        kind = (what, file, column, rule)
        if kept >= self._most or self._of_a_kind[kind] >= self._most_of_a_kind:
            self.unlisted += 1
            return False
        self._of_a_kind[kind] += 1
        return True
