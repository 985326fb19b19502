"""A small server that keeps the client script's side of the contract, and can be made to fail.

It is the server of the design and nothing more: sessions, CSRF tokens, drafts with revisions,
forms that are taken once per `idem`, and the headers X-App and X-Location. Faults stand in a line
before a request and are used up one by one: every way a school network breaks can be played.
"""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import rjsmin
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from jinja2 import DictLoader
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.client_pages import HTMX_CONFIG, TEMPLATES

#: Answers in place of the real one: text, status, and whether they come from somebody else.
ANSWERS = {
    "filter": ("<h1>Blocked by the web filter</h1>", 200, True),
    "block": ("<h1>Blocked by the web filter</h1>", 403, True),
    "page": ("<main><h1>We are busy</h1></main>", 200, False),
    "refuse": ("<main><h1>Not allowed</h1></main>", 403, False),
    "error": ("broken", 500, False),
}
STATIC = Path(__file__).parents[2] / "static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def portal_script() -> str:
    """The client script as it is served: its files in one, minified."""
    parts = sorted((STATIC / "js" / "portal").glob("*.js"))
    return str(rjsmin.jsmin("\n".join(part.read_text("utf-8") for part in parts)))


@dataclass
class Ledger:
    """What the server holds: tests look here for the truth."""

    handed_in: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """(person, idem) -> fields of the form, in the order in which they came."""
    posts: list[tuple[str, str, str]] = field(default_factory=list)
    """(path, idem, value of the pressed button) of every form that reached the server."""
    drafts: dict[tuple[str, str], tuple[int, dict[str, str]]] = field(default_factory=dict)
    others: list[dict[str, str]] = field(default_factory=list)
    saves: int = 0
    polls: int = 0
    answers: list[dict[str, str]] = field(default_factory=list)
    csrf_asked: int = 0

    def texts(self, person: str = "sakura") -> list[str]:
        """The reflections a person handed in."""
        return [row["why"] for (who, _), row in self.handed_in.items() if who == person]

    def draft(self, person: str = "sakura", cycle: str = "7") -> dict[str, str]:
        """The draft that stands."""
        return self.drafts.get((person, cycle), (0, {}))[1]


class Server:
    """The app on a port of its own, its ledger, and its faults."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.held = threading.Event()
        self.held.set()
        #: Set when a draft was saved; a page with a draft waits for it if a test says so.
        self.saved = threading.Event()
        self.page_waits = False
        self.sessions_ended = False
        #: Who signed out; a request on its way with the old cookie finds nobody signed in.
        self.visits_ended: set[str | None] = {None}
        self.version = "0a1b2c3d"
        self.app = make_app(self)
        self._http = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._http.port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def will(self, fault: str, path: str, times: int = 1) -> None:
        """Let the next requests to `path` fail.

        Faults: `drop` (done, the reply lost), `filter` and `block` (not done, a foreign page with
        200 or 403), `page` (not done, a page of ours with 200), `error` (500), `refuse` (403),
        `hold` (waits until `held` is set).
        """
        self.faults[path] += [fault] * times

    def stop(self) -> None:
        """End the server and let go of what waits."""
        self.held.set()
        self._http.shutdown()
        self._http.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing, and survives a connection that a fault has cut."""

    def log(self, *_args, **_kwargs):
        pass

    def run_wsgi(self):
        try:
            super().run_wsgi()
        except OSError:
            self.close_connection = True


def make_app(server: Server) -> Flask:
    """The contract, server side."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = secrets.token_hex(16)
    app.config["server"] = server
    app.jinja_loader = DictLoader(TEMPLATES)

    _add_faults(app, server)
    _add_headers(app)
    _add_shell(app, server)
    _add_people(app, server)
    _add_reflection(app, server)
    _add_teacher(app, server)
    return app


def _add_faults(app: Flask, server: Server) -> None:
    @app.before_request
    def before():
        line = server.faults[request.path]
        # A held or failing POST, not the page of the same address.
        if not line or (request.method == "GET" and request.path.startswith("/reflection")):
            return None
        fault = line.pop(0)
        if fault in ANSWERS:
            text, status, foreign = ANSWERS[fault]
            return Response(text, status, headers={"X-Foreign": "1"} if foreign else None)
        if fault == "hold":
            server.held.wait(20)
        request.environ["portal.drop"] = fault == "drop"
        return None


def _add_headers(app: Flask) -> None:
    @app.after_request
    def after(response: Response) -> Response:
        if request.environ.get("portal.drop"):
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        response.headers["Content-Security-Policy"] = CSP
        if not response.headers.pop("X-Foreign", None):
            response.headers["X-App"] = "manabinowa"
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        if "X-Outbox" in request.headers and response.status_code == 303:
            answer = Response(status=204, headers={"X-Location": response.headers["Location"]})
            answer.headers["X-App"] = "manabinowa"
            return answer
        return response


def person_id(name: str) -> str:
    """An opaque name, as the server gives it to a device."""
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


def _page(name: str, status: int = 200, *, in_view: bool = False, **values):
    """A page; whoever looks through a pupil's eyes has no name on it, and no key."""
    who = session.get("name")
    key = hashlib.blake2b((who or "").encode(), key=b"secret", digest_size=32).digest()
    return (
        render_template(
            name,
            person=person_id(who) if who and not in_view else None,
            name=who,
            draft_key=base64.b64encode(key).decode(),
            csrf=session.get("csrf", ""),
            at=time.time_ns() // 1_000_000,
            htmx_config=HTMX_CONFIG,
            static=f"/static/{current_app.config['server'].version}",
            idem=secrets.token_hex(8),
            **values,
        ),
        status,
    )


