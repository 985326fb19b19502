"""Serve the app: gunicorn with threads, or waitress where there is no gunicorn."""

import gc
import sys

from flask import Flask

from aarportal import charts
from aarportal.core import upkeep
from aarportal.cycle.action.intake import digester
from aarportal.settings import Settings
from aarportal.web import worker


def get_ready(app: Flask) -> None:
    """What a server does once, before it forks and before the first request."""
    with app.app_context():
        upkeep.learn()
        upkeep.let_go()
    charts.warm()
    # What the app itself is made of stays: the garbage collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    # A request makes thousands of objects that live as long as it does: looking sooner finds none.
    gc.set_threshold(10_000, 20, 20)


def _start_threads(app: Flask) -> None:
    """Let what requests leave behind be worked on."""
    digester.of(app).start()
    for each in worker.all_of(app):
        each.start()


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until stopped."""
    get_ready(app)
    settings: Settings = app.config["SETTINGS"]
    if sys.platform == "win32":
        import waitress  # noqa: PLC0415 - exists on Windows only

        _start_threads(app)
        waitress.serve(app, host=host, port=port, threads=settings.threads)
        return
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - exists elsewhere only

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            for name, value in {
                "bind": f"{host}:{port}",
                "worker_class": "gthread",
                "workers": settings.workers,
                "threads": settings.threads,
                # A browser keeps a connection longer than gunicorn's 2 s between two taps.
                "keepalive": 15,
                "timeout": 60,
                "preload_app": settings.workers > 1,
                "accesslog": None,
                "control_socket_disable": True,
                # In the worker: a thread does not survive the fork that makes it.
                "post_worker_init": lambda _worker: _start_threads(app),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()
