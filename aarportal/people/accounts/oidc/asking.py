"""Asks providers over the guarded wire, and keeps what they say for a while."""

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

from aarportal.core.published import Published
from aarportal.core.wire import Reply, Wire, WireError
from aarportal.people.accounts.oidc import discovery
from aarportal.people.accounts.oidc.discovery import Metadata
from aarportal.people.accounts.oidc.tokens import Key

#: Somebody waits for it in front of a screen.
_SECONDS = 8.0
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
        self._documents = Published(self._document, seconds)
        self._key_sets = Published(self._key_set, seconds)

    def known(self, issuer: str) -> tuple[Metadata, Sequence[Key]]:
        """What a provider says of itself, asked for about once an hour.

        Raises:
            WireError: If it does not say it.
        """
        metadata = self._documents.known(issuer)
        return metadata, self._key_sets.known(metadata.jwks_uri)

    def anew(self, issuer: str) -> tuple[Metadata, Sequence[Key]]:
        """The same, asked for now.

        Raises:
            WireError: If it does not say it.
        """
        metadata = self._documents.anew(issuer)
        return metadata, self._key_sets.anew(metadata.jwks_uri)

    def newer_keys(self, issuer: str) -> Sequence[Key] | None:
        """The keys as they are now, for a token that names an unknown one.

        None if they were looked at within the last minute.

        Raises:
            WireError: If the provider does not answer.
        """
        return self._key_sets.newer(self._documents.known(issuer).jwks_uri)

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

    def _document(self, issuer: str) -> Metadata:
        body = self._get(discovery.address(issuer))
        return discovery.metadata(body, issuer, private=self.private)

    def _key_set(self, address: str) -> Sequence[Key]:
        return discovery.keys(self._get(address))

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
