"""Tables of a school year and their columns: the shape of the input."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import AnyOf, InputRequired, Optional

from aarportal.core.tables.sheets import Sheet
from aarportal.people.school_year.imports.columns import NAMES, WORDS, TableKind
from aarportal.people.school_year.imports.operations import BringDraft, ColumnsDraft
from aarportal.people.school_year.imports.rules import RULES
from aarportal.people.school_year.years import first_day, year_of
from aarportal.web.fields import RefusingForm
from aarportal.web.texts import plain

_FIRST_ROWS = 3
_LONGEST_SAMPLE = 90
_ENCODINGS = {
    "utf-8": "UTF-8",
    "cp932": "Shift JIS (CP932)",
    "euc_jp": "EUC-JP",
    "utf-16-le": "UTF-16 (LE)",
    "utf-16-be": "UTF-16 (BE)",
}


class BringForm(RefusingForm):
    """A file, and for when it holds."""

    MESSAGES = {("starts_on", "range"): _l("Choose a day of this century.")}  # noqa: RUF012

    file = FileField(_l("File (CSV)"), [FileRequired(_l("Choose a file."))])
    kind = HiddenField(
        validators=[AnyOf([kind.value for kind in TableKind], message=_l("Please choose again."))]
    )
    year = SelectField(_l("School year"), validate_choice=False)
    starts_on = DateField(_l("The timetables hold from"), [Optional()])

    def offer(self, this_year: int) -> "BringForm":
        """Fill the list of years: those around the present one."""
        self.year.choices = [
            Choice(str(year), plain("School year %(year)s", year=year))
            for year in range(this_year - 1, this_year + 3)
        ]
        return self

    def day(self) -> date | None:
        """The day that says for when it holds; None where nothing sensible is said."""
        if self.kind.data == TableKind.TIMETABLE:
            said: date | None = self.starts_on.data
            return said
        year = year_of(self.year.data or "")
        return first_day(year) if year else None

    def is_complete(self) -> bool:
        """Whether everything is said; says beside the field what is not."""
        if not self.validate():
            return False
        if self.day() is None:
            field = self.starts_on if self.kind.data == TableKind.TIMETABLE else self.year
            field.errors = [_l("Please fill this in.")]
            return False
        return True

    def draft(self) -> BringDraft:
        """The typed values as the operation wants them."""
        day = self.day()
        assert day
        return BringDraft(TableKind(self.kind.data), self.file.data.filename or "", day)


class ColumnsForm(RefusingForm):
    """Which column holds what; `of` makes a field for each thing that a column may hold."""

    MESSAGES: ClassVar[dict[tuple[str, str], Any]] = {
        (field, rule): _l(words)
        for field in WORDS
        for rule, words in RULES.items()
        if rule.startswith("column_")
    }

    encoding = SelectField(_l("How the characters are written"))
    replaces = BooleanField(
        _l("The table is the whole calendar: days that it does not name become ordinary")
    )
    table_kind: TableKind
    headers: Sequence[str] = ()

    @classmethod
    def of(cls, kind: TableKind, sheet: Sheet) -> "ColumnsForm":
        """The form for a table, with its columns to choose from.

        Numbers stand for columns: a browser may change the white space in a name.
        """
        choices = [Choice("", "—")]
        for place, name in enumerate(sheet.headers):
            choices.append(Choice(str(place), _with_cells(name, place, sheet)))
        fields: dict[str, Any] = {"table_kind": kind, "headers": sheet.headers}
        for field in NAMES[kind]:
            fields[field] = SelectField(_l(WORDS[field]), choices=choices)
        made: ColumnsForm = type("ColumnsOfTable", (cls,), fields)()
        made.encoding.choices = [
            Choice(it, _ENCODINGS[it]) for it in (sheet.encoding, *sheet.other_encodings)
        ]
        return made

    def show(self, columns: dict[str, str], *, replaces: bool) -> "ColumnsForm":
        """Fill in what is known or guessed."""
        for field, column in columns.items():
            if column in self.headers:
                self[field].data = str(list(self.headers).index(column))
        self.replaces.data = replaces
        return self

    def column_fields(self) -> list[Any]:
        """The fields of columns, in the order in which a page asks for them."""
        return [self[field] for field in NAMES[self.table_kind]]

    def draft(self) -> ColumnsDraft:
        """The typed values as the operation wants them."""
        said = {
            field: self.headers[int(self[field].data)]
            for field in NAMES[self.table_kind]
            if self[field].data
        }
        return ColumnsDraft(self.encoding.data, said, bool(self.replaces.data))


class TakeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What becomes of lines that have problems, and what somebody has seen."""

    without_problems = BooleanField(_l("Take the others without the lines that have problems"))
    seal = StringField(validators=[InputRequired()])


def _with_cells(name: str, place: int, sheet: Sheet) -> str:
    """The name of a column and what stands below it."""
    cells = [
        row.cells[place]
        for row in sheet.rows[:_FIRST_ROWS]
        if place < len(row.cells) and row.cells[place]
    ]
    shown = " ".join(f"{name}　（{'、'.join(cells)}）".split()) if cells else name
    return "".join(each if each.isprintable() else "�" for each in shown)[:_LONGEST_SAMPLE]
