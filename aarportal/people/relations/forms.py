"""Giving a relation: the shape of the input."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, Optional

from aarportal.core.errors import InvalidError
from aarportal.people.relations.kinds import LONGEST, MAX_REASON, Kind
from aarportal.people.relations.operations import RelationDraft
from aarportal.web.fields import OneOf, RefusingForm

_required = InputRequired(_l("Please fill this in."))
_choose = _l("Choose one of the list.")
_far = _l("Choose a day within the next hundred years.")
#: Fields that only some kinds ask for.
_ASKED: Mapping[str, frozenset[Kind]] = {
    "class_id": frozenset({Kind.COVER}),
    "grade": frozenset({Kind.LEADS_GRADE}),
    "student_id": frozenset({Kind.CASE, Kind.GUARDIAN}),
}


class RelationForm(RefusingForm):
    """Who, whom, from when until when, and why; a kind keeps the fields that it asks for."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], Any]] = {
        ("holder_id", "choice"): _choose,
        ("holder_id", "standing"): _l("This person has it already on some of these days."),
        ("class_id", "choice"): _choose,
        ("grade", "choice"): _choose,
        ("student_id", "choice"): _choose,
        ("starts_on", "past"): _l("Choose today or a later day."),
        ("starts_on", "far"): _far,
        ("last_on", "needed"): _l("Say the last day."),
        ("last_on", "order"): _l("The last day lies before the first."),
        ("last_on", "far"): _far,
        ("last_on", "longest_cover"): _l("Give at most 31 days; then give it anew."),
        ("last_on", "longest_case"): _l("Give at most one year; then look at it anew."),
        ("last_on", "longest_leads_grade"): _l("Give at most one year; then look at it anew."),
        ("reason", "needed"): _l("Write why, in a few words."),
        ("reason", "length"): _l("Write it in 200 letters or fewer."),
    }

    kind = HiddenField()
    holder_id = OneOf(_l("Who"))
    class_id = OneOf(_l("Class"))
    grade = OneOf(_l("Grade"))
    student_id = OneOf(_l("Pupil"))
    starts_on = DateField(_l("First day"), [_required])
    last_on = DateField(_l("Last day"))
    reason = TextAreaField(
        _l("Reason"), [Length(max=MAX_REASON, message=_l("Write it in 200 letters or fewer."))]
    )

    @classmethod
    def of(cls, kind: Kind) -> Self:
        """A form of a kind."""
        form = cls()
        form.kind.data = kind.value
        for name, kinds in _ASKED.items():
            if kind not in kinds:
                delattr(form, name)
        form.last_on.validators = [_required if LONGEST[kind] else Optional()]
        return form

    def offer(self, field: str, choices: Sequence[tuple[Any, str]]) -> Self:
        """Let one of these be chosen."""
        if field in self:
            self[field].choices = [Choice("", "—"), *(Choice(str(id_), it) for id_, it in choices)]
        return self

    def offer_students(self, by_class: Mapping[str, Sequence[tuple[UUID, str]]]) -> Self:
        """Let one of the students be chosen, class by class."""
        if "student_id" in self:
            # Nobody is chosen unless somebody chooses: the first of the school would be.
            self.student_id.choices = {"—": [("", "—")]} | {
                title: [(str(id_), f"{title} {name}") for id_, name in some]
                for title, some in by_class.items()
            }
        return self

    def draft(self, kind: Kind) -> RelationDraft:
        """The typed values as the operation wants them.

        Raises:
            InvalidError: If somebody or something is left out.
        """
        holder_id = self._id("holder_id")
        if holder_id is None:
            raise InvalidError("holder_id", "choice")
        return RelationDraft(
            kind,
            holder_id,
            self.starts_on.data,
            self.last_on.data,
            self._id("class_id"),
            self.grade.data if "grade" in self else "",
            self._id("student_id"),
            self.reason.data or "",
        )

    def _id(self, field: str) -> UUID | None:
        text = self[field].data if field in self else ""
        return UUID(text) if text else None
