"""Lists as they are read page by page: each row once, in order, and those that a filter means."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.people.roster.rest import filters
from aarportal.people.roster.rest.entities import TYPES
from aarportal.people.roster.rest.refusals import RosterRequestError
from tests.people.roster.rest.service import System, client, open_district, settle

LISTS = sorted(TYPES)
SIGNS = ("=", "!=", ">", ">=", "<", "<=", "~")
WORDS = ("", "a", "A", "山", "x'1", "%", "_", "2026-04-01", "2026-09-30", "true", "false", "active")
MOMENT = datetime(2026, 5, 1, 3, 4, 5, 678000, tzinfo=UTC)
house = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def reader(app):
    open_district(app)
    with app.app_context():
        settle(MOMENT)
        made = client()
    return System(app, made)


def test_page_after_page_gives_each_row_once_in_order(reader):
    whole = {name: reader.objects(f"/{name}", limit=1000) for name in LISTS}

    @house
    @given(st.sampled_from(LISTS), st.integers(1, 9), st.data())
    def read(name, limit, data):
        field = data.draw(st.sampled_from(sorted(TYPES[name])))
        order = data.draw(st.sampled_from(["asc", "desc"]))
        seen = []
        while page := reader.objects(
            f"/{name}", limit=limit, offset=len(seen), sort=field, orderBy=order
        ):
            assert len(page) <= limit
            seen += page
        ids = [each["sourcedId"] for each in seen]
        assert sorted(ids) == sorted(each["sourcedId"] for each in whole[name])
        texts = [filters.text_at(each, field) for each in seen]
        assert texts == sorted(texts, reverse=order == "desc")

    read()


def test_a_filter_means_the_same_as_looking_at_each_object(reader):
    whole = {name: reader.objects(f"/{name}", limit=1000) for name in LISTS}

    def clause(data, name: str) -> str:
        field = data.draw(st.sampled_from(sorted(TYPES[name])))
        given_values = [filters.text_at(each, field) for each in whole[name]]
        value = data.draw(st.sampled_from(given_values) | st.sampled_from(WORDS))
        sign = data.draw(st.sampled_from(SIGNS))
        return f"{field}{sign}'{value.replace(chr(39), chr(39) * 2)}'"

    @settings(house, max_examples=250)
    @given(st.sampled_from(LISTS), st.data())
    def ask(name, data):
        text = clause(data, name)
        if data.draw(st.booleans()):
            text += data.draw(st.sampled_from([" AND ", " OR "])) + clause(data, name)
        answer = reader.get(f"/{name}", filter=text, limit=1000)
        try:
            asked = filters.parse(text)
            wanted = [each for each in whole[name] if filters.fits(each, asked, TYPES[name])]
        except RosterRequestError:
            assert answer.status_code == 400, text
            return
        assert answer.status_code == 200, (text, answer.text)
        [found] = answer.json.values()
        assert {each["sourcedId"] for each in found} == {each["sourcedId"] for each in wanted}, text
        assert answer.headers["X-Total-Count"] == str(len(wanted))

    ask()


def test_a_change_of_what_somebody_is_changes_the_person(reader):
    since = reader.ids("/users", filter=f"dateLastModified>'{MOMENT.isoformat()}'")
    assert len(since) == 2, "one whose name and one whose role was changed"
    stamp = reader.objects("/users", filter="dateLastModified>'2026-06-01'", limit=1)
    assert stamp[0]["dateLastModified"] == "2027-05-01T03:04:05.678Z"


def test_a_page_behind_the_last_one_still_says_how_many_there_are(reader):
    whole = reader.get("/users", limit=1)
    behind = reader.get("/users", limit=5, offset=1000, sort="familyName")
    assert behind.json["users"] == []
    assert behind.headers["X-Total-Count"] == whole.headers["X-Total-Count"]
