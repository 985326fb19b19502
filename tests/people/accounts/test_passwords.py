"""Which passwords are taken."""

import pytest

from aarportal.people.accounts.passwords import objection, start_password

KNOWN = {"aoi", "髙﨑", "葵", "たかさき", "あおい", "hinata-e"}


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("ねこと7つの山", "short"), ("x" * 201, "long"), ("aaaaaaaa", "common"),
        ("password", "common"), ("Password123!", "common"), ("ＰＡＳＳＷＯＲＤ１", "common"),
        ("12345678", "common"), ("qwertyuiop", "common"), ("20150415", "common"),
        ("さくら2015さくら", ""), ("あいうえお123", "common"), ("aoi-aoi-1", "known"),
        ("たかさきあおい1", "known"), ("hinata-e1", "known"), ("ねこと やまと うみ", ""),
        ("correct horse", ""),
    ],
)  # fmt: skip
def test_of_a_child(password, rule):
    assert objection(password, KNOWN, of_staff=False) == rule


@pytest.mark.parametrize(("password", "rule"), [("correct hor", "short"), ("correct hors", "")])
def test_of_staff_it_is_longer(password, rule):
    assert objection(password, KNOWN, of_staff=True) == rule


def test_start_passwords_are_of_one_person_each_and_would_be_taken():
    made = {start_password() for _ in range(200)}
    assert len(made) == 200
    assert not [it for it in made if objection(it, KNOWN, of_staff=False)]
