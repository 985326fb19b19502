"""The portal as operators run it: a process of its own on a free port, on a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running portal; `kill` is what a power cut does."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = (data_dir / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aarportal", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env={
                **os.environ,
                "AARPORTAL_SECRET_KEY": "a secret for tests, long enough to start with",
                "AARPORTAL_DATABASE_URL": url,
                "AARPORTAL_DATA_DIR": str(data_dir),
                "AARPORTAL_COOKIE_SECURE": "0",
                # Load tests and benchmarks ask more often than any app may.
                "AARPORTAL_XAPI_REQUESTS_PER_MINUTE": "0",
                "AARPORTAL_COSTLY_PER_MINUTE": "0",
                "AARPORTAL_REFUSALS_PER_MINUTE": "0",
            },
            stdout=self.log,
            stderr=self.log,
            # A group of its own, so that the worker dies with the process that started it.
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        """Until it answers; a process that ended says why."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, Path(self.log.name).read_text("utf-8")
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not answer in time")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


@contextmanager
def running(url: str, data_dir: Path) -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server(url, data_dir)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
