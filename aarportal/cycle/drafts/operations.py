"""Nothing a child wrote is ever lost: keep every tap, and never merge two texts."""

from collections.abc import Mapping
from dataclasses import dataclass

from aarportal.core import clock, submissions
from aarportal.core.errors import ConflictError, InvalidError
from aarportal.core.scope import Scope
from aarportal.cycle.drafts import store
from aarportal.cycle.drafts.models import Draft

FORMS = frozenset({"goal", "letter", "reflection"})
MAX_KEY = 64
MAX_FIELDS = 40
MAX_CHARACTERS = 4000

Content = dict[str, list[str]]


@dataclass(frozen=True)
class DraftChange:
    """One autosave."""

    form: str
    key: str
    rev: int
    """The revision that the writer saw when they began to type."""
    content: Mapping[str, list[str]]
    submission_key: str = ""
    """Key of the submission this draft belongs to."""
    chosen: bool = False
    """Whether the writer has just chosen this text of two."""


class DraftConflictError(ConflictError):
    """The draft was changed on another device meanwhile; both texts are kept."""

    def __init__(self, draft: Draft) -> None:
        """Carry the draft that stands."""
        super().__init__("draft")
        self.draft = draft


def save(scope: Scope, change: DraftChange) -> Draft | None:
    """Keep what was typed; returns None when the form was handed in before.

    An autosave can arrive after the form it belongs to: it must not bring a finished text back.
    When the draft has moved on and the texts differ, the newcomer is kept as `other`.

    Raises:
        InvalidError: If there is no such form, or the draft is too large.
    """
    _check(change)
    if change.submission_key and submissions.earlier_answer(scope, change.submission_key):
        return None
    draft = store.draft(scope, change.form, change.key)
    content = {name: list(values) for name, values in change.content.items()}
    if draft is not None and change.chosen:
        draft.other = None
    if draft is None:
        draft = Draft(
            student_id=scope.actor_id, form=change.form, key=change.key, rev=1, content=content
        )
        draft.saved_at = clock.now()
        scope.session.add(draft)
    elif draft.content == content:
        return draft
    elif draft.rev != change.rev:
        draft.other = content
    else:
        draft.rev += 1
        draft.content = content
        draft.saved_at = clock.now()
    return draft


def is_conflict(draft: Draft, change: DraftChange) -> bool:
    """Whether `save` kept the change beside the draft instead of in it."""
    return draft.other is not None and draft.other == dict(change.content)


def choose(scope: Scope, form: str, key: str, *, other: bool) -> None:
    """Of two texts keep the one its writer wants; the other one goes."""
    draft = store.draft(scope, form, key)
    if draft is None or draft.other is None:
        return
    if other:
        draft.content = draft.other
        draft.rev += 1
    draft.other = None


def discard(scope: Scope, form: str, key: str) -> None:
    """The form was handed in: its draft has done its work."""
    draft = store.draft(scope, form, key)
    if draft is not None:
        scope.session.delete(draft)


def _check(change: DraftChange) -> None:
    if change.form not in FORMS:
        raise InvalidError("form", "unknown")
    if not 0 < len(change.key) <= MAX_KEY:
        raise InvalidError("key", "length")
    if len(change.content) > MAX_FIELDS:
        raise InvalidError("content", "too_many_fields")
    if sum(len(value) for values in change.content.values() for value in values) > MAX_CHARACTERS:
        raise InvalidError("content", "too_long")
