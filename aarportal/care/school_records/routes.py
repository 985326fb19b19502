"""What the school reports about a year, over HTTP: never on a page that opens by itself."""

from uuid import UUID

from flask import Response, request

from aarportal.care.school_data.kinds.grades import ASPECTS
from aarportal.care.school_records import store
from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("school_records", __name__)


@blueprint.route("/school-records", permission=Permission.GRADES_READ, shows=looks.nobody)
def pupils(scope: Scope) -> Response:
    """Choose a pupil, class by class."""
    classes = store.classes(scope)
    asked = request.args.get("class", "")
    chosen = next((it for it in classes if str(it.id) == asked), next(iter(classes), None))
    values = {
        "classes": classes,
        "chosen": chosen,
        "pupils": store.pupils(scope, chosen, clock.today()) if chosen else [],
    }
    return render("school_records/pupils.html", values)


@blueprint.route(
    "/students/<uuid:student_id>/school-records",
    permission=Permission.GRADES_READ,
    shows=looks.person("grades"),
)
def pupil(scope: Scope, student_id: UUID) -> Response:
    """Show what the school reports about one pupil."""
    student = store.student(scope, student_id)
    values = {"student": student, "records": store.records(scope, student_id), "aspects": ASPECTS}
    return render("school_records/pupil.html", values)


@blueprint.route("/my-grades", permission=Permission.GRADES_READ_OWN)
def my_grades(scope: Scope) -> Response:
    """Show a pupil their own grades; nothing leads here by itself."""
    values = {"records": store.records(scope, scope.actor_id), "aspects": ASPECTS}
    return render("school_records/my_grades.html", values)
