"""The traces of a district as lines of JSON, with the end of the chain as the last of them."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.audit.chain import operations as chain
from aarportal.audit.chain import store
from aarportal.audit.chain.hashing import canonical
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work


def write(district_id: UUID, since: datetime, file: TextIO, *, reader: Scope | None = None) -> int:
    """Write what was done and looked at in a district since a moment; says how many traces.

    Opens its units of work itself: what waits is linked first, and that it was exported is traced.

    Args:
        district_id: The district.
        since: From when on.
        file: Takes the lines.
        reader: Who asked, at the door of the board; None for the command line.
    """
    chain.link_all()
    count = 0
    with unit_of_work(SystemScope("traces for the board"), read_only=True) as scope:
        for line in _lines(scope, district_id, since):
            file.write(line + "\n")
            count += 1
    if reader is None:
        with unit_of_work(SystemScope("traces for the board")) as scope:
            audit.record(scope, "audit:exported", district_id, detail=str(count - 1))
    else:
        with unit_of_work(reader):
            audit.record(reader, "audit:exported", district_id, detail=str(count - 1))
    return count - 1


def _lines(scope: SystemScope, district_id: UUID, since: datetime) -> Iterator[str]:
    head = store.chain(scope)
    for link in store.of_district(scope, district_id, since):
        assert link.entry is not None
        yield json.dumps(
            {
                "sequence": link.sequence,
                "entry": json.loads(canonical(link.entry)),
                "digest": link.digest,
                "hash": link.hash,
            },
            ensure_ascii=False,
        )
    yield json.dumps({"head": {"sequence": head.sequence, "hash": head.hash}})
