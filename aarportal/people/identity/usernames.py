"""Who had a login name when, pure: a roster before and after an import becomes spans of time.

A name that never went from one person to another needs no span: whoever has it now always had it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Holder(NamedTuple):
    """A person of the roster by their login name."""

    username: str
    enabled: bool


@dataclass(frozen=True)
class Span:
    """How long a login name meant a person.

    Attributes:
        id: None while it is not kept anywhere yet.
        begins_at: None from ever.
        ends_at: Exclusive; None while it still does.
    """

    name: str
    user_id: UUID
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    id: UUID | None = None


@dataclass
class History:
    """What is to be written.

    Attributes:
        new: Spans that are not kept yet.
        ended: Id of a span that is kept -> when it ends now.
    """

    new: list[Span] = field(default_factory=list)
    ended: dict[UUID, datetime] = field(default_factory=dict)


def history(
    names: Collection[str],
    before: Mapping[UUID, Holder],
    changed: Mapping[UUID, Holder],
    kept: Iterable[Span],
    moment: datetime,
) -> History:
    """The spans by which earlier holders of names stay known.

    Args:
        names: Login names that people have got, lost, or given up by leaving, through an import.
        before: Whoever had one of the names before it.
        changed: Those of whom one of the names is, or was, whose name or presence changed, or who
            are new, as they are after it.
        kept: What is known already about the names.
        moment: When the import takes effect.
    """
    after = {**before, **changed}
    had, have = _by_name(before, names), _by_name(after, names)
    spans: dict[str, list[Span]] = {name: [] for name in names}
    for span in kept:
        if span.name in spans:
            spans[span.name].append(span)
    found = History()
    for name in sorted(names):
        _pass_on(_Passing(name, had[name], have[name], spans[name], moment), found)
    return found


@dataclass(frozen=True)
class _Passing:
    """One name before and after an import."""

    name: str
    had: Mapping[UUID, bool]
    """Person -> whether they were there."""
    have: Mapping[UUID, bool]
    spans: Collection[Span]
    moment: datetime


def _by_name(
    people: Mapping[UUID, Holder], names: Collection[str]
) -> Mapping[str, dict[UUID, bool]]:
    found: dict[str, dict[UUID, bool]] = {name: {} for name in names}
    for person_id, holder in people.items():
        if holder.username in found:
            found[holder.username][person_id] = holder.enabled
    return found


def _holders(people: Mapping[UUID, bool]) -> set[UUID]:
    """Those who are there; where nobody is, it stays the name of those who had it last."""
    return {each for each, is_there in people.items() if is_there} or set(people)


def _pass_on(it: _Passing, found: History) -> None:
    earlier, now = _holders(it.had), _holders(it.have)
    if earlier == now:
        return
    open_spans = {span.user_id: span for span in it.spans if span.ends_at is None}
    ends = [span.ends_at for span in it.spans if span.ends_at is not None]
    last_end = max(ends, default=None)
    for person_id in sorted(earlier | open_spans.keys()):
        span = open_spans.get(person_id)
        if span is None:
            _add(found, Span(it.name, person_id, last_end, it.moment))
        elif span.id is not None:
            found.ended[span.id] = it.moment
    if not now:
        return
    if earlier:
        if now != set(it.have):
            # Somebody who is not there any more still stands in the roster under this name.
            for person_id in sorted(now):
                _add(found, Span(it.name, person_id, it.moment))
    elif last_end is not None:
        _bridge(it, now, last_end, found)


def _bridge(it: _Passing, now: set[UUID], last_end: datetime, found: History) -> None:
    """Nobody had the name for a while: who used it in between, nobody can tell.

    Both hold then, the last and the next, so that whatever comes from that time waits.
    """
    last = {span.user_id for span in it.spans if span.ends_at == last_end}
    if last == now:
        return
    for span in it.spans:
        if span.ends_at == last_end and span.id is not None:
            found.ended[span.id] = it.moment
    for person_id in sorted(now):
        _add(found, Span(it.name, person_id, last_end))


def _add(found: History, span: Span) -> None:
    if span.ends_at is None or span.begins_at is None or span.begins_at < span.ends_at:
        found.new.append(span)
