"""Asks providers over the guarded wire, and keeps what they say for a while."""

import base64
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from aarportal.core.wire import Reply, Wire, WireError
from aarportal.people.accounts.oidc import discovery
from aarportal.people.accounts.oidc.discovery import Metadata
from aarportal.people.accounts.oidc.tokens import Key

#: Somebody waits for it in front of a screen.
_SECONDS = 8.0
#: Providers change their keys by overlap; a day late is too late, an hour is not.
_KEPT_SECONDS = 3600.0
#: An unknown key is looked for this often at most: anybody can send a token that names one.
_AGAIN_SECONDS = 60.0
#: A provider that does not answer is left alone for so long.
_QUIET_SECONDS = 15.0
_MOST_KEPT = 200
_ACCEPT = {"Accept": "application/json", "User-Agent": "aarportal"}


@dataclass(frozen=True)
class Client:
    """How this portal is known to a provider.

    Attributes:
        secret: Empty for a client that has none.
    """

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)


@dataclass
class _Kept:
    metadata: Metadata
    keys: Sequence[Key]
    read_at: float
    looked_at: float


class Asking:
    """What this process knows of providers."""

    def __init__(self, *, private: bool, seconds: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known yet.

        Args:
            private: Whether private networks may be asked; there http will do as well.
            seconds: A clock that never goes back.
        """
        self.private = private
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._troubles: dict[str, tuple[float, WireError]] = {}

    def known(self, issuer: str) -> tuple[Metadata, Sequence[Key]]:
        """What a provider says of itself, asked for at most once an hour.

        Raises:
            WireError: If it does not say it.
        """
        now = self._seconds()
        with self._lock:
            kept, trouble = self._kept.get(issuer), self._troubles.get(issuer)
        if kept and now - kept.read_at < _KEPT_SECONDS:
            return kept.metadata, kept.keys
        if trouble and now - trouble[0] < _QUIET_SECONDS:
            raise trouble[1]
        return self.anew(issuer)

    def anew(self, issuer: str) -> tuple[Metadata, Sequence[Key]]:
        """The same, asked for now.

        Raises:
            WireError: If it does not say it.
        """
        now = self._seconds()
        try:
            body = self._get(discovery.address(issuer))
            metadata = discovery.metadata(body, issuer, private=self.private)
            keys = discovery.keys(self._get(metadata.jwks_uri))
        except WireError as error:
            with self._lock:
                self._make_room(self._troubles)
                self._troubles[issuer] = now, error
            raise
        with self._lock:
            self._make_room(self._kept)
            self._troubles.pop(issuer, None)
            self._kept[issuer] = _Kept(metadata, keys, now, now)
        return metadata, keys

    def newer_keys(self, issuer: str) -> Sequence[Key] | None:
        """The keys as they are now, for a token that names an unknown one.

        None if they were looked at within the last minute.

        Raises:
            WireError: If the provider does not answer.
        """
        now = self._seconds()
        with self._lock:
            kept = self._kept.get(issuer)
            if kept is None or now - kept.looked_at < _AGAIN_SECONDS:
                return None
            kept.looked_at = now
        keys = discovery.keys(self._get(kept.metadata.jwks_uri))
        kept.keys = keys
        return keys

    def exchange(
        self, metadata: Metadata, client: Client, code: str, verifier: str, redirect_uri: str
    ) -> tuple[str, str]:
        """Exchange a code for an ID token and the access token beside it.

        Raises:
            WireError: `refused_code` if the provider does not take it, `refused_client` if it does
                not know this portal, or why no answer came.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {**_ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}
        # RFC 6749, section 2.3.1: each is encoded as in a form before they are joined. Not every
        # provider undoes that, so what would change goes into the form where that will do.
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        is_same = pair == f"{client.client_id}:{client.secret}"
        if client.secret and (is_same or not metadata.takes_form) and metadata.takes_header:
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = client.client_id
            if client.secret:
                form["client_secret"] = client.secret
        reply = self._ask("POST", metadata.token_endpoint, headers, urlencode(form))
        if reply.status == 401 or b'"invalid_client"' in reply.body[:2000]:
            raise WireError("refused_client")
        if reply.status in {400, 403}:
            raise WireError("refused_code")
        if reply.status != 200:
            raise WireError("server_error", str(reply.status))
        return discovery.tokens(reply.body)

    def _get(self, url: str) -> bytes:
        reply = self._ask("GET", url, _ACCEPT, "")
        if 300 <= reply.status < 400:
            raise WireError("redirected")
        if reply.status != 200:
            raise WireError("not_discovery" if reply.status < 500 else "server_error")
        return reply.body

    def _ask(self, method: str, url: str, headers: dict[str, str], body: str) -> Reply:
        wire = Wire(private=self.private, until=self._seconds() + _SECONDS, seconds=self._seconds)
        try:
            return wire.ask(method, url, headers, body=body)
        finally:
            wire.close()

    @staticmethod
    def _make_room(kept: dict[str, Any]) -> None:
        """Rows of the office name the issuers; should there be very many, begin anew."""
        if len(kept) >= _MOST_KEPT:
            kept.clear()
