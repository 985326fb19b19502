"""だれが見た？かがみ over HTTP."""

from flask import Response

from aarportal.audit.looking.kinds import KINDS
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.insight.mirror import operations, words
from aarportal.insight.purposes import register
from aarportal.insight.purposes.routes import numbers
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader

blueprint = PortalBlueprint("mirror", __name__)


@blueprint.route("/mirror", permission=Permission.MIRROR_READ, transaction=False)
def mirror(scope: Scope) -> Response:
    """Show a student what is kept about them, who may see it, and who looked this week."""
    values = {
        "mirror": operations.mirror(scope),
        "words": register.words("en" if current_reader().language == "en" else "ja"),
        "roles": words.ROLES,
        "somebody": words.SOMEBODY,
        "where": words.WHERE,
        "rules": words.RULES.values(),
        "what": KINDS,
        "may_ask": scope.allows(Permission.DATA_REQUESTS_ASK),
        "may_export": scope.allows(Permission.HANDOVER_OWN),
        "numbers": numbers(),
    }
    return render("mirror/mirror.html", values)
