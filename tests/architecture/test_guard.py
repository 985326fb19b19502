"""What may be done in one place only, because a second one would forget something."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "aarportal"

#: A call, by its last names -> the one file in which it may stand.
ONE_PLACE = {
    "csv.writer": "core/tables/writing.py",
    "csv.DictWriter": "core/tables/writing.py",
    "response.set_cookie": "web/cookies.py",
    "response.delete_cookie": "web/cookies.py",
    "request.cookies.get": "web/cookies.py",
}


def calls(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize(("name", "place"), ONE_PLACE.items(), ids=ONE_PLACE)
def test_it_is_done_in_one_place(name, place):
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for called, _node in calls(path)
        if called == name or (called.endswith(f".{name.rpartition('.')[2]}") and "cookie" in name)
        if "cookie" not in name or "cookie" in called
    }
    assert found <= {place}


def test_nobody_is_led_where_a_request_says_but_by_own_path():
    for path in ROOT.rglob("*.py"):
        for called, node in calls(path):
            if called.rpartition(".")[2] == "redirect" and node.args:
                target = ast.unparse(node.args[0])
                assert "request." not in target or "own_path(" in target, (path, target)
