"""Everything that differs between places, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


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
