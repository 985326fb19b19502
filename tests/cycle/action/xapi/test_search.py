"""Posting lists: that what is found is what looking at everything finds, however it is cut up."""

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi import forms
from aarportal.cycle.action.xapi.search import (
    AllOf,
    AnyOf,
    Effort,
    Postings,
    Query,
    Search,
    end_of_stretch,
    slice_down,
    slice_up,
)
from aarportal.cycle.action.xapi.terms import STRETCH, pack, terms_of
from tests.cycle.action.xapi import oracle, strategies
from tests.cycle.action.xapi.example import decode
from tests.cycle.action.xapi.oracle import Stored


class Index:
    """An index in memory, its rows cut as chance has it; knows how many of them were read."""

    def __init__(self, rows: dict[int, list[list[int]]]) -> None:
        self.rows = {
            term: sorted((max(row), pack(row)) for row in lists) for term, lists in rows.items()
        }
        self.read = 0

    def source(self, term: int, query: Query, effort: Effort):
        rows = self.rows.get(term, [])

        def count_in(found, count):
            found = found[:count]
            self.read += len(found)
            effort.spend(len(found))
            return found

        def up(start, count):
            return slice_up(count_in([r for r in rows if r[0] >= start], count), start, count)

        def down(start, count):
            found = [row for row in reversed(rows) if row[0] <= end_of_stretch(-start)]
            return slice_down(count_in(found, count), start, count)

        return up if query.ascending else down

    def search(self, query: Query, rows: int = 10**9) -> Search:
        effort = Effort(rows)
        lists = [
            AnyOf([Postings(self.source(term, query, effort)) for term in any_of])
            for any_of in query.wanted
        ]
        return Search(AllOf(lists, effort), query.start, query.end)


#: Places within a few stretches of the log, many of them side by side.
places = st.integers(0, 3).flatmap(
    lambda stretch: st.integers(0, 40).map(lambda at: stretch * STRETCH + at * 37)
)


