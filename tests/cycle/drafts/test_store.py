"""Asking for drafts, on both databases."""

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.drafts import operations, store
from aarportal.cycle.drafts.operations import DraftChange
from tests.cast import AOI, scope_of


def begin(form, key, text, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.save(scope, DraftChange(form, key, 0, {"text": [text]}))


def test_a_draft_knows_its_words_and_when_they_were_saved(in_app):
    before = clock.now()
    begin("goal", "new", "ひっ算が できる")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        draft = store.draft(scope, "goal", "new")
        assert draft.content == {"text": ["ひっ算が できる"]}
        assert before <= draft.saved_at <= clock.now()
        assert store.draft(scope, "goal", "other") is None
