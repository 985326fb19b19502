"""What this process knows of providers, for whoever serves a request."""

from flask import Flask, current_app

from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.operations import Portal
from aarportal.settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Let people come in by providers."""
    asking = Asking(private=settings.private_issuers)
    app.extensions["oidc"] = Portal(settings.secret_key, asking)


def portal() -> Portal:
    """What this installation is."""
    found: Portal = current_app.extensions["oidc"]
    return found
