"""What names a document: the same parts the same key, other parts another."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.documents.places import Place

PLACES = st.builds(
    Place,
    st.sampled_from(["state", "activity", "agent"]),
    st.text(max_size=3),
    st.text(max_size=3),
    st.none() | st.uuids(),
    st.text(max_size=3),
)


@given(PLACES, PLACES)
def test_two_places_have_one_key_only_if_they_are_the_same(one, other):
    assert (one.key == other.key) == (one == other)
    same_context = (one.kind, one.activity_id, one.agent) == (
        other.kind,
        other.activity_id,
        other.agent,
    )
    assert (one.context_key == other.context_key) == same_context


def test_where_one_part_ends_matters():
    assert Place("state", "ab", "c").key != Place("state", "a", "bc").key
    assert Place("state", "a", "b", UUID(int=1)).key != Place("state", "a", "b").key
