"""Every error the portal raises on purpose."""


class PortalError(Exception):
    """Base of all errors a caller may handle."""


class NotFoundError(PortalError):
    """No such row in this scope (or it belongs to somebody else)."""


class NotSignedInError(PortalError):
    """Nobody, or no app, is known behind this request."""


class NotProvedError(PortalError):
    """Somebody is known, and has to prove first who they are.

    Attributes:
        wanted: `again` after a while without a touch, `fresh` before something grave, `strong` for
            a proof in two ways.
    """

    def __init__(self, wanted: str) -> None:
        """Say which proof is wanted."""
        super().__init__(wanted)
        self.wanted = wanted


class NotAllowedError(PortalError):
    """The actor lacks the permission."""


class DueFirstError(NotAllowedError):
    """Something has to be done before any other page opens.

    Attributes:
        endpoint: Where it is done.
    """

    def __init__(self, endpoint: str) -> None:
        """Keep where it is done."""
        super().__init__(f"first: {endpoint}")
        self.endpoint = endpoint


class InvalidError(PortalError):
    """The input cannot be taken as it is; says which field and which rule.

    Attributes:
        field: Name of the field in the form or the draft; empty when it is about the whole.
        rule: Stable key of the rule, from which the page makes a sentence.
    """

    def __init__(self, field: str, rule: str) -> None:
        """Name the field and the rule that was broken."""
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


class ConflictError(PortalError):
    """The row has moved on since the caller last saw it."""


class StateError(ConflictError):
    """A step that the state machine does not know from here."""


class TooManyTriesError(PortalError):
    """Somebody knocked too often; says after how many seconds to come again."""

    def __init__(self, retry_after_seconds: int) -> None:
        """Keep the waiting time."""
        super().__init__(f"try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class StoreBusyError(PortalError):
    """The database had no turn for this writer in time; nothing was changed."""


class UnscopedError(RuntimeError):
    """A programming error: data was touched without a scope, or past it."""


class UnauditedError(RuntimeError):
    """A programming error: rows changed and no audit entry was written beside them."""


class UnseenError(RuntimeError):
    """A programming error: a page showed rows about children and did not say whose."""
