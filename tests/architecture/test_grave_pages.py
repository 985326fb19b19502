"""Pages of 重要性分類 II say so: who reaches such a table needs a permission that asks for more.

What opens doors to others, or hands many children's data out, asks once more who it is. Both sets
are written here by hand; that those pages stay shut before a proof is tried here and in
`tests/people/accounts/proving/test_routes.py`.
"""

import ast
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import is_grave
from aarportal.core.permissions import GRANTS, STRONG, WITHOUT_SECOND_FACTOR
from aarportal.web.blueprint import FRESH, PERMISSIONS
from tests.cast import CHIBA, IWA, OKA

ROOT = Path(__file__).parents[2]

#: What nobody does who has proved in one way only who they are.
ASK_TWICE = {
    "access:manage",
    "apps:manage",
    "cards:rule",
    "cases:read",
    "data_requests:manage",
    "grades:read",
    "handover:manage",
    "handover:rule",
    "health:read",
    "identities:manage",
    "imports:manage",
    "passwords:give",
    "people:manage",
    "people:read",
    "relations:manage",
    "rollover:manage",
    "roster:manage",
    "school_data:import",
    "system:read",
    "traces:export",
    "traces:read",
    "ways:manage",
}
#: Blueprints that change who may come in or who sees whom: each of their posts asks once more.
OPEN_DOORS = {"oidc_providers", "platforms", "relations", "tools"}
#: What asks once more who it is, by who may do it. All of it is sent.
ASK_AGAIN = {
    OKA: {
        # Keys of machines, and what platforms and apps are told.
        "apps.add",
        "apps.change",
        "apps.restore",
        "apps.rotate",
        "platforms.add",
        "platforms.change",
        "platforms.pause",
        "platforms.release",
        "platforms.remove",
        "platforms.resume",
        "roster_clients.add",
        "roster_clients.rotate",
        "sources.add",
        "sources.change",
        "tools.keep",
        "tools.remove",
        # How people come in, and who sees whom.
        "cards.end_all",
        "cards.set_rules",
        "locks.give_password_to_person",
        "locks.open_to_person",
        "oidc_providers.add",
        "oidc_providers.change",
        "oidc_providers.release",
        "oidc_providers.remove",
        "oidc_providers.set_open",
        "oidc_providers.set_passwords",
        "oidc_providers.try_out",
        "relations.end",
        "relations.give",
        "second_factor.remove_of",
        "sessions.end_of",
        # Papers of leavers, what is deleted, and the roster as a whole.
        "deletions.cancel",
        "deletions.release",
        "deletions.without_export",
        "exports.download",
        "handover.ask",
        "handover.fetch",
        "handover.order",
        "intakes.confirm",
        "intakes.take_back",
        "rollover.confirm",
        "rosters.confirm",
        "rosters.take_back",
    },
    IWA: {"deletions.set_rule", "proof.download"},
    CHIBA: {
        "second_factor.begin",
        "second_factor.confirm",
        "second_factor.remove",
        "second_factor.renew_codes",
    },
}


@cache
def imports_of(module):
    """(module, name) for all that a module imports from this package."""
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aarportal"):
            found |= {(node.module, alias.name) for alias in node.names}
    return frozenset(found)


def is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def reaches(module, grave, seen):
    """Whether a module, or one that it leans on, takes a grave table by its name."""
    if module in seen:
        return False
    seen.add(module)
    for source, name in imports_of(module):
        if (source, name) in grave:
            return True
        inner = f"{source}.{name}" if is_module(f"{source}.{name}") else source
        if not inner.endswith(("models", "routes")) and reaches(inner, grave, seen):
            return True
    return False


def test_every_route_that_reaches_a_grave_table_asks_for_a_second_proof(app):
    rows = [mapper.class_ for mapper in Base.registry.mappers if is_grave(mapper.class_)]
    grave = {(row.__module__, row.__name__) for row in rows}
    of_staff = set().union(*(GRANTS[role] for role in set(GRANTS) - WITHOUT_SECOND_FACTOR))
    found = set()
    for path in sorted((ROOT / "aarportal").rglob("*routes.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not reaches(module, grave, set()):
            continue
        name = import_module(module).blueprint.name
        for endpoint, permission in PERMISSIONS.items():
            if endpoint.startswith(f"{name}.") and permission in of_staff:
                assert permission in STRONG, endpoint
                found.add(name)
    assert found >= {"wellbeing", "school_records"}


def test_what_asks_for_a_second_proof_is_what_stands_here():
    assert STRONG == ASK_TWICE


def test_what_asks_once_more_who_it_is_is_what_stands_here(app):
    assert set().union(*ASK_AGAIN.values()) == FRESH
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    asked = {name for name in posts if name.partition(".")[0] in OPEN_DOORS}
    assert {name.partition(".")[0] for name in asked} == OPEN_DOORS
    assert asked <= FRESH <= posts


@pytest.mark.parametrize("member", ASK_AGAIN, ids=lambda it: it.role.value)
def test_what_opens_doors_or_hands_out_stays_shut_to_a_proof_of_a_while_ago(
    everybody, browser, member
):
    """Somebody is at work all the time, and came in sixteen minutes ago."""
    window = browser(member)
    for minutes in (8, 16):
        clock.shift(timedelta(minutes=minutes))
        assert window.get("/letters").status == 200
    rules = {rule.endpoint: rule for rule in everybody.url_map.iter_rules()}
    for endpoint in sorted(ASK_AGAIN[member]):
        values = dict.fromkeys(rules[endpoint].arguments, UUID(int=1))
        _, url = rules[endpoint].build(values)
        page = window.post(url)
        assert page.status == 403, endpoint
        form = page.one("main form[action^='/prove']")["action"]
        assert parse_qs(urlsplit(form).query)["wanted"] == ["fresh"], endpoint
