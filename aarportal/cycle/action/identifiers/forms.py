"""A 利用者識別子 that was issued elsewhere: the shape of what is sent."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from aarportal.core.errors import InvalidError

_NO_UUID4 = _l(
    "This is no UUID of version 4. It has 32 digits and letters a to f in five groups, the third"
    " of which begins with 4."
)
#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "uuid4": _NO_UUID4,
    "same": _l("The person has this one already; there is nothing to do."),
    "taken": _l("Another person of the district has it. Compare the two before you go on."),
}


class IdentifierForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What another system issued."""

    identifier = StringField(
        _l("利用者識別子 (userMasterIdentifier)"),
        [InputRequired(_l("Copy it from the paper or the file that came with the child.")),
         Length(max=64, message=_NO_UUID4)],
    )  # fmt: skip

    def refuse(self, error: InvalidError) -> None:
        """Say what to do beside the field."""
        self.identifier.errors = [_REFUSED[error.rule]]
