"""A provider: the shape of what the board or the office types."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.core.partners import MAX_TEXT
from aarportal.people.accounts.oidc.providers.operations import (
    MAX_TITLE,
    ProviderDraft,
)
from aarportal.people.accounts.oidc.providers.store import Provider
from aarportal.web.fields import RefusingForm

_TOO_LONG = _l("This is too long.")
_NEEDED = _l("Please fill this in.")
_ADDRESS = _l("Enter an address that begins with https:// and has neither ? nor # in it.")
_CHOOSE = _l("Choose one of the list.")


class ProviderForm(RefusingForm):
    """Where the provider is, and whom it lets in."""

    MESSAGES: ClassVar = {
        ("issuer", "required"): _l("Enter the issuer; the provider’s documentation says it."),
        ("issuer", "not_https"): _ADDRESS,
        ("issuer", "address"): _ADDRESS,
        ("issuer", "too_long"): _TOO_LONG,
        ("issuer", "own_kind"): _l(
            "Everybody can have an account there: choose Google or Microsoft Entra above, so that "
            "the domain or the tenant is checked."
        ),
        ("tenants", "domain"): _l("Enter domains such as town.example.jp, with spaces between."),
        ("tenants", "tenant"): _l(
            "Enter the id of your one tenant, 36 characters with hyphens; common and organizations "
            "let in everybody."
        ),
        ("claim", "unknown"): _l("Enter the name of a claim, such as preferred_username."),
        ("claim", "chosen"): _l("People choose this themselves. Enter another claim."),
        ("claim", "not_of_entra"): _l("With Entra enter preferred_username or upn."),
        ("secret", "required"): _l(
            "Enter the secret. Where the issuer has changed it is needed again: it must not be "
            "sent to somebody else by mistake."
        ),
        ("secret", "too_long"): _TOO_LONG,
        ("strong_acr", "too_long"): _TOO_LONG,
        ("title", "required"): _NEEDED,
        ("client_id", "required"): _NEEDED,
    }

    title = StringField(
        _l("Name on the button"),
        [InputRequired(_NEEDED), Length(max=MAX_TITLE, message=_TOO_LONG)],
    )
    kind = RadioField(
        _l("What kind of provider it is"),
        [InputRequired(_CHOOSE)],
        choices=[
            Choice("google", "Google Workspace"),
            Choice("entra", "Microsoft Entra ID"),
            Choice("any", _l("Another one (OpenID Connect)")),
        ],
    )
    tenants = StringField(_l("Domains or tenant"), [Length(max=MAX_TEXT, message=_TOO_LONG)])
    issuer = StringField(_l("Issuer"), [Length(max=MAX_TEXT, message=_TOO_LONG)])
    client_id = StringField(
        _l("Client id"), [InputRequired(_NEEDED), Length(max=MAX_TEXT, message=_TOO_LONG)]
    )
    secret = PasswordField(_l("Secret"))
    claim = StringField(_l("Claim that says who it is"), [Length(max=100, message=_TOO_LONG)])
    compared_with = SelectField(
        _l("What it is compared with"),
        choices=[
            Choice("username", _l("Username of the roster")),
            Choice("master_identifier", _l("User identifier (userMasterIdentifier)")),
        ],
    )
    strong_acr = StringField(
        _l("Values of acr that prove two factors"), [Length(max=MAX_TEXT, message=_TOO_LONG)]
    )

    @classmethod
    def of(cls, row: Provider) -> "ProviderForm":
        """The form as the provider is now, without its secret; as it was sent, if it was."""
        names = ("title", "kind", "issuer", "client_id", "claim", "compared_with")
        data = {name: getattr(row, name) for name in names}
        data |= {"tenants": " ".join(row.tenants), "strong_acr": " ".join(row.strong_acr)}
        return cls(data=data)

    def draft(self) -> ProviderDraft:
        """The sent values as the operation wants them."""
        return ProviderDraft(
            title=(self.title.data or "").strip(),
            kind=self.kind.data or "",
            client_id=(self.client_id.data or "").strip(),
            issuer=(self.issuer.data or "").strip(),
            tenants=tuple((self.tenants.data or "").replace(",", " ").split()),
            claim=(self.claim.data or "").strip(),
            compared_with=self.compared_with.data or "",
            strong_acr=tuple((self.strong_acr.data or "").split()),
            secret=self.secret.data or "",
        )


class ReleaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The person who may come in with another account."""

    name = StringField(_l("Username or user identifier"))

    def wanted(self) -> str:
        """Who is meant."""
        return (self.name.data or "").strip()[:MAX_TEXT]
