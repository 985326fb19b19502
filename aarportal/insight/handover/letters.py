"""Letters of one term that came together, and the laps beside them; pure.

A student has one letter of a term at a school. An export may bring another one: written at the
earlier school in the same term, or at two of them. They become one, and no word is lost.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import structs

from aarportal.insight.handover.formats import LetterRow


def joined(letters: Sequence[LetterRow]) -> LetterRow:
    """One letter of several of the same term, under the id of the first of them.

    The texts follow each other as they were written; one that another goes on from is not repeated.

    Args:
        letters: At least one.
    """
    in_order = sorted(letters, key=lambda it: (it.made_at, it.changed_at))
    texts: list[str] = []
    for it in in_order:
        if any(it.text in text for text in texts):
            continue
        texts = [text for text in texts if text not in it.text]
        texts.append(it.text)
    evidence = {one["cycle"]: one for it in in_order for one in it.evidence}
    return structs.replace(
        letters[0],
        text="\n\n".join(texts),
        evidence=list(evidence.values()),
        lang=in_order[-1].lang,
        made_at=in_order[0].made_at,
        changed_at=max(it.changed_at for it in letters),
        read_until=max(it.read_until for it in letters),
    )


def in_evidence(
    evidence: Sequence[Mapping[str, Any]], laps: Mapping[UUID, UUID]
) -> list[dict[str, Any]]:
    """What stands beside a letter, with its laps as they are called on the other side."""
    return [
        {**one, "cycle": laps.get(UUID(one["cycle"]), UUID(one["cycle"])).hex} for one in evidence
    ]
