"""The traces of a district, for its board to take along."""

from datetime import timedelta
from io import TextIOWrapper
from tempfile import TemporaryFile

from flask import Response, send_file
from werkzeug.wrappers import Response as AnyResponse

from aarportal.audit.chain import store
from aarportal.audit.exporting import operations
from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.proof.forms import SinceForm
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("proof", __name__, shows=looks.nobody)
#: The days that the form suggests.
_SUGGESTED = timedelta(days=90)


@blueprint.route("/audit", permission=Permission.TRACES_EXPORT, transaction=False)
def proof(_scope: Scope) -> Response:
    """Say how far the chain reaches, and offer its file."""
    form = SinceForm(formdata=None)
    form.since.data = clock.today() - _SUGGESTED
    return _page(form)


@blueprint.route(
    "/audit",
    permission=Permission.TRACES_EXPORT,
    fresh=True,
    shows=looks.school("traces"),
    methods=["POST"],
    transaction=False,
)
def download(scope: Scope) -> AnyResponse:
    """Hand the traces over, and leave one of that."""
    form = SinceForm()
    if not form.validate():
        return _page(form, status=422)
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    text = TextIOWrapper(file, encoding="utf-8", write_through=True)
    operations.write(scope.district_id, clock.day_bounds(form.since.data)[0], text, reader=scope)
    text.detach()
    file.seek(0)
    name = f"audit-{clock.today().isoformat()}.jsonl"
    return send_file(file, "application/jsonl", as_attachment=True, download_name=name)


def _page(form: SinceForm, *, status: int = 200) -> Response:
    with unit_of_work(SystemScope("how far the chain reaches"), read_only=True) as scope:
        chain = store.chain(scope)
        values = {"form": form, "sequence": chain.sequence, "hash": chain.hash}
    return render("proof/proof.html", values, status=status)
