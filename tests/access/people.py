"""Who knocks, and whose data lies behind the door: the columns and the cells of the matrix.

A new role is one line in `WHO`, beside somebody of the cast who has it.
"""

from dataclasses import dataclass
from enum import StrEnum

from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    DOI,
    ELSEWHERE,
    GEN,
    HANA,
    HINATA,
    KEN,
    MINATO,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    Member,
    key,
)

CLASS_BEFORE, CLASS_5_1 = key("3-2 of last year"), key("5-1")


def _pupil(name: str, school, grade: str, *classes) -> Member:
    district = MINATO if school == ELSEWHERE else HINATA
    return Member(
        name, district, school, Role.STUDENT, grade, "原", name, ("はら", name), classes, 30
    )


#: Aoi's classmate until yesterday, in another class of the school now.
MEI = _pupil("mei", PRIMARY, "P4", CLASS_5_1)
#: Aoi's classmate until yesterday, at the secondary school now; what is hers was written before.
NAO = _pupil("nao", PRIMARY, "P4")
#: Left one of the schools, and the district.
RAN, RIKU, RUI = (
    _pupil("ran", PRIMARY, "P6"),
    _pupil("riku", SECONDARY, "J3"),
    _pupil("rui", ELSEWHERE, "P6"),
)
LEAVERS = {PRIMARY: RAN, SECONDARY: RIKU, ELSEWHERE: RUI}
HEAD = Member(
    "hara", HINATA, PRIMARY, Role.PRINCIPAL, "", "原田", "校長", ("はらだ", "こうちょう"), ()
)
NURSE = Member("yasu", HINATA, PRIMARY, Role.NURSE, "", "安", "光", ("やす", "ひかり"), ())
BOARD = Member(
    "iwa", HINATA, NOTHING, Role.DISTRICT_ADMINISTRATOR, "", "岩", "渉", ("いわ", "わたる"), ()
)
CHILDREN = (AOI, BEN, HANA, KEN, GEN, MEI, NAO, RAN, RIKU, RUI)
NEWCOMERS = (MEI, NAO, RAN, RIKU, RUI, HEAD, NURSE, BOARD)


class Whose(StrEnum):
    """Whose data somebody asks for; everybody's classes are those of Aoi."""

    OWN = "own"
    CLASS = "class"
    FORMER = "former"
    """In the class until yesterday; of classes: the one of last year."""
    SCHOOL = "school"
    MOVED = "moved"
    """Of a child who went to another school; what was written at this one."""
    OTHER_SCHOOL = "other school"
    OTHER_DISTRICT = "other district"


#: Whose -> the child. Own is whoever asks.
CHILD: dict[Whose, Member] = {
    Whose.CLASS: BEN,
    Whose.FORMER: MEI,
    Whose.SCHOOL: HANA,
    Whose.MOVED: NAO,
    Whose.OTHER_SCHOOL: KEN,
    Whose.OTHER_DISTRICT: GEN,
}


@dataclass(frozen=True)
class Who:
    """A column.

    Attributes:
        title: Its head.
        member: Somebody of the cast who signs in; None for nobody, or a machine.
        machine: `app` or `roster` for a machine with that credential.
    """

    title: str
    member: Member | None = None
    machine: str = ""


WHO = {
    "stranger": Who("nobody signed in"),
    "pupil": Who("pupil", AOI),
    "homeroom": Who("homeroom teacher", CHIBA),
    "subject": Who("subject teacher", DOI),
    "nurse": Who("health room", NURSE),
    "head": Who("head", HEAD),
    "office": Who("school office", OKA),
    "board": Who("board", BOARD),
    "foreign": Who("office of another district", SATO),
    "app": Who("learning app", machine="app"),
    "roster": Who("roster reader", machine="roster"),
}

__all__ = ["CHILD", "CHILDREN", "CLASS_1_1", "CLASS_4_2", "WHO", "Who", "Whose"]
