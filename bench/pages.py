"""What each main page costs beside a bare Flask and Jinja page, measured by turns in one run."""

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from aarportal import charts, migrate
from aarportal.app import create_app
from aarportal.charts.wording import Words
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.unit_of_work import unit_of_work
from aarportal.demo.logins import Login
from aarportal.demo.seeding import seed
from aarportal.insight.progress import store as progress
from aarportal.settings import Settings
from aarportal.web.credentials import known
from aarportal.web.reader import visiting
from aarportal.web.texts import plain, ruby_plain, source
from aarportal.wsgi import get_ready
from bench.measure import cpu_ms, line
from tests.pages import Browser

ROUNDS, TIMES = 9, 12
MAX_QUERIES = 12
#: Page -> how many bare pages of 15 kB it may cost.
LIMITS = {"home": 5, "class of 40": 10}
BARE_BYTES, BARE_ROW_BYTES = 15_000, 108
#: What everybody begins with: a layout, a list of things with links, and nothing of a database.
BARE = {
    "layout.html": "<!doctype html><html lang=ja><title>{% block title %}{% endblock %}</title>"
    "<nav>{% for name in ('home', 'goal', 'look back', 'charts') %}"
    "<a href=\"{{ url_for('page') }}\">{{ name }}</a>{% endfor %}</nav>"
    "<main>{% block main %}{% endblock %}</main></html>",
    "page.html": "{% extends 'layout.html' %}{% block title %}{{ title }}{% endblock %}"
    '{% block main %}{% for row in rows %}<li class="card" id="row-{{ loop.index }}">'
    "<a href=\"{{ url_for('page', row=row.number) }}\">{{ row.name }}</a> <b>{{ row.number }}</b>"
    "{% if row.number % 2 %}<span>{{ row.note }}</span>{% endif %}</li>\n"
    "{% endfor %}{% endblock %}",
}


@dataclass
class Page:
    """One address as one person asks for it."""

    name: str
    ask: Callable[[], bytes]
    size: int = 0
    queries: int = 0
    ms: float = 0.0
    beside: "Page | None" = None
    """A bare page of the same size; none for an answer without a body."""


def main() -> None:
    """Print every page beside the bare one, then a chart."""
    with tempfile.TemporaryDirectory() as folder:
        app, logins = stage(folder)
        bare = bare_page()
        pages = [
            *pages_of(app, logins["pupil"], {
                "home": "/", "goal sheet": "/goal", "reflection sheet": "reflect",
                "charts": "/progress", "records of the day": "/records",
                "reflections": "/reflections",
            }),
            *pages_of(app, logins["teacher"], {
                "class of 40": "/class", "class of 40, nothing new": "304",
                "reading desk": "/reading", "units": "/units",
            }),
        ]  # fmt: skip
        get_ready(app)
        for page in pages:
            page.size, page.queries = len(page.ask()), count_queries(app, page.ask)
            page.beside = bare_page(page.size, f"bare, {page.name}") if page.size else None
        by_turns([bare, *pages, *(page.beside for page in pages if page.beside)])
        print(f"A bare Flask page of {bare.size / 1000:.0f} kB takes {bare.ms:.2f} ms of CPU.")
        print(f"{'page':<28}{'ms':>8}{'× bare':>8}{'× its size':>12}{'kB':>8}{'queries':>9}")
        for page in pages:
            print(_row(page, bare))
        measure_charts(app, logins["pupil"])


def _row(page: Page, bare: Page) -> str:
    ratio = page.ms / bare.ms
    limit = LIMITS.get(page.name)
    said = f"  limit {limit}: {'ok' if ratio <= limit else 'over'}" if limit else ""
    queries = f"{page.queries:>5} {'ok' if page.queries <= MAX_QUERIES else 'over'}"
    same = f"{page.ms / page.beside.ms:.1f}" if page.beside else "-"
    figures = f"{page.ms:>8.2f}{ratio:>8.1f}{same:>12}{page.size / 1000:>8.1f}{queries:>9}"
    return f"{page.name:<28}{figures}{said}"


def stage(folder: str) -> tuple[Flask, dict[str, Login]]:
    """Class 4-2 of the demonstration after three weeks, in the middle of a lesson."""
    app = create_app(
        Settings(
            secret_key="bench " * 8,
            database_url=f"sqlite:///{folder}/portal.db",
            data_dir=Path(folder),
            cookie_secure=False,
            costly_per_minute=0,
        )
    )
    migrate.upgrade(app)
    made = seed(app, weeks=3, classes=1)
    pupil = next(it for it in made.logins if "担任" not in it.who)
    teacher = next(it for it in made.logins if "担任" in it.who)
    return app, {"pupil": pupil, "teacher": teacher}


