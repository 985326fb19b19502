"""Files of the school office and their columns: the shape of the input."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice as Choice

from aarportal.care.school_data.columns import (
    PERSON_COLUMNS,
    PERSON_KINDS,
    ColumnsSaid,
    PersonKind,
    columns_of,
)
from aarportal.care.school_data.kinds import Kind
from aarportal.web.fields import OneOf, column_choices

#: Before the names of fields for what a table does not say itself.
_CHOSEN = "chosen_"


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A file."""

    file = FileField(_l("File (CSV)"), [FileRequired(_l("Choose a file."))])


class StartForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What becomes of the rows that cannot be taken."""

    without_others = BooleanField(_l("Take the other rows, and leave these out"))


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which column holds what; the columns themselves hang on the kind of table."""

    kind: Kind
    headers: Sequence[str] = ()

    person_kind = OneOf(
        _l("Pupils are named by"),
        choices=[Choice(each.value, _l(words)) for each, words in PERSON_KINDS.items()],
    )
    spreadsheet_days = BooleanField(_l("The days are numbers of a spreadsheet, such as 46113"))

    @classmethod
    def of(cls, kind: Kind, said: ColumnsSaid, head: Mapping[str, Any]) -> "ColumnsForm":
        """The form of a kind of table, filled, with the columns of a table to choose from."""
        headers: Sequence[str] = head["headers"]
        known = said.within(headers)
        # Numbers stand for columns: a browser may change the white space in a name.
        places = {key: str(headers.index(name)) for key, name in known.columns.items()}
        chosen = {_CHOSEN + key: value for key, value in said.choices_for(kind).items()}
        form = _form_class(kind)(
            data={
                **dict.fromkeys((column.key for column in columns_of(kind)), ""),
                **places,
                **chosen,
                "person_kind": said.person_kind.value,
            }
        )
        form.headers = headers
        if not form.is_submitted():
            form.spreadsheet_days.data = said.spreadsheet_days
        for column in columns_of(kind):
            form[column.key].choices = column_choices(head)
        return form

    @property
    def of_persons(self) -> list[Any]:
        """Fields of columns that say whose a row is."""
        return [self[column.key] for column in PERSON_COLUMNS]

    @property
    def of_kind(self) -> list[Any]:
        """Fields of the other columns."""
        return [self[column.key] for column in self.kind.columns]

    @property
    def of_choices(self) -> list[Any]:
        """Fields for what the table does not say itself."""
        return [self[_CHOSEN + choice.key] for choice in self.kind.choices]

    def said(self) -> ColumnsSaid:
        """The typed values."""
        places = {column.key: self[column.key].data for column in columns_of(self.kind)}
        return ColumnsSaid(
            {key: self.headers[int(at)] for key, at in places.items() if at},
            PersonKind(self.person_kind.data),
            {choice.key: self[_CHOSEN + choice.key].data for choice in self.kind.choices},
            bool(self.spreadsheet_days.data),
        )

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Say beside the fields what the operation found.

        Args:
            problems: (name of the field, sentence).
        """
        for name, sentence in problems:
            self[name].errors = [*self[name].errors, sentence]


def _form_class(kind: Kind) -> type[ColumnsForm]:
    fields: dict[str, Any] = {
        column.key: OneOf(
            _l(column.label), render_kw={"required": True} if column.is_needed else None
        )
        for column in columns_of(kind)
    }
    for choice in kind.choices:
        options = [Choice(value, _l(words)) for value, words in choice.options]
        fields[_CHOSEN + choice.key] = OneOf(_l(choice.label), choices=options)
    return type("ColumnsForm", (ColumnsForm,), {**fields, "kind": kind})
