"""Whatever stands in an address, a page of a list is asked for."""

import pytest

from aarportal.web.paging import asked_page


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("1", 1), ("007", 7), ("99999", 99999), ("100000", 99999), ("9" * 5000, 99999)]
    + [(text, 1) for text in ("0", "-3", "x", "1.5", "１", "²")],
)
def test_a_page_is_a_number_or_the_first(app, text, number):
    with app.test_request_context(query_string={"page": text, "talk": "5"}):
        assert asked_page() == number
        assert asked_page("talk") == 5


def test_the_page_of_a_form_that_was_sent_counts(app):
    with app.test_request_context(method="POST", data={"page": "3"}):
        assert asked_page() == 3
