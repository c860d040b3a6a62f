"""The rooms in order, the navigation, and what reacts when something happens."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import click
from flask import Blueprint, Flask

from lms.assessment import service as assessment
from lms.assessment import trainer_views as assessment_results_pages
from lms.assessment import views as assessment_pages
from lms.base import jobs
from lms.base.texts import N_
from lms.certificates import printing
from lms.certificates import service as certificates
from lms.certificates import views as certificates_pages
from lms.certificates.cli import certificates as certificates_commands
from lms.content.cli import content as content_commands
from lms.content.quizzes_cli import quizzes as quizzes_commands
from lms.home import views as home_pages
from lms.learning import views as learning_pages
from lms.learning.events import ModuleCompleted
from lms.people import admin_views as people_admin_pages
from lms.people import signins, throttle
from lms.people import views as people_pages
from lms.people.cli import people as people_commands
from lms.web.layout import Place

EVERYONE = frozenset({"learner", "trainer", "supervisor", "admin"})
NAVIGATION: tuple[Place, ...] = (
    Place("home.start", "home", N_("Home"), EVERYONE),
    Place("learning.catalogue", "grid", N_("Catalogue"), EVERYONE),
    Place("assessment_results.to_mark", "pen", N_("Marking"), frozenset({"trainer"})),
    Place("certificates.mine", "cert", N_("Certificates"), EVERYONE),
    Place("home.team", "users", N_("Team"), frozenset({"supervisor", "admin"})),
    Place("people_admin.people", "users", N_("People"), frozenset({"admin"})),
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    people_pages.bp, people_admin_pages.bp, learning_pages.bp, assessment_pages.bp, assessment_results_pages.bp,
    certificates_pages.bp, home_pages.bp,
)
COMMANDS: tuple[click.Command, ...] = (content_commands, quizzes_commands, certificates_commands, people_commands)
NEED_APP: frozenset[str] = frozenset({"people"})
REACTIONS: Mapping[type, tuple[Callable[[Any], None], ...]] = {ModuleCompleted: (certificates.on_completed,)}


def _sweep(_payload: Mapping[str, Any]) -> None:
    signins.sweep()
    throttle.sweep()


def _close_attempt(payload: Mapping[str, Any]) -> None:
    assessment.close_if_late(payload["attempt"])


def _close_overdue(_payload: Mapping[str, Any]) -> None:
    assessment.close_overdue()


def _issue_missing(_payload: Mapping[str, Any]) -> None:
    certificates.issue_missing()


JOBS: Mapping[str, jobs.Handler] = {
    certificates.PDF_JOB: printing.run_job,
    assessment.CLOSE_JOB: _close_attempt,
    "attempt.sweep": _close_overdue,
    "certificate.missing": _issue_missing,
    "sweep": _sweep,
}
SCHEDULE: Mapping[str, timedelta] = {
    "attempt.sweep": timedelta(minutes=5), "certificate.missing": timedelta(hours=1), "sweep": timedelta(hours=1),
}


def open_rooms(app: Flask) -> None:
    """Register pages and reactions with the app."""
    app.extensions["reactions"] = REACTIONS
    signins.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
