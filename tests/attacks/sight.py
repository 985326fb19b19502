"""Who may see what of which child, in answers, and whose rows they may change: the law, by hand.

The letters are those of tests/access/filling.py; `n` is the name and the id of a child, `k` by
which names apps know it, `v` where it is signed in, `g` why somebody looks after it, `b` and `r`
what its office brought, `x` what was sent to the portal once and taken; `a` is how it comes in, and
`o` what a platform asked somebody, which no page shows.
"""

from dataclasses import dataclass, field
from uuid import UUID

from tests.access.filling import GROUP_OF
from tests.access.objects import APP_MINATO
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
    APP_DRILL,
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
    key,
)

_4_2 = {AOI, BEN}
#: Are at the primary school; `RAN` left it and went nowhere else.
_HERE = {AOI, BEN, HANA, MEI}
_PRIMARY, _SECONDARY, _MINATO = {*_HERE, RAN}, {KEN, RIKU}, {GEN, LEAVERS[GEN.school_id]}
_HINATA = {child for child in CHILDREN if child.district_id == HINATA}
_ALONE = "dilmnpqsvx"
#: Sent by an app when he was in no class any more: it waits, and what waits is seen by every office
#: of the district, because nobody knows yet which school it is of.
_WAITS = RIKU


#: Who works at the primary school, and a mother.
_STAFF = {CHIBA, DOI, COVER, GOTO, KIKUCHI, YUKARI, NURSE, HEAD, OKA}
#: A platform that is forgotten takes along what it asked of those who came by it.
_ASKED = {"lti_choices": {CHIBA, COVER, DOI, GOTO}}
_APPS_HINATA = {APP_DRILL, key("app reader")}
#: Letter -> the tables about people that are in no group of tests/access/filling.py.
_BESIDE = {
    "a": ("accounts", "recovery_codes", "second_factors", "sign_in_sessions", "staff_locks"),
    "g": ("relations",),
    "k": ("identity_links", "lti_bindings", "oidc_bindings", "person_merges"),
    "n": ("district_roles", "enrollments", "person_fates", "roster_changes", "user_roles", "users"),
    "o": ("lti_choices",),
    "p": ("deletion_orders", "handover_imports"),
    "x": ("lti_completions", "submissions"),
}
LETTER_OF = GROUP_OF | {table: letter for letter, tables in _BESIDE.items() for table in tables}
#: Of these everybody changes their own: how they come in and read, which forms they sent.
OF_ONESELF = frozenset("aox")
#: Tables about nobody, by who may change them.
UNITS = frozenset({"goal_cards", "units"})
CATALOGUE = frozenset({"catalogue_entries", "rereadings"})
HEALTH = frozenset({"school_data_imports", "school_data_mappings"})
_ROSTER = frozenset({"lti_contexts", "lti_platforms", "roster_clients", "roster_imports",
                     "roster_sources"})  # fmt: skip
WAYS = frozenset({"oidc_providers", "passwordless_schools"})
BOARD = _ROSTER | {"handover_rules"}
OFFICE = _ROSTER | CATALOGUE | HEALTH | {
    "academic_sessions", "bell_schedules", "calendar_days", "handover_imports", "imported_rows",
    "learning_apps", "lti_tools", "nobodys_names", "quarantined_statements", "rollovers",
    "school_networks", "statement_inbox", "table_imports", "table_mappings", "terms",
    "timetable_lessons", "timetables", "trusted_issuers", "year_imports",
    # The message by which an app is tried is a statement of that app.
    "statement_references", "statement_terms", "statements",
}  # fmt: skip
SENT_IN = frozenset({"attachments", "quarantined_statements", "statement_inbox",
                     "statement_references", "statement_terms", "statements",
                     "xapi_documents"})  # fmt: skip


@dataclass(frozen=True)
class Attacker:
    """Somebody who tries.

    Attributes:
        who: How they come.
        sees: Letter -> children.
        changes: Letter, or table -> the people whose rows of it they may change.
        places: Districts, schools and apps whose rows, about nobody, they may change.
        tables: Of which tables they may change those.
    """

    who: Who
    sees: dict[str, set] = field(default_factory=dict)
    changes: dict[str, set] = field(default_factory=dict)
    places: frozenset = frozenset()
    tables: frozenset[str] = frozenset()

    def may_see(self, letter: str, name: str) -> bool:
        """Whether it is no secret to them."""
        return name in {child.name for child in self.sees.get(letter, ())}

    def knows(self, letter: str, name: str) -> bool:
        """Whether a try that says this is aimed at nobody else."""
        own = self.who.member is not None and self.who.member.name == name
        return own or self.may_see(letter, name)

    def known(self) -> set[tuple[str, str]]:
        """(letter, name) of all that is no secret to them."""
        found = {(letter, child.name) for letter, some in self.sees.items() for child in some}
        return found | ({("n", self.who.member.name)} if self.who.member else set())

    def may_change(self, table: str, owner: UUID | None) -> bool:
        """Whether rows of a table that are somebody's, or a place's, are theirs to change."""
        if owner in self.places:
            return table in self.tables
        letter = LETTER_OF.get(table, "")
        people = {*self.changes.get(letter, ()), *self.changes.get(table, ())}
        if self.who.member is not None and letter in OF_ONESELF:
            people.add(self.who.member)
        return owner in {member.id for member in people}


