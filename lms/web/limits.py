"""Limits on how often one address may ask for a page, and what a refused request answers.

`@limited("20/15 minutes")` stands below `@allow(...)`; Flask-Limiter counts, in the storage of lms.base.throttle. Where a count must hold
for an account, or decides about a secret, the service counts by itself; such a try is refused if nothing can be counted (503). These
limits here let a request through then, and say so in the log.
"""

import inspect
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, make_response
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from lms.base import clock, throttle
from lms.web.errors import page, sentence

RETRY_SOON = 5
View = TypeVar("View", bound=Callable[..., Any])


def limited(rule: str) -> Callable[[View], View]:
    """Say how often one address may open a view, for example "20/15 minutes"."""

    def decorate(view: View) -> View:
        view.limit = rule  # type: ignore[attr-defined]
        return view

    return decorate


def register(app: Flask) -> None:
    """Count requests to the views that say so, and answer 429 or 503 with Retry-After. To be called when all views are there."""
    uri, options = throttle.address_of(app.extensions["settings"].redis_url)
    limiter = Limiter(
        get_remote_address, app=app, storage_uri=uri, storage_options=options, strategy="fixed-window",  # type: ignore[arg-type]
        swallow_errors=True, key_prefix="page",
    )
    for endpoint, view in list(app.view_functions.items()):
        if rule := getattr(view, "limit", None):
            counted: Any = limiter.limit(rule)(view)
            counted.__wrapped__ = inspect.unwrap(view)  # a view has one guard: the one it was given
            app.view_functions[endpoint] = counted
    _answer(app, limiter)


def _answer(app: Flask, limiter: Limiter) -> None:
    @app.errorhandler(RateLimitExceeded)
    def too_many(error: RateLimitExceeded) -> tuple[str | Response, int]:
        ends = limiter.current_limit.reset_at if limiter.current_limit else time.time()
        now = time.time() if app.extensions["settings"].redis_url else clock.now().timestamp()
        return page(429, message=sentence(throttle.too_many(ends - now, kind="page")))

    @app.errorhandler(throttle.Unavailable)
    def unavailable(error: throttle.Unavailable) -> Response:
        g.retry_after = RETRY_SOON
        return make_response(page(503))

    @app.after_request
    def say_when(response: Response) -> Response:
        if response.status_code in {429, 503} and "retry_after" in g:
            response.headers["Retry-After"] = str(g.retry_after)
        return response
