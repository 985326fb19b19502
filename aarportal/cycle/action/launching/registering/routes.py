"""How a learning app is opened, over HTTP: the office's page."""

from uuid import UUID

from flask import Response, current_app, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action.apps import store as apps
from aarportal.cycle.action.launching import store
from aarportal.cycle.action.launching.registering import operations
from aarportal.cycle.action.launching.registering.forms import ToolForm
from aarportal.settings import Settings
from aarportal.web import addresses
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("tools", __name__)

_MANAGE = Permission.APPS_MANAGE
_ONE = "/apps/<uuid:app_id>/opening"


@blueprint.route(_ONE, permission=_MANAGE)
def tool(scope: Scope, app_id: UUID) -> Response:
    """Show how an app is opened."""
    return _page(scope, app_id, ToolForm.of(store.tool_of_app(scope, app_id)))


@blueprint.route(_ONE, permission=_MANAGE, fresh=True, methods=["POST"])
def keep(scope: Scope, app_id: UUID) -> AnyResponse:
    """Keep how an app is opened."""
    form = ToolForm()
    try:
        if form.validate():
            operations.keep(scope, app_id, form.draft(), private=_settings().private_platforms)
            notice(mark("Pupils can open the app from here."))
            return redirect(url_for(".tool", app_id=app_id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _page(scope, app_id, form, status=422)


@blueprint.route(f"{_ONE}/remove", permission=_MANAGE, fresh=True, methods=["POST"])
def remove(scope: Scope, app_id: UUID) -> AnyResponse:
    """Let an app not be opened any more."""
    operations.remove(scope, app_id)
    notice(mark("The app is not opened from here any more."))
    return redirect(url_for("apps.app", app_id=app_id), 303)


def _page(scope: Scope, app_id: UUID, form: ToolForm, *, status: int = 200) -> Response:
    row = store.tool_of_app(scope, app_id)
    values = {
        "app": apps.app(scope, app_id),
        "tool": row,
        "form": form,
        "root": addresses.root(),
    }
    return render("tools/tool.html", values, status=status)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
