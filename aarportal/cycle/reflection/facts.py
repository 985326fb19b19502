"""What the records say beside a rating, pure; what they cannot say stays unsaid."""

from dataclasses import dataclass

#: Minutes are an estimate: nobody is shown more exact ones.
MINUTES_STEP = 5


@dataclass(frozen=True)
class Facts:
    """The facts of one lap, as its records add up.

    Attributes:
        items: Items done.
        first_attempt_items: Items answered for the first time and marked.
        first_attempt_correct: Those of them that were right.
        retry_items: Items tried again.
        retry_correct: Those of them that were right then.
        active_seconds: Time, estimated.
        records: Learning records.
    """

    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    active_seconds: int = 0
    records: int = 0

    @property
    def minutes(self) -> int:
        """Minutes rounded to five, halves upwards."""
        return int(self.active_seconds / 60 / MINUTES_STEP + 0.5) * MINUTES_STEP


def criterion_met(kind: str, target: int | None, facts: Facts) -> bool | None:
    """Whether the records met a criterion.

    Args:
        kind: `count`, `accuracy`, `can_do` or `product`.
        target: Items for `count`, per cent of first attempts for `accuracy`.
        facts: The lap's facts.

    Returns:
        None when records cannot tell: no records, or a criterion that only a person can judge.
    """
    if target is None or kind not in {"count", "accuracy"}:
        return None
    if kind == "count":
        return facts.items >= target if facts.records else None
    if not facts.first_attempt_items:
        return None
    return facts.first_attempt_correct * 100 >= target * facts.first_attempt_items
