"""Sessions that were never given out: guessed, cut, signed by others, two at once, misnamed.

What an attacker cannot have is the cookie of another as it is: that is theft, and no door of ours.
"""

import base64
from hashlib import sha256

from flask.sessions import SecureCookieSessionInterface, TaggedJSONSerializer
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from tests.access.people import CHILDREN
from tests.attacks.tries import Ground, Try, mostly

ATTACKERS = ["nobody"]
#: They are taken for strangers.
ANSWERS = frozenset({303, 401})
SECRETS = ("", "secret", "dev", "changeme", "aarportal", "a secret for tests")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt by somebody who has no session."""

    @st.composite
    def drawn(draw) -> Try:
        # No form is looked at without a token, and that is of one's own session.
        endpoint, method, rule = draw(mostly(ground.a_route(name, "GET"), ground.a_route(name), 9))
        whole = draw(_stolen(ground))
        other = st.sampled_from(("__Host-session", "token", "school"))
        cookies = [f"{draw(mostly(st.just('session'), other))}={draw(_spoilt(whole))}"]
        if draw(st.booleans()):
            cookies.append(f"session={draw(_forged(ground))}")
        if draw(st.booleans()):
            told = draw(ground.an_id(name)).encode("ascii", "ignore").decode()
            cookies.append(f"school={told}")
        cookie = "; ".join(draw(st.permutations(cookies)))
        return Try(method, draw(ground.path(name, endpoint, rule)), cookie=cookie, is_forged=True)

    return drawn()


def _stolen(ground: Ground) -> st.SearchStrategy[str]:
    """The cookie of somebody, from which one that is none is made."""
    held = [seat.headers["Cookie"].partition("=")[2] for seat in ground.world.seats.values()]
    return st.sampled_from(held)


def _spoilt(whole: str) -> st.SearchStrategy[str]:
    payload, _, rest = whole.partition(".")
    stamp, _, signature = rest.partition(".")
    return st.sampled_from(
        (
            payload, f"{payload}.", f"{payload}.{stamp}", f"{payload}.{stamp}.",
            f"{payload}.{stamp}.{signature[::-1]}", f"{payload}.{signature}.{stamp}",
            f"x{whole}", whole[:-2], f"{payload[:-4]}AAAA.{stamp}.{signature}", whole.swapcase(),
        )
    )  # fmt: skip


def _forged(ground: Ground) -> st.SearchStrategy[str]:
    """A session signed with a key that somebody might guess, or not signed at all."""
    tokens = st.one_of(st.sampled_from(ground.ids), st.sampled_from([c.name for c in CHILDREN]))

    def sign(parts: tuple[str, str, bool]) -> str:
        token, secret, is_signed = parts
        value = {"token": token, "user_id": token, "_user_id": token, "role": "administrator"}
        if not is_signed:
            raw = TaggedJSONSerializer().dumps(value).encode()
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")
        kept = SecureCookieSessionInterface()
        return str(URLSafeTimedSerializer(
            secret or "x", salt=kept.salt, serializer=TaggedJSONSerializer(),
            signer_kwargs={"key_derivation": kept.key_derivation, "digest_method": sha256},
        ).dumps(value))  # fmt: skip

    return st.tuples(tokens, st.sampled_from(SECRETS), st.booleans()).map(sign)
