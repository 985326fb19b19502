"""Telling platforms that somebody handed a reflection in: that they did, and nothing of it.

What is due stands in rows. Each is taken for a while and tried; whoever is killed in between leaves
it to be tried again, with the time of the hand-in, by which a platform knows that it is the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.wire import WireError
from aarportal.people.lti.claims import (
    LINE_ITEM_SCOPE,
    LONGEST_ADDRESS,
    SCORE_SCOPE,
    Launch,
    origin_of,
)
from aarportal.people.lti.completing import store
from aarportal.people.lti.models import LtiCompletion, LtiLine, LtiPlatform
from aarportal.people.lti.services import operations as services
from aarportal.people.lti.services.operations import Asker, ServiceError

SCORE = "application/vnd.ims.lis.v1.score+json"
LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
#: By this we know a line item of ours again.
TAG = "reflection-handed-in"
GIVEN_UP_AFTER = timedelta(days=7)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=12)
_NOT_FOUND, _OLD = 404, 409
_AT_ONCE = 200
_REASON = "completion for platforms"


@dataclass(frozen=True)
class Done:
    """Somebody who handed something in, and to which places of the portal it belongs."""

    user_id: UUID
    targets: frozenset[str]
    done_at: datetime


@dataclass(frozen=True)
class Claimed:
    """A completion that is tried now."""

    row: LtiCompletion
    line: LtiLine
    platform: LtiPlatform


def note_opened(
    scope: SystemScope,
    platform: LtiPlatform,
    launch: Launch,
    user_id: UUID,
    origins: Collection[str],
) -> None:
    """Keep that a student opened a link, if the platform wants to know when they are done.

    Args:
        scope: The system's.
        platform: From which it is.
        launch: What it says.
        user_id: The student.
        origins: Web origins at which services of the platform may be.
    """
    scores = launch.scores
    if not platform.sends_completion or scores is None or not platform.token_url:
        return
    addresses = filter(None, (scores.items_url, scores.item_url))
    if any(origin_of(each) not in origins for each in addresses):
        return
    row = store.line(scope, platform.id, launch.context_id, scores.link_id)
    if row is None:
        row = LtiLine(
            district_id=platform.district_id,
            platform_id=platform.id,
            context_id=launch.context_id,
            link_id=scores.link_id,
            target=launch.target,
            items_url=scores.items_url,
            item_url=scores.item_url,
        )
        scope.session.add(row)
        scope.session.flush()
    row.target, row.items_url = launch.target, scores.items_url
    if scores.item_url and scores.item_url != row.item_url:
        row.item_url, row.is_item_ours = scores.item_url, False
    standing = store.completion(scope, row.id, user_id)
    if standing is None:
        scope.session.add(
            LtiCompletion(
                district_id=platform.district_id,
                line_id=row.id,
                user_id=user_id,
                subject=launch.subject,
                opened_at=clock.now(),
            )
        )


def note_done(scope: SystemScope, done: Collection[Done]) -> int:
    """Let those be told who opened a link and handed in afterwards; how many these are.

    Args:
        scope: The system's.
        done: What was handed in, the first first.
    """
    every = list(done)
    parts = (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))
    return sum(_note_some(scope, part) for part in parts)


def _note_some(scope: SystemScope, done: list[Done]) -> int:
    users = {each.user_id for each in done}
    targets = {target for each in done for target in each.targets}
    count = 0
    for row, target in store.opened(scope, users, targets):
        moments = [
            each.done_at
            for each in done
            if each.user_id == row.user_id
            and target in each.targets
            and each.done_at >= row.opened_at
        ]
        if moments:
            row.state, row.done_at, row.next_try_at = "waiting", moments[0], clock.now()
            count += 1
    return count


def forget_unsent(scope: Scope, platform_id: UUID, subject: str = "") -> None:
    """Tell a platform of nobody any more, or not of one of its accounts, done or not done."""
    lines = select(LtiLine.id).where(LtiLine.platform_id == platform_id)
    gone = delete(LtiCompletion).where(
        LtiCompletion.line_id.in_(lines), LtiCompletion.state.in_(("opened", "waiting"))
    )
    if subject:
        gone = gone.where(LtiCompletion.subject == subject)
    scope.session.execute(gone, execution_options={"synchronize_session": False})


def give_up_old() -> None:
    """Give up what nobody took for a week."""
    now = clock.now()
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        if not store.too_old(scope, now - GIVEN_UP_AFTER):
            return
    with unit_of_work(SystemScope(_REASON)) as scope:
        for row in store.too_old(scope, now - GIVEN_UP_AFTER):
            row.state, row.next_try_at = "given_up", None
            audit.record(
                scope, "lti_completion:given_up", row.id,
                student_id=row.user_id, district_id=row.district_id, detail=row.trouble,
            )  # fmt: skip


def claim(completion_id: UUID) -> Claimed | None:
    """Take a completion for as long as a try may last; None if somebody else has it.

    It is tried again after that, whatever becomes of this try.
    """
    with unit_of_work(SystemScope(_REASON)) as scope:
        found = store.one(scope, completion_id)
        now = clock.now()
        if found is None:
            return None
        row, line, platform = found
        if row.state != "waiting" or row.next_try_at is None or row.next_try_at > now:
            return None
        row.next_try_at = now + min(_FIRST_WAIT * 2 ** min(row.tries, 16), _LONGEST_WAIT)
        row.tries += 1
    return Claimed(row, line, platform)


def tell(claimed: Claimed, wire: Asker, tokens: dict[UUID, str], label: str) -> bool:
    """Tell the platform, and keep whether it took it; no unit of work may be open.

    Args:
        claimed: What is told.
        wire: How.
        tokens: Platform -> a token that was given for its services a moment ago.
        label: How a line item of ours is called there.
    """
    platform = claimed.platform
    try:
        if platform.id not in tokens:
            scopes = f"{SCORE_SCOPE} {LINE_ITEM_SCOPE}" if claimed.line.items_url else SCORE_SCOPE
            tokens[platform.id] = services.token(platform, wire, scopes)
        item, is_ours = claimed.line.item_url, claimed.line.is_item_ours
        if not item:
            item, is_ours = _own_item(claimed, wire, tokens[platform.id], label), True
            _keep_item(claimed, item)
        _send(claimed.row, item, wire, tokens[platform.id], is_ours=is_ours)
    except (WireError, ServiceError) as error:
        tokens.pop(platform.id, None)
        _keep_trouble(claimed, error.rule)
        return False
    with unit_of_work(SystemScope(_REASON)) as scope:
        found = store.one(scope, claimed.row.id)
        if found is not None:
            row = found[0]
            row.state, row.next_try_at, row.trouble = "sent", None, ""
            told = str(platform.id)
            audit.record(
                scope, "lti_completion:sent", row.id,
                student_id=row.user_id, district_id=row.district_id, detail=told,
            )  # fmt: skip
    return True


def _send(row: LtiCompletion, item: str, wire: Asker, token: str, *, is_ours: bool) -> None:
    """Send a score that says: done. A number is in it only where we know what it is out of.

    Source: 1EdTech LTI Assignment and Grade Services 2.0, section 3.4.
    """
    assert row.done_at is not None
    score: dict[str, Any] = {
        "userId": row.subject,
        "timestamp": row.done_at.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed",
        "gradingProgress": "NotReady",
    }
    if is_ours:
        score |= {"gradingProgress": "FullyGraded", "scoreGiven": 1, "scoreMaximum": 1}
    parts = urlsplit(item)
    address = parts._replace(path=f"{parts.path.rstrip('/')}/scores", query="").geturl()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": SCORE}
    body = msgspec.json.encode(score).decode()
    reply = wire.ask("POST", address, headers, query=parts.query, body=body)
    # It has this one already, or a later one.
    if reply.status != _OLD and not 200 <= reply.status < 300:
        raise ServiceError("gone" if reply.status == _NOT_FOUND else f"status {reply.status}")


def _own_item(claimed: Claimed, wire: Asker, token: str, label: str) -> str:
    """The address of our line item for the link: one that was made before, or a new one."""
    line = claimed.line
    parts = urlsplit(line.items_url)
    bare = parts._replace(query="").geturl()
    asked = urlencode({"resource_link_id": line.link_id, "tag": TAG})
    query = f"{parts.query}&{asked}" if parts.query else asked
    headers = {"Authorization": f"Bearer {token}", "Accept": LINE_ITEMS}
    reply = wire.ask("GET", bare, headers, query=query)
    listed = _json(reply.body) if reply.status == 200 else None
    for each in listed if isinstance(listed, list) else []:
        ours = {"tag": TAG, "resourceLinkId": line.link_id}
        if isinstance(each, dict) and ours.items() <= each.items():
            return _address(each, line.items_url)
    made = {"label": label, "scoreMaximum": 1, "resourceLinkId": line.link_id, "tag": TAG}
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": LINE_ITEM,
        "Accept": LINE_ITEM,
    }
    body = msgspec.json.encode(made).decode()
    reply = wire.ask("POST", bare, headers, query=parts.query, body=body)
    if reply.status not in {200, 201}:
        raise ServiceError(f"status {reply.status}")
    return _address(_json(reply.body), line.items_url)


def _address(item: Any, near: str) -> str:
    """The address of a line item, which is where the others are."""
    found = item.get("id") if isinstance(item, dict) else None
    if not isinstance(found, str) or not found or len(found) > LONGEST_ADDRESS:
        raise ServiceError("not_json")
    there = str(urljoin(near, found))
    if origin_of(there) != origin_of(near):
        raise ServiceError("elsewhere")
    return there


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ServiceError("not_json") from error


def _keep_item(claimed: Claimed, item: str) -> None:
    with unit_of_work(SystemScope(_REASON)) as scope:
        found = store.one(scope, claimed.row.id)
        if found is not None:
            found[1].item_url, found[1].is_item_ours = item, True


def _keep_trouble(claimed: Claimed, rule: str) -> None:
    with unit_of_work(SystemScope(_REASON)) as scope:
        found = store.one(scope, claimed.row.id)
        if found is None:
            return
        row, line, _ = found
        row.trouble = rule
        if rule == "gone" and line.is_item_ours:
            # Somebody took it away there; the next try makes another.
            line.item_url, line.is_item_ours = "", False
