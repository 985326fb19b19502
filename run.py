"""One command: make the environment, then serve the demonstration or run the tests.

Only the standard library is used here, because nothing else is installed yet.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
DATA = ROOT / "var"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

HELP = """./run [--port N]   serve the portal with a demonstration school on this computer
./run test [ARGS]  run every check and every test (ARGS go to pytest)
./run check        run the checks only: style, types, architecture, texts
./run bench        print the benchmarks
./run texts        extract the texts and update the catalogues"""


def main(arguments: list[str]) -> int:
    """Do what the first argument says; without one, show the demonstration."""
    command = arguments[0] if arguments and not arguments[0].startswith("-") else "demo"
    rest = arguments[1:] if command != "demo" or arguments[:1] == ["demo"] else arguments
    if command == "demo":
        make_environment("requirements.lock")
        return demo(rest)
    if command in {"test", "check", "bench", "texts"}:
        make_environment("requirements-dev.lock")
        return {"test": test, "check": check, "bench": bench, "texts": texts}[command](rest)
    print(HELP)
    return 0 if command in {"help", "-h", "--help"} else 2


def make_environment(lock_name: str) -> None:
    """Make `.venv` with just the packages of the lock, unless it is there already."""
    wanted = hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()
    stamp = VENV / f".{lock_name}"
    larger = VENV / ".requirements-dev.lock"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if lock_name == "requirements.lock" and larger.exists():
        return  # the environment of the tests holds everything that the demonstration needs
    try:
        import ensurepip  # noqa: F401, PLC0415 - its absence is what we ask about
    except ImportError:
        sys.exit(
            "This Python cannot make environments. On Debian and Ubuntu install the missing part "
            "with:  sudo apt install python3-venv"
        )
    print("Making the environment (.venv); this takes a minute the first time …", flush=True)
    if not PYTHON.exists() or not (VENV / "pip-was-here").exists():
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)
        (VENV / "pip-was-here").touch()
    call(
        PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--require-hashes", "-r", lock_name,
    )  # fmt: skip
    stamp.write_text(wanted)


def demo(arguments: list[str]) -> int:
    """Seed the demonstration when its day is over, then serve it."""
    port = arguments[arguments.index("--port") + 1] if "--port" in arguments else "8000"
    compile_texts()
    env = {
        "AARPORTAL_SECRET_KEY": secret(),
        "AARPORTAL_DATA_DIR": str(DATA),
        "AARPORTAL_COOKIE_SECURE": "0",
        "AARPORTAL_DEMO": "1",
    }
    return call(
        PYTHON,
        "-m",
        "aarportal",
        "demo",
        "--port",
        port,
        *_without_port(arguments),
        env=env,
        check=False,
    )


def _without_port(arguments: list[str]) -> list[str]:
    if "--port" not in arguments:
        return arguments
    at = arguments.index("--port")
    return arguments[:at] + arguments[at + 2 :]


def secret() -> str:
    """This computer's own secret, made once."""
    path = DATA / "secret"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        path.write_text(secrets.token_hex(32))
        path.chmod(0o600)
    return path.read_text()


def check(_arguments: list[str]) -> int:
    """Style, types, architecture, texts: everything that needs no running app."""
    compile_texts()
    tools = [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports", "--no-cache"),
        ("djlint", "--lint", "--quiet", "templates"),
    ]
    for tool, *options in tools:
        print(f"— {tool} {' '.join(options)}", flush=True)
        call(PYTHON.with_name(tool), *options)
    call(PYTHON, "tools/texts.py", "check")
    return 0


def test(arguments: list[str]) -> int:
    """Every check and every test; says what is missing instead of passing without it."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        sys.exit(
            "The tests drive a real browser. Install one first; on Debian and Ubuntu:\n"
            "  sudo apt install chromium fonts-noto-cjk"
        )
    if not arguments:
        check([])
    compile_texts()
    return call(PYTHON, "-m", "pytest", *arguments, check=False)


def bench(arguments: list[str]) -> int:
    """Print the benchmarks, each beside its own yardstick in the same run."""
    compile_texts()
    for path in [ROOT / "bench" / f"{name}.py" for name in arguments] or sorted(
        (ROOT / "bench").glob("[a-z]*.py")
    ):
        call(PYTHON, str(path))
    return 0


def texts(arguments: list[str]) -> int:
    """Extract the texts and update the catalogues."""
    return call(PYTHON, "tools/texts.py", *(arguments or ["update"]), check=False)


def compile_texts() -> None:
    """Make the catalogues that the app reads."""
    call(PYTHON, "tools/texts.py", "compile")


def call(
    program: Path | str, *options: str, env: dict[str, str] | None = None, check: bool = True
) -> int:
    """Run a program in the project; a failing one ends this one with its exit code."""
    done = subprocess.run(
        [str(program), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        check=False,
    )
    if check and done.returncode:
        sys.exit(done.returncode)
    return done.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
