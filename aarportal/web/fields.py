"""Fields that forms share."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import ValidationError

from aarportal.core.errors import InvalidError

_choose = _l("Choose one of the list.")


class OneOf(SelectField):  # type: ignore[misc]  # WTForms has no types
    """A list to choose from; what is not in it gets our own sentence."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_choose) from None


#: Whose data somebody wants: of every school, or of some.
ALL, CHOSEN = "all", "chosen"


class OfSchools(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that is about every school of a district or about some.

    Whoever extends it says in a field `which` what the two are.

    Attributes:
        refused: Rule of an InvalidError -> what to do.
    """

    refused: ClassVar[Mapping[str, Any]] = {}

    school_ids = SelectMultipleField(_l("Only these schools"), validate_choice=False)

    def offer(self, schools: Sequence[tuple[UUID, str]]) -> Self:
        """Let these schools be chosen."""
        self.school_ids.choices = [Choice(str(school_id), name) for school_id, name in schools]
        return self

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        self._fields[error.field].errors = [self.refused[error.rule]]

    def schools(self) -> tuple[UUID, ...] | None:
        """Those that were chosen; None for every one.

        Raises:
            InvalidError: If one of them is none.
        """
        if self.which.data == ALL:
            return None
        try:
            return tuple(UUID(each) for each in self.school_ids.data or ())
        except ValueError:
            raise InvalidError("school_ids", "unknown_school") from None


def column_choices(head: Mapping[str, Any]) -> list[Choice]:
    """The columns of a table, by their places, with what stands below their names.

    Args:
        head: As `core.tables.heads` makes it.
    """
    return [
        Choice("", "—"),
        *(
            Choice(str(place), _with_cells(name, place, head))
            for place, name in enumerate(head["names"])
        ),
    ]


def _with_cells(name: str, place: int, head: Mapping[str, Any]) -> str:
    cells = [row[place] for row in head["rows"] if place < len(row) and row[place]]
    return f"{name}　（{'、'.join(cells)}）"[:90] if cells else name


class WholeNumber(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A number, also in the wide digits of a Japanese keyboard, and one message when it is none.

    What is no number counts as left out, so that the field's own validators say what is wanted.
    Where leaving it out is allowed, `complaint` says so instead.
    """

    def __init__(self, *args: Any, complaint: Any = None, **options: Any) -> None:
        """Keep the complaint."""
        super().__init__(*args, **options)
        self.complaint = complaint

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = int(typed[:9])
        except ValueError:
            if self.complaint is not None:
                raise ValueError(self.complaint) from None


class RefusingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that says beside the field what an operation did not take.

    Attributes:
        MESSAGES: (field, rule) -> what to do about it; `starts_on` stands for `starts_on_1` as
            well, and for `starts_on_2`.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], Any]] = {}

    def refuse(self, error: InvalidError) -> None:
        """Say it; beside the first field where the form has no such one."""
        field = self._fields.get(error.field) or next(iter(self._fields.values()))
        kind = error.field.rpartition("_")[0] if error.field[-1:].isdigit() else error.field
        words = self.MESSAGES.get((kind, error.rule), _l("Please choose again."))
        field.errors = [*field.errors, words]
