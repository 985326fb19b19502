"""Why somebody did not come in by a provider, pure: what their page says, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aarportal.core.errors import InvalidError
from aarportal.core.words import mark


class OidcError(InvalidError):
    """Nobody came in.

    Attributes:
        rule: One of `TROUBLES`.
        shown: What the account that was used calls itself; for the page, never for a log.
        detail: What is wrong exactly, for the trace; no secret, and nothing about a person.
    """

    def __init__(self, rule: str, *, shown: str = "", detail: str = "") -> None:
        """Name what happened."""
        super().__init__("oidc", rule)
        self.shown = shown
        self.detail = detail


@dataclass(frozen=True)
class Trouble:
    """What a page says.

    Attributes:
        other_account: Whether it helps to take another account.
    """

    status: int
    title: str
    what_to_do: str
    other_account: bool = False


_ASK_SCHOOL = mark("Tell your teacher or the school office what stands here.")
_AGAIN = mark("Try once more from the beginning.")
_NOT_SET_UP = mark("The way in is not set up right.")
_OTHER = mark("Choose the account that you got from your school.")
_OFFICE = mark("Ask the school office.")

TROUBLES: Mapping[str, Trouble] = MappingProxyType(
    {
        "unknown": Trouble(
            403, mark("You are not on the list of the school."), _ASK_SCHOOL, other_account=True
        ),
        "ambiguous": Trouble(
            403,
            mark("The list of the school has this name twice."),
            _ASK_SCHOOL,
            other_account=True,
        ),
        "ended": Trouble(
            403,
            mark("By the list of the school you do not come in just now."),
            _ASK_SCHOOL,
            other_account=True,
        ),
        "other_account": Trouble(
            403, mark("You came in with another account before."), _OTHER, other_account=True
        ),
        "wrong_tenant": Trouble(
            403, mark("This is not an account of your school."), _OTHER, other_account=True
        ),
        "guest": Trouble(
            403, mark("This is not an account of your school."), _OTHER, other_account=True
        ),
        "unverified": Trouble(403, mark("The address of this account is not proved yet."), _OFFICE),
        "no_claim": Trouble(403, mark("The account does not say whose it is."), _OFFICE),
        "cancelled": Trouble(400, mark("You did not go on with it."), _AGAIN),
        "interrupted": Trouble(400, mark("It was not finished."), _AGAIN),
        "too_late": Trouble(400, mark("It took very long, so it was closed."), _AGAIN),
        "used_already": Trouble(400, mark("This way in was used already."), _AGAIN),
        "lost": Trouble(400, mark("This device does not know any more where you began."), _AGAIN),
        "mixed_up": Trouble(400, mark("The answer came from elsewhere than asked."), _AGAIN),
        "bad_token": Trouble(403, mark("What came back could not be believed."), _OFFICE),
        "refused_code": Trouble(400, mark("It was not finished."), _AGAIN),
        "unreachable": Trouble(
            502,
            mark("The other system does not answer just now."),
            mark("Wait a little and try once more, or come in another way."),
        ),
        "not_set_up": Trouble(502, _NOT_SET_UP, _OFFICE),
        "gone": Trouble(404, mark("This way in is closed."), mark("Come in another way.")),
        "not_fresh": Trouble(
            403,
            mark("The other system did not ask again who you are."),
            mark("Sign out there, and try once more."),
        ),
        "other_person": Trouble(
            403, mark("That is somebody else's account."), mark("Use your own.")
        ),
        "other_session": Trouble(400, mark("Somebody else is signed in here now."), _AGAIN),
    }
)

#: Error of RFC 6749 or OpenID Connect Core -> what it is here.
_ANSWERED = {
    "access_denied": "cancelled",
    "login_required": "interrupted",
    "interaction_required": "interrupted",
    "account_selection_required": "interrupted",
    "consent_required": "cancelled",
    "temporarily_unavailable": "unreachable",
    "server_error": "unreachable",
}

#: Rule of a WireError that is nobody's here but the provider's, and goes by.
_PASSES_BY = frozenset({"unreachable", "too_long", "server_error", "no_host"})

#: Rule of a WireError -> what the office reads when it tried a provider.
FOUND: Mapping[str, str] = MappingProxyType(
    {
        "address": mark("The address is not one that can be asked. Look at it again."),
        "not_https": mark("The address has to begin with https://."),
        "no_host": mark("No system has this name. Look at the address again."),
        "private_address": mark(
            "The address leads into a private network, which this portal does not ask."
        ),
        "unreachable": mark("The other system did not answer."),
        "certificate": mark("The certificate of the other system cannot be trusted."),
        "redirected": mark("The other system leads elsewhere. Enter the issuer itself."),
        "not_json": mark("An answer of the other system is broken or was cut off."),
        "too_large": mark("The other system sends far too much."),
        "too_long": mark("The other system takes too long."),
        "server_error": mark("Something went wrong in the other system. Tell its maker."),
        "not_discovery": mark("There is no discovery document at this issuer."),
        "not_keys": mark("The keys of the other system cannot be read."),
        "other_issuer": mark(
            "The document says another issuer than the one entered. They have to be the same to "
            "the letter, with or without a slash at the end."
        ),
        "no_algorithm": mark("The other system signs in no way that can be believed."),
    }
)


def of_answer(error: str) -> OidcError:
    """What an error that the provider gave back means; its own words are shown to nobody."""
    return OidcError(_ANSWERED.get(error, "not_set_up"), detail=f"answered {_word(error)}")


def of_wire(rule: str) -> OidcError:
    """What trouble with asking the provider means for somebody who wants to come in."""
    if rule == "refused_code":
        return OidcError("refused_code")
    return OidcError("unreachable" if rule in _PASSES_BY else "not_set_up", detail=rule)


def _word(error: str) -> str:
    """An error code as it may stand in a trace: anybody can write one into an address."""
    return (
        error
        if error.replace("_", "").isascii()
        and error.replace("_", "").isalpha()
        and len(error) <= 40
        else "otherwise"
    )
