"""Why a roster could not be fetched, pure: a key for each reason, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.wire import WireError
from aarportal.core.words import mark

#: Rule -> a sentence for the office.
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "address": mark("The address is not one that can be asked. Look at it again."),
        "not_https": mark("The address has to begin with https://."),
        "no_host": mark("No system has this name. Look at the address again."),
        "private_address": mark(
            "The address leads into a private network, which this portal does not ask."
        ),
        "unreachable": mark("The other system did not answer. It is asked again tomorrow."),
        "certificate": mark("The certificate of the other system cannot be trusted."),
        "redirected": mark(
            "The other system leads elsewhere. Enter the address where the roster really is."
        ),
        "refused_secret": mark("The other system does not take the client id and the secret."),
        "refused": mark("The other system does not let this portal read the roster."),
        "not_found": mark("There is no OneRoster 1.2 at this address. Look at it again."),
        "busy": mark("The other system asked to come later, again and again."),
        "server_error": mark("Something went wrong in the other system. Tell its maker."),
        "not_json": mark("An answer of the other system is broken or was cut off."),
        "wrong_type": mark("An answer of the other system is not as OneRoster 1.2 says."),
        "wrong_value": mark("A value in the other system’s roster cannot be read."),
        "twice": mark("Two different rows of the other system have the same sourcedId."),
        "incomplete": mark(
            "What came is not all that the other system says it has, though it was asked several "
            "times. Perhaps the roster is being changed; ask again later."
        ),
        "too_large": mark("The other system sends more than any roster holds."),
        "too_long": mark("The other system takes too long. It is asked again tomorrow."),
        "empty": mark("The other system has no schools or no people for this portal."),
        "secret_lost": mark(
            "The kept secret cannot be read any more, because the secret key of this portal was "
            "changed. Enter the secret again."
        ),
        "unexpected": mark("Something went wrong in this portal. Nothing was changed."),
    }
)


class PullError(WireError):
    """A roster that could not be fetched; its rule is one of `TROUBLES`."""
