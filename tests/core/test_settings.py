"""The portal refuses to start half-configured."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from aarportal.settings import Settings, SettingsError

GOOD = {"AARPORTAL_SECRET_KEY": "s" * 32}
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
NAMES = {each.name: f"AARPORTAL_{each.name.upper()}" for each in fields(Settings)}
#: What other values look like, where it is not a number.
OTHER = {
    "security_contact": "mailto:x@y.example",
    "secret_key": "another secret key, and long enough", "data_dir": "/elsewhere",
    "database_url": "sqlite:////elsewhere/portal.db", "product_name": "わ", "cookie_secure": "0",
    "demo": "1", "attachments": "s3://bucket/prefix",
    "unversioned_xapi": "2.0.0", "public_url": "https://p.example/",
    "account_home_page": "https://idp.example/", "private_roster_sources": "1",
    "data_keys": "k" * 32, "second_factor": "required", "private_issuers": "1",
    "private_platforms": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({}, "AARPORTAL_SECRET_KEY"),
        ({"AARPORTAL_SECRET_KEY": "short"}, "32 random characters"),
        (GOOD | {"AARPORTAL_THREADS": "many"}, "AARPORTAL_THREADS has to be a whole number"),
        (GOOD | {"AARPORTAL_DATA_KEYS": f"{'k' * 32},short"}, "32 characters"),
        (GOOD | {"AARPORTAL_WORKERS": "2"}, "needs PostgreSQL"),
        (GOOD | {"AARPORTAL_SECOND_FACTOR": "off"}, "for a demonstration"),
        (GOOD | {"AARPORTAL_SECOND_FACTOR": "maybe"}, "required or off"),
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


@pytest.mark.parametrize(("field", "name"), NAMES.items())
def test_every_setting_is_read_from_its_variable(field, name):
    # Only a demonstration has a choice here, and another default.
    demo = {"AARPORTAL_DEMO": "1"} if field == "second_factor" else {}
    usual = Settings.from_env(GOOD | demo)
    env = {**GOOD, **demo, "AARPORTAL_DATABASE_URL": "postgresql+psycopg://x/y"}
    given = Settings.from_env({**env, name: OTHER.get(field, "7")})
    assert getattr(given, field) != getattr(usual, field)


def test_the_readme_has_a_row_for_every_setting_and_for_no_other():
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `AARPORTAL_")]
    named = [name for row in rows for name in re.findall(r"`(AARPORTAL_\w+)`", row)]
    assert sorted(named) == sorted(NAMES.values())
