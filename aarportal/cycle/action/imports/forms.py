"""Tables and their columns: the shape of the input."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import Length, Optional, Regexp

from aarportal.core.tables.cells import DurationForm
from aarportal.cycle.action.imports.operations import ColumnsDraft, TableDraft, cleared
from aarportal.cycle.action.translators.columns import (
    COLUMN_FIELDS,
    ColumnMapping,
    MomentMeaning,
    PersonKind,
)
from aarportal.web.fields import OneOf, column_choices

_LONGEST_TITLE = 60

_long = _l("At most %(max)d letters.")


class TableForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file, the app that made it, and how it is read."""

    file = FileField(_l("File (CSV)"), [FileRequired(_l("Choose a file."))])
    app = OneOf(_l("The app that made it"))
    app_title = StringField(
        _l("Name of another app"), [Optional(), Length(max=_LONGEST_TITLE, message=_long)]
    )
    mapping = OneOf(_l("Columns"))

    def offer(self, apps: list[Choice], mappings: list[Choice]) -> "TableForm":
        """Fill the lists; the first of each has an empty value."""
        self.app.choices, self.mapping.choices = apps, mappings
        return self

    def draft(self) -> TableDraft:
        """The typed values as the operation wants them."""
        return TableDraft(
            file_name=(self.file.data.filename or "")[:200],
            app_id=UUID(self.app.data) if self.app.data else None,
            app_title=(self.app_title.data or "").strip(),
            mapping_id=UUID(self.mapping.data) if self.mapping.data else None,
        )


class EncodingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """In which encoding a file is text."""

    encoding = StringField()


class StartForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What becomes of the rows that have problems."""

    without_problems = BooleanField(_l("Take the others without the rows that have problems"))


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which column holds what."""

    headers: Sequence[str] = ()

    person = OneOf(_l("Account of the person"))
    person_kind = OneOf(
        _l("What this account is"),
        choices=[
            Choice(PersonKind.USERNAME.value, _l("Login name of the roster")),
            Choice(
                PersonKind.MASTER_IDENTIFIER.value, _l("Master identifier of the roster (UUID)")
            ),
            Choice(PersonKind.APP_ACCOUNT.value, _l("A name that only the app knows")),
        ],
    )
    moment = OneOf(_l("Date and time in one column"))
    date = OneOf(_l("Date"))
    time = OneOf(_l("Time of day, beside the date"))
    moment_meaning = OneOf(
        _l("What happened then"),
        choices=[
            Choice(MomentMeaning.END.value, _l("The work ended")),
            Choice(MomentMeaning.START.value, _l("The work began")),
        ],
    )
    spreadsheet_days = BooleanField(_l("The days are numbers of a spreadsheet, such as 46113"))
    title = OneOf(_l("What was worked on"))
    subject = OneOf(_l("Subject"))
    unit = OneOf(_l("Name of the unit"))
    unit_code = OneOf(_l("Course of study code"))
    duration = OneOf(_l("How long it took"))
    duration_form = OneOf(
        _l("How bare numbers are meant there"),
        choices=[
            Choice(DurationForm.MINUTES.value, _l("Minutes")),
            Choice(DurationForm.SECONDS.value, _l("Seconds")),
            Choice(DurationForm.MINUTES_SECONDS.value, _l("Minutes:seconds")),
            Choice(DurationForm.HOURS_MINUTES.value, _l("Hours:minutes")),
        ],
    )
    items = OneOf(_l("Questions answered"))
    correct = OneOf(_l("Right answers"))
    score = OneOf(_l("Points"))
    score_max = OneOf(_l("Most points"))
    attempt = OneOf(_l("Which attempt"))
    home_page = StringField(
        _l("Home page of the accounts"),
        [
            Optional(),
            Length(max=200, message=_long),
            Regexp(r"\A[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z", message=_l("Write an IRI.")),
        ],
    )
    keep_as = StringField(
        _l("Keep these columns under the name"),
        [Optional(), Length(max=_LONGEST_TITLE, message=_long)],
    )

    @classmethod
    def of(cls, mapping: ColumnMapping, home_page: str, head: dict[str, Any]) -> "ColumnsForm":
        """The form as a mapping fills it, with the columns of a table to choose from."""
        headers: Sequence[str] = head["headers"]
        known = cleared(mapping, headers)
        # Numbers stand for columns: a browser may change the white space in a name.
        places = {name: str(headers.index(column)) for name, column in known.used().items()}
        form = cls(data={**dict.fromkeys(COLUMN_FIELDS, ""), **known.as_json(), **places})
        form.headers = headers
        if not form.is_submitted():
            form.home_page.data = home_page
            form.spreadsheet_days.data = mapping.spreadsheet_days
        choices = column_choices(head)
        for name in COLUMN_FIELDS:
            form[name].choices = choices
        return form

    def mapping(self) -> ColumnMapping:
        """The typed values as a mapping."""
        places = {name: self[name].data for name in COLUMN_FIELDS}
        said = {name: self.headers[int(at)] for name, at in places.items() if at}
        return ColumnMapping.of_json(
            {
                **said,
                "person_kind": self.person_kind.data,
                "moment_meaning": self.moment_meaning.data,
                "duration_form": self.duration_form.data,
                "spreadsheet_days": bool(self.spreadsheet_days.data),
            }
        )

    def draft(self) -> ColumnsDraft:
        """The typed values as the operation wants them."""
        return ColumnsDraft(
            self.mapping(), self.home_page.data or "", (self.keep_as.data or "").strip()
        )

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Say beside the fields what the operation found.

        Args:
            problems: (name of the field, sentence).
        """
        for name, sentence in problems:
            self[name].errors = [*self[name].errors, sentence]
