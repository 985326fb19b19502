"""Coming in, going out, and choosing how to read."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords, store, ways
from aarportal.people.accounts.entering import acts_after_a_move
from aarportal.people.accounts.locks import operations as locks
from aarportal.people.accounts.locks import store as locks_store
from aarportal.people.accounts.models import Account, SessionTouch, SignInSession
from aarportal.people.accounts.pupil_view.operations import view_of
from aarportal.people.accounts.roles import ROLES
from aarportal.people.accounts.scopes.operations import scope_of
from aarportal.people.accounts.tokens import hash_of, new_token
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.tries.operations import PER_ADDRESS, Tried
from aarportal.people.accounts.ways import PASSWORD
from aarportal.people.roster.models import User

_logger = logging.getLogger(__name__)

#: A session lasts a school day; a shared device is locked by its idle time long before.
SESSION_LENGTH = timedelta(hours=10)

_LONGEST_DEVICE = 200


@dataclass(frozen=True)
class Entrance:
    """How somebody came in.

    Attributes:
        way: Name of the way, see `ways`.
        device: Browser and system, as far as they say so.
        is_strong: Whether they proved who they are in two ways.
        proved_at: When they did, if it was before this moment.
        until: When the session ends, if that is before others do.
        checked: The hash that the typed password was compared with; it has to be theirs still.
    """

    way: str
    device: str = ""
    is_strong: bool = False
    proved_at: datetime | None = None
    until: datetime | None = None
    checked: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignInDraft:
    """What somebody typed to come in."""

    code: str
    login_id: str
    password: str
    address: str
    """Where the request came from; only a keyed hash of it is kept."""
    device: str = ""
    until: datetime | None = None
    """Both as of an `Entrance`."""


@dataclass(frozen=True)
class ReadingDraft:
    """How somebody wants to read."""

    script: str
    text_size: str
    font: str
    language: str


def sign_in(draft: SignInDraft, secret: str) -> str:
    """Open a session and return its token.

    The password is checked outside any transaction: it takes tens of milliseconds, and a class of
    forty would queue up behind the one writer.

    Raises:
        InvalidError: If code, login id and password do not go together, never says which; or if
            the login id rests after too many tries, whether there is such a one or not.
        TooManyTriesError: If the account or the address has to wait.
    """
    with unit_of_work(SystemScope("sign-in"), read_only=True) as scope:
        attempt = _attempt(scope, draft, secret)
        tries.refuse_too_many(scope, (attempt.account, attempt.address))
        found, rests = _applicant(scope, attempt, attempt.school_id), _rests(scope, attempt)
        is_counted = tries.is_counted(scope, attempt.day)
        is_off = found is not None and _is_password_off(scope, found)
    checked = found.account.password_hash if found else None
    fits = passwords.matches(draft.password, checked)
    if rests or is_off or not fits or found is None or found.role not in ROLES:
        rests = _refused(attempt, found, rests=rests)
        raise InvalidError("password", "resting" if rests else "sign_in")
    if is_counted:
        with unit_of_work(SystemScope("sign-in")) as scope:
            tries.forget(scope, [attempt.day])
    entrance = Entrance(PASSWORD, draft.device, until=draft.until, checked=checked or "")
    return let_in(found, entrance)


@dataclass(frozen=True)
class _Attempt:
    """A login id that is tried somewhere, and what that is counted under."""

    district_id: UUID | None
    """None where nothing has the code that was typed."""
    school_id: UUID | None
    """None under the code of the district."""
    login_id: str
    account: Tried
    day: Tried
    address: Tried


def _attempt(scope: SystemScope, draft: SignInDraft, secret: str) -> _Attempt:
    district_id, school_id = store.district_and_school(scope, draft.code) or (None, None)
    account, day = tries.of_login(district_id or draft.code, draft.login_id, secret)
    address = tries.tried(PER_ADDRESS, draft.address, secret)
    return _Attempt(district_id, school_id, draft.login_id, account, day, address)


def _applicant(
    scope: SystemScope, attempt: _Attempt, school_id: UUID | None
) -> store.Applicant | None:
    """Who comes in with the login id at a school; without one, wherever in the district."""
    if attempt.district_id is None:
        return None
    place = (attempt.district_id, school_id)
    return store.applicant_at(scope, *place, attempt.login_id, clock.today())


def _rests(scope: SystemScope, attempt: _Attempt) -> bool:
    """Whether a login id opens to nobody just now, under whichever code of its district."""
    holder_id = None
    if attempt.district_id is not None:
        holder_id = store.login_holder(scope, attempt.district_id, attempt.login_id)
    # Asked of nobody, too: it takes as long for a login id that is unknown.
    is_locked = locks_store.is_locked(scope, holder_id or NOTHING)
    return tries.rests(scope, attempt.day) or is_locked


def _refused(attempt: _Attempt, found: store.Applicant | None, *, rests: bool) -> bool:
    """Count a try that did not succeed; says whether the login id rests now."""
    with unit_of_work(SystemScope("sign-in")) as scope:
        tries.count(scope, [attempt.address])
        audit.record(scope, "session:refused", attempt.account.key, district_id=attempt.district_id)
        if rests:
            return True
        tries.count(scope, [attempt.account])
        ends_at = tries.count_of_day(scope, attempt.day)
        if ends_at is None:
            return False
        # From here on the rest keeps everybody out. A child whom a teacher lets try again would
        # still wait for the minutes of these tries, with the right password.
        tries.forget(scope, [attempt.account])
        # It may have been tried under the code of another school of the district.
        holder = found or _applicant(scope, attempt, None)
        if holder is not None:
            # The lock says it, which a teacher can see and open.
            tries.forget(scope, [attempt.day])
            locks.lock(scope, holder, ends_at)
        return True


def let_in(found: store.Applicant, entrance: Entrance) -> str:
    """Open a session for somebody who has proved who they are, and return its token.

    Every way in ends here; no unit of work may be open.

    Args:
        found: Who, and where they belong.
        entrance: How they came.

    Raises:
        InvalidError: If nobody with this role has anything to do here, or if the password that was
            checked is not theirs any more.
    """
    role = ROLES.get(found.role)
    if role is None:
        raise InvalidError("role", "sign_in")
    with unit_of_work(SystemScope("sign-in")) as scope:
        if entrance.checked:
            account = store.account(scope, found.account.user_id, lock=True)
            if account.password_hash != entrance.checked:
                # Somebody gave them another one meanwhile, and closed what was open.
                raise InvalidError("password", "sign_in")
        token = _open_session(scope, found, role, entrance)
    _settle_in(token)
    return token


def role_of(role: str) -> Role | None:
    """What somebody with this role of the roster is here; None if they cannot come in."""
    return ROLES.get(role)


def is_same_person(before: str, after: str) -> bool:
    """Whether two tokens are of sessions of the same person, and that of before is still open."""
    with unit_of_work(SystemScope("who is asking"), read_only=True) as scope:
        rows = [store.sign_in_session(scope, hash_of(token)) for token in (before, after)]
        open_rows = [row for row in rows if row is not None and row.closes_at > clock.now()]
        return len(open_rows) == 2 and open_rows[0].user_id == open_rows[1].user_id


def sign_out(token: str) -> None:
    """Close the session with this token; a token that is not known is no error."""
    with unit_of_work(SystemScope("sign-out")) as scope:
        row = store.sign_in_session(scope, hash_of(token))
        if row:
            audit.record(scope, "session:closed", row.user_id, district_id=row.district_id)
            if row.sees_as:
                audit.record(
                    scope, "pupil_view:ended", row.sees_as,
                    student_id=row.sees_as, district_id=row.district_id,
                )  # fmt: skip
            scope.session.delete(row)


def who(token: str) -> tuple[Scope, store.Known] | None:
    """The scope of the person who holds this token, and what their page needs to know."""
    with unit_of_work(SystemScope("who is asking"), read_only=True) as system:
        known = store.known(system, hash_of(token), clock.now(), clock.today())
        if known is None:
            return None
        scope = scope_of(system, known)
        if known.session.sees_as is not None:
            day = clock.today()
            return view_of(system, scope, known, known.session.sees_as, day) or (scope, known)
        return scope, known


def take_turn(scope: Scope) -> None:
    """What a student writes waits for what they, or apps on their behalf, write at this moment.

    Two taps at once, or a goal and the first record of a lap, would not see each other
    (PostgreSQL; SQLite has one writer). Staff write about many students and wait for nobody.
    """
    if scope.role is Role.STUDENT:
        store.lock_person(scope)


def set_reading(scope: Scope, draft: ReadingDraft) -> Account:
    """Keep how the person wants to read."""
    account = store.own_account(scope)
    account.script = draft.script
    account.text_size = draft.text_size
    account.font = draft.font
    account.language = draft.language
    audit.record(scope, "preferences:set", scope.actor_id)
    return account


def open_account(
    scope: SystemScope, district_id: UUID, user_id: UUID, login_id: str, password_hash: str
) -> Account:
    """Give a person of the roster a login id and a password."""
    account = Account(
        district_id=district_id, user_id=user_id, login_id=login_id, password_hash=password_hash
    )
    scope.session.add(account)
    audit.record(scope, "account:opened", user_id, district_id=district_id)
    return account


def account_without_password(scope: SystemScope, user: User) -> Account:
    """An account for a person of the roster who has none and comes in another way.

    No password fits it. Its login id is the username of the roster, which somebody can type who is
    given a password one day; only where another has that, it is one that nobody has.
    """
    is_free = user.username and not store.is_login_taken(scope, user.district_id, user.username)
    login_id = user.username if is_free else user.id.hex
    return open_account(scope, user.district_id, user.id, login_id, passwords.NO_PASSWORD)


def _is_password_off(scope: SystemScope, found: store.Applicant) -> bool:
    return ways.is_password_off(scope, found.account.district_id, found.school_id, found.role)


def _settle_in(token: str) -> None:
    """Have done what is to be done for a student who was at another school before.

    The student is in already: what cannot be done now keeps nobody out, and is done at the next
    sign-in.
    """
    found = who(token)
    if found is None or found[0].role is not Role.STUDENT or not found[0].other_school_ids:
        return
    for act in acts_after_a_move():
        try:
            with unit_of_work(found[0]) as scope:
                take_turn(scope)
                act(scope)
        except Exception:
            _logger.exception("what is left of a school before could not be settled")


def _open_session(
    scope: SystemScope, found: store.Applicant, role: Role, entrance: Entrance
) -> str:
    token = new_token()
    now = clock.now()
    proved_at = min(entrance.proved_at or now, now)
    # Those of before that are over leave together with their traces of use.
    store.forget_ended_sessions(scope, found.account.user_id, now)
    row = SignInSession(
        token_hash=hash_of(token),
        district_id=found.account.district_id,
        user_id=found.account.user_id,
        school_id=found.school_id,
        role=role,
        opened_at=now,
        closes_at=min(now + SESSION_LENGTH, entrance.until or now + SESSION_LENGTH),
        way=entrance.way,
        device=entrance.device[:_LONGEST_DEVICE],
        proved_at=proved_at,
        strong_at=proved_at if entrance.is_strong else None,
    )
    scope.session.add(row)
    if role not in WITHOUT_SECOND_FACTOR:
        scope.session.flush()
        scope.session.add(SessionTouch(session_id=row.id, district_id=row.district_id, seen_at=now))
    audit.record(
        scope, "session:opened", row.user_id, district_id=row.district_id, detail=entrance.way
    )
    return token
