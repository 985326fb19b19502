"""What offices enter about other systems is checked in one way."""

import pytest

from aarportal.core import partners
from aarportal.core.errors import InvalidError
from tests.cast import HINATA, IWA, OKA, PRIMARY, scope_of


def rule_of(check, *given, **options):
    with pytest.raises(InvalidError) as refused:
        check(*given, **options)
    return refused.value.field, refused.value.rule


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("", "not_https"),
        ("http://lms.example/auth", "not_https"),
        ("https://", "address"),
        ("https://user@lms.example/", "address"),
        ("https://lms.example/a;script-src", "address"),
        ("https://lms.example/ a", "address"),
        ("https://lms.example/\u3042", "address"),
        ("https://lms.example:port/", "address"),
        ("https://lms.example/#part", "address"),
        ("https://lms.example/?a=b", "address"),
        ("https://lms.example/" + "a" * partners.MAX_TEXT, "too_long"),
    ],
)
def test_an_address_that_cannot_be_asked(url, rule):
    assert rule_of(partners.check_address, "url", url, private=False) == ("url", rule)


def test_addresses_that_can_be_asked():
    partners.check_address("url", "https://lms.example/auth", private=False)
    partners.check_address("url", "https://lms.example/auth?a=b", private=False, with_query=True)
    partners.check_address("url", "http://192.168.0.2:8080/auth", private=True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "required"), (" ", "required"), ("a\nb", "required"), ("a" * 41, "too_long")],
)
def test_a_title_that_cannot_be_shown(text, rule):
    assert rule_of(partners.check_text, "title", text, 40) == ("title", rule)


def test_a_secret_may_be_left_out_only_where_one_is_kept():
    partners.check_secret("", needed=False)
    assert rule_of(partners.check_secret, "", needed=True) == ("secret", "required")
    much = "a" * (partners.MAX_TEXT + 1)
    assert rule_of(partners.check_secret, much, needed=False) == ("secret", "too_long")


def test_an_entry_is_the_schools_or_the_whole_districts():
    office, board = scope_of(OKA), scope_of(IWA)
    of_school = {"district_id": HINATA, "school_id": PRIMARY, "made_by": OKA.id}
    assert partners.entered_by(office) == of_school
    assert partners.entered_by(board) == of_school | {"school_id": None, "made_by": IWA.id}
