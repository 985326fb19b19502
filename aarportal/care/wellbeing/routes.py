"""How children are, over HTTP: for the homeroom teacher, the health room and the head."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.care.school_data.kinds.attendance_daily import MARKS
from aarportal.care.wellbeing import operations, store
from aarportal.care.wellbeing.forms import SeenForm
from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page

#: Lines of a page.
PAGE = 40

blueprint = PortalBlueprint("wellbeing", __name__, shows=looks.homeroom_or_school("health"))


@blueprint.route("/health", permission=Permission.HEALTH_READ)
def health(scope: Scope) -> Response:
    """Show who wants to talk to somebody, and what is known of a day."""
    values = {**_waiting(scope), **_of_day(scope), "today": clock.today(), "marks": MARKS}
    return render("wellbeing/health.html", values)


@blueprint.route(
    "/health/<uuid:student_id>/seen", permission=Permission.HEALTH_READ, methods=["POST"]
)
def take_note(scope: Scope, student_id: UUID) -> AnyResponse:
    """Keep who has seen an observation."""
    operations.take_note(scope, student_id, *SeenForm().observation())
    return redirect(url_for(".health", day=_day().isoformat()), 303)


def _waiting(scope: Scope) -> dict[str, Any]:
    count = store.count_who_want_to_talk(scope)
    number, pages = _page("talk", count)
    waiting = store.want_to_talk(scope, number, PAGE) if count else []
    return {
        "waiting": waiting, "waiting_count": count, "talk_page": number, "talk_pages": pages,
    }  # fmt: skip


def _of_day(scope: Scope) -> dict[str, Any]:
    day = _day()
    lines = store.day(scope, day)
    number, pages = _page("page", len(lines))
    return {
        "day_shown": day,
        "lines": lines[(number - 1) * PAGE : number * PAGE],
        "page": number,
        "pages": pages,
        "neighbours": store.neighbours(scope, day),
    }


def _page(name: str, count: int) -> tuple[int, int]:
    """Which page of a list, and how many there are; one that there is for anything that is none."""
    pages = max(-(-count // PAGE), 1)
    return min(asked_page(name), pages), pages


def _day() -> date:
    """The day that is asked for; today for anything that is none."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return clock.today()
