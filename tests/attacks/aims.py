"""At whom a request is aimed: by the ids and the words that stand in it."""

import re
from collections.abc import Iterable
from urllib.parse import unquote
from uuid import UUID

from tests.access import objects
from tests.access.calls import ARGUMENTS, SPECIAL
from tests.access.filling import GROUPS, MARK
from tests.access.people import CHILD, CHILDREN, Whose
from tests.access.world import World
from tests.attacks.sight import Attacker

_NAMES = "|".join(child.name for child in CHILDREN)
#: A word that names a child, and from which group of tables it is.
CANARY = re.compile(f"{MARK}([a-z])({_NAMES})")
#: What is left of a name when its last letter is cut off; no two are alike.
_CUT = {child.name[:-1]: child.name for child in CHILDREN}
_BEGUN = re.compile(f"{MARK}([a-z])({'|'.join(_CUT)})")
_ID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}(?P<sign>-?)(?:[0-9a-f]{4}(?P=sign)){3}[0-9a-f]{12}(?![0-9a-f])"
)

Child = tuple[str, str]
"""(letter of what it is about, name)."""


def begun(word: str) -> str:
    """A word by which a search finds its child, and that no answer repeats."""
    return word[:-1]


def ids_in(text: str) -> set[UUID]:
    """Every id in a text, however written; the text is in small letters."""
    return {UUID(found[0]) for found in _ID.finditer(text)}


class Aims:
    """Whose each id of a world is."""

    def __init__(self, world: World) -> None:
        self.children: dict[UUID, Child] = world.ids
        self.places = {
            value: names for value, names in _of_finders() if value not in self.children
        } | _of_places()

    def of(self, text: str) -> tuple[set[Child], set[frozenset[str]]]:
        """(children, those whose class, school or district it is) that a text speaks of."""
        ids = ids_in(text)
        named = {(found[1], _CUT[found[2]]) for found in _BEGUN.finditer(text)}
        rows = {self.children[each] for each in ids if each in self.children}
        return named | rows, {self.places[each] for each in ids if each in self.places}

    def aim(self, attacker: Attacker, said: str) -> str:
        """`child` or `place` for one that is none of the attacker's business, `plain` for none."""
        children, places = self.of(unquote(said).lower())
        if any(not attacker.knows(*each) for each in children):
            return "child"
        own = {name for _letter, name in attacker.known()}
        return "place" if any(not names & own for names in places) else "plain"


def _of_places() -> dict[UUID, frozenset[str]]:
    found = {class_id: _names(c for c in CHILDREN if objects.class_of(c) == class_id)
             for class_id in objects.UNITS}  # fmt: skip
    found |= {objects.UNITS[class_id]: names for class_id, names in found.items()}
    for child in CHILDREN:
        for place, column in ((child.school_id, "school_id"), (child.district_id, "district_id")):
            found[place] = _names(c for c in CHILDREN if getattr(c, column) == place)
    return found


def _of_finders() -> Iterable[tuple[UUID, frozenset[str]]]:
    """What stands in addresses for things of a school or of a district."""
    places = _of_places()
    for find in (*ARGUMENTS.values(), *SPECIAL.values()):
        here, there = find(Whose.SCHOOL, "pupil"), find(Whose.OTHER_SCHOOL, "pupil")
        column = "district_id" if here == there else "school_id"
        for whose in Whose:
            value = find(whose, "pupil")
            if isinstance(value, UUID) and whose in CHILD:
                yield value, places[getattr(CHILD[whose], column)]


def _names(children: Iterable) -> frozenset[str]:
    return frozenset(child.name for child in children)


LETTERS = "".join(sorted({*GROUPS, *"bgknrvx"}))
"""Of everything that is about a child."""
