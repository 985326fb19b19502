"""Who may see what of which child, in answers, and whose rows they may change: the law, by hand.

The letters are those of tests/access/filling.py; `n` is the name and the id of a child, `k` by
which names apps know it, `x` what was sent to the portal once and taken.
"""

from dataclasses import dataclass, field

from tests.access.people import (
    CHILDREN,
    COVER,
    LEAVERS,
    MEI,
    NAO,
    RAN,
    RIKU,
    Who,
)
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    DOI,
    GEN,
    GOTO,
    HANA,
    HEAD,
    HINATA,
    IWA,
    KEN,
    KIKUCHI,
    MINATO,
    MORI,
    NURSE,
    OKA,
    PRIMARY,
    SATO,
    SECONDARY,
    SYSTEM,
    YUKARI,
)

_4_2 = {AOI, BEN}
#: Are at the primary school; `RAN` left it and went nowhere else.
_HERE = {AOI, BEN, HANA, MEI}
_PRIMARY, _SECONDARY, _MINATO = {*_HERE, RAN}, {KEN, RIKU}, {GEN, LEAVERS[GEN.school_id]}
_HINATA = {child for child in CHILDREN if child.district_id == HINATA}
_ALONE = "dilmnpsx"
#: Sent by an app when he was in no class any more: it waits, and what waits is seen by every office
#: of the district, because nobody knows yet which school it is of.
_WAITS = RIKU


@dataclass(frozen=True)
class Attacker:
    """Somebody who tries.

    Attributes:
        who: How they come.
        sees: Letter -> children.
        changes: Children whose rows they may change.
        places: Districts and schools whose rows, about no child, they may change.
    """

    who: Who
    sees: dict[str, set] = field(default_factory=dict)
    changes: set = field(default_factory=set)
    places: frozenset = frozenset()

    def may_see(self, letter: str, name: str) -> bool:
        """Whether it is no secret to them."""
        return name in {child.name for child in self.sees.get(letter, ())}


def _by(**letters) -> dict[str, set]:
    return {letter: children for names, children in letters.items() for letter in names}


def _pupil(child) -> Attacker:
    return Attacker(Who(child.name, child), _by(**{_ALONE: {child}}), {child})


ATTACKERS = {
    "nobody": Attacker(Who("nobody")),
    "aoi": _pupil(AOI),
    # Came in with a login card: what is graver does not open by it.
    "by_card": Attacker(Who("by_card", AOI, machine="card"), _by(dilmnx={AOI}), {AOI}),
    "hana": _pupil(HANA),
    "ken": _pupil(KEN),
    "gen": _pupil(GEN),
    "homeroom": Attacker(
        Who("homeroom", CHIBA), _by(hilmnsy=_4_2), _4_2, frozenset({HINATA, PRIMARY})
    ),
    "subject": Attacker(Who("subject", DOI), _by(lmn=_4_2), _4_2, frozenset({HINATA, PRIMARY})),
    # Nao is new in this class, and works in an app again; what she wrote before stays behind.
    "mori": Attacker(
        Who("mori", MORI),
        _by(hilsy={KEN}, mn={KEN, NAO}),
        {KEN, NAO},
        frozenset({HINATA, SECONDARY}),
    ),
    "cover": Attacker(Who("cover", COVER), _by(ilmn=_4_2), _4_2, frozenset({HINATA, PRIMARY})),
    "leader": Attacker(Who("leader", GOTO), _by(lmn=_4_2), set(), frozenset({HINATA, PRIMARY})),
    "counsellor": Attacker(Who("counsellor", KIKUCHI), _by(lmn={BEN})),
    "guardian": Attacker(Who("guardian", YUKARI), _by(ln={AOI})),
    "system": Attacker(Who("system", SYSTEM)),
    "nurse": Attacker(Who("nurse", NURSE), _by(hn=_PRIMARY), _PRIMARY, frozenset({PRIMARY})),
    "head": Attacker(
        Who("head", HEAD),
        _by(hpsy=_PRIMARY, m={*_PRIMARY, _WAITS}, k={*_PRIMARY, NAO}, n={*_PRIMARY, NAO, _WAITS}),
        {*_PRIMARY, NAO},
        frozenset({HINATA, PRIMARY}),
    ),
    "office": Attacker(
        Who("office", OKA),
        _by(p=_PRIMARY, m={*_PRIMARY, _WAITS}, k={*_PRIMARY, NAO}, n={*_PRIMARY, NAO, _WAITS}),
        {*_PRIMARY, NAO},
        frozenset({HINATA, PRIMARY}),
    ),
    "board": Attacker(
        Who("board", IWA), _by(kn=_HINATA), _HINATA, frozenset({HINATA, PRIMARY, SECONDARY})
    ),
    "sato": Attacker(
        Who("sato", SATO), _by(kmnp=_MINATO), _MINATO, frozenset({MINATO, GEN.school_id})
    ),
    "app": Attacker(
        Who("app", machine="app"), _by(mn=_HINATA), _HINATA, frozenset({HINATA})
    ),
    # Serves the secondary school alone; what the portal says itself (docs/srl-statements.md) it
    # reads, too.
    "reader": Attacker(
        Who("reader", machine="reader"),
        _by(l=_SECONDARY, mn={*_SECONDARY, NAO}),
        {*_SECONDARY, NAO},
        frozenset({HINATA}),
    ),
    "minato": Attacker(
        Who("minato", machine="minato"), _by(mn=_MINATO), _MINATO, frozenset({MINATO})
    ),
    "roster": Attacker(Who("roster", machine="roster"), _by(n={*_PRIMARY, NAO})),
}  # fmt: skip
_MACHINES = {name for name, it in ATTACKERS.items() if it.who.machine and not it.who.member}
PERSONS = [name for name in ATTACKERS if name not in _MACHINES]
