"""Asking for drafts, on both databases."""

from aarportal.core import clock
from aarportal.core.scope import unit_of_work
from aarportal.cycle.drafts import operations, store
from aarportal.cycle.drafts.operations import DraftChange
from tests.cast import AOI, BEN, scope_of


def begin(form, key, text, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.save(scope, DraftChange(form, key, 0, {"text": [text]}))


def test_the_draft_written_last_comes_first(in_app):
    for key in ("first", "second", "third"):
        begin("reflection", key, key)
    begin("goal", "new", "めあて")
    begin("reflection", "first", "ベンの", BEN)
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert [draft.key for draft in store.drafts_of(scope, "reflection")] == [
            "third", "second", "first",
        ]  # fmt: skip


def test_a_draft_knows_its_words_and_when_they_were_saved(in_app):
    before = clock.now()
    begin("goal", "new", "ひっ算が できる")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        draft = store.draft(scope, "goal", "new")
        assert draft.content == {"text": ["ひっ算が できる"]}
        assert before <= draft.saved_at <= clock.now()
        assert store.draft(scope, "goal", "other") is None
