"""Commands about accounts."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TextIO

import click
from flask import Flask

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.tables.writing import Sheet
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations, passwords, store
from aarportal.people.accounts.store import Newcomer

_REASON = "accounts are opened"
_COLUMNS = ("class", "attendance_no", "name", "login_id", "password")
#: What the field of the sign-in page takes.
_LONGEST_LOGIN_ID = 80


@dataclass(frozen=True)
class _Slip:
    """What one person is told, and what is kept of it."""

    newcomer: Newcomer
    login_id: str
    password: str
    password_hash: str


@click.command("open-accounts")
@click.option("--school", required=True, help="Code of the school.")
@click.option(
    "--csv",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the list to this new file, which only you can read.",
)
@click.pass_obj
def open_accounts(make_app: Callable[[], Flask], school: str, target: Path | None) -> None:
    """Give everybody of a school who has none a login id and a password, and list them once."""
    app = make_app()
    with app.app_context():
        newcomers, taken = _newcomers(school)
        # A hash takes tens of milliseconds by intention: six hundred of them would keep every
        # other writer waiting if they were made inside the unit of work.
        slips = _slips(newcomers, taken)
        if slips:
            _open(slips, target)
    click.echo(f"{len(slips)} accounts opened.", err=True)


def _newcomers(school: str) -> tuple[list[Newcomer], set[str]]:
    """The people to open accounts for, and the login ids that are taken.

    Raises:
        ClickException: If there is no such school.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        newcomers = store.people_without_account(scope, school, clock.today())
        if newcomers is None:
            raise click.ClickException(f"There is no school with the code {school!r}.")
        if not newcomers:
            return [], set()
        return newcomers, store.login_ids(scope, newcomers[0].user.district_id)


def _open(slips: Sequence[_Slip], target: Path | None) -> None:
    """Open the accounts; the list is out before the commit, or nothing has happened.

    Raises:
        ClickException: If the list cannot be written.
    """
    with _opened(target) as file, unit_of_work(SystemScope(_REASON)) as scope:
        for slip in slips:
            user = slip.newcomer.user
            account = operations.open_account(
                scope, user.district_id, user.id, slip.login_id, slip.password_hash
            )
            account.must_change = True
        scope.session.flush()
        try:
            _write(file, slips)
        except OSError as error:
            raise click.ClickException(
                f"The list could not be written, so no account was opened: {error.strerror}"
            ) from error


def _slips(newcomers: Sequence[Newcomer], taken: Iterable[str]) -> list[_Slip]:
    given = set(taken)
    slips = []
    for newcomer in newcomers:
        login_id = _login_id(newcomer, given)
        given.add(login_id)
        password = passwords.start_password()
        slips.append(_Slip(newcomer, login_id, password, passwords.hash_password(password)))
    return slips


def _login_id(newcomer: Newcomer, taken: set[str]) -> str:
    """The short name before the @, or whatever of the roster is still free in the district."""
    user = newcomer.user
    for login_id in (user.username.partition("@")[0], user.username, user.sourced_id):
        fits = login_id and login_id == login_id.strip() and len(login_id) <= _LONGEST_LOGIN_ID
        if fits and login_id not in taken:
            return login_id
    return blake2b(user.id.bytes, digest_size=6).hexdigest()


@contextmanager
def _opened(target: Path | None) -> Iterator[TextIO]:
    """The file of the list; if the accounts are not opened after all, it is gone again.

    Raises:
        ClickException: If it exists already, or cannot be made.
    """
    if target is None:
        yield sys.stdout
        return
    try:
        # An older list may be the only copy of the passwords in it.
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            yield file
    except BaseException:
        target.unlink()
        raise


def _write(file: TextIO, slips: Iterable[_Slip]) -> None:
    sheet = Sheet(file)
    sheet.write([_COLUMNS])
    for slip in slips:
        user, newcomer = slip.newcomer.user, slip.newcomer
        number = "" if newcomer.attendance_no is None else str(newcomer.attendance_no)
        name = f"{user.family_name} {user.given_name}"
        row = (newcomer.class_title, number, name, slip.login_id, slip.password)
        sheet.write([row])
    file.flush()


COMMANDS = [open_accounts]
