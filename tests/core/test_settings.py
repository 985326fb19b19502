"""The portal refuses to start half-configured."""

import pytest

from aarportal.settings import Settings, SettingsError

GOOD = {"AARPORTAL_SECRET_KEY": "s" * 32}


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({}, "AARPORTAL_SECRET_KEY"),
        ({"AARPORTAL_SECRET_KEY": "short"}, "32 random characters"),
        (GOOD | {"AARPORTAL_THREADS": "many"}, "AARPORTAL_THREADS has to be a whole number"),
        (GOOD | {"AARPORTAL_WORKERS": "2"}, "needs PostgreSQL"),
    ],
)
def test_what_is_missing_is_named(env, says):
    with pytest.raises(SettingsError, match=says):
        Settings.from_env(env)


def test_cookies_are_secure_unless_somebody_says_otherwise():
    assert Settings.from_env(GOOD).cookie_secure
    assert not Settings.from_env(GOOD | {"AARPORTAL_COOKIE_SECURE": "0"}).cookie_secure


def test_several_workers_are_fine_on_postgresql():
    env = GOOD | {"AARPORTAL_WORKERS": "4", "AARPORTAL_DATABASE_URL": "postgresql+psycopg://x/y"}
    assert Settings.from_env(env).workers == 4
