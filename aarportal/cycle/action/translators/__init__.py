"""Translators: what comes in another format, as xAPI 1.0.3 statements; pure.

Everything a translator says goes the way of every statement afterwards, so that there is one log,
one matching of persons and one way to take something back.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

#: What our own extensions and ids begin with; nobody ever fetches them.
OURS = "urn:aarportal:"


@dataclass(frozen=True, slots=True)
class Translated:
    """One statement and what it was made from.

    Attributes:
        number: Where that stood: the place in `data` of an envelope, counted from 0, or the line
            of a file, counted from 1.
        id: The statement's id. The same thing sent twice has the same id and the same content.
        statement: The statement as UTF-8 JSON; its id comes first.
        source: What was sent, as UTF-8 JSON.
    """

    number: int
    id: UUID
    statement: bytes
    source: bytes

    def again(self) -> "Translated":
        """The same under the next id.

        A voided statement stays voided. Whoever imports a file anew after its import was taken
        back asks for the next id until one is not voided.
        """
        next_id = uuid5(self.id, "again")
        statement = self.statement.replace(str(self.id).encode(), str(next_id).encode(), 1)
        return replace(self, id=next_id, statement=statement)
