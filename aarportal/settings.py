"""Everything that differs between places, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

#: The versions of xAPI that are spoken, the latest of each family.
XAPI_VERSIONS = ("1.0.3", "2.0.0")


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
            demo=env.get("AARPORTAL_DEMO", "0") == "1",
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
            private_platforms=env.get("AARPORTAL_PRIVATE_PLATFORMS", "0") == "1",
            data_keys=tuple(filter(None, env.get("AARPORTAL_DATA_KEYS", "").split(","))),
        )
        if any(len(key) < 32 for key in settings.data_keys):
            raise SettingsError("Each of AARPORTAL_DATA_KEYS has to be at least 32 characters.")
        if settings.unversioned_xapi not in XAPI_VERSIONS:
            raise SettingsError(
                f"AARPORTAL_UNVERSIONED_XAPI has to be one of {', '.join(XAPI_VERSIONS)}."
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
