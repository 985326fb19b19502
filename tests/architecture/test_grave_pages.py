"""Pages of 重要性分類 II say so: who reaches such a table needs a permission that asks for more.

What opens doors to others, or hands many children's data out, asks once more who it is.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

from aarportal.core.database import Base
from aarportal.core.ownership import is_grave
from aarportal.core.permissions import GRANTS, STRONG, WITHOUT_SECOND_FACTOR
from aarportal.web.blueprint import FRESH, PERMISSIONS

ROOT = Path(__file__).parents[2]

#: Blueprints that change who may come in or who sees whom: each of their posts asks.
OPEN_DOORS = {"oidc_providers", "platforms", "relations", "tools"}
#: Single ones that do, or that hand out what cannot be taken back.
GRAVE = {"cards.end_all", "cards.set_rules", "exports.download", "handover.fetch", "proof.download"}


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


def test_what_opens_doors_or_hands_out_asks_once_more_who_it_is(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    asked = {name for name in posts if name.partition(".")[0] in OPEN_DOORS}
    assert {name.partition(".")[0] for name in asked} == OPEN_DOORS
    assert asked | GRAVE <= FRESH
    assert posts >= GRAVE
