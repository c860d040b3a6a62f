"""Counting tries: in the database or in Redis, across workers, and refused where nothing counts."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from lms import config, create_app
from lms.base import clock, throttle
from lms.base.db import db
from lms.base.errors import Refused
from lms.base.throttle import Limit, Throttle
from lms.content.library import Library

REDIS = "redis://127.0.0.1:6379/15"
LIMIT = Limit("kind", "somebody", 2, timedelta(minutes=15))
OTHER = Limit("kind", "somebody else", 2, timedelta(minutes=15))


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=0.2).ping())
    except redis.RedisError:
        return False


@pytest.fixture(params=["database", "redis"])
def counting(app: Flask, request: pytest.FixtureRequest, settings: config.Settings) -> Iterator[Flask]:
    """The app with its counts in the database, and in Redis."""
    if request.param == "redis" and not redis_answers():
        pytest.skip("no Redis answers")
    before = app.extensions["settings"]
    if request.param == "redis":
        app.extensions["settings"] = replace(settings, redis_url=REDIS)
    throttle.register(app)
    yield app
    throttle.forget(LIMIT)
    throttle.forget(OTHER)
    app.extensions["settings"] = before
    throttle.register(app)


def refused(*limits: Limit) -> int | None:
    """The minutes to wait that a try is answered with; None if it is allowed."""
    try:
        throttle.count_tries(*limits)
    except Refused as refusal:
        return int(str(refusal.detail["minutes"]))
    return None


def test_tries_beyond_the_limit_are_refused_for_that_one_alone(counting: Flask) -> None:
    assert [refused(LIMIT), refused(LIMIT), refused(LIMIT), refused(OTHER)] == [None, None, 15, None]


def test_looking_counts_nothing_and_says_whether_anything_stands(counting: Flask) -> None:
    before = throttle.look(LIMIT, OTHER)
    throttle.count_tries(LIMIT)
    after = throttle.look(LIMIT, OTHER)
    throttle.count_tries(LIMIT)

    assert (before, after, throttle.count_of(LIMIT)) == (False, True, 2)
    with pytest.raises(Refused, match="too-many-tries"):
        throttle.look(OTHER, LIMIT)


def test_a_success_begins_anew(counting: Flask) -> None:
    throttle.count_tries(LIMIT)
    throttle.count_tries(LIMIT)

    throttle.forget(LIMIT)

    assert (throttle.count_of(LIMIT), refused(LIMIT)) == (0, None)


def test_tries_can_be_asked_about_without_a_refusal(counting: Flask) -> None:
    assert [throttle.is_within(LIMIT) for _ in range(3)] == [True, True, False]


def test_the_window_ends(counting: Flask) -> None:
    short = Limit("kind", "somebody", 1, timedelta(seconds=1))
    first, second = refused(short), refused(short)
    clock.advance(timedelta(seconds=1))
    if counting.extensions["settings"].redis_url:  # its clock cannot be stopped, but it can be told to be quick
        redis.Redis.from_url(REDIS).pexpire(f"simpul:{short.key}", 1)
        time.sleep(0.05)

    assert (first, second, refused(short)) == (None, 1, None)


def test_what_is_kept_does_not_tell_who_it_is(app: Flask) -> None:
    throttle.count_tries(Limit("sign-in", "199001012015012001@10.0.0.1", 5, timedelta(minutes=1)))

    keys = db.session.scalars(select(Throttle.key)).all()
    assert [key.partition(":")[0] for key in keys] == ["sign-in"]
    assert "1990" not in keys[0]


def test_a09_counts_hold_across_two_programs_on_one_database_and_across_restarts(
    app: Flask, settings: config.Settings, library: Library
) -> None:
    other = create_app(settings, library=library)
    with other.app_context():
        throttle.count_tries(LIMIT)
        db.session.remove()
    throttle.count_tries(LIMIT)
    restarted = create_app(settings, library=library)

    with restarted.app_context():
        held = refused(LIMIT)
        db.session.remove()
        db.engine.dispose()
    with other.app_context():
        db.engine.dispose()

    assert held == 15


def test_f30_without_a_storage_nothing_that_is_counted_is_allowed(app: Flask, settings: config.Settings) -> None:
    app.extensions["settings"] = replace(settings, redis_url="redis://127.0.0.1:1/0")
    throttle.register(app)
    try:
        with pytest.raises(throttle.Unavailable):
            throttle.count_tries(LIMIT)
        with pytest.raises(throttle.Unavailable):
            throttle.look(LIMIT)
    finally:
        app.extensions["settings"] = settings
        throttle.register(app)


def test_sweeping_drops_what_is_over(app: Flask) -> None:
    throttle.count_tries(LIMIT)
    clock.advance(timedelta(minutes=10))
    throttle.count_tries(OTHER)
    clock.advance(timedelta(minutes=6))

    throttle.sweep()

    assert list(db.session.scalars(select(Throttle.key))) == [OTHER.key]
