"""A trusted school that means harm: its file reaches the one child and nobody else."""

import io
import json
import zipfile
from hashlib import sha256

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningRecord
from aarportal.insight.handover import keeper
from aarportal.insight.handover.manifests import DATA, MANIFEST, SIGNATURE, STATEMENTS
from tests.cast import AOI, APP_DRILL, BEN, KEN, OKA, SECONDARY, key
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.elsewhere import AOI_THERE
from tests.insight.handover.test_archive import files_of, rule_of, zipped
from tests.insight.handover.test_operations_deleting import agent, go_on


def resigned(app, file: bytes, **changed: bytes) -> bytes:
    """A file as the installation that made it could sign it just as well."""
    files = files_of(file) | {f"{name}.json": text for name, text in changed.items()}
    manifest = json.loads(files[MANIFEST])
    for entry in manifest["files"]:
        data = files[entry["name"]]
        entry |= {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    files[MANIFEST] = json.dumps(manifest).encode()
    with app.app_context():
        files[SIGNATURE] = keeper.here().key.sign(files[MANIFEST])
    return zipped(files)


def with_statement(app, data: bytes, change) -> bytes:
    """The same with another first statement behind its record."""
    files = files_of(data)
    statements, contents = json.loads(files[STATEMENTS]), json.loads(files[DATA])
    [record] = [row for row in contents["records"] if row["statement_id"] == statements[0]["id"]]
    change(statements[0], record)
    return resigned(
        app, data, statements=json.dumps(statements).encode(), data=json.dumps(contents).encode()
    )


@pytest.fixture
def home(app, tmp_path):
    """Aoi lived here, went elsewhere, and that school makes a file of her."""
    life.live(app, days=(3,))
    there = elsewhere.open_installation(tmp_path / "there")
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    return there, elsewhere.export(there, AOI_THERE)


def test_a_statement_of_another_child_is_refused_whole(app, home):
    there, data = home

    def be_ben(statement, record):
        statement["id"] = record["statement_id"] = str(key("new"))
        record["id"] = str(key("new record"))
        statement["actor"] = agent(BEN.id)

    before = rows.without_traces(rows.dump(app))
    import_id = elsewhere.take_in(app, with_statement(there, data, be_ben), AOI, OKA)
    assert elsewhere.state(app, import_id, OKA) == ("stopped", "others")
    assert rows.without_traces(rows.dump(app)) == before


def test_what_another_child_did_cannot_be_taken_back(app, home):
    there, data = home
    theirs = life.answered(BEN, 7, clock.now())
    life.send(app, [theirs])

    def take_back(statement, record):
        statement["id"] = record["statement_id"] = str(key("new"))
        record["id"] = str(key("new record"))
        record["app_id"] = str(APP_DRILL)
        statement["verb"] = {"id": "http://adlnet.gov/expapi/verbs/voided"}
        statement["object"] = {"objectType": "StatementRef", "id": theirs["id"]}

    before = rows.without_traces(rows.dump(app))
    import_id = elsewhere.take_in(app, with_statement(there, data, take_back), AOI, OKA)
    assert elsewhere.state(app, import_id, OKA) == ("stopped", "others")
    assert rows.without_traces(rows.dump(app)) == before


def test_a_record_cannot_be_bound_to_another_childs_statement(app, home):
    """Else the child's next export would hold what the other child did."""
    there, data = home
    theirs = life.answered(KEN, 7, clock.now())
    life.send(app, [theirs])
    [app_id] = {row["app_id"] for row in json.loads(files_of(data)[DATA])["records"]} - {None}

    def bind(_statement, record):
        record["statement_id"] = theirs["id"]
        record["id"] = str(key("new record"))
        assert record["app_id"] == app_id

    elsewhere.take_in(app, with_statement(there, data, bind), AOI, OKA)
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        [ken] = scope.session.scalars(
            select(LearningRecord).where(LearningRecord.student_id == KEN.id)
        )
        ids = scope.session.scalars(
            select(LearningRecord.school_id).where(LearningRecord.id == ken.id)
        ).all()
    assert ids == [SECONDARY]
    assert str(KEN.id) not in files_of(elsewhere.export(app, AOI))[STATEMENTS].decode()


def test_the_school_before_cannot_take_a_file_in_for_a_child_that_went_on(app, home, browser):
    _, data = home
    go_on(app, clock.today())
    import_id = elsewhere.bring(app, data, OKA)
    me = browser(OKA)
    url = f"/handover/imports/{import_id}"
    assert not me.get(url, query_string={"words": AOI.family_name}).html.select(
        f"input[value='{AOI.id}']"
    )
    assert me.post(f"{url}/person", {"student_id": str(AOI.id)}).status == 404


def test_no_depth_and_no_second_name_gets_in(app, home):
    there, data = home
    deep = b'{"student": ' + b'{"family_name":' * 100_000
    assert rule_of(resigned(there, data, data=deep)) == "not_readable"
    letter = b'{"student":{"family_name":"x","given_name":"y"},"letters":[{"evidence":['
    assert rule_of(resigned(there, data, data=letter + b'{"a":' * 100_000)) == "not_readable"
    for second in (b"data.json", b"DATA.JSON", b"./data.json", b"../data.json", b"/data.json"):
        twice = io.BytesIO(data)
        with zipfile.ZipFile(twice, "a", zipfile.ZIP_DEFLATED) as made:
            made.writestr("x" * len(second), b"{}")
        # zipfile itself would not write some of these names without a word.
        changed = twice.getvalue().replace(b"x" * len(second), second)
        assert rule_of(changed) in {"damaged", "not_an_export"}, second


def test_what_others_have_in_a_statement_does_not_travel(app):
    """A group of others as its object, and members of the child's own group."""
    at = clock.now()
    several = {"objectType": "Group", "member": [agent(BEN.id)]}
    inner = {
        "objectType": "SubStatement", "actor": agent(BEN.id),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://drill.example/question/9"},
    }  # fmt: skip
    life.send(app, [
        life.answered(AOI, 900, at, context={"team": several, "instructor": agent(BEN.id)}),
        life.answered(AOI, 901, at, object=several),
        life.answered(AOI, 902, at, object=inner),
        life.answered(AOI, 903, at, actor=agent(AOI.id) | several),
    ])  # fmt: skip
    told = files_of(elsewhere.export(app, AOI))[STATEMENTS].decode()
    assert "question/900" in told
    assert str(BEN.id) not in told
