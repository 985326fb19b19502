"""A whole OpenID provider as a process of its own: the package canaille on a free port.

Run as a program with a port and a redirect URI it serves; `provided` starts it for a test.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[4]
CLIENT_ID, CLIENT_SECRET = "portal", "a-secret~of.the_portal"
#: Who has an account there: name -> what it says of them. `zoe` is on no list.
ACCOUNTS = {
    "aoi": "aoi@hinata.example",
    "ben": "ben@hinata.example",
    "chiba": "chiba@hinata.example",
    "oka": "oka@hinata.example",
    "ken": "ken@hinata.example",
    "iwa": "iwa@hinata.example",
    # Of the roster of another district.
    "gen": "gen@hinata.example",
    # Letters as people type them.
    "doi": "Doi@Hinata.Example",
    "zoe": "zoe@hinata.example",
}
START_SECONDS = 60


def password_of(name: str) -> str:
    return f"the-password-of-{name}"


class Provider:
    """A running provider."""

    def __init__(self, port: int, redirect_uris: list[str], log: Path) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(port), *redirect_uris],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=self.log,
            stderr=self.log,
        )

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, Path(self.log.name).read_text("utf-8")
            try:
                with urllib.request.urlopen(
                    f"{self.issuer}/.well-known/openid-configuration", timeout=5
                ):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the provider did not answer in time")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


@contextmanager
def provided(port: int, redirect_uris: list[str], log: Path) -> Iterator[Provider]:
    provider = Provider(port, redirect_uris, log)
    try:
        provider.wait()
        yield provider
    finally:
        provider.stop()


def _ask_for_all(backend) -> None:
    """Its store in memory takes any row of which one thing fits, where its others take all."""
    from canaille.backends.memory.backend import listify

    any_of = backend.do_query

    def fits(row, model, wanted) -> bool:
        return all(
            set(model.serialize(listify(value))) & set(listify(row._state.get(name)))
            for name, value in wanted.items()
        )

    def all_of(model, *args, **wanted):
        return [row for row in any_of(model, *args, **wanted) if fits(row, model, wanted)]

    backend.do_query = all_of


def serve(port: int, redirect_uris: list[str]) -> None:
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from werkzeug.serving import make_server

    app = create_app(
        {
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "SECRET_KEY": "a secret of the provider, long enough to start",
            "CANAILLE": {"DATABASE": "memory", "ENABLE_INTRUDER_LOCKOUT": False},
            # Nobody is trusted: people are asked whether they consent.
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": []},
        }
    )
    _ask_for_all(Backend.instance)
    with app.app_context():
        for name, display_name in ACCOUNTS.items():
            user = models.User(
                user_name=name,
                formatted_name=name,
                family_name=name,
                emails=[display_name],
                password=password_of(name),
                display_name=display_name,
            )
            Backend.instance.save(user)
        client = models.Client(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            client_name="Portal",
            client_uri="https://portal.example",
            redirect_uris=redirect_uris,
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
