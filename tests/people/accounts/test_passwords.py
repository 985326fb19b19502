"""Start passwords: of one person each, and good enough to be kept."""

from aarportal.people.accounts.own_password.rules import refusal
from aarportal.people.accounts.passwords import start_password


def test_start_passwords_are_of_one_person_each_and_would_be_taken():
    made = {start_password() for _ in range(200)}
    assert len(made) == 200
    assert not [it for it in made if refusal(it, is_staff=False, own_words=["aoi", "hinata-e"])]
