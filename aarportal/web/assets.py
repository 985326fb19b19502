"""Static files: gathered, minified, compressed and named after their content, once.

All files share one version, which is a part of their address: `/static/<version>/css/portal.css`.
So they may be kept for ever, scripts may import each other by relative paths, and a change of any
of them is a new address for all.
"""

import shutil
from hashlib import blake2b
from pathlib import Path
from wsgiref.headers import Headers

import rcssmin
import rjsmin
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from aarportal.paths import resource
from aarportal.settings import Settings
from aarportal.web.guard import headers_of

STYLE_SHEET = "css/portal.css"
SCRIPT = "js/portal.js"
SCRIPT_PARTS = Path("js/portal")
_STYLE_ORDER = ("tokens.css", "base.css", "components/*.css", "pages/*.css")


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the static files and let templates find them."""
    version, folder = build(resource("static"), settings.data_dir / "static")
    app.config["ASSET_VERSION"] = version
    app.config["ASSET_FOLDER"] = folder
    prefix = f"static/{version}/"

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        for name, value in headers_of(settings):
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix=prefix,
        immutable_file_test=lambda *_: True,
        # A file belongs to pages of this portal alone; WhiteNoise lets every origin read it.
        allow_all_origins=False,
        add_headers_function=add_headers,
    )
    app.jinja_env.globals["asset"] = lambda name: f"/{prefix}{name}"


def build(source: Path, target: Path) -> tuple[str, Path]:
    """Make the files to serve, unless this version was made before.

    Args:
        source: The folder `static` of the project.
        target: Where versions are kept.

    Returns:
        The version (8 hexadecimal digits) and the folder of its files.
    """
    files = sorted(path for path in source.rglob("*") if path.is_file())
    digest = blake2b(digest_size=4)
    for path in files:
        digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    version = digest.hexdigest()
    folder = target / version
    if folder.exists():
        return version, folder
    making = target / f"{version}.making"
    shutil.rmtree(making, ignore_errors=True)
    for path in files:
        name = path.relative_to(source)
        if name.parts[0] == "css" or name.parent == SCRIPT_PARTS:
            continue
        copy = making / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".js" and name.parts[0] == "js":
            copy.write_text(rjsmin.jsmin(path.read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(path, copy)
    for made, text in (
        (STYLE_SHEET, style_sheet(source / "css")),
        (SCRIPT, script(source / SCRIPT_PARTS)),
    ):
        target_file = making / made
        target_file.parent.mkdir(parents=True, exist_ok=True)
        target_file.write_text(text, "utf-8")
    for path in sorted(making.rglob("*")):
        if path.is_file():
            _compress(path)
    making.rename(folder)
    return version, folder


def style_sheet(folder: Path) -> str:
    """All style sheets as one, in the order in which they build on each other."""
    parts = [path for pattern in _STYLE_ORDER for path in sorted(folder.glob(pattern))]
    css = "\n".join(path.read_text("utf-8") for path in parts)
    return str(rcssmin.cssmin(css))


def script(folder: Path) -> str:
    """All parts of the portal's script as one; each only declares, so their order is free."""
    parts = (path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    return str(rjsmin.jsmin("\n".join(parts)))


def shell(folder: Path, version: str) -> list[str]:
    """Addresses of the files that a service worker may keep: they hold nothing personal."""
    return [
        f"/static/{version}/{path.relative_to(folder).as_posix()}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".css", ".js", ".svg"} and path.name != "sw.js"
    ]


def _compress(path: Path) -> None:
    compressor = Compressor(quiet=True)
    if compressor.should_compress(path.name):
        for _ in compressor.compress(str(path)):
            pass
