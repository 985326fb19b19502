"""A second proof: a device that makes codes, and codes on paper for when it is lost.

Nobody's scope reaches these rows. Each operation opens its own unit of work, so that no hash is
made while a writer waits, and writes for whom it did what.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import (
    InvalidError,
    NotAllowedError,
    NotProvedError,
    NotSignedInError,
    StateError,
)
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.sealing import SealedError, Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords
from aarportal.people.accounts import store as accounts
from aarportal.people.accounts.proofs import FRESH_FOR
from aarportal.people.accounts.second_factor import recovery, store, totp
from aarportal.people.accounts.second_factor.models import RecoveryCode, SecondFactor
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.tokens import hash_of

_logger = logging.getLogger(__name__)
_REASON = "second factor"


@dataclass(frozen=True)
class Standing:
    """What a person has.

    Attributes:
        since: When the device was confirmed; None without one.
        codes_left: Codes on paper that were not used.
        secret: Of a device that is to be confirmed in this session; empty otherwise.
    """

    since: datetime | None
    codes_left: int
    secret: str = ""


def standing(scope: Scope, token: str) -> Standing:
    """What the person has who asks, from the session with this token."""
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        row = store.factor(system, scope.actor_id)
        if row is None:
            return Standing(None, 0)
        secret = row.secret.reveal() if _is_begun_here(system, row, token) else ""
        return Standing(row.confirmed_at, store.codes_left(system, scope.actor_id), secret)


def begin(scope: Scope, token: str) -> None:
    """Make a secret for a device; until it is confirmed it proves nothing.

    No other session sees it, and none after a while: whoever knew the password for a moment would
    leave a secret behind whose copy they have, for the owner to confirm.

    Args:
        scope: Of the person.
        token: Of the session that begins, and that confirms it.

    Raises:
        NotSignedInError: If nobody holds this token.
        StateError: If the person has a device already: it is taken away first.
    """
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        row = store.factor(system, scope.actor_id, lock=True)
        if row is not None and row.confirmed_at is not None:
            raise StateError("second factor")
        begun_in = _session_id(system, token)
        if begun_in is None:
            raise NotSignedInError
        if row is not None:
            system.session.delete(row)
            system.session.flush()
        system.session.add(
            SecondFactor(
                district_id=scope.district_id,
                user_id=scope.actor_id,
                secret=Secret(totp.new_secret()),
                begun_at=clock.now(),
                begun_in=begun_in,
            )
        )
        audit.record(system, "second_factor:begun", scope.actor_id)


def confirm(scope: Scope, token: str, code: str) -> list[str]:
    """Take the first code of the device, and return the codes on paper, which are kept nowhere.

    Args:
        scope: Of the person.
        token: Of the session that began.
        code: As the device shows it.

    Raises:
        InvalidError: If the code is not the device's (`code`), or none was begun in this session
            within the last minutes (`over`).
        StateError: If the person has a device already.
    """
    codes = recovery.new_codes()
    rows = _hashed(scope, codes)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        row = store.factor(system, scope.actor_id, lock=True)
        if row is not None and row.confirmed_at is not None:
            raise StateError("second factor")
        if row is None or not _is_begun_here(system, row, token):
            raise InvalidError("code", "over")
        step = totp.step_of(row.secret.reveal(), code, clock.now(), row.last_step)
        if step is None:
            raise InvalidError("code", "code")
        row.confirmed_at, row.last_step, row.begun_in = clock.now(), step, None
        _replace_codes(system, scope.actor_id, rows)
        audit.record(system, "second_factor:set", scope.actor_id)
    return codes


def renew_codes(scope: Scope) -> list[str]:
    """Ten new codes on paper; those of before work no more.

    Raises:
        NotProvedError: If it is not proved in two ways who asks: each code is a second proof.
        StateError: If the person has no device.
    """
    _check_strong(scope)
    codes = recovery.new_codes()
    rows = _hashed(scope, codes)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        if not store.is_enrolled(system, scope.actor_id):
            raise StateError("second factor")
        _replace_codes(system, scope.actor_id, rows)
        audit.record(system, "recovery_codes:set", scope.actor_id)
    return codes


def remove_own(scope: Scope) -> None:
    """Take one's own device away.

    Raises:
        NotProvedError: If it is not proved in two ways who asks.
    """
    _check_strong(scope)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        _remove(system, scope.actor_id)


def remove_of(scope: Scope, user_id: UUID) -> None:
    """The office takes away the device that somebody of its staff has lost.

    Raises:
        NotAllowedError: If it is their own, or of somebody whom they may not help.
        NotFoundError: If there is no such person here.
    """
    if not scope.is_strong:
        raise NotAllowedError("second factor")
    sessions.check_help(scope, user_id)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        _remove(system, user_id)
        # Whoever has found the device may be in with it.
        sessions.end_all(system, user_id)


def remove_by_hand(code: str, login_id: str) -> bool:
    """Take a device away where nobody is left who could, and say whether there is such a person.

    Args:
        code: Of the school or the district.
        login_id: Whose.
    """
    with unit_of_work(SystemScope("a second factor is taken away by hand")) as system:
        found = accounts.applicant(system, code, login_id, clock.today())
        if found is None:
            return False
        _remove(system, found.account.user_id)
        sessions.end_all(system, found.account.user_id)
        return True


def takes(user_id: UUID, typed: str) -> bool:
    """Whether what was typed is a code of the person's device, or on their paper; used up then."""
    digits = "".join(each for each in typed if each.isdecimal())
    if len(digits) == totp.DIGITS == len("".join(typed.split())):
        return _takes_code(user_id, str(int(digits)).zfill(totp.DIGITS))
    read = recovery.read(typed)
    return read is not None and _takes_paper(user_id, *read)


