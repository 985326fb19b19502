"""Whose a name is: the shape of what is sent."""

from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, validators
from wtforms.validators import InputRequired, Optional, ValidationError

from aarportal.core.errors import InvalidError
from aarportal.cycle.action.quarantine.operations import ActorDraft, LinkDraft

#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _l("A statement without a name can belong to nobody."),
    "roster": _l("This name is the roster's own."),
    "order": _l("The last day has to come after the first one."),
    "same": _l("This name is linked to this child already."),
    "taken": _l("This name is linked to another child for these days. Take that link back first."),
    "identified": _l("This name is a 利用者識別子 of the roster; no link goes before it."),
    "no_home_page": _l("Only the home page of an account can have the roster's names."),
    "classmates": _l(
        "The two are in one class at the same time, as twins are. Say that you have made sure."
    ),
    "merged": _l("One of the two is joined with somebody already. Take that back first."),
    "kept": _l("Somebody is joined with this person already. Take that back first."),
}


class _Refusing(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that can say what an operation did not take."""

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field if there is one that people see."""
        words = _REFUSED[error.rule]
        if error.field == "merged_id" and error.rule == "same":
            words = _l("Choose two different persons.")
        field = self._fields.get(error.field)
        if field is None or isinstance(field, HiddenField):
            self.form_errors.append(words)
        else:
            field.errors = [words]


class ActorForm(_Refusing):
    """A name of an app."""

    app = HiddenField(validators=[validators.UUID()])
    issuer = HiddenField()
    name = HiddenField()

    def draft(self) -> ActorDraft:
        """The sent values as the operation wants them."""
        return ActorDraft(UUID(self.app.data), self.issuer.data or "", self.name.data or "")


class LinkForm(ActorForm):
    """Whose it is, and when."""

    user_id = HiddenField(validators=[validators.UUID()])
    everywhere = BooleanField(_l("In every app of the district, not only in this one"))
    begins_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])

    def validate_ends_on(self, field: DateField) -> None:
        """Days have an order, and the calendar an end."""
        if self.begins_on.data and field.data and field.data < self.begins_on.data:
            raise ValidationError(_REFUSED["order"])
        if field.data == date.max:
            raise ValidationError(_REFUSED["order"])

    def draft(self) -> LinkDraft:
        """The sent values as the operation wants them."""
        named = super().draft()
        return LinkDraft(
            named.app_id,
            named.issuer,
            named.name,
            UUID(self.user_id.data),
            everywhere=self.everywhere.data,
            begins_on=self.begins_on.data,
            ends_on=self.ends_on.data,
        )


class RuleForm(_Refusing):
    """A home page of an app."""

    app = HiddenField(validators=[validators.UUID()])
    issuer = HiddenField(validators=[InputRequired()])


class AgainForm(_Refusing):
    """Which app's statements are read again; every app's without one."""

    app = HiddenField(validators=[Optional(), validators.UUID()])

    def app_id(self) -> UUID | None:
        """The app."""
        return UUID(self.app.data) if self.app.data else None


class MergeForm(_Refusing):
    """Two persons of the roster who are one child."""

    kept_id = HiddenField(validators=[validators.UUID()])
    merged_id = HiddenField(validators=[validators.UUID()])
    confirmed = BooleanField(_l("I have made sure that it is one child"))

    def pair(self) -> tuple[UUID, UUID]:
        """Both ids."""
        return UUID(self.kept_id.data), UUID(self.merged_id.data)
