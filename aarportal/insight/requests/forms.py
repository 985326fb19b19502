"""Asking about data, and answering: the shape of the input."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.core.errors import InvalidError
from aarportal.insight.requests.operations import AnswerDraft, RequestDraft
from aarportal.insight.requests.states import MAX_VALUE, MAX_WORDS, RequestKind
from aarportal.web.fields import OneOf, RefusingForm

_choose = _l("Choose one of the list.")
_long, _long_value = (
    _l("Write it in 400 letters or fewer."),
    _l("Write it in 100 letters or fewer."),
)
_own = _l("The pupil’s own words are changed by the pupil. Leave this empty, and say so.")
_words = Length(max=MAX_WORDS, message=_long)
_value = Length(max=MAX_VALUE, message=_long_value)
_note = _l("Note it: where, what stood there, and what stands there now.")


#: What a list offers: values, and their words.
Offered = Sequence[tuple[Any, str]]


class AskForm(RefusingForm):
    """What somebody asks, about whom, and in which words."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], Any]] = {
        ("student_id", "choice"): _choose,
        ("data_kind", "choice"): _choose,
        ("words", "needed"): _l("Write what is not right, in a few words."),
        ("words", "standing"): _l("You have asked this already. The school answers you."),
    }

    kind = HiddenField()
    student_id = OneOf(_l("Who is it about"))
    data_kind = OneOf(_l("Which data"))
    words = TextAreaField(_l("What is not right"), [_words])
    wanted = TextAreaField(_l("How should it be"), [_words])

    @classmethod
    def of(cls, kind: RequestKind) -> Self:
        """A form of a kind."""
        form = cls()
        form.kind.data = kind.value
        if kind is not RequestKind.CORRECTION:
            del form.data_kind, form.wanted
            form.words.label.text = _l("Is there something to say about it")
        return form

    def offer(
        self, field: str, choices: Offered, groups: Mapping[str, Offered] | None = None
    ) -> Self:
        """Let one of these be chosen, or one of these groups; of a single one nothing is asked."""
        if field in self:
            offered = [Choice(str(id_), it) for id_, it in choices]
            for words, some in (groups or {}).items():
                offered += [Choice(str(id_), it, optgroup=words) for id_, it in some]
            first = [] if len(offered) == 1 else [Choice("", "—")]
            self[field].choices = [*first, *offered]
        return self

    def about(self, student_id: UUID) -> Self:
        """The pupil, where nobody is to be chosen."""
        del self.student_id
        self.alone = student_id
        return self

    def draft(self, kind: RequestKind) -> RequestDraft:
        """The typed values as the operation wants them.

        Raises:
            InvalidError: If nobody is chosen.
        """
        chosen = self.student_id.data if "student_id" in self else str(self.alone)
        if not chosen:
            raise InvalidError("student_id", "choice")
        data_kind = self.data_kind.data if "data_kind" in self else ""
        wanted = self.wanted.data if "wanted" in self else ""
        return RequestDraft(kind, UUID(chosen), data_kind, self.words.data or "", wanted or "")


class AnswerForm(RefusingForm):
    """Whether it was done, the words to whoever asked, and what was changed where."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], Any]] = {
        ("answer", "needed"): _l("Write the answer; if it is refused, the reason."),
        ("changed_what", "needed"): _note,
        ("changed_from", "needed"): _note,
        ("changed_to", "needed"): _note,
        ("changed_what", "own_words"): _own,
        ("changed_from", "own_words"): _own,
        ("changed_to", "own_words"): _own,
    }

    outcome = OneOf(_l("What comes of it"), [InputRequired(_choose)])
    answer = TextAreaField(_l("Words to whoever asked"), [_words])
    changed_what = StringField(_l("Where it was changed"), [_value])
    changed_from = StringField(_l("What stood there"), [_value])
    changed_to = StringField(_l("What stands there now"), [_value])

    @classmethod
    def of(cls, *, notes_change: bool) -> Self:
        """A form for a request; only a correction by the office asks what was changed."""
        form = cls()
        form.outcome.choices = [
            Choice("", "—"),
            Choice("done", _l("The school did it")),
            Choice("refused", _l("It is refused")),
        ]
        if not notes_change:
            del form.changed_what, form.changed_from, form.changed_to
        return form

    def draft(self) -> AnswerDraft:
        """The typed values as the operation wants them."""
        fields = ("changed_what", "changed_from", "changed_to")
        changed = {name: self[name].data or "" for name in fields if name in self}
        return AnswerDraft(self.outcome.data == "done", self.answer.data or "", **changed)