def _check_strong(scope: Scope) -> None:
    if not scope.is_strong:
        raise NotProvedError("strong")


def _session_id(system: SystemScope, token: str) -> UUID | None:
    row = accounts.sign_in_session(system, hash_of(token))
    return row.id if row else None


def _is_begun_here(system: SystemScope, row: SecondFactor, token: str) -> bool:
    """Whether a device waits for its first code, and for that of this session."""
    is_waiting = row.begun_in is not None and clock.now() - row.begun_at < FRESH_FOR
    return is_waiting and row.begun_in == _session_id(system, token)


def _takes_code(user_id: UUID, code: str) -> bool:
    with unit_of_work(SystemScope(_REASON)) as system:
        row = store.factor(system, user_id, lock=True)
        if row is None or row.confirmed_at is None:
            return False
        step = totp.step_of(_secret_of(row), code, clock.now(), row.last_step)
        if step is None:
            return False
        row.last_step = step
        audit.record(system, "second_factor:used", user_id, district_id=row.district_id)
        return True


def _secret_of(row: SecondFactor) -> str:
    """The secret; any other one if its key is lost: paper still opens, and the office helps."""
    try:
        return row.secret.reveal()
    except SealedError:
        _logger.exception("a device for codes cannot be read any more: its key is lost")
        return totp.new_secret()


def _takes_paper(user_id: UUID, number: int, word: str) -> bool:
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        row = store.recovery_code(system, user_id, number)
        kept = row.code_hash if row else None
    if not passwords.matches(word, kept):
        return False
    with unit_of_work(SystemScope(_REASON)) as system:
        row = store.recovery_code(system, user_id, number, lock=True)
        if row is None or row.code_hash != kept:
            return False
        system.session.delete(row)
        audit.record(system, "recovery_code:used", user_id, district_id=row.district_id)
        return True


def _hashed(scope: Scope, codes: list[str]) -> list[RecoveryCode]:
    rows = []
    for code in codes:
        read = recovery.read(code)
        assert read is not None
        number, word = read
        hashed = passwords.hash_password(word)
        rows.append(
            RecoveryCode(
                district_id=scope.district_id,
                user_id=scope.actor_id,
                number=number,
                code_hash=hashed,
            )
        )
    return rows


def _replace_codes(system: SystemScope, user_id: UUID, rows: list[RecoveryCode]) -> None:
    store.forget_codes(system, user_id)
    store.add_codes(system, rows)


def _remove(system: SystemScope, user_id: UUID) -> None:
    row = store.factor(system, user_id, lock=True)
    if row is None:
        return
    store.forget_codes(system, user_id)
    system.session.delete(row)
    audit.record(system, "second_factor:removed", user_id)
