"""An installation that can send mail, and what it would send."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms import config
from lms.accounts import links
from lms.accounts.events import AccountChanged, LinkMade
from lms.base import jobs


class Post:
    """What was published for the mail: links, and news about accounts."""

    def __init__(self) -> None:
        self.links: list[LinkMade] = []
        self.news: list[AccountChanged] = []

    def sent(self) -> list[LinkMade]:
        """The links made so far, after the worker has done what was asked of it."""
        jobs.run_due({links.RESET_JOB: links.run_reset, links.ACTIVATION_JOB: links.run_activation})
        return self.links

    def path(self) -> str:
        """The newest link as a path of ours."""
        return self.sent()[-1].address.removeprefix("http://localhost")


@pytest.fixture
def post(app: Flask, settings: config.Settings) -> Iterator[Post]:
    """Mail that is on, and falls into our hands."""
    post, reactions = Post(), app.extensions["reactions"]
    app.extensions["settings"] = replace(settings, smtp_host="mail.example.go.id", mail_from="belajar@example.go.id")
    app.extensions["reactions"] = {**reactions, LinkMade: (post.links.append,), AccountChanged: (post.news.append,)}
    yield post
    app.extensions["settings"], app.extensions["reactions"] = settings, reactions
