"""Everything that differs between places, read once from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

#: The versions of xAPI that are spoken, the latest of each family.
XAPI_VERSIONS = ("1.0.3", "2.0.0")

_CONTACT = re.compile(r"(mailto:|https://)[\x21-\x7e]+")


class SettingsError(ValueError):
    """The environment is not enough to start; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs; every field is one AARPORTAL_* variable."""

    secret_key: str
    """AARPORTAL_SECRET_KEY: at least 32 characters; signs cookies and derives draft keys."""
    database_url: str
    """AARPORTAL_DATABASE_URL: sqlite:////path/to/file or postgresql+psycopg://…"""
    data_dir: Path
    """AARPORTAL_DATA_DIR: where files made at run time go."""
    product_name: str = "まなびのわ"
    """AARPORTAL_PRODUCT_NAME: the name that people see."""
    cookie_secure: bool = True
    """AARPORTAL_COOKIE_SECURE: 0 only where there is no TLS, as in the demo."""
    threads: int = 16
    """AARPORTAL_THREADS: requests served at once by one worker."""
    workers: int = 1
    """AARPORTAL_WORKERS: more than one only on PostgreSQL."""
    idle_minutes: int = 15
    """AARPORTAL_IDLE_MINUTES: after this long without a touch a shared device is locked."""
    second_factor: str = "required"
    """AARPORTAL_SECOND_FACTOR: `off` in a demonstration only, where staff come in without codes."""
    clock_shift: timedelta = timedelta(0)
    """AARPORTAL_CLOCK_SHIFT: seconds; only the demo moves its clock."""
    demo: bool = False
    """AARPORTAL_DEMO: shows the demo's logins on the sign-in page."""
    max_statements_bytes: int = 8 * 1024 * 1024
    """AARPORTAL_MAX_STATEMENTS_BYTES: largest body an app may post at once."""
    max_attachments_bytes: int = 64 * 1024 * 1024
    """AARPORTAL_MAX_ATTACHMENTS_BYTES: the same for statements with their attachments."""
    attachments: str = ""
    """AARPORTAL_ATTACHMENTS: s3://bucket/prefix?endpoint=…; empty for a folder in the data_dir."""
    most_statements: int = 500
    """AARPORTAL_MOST_STATEMENTS: how many an app gets in one answer at most."""
    max_document_bytes: int = 1024 * 1024
    """AARPORTAL_MAX_DOCUMENT_BYTES: largest state or profile an app may keep, merged ones too."""
    xapi_requests_per_minute: int = 12_000
    """AARPORTAL_XAPI_REQUESTS_PER_MINUTE: of one app to one worker; 0 for any number.

    A full batch counts once. What is allowed by default takes a third of a core.
    """
    unversioned_xapi: str = "1.0.3"
    """AARPORTAL_UNVERSIONED_XAPI: as which xAPI a request is answered that names none."""
    public_url: str = ""
    """AARPORTAL_PUBLIC_URL: https://… as others see it; empty means as each of them called it."""
    account_home_page: str = ""
    """AARPORTAL_ACCOUNT_HOME_PAGE: the IRI under which 利用者識別子 are account names in statements
    that other systems read, for instance of the identity provider; empty means public_url."""
    data_keys: tuple[str, ...] = field(default=(), repr=False)
    """AARPORTAL_DATA_KEYS: keys for what is encrypted at rest, at least 32 characters each, the
    newest first, with commas between; empty means one that follows from the secret key."""
    private_roster_sources: bool = False
    """AARPORTAL_PRIVATE_ROSTER_SOURCES: 1 where rosters are fetched from systems in the same
    private network; only there http:// will do."""
    private_issuers: bool = False
    """AARPORTAL_PRIVATE_ISSUERS: 1 where the provider at which people sign in stands in the same
    private network; only there http:// will do."""

    hosts: tuple[str, ...] = ()
    """AARPORTAL_HOSTS: names under which the portal answers, with commas between; `.school.jp` for
    all below it. Empty means the public_url's; without that, any."""
    proxies: int = 0
    """AARPORTAL_PROXIES: how many proxies stand in front of the portal, each of which adds to
    X-Forwarded-For and -Proto; none is believed otherwise."""
    costly_per_minute: int = 120
    """AARPORTAL_COSTLY_PER_MINUTE: what one person may have of pages that cost much, as points; a
    search is 1, a file that is taken in or made 10; 0 for any number."""
    refusals_per_minute: int = 600
    """AARPORTAL_REFUSALS_PER_MINUTE: how often one session, or one address without any, is told
    that something is not there or not for them; 0 for any number."""
    security_contact: str = ""
    """AARPORTAL_SECURITY_CONTACT: mailto: or https:// for whoever finds a weakness; it is told in
    security.txt."""
    audit_years: int = 5
    """AARPORTAL_AUDIT_YEARS: how long traces are kept of what was done and looked at."""
    private_platforms: bool = False
    """AARPORTAL_PRIVATE_PLATFORMS: 1 where LTI platforms and tools are in the same private network;
    only there http:// will do."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded store is used."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            SettingsError: If something is missing or does not go together.
        """
        secret = env.get("AARPORTAL_SECRET_KEY", "")
        if len(secret) < 32:
            raise SettingsError(
                "Set AARPORTAL_SECRET_KEY to at least 32 random characters, for instance from: "
                'python -c "import secrets; print(secrets.token_hex(32))"'
            )
        data_dir = Path(env.get("AARPORTAL_DATA_DIR", "var")).resolve()
        demo = env.get("AARPORTAL_DEMO", "0") == "1"
        settings = cls(
            secret_key=secret,
            database_url=env.get("AARPORTAL_DATABASE_URL", f"sqlite:///{data_dir}/portal.db"),
            data_dir=data_dir,
            product_name=env.get("AARPORTAL_PRODUCT_NAME", cls.product_name),
            cookie_secure=env.get("AARPORTAL_COOKIE_SECURE", "1") != "0",
            threads=_number(env, "AARPORTAL_THREADS", cls.threads),
            workers=_number(env, "AARPORTAL_WORKERS", cls.workers),
            idle_minutes=_number(env, "AARPORTAL_IDLE_MINUTES", cls.idle_minutes),
            clock_shift=timedelta(seconds=_number(env, "AARPORTAL_CLOCK_SHIFT", 0)),
            demo=demo,
            second_factor=env.get("AARPORTAL_SECOND_FACTOR", "off" if demo else "required"),
            max_statements_bytes=_number(
                env, "AARPORTAL_MAX_STATEMENTS_BYTES", cls.max_statements_bytes
            ),
            max_attachments_bytes=_number(
                env, "AARPORTAL_MAX_ATTACHMENTS_BYTES", cls.max_attachments_bytes
            ),
            attachments=env.get("AARPORTAL_ATTACHMENTS", cls.attachments),
            most_statements=max(1, _number(env, "AARPORTAL_MOST_STATEMENTS", cls.most_statements)),
            max_document_bytes=_number(env, "AARPORTAL_MAX_DOCUMENT_BYTES", cls.max_document_bytes),
            xapi_requests_per_minute=_number(
                env, "AARPORTAL_XAPI_REQUESTS_PER_MINUTE", cls.xapi_requests_per_minute
            ),
            unversioned_xapi=env.get("AARPORTAL_UNVERSIONED_XAPI", cls.unversioned_xapi),
            public_url=env.get("AARPORTAL_PUBLIC_URL", cls.public_url),
            account_home_page=env.get("AARPORTAL_ACCOUNT_HOME_PAGE", cls.account_home_page),
            private_roster_sources=env.get("AARPORTAL_PRIVATE_ROSTER_SOURCES", "0") == "1",
            hosts=tuple(filter(None, re.split(r"[,\s]+", env.get("AARPORTAL_HOSTS", "")))),
            proxies=_number(env, "AARPORTAL_PROXIES", cls.proxies),
            costly_per_minute=_number(env, "AARPORTAL_COSTLY_PER_MINUTE", cls.costly_per_minute),
            refusals_per_minute=_number(
                env, "AARPORTAL_REFUSALS_PER_MINUTE", cls.refusals_per_minute
            ),
            security_contact=env.get("AARPORTAL_SECURITY_CONTACT", cls.security_contact),
            audit_years=max(1, _number(env, "AARPORTAL_AUDIT_YEARS", cls.audit_years)),
            private_issuers=env.get("AARPORTAL_PRIVATE_ISSUERS", "0") == "1",
            private_platforms=env.get("AARPORTAL_PRIVATE_PLATFORMS", "0") == "1",
            data_keys=tuple(filter(None, env.get("AARPORTAL_DATA_KEYS", "").split(","))),
        )
        if any(len(key) < 32 for key in settings.data_keys):
            raise SettingsError("Each of AARPORTAL_DATA_KEYS has to be at least 32 characters.")
        if settings.proxies < 0:
            raise SettingsError("AARPORTAL_PROXIES has to be 0 or more.")
        if settings.security_contact and not _CONTACT.fullmatch(settings.security_contact):
            raise SettingsError("AARPORTAL_SECURITY_CONTACT has to begin with mailto: or https://.")
        if settings.unversioned_xapi not in XAPI_VERSIONS:
            raise SettingsError(
                f"AARPORTAL_UNVERSIONED_XAPI has to be one of {', '.join(XAPI_VERSIONS)}."
            )
        if settings.second_factor not in {"required", "off"}:
            raise SettingsError("AARPORTAL_SECOND_FACTOR has to be required or off.")
        if settings.second_factor == "off" and not demo:
            raise SettingsError(
                "AARPORTAL_SECOND_FACTOR=off is for a demonstration (AARPORTAL_DEMO=1): real data "
                "need the second factor."
            )
        if settings.is_sqlite and settings.workers > 1:
            raise SettingsError(
                "AARPORTAL_WORKERS above 1 needs PostgreSQL: set AARPORTAL_DATABASE_URL to a "
                "postgresql+psycopg:// address, or leave one worker and raise AARPORTAL_THREADS."
            )
        return settings


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, default))
    except ValueError:
        raise SettingsError(f"{name} has to be a whole number, not {env[name]!r}.") from None
