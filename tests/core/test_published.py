"""Another system that is slow, or down: it holds one thread, and what was known goes on."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aarportal.core import published
from aarportal.core.published import Published
from aarportal.core.wire import Wire, WireError

HOUR, DAY = 3600, 24 * 3600
MANY = 8


class System:
    """A system over HTTP that answers when it is let, and counts its questions."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.count, self.status, self.text = 0, 200, b"one"
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                system.count += 1
                system.asked.release()
                assert system.may_answer.wait(60)
                self.send_response(system.status)
                self.send_header("Content-Length", str(len(system.text)))
                self.end_headers()
                self.wfile.write(system.text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def system():
    made = System()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.may_answer.set()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(MANY) as made:
        yield made


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def known(clock):
    def ask(address: str) -> bytes:
        wire = Wire(private=True, until=time.monotonic() + 60)
        try:
            reply = wire.ask("GET", address, {})
        finally:
            wire.close()
        if reply.status != 200:
            raise WireError("server_error")
        return reply.body

    return Published(ask, clock)


def test_of_many_who_come_at_once_one_asks(system, known, pool, monkeypatch):
    monkeypatch.setattr(published, "_PATIENCE_SECONDS", 60.0)
    system.may_answer.clear()
    asking = [pool.submit(known.known, system.address) for _ in range(MANY)]
    assert system.asked.acquire(timeout=60)
    system.may_answer.set()
    assert [each.result(60) for each in asking] == [b"one"] * MANY
    assert system.count == 1


def test_a_slow_system_holds_one_and_nobody_else(system, known, pool, monkeypatch):
    monkeypatch.setattr(published, "_PATIENCE_SECONDS", 0.0)
    system.may_answer.clear()
    first = pool.submit(known.known, system.address)
    assert system.asked.acquire(timeout=60)
    for _ in range(MANY):
        with pytest.raises(WireError, match="too_long"):
            known.known(system.address)
    assert not first.done()
    system.may_answer.set()
    assert first.result(60) == b"one"
    assert known.known(system.address) == b"one"
    assert system.count == 1


def test_whoever_waited_for_an_answer_that_did_not_come_reads_why(system, known, pool, monkeypatch):
    monkeypatch.setattr(published, "_PATIENCE_SECONDS", 60.0)
    system.may_answer.clear()
    system.status = 500
    asking = [pool.submit(known.known, system.address) for _ in range(MANY)]
    assert system.asked.acquire(timeout=60)
    system.may_answer.set()
    assert {each.exception(60).rule for each in asking} == {"server_error"}
    assert system.count == 1


def test_a_system_that_did_not_answer_is_left_alone_for_a_moment(system, known, clock):
    system.status = 500
    for _ in range(MANY):
        for ask in (known.known, known.newer):
            with pytest.raises(WireError, match="server_error"):
                ask(system.address)
    assert system.count == 1
    system.status = 200
    assert known.anew(system.address) == b"one", "whoever tries it out asks in any case"
    assert known.known(system.address) == b"one"
    clock.now += HOUR + 1
    system.status = 500
    known.known(system.address)
    clock.now += 16
    known.known(system.address)
    assert system.count == 4


def test_what_was_known_goes_on_for_a_day_while_a_system_is_down(system, known, clock):
    known.known(system.address)
    system.status = 500
    for _ in range(23):
        clock.now += HOUR
        assert known.known(system.address) == b"one"
    with pytest.raises(WireError):
        known.newer(system.address)
    clock.now += HOUR + 1
    with pytest.raises(WireError):
        known.known(system.address)
    system.status, system.text = 200, b"two"
    clock.now += 16
    assert known.known(system.address) == b"two"


def test_while_somebody_asks_for_what_is_old_the_others_go_on_with_it(
    system, known, clock, pool, monkeypatch
):
    monkeypatch.setattr(published, "_PATIENCE_SECONDS", 60.0)
    known.known(system.address)
    assert system.asked.acquire(timeout=60)
    clock.now += HOUR + 1
    system.text = b"two"
    system.may_answer.clear()
    first = pool.submit(known.known, system.address)
    assert system.asked.acquire(timeout=60)
    assert known.known(system.address) == b"one"
    system.may_answer.set()
    assert first.result(60) == b"two"
    assert known.known(system.address) == b"two"


def test_what_is_missing_is_looked_for_once_a_minute(system, known, clock):
    known.known(system.address)
    assert known.newer(system.address) is None
    clock.now += 61
    system.text = b"two"
    assert known.newer(system.address) == b"two"
    assert all(known.newer(system.address) is None for _ in range(MANY))
    assert system.count == 2


def test_many_addresses_do_not_fill_the_memory(system, known, monkeypatch):
    monkeypatch.setattr(published, "_MOST_KEPT", 3)
    for number in range(10):
        known.known(f"{system.address}{number}")
    assert len(known._kept) <= 3
    known.forget()
    assert known.known(f"{system.address}9") == b"one"
    assert system.count == 11
