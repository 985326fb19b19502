"""What holds of every route, table, template and text."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Date, Integer, inspect

from aarportal import migrate
from aarportal.cli import cli
from aarportal.core.database import Base, Moment
from aarportal.core.ownership import (
    DistrictOwned,
    OfficeOnly,
    Relation,
    SchoolOwned,
    SeenWithRecords,
    Shared,
    StudentOwned,
    SystemOnly,
    Untraced,
)
from aarportal.core.permissions import APP_GRANTS, GRANTS, ROSTER_GRANTS, Permission, Role
from aarportal.web.blueprint import PERMISSIONS, SHOWS, PortalBlueprint

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SHARED_TABLES = {
    "audit_chain",
    "audit_links",
    "curriculum_items",
    "districts",
    "lti_keys",
    "oidc_spent_states",
    "sign_in_throttles",
}
SYSTEM_TABLES = {
    "attachments",
    "audit_chain",
    "audit_entries",
    "audit_links",
    "oidc_spent_states",
    "lti_choices",
    "lti_keys",
    "lti_logins",
    "published_through",
    "recovery_codes",
    "roster_tokens",
    "second_factors",
    "session_touches",
    "sign_in_sessions",
    "sign_in_throttles",
    "statement_references",
    "statement_terms",
    "xapi_documents",
}
OFFICE_TABLES = {
    "app_days",
    "deletion_orders",
    "handover_imports",
    "handover_rules",
    "identity_links",
    "lti_bindings",
    "lti_completions",
    "lti_contexts",
    "lti_lines",
    "lti_platforms",
    "nobodys_names",
    "oidc_bindings",
    "oidc_providers",
    "passwordless_schools",
    "person_fates",
    "person_merges",
    "quarantined_statements",
    "rollovers",
    "roster_changes",
    "roster_clients",
    "roster_imports",
    "roster_sources",
    "staff_locks",
    "trusted_issuers",
}
SEEN_WITH_RECORDS = {"statements"}
#: Bookkeeping, and what is its own trace.
UNTRACED_TABLES = {
    "app_days",
    "attachments",
    "audit_chain",
    "audit_links",
    "drafts",
    "oidc_spent_states",
    "lti_choices",
    "lti_completions",
    "lti_lines",
    "lti_logins",
    "person_fates",
    "published_through",
    "rereadings",
    "roster_changes",
    "session_touches",
    "sign_in_throttles",
    "statement_inbox",
    "statement_references",
    "statement_terms",
    "statements",
    "submissions",
    "xapi_documents",
}
#: Words no child reads here.
FORBIDDEN_WORDS = ("失敗", "しっぱい", "遅れ", "おくれ", "最下位", "ランキング", "順位")


def mappers():
    return sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)


def test_every_endpoint_names_its_permission(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(PERMISSIONS)


def test_every_route_that_others_than_pupils_open_says_whom_it_shows(app):
    """A look at a child leaves a trace: `shows=` of the route says at whom (see `web.looks`)."""
    of_others = set().union(*(GRANTS[role] for role in Role if role is not Role.STUDENT))
    for endpoint, permission in PERMISSIONS.items():
        if permission in of_others | APP_GRANTS | ROSTER_GRANTS:
            assert SHOWS[endpoint] is not None, endpoint


def test_a_route_without_permission_cannot_be_written():
    with pytest.raises(TypeError, match="permission"):
        PortalBlueprint("x", __name__).route("/x")(lambda: "")


def test_every_permission_is_asked_for_somewhere_and_granted_to_somebody(app):
    asked = set(PERMISSIONS.values())
    granted = set().union(*GRANTS.values()) | {Permission.PUBLIC} | APP_GRANTS | ROSTER_GRANTS
    assert set(Permission) == asked == granted


def test_every_endpoint_refuses_the_stranger(app):
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        for rule in app.url_map.iter_rules():
            if PERMISSIONS[rule.endpoint] is Permission.PUBLIC:
                continue
            url = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000001", rule.rule)
            url = re.sub("<[^>]+>", "1", url)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = app.test_client().open(url, method=method)
                refused = answer.status_code == 401 or (
                    answer.status_code == 303 and answer.location.startswith("/sign-in")
                )
                assert refused, (rule, method, answer.status_code)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def test_url_values_are_typed(app):
    for rule in app.url_map.iter_rules():
        for value in re.findall(r"<([^>]+)>", rule.rule):
            assert ":" in value or rule.endpoint.startswith("drafts."), rule


def test_every_table_has_one_owner(app):
    for mapper in mappers():
        kinds = [
            kind for kind in (Shared, DistrictOwned, SchoolOwned) if issubclass(mapper.class_, kind)
        ]
        if mapper.local_table.name == "audit_entries":
            assert issubclass(mapper.class_, SystemOnly)
            continue
        assert len(kinds) == 1, mapper


def test_the_exceptions_are_these_tables_and_no_others(app):
    def names(kind):
        return {m.local_table.name for m in mappers() if issubclass(m.class_, kind)}

    assert names(Shared) == SHARED_TABLES
    assert names(SystemOnly) == SYSTEM_TABLES
    assert names(OfficeOnly) == OFFICE_TABLES
    assert names(SeenWithRecords) == SEEN_WITH_RECORDS
    assert names(Untraced) == UNTRACED_TABLES


def test_every_table_about_a_student_says_who_reads_it(app):
    for mapper in mappers():
        if issubclass(mapper.class_, StudentOwned):
            assert mapper.class_.readers


def test_every_table_about_a_student_says_when_its_rows_are_of(app):
    """Teachers see rows of this school year, so each row needs a date, or a whole that has one."""
    by_name = {mapper.local_table.name: mapper for mapper in mappers()}
    for mapper in mappers():
        row_class, columns = mapper.class_, mapper.local_table.columns
        if not issubclass(row_class, StudentOwned):
            continue
        if not row_class.readers & {Relation.HOMEROOM, Relation.TEACHES}:
            assert row_class.dated_by or not row_class.readers & {Relation.SELF}, mapper
            continue
        assert (row_class.dated_by is None) != (row_class.part_of is None), mapper
        if row_class.part_of:
            table, name = row_class.part_of
            assert name in columns, mapper
            assert by_name[table].class_.dated_by, mapper
            continue
        assert not columns[row_class.dated_by].nullable, mapper
        assert isinstance(columns[row_class.dated_by].type, (Date, Integer, Moment)), mapper
        if row_class.handed_on:
            assert row_class.handed_on[0] in columns, mapper


def test_the_school_comes_first_in_every_key_and_goes_along_in_every_reference(app):
    for mapper in mappers():
        if not issubclass(mapper.class_, SchoolOwned):
            continue
        table = mapper.local_table
        assert table.primary_key.columns.keys()[0] == "school_id", table
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            if "school_id" in target.primary_key.columns:
                assert "school_id" in constraint.column_keys, (table, constraint.column_keys)


def test_models_have_no_relationships(app):
    """The guard narrows what a statement names; a relationship would name tables by itself."""
    for mapper in mappers():
        assert not inspect(mapper.class_).relationships, mapper


def test_nobody_asks_past_the_classes():
    for path in sorted((ROOT / "aarportal").rglob("*.py")):
        assert "__table__" not in path.read_text("utf-8"), path


@pytest.mark.both_databases
def test_models_and_migrations_agree_and_run_both_ways(database):
    migrate.check(database.app)
    migrate.downgrade(database.app, "base")
    migrate.upgrade(database.app)
    migrate.check(database.app)
    with database.app.app_context():
        database.reset()


def test_every_template_folder_is_a_blueprint(app):
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert folders - {"layout", "components", "errors"} <= set(app.blueprints)


@pytest.mark.parametrize(
    "partial",
    sorted(p for p in TEMPLATES.rglob("_*.html") if p.parent.name not in {"layout", "components"}),
    ids=lambda p: f"{p.parent.name}/{p.stem}",
)
def test_every_partial_is_named_for_its_root_element(partial):
    source = re.sub(
        r"\{#.*?#\}|\{%.*?%\}", "", partial.read_text("utf-8"), flags=re.DOTALL
    ).lstrip()
    target = re.escape(partial.stem.removeprefix("_"))
    assert re.match(
        rf"""<\w[\w-]*\s+(?:[\w-]+="[^"]*"\s+)*id="{target}(-\{{\{{[^}}]+\}}\}})?["]""", source
    )


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_templates_stay_under_the_policy(path):
    source = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "inline script"
    assert not re.search(r"\sstyle=", source), "inline style"
    assert not re.search(r"\shx-on", source), "inline handler"
    assert "js:" not in source
    assert not re.search(r'hx-trigger="[^"]*\[', source), (
        "htmx without eval ignores trigger filters"
    )
    assert not re.search(r"""(?:src|href|action)=["']https?://""", source), "another host"


@pytest.mark.parametrize("name", ["ja", "ja@hira", "en"])
def test_no_catalogue_holds_a_word_that_hurts(name):
    text = (ROOT / "translations" / name / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    assert not [word for word in FORBIDDEN_WORDS if word in text]


def test_the_readme_names_every_command_and_no_other():
    told = re.findall(
        r"^\| `([a-z-]+)[^`]*` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    there = {command.name for command in cli.commands.values()}
    for path in sorted((ROOT / "aarportal").rglob("commands.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        there |= {command.name for command in import_module(name).COMMANDS}
    assert sorted(told) == sorted(there)


def test_routes_are_short():
    """A route does four things: form, verb, redirect or render."""
    for path in sorted((ROOT / "aarportal").rglob("*routes.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                "route" in ast.unparse(decorator) for decorator in node.decorator_list
            ):
                body = [
                    n
                    for n in node.body
                    if not isinstance(n, ast.Expr) or not isinstance(n.value, ast.Constant)
                ]
                lines = body[-1].end_lineno - body[0].lineno + 1
                assert lines <= 14, f"{path.name}:{node.name} has {lines} lines"
