"""Simpul: a learning platform for civil servants. `create_app(settings)` makes the program."""

import gc

import pysqlite3.dbapi2
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import config, wiring
from lms.base import throttle
from lms.base.db import db, prepare
from lms.content.library import Library
from lms.web import errors, headers, layout, limits, odd_text, static_files

LARGEST_BODY = 8 * 1024 * 1024


def create_app(settings: config.Settings | None = None, *, library: Library | None = None) -> Flask:
    """Configure, open the rooms, done. A library given is used as it is; else one is loaded and watched."""
    settings = settings or config.load()
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = settings
    app.config.update(_flask_config(settings))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    _open_database(app)
    throttle.register(app)
    odd_text.register(app)
    CSRFProtect(app)
    static_files.register(app)
    layout.register(app, wiring.NAVIGATION)
    errors.register(app)
    headers.register(app)
    app.extensions["library"] = library or _watched(settings)
    wiring.open_rooms(app)
    limits.register(app)
    gc.collect()
    gc.freeze()  # the courses live as long as the process: looking through them for garbage cost a tenth of each page
    return app


def _flask_config(settings: config.Settings) -> dict[str, object]:
    sqlite = settings.database_url.startswith("sqlite")
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": 1000,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.secure else "form",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Values of statements hold secrets and people's data; errors are logged.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, **({"module": pysqlite3.dbapi2} if sqlite else {"pool_pre_ping": True})},
        "BABEL_DEFAULT_LOCALE": settings.language,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _open_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def _watched(settings: config.Settings) -> Library:
    library = Library(settings.content_dir, settings.cache_dir / "content")
    library.load()
    library.watch()
    return library
