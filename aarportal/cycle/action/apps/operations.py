"""Learning apps that may send statements, and how they prove who they are."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.ids import new_id
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.action import store
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.apps import store as apps
from aarportal.cycle.action.apps.addresses import is_home_page, is_origin
from aarportal.cycle.action.apps.portal import portal_id
from aarportal.cycle.action.models import AppDay, LearningApp
from aarportal.people.roster.models import School

#: How long the secret before the last one goes on working: senders are changed by hand.
PREVIOUS_SECRET_HOURS = 24
MAX_TITLE = 60
MOST_ADDRESSES = 20

_NO_HASH = bytes(sha256().digest_size)


@dataclass(frozen=True)
class Credential:
    """What an app signs its requests with; the secret is shown once and kept nowhere."""

    app_id: UUID
    access_key: str
    secret: str


@dataclass(frozen=True)
class AppDraft:
    """What an app is called and what it may do.

    Attributes:
        title: As students see it.
        school_ids: Schools it may write for and read about; None for every school of the district.
        may_write: Whether it may send statements.
        may_read: Whether it reads what others sent; its own it reads always.
        origins: Web origins from which its pages may call.
        home_pages: Account home pages under which it uses the roster's own names.
    """

    title: str
    school_ids: tuple[UUID, ...] | None = None
    may_write: bool = True
    may_read: bool = False
    origins: tuple[str, ...] = ()
    home_pages: tuple[str, ...] = ()


def add_app(
    scope: Scope | SystemScope, draft: AppDraft, *, district_id: UUID | None = None
) -> Credential:
    """Register a learning app.

    Args:
        scope: The office's, or the system's.
        draft: What it may do.
        district_id: Whose app it is, where the scope is the system's.

    Raises:
        InvalidError: As `check`.
    """
    owner_id = scope.district_id if isinstance(scope, Scope) else district_id
    assert owner_id is not None
    check(scope, draft, owner_id)
    credential = Credential(new_id(), secrets.token_hex(12), secrets.token_urlsafe(32))
    scope.session.add(
        LearningApp(
            id=credential.app_id,
            district_id=owner_id,
            access_key=credential.access_key,
            secret_hash=_hash(credential.secret),
            **values_of(draft),
        )
    )
    known_apps.forget(credential.app_id)
    audit.record(scope, "app:added", credential.app_id)
    return credential


def values_of(draft: AppDraft) -> dict[str, object]:
    """The columns that a draft fills."""
    ids = draft.school_ids
    return {
        "title": draft.title,
        "school_ids": None if ids is None else sorted({str(key) for key in ids}),
        "may_write": draft.may_write,
        "may_read": draft.may_read,
        "origins": list(dict.fromkeys(draft.origins)),
        "home_pages": list(dict.fromkeys(draft.home_pages)),
    }


def check(scope: Scope | SystemScope, draft: AppDraft, district_id: UUID) -> None:
    """Look whether an app may be like that.

    Raises:
        InvalidError: If the title is missing or too long, no school of the district is meant, the
            app may do nothing, or an address is none.
    """
    if not draft.title.strip() or not draft.title.isprintable():
        raise InvalidError("title", "required")
    if len(draft.title) > MAX_TITLE:
        raise InvalidError("title", "too_long")
    if not (draft.may_write or draft.may_read):
        raise InvalidError("may_write", "nothing")
    if not all(map(is_origin, draft.origins)):
        raise InvalidError("origins", "no_origin")
    if not all(map(is_home_page, draft.home_pages)):
        raise InvalidError("home_pages", "no_home_page")
    for name in ("origins", "home_pages"):
        if len(getattr(draft, name)) > MOST_ADDRESSES:
            raise InvalidError(name, "too_many")
    if draft.school_ids is not None:
        _check_schools(scope, draft.school_ids, district_id)


def _check_schools(
    scope: Scope | SystemScope, school_ids: Sequence[UUID], district_id: UUID
) -> None:
    if not school_ids:
        raise InvalidError("school_ids", "no_school")
    there = apps.school_ids(scope, district_id)
    if not there.issuperset(school_ids):
        raise InvalidError("school_ids", "unknown_school")


def rotate_secret(scope: Scope, app_id: UUID, *, at_once: bool = False) -> Credential:
    """Give an app a new secret; the one before works for a day more.

    Args:
        scope: The office's.
        app_id: The app.
        at_once: Whether the one before stops now, because somebody else may know it. Of an app that
            is revoked it always does.

    Raises:
        NotFoundError: If the district has no such app.
    """
    app = apps.locked_app(scope, app_id)
    credential = Credential(app.id, app.access_key, secrets.token_urlsafe(32))
    ends = at_once or app.revoked_at is not None
    app.previous_secret_hash = None if ends else app.secret_hash
    app.previous_secret_until = (
        None if ends else clock.now() + timedelta(hours=PREVIOUS_SECRET_HOURS)
    )
    app.secret_hash = _hash(credential.secret)
    known_apps.forget(app.id)
    audit.record(scope, "app:secret_rotated", app.id, detail="at once" if ends else "")
    return credential


def revoke(scope: Scope | SystemScope, app_id: UUID) -> LearningApp:
    """Let an app in no more; what it sent stays.

    Raises:
        NotFoundError: If the district has no such app.
        StateError: If it is revoked already.
    """
    app = apps.locked_app(scope, app_id)
    if app.revoked_at is not None:
        raise StateError("the app is revoked already")
    app.revoked_at = clock.now()
    # Whoever restores it means the secret that is current then.
    app.previous_secret_hash = app.previous_secret_until = None
    known_apps.forget(app.id)
    audit.record(scope, "app:revoked", app.id)
    return app


def restore(scope: Scope, app_id: UUID) -> LearningApp:
    """Let a revoked app in again, with the secret it had last.

    Raises:
        NotFoundError: If the district has no such app.
        StateError: If it is not revoked.
    """
    app = apps.locked_app(scope, app_id)
    if app.revoked_at is None:
        raise StateError("the app is not revoked")
    app.revoked_at = None
    known_apps.forget(app.id)
    audit.record(scope, "app:restored", app.id)
    return app


def who(scope: SystemScope, access_key: str, secret: str) -> AppScope | None:
    """The scope of the app with this credential; None when it does not fit or was revoked."""
    app = store.app_by_key(scope, access_key)
    if not _is_secret_of(app, secret) or app is None or app.revoked_at:
        return None
    if app.id == portal_id(app.district_id):
        return None  # under that name nobody but the portal itself speaks
    return scope_of(scope, app)


def note_use(scope: SystemScope, app_id: UUID) -> None:
    """Write that an app was here, unless that was written a moment ago."""
    app = scope.session.get(LearningApp, app_id)
    now = clock.now()
    enough = timedelta(seconds=known_apps.NOTED_SECONDS)
    if app is None or (app.last_used_at is not None and now - app.last_used_at < enough):
        return
    app.last_used_at = now
    audit.record(scope, "app:noticed", app.id)


def _is_secret_of(app: LearningApp | None, secret: str) -> bool:
    """Whether it is the app's secret, or the one before while that holds.

    Both are compared, whatever the first says, so that the time it takes tells nothing.
    """
    given = _hash(secret)
    known = app.secret_hash if app else _NO_HASH
    previous = (app.previous_secret_hash if app else None) or _NO_HASH
    until = app.previous_secret_until if app else None
    is_current = hmac.compare_digest(known, given)
    is_previous = hmac.compare_digest(previous, given)
    return is_current or (is_previous and until is not None and clock.now() < until)


def scope_of(scope: SystemScope, app: LearningApp) -> AppScope:
    """What an app may reach."""
    if app.school_ids is None:
        schools = select(School.id).where(School.district_id == app.district_id)
        school_ids = frozenset(scope.session.scalars(schools))
    else:
        school_ids = frozenset(UUID(key) for key in app.school_ids)
    granted = {Permission.STATEMENTS_WRITE: app.may_write, Permission.STATEMENTS_READ: True}
    return AppScope(
        app.id,
        app.district_id,
        school_ids,
        frozenset(permission for permission, given in granted.items() if given),
        reads_others=app.may_read,
    )


def next_in_line(scope: SystemScope) -> AppScope | None:
    """The app whose statement has waited longest to be read; None when none waits."""
    app = apps.waiting_longest(scope)
    return scope_of(scope, app) if app else None


def ids_in_district(scope: Scope | AppScope) -> list[UUID]:
    """Every app of the district, revoked ones too: what they sent is still there."""
    return list(
        scope.session.scalars(
            select(LearningApp.id)
            .where(LearningApp.district_id == scope.district_id)
            .order_by(LearningApp.id)
        )
    )


def count(scope: AppScope, **more: int) -> None:
    """Add to what the app sent today, and to what became of it.

    Args:
        scope: The app's.
        more: Column of `AppDay` -> how many more.
    """
    day, now = clock.today(), clock.now()
    added = scope.session.execute(
        update(AppDay)
        .where(
            AppDay.district_id == scope.district_id,
            AppDay.app_id == scope.actor_id,
            AppDay.day == day,
        )
        .values(
            {name: getattr(AppDay, name) + number for name, number in more.items()}
            | {"last_at": now}
        ),
        execution_options={"synchronize_session": False},
    )
    if not added.rowcount:  # type: ignore[attr-defined] # an UPDATE has one
        scope.session.add(
            AppDay(
                district_id=scope.district_id,
                app_id=scope.actor_id,
                day=day,
                last_at=now,
                **more,
            )
        )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
