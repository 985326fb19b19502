"""The documented format is the one that is written."""

import json
import re
from pathlib import Path

from aarportal.insight.handover.formats import KINDS, ROWS, schema

DOCS = Path(__file__).parents[3] / "docs"


def test_the_schema_in_the_docs_is_that_of_the_code():
    """`json.dumps(schema(), ensure_ascii=False, indent=1)` writes it."""
    assert json.loads((DOCS / "handover-format.schema.json").read_text("utf-8")) == schema()


def test_the_docs_name_every_list_in_order():
    text = (DOCS / "handover-format.md").read_text("utf-8")
    named = re.findall(r"`(\w+)`", text[text.index("`teachers`, `apps`") : text.index("Moments")])
    assert tuple(named) == KINDS


def test_every_reference_names_an_earlier_list_or_its_own():
    for kind, struct in ROWS.items():
        for name, referred in struct.refers.items():
            assert name in struct.__struct_fields__
            assert KINDS.index(referred) <= KINDS.index(kind)