def _by(**letters) -> dict[str, set]:
    return {letter: children for names, children in letters.items() for letter in names}


def _pupil(child) -> Attacker:
    return Attacker(Who(child.name, child), _by(**{_ALONE: {child}}), _by(dilmpq={child}))


ATTACKERS = {
    "nobody": Attacker(Who("nobody")),
    "aoi": _pupil(AOI),
    # Came in with a login card: what is graver does not open by it.
    "by_card": Attacker(
        Who("by_card", AOI, machine="card"), _by(dilmnvx={AOI}), _by(dilm={AOI})
    ),
    "hana": _pupil(HANA),
    "ken": _pupil(KEN),
    "gen": _pupil(GEN),
    "homeroom": Attacker(
        Who("homeroom", CHIBA), _by(hilmnsy=_4_2), _by(achlm=_4_2), frozenset({HINATA, PRIMARY}),
        UNITS | CATALOGUE,
    ),
    "subject": Attacker(
        Who("subject", DOI), _by(lmn=_4_2), _by(clm=_4_2), frozenset({HINATA, PRIMARY}),
        UNITS | CATALOGUE,
    ),
    # Nao is new in this class, and works in an app again; what she wrote before stays behind.
    "mori": Attacker(
        Who("mori", MORI), _by(hilsy={KEN}, mn={KEN, NAO}), _by(achlm={KEN, NAO}),
        frozenset({HINATA, SECONDARY}), UNITS | CATALOGUE,
    ),
    "cover": Attacker(
        # With an answer to a reflection the lap goes on.
        Who("cover", COVER), _by(ilmn=_4_2), _by(l=_4_2) | {"learning_cycles": _4_2},
        frozenset({HINATA, PRIMARY}), CATALOGUE,
    ),
    "leader": Attacker(
        Who("leader", GOTO), _by(lmn=_4_2), {}, frozenset({HINATA, PRIMARY}), CATALOGUE
    ),
    "counsellor": Attacker(Who("counsellor", KIKUCHI), _by(glmn={BEN})),
    "guardian": Attacker(Who("guardian", YUKARI), _by(ln={AOI}), _by(q={AOI})),
    "system": Attacker(Who("system", SYSTEM)),
    "nurse": Attacker(
        Who("nurse", NURSE), _by(hn=_PRIMARY), _by(h=_PRIMARY), frozenset({PRIMARY}), HEALTH
    ),
    "head": Attacker(
        Who("head", HEAD),
        _by(bghprsvy=_PRIMARY, m={*_PRIMARY, _WAITS}, kq={*_PRIMARY, NAO},
            n={*_PRIMARY, NAO, _WAITS}),
        _by(acghkmnpq={*_PRIMARY, NAO, *_STAFF}) | _ASKED,
        frozenset({HINATA, PRIMARY, *_APPS_HINATA}), OFFICE,
    ),
    "office": Attacker(
        Who("office", OKA),
        _by(bgprv=_PRIMARY, m={*_PRIMARY, _WAITS}, kq={*_PRIMARY, NAO}, n={*_PRIMARY, NAO, _WAITS}),
        _by(acgkmnpq={*_PRIMARY, NAO, *_STAFF}) | _ASKED,
        frozenset({HINATA, PRIMARY, *_APPS_HINATA}), OFFICE | WAYS,
    ),
    "board": Attacker(
        Who("board", IWA), _by(knrv=_HINATA), _by(akn={*_HINATA, *_STAFF, MORI}) | _ASKED,
        frozenset({HINATA, PRIMARY, SECONDARY}), BOARD | WAYS,
    ),
    "sato": Attacker(
        Who("sato", SATO), _by(bgkmnpqrv=_MINATO), _by(acgkmnpq={*_MINATO, SATO}),
        frozenset({MINATO, GEN.school_id, APP_MINATO}), OFFICE | WAYS,
    ),
    "app": Attacker(
        Who("app", machine="app"), _by(mn=_HINATA), _by(m=_HINATA),
        frozenset({HINATA, APP_DRILL}), SENT_IN,
    ),
    # Serves the secondary school alone; what the portal says itself (docs/srl-statements.md) it
    # reads, too.
    "reader": Attacker(
        Who("reader", machine="reader"), _by(il=_SECONDARY, mn={*_SECONDARY, NAO}),
        _by(m={*_SECONDARY, NAO}), frozenset({HINATA, key("app reader")}), SENT_IN,
    ),
    "minato": Attacker(
        Who("minato", machine="minato"), _by(mn=_MINATO), _by(m=_MINATO),
        frozenset({MINATO, APP_MINATO}), SENT_IN,
    ),
    "roster": Attacker(Who("roster", machine="roster"), _by(n={*_PRIMARY, NAO})),
}  # fmt: skip
_MACHINES = {name for name, it in ATTACKERS.items() if it.who.machine and not it.who.member}
PERSONS = [name for name in ATTACKERS if name not in _MACHINES]
