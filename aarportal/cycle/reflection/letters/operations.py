"""Writing to the self of the next term."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.scope import Scope
from aarportal.cycle.reflection.letters import store
from aarportal.cycle.reflection.letters.models import TermLetter

MAX_TEXT = 600
MOST_EVIDENCE = 3


@dataclass(frozen=True)
class LetterDraft:
    """A letter as the student hands it in."""

    text: str
    cycle_ids: Sequence[UUID] = ()
    """Laps to show beside it."""
    lang: str = "ja"


def longest_text(written: TermLetter | None) -> int:
    """How long a letter may be: one that two schools' letters became stays as long as it is."""
    return max(MAX_TEXT, len(written.text) if written else 0)


def write(scope: Scope, draft: LetterDraft) -> TermLetter:
    """Keep the letter of this term; until the term is over it can be written anew.

    Raises:
        InvalidError: If there are no words or too many, or more than three laps or laps that are
            not offered.
    """
    if not draft.text.strip():
        raise InvalidError("text", "required")
    if len(draft.cycle_ids) > MOST_EVIDENCE:
        raise InvalidError("evidence", "too_many")
    term, now = store.this_term(scope), clock.now()
    row = store.letter(scope, term)
    if len(draft.text) > longest_text(row):
        raise InvalidError("text", "too_long")
    offered = {each.cycle_id: each for each in store.evidence(scope, term)}
    if not offered.keys() >= set(draft.cycle_ids):
        raise InvalidError("evidence", "choice")
    chosen = [offered[cycle_id].as_kept() for cycle_id in dict.fromkeys(draft.cycle_ids)]
    if row is None or row.school_id != scope.school_id:
        # What was written at a school before stays there, and its words go on from here.
        row = TermLetter(
            student_id=scope.actor_id,
            year=term.year,
            term=term.number,
            made_at=now,
            read_until=term.read_until,
        )
        scope.session.add(row)
    row.text, row.lang, row.evidence, row.changed_at = draft.text.strip(), draft.lang, chosen, now
    scope.session.flush()  # its id goes into the trace
    audit.record(scope, "letter:written", row.id, student_id=scope.actor_id)
    return row
