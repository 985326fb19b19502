"""What is done once a request is over, and what it changed is committed."""

from collections.abc import Callable

from flask import after_this_request
from werkzeug.wrappers import Response


def afterwards(act: Callable[[], object]) -> None:
    """Do something when the unit of work of this request has been committed."""

    @after_this_request
    def done(response: Response) -> Response:
        act()
        return response
