"""Files of style and behaviour under addresses that hold their hash, compressed once at start."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from lms.web.access import ANYONE, allow

YEAR = 31_536_000
bp = Blueprint("static_files", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to send."""

    digest: str
    content: bytes
    packed: bytes
    kind: str


def collect(package: Path) -> dict[str, Asset]:
    """Every file in the rooms' static folders, by name; two rooms may not use one name."""
    found: dict[str, Asset] = {}
    for path in sorted(package.glob("*/static/*.*")):
        if path.name in found:
            raise RuntimeError(f"two static files are named {path.name}")
        content = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found[path.name] = Asset(hashlib.sha256(content).hexdigest()[:12], content, gzip.compress(content, 9, mtime=0), kind)
    return found


def register(app: Flask) -> None:
    """Serve the assets and give templates `asset('app.css')`."""
    assets = collect(Path(__file__).parent.parent)
    app.extensions["assets"] = assets

    def asset(name: str) -> str:
        return f"/static/{assets[name].digest}/{name}"

    app.jinja_env.globals["asset"] = asset
    app.register_blueprint(bp)


@bp.get("/static/<digest>/<name>")
@allow(ANYONE)
def file(digest: str, name: str) -> Response:
    """A file under its hash; it never changes there."""
    return _send(name, digest=digest)


@bp.get("/static/icons.svg")
@allow(ANYONE)
def icons() -> Response:
    """The icon sprite; lessons rendered long ago refer to it, so its address is fixed."""
    return _send("icons.svg", digest=None)


def _send(name: str, *, digest: str | None) -> Response:
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None or digest not in {None, asset.digest}:
        abort(404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(asset.packed if packed else asset.content, mimetype=asset.kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if digest else "public, max-age=86400"
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response
