"""What is wrong with a request for rosters, in the words of OneRoster, pure.

Source: OneRoster 1.2 Rostering Service, imsx_StatusInfo (OpenAPI of 2022).
"""

from typing import Any


class RosterRequestError(Exception):
    """A request that cannot be answered.

    Attributes:
        status: Of HTTP.
        minor: Value of imsx_codeMinorFieldValue.
        description: A sentence for whoever reads the log of the other system.
    """

    def __init__(self, status: int, minor: str, description: str) -> None:
        """Say what is wrong."""
        super().__init__(description)
        self.status = status
        self.minor = minor
        self.description = description


def bad(minor: str, description: str) -> RosterRequestError:
    """A request that is not as it should be."""
    return RosterRequestError(400, minor, description)


#: Status -> imsx_codeMinor, where nothing more is known.
MINORS = {
    400: "invaliddata",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    405: "unsupported",
    429: "server_busy",
    500: "internal_server_error",
    503: "server_busy",
}
SENTENCES = {
    400: "The request is not one that can be answered.",
    401: "Send a bearer token; it is issued at /ims/oneroster/token.",
    403: "This token does not grant that.",
    404: "There is no such object here.",
    405: "This address does not know that method.",
    429: "Too many requests; see Retry-After.",
    500: "Something went wrong in here.",
    503: "The store is busy; ask again.",
}


def status_info(status: int, minor: str = "", description: str = "") -> dict[str, Any]:
    """The body of an answer that is none."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description or SENTENCES.get(status, ""),
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": minor or MINORS.get(status, "invaliddata"),
                }
            ]
        },
    }
