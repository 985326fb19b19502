"""Why a launch was not taken, in words that say what to do."""

from aarportal.core.words import mark

_ASK = mark("Go back to the page you came from and open the link once more.")
_TELL = mark("Tell your teacher, or the office that looks after the portal.")

#: Rule -> status, what happened, what to do.
_TROUBLES: dict[str, tuple[int, str, str]] = {
    "not_in_roster": (
        403,
        mark("You are not in the roster here yet."),
        mark("Ask your teacher to have the office look at the roster. Nothing was kept of you."),
    ),
    "state": (400, mark("This link is used up or too old."), _ASK),
    "ticket": (400, mark("This link is used up or too old."), _ASK),
    "not_from_here": (400, mark("This link is used up or too old."), _ASK),
    "platform_refused": (400, mark("The other page did not tell who you are."), _ASK),
    "platform": (404, mark("The page you came from is not known here."), _TELL),
    "login": (400, mark("The page you came from did not say enough."), _TELL),
    "anonymous": (403, mark("The other page did not tell who you are."), _TELL),
    "not_a_teacher": (403, mark("Links are chosen by teachers."), _TELL),
    "keys_unreachable": (503, mark("The page you came from does not answer just now."), _ASK),
}
_OTHER = (400, mark("The page you came from said something that does not fit."), _TELL)
_SAME = {
    "several_in_roster": "not_in_roster",
    "bound_to_another": "not_in_roster",
    "subject": "anonymous",
}


def trouble(rule: str) -> tuple[int, str, str]:
    """Status, what happened, and what to do."""
    return _TROUBLES.get(_SAME.get(rule, rule), _OTHER)