def bare_page(size: int = BARE_BYTES, name: str = "bare") -> Page:
    """A page of about `size` bytes as a new Flask app would show it."""
    app = Flask("bare")
    app.jinja_loader = DictLoader(BARE)
    rows = [
        {"number": number, "name": f"名前 {number}", "note": "きょうの めあて & ふりかえり"}
        for number in range(max(1, round(size / BARE_ROW_BYTES)))
    ]

    @app.route("/")
    def page() -> str:
        return render_template("page.html", title="bare", rows=rows)

    ask = asker(app, EnvironBuilder(path="/").get_environ())
    made = Page(name, ask, size=len(ask()))
    assert abs(made.size - size) < size / 10, made.size
    return made


def asker(app: Flask, environ: dict[str, object], status: str = "200") -> Callable[[], bytes]:
    """Ask the whole app, as a server does; the client's own cost is left out."""

    def ask() -> bytes:
        body, answered, _headers = run_wsgi_app(app, dict(environ))
        assert answered.startswith(status), answered
        return b"".join(body)

    return ask


def pages_of(app: Flask, login: Login, addresses: dict[str, str]) -> list[Page]:
    """The pages as one signed-in person asks for them, uncompressed."""
    window = signed_in(app, login)
    return [Page(name, _asker(app, window, address)) for name, address in addresses.items()]


def signed_in(app: Flask, login: Login) -> Browser:
    """The window of somebody of the demonstration."""
    window = Browser(app)
    fields = {"code": login.code, "login_id": login.login_id, "password": login.password}
    assert window.post("/sign-in", fields).status == 303
    return window


def _asker(app: Flask, window: Browser, address: str) -> Callable[[], bytes]:
    headers, status = {}, "200"
    if address == "reflect":
        address = _sheet_of_looking_back(window)
    if address in {"/class", "304"}:
        tag, status = address, "200" if address == "/class" else "304"
        address = window.get("/class").location
        if tag == "304":
            said = window.get(address).one("#class-now")["hx-headers"]
            headers["If-None-Match"] = json.loads(said)["If-None-Match"]
    headers["Cookie"] = _cookie(window)
    environ = EnvironBuilder(path=address.split("?")[0], headers=headers).get_environ()
    return asker(app, environ, status)


def _cookie(window: Browser) -> str:
    kept = window.client.get_cookie("session")
    assert kept is not None
    return f"session={kept.value}"


def _sheet_of_looking_back(window: Browser) -> str:
    """Begin a lap and turn to looking back on it."""
    sheet = window.get("/goal")
    unit = sheet.html.select("[name=unit]")[0]["value"]
    fields = {"unit": unit, "text": "ひっ算を 6問 とく", "go": "start"}
    home = window.follow(window.post("/goal", fields))
    begin = home.html.select('form[action$="/reflect/begin"]')[0]["action"]
    return window.post(begin).location


def count_queries(app: Flask, ask: Callable[[], bytes]) -> int:
    """How many questions one request puts to the database, signing in included."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def by_turns(pages: list[Page]) -> None:
    """Ask for all pages in every round: what disturbs the machine then disturbs them all."""
    found: dict[str, list[float]] = {page.name: [] for page in pages}
    for _ in range(ROUNDS):
        for page in pages:
            gc.collect()
            began = time.process_time()
            for _ in range(TIMES):
                page.ask()
            found[page.name].append((time.process_time() - began) / TIMES * 1000)
    for page in pages:
        page.ms = statistics.median(found[page.name])


def measure_charts(app: Flask, login: Login) -> None:
    """Print what drawing one warm chart costs, without the page around it."""
    print("A warm chart (CPU; limit 5 ms):")
    window = signed_in(app, login)
    words = Words(say=source, say_plain=plain, plain_title=ruby_plain)
    with app.test_request_context("/", headers={"Cookie": _cookie(window)}):
        visitor = known("browser")
        assert visitor is not None
        with visiting(visitor), unit_of_work(visitor.scope, read_only=True) as scope:
            history = progress.learning_history(
                scope, scope.actor_id, visitor.reader.grade, clock.today()
            )
            for key, chart in charts.discover().items():
                assert chart.draw(history, words).svg, key
                took = cpu_ms(lambda chart=chart: chart.draw(history, words), rounds=7, times=20)
                line(key, took, "ms", "ok" if took <= 5 else "over")


if __name__ == "__main__":
    main()
