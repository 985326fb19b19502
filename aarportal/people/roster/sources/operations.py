"""Systems that the roster is fetched from: entering them, and what became of asking."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock, partners
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.sealing import SealedError, Secret
from aarportal.core.wire import WireError
from aarportal.people.roster.imports import operations as imports
from aarportal.people.roster.imports.operations import Brought
from aarportal.people.roster.operations import Reach
from aarportal.people.roster.sources import store
from aarportal.people.roster.sources.models import RosterSource
from aarportal.people.roster.sources.pulling import Place, Pulled
from aarportal.people.roster.sources.troubles import PullError

MAX_TITLE = 60
#: A pull that has not come to an end by then is tried by whoever looks next.
CLAIM = timedelta(minutes=40)


@dataclass(frozen=True)
class SourceDraft:
    """Another system, as the office enters it.

    Attributes:
        secret: Empty keeps the one that was entered before.
        pull_hour: Hour of the school's day at which it is asked.
    """

    title: str
    base_url: str
    token_url: str
    client_id: str
    pull_hour: int
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class House:
    """What this installation is: whether it asks private networks."""

    private: bool = False


@dataclass(frozen=True)
class Claimed:
    """A system that this process asks now.

    Attributes:
        reach: What it may speak of.
        trouble: Why it cannot even be asked; then there is no place.
    """

    source_id: UUID
    reach: Reach
    title: str
    last_sha256: str
    place: Place | None
    trouble: PullError | None = None


def add(scope: Scope, draft: SourceDraft, house: House) -> RosterSource:
    """Enter a system; it is asked at its hour, or when somebody wants it.

    Raises:
        InvalidError: If something is missing, or an address cannot be asked.
    """
    _check(draft, house, needs_secret=True)
    row = RosterSource(
        **partners.entered_by(scope),
        client_secret=Secret(draft.secret),
        next_pull_at=next_pull(draft.pull_hour, clock.now()),
        **_columns(draft),
    )
    scope.session.add(row)
    scope.session.flush()
    audit.record(scope, "roster_source:added", row.id)
    return row


def change(scope: Scope, source_id: UUID, draft: SourceDraft, house: House) -> RosterSource:
    """Let a system be otherwise.

    Raises:
        NotFoundError: If this office has no such system.
        InvalidError: As `add`, or if the secret is missing for another address: it must not be
            sent to somebody for whom it was not meant.
    """
    row = store.source(scope, source_id, lock=True)
    moved = (row.base_url, row.token_url) != (draft.base_url.rstrip("/"), draft.token_url)
    _check(draft, house, needs_secret=moved)
    for name, value in _columns(draft).items():
        setattr(row, name, value)
    if draft.secret:
        row.client_secret = Secret(draft.secret)
    if row.paused_at is None:
        row.next_pull_at = next_pull(row.pull_hour, clock.now())
    audit.record(scope, "roster_source:changed", row.id)
    return row


def ask_now(scope: Scope, source_id: UUID) -> RosterSource:
    """Let it be asked at once.

    Raises:
        NotFoundError: If this office has no such system.
        StateError: If it is paused.
    """
    row = store.source(scope, source_id, lock=True)
    if row.paused_at is not None:
        raise StateError("the source is paused")
    row.next_pull_at = clock.now()
    audit.record(scope, "roster_source:asked", row.id)
    return row


def pause(scope: Scope, source_id: UUID) -> RosterSource:
    """Ask it no more until somebody wants it again.

    Raises:
        NotFoundError: If this office has no such system.
        StateError: If it is paused already.
    """
    row = store.source(scope, source_id, lock=True)
    if row.paused_at is not None:
        raise StateError("the source is paused already")
    row.paused_at, row.next_pull_at = clock.now(), None
    audit.record(scope, "roster_source:paused", row.id)
    return row


def resume(scope: Scope, source_id: UUID) -> RosterSource:
    """Ask it again at its hour.

    Raises:
        NotFoundError: If this office has no such system.
        StateError: If it is not paused.
    """
    row = store.source(scope, source_id, lock=True)
    if row.paused_at is None:
        raise StateError("the source is not paused")
    row.paused_at, row.next_pull_at = None, next_pull(row.pull_hour, clock.now())
    audit.record(scope, "roster_source:resumed", row.id)
    return row


def remove(scope: Scope, source_id: UUID) -> None:
    """Forget a system and its secret; what it brought stays.

    Raises:
        NotFoundError: If this office has no such system.
    """
    row = store.source(scope, source_id, lock=True)
    audit.record(scope, "roster_source:removed", row.id)
    scope.session.delete(row)


def next_pull(hour: int, now: datetime) -> datetime:
    """The next time at which it is that hour at school, after `now`."""
    start, _ = clock.day_bounds(clock.school_day_of(now))
    at = start + timedelta(hours=hour)
    return at if at > now else at + timedelta(days=1)


def _columns(draft: SourceDraft) -> dict[str, str | int]:
    return {
        "title": draft.title,
        "base_url": draft.base_url.rstrip("/"),
        "token_url": draft.token_url,
        "client_id": draft.client_id,
        "pull_hour": draft.pull_hour,
    }


def _check(draft: SourceDraft, house: House, *, needs_secret: bool) -> None:
    partners.check_text("title", draft.title, MAX_TITLE)
    partners.check_text("client_id", draft.client_id)
    partners.check_address("base_url", draft.base_url, private=house.private)
    partners.check_address("token_url", draft.token_url, private=house.private)
    partners.check_secret(draft.secret, needed=needs_secret)
    if not 0 <= draft.pull_hour <= 23:
        raise InvalidError("pull_hour", "hour")


# --- asking ---------------------------------------------------------------------------------------


def claim(scope: SystemScope, source_id: UUID) -> Claimed | None:
    """Take a system that is due, so that no other process asks it; None if somebody was faster."""
    now = clock.now()
    row = store.due_source(scope, source_id, now)
    if row is None:
        return None
    row.claimed_until, row.last_pull_at = now + CLAIM, now
    row.next_pull_at = next_pull(row.pull_hour, now)
    audit.record(scope, "roster_source:asking", row.id)
    reach = Reach(row.district_id, row.school_id)
    place, trouble = None, None
    try:
        place = Place(row.base_url, row.token_url, row.client_id, row.client_secret.reveal())
    except SealedError:
        trouble = PullError("secret_lost")
    return Claimed(row.id, reach, row.title, row.last_sha256, place, trouble)


def brought(scope: SystemScope, claimed: Claimed, pulled: Pulled) -> UUID | None:
    """Hand over what came to whoever imports rosters; the id of the import.

    None if it is the same roster as the last one and nobody let go of that, or the system was taken
    out meanwhile.
    """
    row = store.claimed(scope, claimed.source_id)
    if row is None:
        return None
    row.claimed_until, row.last_success_at = None, clock.now()
    row.trouble = row.trouble_detail = ""
    row.counts = dict(pulled.counts)
    # What was dropped or taken back does not stand here: the same roster is a difference again.
    stands = imports.stands(scope, row.last_import_id)
    is_new = pulled.sha256 != row.last_sha256 or not stands
    row.outcome = "brought" if is_new else "unchanged"
    audit.record(scope, "roster_source:answered", row.id, detail=row.outcome)
    if not is_new:
        return None
    name = f"{row.title} {clock.today():%Y-%m-%d}.zip"
    made = imports.fetched(scope, claimed.reach, Brought(name, source_id=row.id), pulled.data)
    row.last_sha256, row.last_import_id = pulled.sha256, made.id
    return made.id


def came_to_nothing(scope: SystemScope, source_id: UUID, error: WireError) -> None:
    """Keep why nothing came; of the roster nothing is changed."""
    row = store.claimed(scope, source_id)
    if row is None:
        return
    row.claimed_until, row.outcome = None, ""
    row.trouble, row.trouble_detail = error.rule, error.detail
    audit.record(scope, "roster_source:in_trouble", row.id, detail=error.rule)
