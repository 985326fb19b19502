"""Rows that stand, as a list in memory."""

from collections.abc import Iterable

from aarportal.people.roster.changes import Manner, Outcome, Wanted, compare


class Listed:
    """A `changes.StandingRows`."""

    def __init__(self, rows: Iterable[dict], owner: str) -> None:
        self.rows = list(rows)
        self.owner = owner

    def called(self, names):
        wanted = set(names)
        return [row for row in self.rows if (row[self.owner], row["sourced_id"]) in wanted]

    def others(self, known):
        return [row for row in self.rows if row["id"] not in known]


def outcomes(wanted: Iterable[Wanted], standing: Iterable[dict], manner: Manner) -> list[Outcome]:
    """What becomes of the rows."""
    return list(compare(wanted, Listed(standing, manner.owner), manner, set()))
