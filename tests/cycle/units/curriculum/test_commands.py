"""`aarportal load-curriculum`, as an administrator types it."""

import pytest
from click.testing import CliRunner

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.curriculum import store
from aarportal.cycle.units.curriculum.commands import load_curriculum

LIST = (
    "【82V12】小学校学習指導要領コード,,,\r\n"
    "教科等,No,学習指導要領テキスト,学習指導要領コード\r\n"
    "理科,2293,第２　各学年の目標及び内容,82602L0000000000\r\n"
    "理科,2363,(1) 空気と水の性質,8260243110000000\r\n"
    "理科,2364,ア　次のこと,8.26024E+15\r\n"
)


@pytest.fixture
def run(app, tmp_path):
    def type_in(*files):
        paths = []
        for name, content in files:
            path = tmp_path / name
            path.write_bytes(content)
            paths.append(str(path))
        return CliRunner().invoke(load_curriculum, paths, obj=lambda: app)

    return type_in


@pytest.fixture
def item(app):
    def find(code):
        with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return store.item(scope, code)

    return find


def test_the_sample_is_loaded_without_a_file(run, item):
    assert "sample.csv: 128 new, 0 changed, 0 as before" in run().output
    assert "sample.csv: 0 new, 0 changed, 128 as before" in run().output
    assert item("8250243130000000").grades == [4]


def test_a_list_is_loaded_and_its_problems_are_named(run, item):
    answer = run(("82V12.csv", LIST.encode("cp932")))
    assert answer.exit_code == 0
    assert "82V12.csv: 2 new" in answer.output
    assert "82V12.csv, line 5: a spreadsheet has rounded the code" in answer.output
    assert item("8260243110000000").parent_code == "82602L0000000000"


def test_a_tree_goes_before_the_numbering(run, item):
    tree = b"cs:82600L0000000000 schema:hasPart cs:8260243110000000.\n"
    answer = run(("82V12.csv", LIST.encode()), ("tree.ttl", tree))
    assert "tree.ttl: 1 parents" in answer.output
    assert item("8260243110000000").parent_code == "82600L0000000000"


def test_a_file_without_codes_is_an_error(run):
    answer = run(("grades.csv", "名前,点\r\nあおい,100\r\n".encode()))
    assert answer.exit_code == 1
    assert "there are no columns" in answer.output
    assert "There is no code to load in grades.csv" in answer.output


def test_the_command_is_found_by_its_name(app):
    from aarportal.cycle.units.curriculum.commands import COMMANDS

    assert [command.name for command in COMMANDS] == ["load-curriculum"]
