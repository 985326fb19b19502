"""Who knocks, and whose data lies behind the door: the columns and the cells of the matrix.

A new role is one line in `WHO`, beside somebody of the cast who has it.
"""

from dataclasses import dataclass
from enum import StrEnum

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
    GOTO,
    HANA,
    HEAD,
    HINATA,
    IWA,
    KEN,
    KIKUCHI,
    MINATO,
    NURSE,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    SYSTEM,
    YUKARI,
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
MEI = _pupil("mei", PRIMARY, "P5", CLASS_5_1)
#: Aoi's classmate until yesterday, at the secondary school now; what is hers was written before.
NAO = _pupil("nao", PRIMARY, "P4")
#: Left one of the schools, and the district.
RAN, RIKU, RUI = (
    _pupil("ran", PRIMARY, "P6"),
    _pupil("riku", SECONDARY, "J3"),
    _pupil("rui", ELSEWHERE, "P6"),
)
LEAVERS = {PRIMARY: RAN, SECONDARY: RIKU, ELSEWHERE: RUI}
#: Takes class 4-2 today.
COVER = Member("tomi", HINATA, PRIMARY, Role.TEACHER, "", "富", "今日", ("とみ", "きょう"), ())
CHILDREN = (AOI, BEN, HANA, KEN, GEN, MEI, NAO, RAN, RIKU, RUI)
NEWCOMERS = (MEI, NAO, RAN, RIKU, RUI, COVER)


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


#: Whose -> the child. Own is whoever asks, or the child of a guardian; the case is Ben's.
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
        machine: `app` or `roster` for a machine with that credential; `card` for a login card with
            which the member comes in.
    """

    title: str
    member: Member | None = None
    machine: str = ""


WHO = {
    "stranger": Who("nobody signed in"),
    "pupil": Who("pupil", AOI),
    "homeroom": Who("homeroom teacher", CHIBA),
    "subject": Who("subject teacher", DOI),
    "cover": Who("teacher covering the class", COVER),
    "leader": Who("head of the grade", GOTO),
    "counsellor": Who("counsellor on a case", KIKUCHI),
    "guardian": Who("guardian", YUKARI),
    "nurse": Who("health room", NURSE),
    "head": Who("head", HEAD),
    "office": Who("school office", OKA),
    "board": Who("board", IWA),
    "system": Who("who runs the system", SYSTEM),
    "foreign": Who("office of another district", SATO),
    "app": Who("learning app", machine="app"),
    "roster": Who("roster reader", machine="roster"),
}

__all__ = ["CHILD", "CHILDREN", "CLASS_1_1", "CLASS_4_2", "WHO", "Who", "Whose"]
