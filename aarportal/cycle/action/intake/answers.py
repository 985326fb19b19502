"""Which question was answered in which attempt, as one number: pure."""

from hashlib import blake2b


def answer_key(question_id: str, attempt_id: str) -> int | None:
    """A signed 64-bit number, the same whenever the same question comes in the same attempt.

    Where no attempt is told, a day is one: whoever compares compares the day as well.

    Args:
        question_id: As the app names it; empty where the record is about none.
        attempt_id: As the app names it; empty where it says none.

    Returns:
        None without a question.
    """
    if not question_id:
        return None
    digest = blake2b(f"{question_id}\n{attempt_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
