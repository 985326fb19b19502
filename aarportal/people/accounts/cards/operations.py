"""Handing out login cards, coming in with one, and ending them."""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts.cards import pictures, places, store
from aarportal.people.accounts.cards.models import LoginCard, SchoolNetwork
from aarportal.people.accounts.operations import Entrance
from aarportal.people.accounts.store import Applicant
from aarportal.people.accounts.tokens import hash_of
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.ways import CARD
from aarportal.people.roster import store as roster
from aarportal.people.roster.store import Classmate

#: Tries with other pictures, over days, after which a card is stopped; a teacher lets it go on.
MOST_WRONG = 6


@dataclass(frozen=True)
class Printed:
    """A card as it is printed, once."""

    mate: Classmate
    kana: str
    """The name in the letters that small children read."""
    token: str
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A card that a child holds up, and the pictures they tapped."""

    token: str
    pictures: Sequence[str]
    address: str
    """Where the request came from; only a keyed hash of it is kept."""
    device: str = ""


@dataclass(frozen=True)
class _Standing:
    """What a card is worth just now.

    Attributes:
        rule: Why it opens nothing: `unknown`, `stopped` or `closed`; empty if it does.
        holder: Whose it is.
        until: When a session ends that it opens.
    """

    rule: str
    holder: Applicant | None = None
    until: datetime | None = None


def hand_out(scope: Scope, class_id: UUID, student_ids: Collection[UUID]) -> list[Printed]:
    """Make new cards for students of a class; the cards they had end.

    What is open with those is closed by `close_opened`, once this is committed.

    Raises:
        InvalidError: If nobody was chosen.
        NotFoundError: If the class is not the person's, or somebody is not a student in it who
            can sign in.
    """
    store.homeroom(scope, class_id)
    year = clock.school_year_of(clock.today())
    of_class = {it.mate.id: it for it in store.holders(scope, class_id, clock.today(), year)}
    if not student_ids:
        raise InvalidError("student", "nobody")
    for student_id in student_ids:
        if student_id not in of_class or not of_class[student_id].has_account:
            raise NotFoundError("student")
    standing, kana = store.cards_of(scope, student_ids, year), store.kana_of(scope, student_ids)
    made = []
    for student_id in (key for key in of_class if key in student_ids):
        token, drawn = secrets.token_urlsafe(24), pictures.drawn()
        row = standing.get(student_id) or LoginCard(
            school_id=scope.school_id, student_id=student_id, school_year=year
        )
        row.class_id, row.token_hash = class_id, hash_of(token)
        row.pictures = pictures.written(drawn)
        row.made_at, row.wrong_tries, row.stopped_at, row.used_at = clock.now(), 0, None, None
        scope.session.add(row)
        audit.record(scope, "card:handed_out", student_id, student_id=student_id)
        made.append(Printed(of_class[student_id].mate, kana[student_id], token, drawn))
    return made


def look(token: str, address: str) -> str:
    """Why a card opens nothing just now: `unknown`, `stopped`, `closed`; empty if it could."""
    with unit_of_work(SystemScope("a login card"), read_only=True) as scope:
        return _standing(scope, store.card(scope, hash_of(token)), address).rule


def enter(shown: Shown, secret: str) -> str:
    """Open a session for the child who holds a card, and return its token.

    Raises:
        InvalidError: If the card opens nothing just now, or these are not its pictures.
        TooManyTriesError: If the card or the address has to wait.
    """
    card_tried = tries.tried(tries.PER_CARD, shown.token, secret)
    place_tried = tries.tried(tries.PER_ADDRESS, shown.address, secret)
    with unit_of_work(SystemScope("a login card")) as scope:
        tries.refuse_too_many(scope, (card_tried, place_tried))
        card = store.card(scope, hash_of(shown.token), lock=True)
        standing = _standing(scope, card, shown.address)
        rule = standing.rule
        if card is not None and not rule:
            rule = _take_pictures(scope, card, shown.pictures)
        if rule:
            # A card that is stopped or closed leaves a trace at every try, too.
            tries.count(scope, (card_tried, place_tried))
        student_id = card.student_id if card else None
        verb = "card:refused" if rule else "card:used"
        district_id = standing.holder.account.district_id if standing.holder else None
        audit.record(
            scope, verb, student_id or "",
            student_id=student_id, district_id=district_id, detail=rule,
        )  # fmt: skip
    if rule or standing.holder is None:
        raise InvalidError("card", rule)
    return accounts.let_in(standing.holder, Entrance(CARD, shown.device, until=standing.until))


def end(scope: Scope, class_id: UUID, student_ids: Collection[UUID]) -> int:
    """End cards of students of a class, and what is open with them; says how many.

    No unit of work may be open: sessions are the system's alone.

    Raises:
        InvalidError: If nobody was chosen.
        NotFoundError: If the class is not the person's.
    """
    with unit_of_work(scope):
        store.homeroom(scope, class_id)
        if not student_ids:
            raise InvalidError("student", "nobody")
        year = clock.school_year_of(clock.today())
        of_class = {it.mate.id for it in store.holders(scope, class_id, clock.today(), year)}
        rows = store.cards_of(scope, of_class & set(student_ids), year).values()
        ended = _end(scope, list(rows))
    close_opened(ended)
    return len(ended)


def end_all(scope: Scope) -> int:
    """End every card of the school, and what is open with them; says how many.

    No unit of work may be open.
    """
    with unit_of_work(scope):
        ended = _end(scope, store.every_card(scope))
    close_opened(ended)
    return len(ended)


def close_opened(student_ids: Sequence[UUID]) -> None:
    """End the sessions that cards of some students opened; those of passwords go on.

    No unit of work may be open: sessions are the system's alone.
    """
    if not student_ids:
        return
    with unit_of_work(SystemScope("cards were ended")) as scope:
        accounts_store.close_sessions(scope, student_ids, way=CARD)
        audit.record(scope, "sessions:closed", len(student_ids))


def let_go_on(scope: Scope, class_id: UUID, student_id: UUID) -> None:
    """Let a card open again that was stopped after too many tries.

    Raises:
        NotFoundError: If the person hands out no such card.
    """
    store.homeroom(scope, class_id)
    year = clock.school_year_of(clock.today())
    row = store.cards_of(scope, [student_id], year).get(student_id)
    if row is None or row.class_id != class_id:
        raise NotFoundError("card")
    row.wrong_tries, row.stopped_at = 0, None
    audit.record(scope, "card:released", student_id, student_id=student_id)


def set_networks(scope: Scope, text: str) -> None:
    """Say from which networks the school's cards open at any time.

    Raises:
        InvalidError: If a line is no network, or one too broad for a school.
    """
    try:
        wanted = places.networks_in(text)
    except ValueError as error:
        raise InvalidError("networks", "network") from error
    if len(wanted) > places.MOST_NETWORKS:
        raise InvalidError("networks", "many")
    scope.session.execute(delete(SchoolNetwork).where(SchoolNetwork.school_id == scope.school_id))
    for network in wanted:
        scope.session.add(SchoolNetwork(school_id=scope.school_id, network=network))
    audit.record(scope, "card_networks:set", scope.school_id, detail=str(len(wanted)))


def _standing(scope: SystemScope, card: LoginCard | None, address: str) -> _Standing:
    day = clock.today()
    if card is None or card.school_year != clock.school_year_of(day):
        return _Standing("unknown")
    holder = accounts_store.pupil(scope, card.school_id, card.student_id, day)
    seats = roster.seats(scope, card.school_id, card.student_id, day)
    if holder is None or not any(
        seat.class_id == card.class_id and seat.role == "student" for seat in seats
    ):
        return _Standing("unknown")
    if card.stopped_at is not None:
        return _Standing("stopped", holder)
    until = places.opens_until(
        store.calendar_of(scope, card.school_id, day),
        store.networks(scope, card.school_id),
        address,
        clock.now(),
    )
    return _Standing("" if until else "closed", holder, until)


def _take_pictures(scope: SystemScope, card: LoginCard, tapped: Sequence[str]) -> str:
    """Compare what was tapped; too many others stop the card. Says what speaks against it."""
    said = pictures.written(tapped).encode()
    if hmac.compare_digest(card.pictures.encode(), said):
        card.wrong_tries, card.used_at = 0, clock.now()
        return ""
    card.wrong_tries += 1
    if card.wrong_tries < MOST_WRONG:
        return "pictures"
    card.stopped_at = clock.now()
    audit.record(scope, "card:stopped", card.student_id, student_id=card.student_id)
    return "stopped"


def _end(scope: Scope, rows: Sequence[LoginCard]) -> list[UUID]:
    for row in rows:
        scope.session.delete(row)
        audit.record(scope, "card:ended", row.student_id, student_id=row.student_id)
    return [row.student_id for row in rows]
