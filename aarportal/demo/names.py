"""Names as they stand in Japanese class lists, the hard ones included.

A name is its characters as the register has them (surrogate pairs and ideographic variation
sequences too) and its reading in katakana, by which a class is numbered.
"""

from dataclasses import dataclass
from random import Random

from aarportal.demo import texts


@dataclass(frozen=True)
class PersonName:
    """A name, written and read.

    Attributes:
        middle: Given by parents from abroad; rare.
    """

    family: str
    given: str
    kana_family: str
    kana_given: str
    middle: str = ""
    kana_middle: str = ""


def class_names(rng: Random, how_many: int, *, hard: int, unusual: int) -> list[PersonName]:
    """Names for a class: ordinary ones, `hard` of hard characters and `unusual` ones among them."""
    words = texts.read("names")
    names = [PersonName(*parts) for parts in rng.sample(words["unusual"], unusual)]
    given = rng.sample(words["given"], len(words["given"]))
    families = [
        *rng.sample(words["hard_families"], hard),
        *rng.sample(words["families"], how_many),
    ]
    for index in range(how_many - len(names)):
        family, first = families[index], given[index % len(given)]
        names.append(PersonName(family[0], first[0], family[1], first[1]))
    return names


def in_order(names: list[PersonName]) -> list[PersonName]:
    """The order in which a class is numbered: by reading, the written form breaking ties."""
    return sorted(names, key=lambda name: (name.kana_family, name.kana_given, name.family))
