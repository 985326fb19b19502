"""HTTP to an address that somebody typed: only where it may lead, with limits on what comes back.

A name is looked up once, and the connection goes to the very address that was looked at: a name
server cannot answer differently the second time. Nothing follows a redirect. How long looking up
takes is the limit of the system's own resolver; everything after that has one here.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_SECONDS = 30.0
_MOST_BYTES = 32 << 20
#: Of all answers together: a roster of 60,000 people has some 100 MB.
_MOST_BYTES_IN_ALL = 512 << 20
_CHUNK_BYTES = 1 << 16
_PORTS = {"https": 443, "http": 80}
#: IPv6 that stands for IPv4 behind a translator (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class WireError(Exception):
    """Why no answer came, or none that may be taken.

    Attributes:
        rule: A key for the reason: `address`, `not_https`, `no_host`, `private_address`,
            `unreachable`, `certificate`, `not_json`, `too_large`, `too_long`.
        detail: What may help the maker of the other system; never a person's name.
    """

    def __init__(self, rule: str, detail: str = "") -> None:
        """Name the reason."""
        super().__init__(f"{rule}: {detail}")
        self.rule = rule
        # It may hold what the other system sent, and PostgreSQL keeps no character NUL.
        self.detail = "".join(c if c.isprintable() else "\ufffd" for c in detail[:200])


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        headers: By their names in small letters.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked(url: str, *, private: bool) -> SplitResult:
    """An address that may be asked.

    Args:
        url: As it was typed.
        private: Whether private networks may be asked; there http will do as well.

    Raises:
        WireError: If it may not.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WireError("address") from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise WireError("not_https")
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise WireError("address")
    if port == 0 or not url.isascii() or any(mark <= " " for mark in url):
        raise WireError("address")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, whatever it stands for."""
    inner: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        inner += [
            each
            for each in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
            if each is not None
        ]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    if isinstance(address, ipaddress.IPv6Address) and (
        address.is_site_local or (address.is_reserved and len(inner) == 1)
    ):
        # What nobody has given out yet, or not any more; Python counts some of it as global.
        return False
    return all(each.is_global and not each.is_multicast for each in inner)


class Wire:
    """Asks one system after the other; keeps a connection as long as it holds."""

    def __init__(
        self, *, private: bool, until: float, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is asked yet.

        Args:
            private: Whether private networks may be asked.
            until: When it has to be over, on the clock `seconds`.
            seconds: A clock that never goes back.
        """
        self._private = private
        self._until = until
        self._seconds = seconds
        self._open: dict[tuple[str, str, int], http.client.HTTPConnection] = {}
        self._received = 0

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, query: str = "", body: str = ""
    ) -> Reply:
        """Ask once.

        Raises:
            WireError: If no answer came, or it was too much.
        """
        parts = checked(url, private=self._private)
        if not query.isascii() or not query.isprintable() or " " in query:
            raise WireError("address")
        path = (parts.path or "/") + (f"?{query}" if query else "")
        port = parts.port or _PORTS[parts.scheme]
        key = parts.scheme, parts.hostname or "", port
        kept = self._open.pop(key, None)
        try:
            return self._exchange(key, kept or self._connect(*key), method, path, headers, body)
        except (http.client.HTTPException, ssl.SSLError, OSError) as error:
            if kept is None or isinstance(error, TimeoutError):
                raise _trouble(error) from error
        # A connection that was kept may have been closed by the other side.
        try:
            return self._exchange(key, self._connect(*key), method, path, headers, body)
        except (http.client.HTTPException, ssl.SSLError, OSError) as error:
            raise _trouble(error) from error

    def close(self) -> None:
        """Let go of the connections."""
        for each in self._open.values():
            each.close()
        self._open.clear()

    def _left(self) -> float:
        left = self._until - self._seconds()
        if left <= 0:
            raise WireError("too_long")
        return min(left, _SECONDS)

    def _connect(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        address = self._address(host, port)
        connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
        # Said in the header Host only where it is not the usual one.
        connection.default_port = _PORTS[scheme]
        sock: socket.socket = socket.create_connection((address, port), timeout=self._left())
        connection.sock = sock
        if scheme == "https":
            wrapped = ssl.create_default_context().wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
            connection.sock = wrapped
            try:
                with self._ended_in_time(wrapped):
                    wrapped.do_handshake()
            except BaseException:
                connection.close()
                raise
        return connection

    @contextmanager
    def _ended_in_time(self, sock: socket.socket) -> Iterator[None]:
        """Cut a connection off when time is over.

        A limit on every read alone is none: whoever sends a byte now and then would hold us.
        """
        cut = threading.Timer(self._until - self._seconds(), _cut_off, [sock])
        cut.daemon = True
        cut.start()
        try:
            yield
            # An answer that goes on until its connection ends looks whole when we ended it.
            self._left()
        except (http.client.HTTPException, OSError):
            self._left()
            raise
        finally:
            cut.cancel()

    def _address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise WireError("no_host") from None
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not self._private and not all(
            is_public(ipaddress.ip_address(each)) for each in addresses
        ):
            raise WireError("private_address")
        return addresses[0]

    def _exchange(  # noqa: PLR0913, PLR0917 - what an exchange is made of
        self,
        key: tuple[str, str, int],
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: str,
    ) -> Reply:
        is_whole = False
        try:
            connection.sock.settimeout(self._left())
            with self._ended_in_time(connection.sock):
                connection.request(method, path, body.encode() or None, dict(headers))
                answer = connection.getresponse()
                received = self._read(answer)
            is_whole = not answer.will_close
        finally:
            if is_whole:
                self._open[key] = connection
            else:
                connection.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, told, received)

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        while chunk := answer.read1(_CHUNK_BYTES):
            size += len(chunk)
            self._received += len(chunk)
            if size > _MOST_BYTES or self._received > _MOST_BYTES_IN_ALL:
                raise WireError("too_large")
            self._left()
            parts.append(chunk)
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        # Only then is the connection free for another question.
        answer.read()
        return b"".join(parts)


def _cut_off(sock: socket.socket) -> None:
    """End a connection under whoever reads from it, and not the layers above it."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _trouble(error: Exception) -> WireError:
    if isinstance(error, http.client.IncompleteRead):
        return WireError("not_json", "cut off")
    if isinstance(error, ssl.SSLCertVerificationError):
        return WireError("certificate", error.verify_message)
    return WireError("unreachable", type(error).__name__)
