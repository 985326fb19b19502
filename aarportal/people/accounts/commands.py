"""Commands about accounts."""

import csv
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.people.accounts import operations, passwords, store

#: Letters and digits that nobody mixes up when they read them from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


@click.command("open-accounts")
@click.option("--school", required=True, help="Code of the school.")
@click.option("--csv", "target", type=click.Path(path_type=Path), help="Write the list here.")
@click.pass_obj
def open_accounts(make_app: Callable[[], Flask], school: str, target: Path | None) -> None:
    """Give everybody of a school who has none a login id and a password, and list them once."""
    app = make_app()
    rows: list[tuple[str, str, str]] = []
    with app.app_context(), unit_of_work(SystemScope("accounts are opened")) as scope:
        people = store.people_without_account(scope, school)
        if people is None:
            raise click.ClickException(f"There is no school with the code {school!r}.")
        for user in people:
            login_id = user.username.partition("@")[0] or user.sourced_id
            password = _password()
            operations.open_account(
                scope, user.district_id, user.id, login_id, passwords.hash_password(password)
            )
            rows.append((f"{user.family_name} {user.given_name}", login_id, password))
    if target is None:
        _write(sys.stdout, rows)
    else:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            _write(file, rows)
    click.echo(f"{len(rows)} accounts opened.", err=True)


def _write(file: object, rows: list[tuple[str, str, str]]) -> None:
    writer = csv.writer(file)  # type: ignore[arg-type]
    writer.writerow(("name", "login_id", "password"))
    for row in rows:
        # A cell that begins like a formula would be run by a spreadsheet.
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@" else cell for cell in row])


def _password() -> str:
    """Two short words of letters with digits: 10 characters, 45 bits, easy to copy."""
    word = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return word + "-" + "".join(secrets.choice(_DIGITS) for _ in range(4))


COMMANDS = [open_accounts]
