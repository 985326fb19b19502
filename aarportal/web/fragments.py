"""One view, two answers: the page, or the part of it that htmx asked for."""

from collections.abc import Hashable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from jinja2 import meta
from jinja2.runtime import Macro

from aarportal.web.reader import Reader, current_reader

#: page -> target id -> partial, e.g. anticipation/goals.html -> goals -> anticipation/_goals.html
PARTIALS: dict[str, dict[str, str]] = {}


def init_app(app: Flask) -> None:
    """Learn from the templates themselves which partials each page is made of."""
    env = app.jinja_env
    env.globals["memo"] = memo
    assert env.loader is not None
    PARTIALS.clear()
    for page in env.loader.list_templates():
        if page.endswith(".html") and "/_" not in page:
            parsed = env.parse(env.loader.get_source(env, page)[0])
            included = [name for name in meta.find_referenced_templates(parsed) if name]
            PARTIALS[page] = {
                name.rpartition("/_")[2].removesuffix(".html"): name
                for name in included
                if "/_" in name
            }


@lru_cache(maxsize=4096)
def _drawn(macro: Macro, _reader: Reader, arguments: tuple[Hashable, ...]) -> str:
    return macro(*arguments)


def memo(macro: Macro, *arguments: Hashable) -> str:
    """What a macro draws for this reader; for small pieces that stand forty times on a page.

    Nothing but its arguments and the reader may decide what it draws.
    """
    return _drawn(macro, current_reader(), arguments)


def render(page: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """Render `page`, or the partial it includes for the id that htmx targets.

    A row target such as `goal-row-12` is drawn by `_goal-row.html`. Boosted requests and history
    requests get the page. HX-Target is user input: it is looked up, never joined to a path.
    """
    response = make_response(render_template(_choose(page), **values), status)
    response.vary.update(("HX-Request", "HX-Target"))
    return response


def tag_of(version: str) -> str:
    """The entity tag of a version of a page; its part that asks again sends it along."""
    return blake2b(version.encode(), digest_size=12).hexdigest()


def unchanged(version: str) -> Response | None:
    """An empty 304 when whoever asks shows this version already.

    The page itself is never stored (`no-store`): the part that polls names its tag in a header.

    Args:
        version: Anything that changes when the page would.
    """
    if tag_of(version) not in request.if_none_match:
        return None
    response = make_response("", 304)
    response.set_etag(tag_of(version))
    return response


def _choose(page: str) -> str:
    hx = request.htmx  # type: ignore[attr-defined]
    if not hx or hx.boosted or hx.history_restore_request or not hx.target:
        return page
    partials = PARTIALS.get(page, {})
    row = hx.target.rstrip("0123456789abcdef-").removesuffix("-")
    return partials.get(hx.target) or partials.get(row) or page
