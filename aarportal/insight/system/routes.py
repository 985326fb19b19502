"""The page of whoever runs the installation."""

import platform
import threading
from importlib.metadata import PackageNotFoundError, version

from flask import Response

from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.insight.system import operations
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("system", __name__, shows=looks.nobody)
_PACKAGES = ("aarportal", "flask", "sqlalchemy", "cryptography")


@blueprint.route("/system", permission=Permission.SYSTEM_READ, transaction=False)
def system(scope: Scope) -> Response:
    """Show versions, work and counts; no name and no word of anybody."""
    del scope
    values = {
        "state": operations.look(),
        "versions": [("python", platform.python_version()), *map(_version, _PACKAGES)],
        "threads": sorted(it.name for it in threading.enumerate() if it.daemon),
        "days": operations.LOOKED_BACK_DAYS,
    }
    return render("system/system.html", values)


def _version(name: str) -> tuple[str, str]:
    try:
        return name, version(name)
    except PackageNotFoundError:
        return name, "–"
