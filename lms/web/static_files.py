"""Files of style and behaviour under addresses that hold their hash, compressed once at start."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from lms.web.access import ANYONE, allow

YEAR = 31_536_000
STYLE = "app.css"
bp = Blueprint("static_files", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to send."""

    digest: str
    content: bytes
    packed: bytes
    kind: str


def collect(package: Path) -> dict[str, Asset]:
    """Every file in the rooms' static folders, by name; the rooms' styles are one sheet, because a page loads in few requests."""
    files = sorted(package.glob("*/static/*.*"))
    if len({path.name for path in files}) < len(files):
        raise RuntimeError("two static files have one name")
    found = {path.name: path.read_bytes() for path in files}
    found[STYLE] = found[STYLE] + b"".join(found.pop(path.name) for path in files if path.suffix == ".css" and path.name != STYLE)
    return {name: _asset(name, content) for name, content in found.items()}


def _asset(name: str, content: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(hashlib.sha256(content).hexdigest()[:12], content, gzip.compress(content, 9, mtime=0), kind)


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
