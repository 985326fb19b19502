"""Write docs/access.md, the matrix of routes and readers, from tests/access/rows.py.

python tools/access.py          write it
python tools/access.py check    fail if it is not up to date
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from aarportal.app import create_app
from aarportal.settings import Settings
from tests.access.table import page

TARGET = ROOT / "docs" / "access.md"


def main() -> None:
    """Write or compare."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            secret_key="only to list routes " * 2,
            database_url=f"sqlite:///{folder}/nothing.db",
            data_dir=Path(folder),
        )
        text = page(create_app(settings))
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if TARGET.read_text("utf-8") == text else "docs/access.md: run tools/access.py")
    TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
