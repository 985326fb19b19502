"""The class over HTTP: at a glance for the teacher, in counts for the wall."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.cycle.action.disputes import store as disputes
from aarportal.insight.teaching import store
from aarportal.insight.teaching.signals import RULES
from aarportal.insight.teaching.store import ClassNow, Pupil, Version
from aarportal.people.accounts.locks import store as locks
from aarportal.people.accounts.pupil_view.operations import may_view
from aarportal.people.attendance import operations as attendance
from aarportal.people.roster import store as roster
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.reader import current_reader

blueprint = PortalBlueprint("teaching", __name__)

SHOWS = ("all", "signals", "waiting")


@blueprint.route("/class", permission=Permission.CLASS_READ, shows=looks.nobody)
def class_now(scope: Scope) -> AnyResponse:
    """Go to the teacher's first class; the homeroom class comes first."""
    if not scope.seen_class_ids:
        return render("teaching/no_class.html", {})
    return redirect(url_for(".class_view", class_id=scope.seen_class_ids[0]), 303)


@blueprint.route(
    "/class/<uuid:class_id>",
    permission=Permission.CLASS_READ,
    shows=looks.class_and_chosen("class"),
)
def class_view(scope: Scope, class_id: UUID) -> Response:
    """Show the class at a glance; asked again with nothing changed, it answers 304."""
    _check_own(scope, class_id)
    version = store.version(scope, class_id)
    if (same := unchanged(_text(version))) is not None:
        return same
    values = _values(scope, class_id, version) | {"tag": tag_of(_text(version))}
    return render("teaching/class.html", values)


@blueprint.route(
    "/class/<uuid:class_id>/projection",
    permission=Permission.CLASS_READ,
    shows=looks.school_class("class"),
)
def projection(scope: Scope, class_id: UUID) -> Response:
    """Show counts for the wall of the classroom: no name, nobody's state."""
    _check_own(scope, class_id)
    text = _text(store.version(scope, class_id))
    if (same := unchanged(text)) is not None:
        return same
    now = store.class_now(scope, roster.one_class(scope, class_id))
    return render("teaching/projection.html", {"now": now, "tag": tag_of(text)})


@blueprint.route(
    "/class/<uuid:class_id>/students/<uuid:student_id>/attendance",
    permission=Permission.ATTENDANCE_WRITE,
    shows=looks.nobody,
    methods=["POST"],
)
def set_attendance(scope: Scope, class_id: UUID, student_id: UUID) -> AnyResponse:
    """Note that a pupil is away today, or take the note back."""
    _check_own(scope, class_id)
    store.check_in_class(scope, class_id, student_id)
    if request.form.get("absent") == "1":
        attendance.mark_absent(scope, student_id, clock.today())
    else:
        attendance.mark_present(scope, student_id, clock.today())
    place = url_for(".class_view", class_id=class_id, student=student_id, show=_show())
    return redirect(place, 303)


def _values(scope: Scope, class_id: UUID, version: Version) -> dict[str, object]:
    classes = roster.classes(scope, lent=True)
    now = store.class_now(scope, next(it for it in classes if it.id == class_id))
    chosen = _chosen(now, request.args.get("student", ""))
    return {
        "now": now,
        "classes": classes,
        "show": _show(),
        "pupils": _shown(now, _show()),
        "chosen": chosen,
        "is_own": class_id in scope.class_ids,
        "can_view": chosen is not None and may_view(scope, chosen.mate.id),
        "can_mark": chosen is not None and attendance.can_mark(scope, chosen.mate.id),
        "laps": store.laps(scope, chosen.mate.id) if chosen else [],
        "rules": RULES,
        "open_disputes": disputes.count_open(scope),
        # The version knows already whether there is anybody to ask about.
        "locked": locks.locked_pupils(scope, version.locked) if version.locked else [],
    }


def _check_own(scope: Scope, class_id: UUID) -> None:
    """A class of somebody else is not found."""
    if class_id not in scope.seen_class_ids:
        raise NotFoundError("class")


def _text(version: Version) -> str:
    return "|".join((str(version), request.full_path, repr(current_reader())))


def _show() -> str:
    show = request.args.get("show", "")
    return show if show in SHOWS else SHOWS[0]


def _chosen(now: ClassNow, student: str) -> Pupil | None:
    """The pupil that was tapped, else the first with a signal."""
    by_id = {str(pupil.mate.id): pupil for pupil in now.pupils}
    if student in by_id:
        return by_id[student]
    return next((pupil for pupil in now.pupils if pupil.signals), None)


def _shown(now: ClassNow, show: str) -> Sequence[Pupil]:
    if show == "signals":
        return [pupil for pupil in now.pupils if pupil.signals]
    if show == "waiting":
        return [pupil for pupil in now.pupils if not pupil.has_reflected and not pupil.absent]
    return now.pupils
