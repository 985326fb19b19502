"""Whatever a child did, another installation has it all, and tells it again alike."""

import json
import subprocess
import sys
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from tests.cast import AOI, ELSEWHERE
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.elsewhere import AOI_THERE
from tests.insight.handover.test_formats import DOCS
from tests.insight.handover.test_operations_taking_in import check_alike

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("髙𠮷辻󠄀{|}_<&\"'あ"),
    max_size=40,
)
days = st.lists(
    st.builds(
        life.Day,
        ago=st.integers(0, 120),
        text=words,
        answers=st.integers(0, 8),
        rating=st.integers(0, 3),
        minutes=st.integers(1, 60),
        reflects=st.booleans(),
        voids=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda day: day.ago,
)


@given(days)
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
def test_a_move_and_a_way_back_change_nothing(database, tmp_path_factory, lived):
    database.reset()
    app = database.app
    life.live_through(app, AOI, lived)
    there = elsewhere.open_installation(tmp_path_factory.mktemp("there"))
    before = elsewhere.contents(app, AOI)
    import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, import_id) == ("done", "")
    check_alike(elsewhere.contents(there, AOI_THERE), before)
    kept = rows.dump(there)
    with there.app_context(), unit_of_work(SystemScope("test")) as scope:
        action.rebuild(scope, ELSEWHERE)
    again = rows.dump(there)
    assert again["day_rollups"] == kept["day_rollups"]
    assert again["learning_records"] == kept["learning_records"]
    assert again["learning_cycles"] == kept["learning_cycles"]


@pytest.mark.both_databases
def test_the_program_in_the_docs_checks_a_file(app, tmp_path):
    life.live(app, days=(2,))
    (tmp_path / "my-record.zip").write_bytes(elsewhere.export(app, AOI))
    text = (DOCS / "handover-format.md").read_text("utf-8")
    program = text.split("```python\n")[1].split("```")[0]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    with zipfile.ZipFile(tmp_path / "my-record.zip") as found:
        manifest = json.loads(found.read("manifest.json"))
    assert run.stdout.strip() == manifest["issuer"]["fingerprint"]
    assert manifest["userMasterIdentifier"] == str(AOI.id)