def _signed_in(server: Server) -> str:
    if server.sessions_ended:
        session.clear()
    if "name" in session:
        return session["name"]
    scripted = any(name in request.headers for name in ("X-Outbox", "X-Draft", "HX-Request"))
    return abort(Response("", 401) if scripted else redirect("/sign-in", 303))


def _check_token() -> None:
    token = request.headers.get("X-CSRFToken") or request.form.get("csrf_token")
    if token != session.get("csrf"):
        abort(Response("stale", 400))


def _add_shell(app: Flask, server: Server) -> None:
    @app.before_request
    def forget_who_left():
        if session.get("visit") in server.visits_ended:
            session.pop("name", None)

    @app.get("/static/<version>/js/portal.js")
    def script(version):
        return Response(portal_script(), mimetype="text/javascript")

    @app.get("/static/<version>/vendor/htmx-2.0.11/htmx.min.js")
    def htmx(version):
        file = STATIC / "vendor" / "htmx-2.0.11" / "htmx.min.js"
        return Response(file.read_text("utf-8"), mimetype="text/javascript")

    @app.get("/sw.js")
    def worker():
        return Response((STATIC / "js" / "sw.js").read_text("utf-8"), mimetype="text/javascript")

    @app.get("/static-manifest.json")
    def manifest():
        files = ["js/portal.js", "vendor/htmx-2.0.11/htmx.min.js"]
        return jsonify(files=[f"/static/{server.version}/{name}" for name in files])

    @app.get("/offline")
    def offline():
        session.clear() if "name" not in session else None
        saved, who = dict(session), session.pop("name", None)
        page = _page("offline")
        session.update(saved)
        assert who is None or who not in page[0]
        return page

    @app.get("/csrf")
    def csrf():
        server.ledger.csrf_asked += 1
        if server.sessions_ended:
            session.clear()
        session.setdefault("csrf", secrets.token_hex(8))
        name = session.get("name")
        return jsonify(token=session["csrf"], person=person_id(name) if name else None)


def _add_people(app: Flask, server: Server) -> None:
    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in():
        if request.method == "GET":
            return _page("sign-in")
        session.clear()
        visit = secrets.token_hex(8)
        session.update(name=request.form["name"], csrf=secrets.token_hex(8), visit=visit)
        return redirect("/home", 303)

    @app.post("/sign-out")
    def sign_out():
        server.visits_ended.add(session.get("visit"))
        session.clear()
        return redirect("/sign-in", 303)

    @app.get("/home")
    def home():
        return _page("home", mine=server.ledger.texts(_signed_in(server)))

    @app.get("/view")
    def view():
        _signed_in(server)
        return _page("view", in_view=True)

    @app.get("/provider")
    def provider():
        _signed_in(server)
        return _page("provider")


def _add_reflection(app: Flask, server: Server) -> None:
    ledger = server.ledger

    @app.get("/reflection/<cycle>")
    def reflection(cycle):
        if server.page_waits:
            server.saved.wait(5)
        rev, content = ledger.drafts.get((_signed_in(server), cycle), (0, {}))
        return _page("reflection", cycle=cycle, rev=rev, f=content, step=1)

    @app.post("/reflection/<cycle>")
    def hand_in(cycle):
        who = _signed_in(server)
        _check_token()
        form = request.form.to_dict()
        rev, _ = ledger.drafts.get((who, cycle), (0, {}))
        if form.get("go"):
            step = int(form["go"])
            return _page("reflection", cycle=cycle, rev=rev, f=form, step=step)
        ledger.posts.append((request.path, form["idem"], form.get("finish", "")))
        if not form.get("why"):
            told = "Write why."
            return _page("reflection", 422, cycle=cycle, rev=rev, f=form, step=2, errors=told)
        ledger.handed_in.setdefault((who, form["idem"]), form)
        ledger.drafts.pop((who, cycle), None)
        return redirect("/home", 303)

    @app.post("/drafts/reflection/<cycle>")
    def save(cycle):
        who = _signed_in(server)
        _check_token()
        content = {k: v for k, v in request.form.items() if k not in ("rev", "idem", "csrf_token")}
        if (who, request.form["idem"]) in ledger.handed_in:
            return jsonify(rev=0, done=True)
        ledger.saves += 1
        rev, standing = ledger.drafts.get((who, cycle), (0, {}))
        if standing != content:
            if int(request.form["rev"]) != rev:
                ledger.others.append(content)
                return jsonify(rev=rev, content={k: [v] for k, v in standing.items()}), 409
            rev += 1
            ledger.drafts[who, cycle] = (rev, content)
            server.saved.set()
        return jsonify(rev=rev, saved_at="10:42")


def _add_teacher(app: Flask, server: Server) -> None:
    ledger = server.ledger

    @app.get("/queue/<int:n>")
    def queue(n):
        return _page("queue", n=n)

    @app.post("/queue/<int:n>")
    def answer(n):
        _check_token()
        ledger.answers.append(request.form.to_dict())
        return redirect(f"/queue/{n + 1}", 303)

    @app.get("/fragments")
    def fragments():
        return _page("fragments")

    @app.get("/fragments/<name>")
    def fragment(name):
        _signed_in(server)
        ledger.polls += name == "poll"
        return f"polled {ledger.polls}" if name == "poll" else "filtered"

    @app.post("/fragments/note")
    def note():
        _check_token()
        text = request.form["text"]
        told = {"errors": None if text else "Write a note.", "title": text and f"Put {text}"}
        return render_template("fragment", **told), 200 if text else 422
