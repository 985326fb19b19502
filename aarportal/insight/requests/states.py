"""Kinds of requests, how far one is, and until when it is to be answered; pure."""

from datetime import date, timedelta
from enum import StrEnum

from aarportal.core.machines import Table


class RequestKind(StrEnum):
    """What is asked for."""

    EXPORT = "export"
    CORRECTION = "correction"
    DELETION = "deletion"


class RequestState(StrEnum):
    """States of a DataRequest."""

    ASKED = "asked"
    TAKEN_UP = "taken_up"
    DONE = "done"
    REFUSED = "refused"


class RequestEvent(StrEnum):
    """What moves a DataRequest."""

    TAKEN_UP = "taken_up"
    DONE = "done"
    REFUSED = "refused"


_S, _E = RequestState, RequestEvent

REQUEST: Table[RequestState, RequestEvent] = {
    (_S.ASKED, _E.TAKEN_UP): _S.TAKEN_UP,
    (_S.TAKEN_UP, _E.DONE): _S.DONE,
    (_S.TAKEN_UP, _E.REFUSED): _S.REFUSED,
}
OPEN = frozenset({RequestState.ASKED, RequestState.TAKEN_UP})

#: Kinds of `insight.purposes` that hold a pupil's own words: the pupil changes them, nobody else.
OWN_WORDS = frozenset({"goals", "plans", "thoughts", "reflections", "letters", "drafts"})

#: Source: 個人情報の保護に関する法律 第83条 (開示), 第94条 (訂正), 第102条 (利用停止): within
#: 30 days from the day on which it was asked.
ANSWERED_WITHIN = timedelta(days=30)
#: Letters of what somebody writes, and of a value that was changed.
MAX_WORDS, MAX_VALUE = 400, 100


def due_on(asked_on: date) -> date:
    """The last day for the answer; the day of asking itself does not count (民法 第140条)."""
    return asked_on + ANSWERED_WITHIN
