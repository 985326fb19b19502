"""Where an address may lead, and that it leads nowhere else."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from aarportal.core import wire
from aarportal.core.wire import Wire, WireError
from tests.people.roster.sources.other_system import running


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_disguise(address):
    assert not wire.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["203.0.114.1", "8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"]
)
def test_the_open_internet_may_be_asked(address):
    assert wire.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f000001", "127.1"]
)
def test_no_name_leads_into_the_own_network(host):
    asking = Wire(private=False, until=time.monotonic() + 5)
    with pytest.raises(WireError) as refused:
        asking.ask("GET", f"https://{host}:9/", {})
    assert refused.value.rule in {"private_address", "no_host"}


@pytest.mark.parametrize("query", ["x=あ", "x=a b", "x=\r\nHost: evil.example", "x=\x7f"])
def test_a_query_that_no_address_has_is_not_sent(query):
    asking = Wire(private=True, until=time.monotonic() + 5)
    with pytest.raises(WireError, match="address"):
        asking.ask("GET", "http://127.0.0.1:9/", {}, query=query)


def test_a_name_with_one_private_address_is_not_asked(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_o: pytest.fail("connected"))
    with pytest.raises(WireError, match="private_address"):
        Wire(private=False, until=time.monotonic() + 5).ask("GET", "https://sis.example/", {})


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    asked: list[object] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)

    def connect(address, timeout):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(WireError, match="unreachable"):
        Wire(private=False, until=time.monotonic() + 5).ask("GET", "https://sis.example/", {})
    assert asked == [("8.8.8.8", 443)]


def test_an_answer_has_an_end(monkeypatch):
    monkeypatch.setattr(wire, "_MOST_BYTES", 1000)
    with running() as system:
        system.mischief = lambda _path, _n: (200, {}, b"x" * 1001)
        with pytest.raises(WireError, match="too_large"):
            Wire(private=True, until=time.monotonic() + 5).ask("GET", f"{system.address}/x", {})


def test_time_has_an_end():
    with running() as system, pytest.raises(WireError, match="too_long"):
        Wire(private=True, until=0.0, seconds=lambda: 1.0).ask("GET", f"{system.address}/x", {})


def test_one_connection_serves_many_questions_and_is_made_anew_when_it_was_closed():
    with running() as system:
        asking = Wire(private=True, until=time.monotonic() + 5)
        system.mischief = lambda path, _n: (200, {}, path.encode())
        assert asking.ask("GET", f"{system.address}/a", {}).body == b"/a"
        [connection] = asking._open.values()
        assert asking.ask("GET", f"{system.address}/b", {}).body == b"/b"
        assert list(asking._open.values()) == [connection]
        connection.sock.shutdown(socket.SHUT_RDWR)
        assert asking.ask("GET", f"{system.address}/c", {}).body == b"/c"
        asking.close()


@contextmanager
def dripping(beginning: bytes):
    """A system that sends a byte now and then, and never comes to an end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                one, _ = server.accept()
                with one:
                    one.sendall(beginning)
                    while not over.wait(0.05):
                        one.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [
        ("http", b"HTTP/1.1 200 OK\r\nX-Long: "),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("https", b"\x16\x03\x03\x3f\xff"),
    ],
    ids=["headers", "body", "handshake"],
)
def test_who_sends_a_byte_now_and_then_holds_nobody(scheme, beginning):
    with dripping(beginning) as port:
        asking = Wire(private=True, until=time.monotonic() + 0.5)
        started = time.monotonic()
        with pytest.raises(WireError, match="too_long"):
            asking.ask("GET", f"{scheme}://127.0.0.1:{port}/", {})
        assert time.monotonic() - started < 5


def test_all_answers_together_have_an_end(monkeypatch):
    monkeypatch.setattr(wire, "_MOST_BYTES_IN_ALL", 1000)
    with running() as system:
        system.mischief = lambda _path, _n: (200, {}, b"x" * 600)
        asking = Wire(private=True, until=time.monotonic() + 5)
        asking.ask("GET", f"{system.address}/x", {})
        with pytest.raises(WireError, match="too_large"):
            asking.ask("GET", f"{system.address}/x", {})
        asking.close()
