"""What has to be told, from what stands and what was told before."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.sharing.laps import (
    GoalReflected,
    Kind,
    Lap,
    MessageSent,
    ProgressNoted,
    Said,
)
from aarportal.insight.sharing.revisions import Published, changes, withdrawals
from tests.cast import AOI, PRIMARY, UNIT_DIVISION, key

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LAP = Lap(
    PRIMARY, key("lap"), AOI.id, str(AOI.id), "sansu", UNIT_DIVISION, "たしざん", "", ("P4",),
    None, (),
)  # fmt: skip
SOURCES = tuple(key(f"source {n}") for n in range(3))


def said(source: UUID, words: str) -> Said:
    return Said(LAP, Kind.PROGRESS, source, NOW, NOW + timedelta(minutes=1), ProgressNoted(words))


def tell(stands: dict[UUID, str], told: list[Published]) -> list[Published]:
    """What is told after this, too."""
    found = changes([said(source, words) for source, words in stands.items()], told)
    gone = {each.target.statement_id for each in found.withdrawals}
    kept = [row._replace(withdrawn=row.withdrawn or row.statement_id in gone) for row in told]
    kept += [
        published(new.id, new.said.source_id, new.version, new.said.fingerprint)
        for new in found.new
    ]
    kept += [
        published(each.id, each.target.statement_id, 1, b"")._replace(kind="withdrawal")
        for each in found.withdrawals
    ]
    return kept


def published(id_: UUID, source: UUID, version: int, fingerprint: bytes) -> Published:
    return Published(
        id_, PRIMARY, AOI.id, LAP.id, "progress", source, version, fingerprint, withdrawn=False
    )


STANDS = st.dictionaries(st.sampled_from(SOURCES), st.sampled_from(("ok", "stuck", "smooth")))


@given(st.lists(STANDS, max_size=6))
def test_after_telling_exactly_what_stands_is_told(history):
    told: list[Published] = []
    for stands in history:
        told = tell(stands, told)
        last = {row.source_id: row for row in told if row.kind == "progress"}
        for row in told:
            if row.kind == "progress" and row.version > last[row.source_id].version:
                last[row.source_id] = row
        standing = {source for source, row in last.items() if not row.withdrawn}
        assert standing == set(stands)
        for source, words in stands.items():
            assert last[source].fingerprint == said(source, words).fingerprint
        assert len({row.statement_id for row in told}) == len(told)
        assert not changes([said(*each) for each in stands.items()], told)


def test_telling_is_the_same_wherever_it_is_done():
    one, other = (changes([said(SOURCES[0], "ok")], []) for _ in range(2))
    assert one.new == other.new


def test_what_changed_refers_to_what_was_told_before():
    told = tell({SOURCES[0]: "ok"}, [])
    [new] = changes([said(SOURCES[0], "stuck")], told).new
    assert (new.version, new.former) == (2, told[0].statement_id)


def test_what_comes_back_refers_to_nothing():
    told = tell({}, tell({SOURCES[0]: "ok"}, []))
    [new] = changes([said(SOURCES[0], "ok")], told).new
    assert (new.version, new.former) == (2, None)


def test_every_statement_of_what_is_gone_is_taken_back():
    told = tell({SOURCES[0]: "stuck"}, tell({SOURCES[0]: "ok"}, []))
    gone = changes([], told).withdrawals
    assert {each.target.statement_id for each in gone} == {row.statement_id for row in told}
    assert not changes([], tell({}, told))
    assert [each.id for each in withdrawals(told)] == [each.id for each in gone]


def test_an_answer_refers_to_the_reflection_as_it_reads_now():
    reflection = SOURCES[0]

    def reads(text: str) -> list[Said]:
        wrote = Said(LAP, Kind.GOAL_REFLECTION, reflection, NOW, NOW, GoalReflected(text, "ja"))
        sent = MessageSent("t", "read", "", reflection)
        return [wrote, Said(LAP, Kind.MESSAGE, SOURCES[1], NOW, NOW, sent)]

    first, answer = changes(reads("a"), []).new
    assert answer.about == first.id
    told = [published(first.id, reflection, 1, first.said.fingerprint)._replace(
        kind="goal_reflection"
    )]  # fmt: skip
    second, answer = changes(reads("b"), told).new
    assert answer.about == second.id != first.id