@st.composite
def postings(draw):
    """Rows of one term: places that lie in one stretch, some of them in two rows."""
    found = draw(st.lists(places, max_size=60))
    rows: dict[tuple[int, int], list[int]] = {}
    for place in found:
        rows.setdefault((place // STRETCH, draw(st.integers(0, 3))), []).append(place)
    # No two rows of a term end at the same place: that is their key.
    by_end: dict[int, list[int]] = {}
    for row in rows.values():
        by_end.setdefault(max(row), []).extend(row)
    return [sorted(set(row)) for row in by_end.values()]


indexes = st.dictionaries(st.integers(1, 5), postings(), max_size=5)


@st.composite
def queries(draw):
    sets = st.frozensets(st.integers(1, 6), min_size=1, max_size=3)
    first, last = sorted((draw(places), draw(places)))
    wanted = draw(st.lists(sets, min_size=1, max_size=3))
    return Query(tuple(wanted), first, last, draw(st.booleans()), 10)


def brute(rows: dict[int, list[list[int]]], query: Query) -> list[int]:
    """The keys that a query finds, by looking at every place."""
    at = {term: {place for row in lists for place in row} for term, lists in rows.items()}
    everything = set().union(*at.values()) if at else set()
    found = [
        query.key(place)
        for place in everything
        if query.first <= place <= query.last
        and all(any(place in at.get(term, ()) for term in any_of) for any_of in query.wanted)
    ]
    return sorted(found)


@given(indexes, queries(), st.integers(1, 7))
def test_what_is_found_is_what_stands_in_every_list(rows, query, chunk):
    search = Index(rows).search(query)
    found: list[int] = []
    while keys := search.take(chunk):
        found.extend(keys)
    assert found == brute(rows, query)
    assert search.rest is None


@given(indexes, queries(), st.integers(1, 20))
def test_an_effort_that_is_spent_loses_nothing(rows, query, effort):
    """Whoever goes on from page to page sees each key once, whatever a page may read."""
    index, whole, found = Index(rows), query, []
    for _ in range(1000):
        search = index.search(query, rows=effort)
        found.extend(search.take(3))
        if search.rest is None:
            break
        place = query.key(search.rest)
        first, last = (place, query.last) if query.ascending else (query.first, place)
        query = Query(query.wanted, first, last, query.ascending, query.limit)
    assert found == brute(rows, whole)


def test_many_rows_in_one_stretch_are_got_through():
    rows = {1: [[place] for place in range(3000)]}
    for ascending in (True, False):
        query = Query((frozenset({1}),), 0, STRETCH, ascending, 1)
        assert len(Index(rows).search(query).take(5000)) == 3000


def test_a_page_of_a_long_list_costs_a_page():
    """Ten thousand stretches, one row in each: a page reads a few of them."""
    rows = {1: [[number * STRETCH] for number in range(10_000)]}
    for ascending in (True, False):
        index = Index(rows)
        query = Query((frozenset({1}),), 0, 10_000 * STRETCH, ascending, 1)
        assert len(index.search(query).take(20)) == 20
        assert index.read < 100


def test_a_rare_term_beside_a_common_one_costs_what_is_rare():
    """What lies between two statements of a child is not read for a verb that all use."""
    common = [[number * STRETCH + at for at in range(5)] for number in range(10_000)]
    rare = [[number * STRETCH + 3] for number in range(0, 10_000, 2000)]
    for ascending in (True, False):
        index = Index({1: common, 2: rare})
        query = Query((frozenset({1}), frozenset({2})), 0, 10_000 * STRETCH, ascending, 1)
        assert len(index.search(query).take(100)) == 5
        assert index.read < 500


# --- terms ----------------------------------------------------------------------------------------


def wishes(bodies: list[dict]):
    """Queries for what some of the statements say."""
    named = [
        agent
        for body in bodies
        for agent in (body["actor"], body.get("context", {}).get("instructor", {}))
        if oracle.identity(agent)
    ]
    activities = {each for body in bodies for each in oracle.activities_around(body)}
    registrations = {
        body["context"]["registration"]
        for body in bodies
        if "registration" in body.get("context", {})
    }
    options = {
        "verb": st.sampled_from(sorted({body["verb"]["id"] for body in bodies})),
        "related_agents": st.booleans(),
        "related_activities": st.booleans(),
    }
    if named:
        options["agent"] = st.sampled_from(named)
    if activities:
        options["activity"] = st.sampled_from(sorted(activities))
    if registrations:
        options["registration"] = st.sampled_from(sorted(registrations))
    return st.fixed_dictionaries({}, optional=options)


def parameters(wanted: dict) -> dict[str, str]:
    """A query as it stands in an address."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in wanted.items()
    }


@given(st.data())
def test_terms_say_of_any_statement_what_looking_at_it_says(data):
    bodies = data.draw(st.lists(strategies.statements(), min_size=1, max_size=4))
    wanted = data.draw(wishes(bodies))
    query = forms.query(parameters(wanted), 100)
    for body in bodies:
        terms = terms_of(decode([body])[0])
        found = all(any_of & terms for any_of in query.wanted)
        assert found == oracle.fits(body, wanted), (body, wanted)


@given(st.data())
def test_a_query_over_the_index_answers_what_looking_at_every_statement_answers(data):
    bodies = data.draw(st.lists(strategies.statements(), min_size=1, max_size=6))
    for number, body in enumerate(bodies):
        body["id"] = str(UUID(int=number))
    # Who refers to whom is looked at where the store is.
    bodies = [body for body in bodies if oracle.kind(body) != "StatementRef"]
    if not bodies:
        return
    wanted = {**data.draw(wishes(bodies)), "ascending": data.draw(st.booleans())}
    stored = [Stored(body, number * STRETCH // 2) for number, body in enumerate(bodies)]
    rows: dict[int, list[list[int]]] = {}
    for each in stored:
        for term in terms_of(decode([each.body])[0]):
            rows.setdefault(term, []).append([each.stored_at])
    query = forms.query(parameters(wanted), 100)
    if not query.wanted:
        return
    found = Index(rows).search(query).take(100)
    assert [stored[abs(key) * 2 // STRETCH].id for key in found] == oracle.answer(stored, wanted)
